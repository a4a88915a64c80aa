"""Stories of runs made by hand, against the texts they must give."""

from __future__ import annotations

import re
from collections.abc import Callable

from trsim.core.events import FIELDS
from trsim.core.events import EventType as Event
from trsim.core.states import ReservationStatus as Offer
from trsim.core.states import TaskStatus as Task
from trsim.eventlog import EventLog
from trsim.report.story import MOST_SENTENCES, number_of_tasks, story

Rows = list[tuple[int, ...]]

QUICKSTART = """\
Task 0 (calls/0), channel voice
   1  +00:10.000  Created             it enters workflow incoming with priority 0 (task pending)
   2  +00:10.000  Queued              it waits in queue everyone
   3  +00:10.000  Worker available    Alice is available since +00:00.000
   4  +00:10.000  Reserved            Alice is asked and has 15s to answer, until +00:25.000 \
(reservation pending, task reserved)
   5  +00:25.000  Missed              Alice did not answer within 15s (reservation timeout, \
task pending)
   6  +00:25.000  Returned            nobody else is being asked; it waits again, its age kept \
(task pending)
   7  +00:25.000  Worker unavailable  Alice goes to Offline
   8  +01:00.000  Worker available    Alice goes to Available
   9  +01:00.000  Reserved            Alice is asked and has 15s to answer, until +01:15.000 \
(reservation pending, task reserved)
  10  +01:04.000  Accepted            Alice accepts after 4s (reservation accepted)
  11  +01:04.000  Assigned            Alice has the task, 54s after its creation (task assigned)
  12  +03:04.000  Wrapping            the conversation ended after 2m; Alice does after-work \
(task wrapping)
  13  +03:24.500  Completed           Alice is done, 2m20.5s after accepting (task completed)
"""

HANG_UP = """\
Task 1 (calls/1), channel voice
   1  08:01:10.000  Created   it enters workflow incoming with priority 0 (task pending)
   2  08:01:10.000  Queued    it waits in queue everyone, there until 08:02:10.000
   3  08:01:22.250  Canceled  the customer hung up, 12.25s after its creation (task canceled)
"""


def words(text: str) -> list[str]:
    """Return the words that begin the sentences of a story."""
    lines = [re.split(r"  +", line.strip()) for line in text.splitlines()]
    return [columns[2] for columns in lines if columns[0].isdigit()]


def test_the_quickstart_is_told_like_this(quickstart: EventLog) -> None:
    assert story(quickstart, horizon_ms=300_000) == QUICKSTART


def test_an_acceptance_is_one_row_and_two_sentences(quickstart: EventLog) -> None:
    told = words(story(quickstart))
    at = told.index("Accepted")
    assert told[at - 2 : at + 2] == ["Worker available", "Reserved", "Accepted", "Assigned"]
    assert story(quickstart).count("Accepted") == 1


def test_a_hang_up_is_told_with_clock_labels(two_tasks: EventLog) -> None:
    assert story(two_tasks, tasks=[1], start="2026-03-02T08:00") == HANG_UP


def test_tasks_are_told_one_after_the_other(two_tasks: EventLog) -> None:
    text = story(two_tasks)
    assert text.index("Task 0 (calls/0)") < text.index("Completed") < text.index("Task 1")


def test_a_task_that_is_open_at_the_end_has_a_last_word(log_of: Callable[[Rows], EventLog]) -> None:
    log = log_of(created_rows(0))
    assert "End of run  the task is still pending" in story(log, horizon_ms=90_000)
    assert "End of run" not in story(log)


def test_more_than_three_tasks_are_counted_not_told(log_of: Callable[[Rows], EventLog]) -> None:
    log = log_of([row for task in range(5) for row in created_rows(task)])
    text = story(log)
    assert number_of_tasks(log) == 5
    assert text.count("Created") == 3
    assert text.endswith("2 more tasks are not told.\n")


def test_refused_tasks_are_mentioned(log_of: Callable[[Rows], EventLog]) -> None:
    log = log_of([full_row(5_000, Event.TASK_REFUSED, workflow=0, channel=1, reason=7)])
    assert story(log) == "1 task was refused: Task did not match any filter.\n"


def test_nothing_happened(log_of: Callable[[Rows], EventLog]) -> None:
    assert story(log_of([])) == "No task was created.\n"


def test_a_rejecting_worker_who_stays_is_available_without_being_said_so_again(
    log_of: Callable[[Rows], EventLog],
) -> None:
    log = log_of([full_row(0, Event.WORKER_CREATED, worker=0, activity=0), *ping_pong_rows(2)])
    told = words(story(log))
    assert told.count("Worker available") == 1
    assert told.count("Rejected") == 2
    assert told[-2:] == ["Rejected", "Returned"]


def test_a_long_life_is_cut_in_the_middle(log_of: Callable[[Rows], EventLog]) -> None:
    log = log_of(ping_pong_rows(100))
    text = story(log)
    assert text.count("\n") == MOST_SENTENCES + 2
    assert "lines are left out here)" in text
    assert "Created" in text
    assert text.splitlines()[-1].split()[0] == str(100 * 3 + 3)


def test_the_worker_freed_by_another_task_is_named(log_of: Callable[[Rows], EventLog]) -> None:
    offer = {"worker": 0, "queue": 0}
    rows = [
        full_row(0, Event.WORKER_CREATED, worker=0, activity=0),
        *created_rows(0),
        *created_rows(1),
        full_row(
            9_000,
            Event.RESERVATION_COMPLETED,
            task=0,
            reservation=0,
            task_status=Task.COMPLETED,
            reservation_status=Offer.COMPLETED,
            **offer,
        ),
        full_row(
            9_000,
            Event.RESERVATION_CREATED,
            task=1,
            reservation=1,
            task_status=Task.RESERVED,
            reservation_status=Offer.PENDING,
            until_ms=29_000,
            **offer,
        ),
    ]
    assert "Worker available  Alice is free again, after task 0" in story(log_of(rows), tasks=[1])


def full_row(at_ms: int, event: Event, **values: int) -> tuple[int, ...]:
    return tuple(int({"at_ms": at_ms, "event": event, **values}.get(f, -1)) for f in FIELDS)


def created_rows(task: int) -> Rows:
    common = {"task": task, "workflow": 0, "channel": 1, "task_status": Task.PENDING, "priority": 0}
    return [
        full_row(1_000, Event.TASK_CREATED, attributes=0, stream=0, number=task, **common),
        full_row(1_000, Event.WORKFLOW_TARGET_MATCHED, queue=0, step=0, **common),
    ]


def ping_pong_rows(times: int) -> Rows:
    rows = created_rows(0)
    for number in range(times):
        common = {"task": 0, "reservation": number, "worker": 0, "queue": 0}
        asked = {"task_status": Task.RESERVED, "reservation_status": Offer.PENDING}
        refused = {"task_status": Task.PENDING, "reservation_status": Offer.REJECTED}
        rows += [
            full_row(1_000, Event.RESERVATION_CREATED, until_ms=21_000, **common, **asked),
            full_row(1_000, Event.RESERVATION_REJECTED, **common, **refused),
        ]
    return rows
