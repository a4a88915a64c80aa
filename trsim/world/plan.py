"""What the world outside the router is like: customers, workers' habits, shifts, operators.

All frozen and picklable; a run animates a :class:`WorldPlan` with a seed
(:class:`trsim.world.world.World`).  Numbers index the tuples of the workspace specification
and of this plan; durations are distributions in seconds, instants are milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from trsim.core.commands import (
    DEFAULT_TTL_MS,
    SetActivity,
    SetCapacity,
    SetChannelAvailable,
    SetWorkerAttributes,
    UpdateQueue,
    UpdateWorkflow,
)
from trsim.world.arrivals import ArrivalProcess
from trsim.world.distributions import Distribution


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """A stream of arriving tasks."""

    name: str
    workflow: int
    channel: int
    arrivals: ArrivalProcess
    talk_time: Distribution
    attribute_sets: tuple[int, ...]
    """Numbers of the attribute sets its tasks can have, in the model's table."""
    attribute_weights: tuple[float, ...]
    """Probability of each attribute set; they sum to 1."""
    wrap_up_time: Distribution | None = None
    """None: completed without wrapping."""
    patience: Distribution | None = None
    """From creation to acceptance; None: nobody hangs up."""
    balk_probability: float = 0.0
    """Share of tasks that leave at once if no reservation is made in the instant of creation."""
    priority: int = 0
    ttl_ms: int = DEFAULT_TTL_MS
    lead_ms: int = 0
    """How long before its creation a task's wait counts from, for its place in a queue [ms]."""
    target_queue: int = -1
    """Tasks are routed directly to this queue; -1: they are not."""
    target_worker: int = -1
    """Tasks are routed directly to this worker; -1: they are not."""
    ignore_capacity: bool = True
    """Routed directly to a worker: whatever the worker's activity and load."""


@dataclass(frozen=True, slots=True)
class SetUpPlan:
    """What lies between a worker's acceptance and the connection, on one channel."""

    delay: Distribution | None = None
    """Time on hold; None: none."""
    failure_probability: float = 0.0
    """Share of acceptances whose set-up fails: the reservation is canceled."""


@dataclass(frozen=True, slots=True)
class ScriptedAnswer:
    """One scripted reply to an offer."""

    accept: bool | None
    """True: accepts, False: rejects, None: nobody reacts."""
    delay_ms: int = 0
    """Time from the offer to the reply [ms]."""


@dataclass(frozen=True, slots=True)
class BehaviorPlan:
    """How workers react to offers and when they come back after a miss."""

    name: str
    answer_delay: Distribution
    no_answer_probability: float = 0.0
    """Share of all reservations nobody reacts to."""
    reject_probability: float = 0.0
    """Share of all reservations turned down, from the same uniform."""
    reject_delay: Distribution | None = None
    """None: a rejection takes as long as an answer."""
    reject_clock: Distribution | None = None
    """Instead of ``reject_probability``: rejects if this is over before the answer."""
    reject_activity: int = -1
    """Activity named when rejecting, -1 for none."""
    after_timeout: Distribution | None = None
    """Time away after a missed offer; None: never comes back by itself."""
    after_reject: Distribution | None = None
    """Time away after rejecting into ``reject_activity``."""
    answers: tuple[ScriptedAnswer, ...] = ()
    """Replies to the worker's first, second, … reservation; then the laws above."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A span on duty, [start, end)."""

    start_ms: int
    end_ms: int
    activity: int
    """Activity during the shift."""


@dataclass(frozen=True, slots=True)
class WorkerPlan:
    """One worker's habits; the position in the plan is the worker's number."""

    group: str
    """Name of the group in the scenario; draws are keyed by it and by ``index``."""
    index: int
    """Number within the group, from 0."""
    behavior: int
    shifts: tuple[Shift, ...] | None = None
    """Sorted, not overlapping; None: on duty throughout."""
    duty_activity: int = 0
    """Activity on duty where there are no shifts."""
    off_activity: int = 0
    """Activity outside shifts."""


StandingCommand = (
    SetActivity
    | SetWorkerAttributes
    | SetCapacity
    | SetChannelAvailable
    | UpdateQueue
    | UpdateWorkflow
)
"""Commands whose object is there from the start."""


@dataclass(frozen=True, slots=True)
class StandingEntry:
    """An operator acts on a worker, a queue or a workflow."""

    at_ms: int
    command: StandingCommand


@dataclass(frozen=True, slots=True)
class CancelEntry:
    """An operator cancels a task, if it is still pending or reserved."""

    at_ms: int
    stream: int
    number: int
    """Number within the stream, from 0."""


@dataclass(frozen=True, slots=True)
class UpdateEntry:
    """An operator changes a task, if it is not ended."""

    at_ms: int
    stream: int
    number: int
    """Number within the stream, from 0."""
    attributes: int = -1
    """Number of its new attribute set, -1: as before."""
    priority: int = -1
    """-1: as before."""


TimetableEntry = StandingEntry | CancelEntry | UpdateEntry


@dataclass(frozen=True, slots=True)
class WorldPlan:
    """Everything that surrounds the router."""

    streams: tuple[StreamPlan, ...]
    behaviors: tuple[BehaviorPlan, ...]
    workers: tuple[WorkerPlan, ...]
    timetable: tuple[TimetableEntry, ...] = ()
    set_ups: tuple[SetUpPlan, ...] = ()
    """By channel; empty: no channel needs one."""
