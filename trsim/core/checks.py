"""Checks that come before every change: the object exists and its status allows the step.

All of them raise before anything is written.
"""

from __future__ import annotations

from trsim.core.commands import CreateTask, SetActivity
from trsim.core.ledger import Ledger
from trsim.core.lifecycle import (
    ILLEGAL,
    RESERVATION_NEXT,
    TASK_NEXT,
    reservation_statuses_allowing,
    reservation_steps_from,
    task_statuses_allowing,
    task_steps_from,
)
from trsim.core.spec import WorkspaceSpec
from trsim.core.states import REMOVED, ReservationStatus, ReservationStep, TaskStatus, TaskStep
from trsim.errors import IllegalTransition, InvalidCommand, UnknownObject

LONGEST_TTL_MS = 1_209_600_000
"""Longest time to live of a task [ms] (Twilio, "Tasks resource")."""
HIGHEST_PRIORITY = 2**31 - 1


def _check_number(kind: str, number: int, count: int) -> None:
    if not 0 <= number < count:
        known = f"{kind}s are numbered 0 … {count - 1}" if count else f"there are no {kind}s"
        raise UnknownObject(kind, number, known)


class Checks:
    """Legality of commands against the tables and the ledger."""

    __slots__ = ("_ledger", "_n_channels", "_n_workflows", "_spec")

    def __init__(self, spec: WorkspaceSpec, ledger: Ledger) -> None:
        self._spec = spec
        self._ledger = ledger
        self._n_workflows = len(spec.workflows)
        self._n_channels = len(spec.channels)

    def creation(self, command: CreateTask) -> None:
        """Check the values of a new task."""
        workflow, channel, _, priority, ttl_ms, _, _ = command
        if not (0 <= workflow < self._n_workflows and 0 <= channel < self._n_channels):
            _check_number("workflow", workflow, self._n_workflows)
            _check_number("channel", channel, self._n_channels)
        if not 0 < ttl_ms <= LONGEST_TTL_MS:
            reason = f"time to live is {ttl_ms} ms; allowed are 1 … {LONGEST_TTL_MS} ms"
            raise InvalidCommand("create task", reason)
        if not 0 <= priority <= HIGHEST_PRIORITY:
            reason = f"priority is {priority}; allowed are 0 … {HIGHEST_PRIORITY}"
            raise InvalidCommand("create task", reason)

    def task(self, task: int, step: int) -> None:
        """Check that a task exists and its status allows a step."""
        statuses = self._ledger.task_status
        if not 0 <= task < len(statuses):
            _check_number("task", task, len(statuses))
        status = statuses[task]
        if TASK_NEXT[status][step] != ILLEGAL:
            return
        if status == REMOVED:
            raise UnknownObject("task", task, "it was removed")
        found = TaskStatus(status)
        raise IllegalTransition(
            f"task {task}",
            found.label,
            TaskStep(step).label.replace("_", " "),
            task_statuses_allowing(TaskStep(step)),
            task_steps_from(found),
        )

    def reservation(self, reservation: int, step: int) -> None:
        """Check that a reservation exists and its status allows a step."""
        statuses = self._ledger.reservation_status
        if not 0 <= reservation < len(statuses):
            _check_number("reservation", reservation, len(statuses))
        if RESERVATION_NEXT[statuses[reservation]][step] == ILLEGAL:
            self._refuse(reservation, step)

    def pending_reservation(self, reservation: int, step: int) -> None:
        """Check likewise, for steps that end an accepted reservation only with its task."""
        self.reservation(reservation, step)
        if self._ledger.reservation_status[reservation] != ReservationStatus.PENDING:
            self._refuse(reservation, step)

    def _refuse(self, reservation: int, step: int) -> None:
        ledger = self._ledger
        found = ReservationStatus(ledger.reservation_status[reservation])
        task = ledger.reservation_task[reservation]
        # Twilio, "Reservations resource": accepting a rescinded reservation answers 410 Gone.
        gone = step == ReservationStep.ACCEPT and found == ReservationStatus.RESCINDED
        pending_only = step == ReservationStep.CANCEL
        asked = ReservationStep(step)
        raise IllegalTransition(
            f"reservation {reservation} of task {task}",
            found.label,
            asked.label.replace("_", " "),
            ("pending",) if pending_only else reservation_statuses_allowing(asked),
            reservation_steps_from(found),
            http_status=410 if gone else 400,
        )

    def activity(self, activity: int) -> None:
        """Check that an activity exists."""
        _check_number("activity", activity, len(self._spec.activities))

    def worker_activity(self, command: SetActivity) -> None:
        """Check a change of activity."""
        _check_number("worker", command.worker, len(self._spec.workers))
        self.activity(command.activity)
        activity = self._spec.activities[command.activity]
        if command.reject_pending and activity.available:
            # Twilio, "Worker resource": RejectPendingReservations goes with unavailability only.
            reason = f"offers are rejected only on leaving, and {activity.name!r} is available"
            raise InvalidCommand("set activity", reason)
