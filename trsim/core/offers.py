"""Offers to workers: making them, and what their ends bring about.

Sources: Twilio, "Reservations resource", "TaskQueues resource" (multi-reservation), "Workspaces
resource" (timeout activity), "Handling task assignment callbacks" (rejection).
"""

from __future__ import annotations

from trsim.core.codes import (
    DEADLINE_EXPIRY,
    DEADLINE_RESERVATION,
    EVENT_RESERVATION_CANCELED,
    EVENT_RESERVATION_CREATED,
    EVENT_RESERVATION_ON_HOLD,
    EVENT_RESERVATION_REJECTED,
    EVENT_RESERVATION_TIMEOUT,
    MOVE_CANCEL,
    MOVE_REJECT,
    MOVE_TIME_OUT,
    STEP_RESERVE,
)
from trsim.core.deadlines import ASSIGNED_LIFE_MS, Calendar
from trsim.core.endings import Endings
from trsim.core.journey import Journey
from trsim.core.ledger import NO_TIMER, Ledger
from trsim.core.lifecycle import JOINT_TABLE, Siblings
from trsim.core.router import Router
from trsim.core.spec import WorkspaceSpec
from trsim.core.states import Reason, ReservationStep
from trsim.core.workers import Workers
from trsim.core.writer import Writer

_FAILURE_EVENTS = {
    MOVE_REJECT: EVENT_RESERVATION_REJECTED,
    MOVE_TIME_OUT: EVENT_RESERVATION_TIMEOUT,
    MOVE_CANCEL: EVENT_RESERVATION_CANCELED,
}
_JOINT = [
    [JOINT_TABLE.get(step, {}).get(siblings) for siblings in Siblings] for step in ReservationStep
]


