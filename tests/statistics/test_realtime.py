"""The state at an instant, told by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.statistics.book import (
    ANN,
    BACK_DOOR,
    BOB,
    CAT,
    CHAT,
    FRONT_DOOR,
    SALES,
    SUPPORT,
    VOICE,
    Book,
    busy_day,
)
from trsim.statistics import (
    task_queue_real_time,
    workers_real_time,
    workflow_real_time,
    workspace_real_time,
)

STATUSES = ("pending", "reserved", "assigned", "wrapping", "completed", "canceled")
TASKS = {
    "total_tasks",
    "tasks_by_status",
    "tasks_by_priority",
    "longest_task_waiting_age",
    "longest_task_waiting_sid",
}


def by_status(answer: dict[str, Any]) -> tuple[int, ...]:
    assert tuple(answer["tasks_by_status"]) == STATUSES
    return tuple(answer["tasks_by_status"].values())


def task_sid(number: int) -> str:
    return f"WT{31 * '0'}{number}"


def test_every_field_has_taskrouters_name() -> None:
    log = busy_day()
    assert workspace_real_time(log, 1).to_dict().keys() == TASKS | {
        "activity_statistics",
        "total_workers",
    }
    assert task_queue_real_time(log, 1, SUPPORT, ()).to_dict().keys() == TASKS | {
        "longest_relative_task_age_in_queue",
        "longest_relative_task_sid_in_queue",
        "total_eligible_workers",
        "total_available_workers",
        "activity_statistics",
    }
    assert workflow_real_time(log, 1, FRONT_DOOR).to_dict().keys() == TASKS
    assert workers_real_time(log, 1).to_dict().keys() == {"activity_statistics", "total_workers"}


@pytest.mark.parametrize(
    ("at_ms", "statuses"),
    [
        (0, (2, 0, 0, 0, 0, 0)),
        (999, (2, 0, 0, 0, 0, 0)),
        (1_000, (1, 1, 0, 0, 0, 0)),
        (4_000, (1, 1, 0, 0, 0, 0)),
        (7_000, (1, 0, 1, 0, 0, 0)),
        (17_000, (0, 0, 2, 0, 0, 0)),
        (32_500, (1, 0, 2, 0, 0, 1)),
        (60_000, (3, 0, 1, 1, 0, 2)),
        (70_000, (5, 0, 1, 0, 1, 2)),
        (80_000, (4, 0, 1, 0, 1, 2)),
        (109_999, (3, 1, 1, 0, 1, 2)),
        (110_000, (3, 1, 1, 0, 0, 2)),
        (115_000, (2, 1, 1, 0, 0, 2)),
    ],
)
def test_tasks_of_the_workspace_by_status(at_ms: int, statuses: tuple[int, ...]) -> None:
    answer = workspace_real_time(busy_day(), at_ms).to_dict()
    assert by_status(answer) == statuses
    assert answer["total_tasks"] == sum(statuses[:4])


def test_tasks_of_a_queue_and_of_a_workflow() -> None:
    log = busy_day()
    assert by_status(task_queue_real_time(log, 95_000, SUPPORT, ()).to_dict()) == (2, 0, 0, 0, 1, 2)
    assert by_status(task_queue_real_time(log, 95_000, SALES, ()).to_dict()) == (1, 1, 1, 0, 0, 0)
    assert by_status(workflow_real_time(log, 95_000, FRONT_DOOR).to_dict()) == (3, 0, 1, 0, 1, 2)
    assert by_status(workflow_real_time(log, 95_000, BACK_DOOR).to_dict()) == (0, 1, 0, 0, 0, 0)


def test_priorities_are_those_of_unassigned_tasks() -> None:
    log = busy_day()
    # 3 is reserved, 6, 7 and 8 are pending; 0 is completed and 1 assigned.
    found = workspace_real_time(log, 95_000).tasks_by_priority
    assert list(found.items()) == [("0", 1), ("2", 2), ("5", 1)]
    assert task_queue_real_time(log, 95_000, SUPPORT, ()).tasks_by_priority == {"2": 2}
    assert task_queue_real_time(log, 16_000, SUPPORT, ()).tasks_by_priority == {}


@pytest.mark.parametrize(
    ("at_ms", "age", "number"),
    [
        (0, 0, 0),
        (2_500, 3, 1),  # 0 is reserved
        (12_000, 0, None),  # 1 is reserved as well
        (45_000, 15, 3),
        (95_000, 45, 6),  # 3 is reserved
        (120_000, 90, 3),
    ],
)
def test_the_oldest_pending_task_waits_longest(at_ms: int, age: int, number: int | None) -> None:
    answer = workspace_real_time(busy_day(), at_ms)
    assert answer.longest_task_waiting_age == age
    assert answer.longest_task_waiting_sid == (None if number is None else task_sid(number))


def test_a_queue_knows_who_waits_longest_in_it() -> None:
    book = Book()
    first = book.create(0, SUPPORT)
    second = book.create(4_000, SALES)
    third = book.create(6_000, SALES)
    book.move(10_000, first, SALES)
    answer = task_queue_real_time(book.log, 15_000, SALES, ())
    assert answer.longest_task_waiting_age == 15
    assert answer.longest_task_waiting_sid == task_sid(first)
    assert answer.longest_relative_task_age_in_queue == 11
    assert answer.longest_relative_task_sid_in_queue == task_sid(second)
    book.offer(16_000, second, ANN)
    later = task_queue_real_time(book.log, 16_000, SALES, ())
    assert later.longest_relative_task_sid_in_queue == task_sid(third)
    assert task_queue_real_time(book.log, 16_000, SUPPORT, ()).total_tasks == 0


def test_a_queue_without_pending_tasks_has_no_longest_wait() -> None:
    answer = task_queue_real_time(busy_day(), 12_000, SALES, ())
    assert answer.tasks_by_status["reserved"] == 1
    assert answer.longest_relative_task_age_in_queue == 0
    assert answer.longest_relative_task_sid_in_queue is None


@pytest.mark.parametrize(
    ("at_ms", "workers"),
    [
        (0, [2, 1, 0]),
        (11_999, [2, 1, 0]),
        (12_000, [3, 0, 0]),
        (100_000, [2, 0, 1]),
    ],
)
def test_workers_by_activity(at_ms: int, workers: list[int]) -> None:
    log = busy_day()
    answer = workers_real_time(log, at_ms)
    assert answer.total_workers == 3
    assert [entry.workers for entry in answer.activity_statistics] == workers
    assert workspace_real_time(log, at_ms).activity_statistics == answer.activity_statistics
    assert workspace_real_time(log, at_ms).total_workers == 3


def test_an_activity_has_its_sid_and_its_name() -> None:
    found = workers_real_time(busy_day(), 0).to_dict()["activity_statistics"]
    assert found[1] == {"sid": f"WA{31 * '0'}1", "friendly_name": "Offline", "workers": 1}


@pytest.mark.parametrize(
    ("members", "at_ms", "eligible", "available", "workers"),
    [
        ((), 0, 0, 0, [0, 0, 0]),
        ((BOB, CAT), 0, 2, 1, [1, 1, 0]),
        # Both are busy with a task and available all the same.
        ((BOB, CAT), 20_000, 2, 2, [2, 0, 0]),
        ((BOB, CAT), 100_000, 2, 1, [1, 0, 1]),
        ((ANN, BOB, CAT), 100_000, 3, 2, [2, 0, 1]),
    ],
    ids=["nobody", "at-first", "busy", "on-break", "everybody"],
)
def test_workers_of_a_queue(
    members: tuple[int, ...], at_ms: int, eligible: int, available: int, workers: list[int]
) -> None:
    answer = task_queue_real_time(busy_day(), at_ms, SUPPORT, members)
    assert answer.total_eligible_workers == eligible
    assert answer.total_available_workers == available
    assert [entry.workers for entry in answer.activity_statistics] == workers


def test_a_channel_has_its_own_tasks_and_shares_the_workers() -> None:
    log = busy_day()
    voice = workspace_real_time(log, 95_000, channel=VOICE)
    chat = workspace_real_time(log, 95_000, channel=CHAT)
    assert by_status(voice.to_dict()) == (2, 0, 1, 0, 1, 2)
    assert by_status(chat.to_dict()) == (1, 1, 0, 0, 0, 0)
    assert chat.longest_task_waiting_sid == task_sid(7)
    assert chat.activity_statistics == voice.activity_statistics
    support = task_queue_real_time(log, 95_000, SUPPORT, (ANN,), channel=CHAT)
    assert (support.total_tasks, support.total_eligible_workers) == (0, 1)
    assert workflow_real_time(log, 95_000, FRONT_DOOR, channel=CHAT).total_tasks == 1


def test_before_anything_happens_there_is_nothing() -> None:
    book = Book()
    book.worker(0, ANN, 0, new=True)
    answer = workspace_real_time(book.log, 5_000).to_dict()
    assert by_status(answer) == (0,) * 6
    assert (answer["total_tasks"], answer["tasks_by_priority"]) == (0, {})
    assert answer["total_workers"] == 1, "only Ann is there"
