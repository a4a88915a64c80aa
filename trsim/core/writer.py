"""The one place where statuses change: the tables say where to, and rows say that it happened.

No row without a change, no change without a row.  Both statuses of a joint change are written
before the row that shows them.  Rows are written out in the order of
:class:`~trsim.core.events.Row`, with -1 for what does not apply, because they are what a run
spends most of its time on.
"""

from __future__ import annotations

from collections.abc import Callable

from trsim.core.codes import (
    EVENT_RESERVATION_ACCEPTED,
    EVENT_RESERVATION_COMPLETED,
    EVENT_RESERVATION_WRAPUP,
    EVENT_TASK_COMPLETED,
    EVENT_TASK_CREATED,
    EVENT_TASK_QUEUE_ENTERED,
    EVENT_TASK_REFUSED,
    EVENT_TASK_UPDATED,
    EVENT_TASK_WRAPUP,
    EVENT_WORKFLOW_ENTERED,
    EVENT_WORKFLOW_TARGET_MATCHED,
    MOVE_ACCEPT,
    MOVE_COMPLETE,
    MOVE_WRAP_UP,
    STEP_ASSIGN,
    STEP_COMPLETE,
    STEP_WRAP_UP,
)
from trsim.core.commands import CreateTask
from trsim.core.ledger import Ledger
from trsim.core.lifecycle import GONE, RESERVATION_NEXT, TASK_NEXT
from trsim.core.states import REMOVED

RowTuple = tuple[int, ...]
"""A row as a plain tuple, in the order of :class:`~trsim.core.events.Row`."""
Record = Callable[[RowTuple], object]
"""Receives each row as a tuple in the order of :class:`~trsim.core.events.Row`."""


