"""What befell a task, told row by row: what routing beyond the plain case adds to a story."""

from __future__ import annotations

import re

import pytest

from tests.analysis.diary import BREAK, Diary
from trsim.core.events import EventType as Event
from trsim.core.states import Reason
from trsim.core.states import ReservationStatus as Offer
from trsim.core.states import TaskStatus as Task
from trsim.report.story import story


def told(diary: Diary, task: int = 0) -> dict[str, str]:
    """Return the texts of a story by their words; of a word that comes twice, the last one."""
    lines = story(diary.log, tasks=[task], horizon_ms=100_000).splitlines()[1:]
    columns = [re.split(r"  +", line.strip(), maxsplit=3) for line in lines]
    return {word: text for _, _, word, text in columns}


def test_a_set_up_is_told_from_the_taking_to_the_connection() -> None:
    diary = Diary()
    offer = diary.offer(1_000, diary.create(0))
    diary.hold(4_000, offer)
    diary.accept(9_000, offer)
    texts = told(diary)
    assert texts["On hold"] == (
        "Ann takes it after 3s; the connection is being made, and the time to answer no longer "
        "runs (reservation pending, task reserved)"
    )
    assert texts["Accepted"] == "Ann is connected after 5s (reservation accepted)"
    assert texts["Assigned"].startswith("Ann has the task, 9s after its creation")


def test_a_set_up_that_fails_says_so() -> None:
    diary = Diary()
    offer = diary.offer(1_000, diary.create(0))
    diary.hold(4_000, offer)
    diary.fail_set_up(9_000, offer)
    text = told(diary)["Offer canceled"]
    assert text.startswith("Ann is no longer asked: the connection failed after 5s")


def test_a_deadline_that_ends_an_offer_is_named() -> None:
    diary = Diary()
    task = diary.create(0)
    fields = {"task": task, "queue": 0, "workflow": 0, "step": 0, "priority": 0}
    diary.write(
        0, Event.WORKFLOW_TARGET_MATCHED, until_ms=9_000, task_status=Task.PENDING, **fields
    )
    diary.fail_set_up(9_000, diary.offer(1_000, task))
    text = told(diary)["Offer canceled"]
    assert text.startswith("Ann is no longer asked: the time of its target is over")


def test_a_task_routed_to_a_worker_is_told_without_any_queue() -> None:
    diary = Diary(ann=BREAK)
    diary.accept(9_000, diary.offer(5_000, diary.route_to_worker(1_000, worker=0)))
    texts = told(diary)
    assert texts["Created"] == "it is routed straight to Ann, with priority 0 (task pending)"
    assert texts["Worker unavailable"] == "Ann is in Break, and is asked all the same"
    assert "Queued" not in texts
    assert "billing" not in str(texts)
    assert "sales" not in str(texts)  # the last queue, which a number of -1 must not mean


def test_a_task_routed_to_a_queue_that_nobody_takes_in_time() -> None:
    diary = Diary(ann=BREAK)
    task = diary.route_to_queue(1_000, queue=1)
    diary.write(61_000, Event.RESERVATION_FAILED, task=task, task_status=Task.PENDING)
    diary.cancel(61_000, task, Reason.ROUTING_TARGET)
    texts = told(diary)
    assert texts["Created"].startswith("it is routed straight to queue sales, with priority 0")
    assert texts["Not reserved"].startswith("routed directly, it must be reserved within 1m of")
    assert texts["Canceled"].startswith("it was routed directly, and not reserved in time, 1m")


def test_an_update_tells_what_holds_now_and_one_after_completion_nothing() -> None:
    diary = Diary()
    task = diary.create(0)
    fields = {"task": task, "queue": 0, "workflow": 0, "step": 0, "task_status": Task.PENDING}
    diary.write(2_000, Event.TASK_UPDATED, attributes=0, priority=7, **fields)
    diary.accept(4_000, diary.offer(3_000, task))
    diary.complete(5_000, task)
    assert told(diary)["Updated"] == "it has attributes {} and priority 7 now"
    assert story(diary.log).count("Updated") == 1


def test_an_updated_workflow_is_told_to_tasks_that_wait_in_it() -> None:
    diary = Diary()
    waiting, direct = diary.create(0), diary.route_to_queue(0, queue=1)
    reserved, done = diary.create(0), diary.create(0)
    diary.offer(500, reserved, worker=1)
    diary.cancel(500, done)
    diary.write(1_000, Event.WORKFLOW_REEVALUATED, workflow=0, value=1)
    text = told(diary, waiting)["Workflow updated"]
    assert text == "workflow front_door was updated; the task starts again from the top"
    assert told(diary, reserved)["Workflow updated"].endswith("from the top should its offers fail")
    assert "Workflow updated" not in told(diary, direct)
    assert "Workflow updated" not in told(diary, done)


def test_a_task_that_rests_after_a_failure_says_until_when() -> None:
    diary = Diary()
    diary.offer(1_000, diary.create(0))
    row = next(row for row in diary.log.rows() if row.event == Event.RESERVATION_CREATED)
    ended = row._replace(
        at_ms=2_000,
        event=Event.RESERVATION_REJECTED,
        until_ms=12_000,
        task_status=Task.PENDING,
        reservation_status=Offer.REJECTED,
    )
    diary.log.append(tuple(ended))
    assert told(diary)["Returned"].endswith(", and is offered to nobody until +00:12")


@pytest.mark.parametrize(
    ("event", "value", "text"),
    [
        (Event.WORKER_ATTRIBUTES_UPDATE, 3, "Ann has other attributes now"),
        (Event.WORKER_CAPACITY_UPDATE, 3, "Ann has capacity 3 on channel voice now"),
        (Event.WORKER_CHANNEL_AVAILABILITY_UPDATE, 0, "Ann's channel voice is switched off"),
        (Event.WORKER_CHANNEL_AVAILABILITY_UPDATE, 1, "Ann's channel voice is switched on"),
    ],
    ids=["attributes", "capacity", "channel off", "channel on"],
)
def test_settings_of_a_worker_who_was_asked_are_told_while_the_task_waits(
    event: Event, value: int, text: str
) -> None:
    diary = Diary()
    diary.write(0, event, worker=0, channel=0, value=9)  # before anybody was asked
    task = diary.create(0)
    diary.reject(2_000, diary.offer(1_000, task))
    diary.write(3_000, event, worker=0, channel=0, value=value)
    diary.cancel(4_000, task)
    diary.write(5_000, event, worker=0, channel=0, value=9)  # when all is over
    assert told(diary)["Worker updated"] == text
    assert story(diary.log).count("Worker updated") == 1


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (Reason.NO_MATCHING_FILTER, "evaluated again, it matches no filter, 1s after"),
        (Reason.TTL_OR_ASSIGNMENT_LIMIT, "its time to live ended, or it was reserved too often"),
        (Reason.WORKFLOW_SKIPPED, "the last target was skipped and there is no default filter"),
    ],
    ids=lambda value: value.label if isinstance(value, Reason) else "",
)
def test_reasons_are_told_in_words(reason: Reason, text: str) -> None:
    diary = Diary()
    diary.cancel(1_000, diary.create(0), reason)
    assert told(diary)["Canceled"].startswith(text)
