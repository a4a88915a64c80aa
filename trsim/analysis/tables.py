"""Tasks and reservations as columns, read off a log.

Instants are int64 milliseconds since the start; ``-1`` stands for "did not happen before the
horizon" and for "does not apply", as in the log itself.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from trsim.analysis.spans import Flags, Ints
from trsim.core.events import NOTHING, EventType
from trsim.core.states import REMOVED, ReservationStatus, TaskStatus
from trsim.eventlog import EventLog


class _Columns:
    """Columns of equal length, which can be filtered together."""

    __slots__ = ()

    def where(self, kept: Flags) -> Self:
        """Return the rows for which ``kept`` is true."""
        return type(self)(
            **{column.name: getattr(self, column.name)[kept] for column in fields(self)}  # type: ignore[arg-type]
        )


@dataclass(frozen=True, slots=True)
class TaskTable(_Columns):
    """One row for each created task, in creation order; every column has shape (n_tasks,)."""

    task: Ints
    """Number of the task."""
    workflow: Ints
    channel: Ints
    stream: Ints
    number: Ints
    """Number within the stream."""
    attributes: Ints
    """Attribute set at creation, by which tasks are told apart although it may change later."""
    priority: Ints
    """Priority at creation."""
    queue: Ints
    """Queue the task entered last: where its wait ended, or where it waits still; -1 for a task
    routed to a worker, which is in no queue."""
    worker: Ints
    """Worker who accepted it."""
    created_ms: Ints
    first_offer_ms: Ints
    """When somebody was asked for the first time."""
    assigned_ms: Ints
    wrapping_ms: Ints
    ended_ms: Ints
    """When it was completed, canceled or removed."""
    status: Ints
    """:class:`~trsim.core.states.TaskStatus` at the horizon, or
    :data:`~trsim.core.states.REMOVED` if it was removed while still open."""
    reason: Ints
    """:class:`~trsim.core.states.Reason` of a canceled task."""
    offers: Ints
    """Reservations made for it."""
    batches: Ints
    """How often it was reserved: a batch of simultaneous reservations counts once, as it does
    towards the limit of assignments."""

    def __len__(self) -> int:
        return self.task.size

    @property
    def wait_ended_ms(self) -> Ints:
        """When the wait ended: assigned, else canceled or removed; -1: it waits still."""
        return np.where(self.assigned_ms >= 0, self.assigned_ms, self.ended_ms)

    @property
    def waiting(self) -> Flags:
        """Whether the task still waits at the horizon (pending or reserved)."""
        return self.wait_ended_ms < 0


@dataclass(frozen=True, slots=True)
class ReservationTable(_Columns):
    """One row for each reservation, in creation order; columns of shape (n_reservations,)."""

    reservation: Ints
    """Number of the reservation."""
    place: Ints
    """Row of its task in the :class:`TaskTable` of the whole log."""
    task: Ints
    worker: Ints
    queue: Ints
    """Queue of its task at that time, -1 for a task routed to a worker."""
    workflow: Ints
    step: Ints
    """Target of its task at that time, -1 for a task routed directly."""
    channel: Ints
    priority: Ints
    opens_batch: Ints
    """1 for the first reservation of a batch, else 0."""
    created_ms: Ints
    until_ms: Ints
    """When it would time out, unless it is on hold by then."""
    on_hold_ms: Ints
    """When the worker took the task and the set-up of a call or conversation began; -1: there
    was none."""
    answered_ms: Ints
    """When it was no longer pending, for whatever reason."""
    answer: Ints
    """What it became then (accepted, rejected, timeout, canceled or rescinded); pending if it
    is open at the horizon."""
    wrapping_ms: Ints
    released_ms: Ints
    """When an accepted one gave its capacity back: completed, or canceled with its task."""

    def __len__(self) -> int:
        return self.reservation.size

    def answered_by(self, answer: ReservationStatus) -> Flags:
        """Tell which reservations ended their pending time in this way."""
        return np.equal(self.answer, answer)

    @property
    def rang_until_ms(self) -> Ints:
        """When the worker was no longer asked: taken (on hold, if set up) or over; -1: rings."""
        return np.where(self.on_hold_ms >= 0, self.on_hold_ms, self.answered_ms)


def read_tables(log: EventLog) -> tuple[TaskTable, ReservationTable]:
    """Return what befell each task and each reservation.

    Parameters
    ----------
    log : EventLog
        All rows of a run.

    Returns
    -------
    tasks : TaskTable
        Refused tasks were never created and are not in it.
    reservations : ReservationTable
    """
    rows = _Rows(log)
    reservations = _reservations(rows)
    return _tasks(rows, reservations), reservations


class _Rows:
    """The log by type of event, with tasks and reservations as places in their tables."""

    def __init__(self, log: EventLog) -> None:
        self._records = log.records
        self._event = np.ascontiguousarray(log.column("event"))
        self.created = self.of(EventType.TASK_CREATED)
        self.offered_at = np.flatnonzero(self._event == EventType.RESERVATION_CREATED)
        self.offered = self._records[self.offered_at]
        self.tasks = self.created["task"].astype(np.int64)
        self.reservations = self.offered["reservation"].astype(np.int64)

    def of(self, *events: EventType) -> NDArray[np.void]:
        """Return the rows of some types, in order."""
        return self._records[np.isin(self._event, events)]

    def first_of_task(self, rows: NDArray[np.void], column: str) -> Ints:
        """Return a column of each task's first row among ``rows``, -1 without one."""
        return _scattered(self.tasks, rows["task"][::-1], rows[column][::-1])

    def last_of_task(self, rows: NDArray[np.void], column: str) -> Ints:
        """Return a column of each task's last row among ``rows``, -1 without one."""
        return _scattered(self.tasks, rows["task"], rows[column])

    def first_of_reservation(self, rows: NDArray[np.void], column: str) -> Ints:
        """Return a column of each reservation's first row among ``rows``, -1 without one."""
        return _scattered(self.reservations, rows["reservation"][::-1], rows[column][::-1])

    def last_of_reservation(self, rows: NDArray[np.void], column: str) -> Ints:
        """Return a column of each reservation's last row among ``rows``, -1 without one."""
        return _scattered(self.reservations, rows["reservation"], rows[column])


