"""The rows of the event log: what happened, in TaskRouter's names.

A row is a plain tuple of integers in the order of :class:`Row`; the engine appends tuples and
people read :class:`Row`.  A joint change shares one row: ``reservation.accepted`` shows the task
``assigned``.  ``-1`` means "not applicable" throughout, and is the only such code.

Sources: Twilio, "Event types" reference for the names; the order inside an instant and the two
types of our own are documented in ``docs/behaviour.md``.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

NOTHING = -1
"""The code for "not applicable" in every column."""


class EventType(IntEnum):
    """Types of event rows."""

    TASK_CREATED = 0
    WORKFLOW_ENTERED = 1
    WORKFLOW_TARGET_MATCHED = 2
    TASK_QUEUE_ENTERED = 3
    TASK_QUEUE_TIMEOUT = 4
    TASK_QUEUE_MOVED = 5
    WORKFLOW_TIMEOUT = 6
    WORKFLOW_SKIPPED = 7
    RESERVATION_CREATED = 8
    RESERVATION_ACCEPTED = 9
    RESERVATION_REJECTED = 10
    RESERVATION_TIMEOUT = 11
    RESERVATION_CANCELED = 12
    RESERVATION_RESCINDED = 13
    RESERVATION_WRAPUP = 14
    RESERVATION_COMPLETED = 15
    TASK_WRAPUP = 16
    TASK_COMPLETED = 17
    TASK_UPDATED = 18
    TASK_CANCELED = 19
    TASK_DELETED = 20
    TASK_SYSTEM_DELETED = 21
    TASK_PURGED = 22
    """Ours: the task is forgotten 300 s after its end (TaskRouter sends no event)."""
    TASK_REFUSED = 23
    """Ours: no filter matched, so the task was never created."""
    WORKER_CREATED = 24
    WORKER_ACTIVITY_UPDATE = 25
    WORKER_ATTRIBUTES_UPDATE = 26
    WORKER_CAPACITY_UPDATE = 27
    WORKER_CHANNEL_AVAILABILITY_UPDATE = 28
    RESERVATION_ON_HOLD = 29
    """Ours: the worker accepted and the set-up of the channel begins; the timer stops."""
    RESERVATION_FAILED = 30
    """A directly routed task could not be reserved in time."""
    TASK_QUEUE_EXPRESSION_UPDATED = 31
    TASK_QUEUE_UPDATED = 32
    """Ours: ``max_reserved_workers`` changed."""
    WORKFLOW_UPDATED = 33
    WORKFLOW_REEVALUATED = 34
    """Ours: the workflow's waiting tasks are driven through the configuration in force."""

    @property
    def label(self) -> str:
        """The name TaskRouter gives the type, for example ``task-queue.entered``."""
        return _LABELS[self]


_GROUPS = ("task-queue", "task", "workflow", "reservation", "worker")


def _label(event: EventType) -> str:
    name = event.name.lower()
    for group in _GROUPS:
        prefix = group.replace("-", "_") + "_"
        if name.startswith(prefix):
            rest = name[len(prefix) :]
            return f"{group}.{_TAILS.get(rest, rest)}"
    raise AssertionError(f"{event.name} belongs to no group of events")


_TAILS = {
    "target_matched": "target-matched",
    "activity_update": "activity.update",
    "attributes_update": "attributes.update",
    "capacity_update": "capacity.update",
    "channel_availability_update": "channel.availability.update",
    "expression_updated": "expression.updated",
    "on_hold": "on-hold",
    "system_deleted": "system-deleted",
}
_LABELS = {event: _label(event) for event in EventType}


class Row(NamedTuple):
    """One row of the log; every field is an integer, ``-1`` where it does not apply."""

    at_ms: int
    """When it happened [ms since the start]."""
    event: int
    """An :class:`EventType`."""
    task: int
    """Number of the task, in creation order."""
    reservation: int
    """Number of the reservation, in creation order."""
    worker: int
    """The worker; in created rows the one the task is routed to directly."""
    queue: int
    """Queue the task is in (for ``moved`` and ``timeout`` rows: the queue it leaves; in created
    rows: the one the task is routed to directly)."""
    workflow: int
    step: int
    """Target, numbered through all configurations, their filters and default filters from the
    top; -1 for a task that is routed directly."""
    channel: int
    activity: int
    """The worker's activity after the row (worker rows only)."""
    task_status: int
    """The task's status after the row, a :class:`~trsim.core.states.TaskStatus`; -1 once it is
    removed (deleted, system-deleted, purged)."""
    reservation_status: int
    """The reservation's status after the row."""
    priority: int
    """The task's priority after the row."""
    reason: int
    """A :class:`~trsim.core.states.Reason` (canceled and refused rows)."""
    attributes: int
    """Number of the task's attribute set (created, refused and updated rows)."""
    stream: int
    """Arrival stream of the task (created and refused rows)."""
    number: int
    """Number within the stream (created and refused rows)."""
    until_ms: int
    """The deadline the row sets [ms since the start]: end of the time to live (created), of the
    target (target-matched), of the reservation (reservation.created), of the time in which the
    task is offered to nobody (failed reservations).  In ``workflow.updated`` rows the reservation
    timeout in force [ms]."""
    offset_ms: int
    """Age of the task from which its filter's timeouts count (target-matched rows), or how long
    before its creation its wait counts from (created rows) [ms]."""
    value: int
    """What the row sets: a capacity, ``max_reserved_workers``, the number of an expression (queue
    rows), of an attribute set (worker rows) or of a configuration (``workflow.entered`` and
    ``workflow.updated``), 1 or 0 for a channel that is available or not, and for a task routed to
    a worker whose capacity is ignored or not (created rows)."""


FIELDS = Row._fields
