"""What the tables of a scenario mean: counts, observed values, recorded tasks."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import TypeAlias

from trsim.errors import Problem
from trsim.scenario.clock import Calendar, Moment, TimeOfDay, instant
from trsim.scenario.files import Row, Table
from trsim.scenario.nodes import (
    Entry,
    MapNode,
    Node,
    ScalarNode,
    child,
    list_node,
    map_node,
)
from trsim.scenario.problems import Place, allowed_names, problem_at, shown
from trsim.scenario.scalars import plain_scalar
from trsim.scenario.values import duration_ms, moment

Changes: TypeAlias = dict[str, Node | None]
"""Values of a block by key; None leaves the key out."""

_MOST_PROBLEMS = 60
_BARE = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,6})?")
_COUNT = re.compile(r"[0-9]{1,9}")
_TRACE_TIMES = ("at", "talk_time", "wrap_up_time", "patience")
_TRACE_COLUMNS = (*_TRACE_TIMES, "channel", "priority")
_ATTRIBUTE = "attributes."


class _Cells:
    """Reads cells and collects what is wrong with them."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.problems: list[Problem] = []

    def read(
        self, row: Row, index: int, read: Callable[[str], str | int | float | bool | None]
    ) -> ScalarNode:
        """Return the value of a cell."""
        place = self.table.place(row, index)
        try:
            return ScalarNode(read(row.cells[index]), place)
        except ValueError as fault:
            if len(self.problems) < _MOST_PROBLEMS:
                self.problems.append(problem_at(place, (self.table.columns[index],), str(fault)))
            return ScalarNode(None, place)


def observations_of(
    table: Table, block: MapNode, calendar: Calendar | None
) -> tuple[Changes, list[Problem]]:
    """Return the values of an empirical law from a column.

    Raises
    ------
    ValueError
        If the column is not there.
    """
    index = table.index(_text(block, "column"))
    unit = _text(block, "unit")
    cells = _Cells(table)
    items = tuple(cells.read(row, index, lambda cell: _with_unit(cell, unit)) for row in table.rows)
    values = list_node(items, Place(table.file, 1, 1))
    return {"values": values, "file": None, "column": None, "unit": None}, cells.problems


def trace_of(
    table: Table, block: MapNode, calendar: Calendar | None
) -> tuple[Changes, list[Problem]]:
    """Return the rows of a trace.

    Raises
    ------
    ValueError
        If a column is unknown or ``at`` is missing.
    """
    table.index("at")
    for column in table.columns:
        if column not in _TRACE_COLUMNS and not column.startswith(_ATTRIBUTE):
            known = allowed_names((*_TRACE_COLUMNS, f"{_ATTRIBUTE}*"), column)
            raise ValueError(f"the file has an unknown column {shown(column)} ({known})")
    unit = _text(block, "unit")
    cells = _Cells(table)
    rows = tuple(_trace_row(cells, row, unit) for row in table.rows)
    changes: Changes = {
        "rows": list_node(rows, Place(table.file, 1, 1)),
        "file": None,
        "unit": None,
    }
    return changes, cells.problems


def _trace_row(cells: _Cells, row: Row, unit: str) -> Node:
    entries: dict[str, Entry] = {}
    attributes: dict[str, Entry] = {}
    for index, column in enumerate(cells.table.columns):
        place = cells.table.place(row, index)
        if not row.cells[index]:
            if column == "at":
                cells.read(row, index, lambda cell: _with_unit(cell, unit))
            continue
        if column.startswith(_ATTRIBUTE):
            name = column.removeprefix(_ATTRIBUTE)
            attributes[name] = Entry(place, cells.read(row, index, plain_scalar))
        elif column in _TRACE_TIMES:
            node = cells.read(row, index, lambda cell: _with_unit(cell, unit))
            entries[column] = Entry(place, node)
        elif column == "priority":
            entries[column] = Entry(place, cells.read(row, index, _count))
        else:
            entries[column] = Entry(place, cells.read(row, index, str))
    here = Place(cells.table.file, row.line, 1)
    if attributes:
        entries["attributes"] = Entry(here, map_node(attributes, here))
    return map_node(entries, here)


