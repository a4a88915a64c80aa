"""What happened within a window, counted by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.statistics.book import (
    ANN,
    AVAILABLE,
    BACK_DOOR,
    BOB,
    BREAK,
    CAT,
    CHAT,
    FRONT_DOOR,
    OFFLINE,
    SALES,
    SUPPORT,
    VOICE,
    Book,
    busy_day,
)
from trsim.core.events import EventType
from trsim.statistics import (
    Query,
    Window,
    task_queue_cumulative,
    worker_cumulative,
    workers_cumulative,
    workflow_cumulative,
    workspace_cumulative,
)

NONE = {"avg": 0, "min": 0, "max": 0, "total": 0}
WHOLE = Query(Window(0, 120_000), split_by_wait_time=(10, 17))
RESERVATIONS = {
    "start_time",
    "end_time",
    "reservations_created",
    "reservations_accepted",
    "reservations_rejected",
    "reservations_timed_out",
    "reservations_canceled",
    "reservations_rescinded",
}
TASKS = RESERVATIONS | {
    "tasks_canceled",
    "tasks_completed",
    "tasks_deleted",
    "tasks_moved",
    "avg_task_acceptance_time",
    "wait_duration_until_accepted",
    "wait_duration_until_canceled",
    "split_by_wait_time",
}


def same(wait: int) -> dict[str, int]:
    """Return the figures of a single wait."""
    return {"avg": wait, "min": wait, "max": wait, "total": wait}


def sides(above: tuple[int, int], below: tuple[int, int]) -> dict[str, dict[str, int]]:
    """Return both sides of a split, each as accepted reservations and canceled tasks."""
    return {
        side: {"tasks_canceled": canceled, "reservations_accepted": accepted}
        for side, (accepted, canceled) in (("above", above), ("below", below))
    }


def counted(answer: dict[str, Any], *prefixes: str) -> dict[str, int]:
    """Return the single figures of an answer that are not 0."""
    return {
        name: value
        for name, value in answer.items()
        if isinstance(value, int) and value and name.startswith(prefixes)
    }


def test_every_field_has_taskrouters_name() -> None:
    log = busy_day()
    assert workspace_cumulative(log, WHOLE).to_dict().keys() == TASKS | {
        "tasks_created",
        "tasks_timed_out_in_workflow",
    }
    assert task_queue_cumulative(log, WHOLE, SUPPORT).to_dict().keys() == TASKS | {
        "tasks_entered",
        "wait_duration_in_queue_until_accepted",
    }
    assert workflow_cumulative(log, WHOLE, FRONT_DOOR).to_dict().keys() == TASKS | {
        "tasks_entered",
        "tasks_timed_out_in_workflow",
    }
    workers = RESERVATIONS | {"activity_durations"}
    assert workers_cumulative(log, WHOLE).to_dict().keys() == workers
    assert worker_cumulative(log, WHOLE, ANN).to_dict().keys() == workers


def test_the_workspace() -> None:
    assert workspace_cumulative(busy_day(), WHOLE).to_dict() == {
        "start_time": "1970-01-01T00:00:00Z",
        "end_time": "1970-01-01T00:02:00Z",
        "reservations_created": 7,
        "reservations_accepted": 2,
        "reservations_rejected": 1,
        "reservations_timed_out": 1,
        "reservations_canceled": 1,
        "reservations_rescinded": 1,
        "tasks_created": 9,
        "tasks_canceled": 2,
        "tasks_completed": 1,
        "tasks_deleted": 2,
        "tasks_moved": 1,
        "tasks_timed_out_in_workflow": 1,
        "avg_task_acceptance_time": 12,
        "wait_duration_until_accepted": {"avg": 12, "min": 7, "max": 17, "total": 24},
        # 12.5 s and 10 s
        "wait_duration_until_canceled": {"avg": 11, "min": 10, "max": 13, "total": 23},
        "split_by_wait_time": {
            "10": sides(above=(1, 1), below=(1, 1)),
            "17": sides(above=(0, 0), below=(2, 2)),
        },
    }


def test_a_queue_counts_what_happens_to_tasks_while_they_are_in_it() -> None:
    log = busy_day()
    support = task_queue_cumulative(log, WHOLE, SUPPORT).to_dict()
    assert counted(support, "reservations_", "tasks_") == {
        "reservations_created": 4,
        "reservations_accepted": 1,
        "reservations_rejected": 1,
        "reservations_canceled": 1,
        "tasks_entered": 7,
        "tasks_moved": 1,
        "tasks_canceled": 2,
        "tasks_completed": 1,
        "tasks_deleted": 1,
    }
    sales = task_queue_cumulative(log, WHOLE, SALES).to_dict()
    assert counted(sales, "reservations_", "tasks_") == {
        "reservations_created": 3,
        "reservations_accepted": 1,
        "reservations_timed_out": 1,
        "reservations_rescinded": 1,
        "tasks_entered": 3,
        "tasks_deleted": 1,
    }


def test_waits_of_a_queue_begin_with_the_task_or_with_the_entry() -> None:
    log = busy_day()
    support = task_queue_cumulative(log, WHOLE, SUPPORT).to_dict()
    assert support["avg_task_acceptance_time"] == 7
    assert support["wait_duration_until_accepted"] == same(7)
    assert support["wait_duration_in_queue_until_accepted"] == same(7)
    assert support["wait_duration_until_canceled"]["total"] == 23
    assert support["split_by_wait_time"]["10"] == sides(above=(0, 1), below=(1, 1))
    sales = task_queue_cumulative(log, WHOLE, SALES).to_dict()
    assert sales["wait_duration_until_accepted"] == same(17)
    assert sales["wait_duration_in_queue_until_accepted"] == same(7)
    assert sales["wait_duration_until_canceled"] == NONE
    assert sales["split_by_wait_time"]["10"] == sides(above=(1, 0), below=(0, 0))


def test_workflows_count_their_own_tasks() -> None:
    log = busy_day()
    front = workflow_cumulative(log, WHOLE, FRONT_DOOR).to_dict()
    assert counted(front, "reservations_", "tasks_") == {
        "reservations_created": 6,
        "reservations_accepted": 2,
        "reservations_rejected": 1,
        "reservations_canceled": 1,
        "reservations_rescinded": 1,
        "tasks_entered": 8,
        "tasks_canceled": 2,
        "tasks_completed": 1,
        "tasks_deleted": 2,
        "tasks_moved": 1,
        "tasks_timed_out_in_workflow": 1,
    }
    back = workflow_cumulative(log, WHOLE, BACK_DOOR).to_dict()
    assert counted(back, "reservations_", "tasks_", "avg_") == {
        "reservations_created": 1,
        "reservations_timed_out": 1,
        "tasks_entered": 1,
    }


@pytest.mark.parametrize(
    ("worker", "expected"),
    [
        (ANN, {"created": 4, "rejected": 1, "canceled": 1, "rescinded": 1}),
        (BOB, {"created": 2, "accepted": 1, "timed_out": 1}),
        (CAT, {"created": 1, "accepted": 1}),
    ],
    ids=["Ann", "Bob", "Cat"],
)
def test_a_worker_counts_its_own_reservations(worker: int, expected: dict[str, int]) -> None:
    answer = worker_cumulative(busy_day(), WHOLE, worker).to_dict()
    named = {f"reservations_{name}": count for name, count in expected.items()}
    assert counted(answer, "reservations_") == named


def test_activity_durations_of_all_workers() -> None:
    # Available: Ann 120 s, Bob 100 s, Cat 108 s.  Offline: Cat 12 s.  Break: Bob 20 s.
    answer = workers_cumulative(busy_day(), WHOLE).to_dict()
    assert answer["activity_durations"] == [
        {
            "sid": "WA" + 32 * "0",
            "friendly_name": "Available",
            "avg": 109,
            "min": 100,
            "max": 120,
            "total": 328,
        },
        {"sid": "WA" + 31 * "0" + "1", "friendly_name": "Offline", **same(12)},
        {"sid": "WA" + 31 * "0" + "2", "friendly_name": "Break", **same(20)},
    ]


@pytest.mark.parametrize(
    ("start_s", "end_s", "available", "offline", "on_break"),
    [
        (0, 120, same(100), NONE, same(20)),
        (90, 110, same(10), NONE, same(10)),
        (100, 120, NONE, NONE, same(20)),
        (0, 100, same(100), NONE, NONE),
        (40, 60, same(20), NONE, NONE),
    ],
)
def test_stays_are_cut_to_the_window(
    start_s: int, end_s: int, available: Any, offline: Any, on_break: Any
) -> None:
    query = Query(Window(1_000 * start_s, 1_000 * end_s))
    answer = worker_cumulative(busy_day(), query, BOB).to_dict()
    found = [
        {name: stay[name] for name in ("avg", "min", "max", "total")}
        for stay in answer["activity_durations"]
    ]
    assert found == [available, offline, on_break]


def test_several_stays_and_one_of_no_length() -> None:
    book = Book()
    book.worker(0, ANN, AVAILABLE, new=True)
    book.worker(2_000, ANN, BREAK)
    book.worker(5_000, ANN, OFFLINE)  # passes through
    book.worker(5_000, ANN, AVAILABLE)
    book.worker(9_500, ANN, OFFLINE)
    stays = worker_cumulative(book.log, Query(Window(0, 10_000)), ANN).activity_durations
    assert [(s.min, s.avg, s.max, s.total) for s in stays] == [
        (2, 3, 5, 7),  # 2 s and 4.5 s
        (1, 1, 1, 1),  # 0.5 s
        (3, 3, 3, 3),
    ]


@pytest.mark.parametrize(
    ("start_ms", "end_ms", "accepted", "entered"),
    [
        (0, 6_999, 0, 2),
        (0, 7_000, 1, 2),
        (7_000, 20_000, 0, 1),
        (6_999, 19_999, 1, 0),
        (20_000, 50_000, 0, 3),
    ],
)
def test_an_event_counts_where_its_time_lies(
    start_ms: int, end_ms: int, accepted: int, entered: int
) -> None:
    # In support, 0 is accepted at 7 s; tasks enter at 0 (two), 20, 40, 45 and 50 s.
    answer = task_queue_cumulative(busy_day(), Query(Window(start_ms, end_ms)), SUPPORT)
    assert (answer.reservations_accepted, answer.tasks_entered) == (accepted, entered)


def test_a_wait_that_ends_in_the_window_counts_in_full() -> None:
    answer = workspace_cumulative(busy_day(), Query(Window(15_000, 40_000)))
    assert answer.wait_duration_until_accepted.to_dict() == same(17)
    assert answer.wait_duration_until_canceled.to_dict() == same(13)
    assert answer.tasks_created == 3


@pytest.mark.parametrize(
    ("channel", "created", "deleted", "offers", "priority_waits"),
    [(VOICE, 6, 0, 6, 24), (CHAT, 3, 2, 1, 0)],
    ids=["voice", "chat"],
)
def test_a_channel_counts_its_own_tasks(
    channel: int, created: int, deleted: int, offers: int, priority_waits: int
) -> None:
    log, query = busy_day(), Query(Window(0, 120_000), channel)
    answer = workspace_cumulative(log, query)
    assert (answer.tasks_created, answer.tasks_deleted) == (created, deleted)
    assert answer.reservations_created == offers
    assert answer.wait_duration_until_accepted.total == priority_waits
    workers = workers_cumulative(log, query)
    assert workers.reservations_created == offers
    assert workers.activity_durations == workers_cumulative(log, WHOLE).activity_durations


def test_without_thresholds_nothing_is_split() -> None:
    assert workspace_cumulative(busy_day(), Query(Window(0, 120_000))).split_by_wait_time == {}


def test_an_empty_window_of_an_empty_queue_is_all_zero() -> None:
    log = busy_day()
    answer = task_queue_cumulative(log, Query(Window(118_000, 119_000), CHAT, (5,)), SALES)
    assert counted(answer.to_dict(), "") == {}
    assert answer.wait_duration_in_queue_until_accepted.to_dict() == NONE
    assert answer.to_dict()["split_by_wait_time"] == {"5": sides((0, 0), (0, 0))}


def test_the_two_documented_examples_in_one_workspace() -> None:
    # A preferred agent is waited for 15 s in vain; a sales agent rejects after 4 s.
    book = Book()
    support, sales = book.create(0, SUPPORT), book.create(0, SALES)
    missed = book.offer(0, sales, BOB)
    book.end(4_000, EventType.RESERVATION_REJECTED, missed)
    taken = book.offer(4_000, sales, CAT)
    book.accept(7_000, taken)
    book.row(15_000, EventType.TASK_QUEUE_TIMEOUT, support)
    book.row(15_000, EventType.WORKFLOW_TARGET_MATCHED, support)
    book.accept(17_000, book.offer(15_000, support, ANN))
    answer = workspace_cumulative(book.log, Query(Window(0, 60_000), split_by_wait_time=(10,)))
    assert answer.avg_task_acceptance_time == 12
    assert answer.to_dict()["split_by_wait_time"] == {"10": sides(above=(1, 0), below=(1, 0))}
    queue = task_queue_cumulative(book.log, Query(Window(0, 60_000)), SUPPORT)
    assert queue.tasks_entered == 1, "the second target has the same queue"
    assert queue.wait_duration_in_queue_until_accepted.to_dict() == same(17)


def test_a_late_acceptance_counts_from_the_entry_into_the_second_queue() -> None:
    book = Book()
    task = book.create(0, SUPPORT)
    book.move(10_000, task, SALES)
    book.accept(21_000, book.offer(17_000, task, ANN))
    answer = task_queue_cumulative(book.log, Query(Window(0, 60_000)), SALES)
    assert answer.wait_duration_until_accepted.to_dict() == same(21)
    assert answer.wait_duration_in_queue_until_accepted.to_dict() == same(11)
    assert task_queue_cumulative(book.log, Query(Window(0, 60_000)), SUPPORT).tasks_moved == 1


def test_a_task_that_comes_back_to_a_queue_enters_it_again() -> None:
    book = Book()
    task, other = book.create(0, SUPPORT), book.create(1_000, SUPPORT)
    book.move(10_000, task, SALES)
    book.move(20_000, task, SUPPORT)
    book.accept(23_000, book.offer(22_000, other, BOB))
    book.accept(25_000, book.offer(22_000, task, ANN))
    answer = task_queue_cumulative(book.log, Query(Window(0, 60_000)), SUPPORT)
    assert (answer.tasks_entered, answer.tasks_moved) == (3, 1)
    assert answer.wait_duration_in_queue_until_accepted.to_dict() == {
        "avg": 14,  # 22 s and 5 s
        "min": 5,
        "max": 22,
        "total": 27,
    }


def test_a_task_routed_to_a_worker_belongs_to_no_queue() -> None:
    book = Book()
    book.tasks.append({"task": 0, "workflow": 0, "channel": 0, "priority": 0, "task_status": 0})
    book.row(0, EventType.TASK_CREATED, 0)
    book.accept(3_000, book.offer(0, 0, ANN))
    query = Query(Window(0, 60_000))
    assert workspace_cumulative(book.log, query).avg_task_acceptance_time == 3
    front = workflow_cumulative(book.log, query, FRONT_DOOR)
    assert (front.tasks_entered, front.reservations_accepted) == (0, 1)
    for queue in (SUPPORT, SALES):
        assert task_queue_cumulative(book.log, query, queue).reservations_created == 0


def test_a_refused_task_leaves_no_trace() -> None:
    book = Book()
    book.write(1_000, EventType.TASK_REFUSED, workflow=FRONT_DOOR, channel=VOICE)
    answer = workflow_cumulative(book.log, Query(Window(0, 60_000)), FRONT_DOOR).to_dict()
    assert counted(answer, "") == {}
