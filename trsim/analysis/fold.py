"""Counts and times of a run, folded row by row, by the statuses that the rows show.

Nothing here looks at whole columns or at tables: :mod:`trsim.analysis.accounting` compares the two
ways of reading a log.
"""

from __future__ import annotations

from collections import Counter

from trsim.core.events import NOTHING, EventType, Row
from trsim.core.states import (
    REMOVED,
    TERMINAL_RESERVATION,
    TERMINAL_TASK,
    ReservationStatus,
    TaskStatus,
)

_REMOVALS = frozenset({EventType.TASK_DELETED, EventType.TASK_SYSTEM_DELETED})
_ANSWERED = frozenset(ReservationStatus) - {ReservationStatus.PENDING, ReservationStatus.WRAPPING}


class Meter:
    """Integrates a number over time while it changes."""

    def __init__(self) -> None:
        self.count = 0
        self.integral_ms = 0
        self._since_ms = 0

    def step(self, at_ms: int, change: int) -> None:
        """Change the number at an instant [ms]."""
        self.integral_ms += self.count * (at_ms - self._since_ms)
        self._since_ms = at_ms
        self.count += change


class Meters(dict[object, Meter]):
    """One meter for each key, made when first asked for."""

    def __missing__(self, key: object) -> Meter:
        self[key] = Meter()
        return self[key]


class Fold:
    """Statuses, counts and times, from the statuses that the rows show and nothing else.

    Parameters
    ----------
    horizon_ms : int
        End of the run, at which :meth:`close` cuts everything off [ms].
    """

    def __init__(self, horizon_ms: int) -> None:
        self.horizon_ms = horizon_ms
        self.status: dict[int, int] = {}
        self.entered_ms: dict[int, int] = {}
        self.left_ms: dict[int, int] = {}
        self.spent_ms: Counter[tuple[int, int]] = Counter()  # by task and status
        self.queue: dict[int, int] = {}
        self.routed_to_worker: list[int] = []
        self.step: dict[int, int] = {}
        self.offers_elsewhere = 0
        """Offers whose row names another target than the one the task entered last."""
        self.queue_entries: Counter[int] = Counter()
        self.queue_exits: Counter[int] = Counter()
        self.created: Counter[tuple[str, int]] = Counter()  # by kind of group and its number
        self.labels: dict[int, tuple[tuple[str, int], ...]] = {}
        self.answers: Counter[int] = Counter()
        self.offers: dict[int, tuple[int, int, int]] = {}  # status, since, worker
        self.load_ms: Counter[tuple[int, bool]] = Counter()  # by worker and whether accepted
        self.on_hold_since_ms: dict[int, int] = {}
        self.setup_ms: Counter[int] = Counter()  # by worker
        self.present = Meters()
        self._since_ms: dict[int, int] = {}

    def take(self, row: Row) -> None:
        """Let one row change what is known."""
        if row.task == NOTHING:
            return
        if row.event == EventType.TASK_CREATED:
            self._enter(row)
        if row.event in _REMOVALS:
            self._move_task(row, REMOVED)
        elif row.task_status != NOTHING:
            self._move_task(row, row.task_status)
        if row.event == EventType.TASK_QUEUE_ENTERED:
            self._leave_queue(row.task, row.at_ms)
            self.queue[row.task] = row.queue
            self.queue_entries[row.queue] += 1
            self.present["queue", row.queue].step(row.at_ms, 1)
        elif row.event == EventType.WORKFLOW_TARGET_MATCHED:
            self.step[row.task] = row.step
        if row.reservation != NOTHING:
            self._move_reservation(row)

    def close(self) -> None:
        """Cut everything off at the horizon."""
        end = self.horizon_ms
        for task, status in self.status.items():
            if task not in self.left_ms:
                self.spent_ms[task, status] += end - self._since_ms[task]
        for status, since, worker in self.offers.values():
            if status not in TERMINAL_RESERVATION:
                self.load_ms[worker, status != ReservationStatus.PENDING] += end - since
        for reservation, since in self.on_hold_since_ms.items():
            self.setup_ms[self.offers[reservation][2]] += end - since
        for meter in self.present.values():
            meter.step(end, 0)

    def _enter(self, row: Row) -> None:
        task = row.task
        groups = (("channel", row.channel), ("stream", row.stream))
        self.created.update(groups)
        self.labels[task] = groups
        self.entered_ms[task] = self._since_ms[task] = row.at_ms
        self.status[task] = TaskStatus.PENDING
        if row.worker != NOTHING:
            self.routed_to_worker.append(task)
        for key in ("system", ("status", TaskStatus.PENDING)):
            self.present[key].step(row.at_ms, 1)

    def _move_task(self, row: Row, status: int) -> None:
        task, before, at = row.task, self.status[row.task], row.at_ms
        if status == before or task in self.left_ms:
            return
        self.spent_ms[task, before] += at - self._since_ms[task]
        self._since_ms[task] = at
        self.status[task] = status
        self.present["status", before].step(at, -1)
        if status in TERMINAL_TASK or status == REMOVED:
            self.left_ms[task] = at
            self.present["system"].step(at, -1)
        else:
            self.present["status", status].step(at, 1)
        if status not in (TaskStatus.PENDING, TaskStatus.RESERVED):
            self._leave_queue(task, at)

    def _leave_queue(self, task: int, at_ms: int) -> None:
        if task in self.queue:
            queue = self.queue.pop(task)
            self.queue_exits[queue] += 1
            self.present["queue", queue].step(at_ms, -1)

    def _move_reservation(self, row: Row) -> None:
        status, worker, at = row.reservation_status, row.worker, row.at_ms
        if row.reservation not in self.offers:
            self.offers[row.reservation] = status, at, worker
            self.offers_elsewhere += row.step != self.step.get(row.task, NOTHING)
            self.present["worker", worker].step(at, 1)
            return
        before, since, _ = self.offers[row.reservation]
        if row.event == EventType.RESERVATION_ON_HOLD:
            self.on_hold_since_ms[row.reservation] = at
        if before == ReservationStatus.PENDING and status in _ANSWERED:
            self.answers[status] += 1
            self.setup_ms[worker] += at - self.on_hold_since_ms.pop(row.reservation, at)
        self.load_ms[worker, before != ReservationStatus.PENDING] += at - since
        self.offers[row.reservation] = status, at, worker
        if status in TERMINAL_RESERVATION:
            self.present["worker", worker].step(at, -1)
