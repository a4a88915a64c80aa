"""The SimPy engine: whole runs, small enough to be worked out by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from trsim.core.commands import (
    SetActivity,
    SetCapacity,
    SetChannelAvailable,
    SetWorkerAttributes,
    UpdateQueue,
    UpdateWorkflow,
)
from trsim.core.events import EventType, Row
from trsim.core.spec import (
    ActivitySpec,
    ChannelSpec,
    DeadlineRule,
    QueueSpec,
    RoutingRules,
    WorkerSpec,
    WorkflowSpec,
    WorkspaceSpec,
)
from trsim.core.states import Reason
from trsim.drivers.simpy_driver import simulate
from trsim.model import Model
from trsim.routing.compiled import compile_routing
from trsim.routing.expressions import Scope, parse_expression
from trsim.routing.plan import RoutingPlan
from trsim.routing.workflow import Filter, Target, WorkflowDocument
from trsim.world.arrivals import PoissonArrivals
from trsim.world.distributions import Constant, Exponential
from trsim.world.plan import (
    BehaviorPlan,
    CancelEntry,
    ScriptedAnswer,
    SetUpPlan,
    StandingEntry,
    StreamPlan,
    UpdateEntry,
    WorkerPlan,
    WorldPlan,
)
from trsim.world.recorded_arrivals import TimedArrivals

AVAILABLE, OFFLINE, MISSED = range(3)
EVERYONE = parse_expression("1==1", Scope.WORKER)
DOCUMENT = WorkflowDocument((), Target(0))


class Rows:
    """A recorder that keeps the rows as they come."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def extend(self, rows: Iterable[tuple[int, ...]]) -> None:
        self.rows.extend(Row(*row) for row in rows)


def specification(workers: int, **changes: Any) -> WorkspaceSpec:
    """One queue, one workflow whose offers stand for 20 s, workers with one slot on voice."""
    worker = WorkerSpec("worker", AVAILABLE, (1,), (True,))
    values: dict[str, Any] = {
        "activities": (
            ActivitySpec("Available", True),
            ActivitySpec("Offline", False),
            ActivitySpec("Missed", False),
        ),
        "channels": (ChannelSpec("voice"),),
        "queues": (QueueSpec("support", max_reserved_workers=workers),),
        "workflows": (WorkflowSpec("front", reservation_timeout_ms=20_000),),
        "workers": tuple(replace(worker, name=f"worker-{n}") for n in range(workers)),
        "timeout_activity": MISSED,
    }
    return WorkspaceSpec(**(values | changes))


def calls(*at_ms: int, **changes: Any) -> StreamPlan:
    """Calls at given instants [ms], 60 s of talk."""
    values: dict[str, Any] = {
        "workflow": 0,
        "channel": 0,
        "arrivals": TimedArrivals(at_ms),
        "talk_time": Constant(60.0),
        "attribute_sets": (0,),
        "attribute_weights": (1.0,),
    }
    return StreamPlan("calls", **(values | changes))


def model(
    stream: StreamPlan,
    spec: WorkspaceSpec | None = None,
    behavior: BehaviorPlan | None = None,
    document: WorkflowDocument = DOCUMENT,
    **world: Any,
) -> Model:
    """Workers who answer after 5 s; all tasks wait in one target."""
    spec = specification(1) if spec is None else spec
    routing = RoutingPlan(
        configurations=(document,),
        configuration_names=("front",),
        queue_expressions=(EVERYONE,),
        attribute_sets=({}, {"vip": True}),
        worker_attribute_sets=({}, {"level": 2}),
    )
    plan = WorldPlan(
        streams=(stream,),
        behaviors=(BehaviorPlan("phone", Constant(5.0)) if behavior is None else behavior,),
        workers=tuple(WorkerPlan("agent", number, 0) for number in range(len(spec.workers))),
        **world,
    )
    return Model("desk", spec, compile_routing(spec, routing), plan, horizon_ms=3_600_000)


def story(made: Model, horizon_ms: int | None = None) -> list[tuple[int, str]]:
    """Instants [ms] and types of what happened, without the way through the workflow."""
    recorder = Rows()
    simulate(made, recorder, seed=7, horizon_ms=horizon_ms)
    hidden = {
        EventType.WORKER_CREATED,
        EventType.WORKFLOW_ENTERED,
        EventType.WORKFLOW_TARGET_MATCHED,
        EventType.TASK_QUEUE_ENTERED,
        EventType.TASK_UPDATED,
        EventType.TASK_PURGED,
    }
    shown = (row for row in recorder.rows if row.event not in hidden)
    return [(row.at_ms, EventType(row.event).label) for row in shown]


def events(made: Model, *kinds: EventType) -> list[Row]:
    recorder = Rows()
    simulate(made, recorder, seed=7)
    return [row for row in recorder.rows if row.event in kinds]


