"""Tables of tasks and reservations, read off the log that every KPI is tested with."""

from __future__ import annotations

import numpy as np

from tests.analysis.diary import BUSY_HOUR_ENDS_MS, Diary, busy_hour
from trsim.analysis.sample import read_queue_stays
from trsim.analysis.tables import read_tables
from trsim.core.events import EventType
from trsim.core.states import REMOVED, Reason, ReservationStatus, TaskStatus


def test_tasks_as_told() -> None:
    tasks, _ = read_tables(busy_hour().log)
    assert len(tasks) == 7
    assert tasks.created_ms.tolist() == [0, 5_000, 10_000, 20_000, 40_000, 85_000, 91_000]
    assert tasks.first_offer_ms.tolist() == [0, 30_000, -1, -1, 40_000, 90_000, 91_000]
    assert tasks.assigned_ms.tolist() == [4_000, 65_000, -1, -1, -1, -1, 93_000]
    assert tasks.wrapping_ms.tolist() == [14_000, -1, -1, -1, -1, -1, -1]
    assert tasks.ended_ms.tolist() == [20_000, 90_000, 25_000, 50_000, -1, -1, -1]
    assert tasks.offers.tolist() == [1, 2, 0, 0, 1, 1, 1]
    assert tasks.batches.tolist() == [1, 2, 0, 0, 1, 1, 1]
    assert tasks.worker.tolist() == [0, 0, -1, -1, -1, -1, 0]
    assert tasks.queue.tolist() == [0, 1, 0, 0, 0, 0, 0]
    assert tasks.stream.tolist() == [0, 0, 1, 0, 1, 0, 0]
    assert tasks.number.tolist() == [0, 1, 0, 2, 1, 3, 4]
    assert tasks.reason.tolist() == [-1, -1, Reason.HANGUP, Reason.OPERATOR, -1, -1, -1]
    assert tasks.status.tolist() == [
        TaskStatus.COMPLETED,
        TaskStatus.COMPLETED,
        TaskStatus.CANCELED,
        TaskStatus.CANCELED,
        TaskStatus.PENDING,
        TaskStatus.RESERVED,
        TaskStatus.ASSIGNED,
    ]
    assert tasks.wait_ended_ms.tolist() == [4_000, 65_000, 25_000, 50_000, -1, -1, 93_000]
    assert tasks.waiting.tolist() == [False] * 4 + [True, True, False]


def test_reservations_as_told() -> None:
    _, offers = read_tables(busy_hour().log)
    assert offers.task.tolist() == [0, 1, 4, 1, 5, 6]
    assert offers.place.tolist() == offers.task.tolist()
    assert offers.worker.tolist() == [0, 1, 0, 0, 1, 0]
    assert offers.queue.tolist() == [0, 0, 0, 1, 0, 0]
    assert offers.created_ms.tolist() == [0, 30_000, 40_000, 62_000, 90_000, 91_000]
    assert offers.until_ms.tolist() == [20_000, 50_000, 60_000, 82_000, 110_000, 111_000]
    assert offers.answered_ms.tolist() == [4_000, 50_000, 46_000, 65_000, -1, 93_000]
    assert offers.answer.tolist() == [
        ReservationStatus.ACCEPTED,
        ReservationStatus.TIMEOUT,
        ReservationStatus.REJECTED,
        ReservationStatus.ACCEPTED,
        ReservationStatus.PENDING,
        ReservationStatus.ACCEPTED,
    ]
    assert offers.on_hold_ms.tolist() == [-1] * 6
    assert offers.rang_until_ms.tolist() == offers.answered_ms.tolist()
    assert offers.opens_batch.tolist() == [1] * 6
    assert offers.wrapping_ms.tolist() == [14_000, -1, -1, -1, -1, -1]
    assert offers.released_ms.tolist() == [20_000, -1, -1, 90_000, -1, -1]


def test_removal_is_an_end_of_its_own_unless_the_task_had_ended() -> None:
    diary = Diary()
    waiting, done = diary.create(0), diary.create(0)
    diary.accept(1_000, diary.offer(0, done))
    diary.complete(2_000, done)
    diary.remove(3_000, waiting)
    diary.remove(4_000, done)
    diary.write(5_000, EventType.TASK_PURGED, task=done)
    tasks, _ = read_tables(diary.log)
    assert tasks.status.tolist() == [REMOVED, TaskStatus.COMPLETED]
    assert tasks.ended_ms.tolist() == [3_000, 2_000]


def test_batches_are_told_apart_by_the_rows_between_them() -> None:
    diary = Diary(bob=0)
    task, other = diary.create(0), diary.create(0)
    one, two = diary.offer(1_000, task, 0), diary.offer(1_000, task, 1)
    diary.reject(1_000, one)
    diary.reject(1_000, two)
    diary.offer(1_000, task, 0)  # a second batch, of one, at the same instant
    diary.offer(1_000, other, 1)  # of another task, in the next row
    tasks, offers = read_tables(diary.log)
    assert offers.opens_batch.tolist() == [1, 0, 1, 1]
    assert (tasks.offers.tolist(), tasks.batches.tolist()) == ([3, 1], [2, 1])


def test_a_set_up_begins_on_hold() -> None:
    diary = Diary()
    one, two = diary.offer(0, diary.create(0)), diary.offer(0, diary.create(0))
    diary.hold(3_000, one)
    diary.accept(8_000, one)
    diary.accept(9_000, two)
    _, offers = read_tables(diary.log)
    assert offers.on_hold_ms.tolist() == [3_000, -1]
    assert offers.rang_until_ms.tolist() == [3_000, 9_000]
    assert offers.answered_ms.tolist() == [8_000, 9_000]


def test_an_empty_log_has_empty_tables() -> None:
    tasks, offers = read_tables(Diary().log)
    assert (len(tasks), len(offers)) == (0, 0)


def test_filtering_keeps_all_columns_together() -> None:
    tasks, _ = read_tables(busy_hour().log)
    chosen = tasks.where(tasks.stream == 1)
    assert chosen.task.tolist() == [2, 4]
    assert chosen.created_ms.tolist() == [10_000, 40_000]
    assert chosen.created_ms.dtype == np.int64


def test_a_task_in_no_queue_stays_outside_until_its_wait_ends() -> None:
    diary = Diary()
    diary.accept(5_000, diary.offer(4_000, diary.route_to_worker(1_000, worker=0)))
    diary.route_to_worker(2_000, worker=0)
    diary.route_to_queue(3_000, queue=1)
    tasks, _ = read_tables(diary.log)
    queue, stays = read_queue_stays(diary.log, tasks, 10_000)
    spans = zip(*(column.tolist() for column in (queue, *stays)), strict=True)
    assert sorted(spans) == [(-1, 0, 1_000, 5_000), (-1, 1, 2_000, 10_000), (1, 2, 3_000, 10_000)]


def test_queue_stays_follow_moves() -> None:
    diary = busy_hour()
    tasks, _ = read_tables(diary.log)
    queue, stays = read_queue_stays(diary.log, tasks, BUSY_HOUR_ENDS_MS)
    told = list(
        zip(stays.owner.tolist(), queue.tolist(), stays.start_ms, stays.end_ms, strict=True)
    )
    assert told == [
        (0, 0, 0, 4_000),
        (1, 0, 5_000, 60_000),
        (1, 1, 60_000, 65_000),
        (2, 0, 10_000, 25_000),
        (3, 0, 20_000, 50_000),
        (4, 0, 40_000, 100_000),
        (5, 0, 85_000, 100_000),
        (6, 0, 91_000, 93_000),
    ]
