"""A small world to test with, rows as the core would write them, and one-sided checks of laws."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from scipy import stats

from trsim.core.events import FIELDS, EventType, Row
from trsim.core.spec import (
    ActivitySpec,
    ChannelSpec,
    QueueSpec,
    RoutingRules,
    WorkerSpec,
    WorkflowSpec,
    WorkspaceSpec,
)
from trsim.world.arrivals import PoissonArrivals
from trsim.world.distributions import Constant
from trsim.world.due import Due
from trsim.world.plan import BehaviorPlan, StreamPlan, WorkerPlan, WorldPlan
from trsim.world.world import World

FALSE_ALARM = 1e-6
"""Probability with which a statistical test of these folders fails for correct code."""

AVAILABLE, OFFLINE, MISSED, BREAK = range(4)
HORIZON_MS = 10**9


def stream(name: str = "calls", **changes: Any) -> StreamPlan:
    """A stream with a task every ten seconds or so, 60 s of talk and nothing else."""
    values: dict[str, Any] = {
        "workflow": 0,
        "channel": 0,
        "arrivals": PoissonArrivals(((0, 0.1),)),
        "talk_time": Constant(60.0),
        "attribute_sets": (0,),
        "attribute_weights": (1.0,),
    }
    return StreamPlan(name, **(values | changes))


def behavior(name: str = "phone", **changes: Any) -> BehaviorPlan:
    """Workers who answer after 5 s."""
    values: dict[str, Any] = {"answer_delay": Constant(5.0)}
    return BehaviorPlan(name, **(values | changes))


def plan(**changes: Any) -> WorldPlan:
    """One stream, one behavior, two workers."""
    values: dict[str, Any] = {
        "streams": (stream(),),
        "behaviors": (behavior(),),
        "workers": (WorkerPlan("agent", 0, 0), WorkerPlan("agent", 1, 0)),
    }
    return WorldPlan(**(values | changes))


def world(
    seed: int = 7,
    replication: int = 0,
    horizon_ms: int = HORIZON_MS,
    rules: RoutingRules | None = None,
    **changes: Any,
) -> World:
    """A world with those parts of :func:`plan` changed."""
    laid_down = plan(**changes)
    worker = WorkerSpec("worker", AVAILABLE, (1, 1), (True, True))
    names = ("Available", "Offline", "Missed", "Break")
    spec = WorkspaceSpec(
        activities=tuple(ActivitySpec(name, name == "Available") for name in names),
        channels=(ChannelSpec("voice"), ChannelSpec("chat")),
        queues=(QueueSpec("all"),),
        workflows=(WorkflowSpec("front", reservation_timeout_ms=20_000),),
        workers=(worker,) * len(laid_down.workers),
        timeout_activity=MISSED,
        rules=RoutingRules() if rules is None else rules,
    )
    return World(laid_down, spec, seed, replication, horizon_ms)


def row(event: EventType, at_ms: int, **fields: int) -> tuple[int, ...]:
    """A row with -1 in every field that is not given."""
    values = dict.fromkeys(Row._fields, -1) | {"at_ms": at_ms, "event": int(event)} | fields
    return tuple(Row(**values))


def created(
    task: int, at_ms: int = 0, number: int | None = None, stream: int = 0
) -> tuple[int, ...]:
    """Row of a task of a stream; its number is the task's unless given."""
    number = task if number is None else number
    return row(EventType.TASK_CREATED, at_ms, task=task, stream=stream, number=number)


def offer(
    task: int,
    reservation: int,
    at_ms: int = 0,
    worker: int = 0,
    timeout_ms: int = 20_000,
    channel: int = 0,
) -> tuple[int, ...]:
    """Row of a new reservation."""
    objects = {"task": task, "reservation": reservation, "worker": worker, "channel": channel}
    return row(EventType.RESERVATION_CREATED, at_ms, until_ms=at_ms + timeout_ms, **objects)


def on_hold(task: int, reservation: int, at_ms: int, channel: int = 0) -> tuple[int, ...]:
    """Row of an acceptance whose set-up begins."""
    event = EventType.RESERVATION_ON_HOLD
    return row(event, at_ms, task=task, reservation=reservation, channel=channel)


def ended(
    event: EventType, task: int, reservation: int, at_ms: int, worker: int = 0
) -> tuple[int, ...]:
    """Row of a reservation that was accepted, rejected, missed or the like."""
    return row(event, at_ms, task=task, reservation=reservation, worker=worker)


def moved(worker: int, activity: int, at_ms: int) -> tuple[int, ...]:
    """Row of a worker's new activity."""
    return row(EventType.WORKER_ACTIVITY_UPDATE, at_ms, worker=worker, activity=activity)


def openings(made: World, streams: int) -> list[Iterator[Due]]:
    """What is laid down beforehand: timetable, shift changes, and each stream."""
    arrivals = (made.arrivals(stream) for stream in range(streams))
    return [made.timetable(), made.shift_changes(), *arrivals]


def consequences(made: World, row: tuple[int, ...]) -> Sequence[Due]:
    """What follows from a row; nothing where the world has no reaction."""
    reaction = made.reactions[row[FIELDS.index("event")]]
    return () if reaction is None else reaction(row)


def is_meant(made: World, due: Due, view: Columns) -> bool:
    """Whether something intended earlier is still meant."""
    return made.conditions(view)[due.guard](due.subject, due.stamp)


@dataclass
class Columns:
    """A core's state, as far as guards look at it."""

    reservation_status: dict[int, int] = field(default_factory=dict)
    task_status: dict[int, int] = field(default_factory=dict)
    task_attempts: dict[int, int] = field(default_factory=dict)


def assert_uniform(values: Sequence[float]) -> None:
    """Kolmogorov-Smirnov against the uniform law on (0, 1), at :data:`FALSE_ALARM`."""
    assert stats.kstest(values, "uniform").pvalue > FALSE_ALARM


def assert_count(count: int, mean: float) -> None:
    """A Poisson count with a known mean, two-sided at :data:`FALSE_ALARM`."""
    below, above = stats.poisson.cdf(count, mean), stats.poisson.sf(count - 1, mean)
    assert 2 * min(below, above) > FALSE_ALARM, f"{count} where {mean:g} are expected"


def assert_mean(values: Sequence[float], mean: float, variance: float) -> None:
    """A sample mean of many values with known moments, two-sided at :data:`FALSE_ALARM`."""
    error = math.sqrt(variance / len(values))
    score = abs(math.fsum(values) / len(values) - mean) / error
    assert 2 * stats.norm.sf(score) > FALSE_ALARM, f"{score:.1f} standard errors off"
