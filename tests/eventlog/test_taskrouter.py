"""Rows as TaskRouter's events, worked out by hand."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from typing import Any

import pytest

from tests.analysis.diary import AVAILABLE, MISSED, NAMES, Diary, busy_hour
from trsim.core.events import EventType, Row
from trsim.core.sids import sid
from trsim.core.states import Reason
from trsim.eventlog.taskrouter import OWN_ROWS, Workspace, taskrouter_events

# 9:00 in Vienna is 8:00 UTC, 1,772,438,400 s after 1970 began.
NINE = dt.datetime(2026, 3, 2, 9, tzinfo=zoneinfo.ZoneInfo("Europe/Vienna"))
PLACE = Workspace("Desk", NINE, ['{"level":1}', '{"level":2}'], [0, 1], ["1==1", "level > 1"])
TASK = "WT00000000000000000000000000000000"
ANN = "WK00000000000000000000000000000000"
WORKSPACE = "WS00000000000000000000000000000000"


def events(diary: Diary, workspace: Workspace = PLACE) -> list[dict[str, Any]]:
    return list(taskrouter_events(diary.log.rows(), NAMES, workspace))


def data(diary: Diary, event_type: str) -> list[dict[str, str]]:
    return [event["event_data"] for event in events(diary) if event["event_type"] == event_type]


def missed_once() -> Diary:
    """One task, which Ann misses at 20 s; she comes back after 7.4 s and takes it."""
    diary = Diary()
    task = diary.create(0)
    diary.time_out(20_000, diary.offer(0, task))
    diary.activity(27_400, 0, AVAILABLE)
    diary.accept(30_999, diary.offer(27_400, task))
    diary.wrap_up(90_000, task)
    diary.complete(95_000, task)
    return diary


def test_the_whole_story_has_these_events() -> None:
    told = [
        (event["event_date_ms"] - 1_772_438_400_000, event["event_type"])
        for event in events(missed_once())
    ]
    assert told == [
        (0, "worker.created"),
        (0, "worker.created"),
        (0, "task.created"),
        (0, "workflow.entered"),
        (0, "workflow.target-matched"),
        (0, "task-queue.entered"),
        (0, "reservation.created"),
        (20_000, "reservation.timeout"),
        (20_000, "worker.activity.update"),
        (27_400, "worker.activity.update"),
        (27_400, "reservation.created"),
        (30_999, "reservation.accepted"),
        (90_000, "task.wrapup"),
        (90_000, "reservation.wrapup"),
        (95_000, "task.completed"),
        (95_000, "reservation.completed"),
        (95_000, "task.updated"),
    ]


def test_an_acceptance_in_full() -> None:
    assert events(missed_once())[11] == {
        "sid": "EV0000000000000000000000000000000b",
        "event_type": "reservation.accepted",
        "description": "Reservation WR00000000000000000000000000000001: reservation.accepted",
        "event_date": "2026-03-02T08:00:30Z",
        "event_date_ms": 1_772_438_430_999,
        "resource_type": "reservation",
        "resource_sid": "WR00000000000000000000000000000001",
        "source": "trsim",
        "workspace_sid": WORKSPACE,
        "event_data": {
            "workspace_sid": WORKSPACE,
            "workspace_name": "Desk",
            "task_sid": TASK,
            "task_attributes": "{}",
            "task_age": "30",
            "task_priority": "0",
            "task_assignment_status": "assigned",
            "task_channel_sid": "TC00000000000000000000000000000000",
            "task_channel_unique_name": "voice",
            "task_queue_sid": "WQ00000000000000000000000000000000",
            "task_queue_name": "billing",
            "workflow_sid": "WW00000000000000000000000000000000",
            "workflow_name": "front_door",
            "reservation_sid": "WR00000000000000000000000000000001",
            "worker_sid": ANN,
            "worker_name": "Ann",
            "worker_attributes": '{"level":1}',
            "worker_activity_sid": "WA00000000000000000000000000000000",
            "worker_activity_name": "Available",
        },
    }


def test_an_activity_in_full() -> None:
    event = events(missed_once())[9]
    assert event["description"] == "Worker Ann updated to Available Activity"
    assert (event["resource_type"], event["resource_sid"]) == ("worker", ANN)
    assert event["event_data"] == {
        "workspace_sid": WORKSPACE,
        "workspace_name": "Desk",
        "worker_sid": ANN,
        "worker_name": "Ann",
        "worker_attributes": '{"level":1}',
        "worker_activity_sid": "WA00000000000000000000000000000000",
        "worker_activity_name": "Available",
        "worker_time_in_previous_activity": "7",
        "worker_time_in_previous_activity_ms": "7400",
        "worker_previous_activity_sid": "WA00000000000000000000000000000002",
        "worker_previous_activity_name": "Missed",
    }


def test_descriptions_are_those_of_twilio_where_they_are_known() -> None:
    diary = missed_once()
    expired = diary.create(100_000)
    diary.cancel(110_000, expired, Reason.TTL)
    diary.write(120_000, EventType.TASK_QUEUE_EXPRESSION_UPDATED, queue=1, value=1)
    told = {event["event_type"]: event["description"] for event in events(diary)}
    assert told["reservation.created"] == (
        f"Task {TASK} assigned to Worker Ann with Reservation WR00000000000000000000000000000001"
    )
    assert told["task.canceled"] == "Task TTL Exceeded"
    assert told["task-queue.expression.updated"] == (
        "TaskQueue WQ00000000000000000000000000000001 expression updated to 'level > 1'"
    )
    assert told["task.completed"] == f"Task {TASK}: task.completed"


def test_a_canceled_task_says_why_and_so_do_its_reservations() -> None:
    diary = Diary()
    task = diary.create(0)
    diary.offer(0, task)
    diary.cancel(5_000, task)
    (canceled,) = data(diary, "task.canceled")
    (ended,) = data(diary, "reservation.canceled")
    (entered,) = data(diary, "task-queue.entered")
    assert canceled["task_canceled_reason"] == ended["task_canceled_reason"] == "hangup"
    assert "task_canceled_reason" not in entered
    assert "worker_sid" not in canceled


def test_attributes_and_priority_are_those_of_the_moment() -> None:
    diary = Diary()
    diary.create(0)
    names = NAMES.from_dict({**NAMES.as_dict(), "attribute_sets": ["{}", '{"vip":true}']})
    changed = {"task": 0, "queue": 0, "workflow": 0, "channel": 0, "task_status": 0}
    diary.write(4_000, EventType.TASK_UPDATED, **changed, attributes=1, priority=9)
    diary.offer(4_000, 0)
    told = [
        (event["event_data"]["task_attributes"], event["event_data"]["task_priority"])
        for event in taskrouter_events(diary.log.rows(), names, PLACE)
        if event["resource_type"] != "worker"
    ]
    assert told == [("{}", "0")] * 4 + [('{"vip":true}', "9"), ('{"vip":true}', "0")]


def test_a_removed_task_keeps_its_last_status_for_its_reservations() -> None:
    diary = Diary()
    task = diary.create(0)
    diary.offer(0, task)
    diary.remove(5_000, task)
    diary.activity(6_000, 0, MISSED)
    (removed,) = data(diary, "task.deleted")
    (ended,) = data(diary, "reservation.canceled")
    assert removed["task_assignment_status"] == ended["task_assignment_status"] == "reserved"


@pytest.mark.parametrize(
    ("event", "fields", "expected"),
    [
        (
            EventType.WORKER_CAPACITY_UPDATE,
            {"worker": 1, "channel": 0, "value": 3},
            ("worker", "worker_channel_configured_capacity", "3"),
        ),
        (
            EventType.WORKER_CHANNEL_AVAILABILITY_UPDATE,
            {"worker": 1, "channel": 0, "value": 0},
            ("worker", "worker_channel_available", "false"),
        ),
        (
            EventType.WORKER_ATTRIBUTES_UPDATE,
            {"worker": 1, "value": 0},
            ("worker", "worker_attributes", '{"level":1}'),
        ),
        (
            EventType.TASK_QUEUE_EXPRESSION_UPDATED,
            {"queue": 1, "value": 1},
            ("task-queue", "task_queue_target_expression", "level > 1"),
        ),
        (
            EventType.WORKFLOW_UPDATED,
            {"workflow": 0, "value": 0, "until_ms": 20_000},
            ("workflow", "workflow_name", "front_door"),
        ),
    ],
    ids=lambda value: value.label if isinstance(value, EventType) else "",
)
def test_settings(event: EventType, fields: dict[str, int], expected: tuple[str, ...]) -> None:
    diary = Diary()
    diary.write(1_000, event, **fields)
    found = events(diary)[-1]
    kind, key, value = expected
    assert (found["event_type"], found["resource_type"]) == (event.label, kind)
    assert found["event_data"][key] == value


def test_rows_of_our_own_are_left_out() -> None:
    diary = missed_once()
    before = events(diary)
    diary.refuse(96_000)
    diary.write(97_000, EventType.TASK_QUEUE_UPDATED, queue=0, value=2)
    diary.write(98_000, EventType.WORKFLOW_REEVALUATED, workflow=0, value=0)
    diary.remove(395_000, 0, EventType.TASK_PURGED)
    assert events(diary) == before
    task = diary.create(400_000)
    # Numbers stay those of the rows: 17 events, 4 rows left out.
    assert events(diary)[17]["sid"] == sid("EV", 21)
    offer = diary.offer(400_000, task)
    diary._offer_row(401_000, EventType.RESERVATION_ON_HOLD, offer)
    assert "reservation.on-hold" not in [event["event_type"] for event in events(diary)]


def test_every_other_type_has_an_event() -> None:
    ours = {"task.purged", "task.refused", "reservation.on-hold", "task-queue.updated"}
    assert {event.label for event in OWN_ROWS} == {*ours, "workflow.reevaluated"}


def test_what_is_not_known_is_left_out() -> None:
    diary = Diary()
    diary.write(1_000, EventType.TASK_QUEUE_EXPRESSION_UPDATED, queue=1, value=1)
    created, _, updated = events(diary, Workspace("Desk", dt.datetime(1970, 1, 1, tzinfo=dt.UTC)))
    assert "worker_attributes" not in created["event_data"]
    assert "task_queue_target_expression" not in updated["event_data"]
    assert updated["event_date"] == "1970-01-01T00:00:01Z"


def test_every_value_is_a_text() -> None:
    found = events(busy_hour())
    assert len(found) == len(busy_hour().log) - 1  # one task was refused
    for event in found:
        assert all(isinstance(value, str) for value in event["event_data"].values())


def test_memory_is_that_of_open_tasks() -> None:
    """Two tasks a second for 1,000 s, of which each is gone after a second."""
    open_at_once: list[int] = []

    def rows() -> Iterator[Row]:
        nothing = Row(*[-1] * len(Row._fields))
        for task in range(2_000):
            at_ms = task * 500
            created = {"task": task, "task_status": 0, "attributes": 0, "workflow": 0}
            yield nothing._replace(at_ms=at_ms, event=EventType.TASK_CREATED, **created)
            if task >= 2:
                gone = EventType.TASK_PURGED if task % 2 else EventType.TASK_DELETED
                yield nothing._replace(at_ms=at_ms, event=gone, task=task - 2)
            open_at_once.append(len(stream.gi_frame.f_locals["memory"]._tasks))

    stream: Any = taskrouter_events(rows(), NAMES, PLACE)
    assert sum(1 for _ in stream) == 2_000 + 999
    assert max(open_at_once) <= 4
