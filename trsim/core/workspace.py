"""The workspace: commands and times in, rows out.  The only door to the core.

An engine calls, for every instant at which it has something to hand over,
:meth:`Workspace.advance`, then :meth:`Workspace.handle`; it closes an instant ``t`` in which a
deadline lies with ``advance(t + 1)`` once no command stamped ``t`` is left, and wakes at
:meth:`Workspace.next_deadline`.  So an acceptance at the exact instant of expiry wins, and no
deadline is lost when a command turns out late.

A command is checked completely before the first change, so a refused one leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable

from trsim.core.checks import Checks
from trsim.core.commands import (
    AcceptReservation,
    CancelReservation,
    CancelTask,
    Command,
    CompleteTask,
    CreateTask,
    DeleteTask,
    RejectReservation,
    SetActivity,
    WrapUpTask,
)
from trsim.core.deadlines import Calendar, Deadline
from trsim.core.endings import Endings
from trsim.core.events import EventType
from trsim.core.ledger import Ledger
from trsim.core.offers import Offers
from trsim.core.ordering import DeadlineClass
from trsim.core.router import Router
from trsim.core.spec import WorkspaceSpec
from trsim.core.states import (
    Reason,
    ReservationStatus,
    ReservationStep,
    TaskStatus,
    TaskStep,
)
from trsim.core.workers import Workers
from trsim.core.writer import Record, Writer
from trsim.errors import ClockError, InvalidCommand


class Workspace:
    """A workspace in operation.

    Parameters
    ----------
    spec : WorkspaceSpec
        Activities, channels, queues, workflows, workers and rules.
    router : Router
        Decides which target, which task and which worker.
    record : callable
        Receives every row as a tuple in the order of :class:`~trsim.core.events.Row`.
    start_ms : int
        Stamp of the ``worker.created`` rows; no command may lie before it [ms].

    Attributes
    ----------
    ledger : Ledger
        The state, to be read only.
    """

    __slots__ = (
        "_calendar",
        "_checks",
        "_endings",
        "_floor_ms",
        "_handlers",
        "_offers",
        "_router",
        "_workers",
        "_writer",
        "ledger",
    )

    def __init__(
        self, spec: WorkspaceSpec, router: Router, record: Record, *, start_ms: int = 0
    ) -> None:
        self.ledger = Ledger(spec, router.places)
        self._router = router
        self._calendar = Calendar()
        self._writer = Writer(self.ledger, record)
        self._workers = Workers(spec, self.ledger, self._writer)
        self._endings = Endings(self.ledger, self._writer, self._workers, self._calendar)
        self._offers = Offers(
            spec, router, self._calendar, self._writer, self._workers, self._endings
        )
        self._checks = Checks(spec, self.ledger)
        self._floor_ms = start_ms
        self._handlers: dict[type, Callable[..., int | None]] = {
            CreateTask: self._create,
            AcceptReservation: self._accept,
            RejectReservation: self._reject,
            CancelReservation: self._cancel_reservation,
            WrapUpTask: self._wrap_up,
            CompleteTask: self._complete,
            CancelTask: self._cancel,
            DeleteTask: self._delete,
            SetActivity: self._set_activity,
        }
        for worker in range(len(spec.workers)):
            self._writer.worker_row(start_ms, EventType.WORKER_CREATED, worker)

    def handle(self, command: Command, now_ms: int) -> int | None:
        """Carry out a command and everything that follows from it at this instant.

        Parameters
        ----------
        command : Command
            What is asked.
        now_ms : int
            The instant [ms]; not before anything that has already happened.

        Returns
        -------
        int or None
            The number of the task created; None for every other command, and for a task that no
            filter takes (a ``task.refused`` row says so).

        Raises
        ------
        IllegalTransition
            The status of the object does not allow the command.
        UnknownObject
            The command names an object that is not there.
        InvalidCommand
            A value of the command is out of bounds.
        ClockError
            ``now_ms`` lies before what has happened, or a deadline strictly before it has not
            been fired by :meth:`advance`.

        In every case of an error nothing has changed and no row was recorded.
        """
        if now_ms < self._floor_ms:
            raise ClockError(now_ms, self._floor_ms, "time has already reached")
        entries = self._calendar.entries
        if entries and entries[0][0] < now_ms:
            unfired_ms = self.next_deadline()
            if unfired_ms is not None and unfired_ms < now_ms:
                raise ClockError(now_ms, unfired_ms, "advance must first fire the deadline at")
        handler = self._handlers.get(type(command))
        if handler is None:
            raise InvalidCommand("handle", f"{command!r} is not a command")
        created = handler(command, now_ms)
        self._floor_ms = now_ms
        self._offers.match(now_ms)
        return created

    def advance(self, now_ms: int) -> None:
        """Fire every deadline strictly before ``now_ms``, in order, each at its own instant."""
        calendar = self._calendar
        entries, purges = calendar.entries, calendar.purges
        while True:
            if purges and purges[0][0] < now_ms and (not entries or purges[0] < entries[0]):
                self._purge(purges[0])
                calendar.drop_first_purge()
            elif entries and entries[0][0] < now_ms:
                entry = entries[0]
                calendar.drop_first()
                if not self._is_stale(entry):
                    self._fire(entry)
            else:
                break
        self._floor_ms = max(self._floor_ms, now_ms - 1)

    def next_deadline(self) -> int | None:
        """Return the instant at which the core must be woken next [ms], or None.

        Only the forgetting of ended tasks needs no waking: :meth:`advance` fires it in passing,
        stamped with its own instant.
        """
        entries = self._calendar.entries
        while entries and self._is_stale(entries[0]):
            self._calendar.drop_first()
        return entries[0][0] if entries else None

    def _is_stale(self, entry: Deadline) -> bool:
        """Whether the object of a deadline has moved on."""
        at_ms, kind, subject = entry
        ledger = self.ledger
        if kind == DeadlineClass.RESERVATION:
            return ledger.reservation_status[subject] != ReservationStatus.PENDING
        status = ledger.task_status[subject]
        if kind == DeadlineClass.TARGET:
            # While a task is reserved its target does not time out; the failure looks again.
            return status != TaskStatus.PENDING or ledger.task_deadline_ms[subject] != at_ms
        if kind == DeadlineClass.TTL:
            return status not in (TaskStatus.PENDING, TaskStatus.RESERVED)
        return status not in (TaskStatus.ASSIGNED, TaskStatus.WRAPPING)

    def _fire(self, entry: Deadline) -> None:
        at_ms, kind, subject = entry
        if kind == DeadlineClass.RESERVATION:
            self._offers.time_out(subject, at_ms)
        elif kind == DeadlineClass.TARGET:
            self._offers.journey.leave_at_deadline(subject, at_ms)
        elif kind == DeadlineClass.TTL:
            self._endings.cancel(subject, Reason.TTL, at_ms)
        else:
            self._endings.remove(subject, TaskStep.EXPIRE, EventType.TASK_SYSTEM_DELETED, at_ms)
        self._floor_ms = max(self._floor_ms, at_ms)
        self._offers.match(at_ms)

    def _purge(self, entry: Deadline) -> None:
        at_ms, _, task = entry
        if self.ledger.task_status[task] in (TaskStatus.COMPLETED, TaskStatus.CANCELED):
            self._endings.remove(task, TaskStep.PURGE, EventType.TASK_PURGED, at_ms)

    def _create(self, command: CreateTask, now_ms: int) -> int | None:
        self._checks.creation(command)
        workflow, channel, attributes, priority, ttl_ms, stream, number = command
        placement = self._router.first(workflow, attributes)
        if placement is None:
            self._writer.refused(now_ms, command, Reason.NO_MATCHING_FILTER)
            return None
        ledger = self.ledger
        task = ledger.add_task(workflow, channel, attributes, now_ms)
        ledger.task_priority[task] = priority
        ledger.task_ttl_ms[task] = now_ms + ttl_ms
        self._calendar.arm(now_ms + ttl_ms, DeadlineClass.TTL, task)
        self._writer.created(now_ms, task, stream, number)
        self._offers.journey.begin(task, placement, now_ms)
        return task

    def _accept(self, command: AcceptReservation, now_ms: int) -> None:
        self._checks.reservation(command.reservation, ReservationStep.ACCEPT)
        self._offers.accept(command.reservation, now_ms)

    def _reject(self, command: RejectReservation, now_ms: int) -> None:
        self._checks.reservation(command.reservation, ReservationStep.REJECT)
        if command.activity >= 0:
            self._checks.activity(command.activity)
        self._offers.reject(command.reservation, command.activity, now_ms)

    def _cancel_reservation(self, command: CancelReservation, now_ms: int) -> None:
        self._checks.pending_reservation(command.reservation, ReservationStep.CANCEL)
        self._offers.cancel(command.reservation, now_ms)

    def _wrap_up(self, command: WrapUpTask, now_ms: int) -> None:
        self._checks.task(command.task, TaskStep.WRAP_UP)
        self._endings.wrap_up(command.task, now_ms)

    def _complete(self, command: CompleteTask, now_ms: int) -> None:
        self._checks.task(command.task, TaskStep.COMPLETE)
        self._endings.complete(command.task, now_ms)

    def _cancel(self, command: CancelTask, now_ms: int) -> None:
        self._checks.task(command.task, TaskStep.CANCEL)
        self._endings.cancel(command.task, command.reason, now_ms)

    def _delete(self, command: DeleteTask, now_ms: int) -> None:
        self._checks.task(command.task, TaskStep.DELETE)
        self._endings.remove(command.task, TaskStep.DELETE, EventType.TASK_DELETED, now_ms)

    def _set_activity(self, command: SetActivity, now_ms: int) -> None:
        worker, activity, reject_pending = command
        self._checks.worker_activity(command)
        self._workers.enter_activity(worker, activity, now_ms)
        if reject_pending:
            ledger = self.ledger
            for reservation in tuple(ledger.worker_reservations[worker]):
                if ledger.reservation_status[reservation] == ReservationStatus.PENDING:
                    self._offers.reject(reservation, activity, now_ms)
        self.ledger.refresh_worker(worker)
