"""Identities that hold in every log, to the millisecond: nothing is lost, nothing counted twice.

The log is folded row by row, by the statuses that the rows show, into counts and times.  These
are compared with each other and with the tables, which are read off the log in another way, by
types of events and whole columns.  All of it is integer arithmetic, so there is no tolerance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from trsim.analysis.fold import Fold
from trsim.analysis.sample import Criteria, Observation
from trsim.analysis.spans import lengths_by_owner
from trsim.analysis.steps import read_steps
from trsim.analysis.tables import TaskTable
from trsim.analysis.workers import setup_spans
from trsim.core.events import NOTHING, EventType
from trsim.core.states import REMOVED, ReservationStatus, TaskStatus
from trsim.eventlog import EventLog


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
        fold and tables; visits to targets and the ways in which they end.

    Notes
    -----
    Little's law as an identity: over [0, horizon) the integral of the number present equals the
    sum of the times spent (Law, "Simulation Modeling and Analysis", section 1.4).
    """
    fold = Fold(horizon_ms)
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
        *_differ("offers made in another target than the task's", fold.offers_elsewhere, 0),
        *_steps(seen, everything),
        *_worker_time(fold, seen, everything),
    )


def _differ(what: str, one: int, other: int) -> Iterator[str]:
    if one != other:
        yield f"{what}: {one:,} is not {other:,}"


def _conservation_of_tasks(fold: Fold, seen: Observation) -> Iterator[str]:
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


def _flow_of_reservations(fold: Fold, seen: Observation) -> Iterator[str]:
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


def _little(fold: Fold, seen: Observation) -> Iterator[str]:
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


def _task_time(fold: Fold, seen: Observation) -> Iterator[str]:
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
    yield from _differ(
        "time of tasks in queues, or routed to a worker, and waiting", in_queues, int(read[0].sum())
    )
    outside = int((seen.stays.end_ms - seen.stays.start_ms)[seen.queue_of_stay == NOTHING].sum())
    waited = sum(
        fold.spent_ms[task, status]
        for task in fold.routed_to_worker
        for status in (TaskStatus.PENDING, TaskStatus.RESERVED)
    )
    yield from _differ(
        "time of waiting outside queues, and of tasks routed to workers", outside, waited
    )
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


def _worker_time(fold: Fold, seen: Observation, criteria: Criteria) -> Iterator[str]:
    workers = seen.workers(criteria)
    asked = workers.setup_ms + workers.ringing_ms
    states = workers.busy_ms + asked + workers.idle_ms + workers.away_ms
    activities = workers.activity_ms.sum(axis=1)
    on_hold = setup_spans(seen.reservations, fold.horizon_ms)
    on_hold_ms = lengths_by_owner(on_hold, states.size)
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
        yield from _differ(
            f"set-up time of worker {worker}", int(on_hold_ms[worker]), fold.setup_ms[worker]
        )


def _steps(seen: Observation, criteria: Criteria) -> Iterator[str]:
    """Every visit ends in one way; tasks in targets are accepted and canceled as often as told."""
    in_steps = seen.log.records[seen.log.column("step") != NOTHING]
    n_steps = int(in_steps["step"].max(initial=NOTHING)) + 1
    steps = read_steps(seen, criteria, n_steps)
    for number, visits in enumerate(steps):
        ends = visits.accepted + visits.timed_out + visits.moved_on
        ends += visits.canceled + visits.removed + visits.open
        yield from _differ(f"visits to target {number} and their ends", visits.entered, ends)
    by_event = Counter(in_steps["event"].tolist())
    for event, counted in (
        (EventType.WORKFLOW_TARGET_MATCHED, sum(visits.entered for visits in steps)),
        (EventType.RESERVATION_CREATED, sum(visits.offers for visits in steps)),
        (EventType.RESERVATION_ACCEPTED, sum(visits.accepted for visits in steps)),
        (EventType.TASK_QUEUE_TIMEOUT, sum(visits.timed_out for visits in steps)),
        (EventType.TASK_CANCELED, sum(visits.canceled + visits.workflow_ended for visits in steps)),
    ):
        yield from _differ(f"rows {event.label} and targets", by_event[event], counted)
