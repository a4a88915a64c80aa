"""The trace of a run made by hand, against the text it must give."""

from __future__ import annotations

import re

from trsim.eventlog import EventLog, Names
from trsim.report.trace import trace_lines

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
-                   priority=0
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
    log.append((0, 24, -1, -1, 0, -1, -1, -1, -1, 0, *(-1,) * 9))
    _, line = trace_lines(log)
    assert "\x1b" not in line
    assert r"\x1b[2JEve Mallory" in line
    assert line.endswith(r"activity=Available\n")


def test_an_empty_log_has_headings_only() -> None:
    names = Names((), (), (), (), (), ())
    assert len(list(trace_lines(EventLog(names)))) == 1
