"""The rows of a log as a table for people: names for numbers, clock times for milliseconds."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from trsim.core.events import FIELDS, NOTHING, EventType, Row
from trsim.eventlog.names import Names

COLUMNS: Final = (
    "row",
    "time",
    "event",
    "task",
    "reservation",
    "worker",
    "queue",
    "workflow",
    "target",
    "channel",
    "activity",
    "task_status",
    "reservation_status",
    "priority",
    "reason",
    "attributes",
    "stream",
    "number",
    "until",
    "reservation_timeout_s",
    "offset_s",
    "value",
)
"""Headings of the table; ``target`` is the label of the row's ``step``."""

_AT_ONCE = 1_000


def csv_text(
    rows: Iterable[Row],
    names: Names,
    stamp: Callable[[int], str],
    spelled: Callable[[str], str] = str,
) -> Iterator[str]:
    """Yield a line of :data:`COLUMNS`, then a line for each row, in pieces of many lines.

    Parameters
    ----------
    rows : iterable of Row
        The rows, numbered from 0 as they come.
    names : Names
        What their numbers stand for.
    stamp : callable
        Spells an instant [ms since the start].
    spelled : callable, optional
        How names are written.

    Notes
    -----
    Cells are quoted where RFC 4180 asks for it; lines end with a line feed.  A cell is empty
    where its field does not apply.
    """
    words = [
        None if of is None else [*map(spelled, of), ""]  # -1 is the place behind the last word
        for of in map(names.of_column, FIELDS)
    ]
    words[FIELDS.index("step")] = [*map(spelled, names.steps), ""]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for number, row in enumerate(rows):
        table.writerow((number, *_cells(row, words, stamp)))
        if number % _AT_ONCE == 0:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def _cells(
    row: Row, words: list[list[str] | None], stamp: Callable[[int], str]
) -> Iterator[str | int]:
    """Yield the cells of a row, its number apart."""
    is_timeout = row.event == EventType.WORKFLOW_UPDATED  # its until_ms is a duration
    for name, value, of in zip(FIELDS, row, words, strict=True):
        if of is not None:
            yield of[value]
        elif name == "at_ms":
            yield stamp(value)
        elif name == "until_ms":
            yield "" if value == NOTHING or is_timeout else stamp(value)
            yield f"{value / 1000:g}" if is_timeout else ""
        elif name == "offset_ms":
            yield "" if value == NOTHING else f"{value / 1000:.3f}"
        else:
            yield "" if value == NOTHING else value
