from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from tests.scenario.desk import DESK, load, spoiled
from trsim.core.commands import SetActivity
from trsim.core.spec import (
    ActivitySpec,
    ChannelSpec,
    DeadlineRule,
    FailureRule,
    IdleKey,
    QueueSpec,
    RedriveBase,
    RoutingRules,
    TaskOrder,
    WorkerSpec,
)
from trsim.model import Model
from trsim.world.distributions import Constant, Exponential
from trsim.world.normal import LogNormal
from trsim.world.plan import CancelEntry, ScriptedAnswer, SetUpPlan, Shift, StandingEntry

HOUR = 3_600_000
WORKERS = DESK[DESK.index("workers:\n") : DESK.index("tasks:\n")]


def compiled(folder: Path, *edits: tuple[str, str]) -> Model:
    return load(spoiled(*edits), folder).compile()


def test_the_desk_by_hand(tmp_path: Path) -> None:
    model = compiled(tmp_path)
    spec = model.spec
    assert spec.activities == (
        ActivitySpec("Available", True),
        ActivitySpec("Offline", False),
        ActivitySpec("Missed", False),
    )
    assert spec.timeout_activity == 2
    names = ("default", "voice", "sms", "chat", "video")
    assert spec.channels == tuple(ChannelSpec(name) for name in names)
    assert spec.prioritize_queue_order is TaskOrder.FIFO
    assert spec.queues == (QueueSpec("billing", 1), QueueSpec("everyone", 2))
    assert [worker.name for worker in spec.workers] == ["Alice", "agent-1", "agent-2", "agent-3"]
    assert spec.workers[0] == WorkerSpec("Alice", 0, (1,) * 5, (True,) * 5, 0)
    assert [worker.attributes for worker in spec.workers] == [0, 1, 1, 1]
    assert spec.workflows[0].reservation_timeout_ms == 20_000
    plan = model.routing.plan
    assert plan.configuration_names == ("main",)
    assert [target.queue for target in plan.configurations[0].filters[0].targets] == [0, 1]
    assert [e.text for e in plan.queue_expressions] == ["skills HAS 'billing'", "1==1"]
    assert plan.attribute_sets == ({"product": "billing"},)
    assert plan.worker_attribute_sets == ({"skills": ["billing"]}, {})
    assert plan.activity_sids == ()
    (stream,) = model.world.streams
    assert (stream.name, stream.workflow, stream.channel) == ("calls", 0, 1)
    assert (stream.attribute_sets, stream.attribute_weights) == ((0,), (1.0,))
    assert stream.talk_time == LogNormal(120.0, 1.0)
    assert stream.patience == Constant(180.0)
    assert stream.wrap_up_time is None
    assert stream.ttl_ms == 86_400_000
    assert (stream.lead_ms, stream.target_queue, stream.target_worker) == (0, -1, -1)
    assert stream.ignore_capacity
    assert model.world.set_ups == ()
    (behavior,) = model.world.behaviors
    assert behavior.answer_delay == Exponential(5.0)
    assert behavior.no_answer_probability == 0.05
    assert behavior.after_timeout == Constant(60.0)
    assert behavior.after_reject is None
    alice, agent = model.world.workers[:2]
    assert (alice.group, alice.index, alice.shifts) == ("Alice", 0, None)
    assert (agent.group, agent.index) == ("agent", 0)
    assert agent.shifts == (Shift(0, HOUR, 0),)
    assert (agent.duty_activity, agent.off_activity) == (0, 1)
    assert model.world.timetable == (StandingEntry(HOUR // 2, SetActivity(0, 1)),)
    assert (model.horizon_ms, model.warm_up_ms, model.seed) == (HOUR, 0, 3)
    assert (model.name, model.start) == ("Desk", "2026-03-02T08:00:00")
    assert model.goals == (("service_level", ">= 80%"),)
    assert len(model.digest) == 64
    assert model.warnings == ()
    assert pickle.loads(pickle.dumps(model)) == model


def test_a_bare_workspace_is_as_taskrouter_creates_it(tmp_path: Path) -> None:
    workspace = DESK[DESK.index("workspace:\n") : DESK.index("task_queues:\n")]
    spec = compiled(tmp_path, (workspace, "")).spec
    assert [(a.name, a.available) for a in spec.activities] == [
        ("Offline", False),
        ("Unavailable", False),
        ("Available", True),
    ]
    assert spec.timeout_activity == 0
    assert spec.multi_task_enabled
    assert spec.rules == RoutingRules()
    assert spec.rules.assignment_limit == 1000


def test_switches(tmp_path: Path) -> None:
    rules = "routing_rules: {on_reservation_failure: advance, idle_key: since_free, {}}"
    for text, limit in (("assignment_limit: none", None), ("assignment_limit: 10", 10)):
        edit = ("timeout_activity: Missed", rules.replace("{}", text))
        assert compiled(tmp_path, edit).spec.rules == RoutingRules(
            on_reservation_failure=FailureRule.ADVANCE,
            idle_key=IdleKey.SINCE_FREE,
            assignment_limit=limit,
        )
        scenario = load(spoiled(edit), tmp_path)
        assert load(scenario.to_yaml(), tmp_path) == scenario


def test_further_switches(tmp_path: Path) -> None:
    rules = """\
routing_rules:
    deadline_while_reserved: release
    redrive_timeout_base: reset
    reoffer_delay: 1.5s
    routing_latency: 250ms
    timeout_activity_only_if_available: true
    merged_ttl_reason: true
"""
    edit = ("timeout_activity: Missed", rules + "  timeout_activity: Missed")
    assert compiled(tmp_path, edit).spec.rules == RoutingRules(
        deadline_while_reserved=DeadlineRule.RELEASE,
        redrive_timeout_base=RedriveBase.RESET,
        reoffer_delay_ms=1_500,
        routing_latency_ms=250,
        timeout_activity_only_if_available=True,
        merged_ttl_reason=True,
    )
    scenario = load(spoiled(edit), tmp_path)
    assert load(scenario.to_yaml(), tmp_path) == scenario


def test_orders_of_queues(tmp_path: Path) -> None:
    spec = compiled(
        tmp_path,
        ("  timeout_activity", "  prioritize_queue_order: LIFO\n  timeout_activity"),
        ("max_reserved_workers: 2", "task_order: LIFO"),
    ).spec
    assert spec.prioritize_queue_order is TaskOrder.LIFO
    assert [queue.order for queue in spec.queues] == [TaskOrder.FIFO, TaskOrder.LIFO]


def test_settings_of_channels(tmp_path: Path) -> None:
    listed = """\
task_channels:
  voice: {setup_delay: {distribution: exponential, mean: 2s}, setup_failure_probability: 1%}
  chat: {setup_delay: 0s}
  fax: {channel_optimized_routing: true, setup_failure_probability: 0.5}
"""
    edit = ("seed: 3\n", "seed: 3\n" + listed)
    model = compiled(tmp_path, edit)
    assert model.spec.channels[1:] == (
        ChannelSpec("voice"),
        ChannelSpec("sms"),
        ChannelSpec("chat"),
        ChannelSpec("video"),
        ChannelSpec("fax", optimized_routing=True),
    )
    none = SetUpPlan()
    voice, fax = SetUpPlan(Exponential(2.0), 0.01), SetUpPlan(None, 0.5)
    assert model.world.set_ups == (none, voice, none, none, none, fax)
    scenario = load(spoiled(edit), tmp_path)
    assert load(scenario.to_yaml(), tmp_path) == scenario


def test_a_single_tasking_workspace_has_reserved_and_busy(tmp_path: Path) -> None:
    single = ("  timeout_activity", "  multi_task_enabled: false\n  timeout_activity")
    spec = compiled(tmp_path, single).spec
    assert [a.name for a in spec.activities] == [
        "Available",
        "Offline",
        "Missed",
        "Reserved",
        "Busy",
    ]
    assert spec.queues[0] == QueueSpec("billing", 1, TaskOrder.FIFO, 3, 4)
    own = ("max_reserved_workers: 2", "reservation_activity: Missed, assignment_activity: BUSY")
    edit = ("Missed: false}", "Missed: false, BUSY: false}")
    spec = compiled(tmp_path, single, own, edit).spec
    assert spec.queues[1] == QueueSpec("everyone", 1, TaskOrder.FIFO, 2, 3)
    assert [a.name for a in spec.activities] == [
        "Available",
        "Offline",
        "Missed",
        "BUSY",
        "Reserved",
    ]


@pytest.mark.parametrize(
    ("count", "first", "last"), [(1, "agent-1", "agent-1"), (9, "agent-1", "agent-9")]
)
def test_names_of_a_group(count: int, first: str, last: str, tmp_path: Path) -> None:
    names = [w.name for w in compiled(tmp_path, ("count: 3", f"count: {count}")).spec.workers]
    assert (names[1], names[-1], len(names)) == (first, last, count + 1)
    names = [w.name for w in compiled(tmp_path, ("count: 3", "count: 100")).spec.workers]
    assert (names[1], names[-1]) == ("agent-001", "agent-100")


def test_channels_of_a_worker(tmp_path: Path) -> None:
    edit = (
        "    count: 3\n",
        "    count: 3\n    channels: {voice: 2, chat: {capacity: 3, available: false}, fax: 0}\n",
    )
    model = compiled(tmp_path, edit, ("seed: 3\n", "seed: 3\ntask_channels: {fax: {}}\n"))
    assert model.spec.channels[-1] == ChannelSpec("fax")
    assert model.spec.workers[1].capacity == (1, 2, 1, 3, 1, 0)
    assert model.spec.workers[1].channel_available == (True, True, True, False, True, True)


@pytest.mark.parametrize(
    ("settings", "activity"),
    [
        ("", "Available"),
        ("activity: Missed, ", "Missed"),
        ('shifts: [{from: "08:00", to: "09:00"}], ', "Available"),
        ('shifts: [{from: "08:00", to: "09:00", activity: Missed}], ', "Missed"),
        ('shifts: [{from: "08:30", to: "09:00"}], ', "Offline"),
        ("shifts: [{from: 0s, to: 10m}, {from: 20m, to: 30m}], ", "Available"),
        ("shifts: [{from: 1s, to: 10m}], ", "Offline"),
        ('activity: Missed, shifts: [{from: "08:00", to: "09:00"}], ', "Missed"),
        ('shifts: [{from: "22:00", to: "08:30"}], ', "Available"),
    ],
)
def test_activity_at_the_start(settings: str, activity: str, tmp_path: Path) -> None:
    edit = ("Alice: {", "Alice: {" + settings)
    spec = compiled(tmp_path, edit).spec
    assert spec.activities[spec.workers[0].activity].name == activity


def shifts(folder: Path, listed: str, *edits: tuple[str, str]) -> tuple[tuple[int, int], ...]:
    first = ('shifts: [{from: "08:00", to: "09:00"}]', f"shifts: [{listed}]")
    plan = compiled(folder, first, *edits).world.workers[1]
    assert plan.shifts is not None
    return tuple((shift.start_ms, shift.end_ms) for shift in plan.shifts)


def test_shifts_by_clock_times_recur_every_day(tmp_path: Path) -> None:
    listed = '{from: "08:00", to: "12:00"}, {from: "12:30", to: "16:30"}'
    assert shifts(tmp_path, listed, ("horizon: 1h", "horizon: 50h")) == (
        (0, 4 * HOUR),
        (4.5 * HOUR, 8.5 * HOUR),
        (24 * HOUR, 28 * HOUR),
        (28.5 * HOUR, 32.5 * HOUR),
        (48 * HOUR, 50 * HOUR),
    )


def test_a_night_shift_ends_on_the_next_day(tmp_path: Path) -> None:
    assert shifts(tmp_path, '{from: "22:00", to: "10:00"}', ("horizon: 1h", "horizon: 40h")) == (
        (0, 2 * HOUR),
        (14 * HOUR, 26 * HOUR),
        (38 * HOUR, 40 * HOUR),
    )


def test_shifts_by_offsets_happen_once(tmp_path: Path) -> None:
    listed = "{from: 30m, to: 4h}, {from: 5h, to: 6h}, {from: 60h, to: 61h}"
    assert shifts(tmp_path, listed, ("horizon: 1h", "horizon: 50h")) == (
        (HOUR // 2, 4 * HOUR),
        (5 * HOUR, 6 * HOUR),
    )


def test_shifts_by_dates(tmp_path: Path) -> None:
    listed = "{from: 2026-03-02T07:00, to: 2026-03-02T09:00}, {from: 2026-03-03, to: 2026-03-04}"
    assert shifts(tmp_path, listed, ("horizon: 1h", "horizon: 20h")) == (
        (0, HOUR),
        (16 * HOUR, 20 * HOUR),
    )


def test_shifts_on_the_day_clocks_change(tmp_path: Path) -> None:
    edits = (
        ("2026-03-02T08:00", "2026-03-28T22:00"),
        ("seed: 3\n", "seed: 3\ntime_zone: Europe/Vienna\n"),
        ("horizon: 1h", "horizon: 36h"),
        ('at: "08:30"', "at: 1h"),
    )
    # 22:00 to 06:00 lasts seven hours in that night, and the next begins 23 hours later.
    assert shifts(tmp_path, '{from: "22:00", to: "06:00"}', *edits) == (
        (0, 7 * HOUR),
        (23 * HOUR, 31 * HOUR),
    )


def test_touching_shifts_are_no_overlap(tmp_path: Path) -> None:
    listed = '{from: "08:30", to: "08:45"}, {from: "08:00", to: "08:30"}'
    assert shifts(tmp_path, listed) == ((0, HOUR // 2), (HOUR // 2, 3 * HOUR // 4))


def test_attribute_mixes_are_multiplied_out(tmp_path: Path) -> None:
    mix = "attribute_mix: {tier: {gold: 10%, basic: 0.9}, vip: {true: 0.25, false: 0.75}}"
    model = compiled(tmp_path, ("task_channel: voice", mix))
    (stream,) = model.world.streams
    assert model.routing.plan.attribute_sets == (
        {"product": "billing", "tier": "gold", "vip": True},
        {"product": "billing", "tier": "gold", "vip": False},
        {"product": "billing", "tier": "basic", "vip": True},
        {"product": "billing", "tier": "basic", "vip": False},
    )
    assert stream.attribute_sets == (0, 1, 2, 3)
    assert stream.attribute_weights == pytest.approx((0.025, 0.075, 0.225, 0.675))


def test_equal_attribute_sets_are_one(tmp_path: Path) -> None:
    calls = DESK[DESK.index("  calls:\n") : DESK.index("timetable:")]
    other = calls.replace("  calls:", "  more:").replace("{product: billing}", "{a: 1, b: [2]}")
    third = other.replace("  more:", "  third:").replace("{a: 1, b: [2]}", "{b: [2], a: 1}")
    model = compiled(tmp_path, (calls, calls + other + third))
    assert model.routing.plan.attribute_sets == ({"product": "billing"}, {"a": 1, "b": [2]})
    assert [stream.attribute_sets for stream in model.world.streams] == [(0,), (1,), (1,)]


def test_behaviors_in_full(tmp_path: Path) -> None:
    settings = """\
    reject_clock: {distribution: exponential, mean: 200s}
    reject_activity: Missed
    return_delay: {after_reject: 2m}
    answers: [no_answer, {accept: 4s}, {reject: 2.5s}]
"""
    old = "    no_answer_probability: 5%\n    return_delay: {after_timeout: 1m}\n"
    (plan,) = compiled(tmp_path, (old, settings)).world.behaviors
    assert plan.reject_clock == Exponential(200.0)
    assert plan.reject_activity == 2
    assert (plan.after_timeout, plan.after_reject) == (None, Constant(120.0))
    assert plan.answers == (
        ScriptedAnswer(None),
        ScriptedAnswer(True, 4_000),
        ScriptedAnswer(False, 2_500),
    )


def test_the_timetable_is_in_time_order(tmp_path: Path) -> None:
    listed = """\
timetable:
  - {at: "08:40", cancel: calls/17, reason: duplicate}
  - {at: 10m, worker: agent-2, activity: Missed, reject_pending_reservations: true}
  - {at: 2026-03-02T08:05, worker: Alice, activity: Missed}
"""
    old = DESK[DESK.index("timetable:") : DESK.index("goals:")]
    assert compiled(tmp_path, (old, listed)).world.timetable == (
        StandingEntry(300_000, SetActivity(0, 2)),
        StandingEntry(600_000, SetActivity(2, 2, reject_pending=True)),
        CancelEntry(2_400_000, 0, 17),
    )


def test_an_empty_expression_matches_nobody(tmp_path: Path) -> None:
    model = compiled(tmp_path, ("skills HAS 'billing'", ""))
    assert not model.routing.plan.queue_expressions[0].matches({"skills": ["billing"]})
    assert any("no worker is eligible" in warning for warning in model.warnings)


def test_sids_stand_for_queues(tmp_path: Path) -> None:
    model = compiled(
        tmp_path,
        ("{queue: billing,", "{queue: WQ01,"),
        ("    configuration:", "    sids: {WQ01: billing}\n    configuration:"),
    )
    (document,) = model.routing.plan.configurations
    assert [target.queue for target in document.filters[0].targets] == [0, 1]


def test_the_only_workflow_need_not_be_named(tmp_path: Path) -> None:
    assert compiled(tmp_path, ("    workflow: main\n", "")).world.streams[0].workflow == 0


def test_places_in_queues_count_from_an_earlier_instant(tmp_path: Path) -> None:
    for text, lead_ms in (("-5m", 300_000), ("0s", 0), ("-1m0.25s", 60_250)):
        edit = ("task_channel: voice", f"virtual_start_offset: {text}")
        assert compiled(tmp_path, edit).world.streams[0].lead_ms == lead_ms
        scenario = load(spoiled(edit), tmp_path)
        assert (f'virtual_start_offset: "{text}"' in scenario.to_yaml()) == (lead_ms > 0)
        assert load(scenario.to_yaml(), tmp_path) == scenario


@pytest.mark.parametrize(
    ("target", "queue", "worker", "ignores"),
    [
        ("{queue: everyone}", 1, -1, True),
        ("{worker: Alice}", -1, 0, True),
        ("{worker: agent-3}\n    ignore_capacity: true", -1, 3, True),
        ("{worker: agent-1}\n    ignore_capacity: false", -1, 1, False),
        ("{workflow: main}", -1, -1, True),
    ],
)
def test_direct_routing(
    target: str, queue: int, worker: int, ignores: bool, tmp_path: Path
) -> None:
    edit = ("task_channel: voice", f"routing_target: {target}")
    stream = compiled(tmp_path, edit).world.streams[0]
    assert (stream.target_queue, stream.target_worker) == (queue, worker)
    assert stream.ignore_capacity is ignores
    assert stream.workflow == 0
    scenario = load(spoiled(edit), tmp_path)
    assert load(scenario.to_yaml(), tmp_path) == scenario


def test_a_task_routed_to_a_workflow_is_one_of_it(tmp_path: Path) -> None:
    other = "  other: {configuration: {task_routing: {default_filter: {queue: billing}}}}\n"
    model = compiled(
        tmp_path,
        ("behaviors:\n", other + "behaviors:\n"),
        ("    workflow: main\n", "    routing_target: {workflow: other}\n"),
    )
    stream = model.world.streams[0]
    assert (stream.workflow, stream.target_queue, stream.target_worker) == (1, -1, -1)


def test_sids_stand_for_activities_and_workers(tmp_path: Path) -> None:
    sids = "{WA01: Missed, WA02: Available, WA03: Missed, WK01: Alice, WK02: agent-2}"
    plan = compiled(
        tmp_path, ("    configuration:", f"    sids: {sids}\n    configuration:")
    ).routing.plan
    assert plan.activity_sids == (("WA01", 2), ("WA02", 0), ("WA03", 2))
    assert plan.worker_attribute_sets == (
        {"skills": ["billing"], "sid": "WK01"},
        {},
        {"sid": "WK02"},
    )


def test_workers_of_equal_attributes_share_a_set(tmp_path: Path) -> None:
    more = "workers:\n  Bob: {attributes: {level: 1, skills: [a]}, behavior: phone}\n"
    more += "  Carl: {attributes: {skills: [a], level: 1}, behavior: phone}\n"
    model = compiled(tmp_path, ("workers:\n", more))
    assert [worker.attributes for worker in model.spec.workers] == [0, 0, 1, 2, 2, 2]
    assert model.routing.plan.worker_attribute_sets == (
        {"level": 1, "skills": ["a"]},
        {"skills": ["billing"]},
        {},
    )


def test_strict_expressions(tmp_path: Path) -> None:
    edit = ("skills HAS 'billing'", "skills HAS 'billing' ; x")
    assert not compiled(tmp_path, edit).routing.plan.queue_expressions[0].strict
    strict = (
        "  timeout_activity",
        "  routing_rules: {strict_expressions: true}\n  timeout_activity",
    )
    plan = compiled(tmp_path, strict).routing.plan
    assert all(expression.strict for expression in plan.queue_expressions)
    assert plan.configurations[0].filters[0].expression.strict
