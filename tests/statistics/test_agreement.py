"""Statistics of a simulated run beside a plain count of its rows, and what must add up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

import trsim
from trsim.core.events import EventType, Row
from trsim.core.states import REMOVED, TaskStatus
from trsim.eventlog import EventLog
from trsim.statistics import (
    Query,
    Window,
    members_at,
    task_queue_cumulative,
    task_queue_real_time,
    worker_cumulative,
    workers_cumulative,
    workers_real_time,
    workflow_cumulative,
    workflow_real_time,
    workspace_cumulative,
    workspace_real_time,
)

HORIZON_MS = 7_200_000
SCENARIO: dict[str, Any] = {
    "trsim": 1,
    "horizon": "2h",
    "seed": 5,
    "task_queues": {
        "billing": {"target_workers": "skill == 'billing'", "max_reserved_workers": 2},
        "everyone": {"target_workers": "1==1"},
    },
    "workflows": {
        "front_door": {
            "task_reservation_timeout": "15s",
            "configuration": {
                "task_routing": {
                    "filters": [
                        {
                            "expression": "1==1",
                            "targets": [
                                {"queue": "billing", "timeout": 20, "priority": 3},
                                {"queue": "everyone", "timeout": 60},
                            ],
                        }
                    ]
                }
            },
        },
        "back_door": {"configuration": {"task_routing": {"default_filter": {"queue": "everyone"}}}},
    },
    "behaviors": {
        "phone": {
            "answer_delay": {"distribution": "exponential", "mean": "6s"},
            "no_answer_probability": "5%",
            "reject_probability": "15%",
            "return_delay": {"after_timeout": "2m"},
        }
    },
    "workers": {
        "biller": {"count": 3, "behavior": "phone", "attributes": {"skill": "billing"}},
        "other": {"count": 3, "behavior": "phone", "attributes": {"skill": "none"}},
    },
    "tasks": {
        "calls": {
            "workflow": "front_door",
            "task_channel": "voice",
            "arrivals": {"process": "poisson", "rate": "100/h"},
            "talk_time": {"distribution": "exponential", "mean": "2m"},
            "wrap_up_time": "20s",
            "patience": {"distribution": "exponential", "mean": "3m"},
        },
        "chats": {
            "workflow": "back_door",
            "task_channel": "chat",
            "arrivals": {"process": "poisson", "rate": "60/h"},
            "talk_time": {"distribution": "exponential", "mean": "3m"},
            "timeout": "10m",
        },
    },
}
WINDOWS = [Window(0, HORIZON_MS), Window(0, 1_800_000), Window(1_800_000, 5_432_100)]
INSTANTS = [0, 600_000, 1_234_567, 3_600_000, HORIZON_MS]


@pytest.fixture(scope="module")
def model() -> trsim.Model:
    return trsim.Scenario.from_dict(SCENARIO).compile()


@pytest.fixture(scope="module")
def log(model: trsim.Model) -> EventLog:
    return trsim.run(model).log


def window_id(window: Window) -> str:
    return f"{window.start_ms}-{window.end_ms}"


NAMES = {
    "tasks_created": ("task.created",),
    "tasks_canceled": ("task.canceled",),
    "tasks_completed": ("task.completed",),
    "tasks_deleted": ("task.deleted", "task.system-deleted"),
    "tasks_moved": ("task-queue.moved",),
    "tasks_timed_out_in_workflow": ("workflow.timeout",),
    "reservations_created": ("reservation.created",),
    "reservations_accepted": ("reservation.accepted",),
    "reservations_rejected": ("reservation.rejected",),
    "reservations_timed_out": ("reservation.timeout",),
    "reservations_canceled": ("reservation.canceled",),
    "reservations_rescinded": ("reservation.rescinded",),
}


def plain_count(
    log: EventLog, window: Window, belongs: Callable[[Row], bool], entries: str = ""
) -> dict[str, Any]:
    """Return the same figures by going through the rows one by one."""
    created: dict[int, int] = {}
    entered: dict[int, int] = {}
    counts: Counter[str] = Counter()
    waits: dict[str, list[int]] = defaultdict(list)
    for row in log.rows():
        label = EventType(row.event).label
        if label == "task.created":
            created[row.task] = row.at_ms
        if label == "task-queue.entered":
            entered[row.task] = row.at_ms
        begun = row.at_ms > window.start_ms or window.start_ms == 0
        if not (begun and row.at_ms <= window.end_ms and belongs(row)):
            continue
        counts[label] += 1
        if label == "reservation.accepted":
            waits["wait_duration_until_accepted"].append(row.at_ms - created[row.task])
            waits["wait_duration_in_queue_until_accepted"].append(row.at_ms - entered[row.task])
        if label == "task.canceled":
            waits["wait_duration_until_canceled"].append(row.at_ms - created[row.task])
    found: dict[str, Any] = {
        name: sum(counts[label] for label in labels) for name, labels in NAMES.items()
    }
    found["tasks_entered"] = counts[entries]
    for name in (
        "wait_duration_until_accepted",
        "wait_duration_until_canceled",
        "wait_duration_in_queue_until_accepted",
    ):
        found[name] = spread(waits[name])
    found["avg_task_acceptance_time"] = found["wait_duration_until_accepted"]["avg"]
    found["split_by_wait_time"] = {
        "10": {
            side: {
                "tasks_canceled": sum(
                    (wait > 10_000) == above for wait in waits["wait_duration_until_canceled"]
                ),
                "reservations_accepted": sum(
                    (wait > 10_000) == above for wait in waits["wait_duration_until_accepted"]
                ),
            }
            for side, above in (("above", True), ("below", False))
        }
    }
    return found


def spread(waits_ms: list[int]) -> dict[str, int]:
    if not waits_ms:
        return {"avg": 0, "min": 0, "max": 0, "total": 0}
    total = sum(waits_ms)
    exact = {
        "avg": (total, len(waits_ms)),
        "min": (min(waits_ms), 1),
        "max": (max(waits_ms), 1),
        "total": (total, 1),
    }
    return {
        name: int((Fraction(sum_ms, 1000 * n) + Fraction(1, 2)) // 1)
        for name, (sum_ms, n) in exact.items()
    }


def having(column: str, number: int) -> Callable[[Row], bool]:
    return lambda row: getattr(row, column) == number


def compare(answer: dict[str, Any], counted: dict[str, Any]) -> None:
    uncounted = {"start_time", "end_time", "activity_durations"}
    answered = {name: value for name, value in answer.items() if name not in uncounted}
    assert answered == {name: counted[name] for name in answered}


@pytest.mark.parametrize("window", WINDOWS, ids=window_id)
def test_cumulative_statistics_are_those_of_a_plain_count(log: EventLog, window: Window) -> None:
    query = Query(window, split_by_wait_time=(10,))
    compare(workspace_cumulative(log, query).to_dict(), plain_count(log, window, lambda row: True))
    for number in range(2):
        in_queue = plain_count(log, window, having("queue", number), "task-queue.entered")
        compare(task_queue_cumulative(log, query, number).to_dict(), in_queue)
        in_workflow = plain_count(log, window, having("workflow", number), "workflow.entered")
        compare(workflow_cumulative(log, query, number).to_dict(), in_workflow)
    for number in range(6):
        of_worker = plain_count(log, window, having("worker", number))
        compare(worker_cumulative(log, query, number).to_dict(), of_worker)


def test_everything_happens_in_the_run(log: EventLog) -> None:
    # Otherwise the comparison above would compare zeros.
    answer = workspace_cumulative(log, Query(WINDOWS[0], split_by_wait_time=(10,))).to_dict()
    never = {name for name, value in answer.items() if isinstance(value, int) and value < 3}
    assert never == {"tasks_deleted"}


@pytest.mark.parametrize("channel", [-1, 1], ids=["all", "voice"])
def test_parts_add_up_to_the_whole(log: EventLog, channel: int) -> None:
    """Windows to the run, queues and workflows and workers to the workspace."""
    whole = workspace_cumulative(log, Query(WINDOWS[0], channel)).to_dict()
    bounds = [0, 1, 1_800_000, 5_432_100, HORIZON_MS]
    windows = [Window(low, high) for low, high in pairwise(bounds)]
    parts = [workspace_cumulative(log, Query(window, channel)).to_dict() for window in windows]
    queues = [task_queue_cumulative(log, Query(WINDOWS[0], channel), n).to_dict() for n in range(2)]
    flows = [workflow_cumulative(log, Query(WINDOWS[0], channel), n).to_dict() for n in range(2)]
    people = [worker_cumulative(log, Query(WINDOWS[0], channel), n).to_dict() for n in range(6)]
    for name, total in whole.items():
        if not name.startswith(("tasks_", "reservations_")):
            continue
        assert sum(part[name] for part in parts) == total, name
        for group in (queues, flows, people):
            if name in group[0]:
                assert sum(member[name] for member in group) == total, name
    assert sum(flow["tasks_entered"] for flow in flows) == whole["tasks_created"]


@pytest.mark.parametrize("at_ms", INSTANTS[1:])
def test_tasks_and_reservations_are_conserved(log: EventLog, at_ms: int) -> None:
    past = workspace_cumulative(log, Query(Window(0, at_ms)))
    now = workspace_real_time(log, at_ms)
    ended = past.tasks_canceled + past.tasks_completed + past.tasks_deleted
    assert past.tasks_created == ended + now.total_tasks
    answered = (
        past.reservations_accepted
        + past.reservations_rejected
        + past.reservations_timed_out
        + past.reservations_canceled
        + past.reservations_rescinded
    )
    # Nobody deletes a task here, so an accepted reservation is never canceled.
    assert now.tasks_by_status["reserved"] <= past.reservations_created - answered
    for queue in range(2):
        seen = task_queue_cumulative(log, Query(Window(0, at_ms)), queue)
        left = seen.tasks_canceled + seen.tasks_completed + seen.tasks_moved
        assert seen.tasks_entered - left == task_queue_real_time(log, at_ms, queue, ()).total_tasks


@pytest.mark.parametrize("at_ms", INSTANTS)
def test_the_state_is_that_of_a_plain_fold(log: EventLog, model: trsim.Model, at_ms: int) -> None:
    status: dict[int, int] = {}
    where: dict[int, tuple[int, int]] = {}
    since: dict[int, tuple[int, int]] = {}
    activity: dict[int, int] = {}
    for row in log.rows():
        if row.at_ms > at_ms:
            break
        if row.event in (EventType.WORKER_CREATED, EventType.WORKER_ACTIVITY_UPDATE):
            activity[row.worker] = row.activity
        if row.task < 0:
            continue
        status[row.task] = REMOVED if row.task_status < 0 else row.task_status
        if row.event == EventType.TASK_CREATED:
            since[row.task] = (row.at_ms, -1)
        if row.event == EventType.TASK_QUEUE_ENTERED:
            where[row.task] = (row.queue, row.workflow)
            since[row.task] = (since[row.task][0], row.at_ms)

    def expected(place: int, number: int) -> dict[str, Any]:
        inside = [task for task in status if place < 0 or where[task][place] == number]
        waiting = [task for task in inside if status[task] == TaskStatus.PENDING]
        oldest = min((since[task][0] for task in waiting), default=at_ms)
        return {
            "by_status": tuple(sum(status[task] == s for task in inside) for s in TaskStatus),
            "age": round_half_up(at_ms - oldest),
        }

    def found(answer: Any) -> dict[str, Any]:
        by_status = tuple(answer.tasks_by_status.values())
        return {"by_status": by_status, "age": answer.longest_task_waiting_age}

    assert found(workspace_real_time(log, at_ms)) == expected(-1, 0)
    people = Counter(activity.values())
    workers = workers_real_time(log, at_ms)
    assert [entry.workers for entry in workers.activity_statistics] == [
        people[number] for number in range(len(log.names.activities))
    ]
    for number in range(2):
        assert found(workflow_real_time(log, at_ms, number)) == expected(1, number)
        members = members_at(log, model, number, at_ms)
        queue = task_queue_real_time(log, at_ms, number, members)
        assert found(queue) == expected(0, number)
        assert queue.total_eligible_workers == (3, 6)[number]
        entered = [
            since[task][1]
            for task in status
            if status[task] == TaskStatus.PENDING and where[task][0] == number
        ]
        longest = round_half_up(at_ms - min(entered, default=at_ms))
        assert queue.longest_relative_task_age_in_queue == longest


def round_half_up(duration_ms: int) -> int:
    return int((Fraction(duration_ms, 1000) + Fraction(1, 2)) // 1)


@pytest.mark.parametrize("window", WINDOWS, ids=window_id)
def test_workers_spend_the_whole_window_in_some_activity(log: EventLog, window: Window) -> None:
    length_s = (window.end_ms - window.start_ms) / 1000
    for worker in range(6):
        stays = worker_cumulative(log, Query(window), worker).activity_durations
        assert sum(stay.total for stay in stays) == pytest.approx(length_s, abs=len(stays) / 2)
    everyone = workers_cumulative(log, Query(window)).activity_durations
    assert sum(stay.total for stay in everyone) == pytest.approx(6 * length_s, abs=2)
