"""From rows of the log to the events of a playback.

Rows that say again what a neighbor of the same instant says are left out: ``workflow.entered``,
``task-queue.entered`` and ``task-queue.moved`` beside ``workflow.target-matched``,
``workflow.timeout`` and ``workflow.skipped`` beside the reason of the cancellation,
``task.wrapup`` and ``task.completed`` beside those of the reservation, ``task.updated`` that
announces a completion.  So is ``task.purged``, the forgetting of a task that has ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from trsim.core.events import NOTHING, EventType, Row
from trsim.core.states import Reason
from trsim.report.playback_kinds import KIND_NUMBER, KINDS

_E = EventType
_KIND_OF: Final = {
    _E.WORKFLOW_TARGET_MATCHED: "queued",
    _E.TASK_QUEUE_TIMEOUT: "target_over",
    _E.RESERVATION_CREATED: "asked",
    _E.RESERVATION_ON_HOLD: "held",
    _E.RESERVATION_ACCEPTED: "accepted",
    _E.RESERVATION_REJECTED: "rejected",
    _E.RESERVATION_TIMEOUT: "missed",
    _E.RESERVATION_CANCELED: "withdrawn",
    _E.RESERVATION_RESCINDED: "rescinded",
    _E.RESERVATION_WRAPUP: "wrapping",
    _E.RESERVATION_COMPLETED: "completed",
    _E.RESERVATION_FAILED: "unreserved",
    _E.TASK_DELETED: "deleted",
    _E.TASK_SYSTEM_DELETED: "expired",
    _E.TASK_REFUSED: "refused",
    _E.WORKER_CREATED: "signed_in",
    _E.WORKER_ATTRIBUTES_UPDATE: "attributes",
    _E.WORKER_CAPACITY_UPDATE: "capacity",
    _E.TASK_QUEUE_EXPRESSION_UPDATED: "members",
    _E.TASK_QUEUE_UPDATED: "batch",
    _E.WORKFLOW_UPDATED: "workflow",
    _E.WORKFLOW_REEVALUATED: "again",
}
"""Kinds that follow from the type of the row alone."""
LEFT_OUT: Final = (
    _E.WORKFLOW_ENTERED,
    _E.TASK_QUEUE_ENTERED,
    _E.TASK_QUEUE_MOVED,
    _E.WORKFLOW_TIMEOUT,
    _E.WORKFLOW_SKIPPED,
    _E.TASK_WRAPUP,
    _E.TASK_COMPLETED,
    _E.TASK_PURGED,
)
"""Types of rows that make no event."""
_BY_WORKFLOW = (Reason.WORKFLOW_TIMEOUT, Reason.WORKFLOW_SKIPPED, Reason.NO_MATCHING_FILTER)


class Step(NamedTuple):
    """One event of a playback."""

    at_ms: int
    kind: int
    """Place in :data:`~trsim.report.playback_kinds.KINDS`."""
    values: tuple[int, ...]
    """Numbers of the kind's fields."""


def steps(rows: Iterable[Row]) -> Iterator[Step]:
    """Yield the events that rows amount to.

    Parameters
    ----------
    rows : iterable of Row
        All rows of a run from its start, in their order.
    """
    missed_ms: dict[int, int] = {}  # by worker: when the latest offer timed out
    for row in rows:
        if row.event == EventType.RESERVATION_TIMEOUT:
            missed_ms[row.worker] = row.at_ms
        name = _kind_name(row, missed_ms)
        if name:
            number = KIND_NUMBER[name]
            values = tuple(_value(row, field) for field in KINDS[number].fields)
            yield Step(row.at_ms, number, values)


def _kind_name(row: Row, missed_ms: dict[int, int]) -> str:
    """Return the kind of a row's event, empty if it makes none."""
    event = EventType(row.event)
    match event:
        case EventType.TASK_CREATED:
            if row.worker != NOTHING:
                return "created_for_worker"
            return "created" if row.queue == NOTHING else "created_for_queue"
        case EventType.TASK_CANCELED:
            if row.reason == Reason.HANGUP:
                return "abandoned"
            return "dropped" if row.reason in _BY_WORKFLOW else "canceled"
        case EventType.TASK_UPDATED:
            return "" if row.attributes == NOTHING else "updated"
        case EventType.WORKER_ACTIVITY_UPDATE:
            # The move to the timeout activity follows the miss in the same instant.
            missed = missed_ms.pop(row.worker, NOTHING) == row.at_ms
            return "benched" if missed else "moved"
        case EventType.WORKER_CHANNEL_AVAILABILITY_UPDATE:
            return "switched_on" if row.value == 1 else "switched_off"
        case _:
            return "" if event in LEFT_OUT else _KIND_OF[event]


def _value(row: Row, field: str) -> int:
    match field:
        case "offer":
            return row.reservation
        case "status":
            return row.task_status
        case "limit":
            return row.until_ms - row.at_ms
        case _:
            value: int = getattr(row, field)
            return value