class Offers:
    """Creates reservations and ends the pending ones."""

    __slots__ = (
        "_calendar",
        "_endings",
        "_ledger",
        "_limit",
        "_limit_reason",
        "_moves_who_missed",
        "_router",
        "_shows_work",
        "_spec",
        "_workers",
        "_writer",
        "journey",
    )

    def __init__(
        self,
        spec: WorkspaceSpec,
        router: Router,
        calendar: Calendar,
        writer: Writer,
        workers: Workers,
        endings: Endings,
    ) -> None:
        self._spec = spec
        self._router = router
        self._calendar = calendar
        self._writer = writer
        self._ledger: Ledger = writer.ledger
        self._workers = workers
        self._endings = endings
        rules = spec.rules
        self.journey = Journey(rules, router, writer, endings, calendar)
        self._limit = rules.assignment_limit
        self._limit_reason = Reason.ASSIGNMENT_LIMIT
        if rules.merged_ttl_reason:
            self._limit_reason = Reason.TTL_OR_ASSIGNMENT_LIMIT
        self._moves_who_missed = (True,) * len(spec.activities)
        if rules.timeout_activity_only_if_available:
            self._moves_who_missed = spec.present_activities()
        self._shows_work = router.watches_work or not spec.multi_task_enabled

    def match(self, now_ms: int) -> None:
        """Reserve until nothing matches: tasks in order, for each the best free workers."""
        ledger, router, workers = self._ledger, self._router, self._workers
        while True:
            found = router.next_match()
            if found is None:
                if self.journey.unsettled and self.journey.skip_next(now_ms):
                    continue
                return
            task, chosen = found
            if self._limit is not None and ledger.task_attempts[task] >= self._limit:
                self._endings.cancel(task, self._limit_reason, now_ms)
                for worker in chosen:
                    workers.found_again(worker)
            else:
                self._reserve(task, chosen, now_ms)

    def accept(self, reservation: int, now_ms: int) -> None:
        """The worker takes the task (R2, T4); the other offers of the batch are withdrawn."""
        ledger, writer = self._ledger, self._writer
        task, worker = ledger.reservation_task[reservation], ledger.reservation_worker[reservation]
        ledger.task_open_reservations[task] -= 1
        ledger.task_holder[task] = reservation
        self._calendar.arm(now_ms + ASSIGNED_LIFE_MS, DEADLINE_EXPIRY, task)
        writer.accepted(now_ms, task, reservation)
        self._workers.count_assigned(reservation, 1)
        if self._shows_work:
            if not ledger.multi_task:
                self._workers.show_assignment(worker, task, now_ms)
            self._workers.found_again(worker)
        if ledger.task_open_reservations[task]:
            self._endings.rescind_open(task, now_ms)

    def hold(self, reservation: int, now_ms: int) -> None:
        """The worker would take the task once a channel is set up; the timer stops for good."""
        self._ledger.reservation_expires_ms[reservation] = NO_TIMER
        self._writer.reservation_row(now_ms, EVENT_RESERVATION_ON_HOLD, reservation)

    def reject(self, reservation: int, activity: int, now_ms: int) -> None:
        """The worker turns the task down (R3), going to an activity if one is named."""
        released = self._fail(reservation, MOVE_REJECT, now_ms)
        if activity >= 0:
            self._workers.enter_activity(
                self._ledger.reservation_worker[reservation], activity, now_ms
            )
        else:
            self._workers.restore_activity(reservation, now_ms)
        self._settle(reservation, released, now_ms)

    def time_out(self, reservation: int, now_ms: int) -> None:
        """Nobody reacted (R4); the worker goes to the workspace's timeout activity."""
        ledger = self._ledger
        released = self._fail(reservation, MOVE_TIME_OUT, now_ms)
        # Applied even if the worker was moved elsewhere while the offer stood: the literal reading.
        worker = ledger.reservation_worker[reservation]
        if self._moves_who_missed[ledger.worker_activity[worker]]:
            self._workers.enter_activity(worker, self._spec.timeout_activity, now_ms)
        self._settle(reservation, released, now_ms)

    def cancel(self, reservation: int, now_ms: int) -> None:
        """The offer could not be delivered (R5)."""
        self._settle(reservation, self._withdraw(reservation, now_ms), now_ms)

    def release_at_deadline(self, task: int, now_ms: int) -> None:
        """End the open offers of a task whose target's deadline has come (R5), and leave it."""
        ledger = self._ledger
        for reservation in ledger.open_reservations(task):
            self._withdraw(reservation, now_ms)
            self._workers.found_again(ledger.reservation_worker[reservation])
        self.journey.release_at_deadline(task, now_ms)

    def _reserve(self, task: int, workers: list[int], now_ms: int) -> None:
        """Make one batch of offers (T2, R1): same instant, same timer, one assignment count."""
        ledger, writer = self._ledger, self._writer
        expires_ms = now_ms + ledger.workflow_timeout_ms[ledger.task_workflow[task]]
        first = ledger.reservations_created
        ledger.task_attempts[task] += 1
        ledger.task_first_reservation[task] = first
        ledger.task_reservations[task] = ledger.task_open_reservations[task] = len(workers)
        writer.step_task(task, STEP_RESERVE)
        for worker in workers:
            reservation = ledger.add_reservation(task, worker, expires_ms)
            self._workers.hold(reservation, now_ms)
            self._calendar.arm(expires_ms, DEADLINE_RESERVATION, reservation)
        for reservation in range(first, first + len(workers)):
            writer.reservation_row(now_ms, EVENT_RESERVATION_CREATED, reservation, expires_ms)
        for worker in workers:
            if not ledger.multi_task:
                self._workers.show_offer(worker, task, now_ms)
            self._workers.found_again(worker)

    def _fail(self, reservation: int, step: int, now_ms: int) -> bool:
        """End a pending reservation without acceptance; return whether its task is released."""
        ledger, writer = self._ledger, self._writer
        task = ledger.reservation_task[reservation]
        writer.step_reservation(reservation, step)
        ledger.task_open_reservations[task] -= 1
        others_open = ledger.task_open_reservations[task] > 0
        consequence = _JOINT[step][others_open]
        rest_until_ms = -1
        if consequence is not None:
            writer.step_task(task, consequence)
            rest_until_ms = self.journey.rest(task, now_ms)
        writer.reservation_row(now_ms, _FAILURE_EVENTS[step], reservation, rest_until_ms)
        self._workers.free(reservation, now_ms)
        return consequence is not None

    def _withdraw(self, reservation: int, now_ms: int) -> bool:
        """Cancel a pending reservation; return whether its task is released."""
        released = self._fail(reservation, MOVE_CANCEL, now_ms)
        self._workers.restore_activity(reservation, now_ms)
        return released

    def _settle(self, reservation: int, released: bool, now_ms: int) -> None:
        """Let the task go on, and the worker be found again, once the activity is settled."""
        ledger = self._ledger
        if released:
            self.journey.resume(ledger.reservation_task[reservation], now_ms)
        self._workers.found_again(ledger.reservation_worker[reservation])
