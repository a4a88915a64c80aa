"""TaskRouter's statistics as aligned tables, under the names they have in JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Final

from rich.console import Group as Stack
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from trsim.report.wording import printable
from trsim.statistics.shape import (
    ActivityDuration,
    ActivityStatistic,
    Figures,
    SplitSides,
    WaitDuration,
)

_SIDS: Final = {
    "longest_task_waiting_age": "longest_task_waiting_sid",
    "longest_relative_task_age_in_queue": "longest_relative_task_sid_in_queue",
}
"""Ages, and whose they are."""


def overview(title: str, sections: Mapping[str, Figures]) -> RenderableType:
    """Return statistics for the console.

    Parameters
    ----------
    title : str
        What they are about.
    sections : mapping of str to Figures
        Statistics under their headings.
    """
    parts: list[RenderableType] = [Text(title, style="bold")]
    for head, figures in sections.items():
        parts += [Text(""), Text(head, style="bold")]
        tables = [table for table in _tables(figures) if table.row_count]
        parts += [Padding(table, (number > 0, 0, 0, 2)) for number, table in enumerate(tables)]
    return Stack(*parts)


def _tables(figures: Figures) -> Iterator[Table]:
    values = {field.name: getattr(figures, field.name) for field in fields(figures)}  # type: ignore[arg-type]
    yield _numbers(values)
    yield _durations(values)
    yield _splits(values)
    yield _activities(values)


def _numbers(values: Mapping[str, object]) -> Table:
    """Return the single figures, and those by status or priority."""
    shown = _table(Column(), Column(justify="right"), Column())
    for name, value in sorted(values.items(), key=lambda item: _rank(item[0])):
        if isinstance(value, int):
            of = values.get(_SIDS.get(name, ""))
            shown.add_row(name, f"{value:,}", _unit(name) + (f", {of}" if of else ""))
        elif name in ("tasks_by_status", "tasks_by_priority") and isinstance(value, Mapping):
            for key, count in value.items():
                shown.add_row(f"{name} {key}", f"{count:,}", "tasks")
    return shown


def _rank(name: str) -> int:
    """Return where a figure comes: what entered, what became of it, its reservations, the rest."""
    if name in ("tasks_created", "tasks_entered", "total_tasks"):
        return 0
    return 1 if name.startswith("tasks_") else 2 if name.startswith("reservations_") else 3


def _unit(name: str) -> str:
    if name.endswith("_workers"):
        return "workers"
    if name.startswith("reservations_"):
        return "reservations"
    return "s" if "_age" in name or name.endswith("_time") else "tasks"


def _durations(values: Mapping[str, object]) -> Table:
    heads = (Column(f"{name} [s]", justify="right") for name in ("avg", "min", "max", "total"))
    shown = _table(Column(""), *heads, show_header=True)
    for name, value in values.items():
        if isinstance(value, WaitDuration):
            shown.add_row(name, *_spread(value))
        elif name == "activity_durations" and isinstance(value, tuple):
            for stay in value:
                shown.add_row(Text(f"{name} {printable(stay.friendly_name)}"), *_spread(stay))
    return shown


def _spread(value: WaitDuration | ActivityDuration) -> Iterator[str]:
    return (f"{figure:,}" for figure in (value.avg, value.min, value.max, value.total))


def _splits(values: Mapping[str, object]) -> Table:
    columns = (
        Column("split_by_wait_time"),
        Column("reservations_accepted", justify="right"),
        Column("tasks_canceled", justify="right"),
    )
    shown = _table(*columns, show_header=True)
    splits = values.get("split_by_wait_time")
    for threshold, sides in splits.items() if isinstance(splits, Mapping) else ():
        assert isinstance(sides, SplitSides), "a threshold has two sides"
        for word, counts in (("below", sides.below), ("above", sides.above)):
            row = f"{counts.reservations_accepted:,}", f"{counts.tasks_canceled:,}"
            shown.add_row(f"{word} {threshold} s", *row)
    return shown


def _activities(values: Mapping[str, object]) -> Table:
    shown = _table(
        Column("activity_statistics"), Column("workers", justify="right"), show_header=True
    )
    activities = values.get("activity_statistics", ())
    for entry in activities if isinstance(activities, tuple) else ():
        assert isinstance(entry, ActivityStatistic), "an entry is one activity"
        shown.add_row(Text(printable(entry.friendly_name)), f"{entry.workers:,}")
    return shown


def _table(*columns: Column, show_header: bool = False) -> Table:
    return Table(*columns, box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=show_header)