def counts_of(
    table: Table, block: MapNode, calendar: Calendar | None
) -> tuple[Changes, list[Problem]]:
    """Return the counts of the intervals from the start on.

    Raises
    ------
    ValueError
        If a column is not there, or the times need a start and there is none.
    """
    index = table.index(_text(block, "column"))
    cells = _Cells(table)
    time_column = _text(block, "time_column")
    if time_column:
        counts = _timed_counts(table, cells, index, _starts(table, cells, block, calendar))
    else:
        counts = [cells.read(row, index, _count) for row in table.rows]
    changes: Changes = {
        "counts": list_node(tuple(counts), Place(table.file, 1, 1)),
        "file": None,
        "column": None,
        "time_column": None,
        "date": None,
    }
    return changes, cells.problems


def _starts(
    table: Table, cells: _Cells, block: MapNode, calendar: Calendar | None
) -> list[tuple[Row, int]]:
    """Return each row with the number of its interval, counted from the start.

    Rows of other days than `date` and rows before the start are left out.
    """
    index = table.index(_text(block, "time_column"))
    interval_ms = duration_ms(_text(block, "interval"))
    date = moment(_text(block, "date")) if _text(block, "date") else None
    result = []
    for row in table.rows:
        number = cells.read(
            row, index, lambda cell: _interval_number(cell, interval_ms, calendar, date)
        ).value
        if isinstance(number, int) and number >= 0:
            result.append((row, number))
    return result


def _interval_number(
    cell: str, interval_ms: int, calendar: Calendar | None, date: dt.datetime | None
) -> int:
    """Return the number of the interval that begins at a time, negative if it does not count."""
    # Exports of local times often carry a Z all the same: times in tables are wall-clock labels.
    when = instant(cell.removesuffix("Z"))
    if isinstance(when, (TimeOfDay, Moment)):
        if calendar is None:
            raise ValueError(f"a time of day needs start (found {shown(cell)})")
        when_ms = _calendar_ms(when, calendar, date)
    else:
        when_ms = when.ms
    number, rest = divmod(when_ms, interval_ms)
    if rest and when_ms > -interval_ms:
        raise ValueError(f"does not begin an interval counted from start (found {shown(cell)})")
    return number


def _calendar_ms(when: TimeOfDay | Moment, calendar: Calendar, date: dt.datetime | None) -> int:
    first_day = calendar.start.replace(hour=0, minute=0, second=0, microsecond=0)
    if isinstance(when, TimeOfDay):
        if date is not None:
            raise ValueError("date needs dates in the time_column (found a time of day)")
        # The table begins on the first day; what lies before the start is left out.
        return calendar.offset_ms(first_day + dt.timedelta(milliseconds=when.ms))
    if date is None:
        return calendar.offset_ms(when.local)
    if when.local.date() != date.date():
        return -(2**62)
    return calendar.offset_ms(first_day + (when.local - date))


def _timed_counts(
    table: Table, cells: _Cells, index: int, starts: list[tuple[Row, int]]
) -> list[ScalarNode]:
    """Return counts in the order of their intervals; an interval without a row has none."""
    most = 100_000
    found: dict[int, ScalarNode] = {}
    for row, number in starts:
        if number in found or number >= most:
            reason = "two rows are for one interval" if number in found else "is too far ahead"
            cells.problems.append(problem_at(table.place(row, 0), (), reason))
            continue
        found[number] = cells.read(row, index, _count)
    nothing = ScalarNode(0, Place(table.file, 1, 1))
    return [found.get(number, nothing) for number in range(max(found, default=-1) + 1)]


def _text(block: MapNode, key: str) -> str:
    node = child(block, key)
    return str(node.value) if isinstance(node, ScalarNode) and node.value is not None else ""


def _count(cell: str) -> int:
    if not _COUNT.fullmatch(cell):
        raise ValueError(f"must be a whole number >= 0 (found {shown(cell)})")
    return int(cell)


def _with_unit(cell: str, unit: str) -> str:
    """Return a cell as a duration or time; a bare number gets the unit of the file."""
    if not cell:
        raise ValueError("is empty")
    if not _BARE.fullmatch(cell):
        return cell
    if not unit:
        raise ValueError(
            f"a bare number needs the unit of the file (found {shown(cell)}; add unit: s)"
        )
    return cell + unit