def _scattered(
    numbers: Ints, owners: NDArray[np.signedinteger], values: NDArray[np.signedinteger]
) -> Ints:
    """Return for each number the last value given to it, -1 for none."""
    result = np.full(numbers.size, NOTHING, dtype=np.int64)
    result[np.searchsorted(numbers, owners)] = values
    return result


def _reservations(rows: _Rows) -> ReservationTable:
    answers = rows.of(
        EventType.RESERVATION_ACCEPTED,
        EventType.RESERVATION_REJECTED,
        EventType.RESERVATION_TIMEOUT,
        EventType.RESERVATION_CANCELED,
        EventType.RESERVATION_RESCINDED,
    )
    releases = rows.of(EventType.RESERVATION_COMPLETED, EventType.RESERVATION_CANCELED)
    wrap_ups = rows.of(EventType.RESERVATION_WRAPUP)
    offered = rows.offered
    answer = rows.first_of_reservation(answers, "reservation_status")
    released = rows.last_of_reservation(releases, "at_ms")
    return ReservationTable(
        reservation=rows.reservations,
        place=np.searchsorted(rows.tasks, offered["task"]).astype(np.int64),
        **{
            name: offered[name].astype(np.int64)
            for name in (
                "task",
                "worker",
                "queue",
                "workflow",
                "step",
                "channel",
                "priority",
                "until_ms",
            )
        },
        opens_batch=_batch_openings(rows),
        created_ms=offered["at_ms"].astype(np.int64),
        on_hold_ms=rows.first_of_reservation(rows.of(EventType.RESERVATION_ON_HOLD), "at_ms"),
        answered_ms=rows.first_of_reservation(answers, "at_ms"),
        answer=np.where(answer == NOTHING, ReservationStatus.PENDING, answer),
        wrapping_ms=rows.first_of_reservation(wrap_ups, "at_ms"),
        released_ms=np.where(answer == ReservationStatus.ACCEPTED, released, NOTHING),
    )


def _batch_openings(rows: _Rows) -> Ints:
    """Mark the first reservation of each batch, whose rows follow each other directly."""
    task = rows.offered["task"].astype(np.int64)
    follows = np.diff(rows.offered_at, prepend=-2) == 1
    return np.where(follows & (np.diff(task, prepend=NOTHING) == 0), 0, 1)


def _tasks(rows: _Rows, reservations: ReservationTable) -> TaskTable:
    ends = rows.of(
        EventType.TASK_COMPLETED,
        EventType.TASK_CANCELED,
        EventType.TASK_DELETED,
        EventType.TASK_SYSTEM_DELETED,
    )
    accepted = rows.of(EventType.RESERVATION_ACCEPTED)
    assigned = rows.first_of_task(accepted, "at_ms")
    wrapping = rows.first_of_task(rows.of(EventType.TASK_WRAPUP), "at_ms")
    # Every end but a removal shows the status it leads to; a removal shows none.
    ended = rows.first_of_task(ends, "at_ms")
    final = rows.first_of_task(ends, "task_status")
    asked = np.zeros(rows.tasks.size, dtype=np.bool_)
    asked[reservations.place[reservations.answered_by(ReservationStatus.PENDING)]] = True
    open_status = np.select(
        [wrapping >= 0, assigned >= 0, asked],
        [TaskStatus.WRAPPING, TaskStatus.ASSIGNED, TaskStatus.RESERVED],
        TaskStatus.PENDING,
    )
    return TaskTable(
        task=rows.tasks,
        **{
            name: rows.created[name].astype(np.int64)
            for name in ("workflow", "channel", "stream", "number", "attributes", "priority")
        },
        queue=rows.last_of_task(rows.of(EventType.TASK_QUEUE_ENTERED), "queue"),
        worker=rows.first_of_task(accepted, "worker"),
        created_ms=rows.created["at_ms"].astype(np.int64),
        first_offer_ms=rows.first_of_task(rows.offered, "at_ms"),
        assigned_ms=assigned,
        wrapping_ms=wrapping,
        ended_ms=ended,
        status=np.where(ended < 0, open_status, np.where(final == NOTHING, REMOVED, final)),
        reason=rows.first_of_task(rows.of(EventType.TASK_CANCELED), "reason"),
        offers=np.bincount(reservations.place, minlength=rows.tasks.size).astype(np.int64),
        batches=np.bincount(
            reservations.place[reservations.opens_batch == 1], minlength=rows.tasks.size
        ).astype(np.int64),
    )
