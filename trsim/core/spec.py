"""What a workspace consists of, before anything happens.  Frozen; no rule lives here."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class FailureRule(Enum):
    """Where a task waits after its last open reservation failed.

    Twilio's pages contradict each other: three say that the task stays in its target until the
    target's deadline, one worked example ("Task evaluation") moves it on at once.
    """

    STAY = "stay"
    ADVANCE = "advance"


class DeadlineRule(Enum):
    """What becomes of a target's deadline that comes while the task is reserved."""

    AFTER = "after"
    """It is looked at when the last open reservation has failed (Twilio, "Lifecycle of a task:
    workflows and assignment")."""
    RELEASE = "release"
    """It ends the offers, and the task leaves the target at once, as two operators report."""


class RedriveBase(Enum):
    """From which age a filter's timeouts count for a task that is driven from the top again."""

    TASK_AGE = "task_age"
    """From creation: an old task can fall straight to a late target, or be canceled."""
    RESET = "reset"
    """From its age at that instant."""


class TaskOrder(Enum):
    """Which task of a queue goes first."""

    FIFO = "FIFO"
    """Higher priority, then the earlier start."""
    LIFO = "LIFO"
    """The later start, whatever the priority."""


class IdleKey(Enum):
    """What "idle the longest" means when workers are compared."""

    LAST_RESERVED = "last_reserved"
    """Time of the worker's latest reservation, whatever its outcome; never reserved comes first."""
    SINCE_FREE = "since_free"
    """The later of the end of the last reservation and the last entry into an available
    activity."""


@dataclass(frozen=True, slots=True)
class RoutingRules:
    """The switches for what TaskRouter's documents leave open."""

    on_reservation_failure: FailureRule = FailureRule.STAY
    deadline_while_reserved: DeadlineRule = DeadlineRule.AFTER
    redrive_timeout_base: RedriveBase = RedriveBase.TASK_AGE
    idle_key: IdleKey = IdleKey.LAST_RESERVED
    assignment_limit: int | None = 1000
    """How often a task may be reserved before it is canceled; None for no limit."""
    reoffer_delay_ms: int = 0
    """How long a task is offered to nobody after its last open reservation failed [ms]."""
    routing_latency_ms: int = 0
    """How long a match that has become possible takes to be made [ms]."""
    timeout_activity_only_if_available: bool = False
    """Leave a worker who missed an offer, and is unavailable already, where it is; see
    :meth:`WorkspaceSpec.present_activities`."""
    merged_ttl_reason: bool = False
    """Give one reason for the end of the time to live and for the assignment limit."""


@dataclass(frozen=True, slots=True)
class ActivitySpec:
    """An activity; ``available`` says whether workers in it may be offered tasks."""

    name: str
    available: bool


@dataclass(frozen=True, slots=True)
class ChannelSpec:
    """A TaskChannel."""

    name: str
    optimized_routing: bool = False
    """Idleness on this channel alone decides which of its workers comes first."""


@dataclass(frozen=True, slots=True)
class QueueSpec:
    """A TaskQueue, without its membership (which is routing's business)."""

    name: str
    max_reserved_workers: int = 1
    """Workers asked at the same time, 1 … 50; may change during a run."""
    order: TaskOrder = TaskOrder.FIFO
    reservation_activity: int = -1
    """Single-tasking: activity of a worker who is asked."""
    assignment_activity: int = -1
    """Single-tasking: activity of a worker who accepted."""


@dataclass(frozen=True, slots=True)
class WorkflowSpec:
    """A workflow, without its configurations (which are routing's business).

    Configurations are numbered through; those in force at the start come first, one for each
    workflow in order.
    """

    name: str
    reservation_timeout_ms: int = 120_000
    """How long an offer stands [ms], 1,000 … 86,400,000; may change during a run."""


@dataclass(frozen=True, slots=True)
class WorkerSpec:
    """A worker as the run begins."""

    name: str
    activity: int
    capacity: tuple[int, ...]
    """Reservations the worker can hold at once, per channel."""
    channel_available: tuple[bool, ...]
    """Whether the worker's channel is switched on, per channel."""
    attributes: int = 0
    """Number of the worker's attribute set, in the routing's table."""


@dataclass(frozen=True, slots=True)
class WorkspaceSpec:
    """Everything the core needs to know; indices point into these tuples."""

    activities: tuple[ActivitySpec, ...]
    channels: tuple[ChannelSpec, ...]
    queues: tuple[QueueSpec, ...]
    workflows: tuple[WorkflowSpec, ...]
    workers: tuple[WorkerSpec, ...]
    timeout_activity: int
    """Where a missed reservation puts the worker."""
    multi_task_enabled: bool = True
    prioritize_queue_order: TaskOrder = TaskOrder.FIFO
    """Which kind of queues a worker who serves both empties first."""
    rules: RoutingRules = field(default_factory=RoutingRules)

    def present_activities(self) -> tuple[bool, ...]:
        """Return of each activity whether a worker in it is there to be asked, or being asked.

        With ``timeout_activity_only_if_available`` only they are moved by a missed offer.  In a
        single-tasking workspace the offer itself has put the worker into the queue's reservation
        activity, which therefore counts.
        """
        reserved = () if self.multi_task_enabled else [q.reservation_activity for q in self.queues]
        return tuple(
            activity.available or number in reserved
            for number, activity in enumerate(self.activities)
        )
