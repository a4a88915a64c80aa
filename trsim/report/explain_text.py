"""A timeline as text, and as a document for programs."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

from trsim.report.explain_entry import Entry, spelled
from trsim.report.wording import Clock, printable

FORMAT, FORMAT_VERSION = "trsim explain", 1
"""What the document says of itself."""
MOST_ENTRIES = 200
"""Of a longer timeline only the beginning and the end are printed, unless all is asked for."""
_LAST_ENTRIES = 50
_LEAST_TEXT = 40
"""Columns that a text has at least, however narrow the page is."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The entries of a task with what it is called.

    Attributes
    ----------
    scenario : str
        Name of the scenario.
    task : int or None
        Number of the task in creation order; None: it was refused.
    name : str
        Stream and number, empty for a task of no stream.
    entries : tuple of Entry
        In time order.
    remarks : tuple of str
        What else must be known to read them.
    """

    scenario: str
    task: int | None
    name: str
    entries: tuple[Entry, ...]
    remarks: tuple[str, ...] = ()


def timeline_text(timeline: Timeline, clock: Clock, *, width: int, complete: bool = False) -> str:
    """Return a timeline as text: a line for each entry, with time and age, then its details.

    Parameters
    ----------
    timeline : Timeline
    clock : Clock
        How instants are spelled.
    width : int
        Columns of the page; longer lines are broken.
    complete : bool
        Whether timelines of more than :data:`MOST_ENTRIES` are printed in full.
    """
    entries = timeline.entries
    times = [clock.label(entry.at_ms) for entry in entries]
    ages = [spelled(entry.age_ms) for entry in entries]
    kinds = [entry.kind.value for entry in entries]
    widths = [max(map(len, column)) for column in (times, ages, kinds)]
    indent, below = " " * (sum(widths) + 6), " " * (widths[0] + 4)
    lines = [_title(timeline), *map(printable, timeline.remarks), ""]
    left_out = 0 if complete else max(0, len(entries) - MOST_ENTRIES)
    first_left_out = MOST_ENTRIES - _LAST_ENTRIES
    columns = zip(times, ages, kinds, entries, strict=True)
    for number, (time, age, kind, entry) in enumerate(columns):
        if first_left_out <= number < first_left_out + left_out:
            if number == first_left_out:
                lines.append(f"{below}({left_out:,} entries are left out here; --all shows them)")
            continue
        head = f"{time:>{widths[0]}}  {age:>{widths[1]}}  {kind:<{widths[2]}}  "
        lines += _broken(entry.text, head, indent, width)
        for detail in entry.details:
            lines += _broken(detail, f"{below}- ", f"{below}  ", width)
    return "".join(f"{line}\n" for line in lines)


def timeline_document(timeline: Timeline, start: str | None) -> dict[str, Any]:
    """Return a timeline as plain values for JSON.

    Parameters
    ----------
    timeline : Timeline
    start : str or None
        Wall-clock label of time 0, ISO 8601.
    """
    return {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "scenario": timeline.scenario,
        "start": start,
        "task": timeline.task,
        "name": timeline.name or None,
        "remarks": list(timeline.remarks),
        "entries": [
            {
                "at_s": entry.at_ms / 1000,
                "age_s": entry.age_ms / 1000,
                "kind": entry.kind.value,
                "text": entry.text,
                "details": list(entry.details),
            }
            for entry in timeline.entries
        ],
    }


def _title(timeline: Timeline) -> str:
    scenario = printable(timeline.scenario)
    name = printable(timeline.name)
    if timeline.task is None:
        return f"{name} in {scenario}"
    return f"Task {timeline.task}{f' ({name})' if name else ''} in {scenario}"


def _broken(text: str, first: str, rest: str, width: int) -> list[str]:
    """Return a text in lines, the first behind its head, the others below its beginning."""
    most = max(width, len(rest) + _LEAST_TEXT)
    # Only at blanks: names and expressions are searched for as they are written.
    wrapper = textwrap.TextWrapper(
        most,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    )
    return wrapper.wrap(text) or [first.rstrip()]
