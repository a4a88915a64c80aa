"""Identities that hold in every log, to the millisecond: nothing is lost, nothing counted twice.

The log is folded row by row, by the statuses that the rows show, into counts and times.  These
are compared with each other and with the tables, which are read off the log in another way, by
types of events and whole columns.  All of it is integer arithmetic, so there is no tolerance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from trsim.analysis.sample import Criteria, Observation
from trsim.analysis.tables import TaskTable
from trsim.core.events import NOTHING, EventType, Row
from trsim.core.states import (
    REMOVED,
    TERMINAL_RESERVATION,
    TERMINAL_TASK,
    ReservationStatus,
    TaskStatus,
)
from trsim.eventlog import EventLog

_REMOVALS = frozenset({EventType.TASK_DELETED, EventType.TASK_SYSTEM_DELETED})
_ANSWERED = frozenset(ReservationStatus) - {ReservationStatus.PENDING, ReservationStatus.WRAPPING}


def check_accounting(log: EventLog, horizon_ms: int) -> tuple[str, ...]:
    """Return the identities that a log breaks, one sentence each; none if all is well.

    Parameters
    ----------
    log : EventLog
        All rows of a run.
    horizon_ms : int
        End of the run [ms].

    Returns
    -------
    tuple of str
        Breaches of: conservation of tasks, in all and by queue, channel and stream; flow of
        reservations; Little's law as an identity, for the system, each status and each worker;
        task time as the sum of its parts; worker time as the sum of its parts; agreement of
        fold and tables.

    Notes
    -----
    Little's law as an identity: over [0, horizon) the integral of the number present equals the
    sum of the times spent (Law, "Simulation Modeling and Analysis", section 1.4).
    """
    fold = _Fold(horizon_ms)
    for row in log.rows():
        fold.take(row)
    fold.close()
    seen = Observation(log, horizon_ms)
    everything = Criteria(warm_up_ms=0, horizon_ms=horizon_ms, threshold_ms=0)
    return (
        *_conservation_of_tasks(fold, seen),
        *_flow_of_reservations(fold, seen),
        *_little(fold, seen),
        *_task_time(fold, seen),
        *_worker_time(fold, seen, everything),
    )


class _Meter:
    """Integrates a number over time while it changes."""

    def __init__(self) -> None:
        self.count = 0
        self.integral_ms = 0
        self._since_ms = 0

    def step(self, at_ms: int, change: int) -> None:
        self.integral_ms += self.count * (at_ms - self._since_ms)
        self._since_ms = at_ms
        self.count += change


class _Meters(dict[object, _Meter]):
    """One meter for each key, made when first asked for."""

    def __missing__(self, key: object) -> _Meter:
        self[key] = _Meter()
        return self[key]


class _Fold:
    """Statuses, counts and times, from the statuses that the rows show and nothing else."""

    def __init__(self, horizon_ms: int) -> None:
        self.horizon_ms = horizon_ms
        self.status: dict[int, int] = {}
        self.entered_ms: dict[int, int] = {}
        self.left_ms: dict[int, int] = {}
        self.spent_ms: Counter[tuple[int, int]] = Counter()  # by task and status
        self.queue: dict[int, int] = {}
        self.queue_entries: Counter[int] = Counter()
        self.queue_exits: Counter[int] = Counter()
        self.created: Counter[tuple[str, int]] = Counter()  # by kind of group and its number
        self.labels: dict[int, tuple[tuple[str, int], ...]] = {}
        self.answers: Counter[int] = Counter()
        self.offers: dict[int, tuple[int, int, int]] = {}  # status, since, worker
        self.load_ms: Counter[tuple[int, bool]] = Counter()  # by worker and whether accepted
        self.present = _Meters()
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
        for meter in self.present.values():
            meter.step(end, 0)

    def _enter(self, row: Row) -> None:
        task = row.task
        groups = (("channel", row.channel), ("stream", row.stream))
        self.created.update(groups)
        self.labels[task] = groups
        self.entered_ms[task] = self._since_ms[task] = row.at_ms
        self.status[task] = TaskStatus.PENDING
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
            self.present["worker", worker].step(at, 1)
            return
        before, since, _ = self.offers[row.reservation]
        if before == ReservationStatus.PENDING and status in _ANSWERED:
            self.answers[status] += 1
        self.load_ms[worker, before != ReservationStatus.PENDING] += at - since
        self.offers[row.reservation] = status, at, worker
        if status in TERMINAL_RESERVATION:
            self.present["worker", worker].step(at, -1)


def _differ(what: str, one: int, other: int) -> Iterator[str]:
    if one != other:
        yield f"{what}: {one:,} is not {other:,}"


def _conservation_of_tasks(fold: _Fold, seen: Observation) -> Iterator[str]:
    by_status = Counter(fold.status.values())
    yield from _differ("tasks created and tasks by status", len(seen.tasks), by_status.total())
    for status in (*TaskStatus, REMOVED):
        found = int(np.count_nonzero(seen.tasks.status == status))
        yield from _differ(f"tasks of status {status}", found, by_status[status])
    groups = Counter(label for task in fold.status for label in fold.labels[task])
    for label, created in fold.created.items():
        yield from _differ(f"tasks of {label}", created, groups[label])
    inside = Counter(fold.queue.values())
    for queue, entries in fold.queue_entries.items():
        yield from _differ(
            f"entries into queue {queue}", entries, inside[queue] + fold.queue_exits[queue]
        )


def _flow_of_reservations(fold: _Fold, seen: Observation) -> Iterator[str]:
    still_open = sum(status == ReservationStatus.PENDING for status, _, _ in fold.offers.values())
    yield from _differ(
        "reservations created and reservations by answer",
        len(seen.reservations),
        fold.answers.total() + still_open,
    )
    for answer, count in fold.answers.items():
        found = int(np.count_nonzero(seen.reservations.answer == answer))
        yield from _differ(f"reservations answered with {answer}", found, count)
    yield from _differ(
        "tasks ever assigned and reservations ever accepted",
        int(np.count_nonzero(seen.tasks.assigned_ms >= 0)),
        fold.answers[ReservationStatus.ACCEPTED],
    )


def _little(fold: _Fold, seen: Observation) -> Iterator[str]:
    spent: Counter[object] = Counter()
    for task, entered in fold.entered_ms.items():
        spent["system"] += fold.left_ms.get(task, fold.horizon_ms) - entered
    for (_, status), span in fold.spent_ms.items():
        spent["status", status] += span
    for (worker, _), span in fold.load_ms.items():
        spent["worker", worker] += span
    stays = zip(seen.queue_of_stay.tolist(), seen.stays.start_ms, seen.stays.end_ms, strict=True)
    for queue, start, end in stays:
        spent["queue", queue] += int(end - start)
    for key, meter in fold.present.items():
        yield from _differ(f"integral of the number present, {key}", meter.integral_ms, spent[key])


def _task_time(fold: _Fold, seen: Observation) -> Iterator[str]:
    tasks = seen.tasks
    read = _time_by_status(tasks, seen.horizon_ms)
    for place, task in enumerate(tasks.task.tolist()):
        parts = [fold.spent_ms[task, status] for status in TaskStatus]
        total = fold.left_ms.get(task, fold.horizon_ms) - fold.entered_ms[task]
        yield from _differ(f"time of task {task} and its parts", total, sum(parts))
        waited = parts[TaskStatus.PENDING] + parts[TaskStatus.RESERVED]
        yield from _differ(f"wait of task {task}", int(read[0][place]), waited)
        yield from _differ(f"talk of task {task}", int(read[1][place]), parts[TaskStatus.ASSIGNED])
        wrapped = parts[TaskStatus.WRAPPING]
        yield from _differ(f"wrap-up of task {task}", int(read[2][place]), wrapped)
    in_queues = int((seen.stays.end_ms - seen.stays.start_ms).sum())
    yield from _differ("time of tasks in queues and waiting", in_queues, int(read[0].sum()))
    held = int((read[1] + read[2]).sum())
    accepted = sum(span for (_, taken), span in fold.load_ms.items() if taken)
    yield from _differ("time of tasks in hand and of accepted reservations", held, accepted)
    reserved = sum(fold.spent_ms[task, TaskStatus.RESERVED] for task in fold.status)
    whole = Criteria(warm_up_ms=0, horizon_ms=seen.horizon_ms, threshold_ms=0)
    yield from _differ("time of tasks in status reserved", seen.whole(whole).reserved_ms, reserved)


def _time_by_status(tasks: TaskTable, horizon_ms: int) -> tuple[np.ndarray, ...]:
    """Return the wait, talk and wrap-up time of each task, cut off at the horizon [ms]."""
    ended = np.where(tasks.ended_ms < 0, horizon_ms, tasks.ended_ms)
    wrapping = np.where(tasks.wrapping_ms < 0, ended, tasks.wrapping_ms)
    assigned = np.where(tasks.assigned_ms < 0, ended, tasks.assigned_ms)
    talk_ended = np.where(tasks.assigned_ms < 0, ended, wrapping)
    return assigned - tasks.created_ms, talk_ended - assigned, ended - talk_ended


def _worker_time(fold: _Fold, seen: Observation, criteria: Criteria) -> Iterator[str]:
    workers = seen.workers(criteria)
    states = workers.busy_ms + workers.ringing_ms + workers.idle_ms + workers.away_ms
    activities = workers.activity_ms.sum(axis=1)
    for worker in range(states.size):
        yield from _differ(f"states of worker {worker}", int(states[worker]), fold.horizon_ms)
        yield from _differ(
            f"activities of worker {worker}", int(activities[worker]), fold.horizon_ms
        )
        yield from _differ(
            f"accepted time of worker {worker}",
            int(workers.held_ms[worker]),
            fold.load_ms[worker, True],
        )
