"""What the tables of a scenario mean: counts, observed values, recorded tasks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TypeAlias

from trsim.errors import Problem
from trsim.scenario.cells import (
    Cells,
    TableFault,
    column_of,
    count_of,
    factor_of,
    label_of,
    text_of,
    with_unit,
)
from trsim.scenario.clock import Calendar, Moment, TimeOfDay, instant
from trsim.scenario.files import Row, Table
from trsim.scenario.nodes import (
    Entry,
    MapNode,
    Node,
    ScalarNode,
    list_node,
    map_node,
)
from trsim.scenario.problems import Place, allowed_names, problem_at, shown
from trsim.scenario.scalars import plain_scalar
from trsim.scenario.values import duration_ms, moment

Changes: TypeAlias = dict[str, Node | None]
"""Values of a block by key; None leaves the key out."""

_TRACE_TIMES = ("at", "talk_time", "wrap_up_time", "patience")
_TRACE_COLUMNS = (*_TRACE_TIMES, "channel", "priority")
_ATTRIBUTE = "attributes."


def observations_of(
    table: Table, block: MapNode, calendar: Calendar | None
) -> tuple[Changes, list[Problem]]:
    """Return the values of an empirical law of durations from a column.

    Raises
    ------
    TableFault
        If the column is not there, or the table is empty.
    """
    unit = text_of(block, "unit")
    return _observations(table, block, lambda cell: with_unit(cell, unit))


def factors_of(
    table: Table, block: MapNode, calendar: Calendar | None
) -> tuple[Changes, list[Problem]]:
    """Return the values of an empirical law of factors, which have no unit, from a column.

    Raises
    ------
    TableFault
        If the column is not there, the table is empty, or the law has a unit.
    """
    if text_of(block, "unit"):
        raise TableFault("factors have no unit; leave it out", "unit")
    return _observations(table, block, factor_of)


def _observations(
    table: Table, block: MapNode, read: Callable[[str], str | float]
) -> tuple[Changes, list[Problem]]:
    index = column_of(table, block, "column")
    cells = Cells(table)
    items = tuple(cells.read(row, index, read) for row in table.rows)
    values = list_node(items, Place(table.file, 1, 1))
    return {"values": values, "file": None, "column": None, "unit": None}, cells.problems


def trace_of(
    table: Table, block: MapNode, calendar: Calendar | None
) -> tuple[Changes, list[Problem]]:
    """Return the rows of a trace.

    Raises
    ------
    TableFault
        If a column is unknown or ``at`` is missing.
    """
    if "at" not in table.columns:
        raise TableFault(f"the file has no column 'at' ({allowed_names(table.columns, 'at')})")
    for column in table.columns:
        if column not in _TRACE_COLUMNS and not column.startswith(_ATTRIBUTE):
            known = allowed_names((*_TRACE_COLUMNS, f"{_ATTRIBUTE}*"), column)
            raise TableFault(f"the file has an unknown column {shown(column)} ({known})")
    unit = text_of(block, "unit")
    cells = Cells(table)
    rows = tuple(_trace_row(cells, row, unit) for row in table.rows)
    changes: Changes = {
        "rows": list_node(rows, Place(table.file, 1, 1)),
        "file": None,
        "unit": None,
    }
    return changes, cells.problems


def _trace_row(cells: Cells, row: Row, unit: str) -> Node:
    entries: dict[str, Entry] = {}
    attributes: dict[str, Entry] = {}
    for index, column in enumerate(cells.table.columns):
        place = cells.table.place(row, index)
        if not row.cells[index]:
            if column == "at":
                cells.read(row, index, lambda cell: with_unit(cell, unit))
            continue
        if column == "at":
            node = cells.read(row, index, lambda cell: with_unit(label_of(cell), unit))
            entries[column] = Entry(place, node)
            continue
        if column.startswith(_ATTRIBUTE):
            name = column.removeprefix(_ATTRIBUTE)
            attributes[name] = Entry(place, cells.read(row, index, plain_scalar))
        elif column in _TRACE_TIMES:
            node = cells.read(row, index, lambda cell: with_unit(cell, unit))
            entries[column] = Entry(place, node)
        elif column == "priority":
            entries[column] = Entry(place, cells.read(row, index, count_of))
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
    TableFault
        If a column is not there, or no row counts.
    """
    index = column_of(table, block, "column")
    cells = Cells(table)
    time_column = text_of(block, "time_column")
    if time_column:
        counts = _timed_counts(table, cells, index, _starts(table, cells, block, calendar))
    else:
        counts = [cells.read(row, index, count_of) for row in table.rows]
    changes: Changes = {
        "counts": list_node(tuple(counts), Place(table.file, 1, 1)),
        "file": None,
        "column": None,
        "time_column": None,
        "date": None,
    }
    return changes, cells.problems


def _starts(
    table: Table, cells: Cells, block: MapNode, calendar: Calendar | None
) -> list[tuple[Row, int]]:
    """Return each row with the number of its interval, counted from the start.

    Rows of other days than `date` and rows before the start are left out.
    """
    index = column_of(table, block, "time_column")
    interval_ms = duration_ms(text_of(block, "interval"))
    date = moment(text_of(block, "date")) if text_of(block, "date") else None
    result = []
    for row in table.rows:
        number = cells.read(
            row, index, lambda cell: _interval_number(cell, interval_ms, calendar, date)
        ).value
        if isinstance(number, int) and number >= 0:
            result.append((row, number))
    if not result and not cells.problems:
        if date is not None:
            raise TableFault(f"the file has no row of this date (found {date:%Y-%m-%d})", "date")
        raise TableFault("all rows of the file are before start", "time_column")
    return result


def _interval_number(
    cell: str, interval_ms: int, calendar: Calendar | None, date: dt.datetime | None
) -> int:
    """Return the number of the interval that begins at a time, negative if it does not count."""
    when = instant(label_of(cell))
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
    table: Table, cells: Cells, index: int, starts: list[tuple[Row, int]]
) -> list[ScalarNode]:
    """Return counts in the order of their intervals; an interval without a row has none."""
    most = 100_000
    found: dict[int, ScalarNode] = {}
    for row, number in starts:
        if number in found or number >= most:
            reason = "is too far ahead"
            if number in found:
                first = found[number].place.line
                reason = f"two rows are for one interval; the first is in line {first}"
            cells.problems.append(problem_at(table.place(row, 0), (), reason))
            continue
        found[number] = cells.read(row, index, count_of)
    nothing = ScalarNode(0, Place(table.file, 1, 1))
    return [found.get(number, nothing) for number in range(max(found, default=-1) + 1)]
