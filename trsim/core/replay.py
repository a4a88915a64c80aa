"""The state as a fold of the log: rows in, the primary facts of a ledger out.

Nothing is decided here.  Each row says what became of its task, reservation and worker, and the
fold writes it down; that the result equals the ledger shows that the rows leave nothing out.
Indexes (lines, pools, stirred lines) are no facts and are not rebuilt.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trsim.core.events import NOTHING, EventType, Row
from trsim.core.ledger import Ledger
from trsim.core.spec import IdleKey, WorkspaceSpec
from trsim.core.states import LIVE_RESERVATION, REMOVED, ReservationStatus, TaskStatus

FACTS = (
    "task_status",
    "task_workflow",
    "task_channel",
    "task_attributes",
    "task_priority",
    "task_created_ms",
    "task_ttl_ms",
    "task_step",
    "task_offset_ms",
    "task_deadline_ms",
    "task_queue",
    "task_attempts",
    "task_first_reservation",
    "task_reservations",
    "task_open_reservations",
    "task_holder",
    "reservation_status",
    "reservation_task",
    "reservation_worker",
    "reservation_expires_ms",
    "reservation_previous_activity",
    "worker_activity",
    "worker_idle_ms",
    "worker_reservations",
    "channel_load",
)
"""Columns of the ledger that the log determines."""


class Replay:
    """The facts that a sequence of rows amounts to, in columns named as the ledger's.

    Parameters
    ----------
    spec : WorkspaceSpec
        The workspace that wrote the rows.
    """

    __slots__ = (*FACTS, "_available", "_idle_from_end", "_n_channels")

    def __init__(self, spec: WorkspaceSpec) -> None:
        self._available = [activity.available for activity in spec.activities]
        self._idle_from_end = spec.rules.idle_key is IdleKey.SINCE_FREE
        self._n_channels = len(spec.channels)
        self.task_status: list[int] = []
        self.task_workflow: list[int] = []
        self.task_channel: list[int] = []
        self.task_attributes: list[int] = []
        self.task_priority: list[int] = []
        self.task_created_ms: list[int] = []
        self.task_ttl_ms: list[int] = []
        self.task_step: list[int] = []
        self.task_offset_ms: list[int] = []
        self.task_deadline_ms: list[int] = []
        self.task_queue: list[int] = []
        self.task_attempts: list[int] = []
        self.task_first_reservation: list[int] = []
        self.task_reservations: list[int] = []
        self.task_open_reservations: list[int] = []
        self.task_holder: list[int] = []
        self.reservation_status: list[int] = []
        self.reservation_task: list[int] = []
        self.reservation_worker: list[int] = []
        self.reservation_expires_ms: list[int] = []
        self.reservation_previous_activity: list[int] = []
        self.worker_activity = [NOTHING] * len(spec.workers)
        self.worker_idle_ms = [-1] * len(spec.workers)
        self.worker_reservations: list[list[int]] = [[] for _ in spec.workers]
        self.channel_load = [0] * (len(spec.workers) * len(spec.channels))

    def apply(self, values: Sequence[int]) -> None:
        """Write down what one row, in the order of :class:`Row`, says."""
        row = Row._make(values)
        if row.event == EventType.TASK_CREATED:
            self._add_task(row)
        elif row.event == EventType.RESERVATION_CREATED:
            self._add_reservation(row)
        elif row.event in (EventType.WORKER_CREATED, EventType.WORKER_ACTIVITY_UPDATE):
            self._move_worker(row)
        elif row.reservation >= 0:
            self._move_reservation(row)
        if row.event == EventType.WORKFLOW_TARGET_MATCHED:
            self._enter_target(row)
        if row.task >= 0:
            self.task_status[row.task] = REMOVED if row.task_status < 0 else row.task_status

    def _add_task(self, row: Row) -> None:
        self.task_status.append(row.task_status)
        self.task_workflow.append(row.workflow)
        self.task_channel.append(row.channel)
        self.task_attributes.append(row.attributes)
        self.task_priority.append(row.priority)
        self.task_created_ms.append(row.at_ms)
        self.task_ttl_ms.append(row.until_ms)
        self.task_offset_ms.append(0)
        self.task_attempts.append(0)
        self.task_reservations.append(0)
        self.task_open_reservations.append(0)
        for column in (
            self.task_step,
            self.task_deadline_ms,
            self.task_queue,
            self.task_first_reservation,
            self.task_holder,
        ):
            column.append(NOTHING)

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
        self.reservation_status.append(row.reservation_status)
        self.reservation_task.append(task)
        self.reservation_worker.append(worker)
        self.reservation_expires_ms.append(row.until_ms)
        self.reservation_previous_activity.append(self.worker_activity[worker])
        self.worker_reservations[worker].append(row.reservation)
        self.channel_load[worker * self._n_channels + row.channel] += 1
        if not self._idle_from_end:
            self.worker_idle_ms[worker] = row.at_ms

    def _move_reservation(self, row: Row) -> None:
        reservation, task, worker = row.reservation, row.task, row.worker
        if self.reservation_status[reservation] == ReservationStatus.PENDING:
            self.task_open_reservations[task] -= 1
        self.reservation_status[reservation] = row.reservation_status
        if row.reservation_status == ReservationStatus.ACCEPTED:
            self.task_holder[task] = reservation
        elif row.reservation_status not in LIVE_RESERVATION:
            if self.task_holder[task] == reservation:
                self.task_holder[task] = NOTHING
            self.worker_reservations[worker].remove(reservation)
            self.channel_load[worker * self._n_channels + row.channel] -= 1
            if self._idle_from_end:
                self.worker_idle_ms[worker] = row.at_ms

    def _move_worker(self, row: Row) -> None:
        self.worker_activity[row.worker] = row.activity
        moved = row.event == EventType.WORKER_ACTIVITY_UPDATE
        if moved and self._idle_from_end and self._available[row.activity]:
            self.worker_idle_ms[row.worker] = row.at_ms


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
        kept: Sequence[object] = getattr(ledger, name)
        folded: Sequence[object] = getattr(replayed, name)
        if len(kept) != len(folded):
            differences.append(f"{name}: the ledger has {len(kept)} entries, the log {len(folded)}")
        elif kept != folded:
            pairs = enumerate(zip(kept, folded, strict=True))
            differences += [
                f"{name}[{i}]: {a!r} in the ledger, {b!r} by the log"
                for i, (a, b) in pairs
                if a != b
            ]
    return differences
