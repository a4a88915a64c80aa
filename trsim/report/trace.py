"""The trace: one line for each event of a run, in columns that line up and can be searched.

A line is made of columns set apart by two or more blanks: time, TaskRouter's name of the event,
task, reservation, worker, queue, status of the task, status of the reservation, and details as
``key=value``.  ``-`` stands for "does not apply".  The times of one run have equal length and
sort as text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trsim.core.events import NOTHING, EventType, Row
from trsim.core.states import Reason, ReservationStatus, TaskStatus
from trsim.eventlog import EventLog, Names
from trsim.eventlog.layout import LAYOUT, Records
from trsim.report.wording import Clock, column_text
from trsim.scenario.values import duration_text

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


_NAMES_WORKFLOW = frozenset(
    {
        EventType.TASK_CREATED,
        EventType.TASK_REFUSED,
        EventType.WORKFLOW_ENTERED,
        EventType.WORKFLOW_UPDATED,
        EventType.WORKFLOW_REEVALUATED,
    }
)
_NAMES_CHANNEL = frozenset(
    {
        EventType.TASK_CREATED,
        EventType.TASK_REFUSED,
        EventType.WORKFLOW_ENTERED,
        EventType.WORKER_CAPACITY_UPDATE,
        EventType.WORKER_CHANNEL_AVAILABILITY_UPDATE,
    }
)
_VALUES: Mapping[int, str] = {
    EventType.WORKFLOW_ENTERED: "configuration",
    EventType.WORKFLOW_UPDATED: "configuration",
    EventType.WORKFLOW_REEVALUATED: "configuration",
    EventType.WORKER_ATTRIBUTES_UPDATE: "attribute-set",
    EventType.WORKER_CAPACITY_UPDATE: "capacity",
    EventType.TASK_QUEUE_EXPRESSION_UPDATED: "expression",
    EventType.TASK_QUEUE_UPDATED: "max-reserved-workers",
}
"""What the value of a row is called."""
_YES_NO = ("no", "yes")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Which rows of a log are wanted: those that meet all conditions given.

    Attributes
    ----------
    task : int, optional
        Number of a task, in the order of creation.
    refused : (int, int), optional
        Stream of a task that was refused, and its number there.
    worker, queue : int, optional
        A worker or a queue that the row names.
    events : tuple of int, optional
        Types of events, any of them.
    from_ms, to_ms : int, optional
        First and last instant [ms since the start].
    """

    task: int | None = None
    refused: tuple[int, int] | None = None
    worker: int | None = None
    queue: int | None = None
    events: tuple[int, ...] | None = None
    from_ms: int | None = None
    to_ms: int | None = None

    def rows(self, log: EventLog) -> Iterator[Row]:
        """Yield the rows that are wanted, a group of rows in memory at a time."""
        for block in log.blocks():
            wanted = block[self._wanted(block)]
            yield from map(Row._make, LAYOUT.iter_unpack(wanted.tobytes()))

    def _wanted(self, block: Records) -> NDArray[np.bool_]:
        wanted = np.ones(len(block), dtype=np.bool_)
        stream, number = (None, None) if self.refused is None else self.refused
        equal = {
            "task": self.task,
            "worker": self.worker,
            "queue": self.queue,
            "stream": stream,
            "number": number,
        }
        for column, value in equal.items():
            if value is not None:
                wanted &= block[column] == value
        if self.events is not None:
            wanted &= np.isin(block["event"], self.events)
        if self.from_ms is not None:
            wanted &= block["at_ms"] >= self.from_ms
        if self.to_ms is not None:
            wanted &= block["at_ms"] <= self.to_ms
        return wanted


EVERYTHING: Final = Excerpt()
"""All rows."""


def trace_lines(
    log: EventLog, *, start: str | None = None, excerpt: Excerpt = EVERYTHING
) -> Iterator[str]:
    """Yield a line of headings, then a line for each event.

    Parameters
    ----------
    log : EventLog
        The run.
    start : str, optional
        Wall-clock label of time 0, ISO 8601; left out, times count from the start of the run.
    excerpt : Excerpt, optional
        The events that are wanted; left out: all.  Their lines are those of the whole trace.
    """
    spelling = _Spelling(log.names, _clock(start), column_text)
    widths = spelling.widths(log)
    yield _aligned(_HEADINGS, widths)
    for row in excerpt.rows(log):
        yield _aligned(spelling.cells(row), widths)


