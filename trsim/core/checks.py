"""Checks that come before every change: the object exists and its status allows the step.

All of them raise before anything is written.
"""

from __future__ import annotations

from trsim.core.commands import (
    CreateTask,
    SetActivity,
    SetCapacity,
    SetChannelAvailable,
    SetWorkerAttributes,
    UpdateQueue,
    UpdateTask,
    UpdateWorkflow,
)
from trsim.core.ledger import NO_TIMER, Ledger
from trsim.core.lifecycle import (
    ILLEGAL,
    RESERVATION_NEXT,
    TASK_NEXT,
    reservation_statuses_allowing,
    reservation_steps_from,
    task_statuses_allowing,
    task_steps_from,
)
from trsim.core.router import Catalog
from trsim.core.spec import WorkspaceSpec
from trsim.core.states import (
    TERMINAL_TASK,
    ReservationStatus,
    ReservationStep,
    TaskStatus,
    TaskStep,
)
from trsim.errors import IllegalTransition, InvalidCommand, UnknownObject

LONGEST_TTL_MS = 1_209_600_000
"""Longest time to live of a task [ms] (Twilio, "Tasks resource")."""
HIGHEST_PRIORITY = 2**31 - 1
MOST_RESERVED_WORKERS = 50
"""Most workers asked at the same time (Twilio, "TaskQueues resource")."""
LONGEST_RESERVATION_MS = 86_400_000
"""Longest reservation timeout [ms] (Twilio, "Workflows resource")."""


def _check_number(kind: str, number: int, count: int) -> None:
    if not 0 <= number < count:
        known = f"{kind}s are numbered 0 … {count - 1}" if count else f"there are no {kind}s"
        raise UnknownObject(kind, number, known)


