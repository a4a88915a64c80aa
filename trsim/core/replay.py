"""The state as a fold of the log: rows in, a ledger out.

Nothing is decided here.  Each row says what became of its task, reservation, worker, queue or
workflow, and the fold writes it down; that the result equals the ledger of the workspace that
wrote the rows shows that they leave nothing out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from trsim.core.commands import CreateTask
from trsim.core.events import FIELDS, NOTHING, EventType, Row
from trsim.core.ledger import NO_TIMER, Ledger
from trsim.core.spec import IdleKey, WorkspaceSpec
from trsim.core.states import LIVE_RESERVATION, REMOVED, ReservationStatus, TaskStatus

_NO_FACTS = ("activity_available", "multi_task", "n_channels", "optimized", "task_is_resting")
FACTS = tuple(
    name
    for name in Ledger.__slots__
    if name
    not in ("activity_available", "multi_task", "n_channels", "optimized", "task_is_resting")
)
"""Columns of the ledger that the log determines."""

Fact = Mapping[int, object] | Sequence[object] | int
"""A column by number, or a single number."""
_WAITING = (TaskStatus.PENDING, TaskStatus.RESERVED)
_MOVES = (
    EventType.RESERVATION_ACCEPTED,
    EventType.RESERVATION_REJECTED,
    EventType.RESERVATION_TIMEOUT,
    EventType.RESERVATION_CANCELED,
    EventType.RESERVATION_RESCINDED,
    EventType.RESERVATION_WRAPUP,
    EventType.RESERVATION_COMPLETED,
)
_EVENT, _TASK, _TASK_STATUS = (FIELDS.index(name) for name in ("event", "task", "task_status"))
_new_row = tuple.__new__  # the constructor of a NamedTuple takes twice as long


class Replay(Ledger):
    """The ledger that a sequence of rows amounts to.

    Parameters
    ----------
    spec : WorkspaceSpec
        The workspace that wrote the rows.
    """

    __slots__ = ("_handlers", "_idle_from_end")

    def __init__(self, spec: WorkspaceSpec) -> None:
        super().__init__(spec)
        self._idle_from_end = spec.rules.idle_key is IdleKey.SINCE_FREE
        handlers = {
            EventType.TASK_CREATED: self._add_task,
            EventType.WORKFLOW_ENTERED: self._enter_workflow,
            EventType.WORKFLOW_TARGET_MATCHED: self._enter_target,
            EventType.TASK_UPDATED: self._update_task,
            EventType.RESERVATION_CREATED: self._add_reservation,
            EventType.RESERVATION_ON_HOLD: self._hold,
            EventType.WORKER_CREATED: self._move_worker,
            EventType.WORKER_ACTIVITY_UPDATE: self._move_worker,
            EventType.WORKER_ATTRIBUTES_UPDATE: self._set_attributes,
            EventType.WORKER_CAPACITY_UPDATE: self._set_capacity,
            EventType.WORKER_CHANNEL_AVAILABILITY_UPDATE: self._switch_channel,
            EventType.TASK_QUEUE_EXPRESSION_UPDATED: self._set_expression,
            EventType.TASK_QUEUE_UPDATED: self._set_max_reserved,
            EventType.WORKFLOW_UPDATED: self._set_workflow,
            EventType.WORKFLOW_REEVALUATED: self._reevaluate,
            **dict.fromkeys(_MOVES, self._move_reservation),
        }
        self._handlers = tuple(handlers.get(event) for event in EventType)

    def apply(self, values: Sequence[int]) -> None:
        """Write down what one row, in the order of :class:`Row`, says."""
        handler = self._handlers[values[_EVENT]]
        if handler is not None:
            handler(_new_row(Row, values))
        task, status = values[_TASK], values[_TASK_STATUS]
        if task >= 0:
            if status >= 0:
                self.task_status[task] = status
            else:
                self._remove(task)

    def _remove(self, task: int) -> None:
        """Forget a removed task, with the last of its reservations."""
        self.task_status[task] = REMOVED
        statuses = (self.reservation_status[reservation] for reservation in self.task_offers[task])
        if not any(status in LIVE_RESERVATION for status in statuses):
            self.forget(task)

    def _enter_workflow(self, row: Row) -> None:
        self.task_configuration[row.task] = row.value

    def _update_task(self, row: Row) -> None:
        if row.attributes >= 0:  # not the update that follows a completion
            self.task_attributes[row.task] = row.attributes
            self.task_priority[row.task] = row.priority

    def _hold(self, row: Row) -> None:
        self.reservation_expires_ms[row.reservation] = NO_TIMER

    def _add_task(self, row: Row) -> None:
        command = CreateTask(
            workflow=row.workflow,
            channel=row.channel,
            attributes=row.attributes,
            priority=row.priority,
            ttl_ms=row.until_ms - row.at_ms,
            lead_ms=row.offset_ms,
            target_queue=row.queue,
            target_worker=row.worker,
            ignore_capacity=row.value == 1,
        )
        self.add_task(command, NOTHING, row.at_ms)

    def _enter_target(self, row: Row) -> None:
        self.task_step[row.task] = row.step
        self.task_queue[row.task] = row.queue
        self.task_priority[row.task] = row.priority
        self.task_deadline_ms[row.task] = row.until_ms
        self.task_offset_ms[row.task] = row.offset_ms

    def _add_reservation(self, row: Row) -> None:
        task, worker = row.task, row.worker
        if self.task_status[task] == TaskStatus.PENDING:  # the first of its batch
            self.task_attempts[task] += 1
            self.task_first_reservation[task] = row.reservation
            self.task_reservations[task] = 0
        self.task_reservations[task] += 1
        self.task_open_reservations[task] += 1
        self.add_reservation(task, worker, row.until_ms)
        self.worker_reservations[worker].append(row.reservation)
        place = worker * self.n_channels + row.channel
        self.channel_load[place] += 1
        if not self._idle_from_end:
            self._idle_from(worker, row.channel, row.at_ms)

    def _move_reservation(self, row: Row) -> None:
        reservation, task, worker = row.reservation, row.task, row.worker
        place = worker * self.n_channels + row.channel
        before, after = self.reservation_status[reservation], row.reservation_status
        if before == ReservationStatus.PENDING:
            self.task_open_reservations[task] -= 1
        elif before == ReservationStatus.ACCEPTED:
            self.channel_assigned[place] -= 1
        self.reservation_status[reservation] = after
        if after == ReservationStatus.ACCEPTED:
            self.task_holder[task] = reservation
            self.channel_assigned[place] += 1
        elif after not in LIVE_RESERVATION:
            if self.task_holder[task] == reservation:
                self.task_holder[task] = NOTHING
            self.worker_reservations[worker].remove(reservation)
            self.channel_load[place] -= 1
            if self._idle_from_end:
                self._idle_from(worker, row.channel, row.at_ms)
        if row.until_ms >= 0:
            self.task_rest_ms[task] = row.until_ms

    def _idle_from(self, worker: int, channel: int, at_ms: int) -> None:
        self.worker_idle_ms[worker] = at_ms
        if any(self.optimized):
            self.channel_idle_ms[worker * self.n_channels + channel] = at_ms

    def _move_worker(self, row: Row) -> None:
        self.worker_activity[row.worker] = row.activity
        moved = row.event == EventType.WORKER_ACTIVITY_UPDATE
        if moved and self._idle_from_end and self.activity_available[row.activity]:
            self.worker_idle_ms[row.worker] = row.at_ms
            for channel, is_optimized in enumerate(self.optimized):
                if is_optimized:
                    self.channel_idle_ms[row.worker * self.n_channels + channel] = row.at_ms

    def _set_attributes(self, row: Row) -> None:
        self.worker_attributes[row.worker] = row.value

    def _set_capacity(self, row: Row) -> None:
        self.channel_capacity[row.worker * self.n_channels + row.channel] = row.value

    def _switch_channel(self, row: Row) -> None:
        self.channel_open[row.worker * self.n_channels + row.channel] = row.value == 1

    def _set_expression(self, row: Row) -> None:
        self.queue_expression[row.queue] = row.value

    def _set_max_reserved(self, row: Row) -> None:
        self.queue_max_reserved[row.queue] = row.value

    def _set_workflow(self, row: Row) -> None:
        self.workflow_configuration[row.workflow] = row.value
        self.workflow_timeout_ms[row.workflow] = row.until_ms

    def _reevaluate(self, row: Row) -> None:
        for task, status in self.task_status.items():
            is_routed = self.task_configuration[task] >= 0
            if is_routed and status in _WAITING and self.task_workflow[task] == row.workflow:
                self.task_configuration[task] = row.value


def replay(spec: WorkspaceSpec, rows: Iterable[Sequence[int]]) -> Replay:
    """Return the facts that rows, from the first one on, amount to."""
    folded = Replay(spec)
    for row in rows:
        folded.apply(row)
    return folded


def same_state(ledger: Ledger, replayed: Replay) -> list[str]:
    """Return where a ledger and the fold of its log differ, one line each; empty if nowhere.

    Valid between commands: inside one, rows of the same change are still to come.
    """
    differences = []
    for name in FACTS:
        kept, folded = _by_number(getattr(ledger, name)), _by_number(getattr(replayed, name))
        for number in sorted({*kept, *folded}):
            one, other = kept.get(number), folded.get(number)
            if one != other:
                differences.append(f"{name}[{number}]: {one!r} in the ledger, {other!r} by the log")
    return differences


def _by_number(column: Fact) -> Mapping[int, object]:
    if isinstance(column, int):
        return {0: column}
    return column if isinstance(column, Mapping) else dict(enumerate(column))
