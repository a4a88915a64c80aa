"""Runs whose figures can be worked out by hand, and one too big for that.

Four tasks in 100 s, with times in seconds.  Ann is asked for the first one from 10 to 14, talks
until 34 and wraps up until 44.  The second one waits from 20 to 50 and hangs up.  Ann misses the
third one from 60 to 75; Bob, who comes at 70, is asked next, takes it at 79 and talks until 90.
The fourth one waits from 95 on.
"""

from __future__ import annotations

import numpy as np

from tests.analysis.diary import AVAILABLE, NAMES, OFFLINE, Diary
from trsim.analysis.results import Provenance, Result
from trsim.analysis.sample import Criteria
from trsim.core.events import EventType
from trsim.core.states import Reason, ReservationStatus, TaskStatus
from trsim.eventlog import EventLog, Names
from trsim.eventlog.layout import LAYOUT, RECORD, Records

HORIZON_MS = 100_000
CRITERIA = Criteria(warm_up_ms=0, horizon_ms=HORIZON_MS, threshold_ms=20_000)


def result_of(log: EventLog, criteria: Criteria = CRITERIA, name: str = "Desk") -> Result:
    return Result(Provenance(name, "", 7), 0, log, criteria)


def four_tasks(criteria: Criteria = CRITERIA) -> Result:
    diary = Diary()
    first = diary.create(10_000)
    diary.accept(14_000, diary.offer(10_000, first))
    second = diary.create(20_000)
    diary.wrap_up(34_000, first)
    diary.complete(44_000, first)
    diary.cancel(50_000, second)
    third = diary.create(60_000)
    missed = diary.offer(60_000, third)
    diary.activity(70_000, 1, AVAILABLE)
    diary.time_out(75_000, missed)
    diary.accept(79_000, diary.offer(75_000, third, worker=1))
    diary.complete(90_000, third)
    diary.create(95_000, queue=1)
    return result_of(diary.log, criteria)


def one_task() -> Result:
    diary = Diary()
    diary.accept(14_000, diary.offer(10_000, diary.create(10_000)))
    return result_of(diary.log)


def no_task() -> Result:
    return result_of(Diary(bob=OFFLINE).log)


def no_row() -> Result:
    return result_of(EventLog(NAMES))


def many_tasks(n_tasks: int) -> Result:
    """A day of tasks, one in twenty of which hangs up and the others are taken at once."""
    n_workers, day = 1_000, 86_400_000
    number = np.arange(n_tasks)
    created = number * day // n_tasks
    lost = number % 20 == 0
    wait = 500 + number * 7_919 % 45_000
    over = created + wait + np.where(lost, 0, 60_000 + number * 104_729 % 240_000)
    held = ~lost
    assigned, completed = TaskStatus.ASSIGNED, TaskStatus.COMPLETED
    rows = np.concatenate(
        [
            _rows(created, EventType.TASK_CREATED, number, task_status=TaskStatus.PENDING),
            _rows(created, EventType.TASK_QUEUE_ENTERED, number, queue=number % 2),
            _offers(created, EventType.RESERVATION_CREATED, number, held, TaskStatus.RESERVED),
            _offers(created + wait, EventType.RESERVATION_ACCEPTED, number, held, assigned),
            _rows(over, EventType.TASK_COMPLETED, number, task_status=completed)[held],
            _offers(over, EventType.RESERVATION_COMPLETED, number, held, completed),
            _rows(
                over,
                EventType.TASK_CANCELED,
                number,
                task_status=TaskStatus.CANCELED,
                reason=Reason.HANGUP,
            )[lost],
        ]
    )
    rows = rows[rows["at_ms"] < day]
    rows = rows[np.argsort(rows["at_ms"], kind="stable")]
    names = Names(
        **{
            **{key: getattr(NAMES, key) for key in NAMES.as_dict()},
            "workers": tuple(f"agent-{worker:04d}" for worker in range(n_workers)),
        }
    )
    staff = np.zeros(n_workers, dtype=RECORD)
    for name in RECORD.names or ():
        staff[name] = -1
    staff["at_ms"], staff["event"], staff["activity"] = 0, EventType.WORKER_CREATED, AVAILABLE
    staff["worker"] = np.arange(n_workers)
    log = EventLog(names)
    for part in (staff, *np.array_split(rows, 1 + rows.size // 100_000)):
        log.extend(LAYOUT.iter_unpack(part.tobytes()))
    return result_of(log, Criteria(warm_up_ms=0, horizon_ms=day, threshold_ms=20_000))


_STATUS = {
    EventType.RESERVATION_CREATED: ReservationStatus.PENDING,
    EventType.RESERVATION_ACCEPTED: ReservationStatus.ACCEPTED,
    EventType.RESERVATION_COMPLETED: ReservationStatus.COMPLETED,
}


def _offers(
    at_ms: np.ndarray, event: EventType, number: np.ndarray, held: np.ndarray, status: TaskStatus
) -> Records:
    every = _rows(
        at_ms,
        event,
        number,
        task_status=status,
        reservation_status=_STATUS[event],
        worker=number % 1_000,
        queue=number % 2,
    )
    rows: Records = every[held]
    rows["reservation"] = np.arange(rows.size)
    return rows


def _rows(
    at_ms: np.ndarray, event: EventType, number: np.ndarray, **columns: int | np.ndarray
) -> Records:
    rows = np.zeros(number.size, dtype=RECORD)
    for name in RECORD.names or ():
        rows[name] = -1
    rows["at_ms"], rows["event"], rows["task"] = at_ms, event, number
    rows["workflow"], rows["channel"], rows["priority"] = 0, 0, 0
    if event == EventType.TASK_CREATED:
        rows["stream"], rows["number"], rows["attributes"] = 0, number, 0
    for name, values in columns.items():
        rows[name] = values
    return rows
