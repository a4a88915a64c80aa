"""The one place where statuses change: the tables say where to, and a row says that it happened.

No row without a change, no change without a row.  Both statuses of a joint change are written
before the row that shows them.
"""

from __future__ import annotations

from collections.abc import Callable

from trsim.core.commands import CreateTask
from trsim.core.events import NOTHING, EventType
from trsim.core.ledger import Ledger
from trsim.core.lifecycle import GONE, RESERVATION_NEXT, TASK_NEXT
from trsim.core.states import REMOVED, ReservationStep, TaskStep

RowTuple = tuple[int, ...]
Record = Callable[[RowTuple], object]
"""Receives each row as a tuple in the order of :class:`~trsim.core.events.Row`."""


class Writer:
    """Moves tasks and reservations along the tables and hands rows to the recorder."""

    __slots__ = ("ledger", "record")

    def __init__(self, ledger: Ledger, record: Record) -> None:
        self.ledger = ledger
        self.record = record

    def step_task(self, task: int, step: TaskStep) -> None:
        """Write a task's next status; legality was checked before."""
        status = self.ledger.task_status
        target = TASK_NEXT[status[task]][step]
        status[task] = REMOVED if target == GONE else target

    def step_reservation(self, reservation: int, step: ReservationStep) -> None:
        """Write a reservation's next status; legality was checked before."""
        status = self.ledger.reservation_status
        status[reservation] = RESERVATION_NEXT[status[reservation]][step]

    def created(self, now_ms: int, task: int, stream: int, number: int) -> None:
        """Record that a task was created; its first target is not entered yet."""
        ledger = self.ledger
        self.record(
            (
                now_ms,
                EventType.TASK_CREATED,
                task,
                NOTHING,
                NOTHING,
                NOTHING,
                ledger.task_workflow[task],
                NOTHING,
                ledger.task_channel[task],
                NOTHING,
                ledger.task_status[task],
                NOTHING,
                ledger.task_priority[task],
                NOTHING,
                ledger.task_attributes[task],
                stream,
                number,
                ledger.task_ttl_ms[task],
                NOTHING,
            )
        )

    def task_row(self, now_ms: int, event: EventType, task: int, reason: int = NOTHING) -> None:
        """Record something that befell a task where it stands."""
        ledger = self.ledger
        status = ledger.task_status[task]
        self.record(
            (
                now_ms,
                event,
                task,
                NOTHING,
                NOTHING,
                ledger.task_queue[task],
                ledger.task_workflow[task],
                ledger.task_step[task],
                ledger.task_channel[task],
                NOTHING,
                NOTHING if status == REMOVED else status,
                NOTHING,
                ledger.task_priority[task],
                reason,
                NOTHING,
                NOTHING,
                NOTHING,
                NOTHING,
                NOTHING,
            )
        )

    def target_row(self, now_ms: int, task: int) -> None:
        """Record that a task entered a target, with the deadline and the offset it got."""
        ledger = self.ledger
        self.record(
            (
                now_ms,
                EventType.WORKFLOW_TARGET_MATCHED,
                task,
                NOTHING,
                NOTHING,
                ledger.task_queue[task],
                ledger.task_workflow[task],
                ledger.task_step[task],
                ledger.task_channel[task],
                NOTHING,
                ledger.task_status[task],
                NOTHING,
                ledger.task_priority[task],
                NOTHING,
                NOTHING,
                NOTHING,
                NOTHING,
                ledger.task_deadline_ms[task],
                ledger.task_offset_ms[task],
            )
        )

    def reservation_row(
        self, now_ms: int, event: EventType, reservation: int, until_ms: int = NOTHING
    ) -> None:
        """Record something that befell a reservation, with both statuses."""
        ledger = self.ledger
        task = ledger.reservation_task[reservation]
        status = ledger.task_status[task]
        self.record(
            (
                now_ms,
                event,
                task,
                reservation,
                ledger.reservation_worker[reservation],
                ledger.task_queue[task],
                ledger.task_workflow[task],
                ledger.task_step[task],
                ledger.task_channel[task],
                NOTHING,
                NOTHING if status == REMOVED else status,
                ledger.reservation_status[reservation],
                ledger.task_priority[task],
                NOTHING,
                NOTHING,
                NOTHING,
                NOTHING,
                until_ms,
                NOTHING,
            )
        )

    def worker_row(self, now_ms: int, event: EventType, worker: int) -> None:
        """Record a worker's activity."""
        blank = (NOTHING,) * 9
        activity = self.ledger.worker_activity[worker]
        self.record(
            (
                now_ms,
                event,
                NOTHING,
                NOTHING,
                worker,
                NOTHING,
                NOTHING,
                NOTHING,
                NOTHING,
                activity,
                *blank,
            )
        )

    def refused(self, now_ms: int, command: CreateTask, reason: int) -> None:
        """Record a task that no filter would take; it never comes into being."""
        self.record(
            (
                now_ms,
                EventType.TASK_REFUSED,
                NOTHING,
                NOTHING,
                NOTHING,
                NOTHING,
                command.workflow,
                NOTHING,
                command.channel,
                NOTHING,
                NOTHING,
                NOTHING,
                NOTHING,
                reason,
                command.attributes,
                command.stream,
                command.number,
                NOTHING,
                NOTHING,
            )
        )
