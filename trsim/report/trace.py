"""The trace: one line for each event of a run, in columns that line up and can be searched.

A line is made of columns set apart by two or more blanks: time, TaskRouter's name of the event,
task, reservation, worker, queue, status of the task, status of the reservation, and details as
``key=value``.  ``-`` stands for "does not apply".  The times of one run have equal length and
sort as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from trsim.core.events import NOTHING, EventType, Row
from trsim.core.states import Reason, ReservationStatus, TaskStatus
from trsim.eventlog import EventLog, Names
from trsim.report.wording import Clock, column_text

_HEADINGS = (
    "time",
    "event",
    "task",
    "reservation",
    "worker",
    "queue",
    "task status",
    "reservation status",
    "details",
)
_ABSENT = "-"
_EVENTS = tuple(event.label for event in EventType)
_TASK_WORDS = tuple(status.label for status in TaskStatus)
_RESERVATION_WORDS = tuple(status.label for status in ReservationStatus)


def trace_lines(log: EventLog, *, start: str | None = None) -> Iterator[str]:
    """Yield a line of headings, then a line for each event.

    Parameters
    ----------
    log : EventLog
        The run.
    start : str, optional
        Wall-clock label of time 0, ISO 8601; left out, times count from the start of the run.
    """
    clock = Clock(None if start is None else datetime.fromisoformat(start))
    spelling = _Spelling(log.names, clock)
    widths = spelling.widths(log)
    yield _aligned(_HEADINGS, widths)
    for row in log.rows():
        yield _aligned(spelling.cells(row), widths)


class _Spelling:
    """Turns rows into words."""

    def __init__(self, names: Names, clock: Clock) -> None:
        self._clock = clock
        self._workers = [column_text(name) for name in names.workers]
        self._queues = [column_text(name) for name in names.queues]
        self._words = {
            "workflow": [column_text(name) for name in names.workflows],
            "channel": [column_text(name) for name in names.channels],
            "activity": [column_text(name) for name in names.activities],
            "stream": [column_text(name) for name in names.streams],
            "reason": [reason.label for reason in Reason],
        }

    def cells(self, row: Row) -> tuple[str, ...]:
        return (
            self._clock.stamp(row.at_ms),
            _EVENTS[row.event],
            _ABSENT if row.task == NOTHING else f"task {row.task}",
            _ABSENT if row.reservation == NOTHING else f"reservation {row.reservation}",
            _spelled(self._workers, row.worker),
            _spelled(self._queues, row.queue),
            _spelled(_TASK_WORDS, row.task_status),
            _spelled(_RESERVATION_WORDS, row.reservation_status),
            " ".join(f"{key}={value}" for key, value in self._details(row)),
        )

    def widths(self, log: EventLog) -> tuple[int, ...]:
        """Return how wide each column is, from the names and the greatest numbers of the log."""
        last_task, last_reservation, last_ms = (
            int(log.column(name).max(initial=0)) for name in ("task", "reservation", "at_ms")
        )
        widest: tuple[Sequence[str], ...] = (
            [self._clock.stamp(last_ms)],
            _EVENTS,
            [f"task {last_task}"],
            [f"reservation {last_reservation}"],
            self._workers,
            self._queues,
            _TASK_WORDS,
            _RESERVATION_WORDS,
            [],
        )
        return tuple(
            max(len(text) for text in (heading, *texts))
            for heading, texts in zip(_HEADINGS, widest, strict=True)
        )

    def _details(self, row: Row) -> Iterator[tuple[str, str]]:
        event = row.event
        if event in (EventType.TASK_CREATED, EventType.TASK_REFUSED, EventType.WORKFLOW_ENTERED):
            yield "workflow", self._named("workflow", row.workflow)
            yield "channel", self._named("channel", row.channel)
        if row.stream != NOTHING:
            yield "stream", f"{self._named('stream', row.stream)}/{row.number}"
        if row.activity != NOTHING:
            yield "activity", self._named("activity", row.activity)
        if row.priority != NOTHING:
            yield "priority", str(row.priority)
        if row.reason != NOTHING:
            yield "reason", self._named("reason", row.reason)
        if row.until_ms != NOTHING:
            yield "until", self._clock.stamp(row.until_ms)

    def _named(self, kind: str, number: int) -> str:
        return _spelled(self._words[kind], number)


def _spelled(words: Sequence[str], number: int) -> str:
    return _ABSENT if number == NOTHING else words[number]


def _aligned(cells: tuple[str, ...], widths: tuple[int, ...]) -> str:
    padded = (f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()
