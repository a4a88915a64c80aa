"""What operators do: from the entries of the file to what the engine is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenario.desk import DESK, load, spoiled
from trsim.core.commands import (
    SetActivity,
    SetCapacity,
    SetChannelAvailable,
    SetWorkerAttributes,
    UpdateQueue,
    UpdateWorkflow,
)
from trsim.model import Model
from trsim.world.plan import CancelEntry, StandingEntry, TimetableEntry, UpdateEntry

ENTRY = '{at: "08:30", worker: Alice, activity: Offline}'
DOCUMENT = {"task_routing": {"default_filter": {"queue": "billing"}}}
LATER = "{task_routing: {default_filter: {queue: billing}}}"


def compiled(folder: Path, *entries: str, edits: tuple[tuple[str, str], ...] = ()) -> Model:
    """Return the desk with other entries, after a round trip through its own text."""
    listed = "\n  - ".join(entries)
    scenario = load(spoiled((ENTRY, listed), *edits), folder)
    assert load(scenario.to_yaml(), folder) == scenario
    return scenario.compile()


ENTRIES: list[tuple[str, list[TimetableEntry]]] = [
    ("worker: Alice, activity: Missed", [StandingEntry(60_000, SetActivity(0, 2))]),
    (
        "worker: agent-2, activity: Missed, reject_pending_reservations: true",
        [StandingEntry(60_000, SetActivity(2, 2, reject_pending=True))],
    ),
    (
        "worker: agent, activity: Offline",
        [StandingEntry(60_000, SetActivity(number, 1)) for number in (1, 2, 3)],
    ),
    ("worker: Alice, attributes: {level: 2}", [StandingEntry(60_000, SetWorkerAttributes(0, 2))]),
    (
        "worker: agent, attributes: {skills: [billing]}",
        [StandingEntry(60_000, SetWorkerAttributes(number, 0)) for number in (1, 2, 3)],
    ),
    ("worker: Alice, attributes: {}", [StandingEntry(60_000, SetWorkerAttributes(0, 1))]),
    (
        "worker: Alice, task_channel: chat, capacity: 3",
        [StandingEntry(60_000, SetCapacity(0, 3, 3))],
    ),
    (
        "worker: agent, task_channel: voice, capacity: 0",
        [StandingEntry(60_000, SetCapacity(number, 1, 0)) for number in (1, 2, 3)],
    ),
    (
        "worker: Alice, task_channel: voice, available: false",
        [StandingEntry(60_000, SetChannelAvailable(0, 1, False))],
    ),
    (
        "worker: agent-1, task_channel: voice, available: true",
        [StandingEntry(60_000, SetChannelAvailable(1, 1, True))],
    ),
    ("cancel: calls/17, reason: duplicate", [CancelEntry(60_000, 0, 17)]),
    ("task: calls/3, priority: 0", [UpdateEntry(60_000, 0, 3, priority=0)]),
    ("task: calls/3, attributes: {product: sales}", [UpdateEntry(60_000, 0, 3, attributes=1)]),
    (
        "task: calls/3, attributes: {product: billing}, priority: 9",
        [UpdateEntry(60_000, 0, 3, attributes=0, priority=9)],
    ),
    (
        "task_queue: everyone, max_reserved_workers: 50",
        [StandingEntry(60_000, UpdateQueue(1, max_reserved_workers=50))],
    ),
    (
        "task_queue: billing, target_workers: level > 1",
        [StandingEntry(60_000, UpdateQueue(0, expression=2))],
    ),
    (
        "task_queue: everyone, target_workers: 1==1, max_reserved_workers: 1",
        [StandingEntry(60_000, UpdateQueue(1, expression=1, max_reserved_workers=1))],
    ),
    (
        "workflow: main, task_reservation_timeout: 15s",
        [StandingEntry(60_000, UpdateWorkflow(0, reservation_timeout_ms=15_000))],
    ),
    (
        "workflow: main, re_evaluate_tasks: true",
        [StandingEntry(60_000, UpdateWorkflow(0, re_evaluate_tasks=True))],
    ),
    (
        f"workflow: main, configuration: {LATER}",
        [StandingEntry(60_000, UpdateWorkflow(0, configuration=1))],
    ),
    (
        f"workflow: main, task_reservation_timeout: 1m, re_evaluate_tasks: true, "
        f"configuration: {LATER}",
        [
            StandingEntry(
                60_000,
                UpdateWorkflow(0, 1, reservation_timeout_ms=60_000, re_evaluate_tasks=True),
            )
        ],
    ),
]


@pytest.mark.parametrize(("entry", "expected"), ENTRIES, ids=[entry for entry, _ in ENTRIES])
def test_each_form(entry: str, expected: list[TimetableEntry], tmp_path: Path) -> None:
    model = compiled(tmp_path, f"{{at: 1m, {entry}}}")
    assert list(model.world.timetable) == expected


def test_entries_of_one_instant_keep_the_order_of_the_file(tmp_path: Path) -> None:
    model = compiled(
        tmp_path,
        "{at: 2m, task: calls/1, priority: 4}",
        '{at: "08:01", cancel: calls/2}',
        "{at: 1m, worker: Alice, activity: Missed}",
        "{at: 1m, worker: Alice, activity: Available}",
    )
    assert model.world.timetable == (
        CancelEntry(60_000, 0, 2),
        StandingEntry(60_000, SetActivity(0, 2)),
        StandingEntry(60_000, SetActivity(0, 0)),
        UpdateEntry(120_000, 0, 1, priority=4),
    )


def test_what_entries_bring_is_numbered_after_what_is_there(tmp_path: Path) -> None:
    model = compiled(
        tmp_path,
        "{at: 1m, worker: Alice, attributes: {level: 2}}",
        "{at: 2m, worker: agent-1, attributes: {level: 2}}",
        "{at: 3m, worker: Alice, attributes: {skills: [billing]}}",
        "{at: 4m, task: calls/0, attributes: {a: 1}}",
        "{at: 5m, task_queue: billing, target_workers: ''}",
        "{at: 6m, task_queue: billing, target_workers: 1==1}",
        "{at: 7m, task_queue: everyone, target_workers: ''}",
        "{at: 8m, task_queue: billing, target_workers: \"skills HAS 'billing'\"}",
    )
    plan = model.routing.plan
    assert plan.worker_attribute_sets == ({"skills": ["billing"]}, {}, {"level": 2})
    assert plan.attribute_sets == ({"product": "billing"}, {"a": 1})
    texts = ["skills HAS 'billing'", "1==1", "1==0", "1==1"]
    assert [expression.text for expression in plan.queue_expressions] == texts
    commands = [e.command for e in model.world.timetable if isinstance(e, StandingEntry)]
    assert commands == [
        SetWorkerAttributes(0, 2),
        SetWorkerAttributes(1, 2),
        SetWorkerAttributes(0, 0),
        UpdateQueue(0, expression=2),
        UpdateQueue(0, expression=3),
        UpdateQueue(1, expression=2),
        UpdateQueue(0, expression=0),
    ]


def test_a_worker_keeps_the_sid_of_a_workflow(tmp_path: Path) -> None:
    sids = ("    configuration:", "    sids: {WK01: agent-2}\n    configuration:")
    model = compiled(tmp_path, "{at: 1m, worker: agent, attributes: {level: 2}}", edits=(sids,))
    assert model.routing.plan.worker_attribute_sets == (
        {"skills": ["billing"]},
        {},
        {"sid": "WK01"},
        {"level": 2},
        {"level": 2, "sid": "WK01"},
    )
    assert model.world.timetable == (
        StandingEntry(60_000, SetWorkerAttributes(1, 3)),
        StandingEntry(60_000, SetWorkerAttributes(2, 4)),
        StandingEntry(60_000, SetWorkerAttributes(3, 3)),
    )


def test_configurations_have_names_for_people(tmp_path: Path) -> None:
    other = ("behaviors:\n", f"  other: {{configuration: {LATER}}}\nbehaviors:\n")
    model = compiled(
        tmp_path,
        f'{{at: "08:30", workflow: main, configuration: {LATER}}}',
        f"{{at: 10m, workflow: other, configuration: {LATER}}}",
        f'{{at: "08:30", workflow: main, configuration: {LATER}}}',
        f'{{at: "08:30", workflow: main, configuration: {LATER}}}',
        edits=(other,),
    )
    plan = model.routing.plan
    assert plan.configuration_names == (
        "main",
        "other",
        "main from 08:30",
        "other from 10m",
        "main from 08:30 (2)",
        "main from 08:30 (3)",
    )
    assert len(plan.configurations) == 6
    numbers = [
        (e.command.workflow, e.command.configuration)
        for e in model.world.timetable
        if isinstance(e, StandingEntry) and isinstance(e.command, UpdateWorkflow)
    ]
    assert numbers == [(1, 3), (0, 2), (0, 4), (0, 5)]


@pytest.mark.parametrize(
    "written",
    [
        json.dumps(DOCUMENT),
        json.dumps({"configuration": DOCUMENT}),
        json.dumps({"Configuration": json.dumps(DOCUMENT)}),
        json.dumps({"sid": "WW01", "configuration": json.dumps(DOCUMENT), "url": None}),
    ],
    ids=["bare", "mapping", "request", "answer"],
)
def test_a_configuration_can_be_wrapped(written: str, tmp_path: Path) -> None:
    (tmp_path / "later.json").write_text(written, encoding="utf-8")
    for spelled in (written, f"'{written}'", "later.json"):  # YAML, the text, the file
        model = compiled(tmp_path, f"{{at: 1m, workflow: main, configuration: {spelled}}}")
        assert model.world.timetable == (StandingEntry(60_000, UpdateWorkflow(0, 1)),)
        later = model.routing.plan.configurations[1]
        assert later.filters == ()
        assert later.default is not None
        assert later.default.queue == 0


def test_sids_of_the_workflow_hold_in_later_configurations(tmp_path: Path) -> None:
    later = "{task_routing: {default_filter: {queue: WQ01}}}"
    model = compiled(
        tmp_path,
        f"{{at: 1m, workflow: main, configuration: {later}}}",
        edits=(("    configuration:", "    sids: {WQ01: everyone}\n    configuration:"),),
    )
    default = model.routing.plan.configurations[1].default
    assert default is not None
    assert default.queue == 1


def test_values_of_entries_can_be_replaced(tmp_path: Path) -> None:
    entry = f"{{at: 1m, workflow: main, configuration: {json.dumps(json.dumps(DOCUMENT))}}}"
    scenario = load(spoiled((ENTRY, entry)), tmp_path)
    model = scenario.replace(
        {
            "timetable[0].configuration.task_routing.default_filter.queue": "everyone",
            "timetable[0].task_reservation_timeout": "30s",
            "task_channels": {"voice": {"setup_delay": "1s"}},
            "tasks.calls.routing_target.worker": "Alice",
            "tasks.calls.virtual_start_offset": "-1h",
            "workspace.routing_rules.reoffer_delay": "3s",
            "workspace.prioritize_queue_order": "LIFO",
            "task_queues.billing.task_order": "LIFO",
        }
    ).compile()
    default = model.routing.plan.configurations[1].default
    assert default is not None
    assert default.queue == 1
    assert model.world.timetable == (
        StandingEntry(60_000, UpdateWorkflow(0, 1, reservation_timeout_ms=30_000)),
    )
    assert (model.world.streams[0].target_worker, model.world.streams[0].lead_ms) == (0, 3_600_000)
    assert model.spec.rules.reoffer_delay_ms == 3_000


def test_the_desk_has_one_entry() -> None:
    assert DESK.count("  - {at") == 1
