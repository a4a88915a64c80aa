"""What the naive model knows: its rows, workers, tasks and reservations, in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from tests.core.naive_places import Place


class NaiveRow(NamedTuple):
    """What a row says, in words; None where it says nothing."""

    at_ms: int
    event: str
    task: int | None = None
    reservation: int | None = None
    worker: int | None = None
    queue: int | None = None
    workflow: int | None = None
    step: int | None = None
    channel: int | None = None
    activity: int | None = None
    task_status: str | None = None
    reservation_status: str | None = None
    priority: int | None = None
    reason: str | None = None
    attributes: int | None = None
    stream: int | None = None
    number: int | None = None
    until_ms: int | None = None
    offset_ms: int | None = None
    value: int | None = None


class Refused(Exception):
    """The model refuses a command: ``unknown``, ``illegal`` or ``invalid``."""


@dataclass(eq=False)
class Agent:
    """A worker."""

    number: int
    name: str
    activity: int
    attributes: int
    capacity: list[int]
    switched_on: list[bool]
    last_reserved_ms: dict[int, int] = field(default_factory=dict)
    """By channel."""
    last_end_ms: dict[int, int] = field(default_factory=dict)
    """By channel."""
    last_available_ms: int | None = None


@dataclass(eq=False)
class Job:
    """A task."""

    number: int
    flow: int
    channel: int
    attributes: int
    priority: int
    created_ms: int
    ttl_end_ms: int
    starts_ms: int
    """From when it waits, for its place among others."""
    configuration: int
    """The one it has to use."""
    target_queue: int | None = None
    target_worker: int | None = None
    ignores_capacity: bool = False
    status: str | None = "pending"
    """None once it is removed."""
    place: Place | None = None
    """None before the first target, and if it is routed directly."""
    queue: int | None = None
    attempts: int = 0
    rests_until_ms: int | None = None
    """While it is offered to nobody."""
    assigned_ms: int = 0
    ended_ms: int = 0
    batch: list[Offer] = field(default_factory=list)

    @property
    def direct(self) -> bool:
        """Whether it goes around its workflow."""
        return self.target_queue is not None or self.target_worker is not None


@dataclass(eq=False)
class Offer:
    """A reservation."""

    number: int
    job: Job
    agent: Agent
    expires_ms: int
    activity_before: int
    on_hold: bool = False
    status: str = "pending"

    @property
    def takes_slot(self) -> bool:
        """Whether the worker is occupied by it."""
        return self.status in ("pending", "accepted", "wrapping")


def shown(number: int) -> int | None:
    """Return a number of a command as a row shows it."""
    return None if number == -1 else number
