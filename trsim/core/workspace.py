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
from trsim.core.codes import (
    DEADLINE_DIRECT,
    DEADLINE_EXPIRY,
    DEADLINE_REOFFER,
    DEADLINE_RESERVATION,
    DEADLINE_ROUTING,
    DEADLINE_TARGET,
    DEADLINE_TTL,
    EVENT_RESERVATION_FAILED,
    EVENT_TASK_DELETED,
    EVENT_TASK_SYSTEM_DELETED,
    EVENT_WORKER_CREATED,
    MOVE_ACCEPT,
    MOVE_CANCEL,
    MOVE_REJECT,
    RESERVATION_PENDING,
    STEP_CANCEL,
    STEP_COMPLETE,
    STEP_DELETE,
    STEP_EXPIRE,
    STEP_WRAP_UP,
    TASK_ASSIGNED,
    TASK_CANCELED,
    TASK_COMPLETED,
    TASK_PENDING,
    TASK_RESERVED,
    TASK_WRAPPING,
)
from trsim.core.commands import (
    AcceptReservation,
    CancelReservation,
    CancelTask,
    Command,
    CompleteTask,
    CreateTask,
    DeleteTask,
    HoldReservation,
    RejectReservation,
    SetActivity,
    SetCapacity,
    SetChannelAvailable,
    SetWorkerAttributes,
    UpdateQueue,
    UpdateTask,
    UpdateWorkflow,
    WrapUpTask,
)
from trsim.core.deadlines import DIRECT_LIFE_MS, NEVER_MS, Calendar, Deadline
from trsim.core.endings import Endings
from trsim.core.ledger import Ledger
from trsim.core.offers import Offers
from trsim.core.router import Router
from trsim.core.spec import DeadlineRule, WorkspaceSpec
from trsim.core.states import REMOVED, Reason
from trsim.core.updates import Updates
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
    deadlines : sequence of (int, int, int)
        The calendar, to be read only: no deadline lies before the first entry's instant [ms],
        which may be out of date; :meth:`next_deadline` tells.
    """

    __slots__ = (
        "_calendar",
        "_checks",
        "_endings",
        "_floor_ms",
        "_handlers",
        "_journey",
        "_latency_ms",
        "_offers",
        "_pass_is_due",
        "_purges",
        "_releases",
        "_router",
        "_ttl_reason",
        "_unsettled",
        "_updates",
        "_workers",
        "_writer",
        "deadlines",
        "ledger",
    )

    def __init__(
        self, spec: WorkspaceSpec, router: Router, record: Record, *, start_ms: int = 0
    ) -> None:
        self.ledger = Ledger(spec)
        self._router = router
        router.attach(self.ledger)
        self._calendar = Calendar()
        self.deadlines = self._calendar.entries
        # Purges are kept apart: nothing follows from one but its own row, so nobody is woken.
        self._purges = Calendar()
        self._writer = Writer(self.ledger, record)
        self._workers = Workers(spec, router, self._writer)
        self._endings = Endings(router, self._writer, self._workers, self._purges)
        self._offers = Offers(
            spec, router, self._calendar, self._writer, self._workers, self._endings
        )
        self._journey = self._offers.journey
        self._unsettled = self._journey.unsettled
        self._updates = Updates(router, self._writer, self._journey)
        self._checks = Checks(spec, self.ledger, router.catalog)
        rules = spec.rules
        self._releases = rules.deadline_while_reserved is DeadlineRule.RELEASE
        self._latency_ms = rules.routing_latency_ms
        self._pass_is_due = False
        self._ttl_reason = Reason.TTL
        if rules.merged_ttl_reason:
            self._ttl_reason = Reason.TTL_OR_ASSIGNMENT_LIMIT
        self._floor_ms = start_ms
        self._handlers = self._all_handlers()
        for worker in range(len(spec.workers)):
            self._writer.worker_row(start_ms, EVENT_WORKER_CREATED, worker)

    def _all_handlers(self) -> dict[type, Callable[..., int | None]]:
        return {
            CreateTask: self._create,
            AcceptReservation: self._accept,
            RejectReservation: self._reject,
            CancelReservation: self._cancel_reservation,
            HoldReservation: self._hold,
            WrapUpTask: self._wrap_up,
            CompleteTask: self._complete,
            CancelTask: self._cancel,
            DeleteTask: self._delete,
            SetActivity: self._set_activity,
            UpdateTask: self._update_task,
            SetWorkerAttributes: self._set_worker_attributes,
            SetCapacity: self._set_capacity,
            SetChannelAvailable: self._set_channel_available,
            UpdateQueue: self._update_queue,
            UpdateWorkflow: self._update_workflow,
        }

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
        if self.deadlines[0][0] < now_ms or self._purges.entries[0][0] < now_ms:
            self._refuse_overdue(now_ms)
        handler = self._handlers.get(type(command))
        if handler is None:
            raise InvalidCommand("handle", f"{command!r} is not a command")
        created = handler(command, now_ms)
        self._floor_ms = now_ms
        if self._router.stirred or self._unsettled:
            self._match(now_ms)
        return created

    def advance(self, now_ms: int) -> None:
        """Fire every deadline strictly before ``now_ms``, in order, each at its own instant."""
        entries, purges = self.deadlines, self._purges.entries
        while entries[0][0] < now_ms or purges[0][0] < now_ms:
            entry = (self._purges if purges[0] < entries[0] else self._calendar).pop()
            if not self._is_stale(entry):
                self._fire(entry)
        self._floor_ms = max(self._floor_ms, now_ms - 1)

    def next_deadline(self) -> int | None:
        """Return the instant at which the core must be woken next [ms], or None.

        Only the forgetting of ended tasks needs no waking: :meth:`advance` fires it in passing,
        stamped with its own instant.
        """
        entries = self.deadlines
        while self._is_stale(entries[0]):
            self._calendar.pop()
        at_ms = entries[0][0]
        return None if at_ms == NEVER_MS else at_ms

    def _refuse_overdue(self, now_ms: int) -> None:
        """Raise if a deadline or a purge strictly before an instant has not been fired.

        A purge fired later would stamp its row with a time that has gone by.
        """
        self.next_deadline()
        purges = self._purges.entries
        while self._is_stale(purges[0]):
            self._purges.pop()
        unfired_ms = min(self.deadlines[0][0], purges[0][0])
        if unfired_ms < now_ms:
            raise ClockError(now_ms, unfired_ms, "advance must first fire the deadline at")

    def _match(self, now_ms: int) -> None:
        """Make the matches that have become possible, or see that they will be made."""
        if not self._latency_ms:
            self._offers.match(now_ms)
        elif not self._pass_is_due and (self._unsettled or self._router.can_match()):
            self._pass_is_due = True
            self._calendar.arm(now_ms + self._latency_ms, DEADLINE_ROUTING, 0)

    def _is_stale(self, entry: Deadline) -> bool:
        """Whether the object of a deadline has moved on."""
        at_ms, kind, subject = entry
        ledger = self.ledger
        if kind == DEADLINE_RESERVATION:
            is_pending = ledger.reservation_status.get(subject) == RESERVATION_PENDING
            return not is_pending or ledger.reservation_expires_ms[subject] != at_ms
        if subject < 0 or kind == DEADLINE_ROUTING:
            return False  # the calendar's own last entry, or a pass
        status = ledger.task_status.get(subject, REMOVED)
        if kind == DEADLINE_TARGET:
            # Unless it releases, a target does not time out while its task is reserved; the
            # failure looks again.
            is_there = status == TASK_PENDING or (status == TASK_RESERVED and self._releases)
            return not is_there or ledger.task_deadline_ms[subject] != at_ms
        if kind == DEADLINE_TTL:
            return status not in (TASK_PENDING, TASK_RESERVED)
        if kind == DEADLINE_EXPIRY:
            return status not in (TASK_ASSIGNED, TASK_WRAPPING)
        if kind == DEADLINE_REOFFER:
            return status != TASK_PENDING or ledger.task_rest_ms[subject] != at_ms
        if kind == DEADLINE_DIRECT:
            return status != TASK_PENDING or ledger.task_attempts[subject] > 0
        return status not in (TASK_COMPLETED, TASK_CANCELED)

    def _fire(self, entry: Deadline) -> None:
        at_ms, kind, subject = entry
        if kind == DEADLINE_RESERVATION:
            self._offers.time_out(subject, at_ms)
        elif kind == DEADLINE_TARGET:
            if self.ledger.task_status[subject] == TASK_PENDING:
                self._journey.leave_at_deadline(subject, at_ms)
            else:
                self._offers.release_at_deadline(subject, at_ms)
        elif kind == DEADLINE_TTL:
            self._endings.cancel(subject, self._ttl_reason, at_ms)
        elif kind == DEADLINE_EXPIRY:
            self._endings.remove(subject, STEP_EXPIRE, EVENT_TASK_SYSTEM_DELETED, at_ms)
        elif kind == DEADLINE_REOFFER:
            self._journey.offer_again(subject)
        elif kind == DEADLINE_DIRECT:
            self._writer.task_row(at_ms, EVENT_RESERVATION_FAILED, subject)
            self._endings.cancel(subject, Reason.ROUTING_TARGET, at_ms)
        elif kind == DEADLINE_ROUTING:
            self._pass_is_due = False
            self._offers.match(at_ms)
        else:
            self._endings.purge(subject, at_ms)
        self._floor_ms = max(self._floor_ms, at_ms)
        if self._router.stirred or self._unsettled:
            self._match(at_ms)

    def _create(self, command: CreateTask, now_ms: int) -> int | None:
        self._checks.creation(command)
        configuration, placement = -1, None
        is_direct = command.target_queue >= 0 or command.target_worker >= 0
        if not is_direct:
            configuration = self.ledger.workflow_configuration[command.workflow]
            placement = self._router.first(configuration, command.attributes)
            if placement is None:
                self._writer.refused(now_ms, command, Reason.NO_MATCHING_FILTER)
                return None
        task = self.ledger.add_task(command, configuration, now_ms)
        self._calendar.arm(now_ms + command.ttl_ms, DEADLINE_TTL, task)
        if is_direct:
            self._calendar.arm(now_ms + DIRECT_LIFE_MS, DEADLINE_DIRECT, task)
        self._writer.created(now_ms, task, command)
        self._journey.begin(task, placement, now_ms)
        return task

    def _accept(self, command: AcceptReservation, now_ms: int) -> None:
        self._checks.reservation(command.reservation, MOVE_ACCEPT)
        self._offers.accept(command.reservation, now_ms)

    def _reject(self, command: RejectReservation, now_ms: int) -> None:
        self._checks.reservation(command.reservation, MOVE_REJECT)
        if command.activity != -1:
            self._checks.activity(command.activity)
        self._offers.reject(command.reservation, command.activity, now_ms)

    def _cancel_reservation(self, command: CancelReservation, now_ms: int) -> None:
        self._checks.pending_reservation(command.reservation, MOVE_CANCEL)
        self._offers.cancel(command.reservation, now_ms)

    def _hold(self, command: HoldReservation, now_ms: int) -> None:
        self._checks.holding(command.reservation)
        self._offers.hold(command.reservation, now_ms)

    def _wrap_up(self, command: WrapUpTask, now_ms: int) -> None:
        self._checks.task(command.task, STEP_WRAP_UP)
        self._endings.wrap_up(command.task, now_ms)

    def _complete(self, command: CompleteTask, now_ms: int) -> None:
        self._checks.task(command.task, STEP_COMPLETE)
        self._endings.complete(command.task, now_ms)

    def _cancel(self, command: CancelTask, now_ms: int) -> None:
        self._checks.task(command.task, STEP_CANCEL)
        self._endings.cancel(command.task, command.reason, now_ms)

    def _delete(self, command: DeleteTask, now_ms: int) -> None:
        self._checks.task(command.task, STEP_DELETE)
        self._endings.remove(command.task, STEP_DELETE, EVENT_TASK_DELETED, now_ms)

    def _set_activity(self, command: SetActivity, now_ms: int) -> None:
        worker, activity, reject_pending = command
        self._checks.worker_activity(command)
        self._workers.enter_activity(worker, activity, now_ms)
        if reject_pending:
            ledger = self.ledger
            for reservation in tuple(ledger.worker_reservations[worker]):
                if ledger.reservation_status[reservation] == RESERVATION_PENDING:
                    self._offers.reject(reservation, activity, now_ms)
        self._workers.found_again(worker)

    def _update_task(self, command: UpdateTask, now_ms: int) -> None:
        self._checks.task_update(command)
        self._updates.task(command, now_ms)

    def _set_worker_attributes(self, command: SetWorkerAttributes, now_ms: int) -> None:
        self._checks.worker_setting(command)
        self._updates.worker_attributes(command, now_ms)

    def _set_capacity(self, command: SetCapacity, now_ms: int) -> None:
        self._checks.worker_setting(command)
        self._updates.capacity(command, now_ms)

    def _set_channel_available(self, command: SetChannelAvailable, now_ms: int) -> None:
        self._checks.worker_setting(command)
        self._updates.channel(command, now_ms)

    def _update_queue(self, command: UpdateQueue, now_ms: int) -> None:
        self._checks.queue_update(command)
        self._updates.queue(command, now_ms)

    def _update_workflow(self, command: UpdateWorkflow, now_ms: int) -> None:
        self._checks.workflow_update(command)
        self._updates.workflow(command, now_ms)