def test_a_call_is_put_through_after_a_set_up() -> None:
    made = model(calls(1_000), set_ups=(SetUpPlan(Constant(40.0)),))
    # On hold for longer than an offer stands.
    assert story(made) == [
        (1_000, "task.created"),
        (1_000, "reservation.created"),
        (6_000, "reservation.on-hold"),
        (46_000, "reservation.accepted"),
        (106_000, "task.completed"),
        (106_000, "reservation.completed"),
    ]


def test_a_failed_set_up_cancels_the_offer_and_the_call_is_offered_again() -> None:
    made = model(calls(1_000, patience=Constant(60.0)), set_ups=(SetUpPlan(Constant(40.0), 1.0),))
    assert story(made) == [
        (1_000, "task.created"),
        (1_000, "reservation.created"),
        (6_000, "reservation.on-hold"),
        (46_000, "reservation.canceled"),
        (46_000, "reservation.created"),
        (51_000, "reservation.on-hold"),
        (61_000, "task.canceled"),
        (61_000, "reservation.canceled"),
    ]


def test_without_a_delay_a_failure_cancels_in_the_instant_of_the_answer() -> None:
    rules = RoutingRules(assignment_limit=2)
    made = model(calls(1_000), specification(1, rules=rules), set_ups=(SetUpPlan(None, 1.0),))
    assert story(made) == [
        (1_000, "task.created"),
        (1_000, "reservation.created"),
        (6_000, "reservation.canceled"),
        (6_000, "reservation.created"),
        (11_000, "reservation.canceled"),
        (11_000, "task.canceled"),
    ]


def test_another_worker_of_the_batch_is_faster_than_a_set_up() -> None:
    spec = specification(2)
    made = model(calls(1_000, 2_000), spec, set_ups=(SetUpPlan(Exponential(30.0)),))
    kinds = EventType.RESERVATION_ON_HOLD, EventType.RESERVATION_ACCEPTED
    held, accepted = (events(made, kind) for kind in kinds)
    (rescinded, *_) = events(made, EventType.RESERVATION_RESCINDED)
    first = accepted[0]
    assert [row.at_ms for row in held[:2]] == [6_000, 6_000]
    assert {first.reservation, rescinded.reservation} == {0, 1}
    assert first.at_ms == rescinded.at_ms > 6_000
    # The second call is offered to the one who was withdrawn, and connected later.
    assert [row.task for row in accepted] == [0, 1]
    assert accepted[1].worker == rescinded.worker


@pytest.mark.parametrize(("horizon_ms", "last"), [(46_000, 6_000), (46_001, 46_000)])
def test_what_is_stamped_with_the_horizon_does_not_happen(horizon_ms: int, last: int) -> None:
    made = model(calls(1_000), set_ups=(SetUpPlan(Constant(40.0)),))
    assert story(made, horizon_ms)[-1][0] == last


@pytest.mark.parametrize(
    ("rules", "deadline_ms", "events_at_deadline"),
    [
        (RoutingRules(routing_latency_ms=700), 1_700, ["reservation.created"]),
        (
            RoutingRules(deadline_while_reserved=DeadlineRule.RELEASE),
            9_000,
            ["reservation.canceled", "task-queue.timeout", "workflow.timeout", "task.canceled"],
        ),
        (RoutingRules(reoffer_delay_ms=2_000), 8_000, ["reservation.created"]),
    ],
    ids=["routing-latency", "release", "reoffer-delay"],
)
def test_deadlines_of_every_kind_respect_the_horizon(
    rules: RoutingRules, deadline_ms: int, events_at_deadline: list[str]
) -> None:
    # Offers are rejected after 5 s; the only target ends when the call is 8 s old.
    filter_ = Filter("calls", parse_expression("1==1", Scope.TASK), (Target(0, timeout_s=8),))
    made = model(
        calls(1_000),
        specification(1, rules=rules),
        BehaviorPlan("phone", Constant(5.0), reject_probability=1.0),
        WorkflowDocument((filter_,)),
    )
    short, long = story(made, deadline_ms), story(made, deadline_ms + 1)
    assert all(at_ms < deadline_ms for at_ms, _ in short)
    assert long == short + [(deadline_ms, event) for event in events_at_deadline]


def test_routing_takes_its_time() -> None:
    made = model(calls(1_000), specification(1, rules=RoutingRules(routing_latency_ms=700)))
    assert story(made) == [
        (1_000, "task.created"),
        (1_700, "reservation.created"),
        (6_700, "reservation.accepted"),
        (66_700, "task.completed"),
        (66_700, "reservation.completed"),
    ]


