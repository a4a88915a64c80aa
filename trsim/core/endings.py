"""How tasks end: canceled, completed, removed; and what that does to their reservations.

Every ending writes the task first, then its reservations, then frees the workers.

Sources: Twilio, "Task lifecycle and state", "Tasks resource".
"""

from __future__ import annotations

from trsim.core.codes import (
    DEADLINE_PURGE,
    EVENT_RESERVATION_CANCELED,
    EVENT_RESERVATION_RESCINDED,
    EVENT_TASK_CANCELED,
    EVENT_TASK_PURGED,
    MOVE_CANCEL,
    MOVE_RESCIND,
    RESERVATION_ACCEPTED,
    RESERVATION_PENDING,
    STEP_CANCEL,
    STEP_PURGE,
)
from trsim.core.deadlines import TERMINAL_LIFE_MS, Calendar
from trsim.core.ledger import Ledger
from trsim.core.router import Router
from trsim.core.states import Reason
from trsim.core.workers import Workers
from trsim.core.writer import Writer


class Endings:
    """The ends of tasks and of the reservations that end with them."""

    __slots__ = ("_ledger", "_purges", "_watches_work", "_workers", "_writer")

    def __init__(self, router: Router, writer: Writer, workers: Workers, purges: Calendar) -> None:
        self._ledger: Ledger = writer.ledger
        self._writer = writer
        self._workers = workers
        self._purges = purges
        self._watches_work = router.watches_work

    def cancel(self, task: int, reason: Reason, now_ms: int) -> None:
        """End a pending or reserved task (T8 … T13); its open reservations are canceled (R5)."""
        self._writer.step_task(task, STEP_CANCEL)
        self._purges.arm(now_ms + TERMINAL_LIFE_MS, DEADLINE_PURGE, task)
        self._writer.task_row(now_ms, EVENT_TASK_CANCELED, task, reason)
        self._cancel_open(task, now_ms)

    def remove(self, task: int, step: int, event: int, now_ms: int) -> None:
        """Remove a task (T14, T15); live reservations are canceled with it (R5, R9)."""
        self._writer.step_task(task, step)
        self._writer.task_row(now_ms, event, task)
        self._cancel_open(task, now_ms)
        holder = self._ledger.task_holder[task]
        if holder >= 0:
            self._ledger.task_holder[task] = -1
            self._cancel_reservation(holder, now_ms)
        self._ledger.forget(task)

    def wrap_up(self, task: int, now_ms: int) -> None:
        """Begin after-work (T5, R7); the slot stays taken."""
        ledger = self._ledger
        holder = ledger.task_holder[task]
        self._writer.wrapped_up(now_ms, task, holder)
        self._workers.count_assigned(holder, -1)
        if self._watches_work:
            self._workers.found_again(ledger.reservation_worker[holder])

    def complete(self, task: int, now_ms: int) -> None:
        """Finish a task (T6, T7, R8) and free its worker."""
        ledger = self._ledger
        holder = ledger.task_holder[task]
        ledger.task_holder[task] = -1
        self._purges.arm(now_ms + TERMINAL_LIFE_MS, DEADLINE_PURGE, task)
        if ledger.reservation_status[holder] == RESERVATION_ACCEPTED:
            self._workers.count_assigned(holder, -1)
        self._writer.completed(now_ms, task, holder)
        self._workers.free(holder, now_ms)
        self._workers.found_again(ledger.reservation_worker[holder])

    def purge(self, task: int, now_ms: int) -> None:
        """Forget an ended task (T16)."""
        self._writer.step_task(task, STEP_PURGE)
        self._writer.task_row(now_ms, EVENT_TASK_PURGED, task)
        self._ledger.forget(task)

    def rescind_open(self, task: int, now_ms: int) -> None:
        """Withdraw the other offers of a batch after an acceptance (R6)."""
        step, event = MOVE_RESCIND, EVENT_RESERVATION_RESCINDED
        for reservation in self._take_open(task):
            self._end_reservation(reservation, step, event, now_ms)

    def _cancel_open(self, task: int, now_ms: int) -> None:
        for reservation in self._take_open(task):
            self._cancel_reservation(reservation, now_ms)

    def _cancel_reservation(self, reservation: int, now_ms: int) -> None:
        step, event = MOVE_CANCEL, EVENT_RESERVATION_CANCELED
        self._end_reservation(reservation, step, event, now_ms)

    def _end_reservation(self, reservation: int, step: int, event: int, now_ms: int) -> None:
        """End a reservation whose task has already moved."""
        ledger = self._ledger
        before = ledger.reservation_status[reservation]
        if before == RESERVATION_ACCEPTED:
            self._workers.count_assigned(reservation, -1)
        self._writer.step_reservation(reservation, step)
        self._writer.reservation_row(now_ms, event, reservation)
        self._workers.free(reservation, now_ms)
        if before == RESERVATION_PENDING:
            self._workers.restore_activity(reservation, now_ms)
        self._workers.found_again(ledger.reservation_worker[reservation])

    def _take_open(self, task: int) -> list[int]:
        """Return the pending reservations of a task and count them as closed."""
        ledger = self._ledger
        if not ledger.task_open_reservations[task]:
            return []
        ledger.task_open_reservations[task] = 0
        return ledger.open_reservations(task)