class Writer:
    """Moves tasks and reservations along the tables and hands rows to the recorder."""

    __slots__ = (
        "_channel",
        "_priority",
        "_queue",
        "_reservation_status",
        "_status",
        "_step",
        "_task",
        "_worker",
        "_workflow",
        "ledger",
        "record",
    )

    def __init__(self, ledger: Ledger, record: Record) -> None:
        self.ledger = ledger
        self.record = record
        self._status = ledger.task_status
        self._workflow = ledger.task_workflow
        self._channel = ledger.task_channel
        self._priority = ledger.task_priority
        self._queue = ledger.task_queue
        self._step = ledger.task_step
        self._reservation_status = ledger.reservation_status
        self._task = ledger.reservation_task
        self._worker = ledger.reservation_worker

    def step_task(self, task: int, step: int) -> None:
        """Write a task's next status; legality was checked before."""
        status = self._status
        target = TASK_NEXT[status[task]][step]
        status[task] = REMOVED if target == GONE else target

    def step_reservation(self, reservation: int, step: int) -> None:
        """Write a reservation's next status; legality was checked before."""
        status = self._reservation_status
        status[reservation] = RESERVATION_NEXT[status[reservation]][step]

    def _step_both(self, task: int, step: int, reservation: int, move: int) -> None:
        """Write both statuses of a joint change; neither removes anything."""
        tasks, reservations = self._status, self._reservation_status
        tasks[task] = TASK_NEXT[tasks[task]][step]
        reservations[reservation] = RESERVATION_NEXT[reservations[reservation]][move]

    def created(self, now_ms: int, task: int, command: CreateTask) -> None:
        """Record that a task was created and, unless routed directly, entered its workflow."""
        (workflow, channel, attributes, priority, ttl_ms, stream, number, lead_ms, queue, worker,
         ignore_capacity) = command  # fmt: skip
        status, until_ms = self._status[task], now_ms + ttl_ms
        record = self.record
        # fmt: off
        record((now_ms, EVENT_TASK_CREATED, task, -1, worker, queue, workflow, -1, channel, -1,
                status, -1, priority, -1, attributes, stream, number, until_ms, lead_ms,
                -1 if worker < 0 else int(ignore_capacity)))
        configuration = self.ledger.task_configuration[task]
        if configuration >= 0:
            record((now_ms, EVENT_WORKFLOW_ENTERED, task, -1, -1, -1, workflow, -1, channel, -1,
                    status, -1, priority, -1, -1, -1, -1, -1, -1, configuration))
        elif queue >= 0:
            record((now_ms, EVENT_TASK_QUEUE_ENTERED, task, -1, -1, queue, workflow, -1, channel,
                    -1, status, -1, priority, -1, -1, -1, -1, -1, -1, -1))
        # fmt: on

    def refused(self, now_ms: int, command: CreateTask, reason: int) -> None:
        """Record a task that no filter would take; it never comes into being."""
        # fmt: off
        self.record((now_ms, EVENT_TASK_REFUSED, -1, -1, -1, -1, command.workflow, -1,
                     command.channel, -1, -1, -1, -1, reason, command.attributes, command.stream,
                     command.number, -1, -1, -1))
        # fmt: on

    def entered(self, now_ms: int, task: int, new_queue: bool) -> None:
        """Record that a task entered a target, and its queue if that is another one."""
        ledger = self.ledger
        queue, workflow = self._queue[task], self._workflow[task]
        step, channel = self._step[task], self._channel[task]
        status, priority = self._status[task], self._priority[task]
        deadline_ms, offset_ms = ledger.task_deadline_ms[task], ledger.task_offset_ms[task]
        record = self.record
        # fmt: off
        record((now_ms, EVENT_WORKFLOW_TARGET_MATCHED, task, -1, -1, queue, workflow, step, channel,
                -1, status, -1, priority, -1, -1, -1, -1, deadline_ms, offset_ms, -1))
        if new_queue:
            record((now_ms, EVENT_TASK_QUEUE_ENTERED, task, -1, -1, queue, workflow, step, channel,
                    -1, status, -1, priority, -1, -1, -1, -1, -1, -1, -1))
        # fmt: on

    def task_row(
        self, now_ms: int, event: int, task: int, reason: int = -1, attributes: int = -1
    ) -> None:
        """Record something that befell a task where it stands."""
        status = self._status[task]
        # fmt: off
        self.record((now_ms, event, task, -1, -1, self._queue[task], self._workflow[task],
                     self._step[task], self._channel[task], -1, -1 if status == REMOVED else status,
                     -1, self._priority[task], reason, attributes, -1, -1, -1, -1, -1))
        # fmt: on

    def reservation_row(
        self, now_ms: int, event: int, reservation: int, until_ms: int = -1
    ) -> None:
        """Record something that befell a reservation, with both statuses."""
        task = self._task[reservation]
        status = self._status[task]
        # fmt: off
        self.record((now_ms, event, task, reservation, self._worker[reservation], self._queue[task],
                     self._workflow[task], self._step[task], self._channel[task], -1,
                     -1 if status == REMOVED else status, self._reservation_status[reservation],
                     self._priority[task], -1, -1, -1, -1, until_ms, -1, -1))
        # fmt: on

    def accepted(self, now_ms: int, task: int, reservation: int) -> None:
        """Assign a task to the worker who accepted, in one row."""
        self._step_both(task, STEP_ASSIGN, reservation, MOVE_ACCEPT)
        self.reservation_row(now_ms, EVENT_RESERVATION_ACCEPTED, reservation)

    def wrapped_up(self, now_ms: int, task: int, reservation: int) -> None:
        """Begin after-work, for the task and for its reservation."""
        self._step_both(task, STEP_WRAP_UP, reservation, MOVE_WRAP_UP)
        rows = EVENT_TASK_WRAPUP, EVENT_RESERVATION_WRAPUP
        self._both_rows(now_ms, rows, task, reservation)

    def completed(self, now_ms: int, task: int, reservation: int) -> None:
        """Finish a task and its reservation; live, the update is announced after both."""
        self._step_both(task, STEP_COMPLETE, reservation, MOVE_COMPLETE)
        rows = EVENT_TASK_COMPLETED, EVENT_RESERVATION_COMPLETED, EVENT_TASK_UPDATED
        self._both_rows(now_ms, rows, task, reservation)

    def _both_rows(self, now_ms: int, events: tuple[int, ...], task: int, reservation: int) -> None:
        """Record rows of a task that is held: the second one is its reservation's."""
        queue, workflow, step = self._queue[task], self._workflow[task], self._step[task]
        channel, priority, status = self._channel[task], self._priority[task], self._status[task]
        record = self.record
        # fmt: off
        record((now_ms, events[0], task, -1, -1, queue, workflow, step, channel, -1,
                status, -1, priority, -1, -1, -1, -1, -1, -1, -1))
        record((now_ms, events[1], task, reservation, self._worker[reservation], queue, workflow,
                step, channel, -1, status, self._reservation_status[reservation], priority,
                -1, -1, -1, -1, -1, -1, -1))
        for event in events[2:]:
            record((now_ms, event, task, -1, -1, queue, workflow, step, channel, -1,
                    status, -1, priority, -1, -1, -1, -1, -1, -1, -1))
        # fmt: on

    def worker_row(self, now_ms: int, event: int, worker: int) -> None:
        """Record a worker's activity."""
        activity = self.ledger.worker_activity[worker]
        # fmt: off
        self.record((now_ms, event, -1, -1, worker, -1, -1, -1, -1, activity,
                     -1, -1, -1, -1, -1, -1, -1, -1, -1, -1))
        # fmt: on

    def worker_setting(
        self, now_ms: int, event: int, worker: int, value: int, channel: int = -1
    ) -> None:
        """Record new attributes of a worker, or a setting of one of its channels."""
        # fmt: off
        self.record((now_ms, event, -1, -1, worker, -1, -1, -1, channel, -1,
                     -1, -1, -1, -1, -1, -1, -1, -1, -1, value))
        # fmt: on

    def queue_setting(self, now_ms: int, event: int, queue: int, value: int) -> None:
        """Record a setting of a queue."""
        # fmt: off
        self.record((now_ms, event, -1, -1, -1, queue, -1, -1, -1, -1,
                     -1, -1, -1, -1, -1, -1, -1, -1, -1, value))
        # fmt: on

    def workflow_setting(
        self, now_ms: int, event: int, workflow: int, configuration: int, timeout_ms: int = -1
    ) -> None:
        """Record a workflow's configuration and, where it is set, reservation timeout [ms]."""
        # fmt: off
        self.record((now_ms, event, -1, -1, -1, -1, workflow, -1, -1, -1,
                     -1, -1, -1, -1, -1, -1, -1, timeout_ms, -1, configuration))
        # fmt: on