def test_operators_act_in_time() -> None:
    timetable = (
        StandingEntry(2_000, UpdateWorkflow(0, reservation_timeout_ms=4_000)),
        StandingEntry(2_000, UpdateQueue(0, max_reserved_workers=3)),
        StandingEntry(3_000, SetCapacity(0, 0, 2)),
        StandingEntry(3_000, SetWorkerAttributes(0, 1)),
        StandingEntry(90_000, SetChannelAvailable(0, 0, False)),
        UpdateEntry(70_000, 0, 0, attributes=1),  # ended by then
        UpdateEntry(3_500, 0, 0, attributes=1, priority=4),
        UpdateEntry(99_000, 0, 1, priority=7),
        CancelEntry(99_500, 0, 1),
    )
    made = model(calls(1_000, 95_000), timetable=timetable)
    settings = events(
        made,
        EventType.WORKFLOW_UPDATED,
        EventType.TASK_QUEUE_UPDATED,
        EventType.WORKER_CAPACITY_UPDATE,
        EventType.WORKER_ATTRIBUTES_UPDATE,
        EventType.WORKER_CHANNEL_AVAILABILITY_UPDATE,
    )
    assert [(row.at_ms, EventType(row.event).label) for row in settings] == [
        (2_000, "workflow.updated"),
        (2_000, "task-queue.updated"),
        (3_000, "worker.capacity.update"),
        (3_000, "worker.attributes.update"),
        (90_000, "worker.channel.availability.update"),
    ]
    updated = events(made, EventType.TASK_UPDATED)
    assert [(row.at_ms, row.task, row.attributes, row.priority) for row in updated] == [
        (3_500, 0, 1, 4),
        (66_000, 0, -1, 4),  # announced on completion
        (99_000, 1, 0, 7),
    ]
    assert [(row.at_ms, row.reason) for row in events(made, EventType.TASK_CANCELED)] == [
        (99_500, Reason.OPERATOR)
    ]


def test_the_timetable_comes_before_the_arrivals_of_an_instant() -> None:
    entry = StandingEntry(1_000, SetActivity(0, OFFLINE))
    assert story(model(calls(1_000), timetable=(entry,))) == [
        (1_000, "worker.activity.update"),
        (1_000, "task.created"),
    ]


def test_a_directly_routed_call_that_is_missed_begins_an_absence() -> None:
    entry = StandingEntry(500, SetActivity(0, OFFLINE))
    behavior = BehaviorPlan(
        "phone",
        Constant(5.0),
        after_timeout=Constant(30.0),
        answers=(ScriptedAnswer(None),),
    )
    made = model(calls(1_000, target_worker=0), behavior=behavior, timetable=(entry,))
    assert story(made)[1:5] == [
        (1_000, "task.created"),
        (1_000, "reservation.created"),
        (21_000, "reservation.timeout"),
        (21_000, "worker.activity.update"),
    ]
    moves = events(made, EventType.WORKER_ACTIVITY_UPDATE)
    assert [(row.at_ms, row.activity) for row in moves] == [
        (500, OFFLINE),
        (21_000, MISSED),
        (51_000, AVAILABLE),
    ]


def test_with_the_rule_an_unavailable_worker_is_neither_moved_nor_away() -> None:
    rules = RoutingRules(timeout_activity_only_if_available=True)
    behavior = BehaviorPlan(
        "phone", Constant(5.0), no_answer_probability=1.0, after_timeout=Constant(30.0)
    )
    timetable = (StandingEntry(2_000, SetActivity(0, OFFLINE)),)
    spec = specification(1, rules=rules)
    found = events(
        model(calls(1_000), spec, behavior, timetable=timetable),
        EventType.RESERVATION_TIMEOUT,
        EventType.WORKER_ACTIVITY_UPDATE,
    )
    assert [(row.at_ms, EventType(row.event).label, row.activity) for row in found] == [
        (2_000, "worker.activity.update", OFFLINE),
        (21_000, "reservation.timeout", -1),
    ]


def test_a_busy_day_is_the_same_twice() -> None:
    laws: dict[str, Any] = {
        "arrivals": PoissonArrivals(((0, 0.05),)),
        "patience": Exponential(60.0),
        "balk_probability": 0.1,
        "lead_ms": 5_000,
    }
    behavior = BehaviorPlan(
        "phone",
        Exponential(5.0),
        no_answer_probability=0.1,
        reject_probability=0.1,
        after_timeout=Exponential(60.0),
    )
    rules = RoutingRules(reoffer_delay_ms=2_000, routing_latency_ms=50)
    made = model(
        calls(**laws),
        specification(4, rules=rules),
        behavior,
        set_ups=(SetUpPlan(Exponential(10.0), 0.1),),
    )
    once, again = Rows(), Rows()
    simulate(made, once, seed=11)
    simulate(made, again, seed=11)
    assert once.rows == again.rows
    kinds = {EventType(row.event) for row in once.rows}
    assert kinds >= {
        EventType.RESERVATION_ON_HOLD,
        EventType.RESERVATION_CANCELED,
        EventType.RESERVATION_RESCINDED,
        EventType.RESERVATION_TIMEOUT,
        EventType.TASK_CANCELED,
    }
    assert all(row.at_ms < made.horizon_ms for row in once.rows)
    assert all(one.at_ms <= other.at_ms for one, other in pairwise(once.rows))
