"""Who could be asked: the same as the engine asked, and the reasons why others were not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.report.explain_desk import flow, one, run, scenario, stream, told
from trsim.core.events import EventType
from trsim.core.replay import Replay
from trsim.report.explain import explain
from trsim.report.explain_entry import Vocabulary
from trsim.report.explain_people import People
from trsim.report.wording import Clock

KNOWN = [
    {
        "expression": "1==1",
        "targets": [
            {"queue": "all", "timeout": 10, "known_worker_friendly_name": "task.agent"},
            {"timeout": 10},
        ],
    }
]
NEAR = {"attributes": {"n": 1}, "behavior": "phone"}
FAR = {"attributes": {"n": 2}, "behavior": "phone"}


def known(agent: str | None) -> dict[str, Any]:
    """Return a scenario whose task may name an agent; Bea is not in the queue."""
    return scenario(
        task_queues={"all": {"target_workers": "n == 1"}},
        workflows=flow(KNOWN),
        workers={"Ann": NEAR, "Bob": NEAR, "Bea": FAR},
        tasks={"calls": stream(attributes={} if agent is None else {"agent": agent})},
    )


@pytest.mark.parametrize(
    ("agent", "line"),
    [
        ("zoe", "known worker: no worker has the friendly name 'zoe' of task.agent"),
        (None, "known worker: task.agent is missing, so nobody can be asked here"),
        (
            "bea",
            "known worker: task.agent is 'bea'; Bea: not in the queue",
        ),
    ],
    ids=["nobody of that name", "no name", "not in the queue"],
)
def test_a_known_worker_who_cannot_be_asked(agent: str | None, line: str) -> None:
    entries = told(known(agent))
    assert one(entries, "waits", 0).details == (
        "2 not the known worker the task names: Ann, Bob",
        "1 not in queue all: Bea",
        line,
    )
    assert one(entries, "reserved", 10).text.startswith("Ann is asked")


def test_a_known_worker_who_is_asked() -> None:
    assert one(told(known("bob")), "reserved", 0).details == (
        "known worker: task.agent is 'bob'; Bob: can be asked",
        "Bob is the only one who can be asked",
        "not eligible: 1 not the known worker the task names: Ann",
        "not eligible: 1 not in queue all: Bea",
    )


def ordered(clauses: str, **attributes: dict[str, object]) -> tuple[str, ...]:
    """Return why the first of some workers was asked."""
    targets = [{"queue": "all", "order_by": clauses}]
    workers = {
        name: {"behavior": "phone", "attributes": given} for name, given in attributes.items()
    }
    filters = [{"expression": "1==1", "targets": targets}]
    return one(told(scenario(workflows=flow(filters), workers=workers)), "reserved").details


def test_order_by_shows_the_values_it_compares() -> None:
    """The example of "Order workers": equal in finance, so support decides."""
    assert ordered(
        "worker.finance ASC, worker.support ASC",
        Alice={"finance": 10, "support": 8},
        Bob={"finance": 10, "support": 5},
    ) == (
        "order_by worker.finance ASC: Bob 10, Alice 10",
        "order_by worker.support ASC: Bob 5, Alice 8",
        "2 can be asked: Bob (never asked before), Alice (never asked before); order_by decides, "
        "then idleness",
    )


def test_a_clause_that_is_ignored_is_named() -> None:
    first, *_ = ordered("worker.level DESC", Alice={"level": 1}, Bob={"level": "high"})
    assert first == (
        "order_by worker.level DESC is ignored: somebody in the queue has no whole number there"
    )


def test_idleness_counts_from_the_end_where_the_rules_say_so() -> None:
    """Ann is free again at 64 s, Bob, who took the call of 10 s, at 74 s."""
    workspace = {**scenario()["workspace"], "routing_rules": {"idle_key": "since_free"}}
    entries = told(scenario(workspace=workspace, tasks={"calls": stream("0s", "10s", "5m")}), 2)
    assert one(entries, "reserved").details == (
        "2 can be asked: Ann (idle since +01:04.000), Bob (idle since +01:14.000)",
        "Ann comes first: idle the longest",
    )


def test_idleness_counts_on_the_channel_alone_where_it_is_optimized() -> None:
    """Ann has had a chat at 0 s, and no call yet; so has Bob, who was never asked at all."""
    data = scenario(
        task_channels={"voice": {"channel_optimized_routing": True}},
        tasks={"chats": stream(task_channel="chat"), "calls": stream("5m", "7m")},
    )
    assert one(told(data, 1), "reserved").details[0] == (
        "2 can be asked: Ann (never asked on voice before), Bob (never asked on voice before)"
    )
    assert one(told(data, 2), "reserved").details[0] == (
        "2 can be asked: Bob (never asked on voice before), Ann (last asked on voice at +05:00.000)"
    )


def test_obstacles_are_grouped_and_long_lists_are_cut() -> None:
    data = scenario(
        task_queues={"all": {"target_workers": "n == 1"}},
        workers={
            "far": {**FAR, "count": 5},
            "busy": {**NEAR, "channels": {"voice": {"capacity": 0}}},
            "off": {**NEAR, "channels": {"voice": {"available": False}}},
            "away": {**NEAR, "count": 5, "activity": "Break"},
        },
    )
    assert one(told(data), "waits").details == (
        "5 in Break, which is not available: away-1, away-2, away-3 and 2 more",
        "1 busy, no capacity left on voice: busy",
        "1 with voice switched off: off",
        "5 not in queue all",
    )
    lines = one(told(data, everybody=True), "waits").details
    assert lines[0].endswith(": away-1, away-2, away-3, away-4, away-5")
    assert lines[3] == "5 not in queue all: far-1, far-2, far-3, far-4, far-5"


def test_a_target_expression_is_named_with_the_values_of_the_task() -> None:
    target = {"queue": "all", "expression": "task.language IN worker.languages"}
    data = scenario(
        workflows=flow([{"expression": "1==1", "targets": [target]}]),
        workers={
            "Ann": {"behavior": "phone", "attributes": {"languages": ["en"]}},
            "Bob": {"behavior": "phone", "attributes": {"languages": ["fr"]}},
        },
        tasks={"calls": stream(attributes={"language": "fr"})},
    )
    assert one(told(data), "reserved").details[-1] == (
        "not eligible: 1 for whom task.language IN worker.languages (task.language is 'fr') is "
        "false: Ann"
    )


BUSY = scenario(
    horizon="2h",
    task_queues={
        "all": {"target_workers": "1==1", "max_reserved_workers": 2},
        "vip": {"target_workers": "level >= 2"},
    },
    workflows=flow(
        [
            {
                "expression": "vip == true",
                "targets": [
                    {"queue": "vip", "timeout": 20, "order_by": "worker.level DESC"},
                    {"queue": "all", "priority": 5, "timeout": 60},
                ],
            }
        ],
        default_filter={"queue": "all", "expression": "worker.level IN task.levels"},
    ),
    behaviors={
        "phone": {
            "answer_delay": {"distribution": "exponential", "mean": "8s"},
            "reject_probability": "20%",
            "no_answer_probability": "10%",
            "return_delay": {"after_timeout": "1m"},
        }
    },
    workers={
        f"level{level}": {"count": 3, "behavior": "phone", "attributes": {"level": level}}
        for level in (1, 2, 3)
    },
    tasks={
        "calls": stream(
            arrivals={"process": "poisson", "rate": "400/h"},
            attributes={"levels": [1, 2]},
            attribute_mix={"vip": {"true": 0.4, "false": 0.6}},
        )
    },
)


def test_whoever_was_asked_comes_first_among_those_who_could_be_asked() -> None:
    model, rows = run(BUSY)
    ledger = Replay(model.spec)
    people = People(Vocabulary(model, Clock(None)), ledger)
    batches = 0
    for place, row in enumerate(rows):
        if row.event == EventType.RESERVATION_CREATED:
            batch = [row.worker]
            for other in rows[place + 1 :]:
                if other.event != EventType.RESERVATION_CREATED or other.task != row.task:
                    break
                batch.append(other.worker)
            if rows[place - 1][1:3] != row[1:3]:  # the first one of its batch
                batches += 1
                found = people.candidates(row.task)
                assert list(found.eligible[: len(batch)]) == batch
                assert len(found.eligible) + len(found.obstacles) == 9
        ledger.apply(row)
    assert batches > 300


def test_nobody_could_be_asked_while_a_task_waits() -> None:
    model, rows = run(BUSY)
    waits = [
        entry
        for task in range(0, 200, 5)
        for entry in explain(model, rows, task)
        if entry.kind.value == "waits"
    ]
    assert len(waits) > 20
    assert {entry.text for entry in waits} == {"nobody can be asked"}


RULES: dict[str, dict[str, Any]] = {
    "as documented": {},
    "advance": {"on_reservation_failure": "advance", "reoffer_delay": "3s"},
    "release": {"deadline_while_reserved": "release", "assignment_limit": 2},
    "since free": {"idle_key": "since_free"},
}


@pytest.mark.parametrize("rules", RULES)
def test_every_task_of_a_busy_hour_can_be_explained(rules: str) -> None:
    """What is told of skips, waits and deadlines never contradicts the log."""
    target = {"queue": "vip", "timeout": 5, "skip_if": "workers.available < 3"}
    later = {"queue": "all", "timeout": 20, "skip_if": "workers.available == 0"}
    model, rows = run(
        {
            **BUSY,
            "horizon": "20m",
            "workspace": {**scenario()["workspace"], "routing_rules": RULES[rules]},
            "workflows": flow(
                [{"expression": "vip == true", "targets": [target, later]}],
                timeout="12s",
                default_filter={"queue": "all"},
            ),
            "task_channels": {"voice": {"setup_delay": "5s", "setup_failure_probability": "30%"}},
        }
    )
    skipped = 0
    n_tasks = sum(row.event == EventType.TASK_CREATED for row in rows)
    for task in range(0, n_tasks, 2):
        entries = explain(model, rows, task)
        instants = [entry.at_ms for entry in entries]
        assert instants == sorted(instants)
        for entry in entries:
            if entry.kind.value == "skipped":
                skipped += 1
                assert " is true" in entry.text
            elif entry.kind.value == "waits":
                assert entry.text == "nobody can be asked"
    assert skipped > 0
