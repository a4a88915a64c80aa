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
    idle_key: IdleKey = IdleKey.LAST_RESERVED
    assignment_limit: int | None = 1000
    """How often a task may be reserved before it is canceled; None for no limit."""


@dataclass(frozen=True, slots=True)
class ActivitySpec:
    """An activity; ``available`` says whether workers in it may be offered tasks."""

    name: str
    available: bool


@dataclass(frozen=True, slots=True)
class QueueSpec:
    """A TaskQueue, without its membership (which is routing's business)."""

    name: str
    max_reserved_workers: int = 1
    """Workers asked at the same time, 1 … 50."""
    reservation_activity: int = -1
    """Single-tasking: activity of a worker who is asked."""
    assignment_activity: int = -1
    """Single-tasking: activity of a worker who accepted."""


@dataclass(frozen=True, slots=True)
class WorkflowSpec:
    """A workflow, without its document (which is routing's business)."""

    name: str
    reservation_timeout_ms: int = 120_000
    """How long an offer stands [ms], 1,000 … 86,400,000."""


@dataclass(frozen=True, slots=True)
class WorkerSpec:
    """A worker as the run begins."""

    name: str
    activity: int
    capacity: tuple[int, ...]
    """Reservations the worker can hold at once, per channel."""
    channel_available: tuple[bool, ...]
    """Whether the worker's channel is switched on, per channel."""


@dataclass(frozen=True, slots=True)
class WorkspaceSpec:
    """Everything the core needs to know; indices point into these tuples."""

    activities: tuple[ActivitySpec, ...]
    channels: tuple[str, ...]
    queues: tuple[QueueSpec, ...]
    workflows: tuple[WorkflowSpec, ...]
    workers: tuple[WorkerSpec, ...]
    timeout_activity: int
    """Where a missed reservation puts the worker."""
    multi_task_enabled: bool = True
    rules: RoutingRules = field(default_factory=RoutingRules)