class Checks:
    """Legality of commands against the tables and the ledger."""

    __slots__ = ("_catalog", "_ledger", "_n_channels", "_n_workflows", "_spec")

    def __init__(self, spec: WorkspaceSpec, ledger: Ledger, catalog: Catalog) -> None:
        self._spec = spec
        self._ledger = ledger
        self._catalog = catalog
        self._n_workflows = len(spec.workflows)
        self._n_channels = len(spec.channels)

    def creation(self, command: CreateTask) -> None:
        """Check the values of a new task."""
        workflow, channel, attributes, priority, ttl_ms = command[:5]
        if not (0 <= workflow < self._n_workflows and 0 <= channel < self._n_channels):
            _check_number("workflow", workflow, self._n_workflows)
            _check_number("channel", channel, self._n_channels)
        if not 0 <= attributes < self._catalog.attribute_sets:
            _check_number("attribute set", attributes, self._catalog.attribute_sets)
        if not 0 < ttl_ms <= LONGEST_TTL_MS:
            reason = f"time to live is {ttl_ms} ms; allowed are 1 … {LONGEST_TTL_MS} ms"
            raise InvalidCommand("create task", reason)
        if not 0 <= priority <= HIGHEST_PRIORITY:
            self._refuse_priority("create task", priority)
        if command.lead_ms < 0:
            reason = f"a wait cannot count from {-command.lead_ms} ms after the creation"
            raise InvalidCommand("create task", reason)
        if command.target_queue != -1 or command.target_worker != -1:
            self._direct(command)

    def _direct(self, command: CreateTask) -> None:
        if command.target_queue != -1 and command.target_worker != -1:
            reason = "a task is routed to a queue or to a worker, not to both"
            raise InvalidCommand("create task", reason)
        if command.target_queue != -1:
            _check_number("queue", command.target_queue, len(self._spec.queues))
        else:
            _check_number("worker", command.target_worker, len(self._spec.workers))

    def _refuse_priority(self, command: str, priority: int) -> None:
        reason = f"priority is {priority}; allowed are 0 … {HIGHEST_PRIORITY}"
        raise InvalidCommand(command, reason)

    def task_update(self, command: UpdateTask) -> None:
        """Check new values of a task, and that it is not ended."""
        task, attributes, priority = command
        status = self._status(task)
        if status in TERMINAL_TASK:
            reason = f"task {task} is {TaskStatus(status).label}; it changes no more"
            raise InvalidCommand("update task", reason)
        if attributes == -1 and priority == -1:
            raise InvalidCommand("update task", "neither attributes nor a priority are given")
        if attributes != -1:
            _check_number("attribute set", attributes, self._catalog.attribute_sets)
        if not -1 <= priority <= HIGHEST_PRIORITY:
            self._refuse_priority("update task", priority)

    def task(self, task: int, step: int) -> None:
        """Check that a task exists and its status allows a step."""
        status = self._status(task)
        if TASK_NEXT[status][step] != ILLEGAL:
            return
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
        status = self._ledger.reservation_status.get(reservation)
        if status is None:
            _check_number("reservation", reservation, self._ledger.reservations_created)
            raise UnknownObject("reservation", reservation, "its task was removed")
        if RESERVATION_NEXT[status][step] == ILLEGAL:
            self._refuse(reservation, step)

    def _status(self, task: int) -> int:
        """Return the status of a task that is there."""
        status = self._ledger.task_status.get(task)
        if status is None:
            _check_number("task", task, self._ledger.tasks_created)
            raise UnknownObject("task", task, "it was removed")
        return status

    def pending_reservation(self, reservation: int, step: int) -> None:
        """Check likewise, for steps that end an accepted reservation only with its task."""
        self.reservation(reservation, step)
        if self._ledger.reservation_status[reservation] != ReservationStatus.PENDING:
            self._refuse(reservation, step)

    def holding(self, reservation: int) -> None:
        """Check that a reservation is pending and its timer runs."""
        self.reservation(reservation, ReservationStep.ACCEPT)
        if self._ledger.reservation_expires_ms[reservation] == NO_TIMER:
            reason = f"reservation {reservation} is on hold already"
            raise InvalidCommand("hold reservation", reason)

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

    def worker_setting(
        self, command: SetWorkerAttributes | SetCapacity | SetChannelAvailable
    ) -> None:
        """Check a change of a worker's attributes or channels."""
        _check_number("worker", command.worker, len(self._spec.workers))
        if isinstance(command, SetWorkerAttributes):
            sets = self._catalog.worker_attribute_sets
            _check_number("worker attribute set", command.attributes, sets)
            return
        _check_number("channel", command.channel, self._n_channels)
        if isinstance(command, SetCapacity) and command.capacity < 0:
            reason = f"capacity is {command.capacity}; allowed are 0 and more"
            raise InvalidCommand("set capacity", reason)

    def queue_update(self, command: UpdateQueue) -> None:
        """Check new settings of a queue."""
        queue, expression, most = command
        _check_number("queue", queue, len(self._spec.queues))
        if expression != -1:
            _check_number("queue expression", expression, self._catalog.queue_expressions)
        if most != -1 and not 1 <= most <= MOST_RESERVED_WORKERS:
            reason = f"max_reserved_workers is {most}; allowed are 1 … {MOST_RESERVED_WORKERS}"
            raise InvalidCommand("update queue", reason)

    def workflow_update(self, command: UpdateWorkflow) -> None:
        """Check new settings of a workflow."""
        workflow, configuration, timeout_ms, _ = command
        _check_number("workflow", workflow, self._n_workflows)
        if configuration != -1:
            _check_number("configuration", configuration, self._catalog.configurations)
        whole = timeout_ms % 1000 == 0 and 1000 <= timeout_ms <= LONGEST_RESERVATION_MS
        if timeout_ms != -1 and not whole:
            reason = (
                f"reservation timeout is {timeout_ms} ms; allowed are whole seconds from 1,000 "
                f"to {LONGEST_RESERVATION_MS:,} ms"
            )
            raise InvalidCommand("update workflow", reason)
