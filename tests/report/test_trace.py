"""The trace of a run made by hand, against the text it must give."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

import pytest

from trsim.core.events import FIELDS
from trsim.core.events import EventType as Event
from trsim.core.states import Reason
from trsim.eventlog import EventLog, Names
from trsim.report.trace import Excerpt, trace_lines, trace_records

QUICKSTART = """\
time           event                    task    reservation    worker  queue     task status  \
reservation status  details
+00:00:00.000  worker.created           -       -              Alice   -         -            \
-                   activity=Available
+00:00:10.000  task.created             task 0  -              -       -         pending      \
-                   workflow=incoming channel=voice stream=calls/0 priority=0 until=+24:00:10.000
+00:00:10.000  workflow.entered         task 0  -              -       -         pending      \
-                   workflow=incoming channel=voice priority=0
+00:00:10.000  workflow.target-matched  task 0  -              -       everyone  pending      \
-                   target=default filter priority=0
+00:00:10.000  task-queue.entered       task 0  -              -       everyone  pending      \
-                   priority=0
+00:00:10.000  reservation.created      task 0  reservation 0  Alice   everyone  reserved     \
pending             priority=0 until=+00:00:25.000
+00:00:25.000  reservation.timeout      task 0  reservation 0  Alice   everyone  pending      \
timeout             priority=0
+00:00:25.000  worker.activity.update   -       -              Alice   -         -            \
-                   activity=Offline
+00:01:00.000  worker.activity.update   -       -              Alice   -         -            \
-                   activity=Available
+00:01:00.000  reservation.created      task 0  reservation 1  Alice   everyone  reserved     \
pending             priority=0 until=+00:01:15.000
+00:01:04.000  reservation.accepted     task 0  reservation 1  Alice   everyone  assigned     \
accepted            priority=0
+00:03:04.000  task.wrapup              task 0  -              -       everyone  wrapping     \
-                   priority=0
+00:03:04.000  reservation.wrapup       task 0  reservation 1  Alice   everyone  wrapping     \
wrapping            priority=0
+00:03:24.500  task.completed           task 0  -              -       everyone  completed    \
-                   priority=0
+00:03:24.500  reservation.completed    task 0  reservation 1  Alice   everyone  completed    \
completed           priority=0
+00:03:24.500  task.updated             task 0  -              -       everyone  completed    \
-                   priority=0
"""

NAMES = Names(
    activities=("Available",),
    available=(True,),
    channels=("default", "voice"),
    queues=("everyone",),
    workflows=("incoming",),
    workers=("Alice",),
    streams=("calls",),
    steps=("default filter",),
    attribute_sets=("{}",),
)


def test_the_quickstart_gives_this_trace(quickstart: EventLog) -> None:
    assert "\n".join(trace_lines(quickstart)) + "\n" == QUICKSTART


def test_one_line_for_each_row_under_one_line_of_headings(two_tasks: EventLog) -> None:
    assert len(list(trace_lines(two_tasks))) == len(two_tasks) + 1


def test_columns_can_be_split_at_two_blanks(two_tasks: EventLog) -> None:
    for line in trace_lines(two_tasks):
        assert len(re.split(r"  +", line)) == 9


def test_a_start_turns_times_into_clock_labels(quickstart: EventLog) -> None:
    lines = list(trace_lines(quickstart, start="2026-03-02T08:00"))
    assert lines[1].startswith("2026-03-02T08:00:00.000  worker.created")
    assert lines[2].endswith("until=2026-03-03T08:00:10.000")


def test_hostile_names_stay_on_their_line() -> None:
    names = Names(
        activities=("Available\n",),
        available=(True,),
        channels=("voice",),
        queues=("q",),
        workflows=("w",),
        workers=("\x1b[2JEve  Mallory",),
    )
    log = EventLog(names)
    log.append((0, 24, -1, -1, 0, -1, -1, -1, -1, 0, *(-1,) * 10))
    _, line = trace_lines(log)
    assert "\x1b" not in line
    assert r"\x1b[2JEve Mallory" in line
    assert line.endswith(r"activity=Available\n")


@pytest.mark.parametrize(
    ("event", "fields", "details"),
    [
        (Event.WORKER_ATTRIBUTES_UPDATE, {"worker": 0, "value": 3}, "attribute-set=3"),
        (
            Event.WORKER_CAPACITY_UPDATE,
            {"worker": 0, "channel": 1, "value": 0},
            "channel=voice capacity=0",
        ),
        (
            Event.WORKER_CHANNEL_AVAILABILITY_UPDATE,
            {"worker": 0, "channel": 1, "value": 0},
            "channel=voice available=no",
        ),
        (Event.TASK_QUEUE_EXPRESSION_UPDATED, {"queue": 0, "value": 4}, "expression=4"),
        (Event.TASK_QUEUE_UPDATED, {"queue": 0, "value": 5}, "max-reserved-workers=5"),
        (
            Event.WORKFLOW_UPDATED,
            {"workflow": 0, "value": 1, "until_ms": 90_000},
            "workflow=incoming configuration=1 reservation-timeout=1m30s",
        ),
        (
            Event.WORKFLOW_REEVALUATED,
            {"workflow": 0, "value": 1},
            "workflow=incoming configuration=1",
        ),
        (
            Event.TASK_CREATED,
            {"task": 0, "worker": 0, "workflow": 0, "channel": 1, "value": 0, "offset_ms": 60_000},
            "workflow=incoming channel=voice ignore-capacity=no lead=1m",
        ),
        (
            Event.WORKFLOW_TARGET_MATCHED,
            {"task": 0, "queue": 0, "step": 0, "offset_ms": 5_000},
            "target=default filter timeouts-from-age=5s",
        ),
        (
            Event.TASK_UPDATED,
            {"task": 0, "attributes": 0, "priority": 2},
            "priority=2 attributes={}",
        ),
        (
            Event.TASK_CANCELED,
            {"task": 0, "reason": Reason.ROUTING_TARGET},
            "reason=routing_target",
        ),
        (Event.RESERVATION_ON_HOLD, {"task": 0, "reservation": 0, "worker": 0}, ""),
        (Event.RESERVATION_FAILED, {"task": 0}, ""),
    ],
    ids=lambda value: value.label if isinstance(value, Event) else "",
)
def test_every_type_of_row_says_what_it_sets(
    event: Event, fields: dict[str, int], details: str
) -> None:
    log = EventLog(NAMES)
    values = {"at_ms": 1_000, "event": event, **fields}
    log.append(tuple(int(values.get(name, -1)) for name in FIELDS))
    headings, line = trace_lines(log)
    assert line[headings.index("details") :] == details
    assert line.split()[1] == event.label
    queue = line[headings.index("queue") : headings.index("task status")].strip()
    assert queue == ("everyone" if "queue" in fields else "-")


def test_an_empty_log_has_headings_only() -> None:
    names = Names((), (), (), (), (), ())
    assert len(list(trace_lines(EventLog(names)))) == 1


@pytest.mark.parametrize(
    ("excerpt", "places"),
    [
        (Excerpt(), range(16)),
        (Excerpt(task=0), [1, 2, 3, 4, 5, 6, *range(9, 16)]),
        (Excerpt(task=1), []),
        (Excerpt(worker=0), [0, 5, 6, 7, 8, 9, 10, 12, 14]),
        (Excerpt(queue=0), [3, 4, 5, 6, *range(9, 16)]),
        (Excerpt(events=(Event.RESERVATION_TIMEOUT, Event.TASK_WRAPUP)), [6, 11]),
        (Excerpt(from_ms=25_000, to_ms=60_000), [6, 7, 8, 9]),
        (Excerpt(to_ms=9_999), [0]),
        (Excerpt(task=0, worker=0, from_ms=60_001), [10, 12, 14]),
    ],
    ids=["all", "task", "no task", "worker", "queue", "events", "window", "end", "together"],
)
def test_an_excerpt_has_the_lines_of_the_whole(
    quickstart: EventLog, excerpt: Excerpt, places: Sequence[int]
) -> None:
    headings, *lines = trace_lines(quickstart)
    expected = [headings, *(lines[place] for place in places)]
    assert list(trace_lines(quickstart, excerpt=excerpt)) == expected


def test_a_refused_task_is_found_by_stream_and_number() -> None:
    log = EventLog(NAMES)
    for event, number in ((Event.TASK_REFUSED, 0), (Event.TASK_CREATED, 1)):
        values = {"at_ms": 0, "event": event, "stream": 0, "number": number}
        log.append(tuple(int(values.get(name, -1)) for name in FIELDS))
    (record,) = trace_records(log, excerpt=Excerpt(refused=(0, 0)))
    assert (record["event"], record["details"]) == (
        "task.refused",
        {"workflow": "-", "channel": "-", "stream": "calls/0"},
    )


def test_records_have_numbers_and_names_as_they_are() -> None:
    names = replace(NAMES, workers=("Eve  Mallory\n",))
    log = EventLog(names)
    values = {"at_ms": 90_000, "event": Event.RESERVATION_CREATED, "task": 3, "reservation": 7}
    values |= {"worker": 0, "queue": 0, "task_status": 1, "reservation_status": 0}
    log.append(tuple(int(values.get(name, -1)) for name in FIELDS))
    assert list(trace_records(log, start="2026-03-02T08:00")) == [
        {
            "at_ms": 90_000,
            "time": "2026-03-02T08:01:30.000",
            "event": "reservation.created",
            "task": 3,
            "reservation": 7,
            "worker": "Eve  Mallory\n",
            "queue": "everyone",
            "task_status": "reserved",
            "reservation_status": "pending",
            "details": {},
        }
    ]


def test_lines_are_made_as_they_are_asked_for() -> None:
    # 200,000 lines of about 130 characters would take more than 30 MB.
    log = EventLog(NAMES)
    log.extend((row, 24, -1, -1, 0, *(-1,) * 15) for row in range(200_000))
    tracemalloc.start()
    first = list(islice(trace_lines(log), 50))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(first) == 50
    assert peak < 15_000_000