def trace_records(
    log: EventLog, *, start: str | None = None, excerpt: Excerpt = EVERYTHING
) -> Iterator[dict[str, object]]:
    """Yield what the lines of a trace say, for programs.

    Parameters
    ----------
    log : EventLog
        The run.
    start : str, optional
        Wall-clock label of time 0, ISO 8601; left out, times count from the start of the run.
    excerpt : Excerpt, optional
        The events that are wanted; left out: all.

    Yields
    ------
    dict
        ``at_ms`` (since the start), ``time``, ``event``, the numbers ``task`` and
        ``reservation``, the names ``worker``, ``queue``, ``task_status`` and
        ``reservation_status`` (None where they do not apply), and ``details``, a mapping of texts.
    """
    spelling = _Spelling(log.names, _clock(start), str)
    for row in excerpt.rows(log):
        yield spelling.record(row)


def _clock(start: str | None) -> Clock:
    return Clock(None if start is None else datetime.fromisoformat(start))


class _Spelling:
    """Turns rows into words."""

    def __init__(self, names: Names, clock: Clock, spelled: Callable[[str], str]) -> None:
        self._clock = clock
        self._workers = [spelled(name) for name in names.workers]
        self._queues = [spelled(name) for name in names.queues]
        self._words = {
            "workflow": [spelled(name) for name in names.workflows],
            "channel": [spelled(name) for name in names.channels],
            "activity": [spelled(name) for name in names.activities],
            "stream": [spelled(name) for name in names.streams],
            "reason": [reason.label for reason in Reason],
            "step": [spelled(label) for label in names.steps],
            "attributes": [spelled(text) for text in names.attribute_sets],
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

    def record(self, row: Row) -> dict[str, object]:
        return {
            "at_ms": row.at_ms,
            "time": self._clock.stamp(row.at_ms),
            "event": _EVENTS[row.event],
            "task": _or_none(row.task),
            "reservation": _or_none(row.reservation),
            "worker": _named_or_none(self._workers, row.worker),
            "queue": _named_or_none(self._queues, row.queue),
            "task_status": _named_or_none(_TASK_WORDS, row.task_status),
            "reservation_status": _named_or_none(_RESERVATION_WORDS, row.reservation_status),
            "details": dict(self._details(row)),
        }

    def widths(self, log: EventLog) -> tuple[int, ...]:
        """Return how wide each column is, from the names and what is in the log."""
        last_task = last_reservation = last_ms = 0
        happened: dict[int, None] = {}
        for task, reservation, at_ms, event in log.parts("task", "reservation", "at_ms", "event"):
            last_task = max(last_task, int(task.max()))
            last_reservation = max(last_reservation, int(reservation.max()))
            last_ms = max(last_ms, int(at_ms.max()))
            happened |= dict.fromkeys(np.unique(event).tolist())
        widest: tuple[Sequence[str], ...] = (
            [self._clock.stamp(last_ms)],
            [_EVENTS[event] for event in happened],
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
        if event in _NAMES_WORKFLOW:
            yield "workflow", self._named("workflow", row.workflow)
        if event in _NAMES_CHANNEL:
            yield "channel", self._named("channel", row.channel)
        yield from self._set(row)
        if row.stream != NOTHING:
            yield "stream", f"{self._named('stream', row.stream)}/{row.number}"
        if row.activity != NOTHING:
            yield "activity", self._named("activity", row.activity)
        if row.priority != NOTHING:
            yield "priority", str(row.priority)
        if row.reason != NOTHING:
            yield "reason", self._named("reason", row.reason)
        if event == EventType.TASK_UPDATED and row.attributes != NOTHING:
            yield "attributes", self._named("attributes", row.attributes)
        if event == EventType.WORKFLOW_UPDATED:
            yield "reservation-timeout", duration_text(row.until_ms)
        elif row.until_ms != NOTHING:
            yield "until", self._clock.stamp(row.until_ms)

    def _set(self, row: Row) -> Iterator[tuple[str, str]]:
        """Yield what a row says by ``value``, ``step`` and ``offset_ms``, as its type has it."""
        event, value = row.event, row.value
        if event == EventType.TASK_CREATED and value != NOTHING:
            yield "ignore-capacity", _YES_NO[value]
        elif event == EventType.WORKER_CHANNEL_AVAILABILITY_UPDATE:
            yield "available", _YES_NO[value]
        elif event in _VALUES and value != NOTHING:
            yield _VALUES[event], str(value)
        elif event == EventType.WORKFLOW_TARGET_MATCHED:
            yield "target", self._named("step", row.step)
        if row.offset_ms > 0:
            key = "lead" if event == EventType.TASK_CREATED else "timeouts-from-age"
            yield key, duration_text(row.offset_ms)

    def _named(self, kind: str, number: int) -> str:
        return _spelled(self._words[kind], number)


def _spelled(words: Sequence[str], number: int) -> str:
    return _ABSENT if number == NOTHING else words[number]


def _or_none(number: int) -> int | None:
    return None if number == NOTHING else number


def _named_or_none(words: Sequence[str], number: int) -> str | None:
    return None if number == NOTHING else words[number]


def _aligned(cells: tuple[str, ...], widths: tuple[int, ...]) -> str:
    padded = (f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()
