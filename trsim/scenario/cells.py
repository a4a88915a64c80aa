"""Cells of a table: what they hold, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable

from trsim.errors import Problem
from trsim.scenario.files import Row, Table
from trsim.scenario.nodes import MapNode, ScalarNode, child
from trsim.scenario.problems import allowed_names, problem_at, shown
from trsim.scenario.scalars import plain_scalar

_MOST_PROBLEMS = 60
_BARE = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,6})?")
_COUNT = re.compile(r"[0-9]{1,9}")
_COMMA = re.compile(r"[0-9]+,[0-9]+")
_LABEL = re.compile(r"(.*[0-9]:[0-9.:]+)Z")


class TableFault(ValueError):
    """What is wrong with a table as a whole, and the key of the block that it is told at."""

    def __init__(self, reason: str, key: str = "file") -> None:
        self.key = key
        super().__init__(reason)


class Cells:
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
                reason = f"in column {shown(self.table.columns[index])}: {fault}"
                self.problems.append(problem_at(place, (), reason))
            return ScalarNode(None, place)


def column_of(table: Table, block: MapNode, key: str) -> int:
    """Return the position of the column that a block names.

    Raises
    ------
    TableFault
        If there is no such column, or nothing in it.
    """
    name = text_of(block, key)
    if name not in table.columns:
        known = allowed_names(table.columns, name)
        raise TableFault(f"the file has no column {shown(name)} ({known})", key)
    if not table.rows:
        raise TableFault("the file has no rows below the names of its columns")
    return table.columns.index(name)


def text_of(block: MapNode, key: str) -> str:
    """Return the value of a key as a text, empty where there is none."""
    node = child(block, key)
    return str(node.value) if isinstance(node, ScalarNode) and node.value is not None else ""


def label_of(cell: str) -> str:
    """Return a time without its Z: times in tables are wall-clock labels, whatever they carry."""
    found = _LABEL.fullmatch(cell)
    return found[1] if found else cell


def factor_of(cell: str) -> float:
    """Return a number that is not negative.

    Raises
    ------
    ValueError
        If the cell holds none.
    """
    _check_comma(cell)
    number = plain_scalar(cell)
    if isinstance(number, bool) or not isinstance(number, (int, float)) or number < 0:
        raise ValueError(f"must be a number >= 0 (found {shown(cell)})")
    return float(number)


def _check_comma(cell: str) -> None:
    if _COMMA.fullmatch(cell):
        point = cell.replace(",", ".")
        raise ValueError(f"decimals take a point (found {shown(cell)}; write {point})")


def count_of(cell: str) -> int:
    """Return a number of tasks.

    Raises
    ------
    ValueError
        If the cell holds none.
    """
    if not _COUNT.fullmatch(cell):
        raise ValueError(f"must be a whole number >= 0 (found {shown(cell)})")
    return int(cell)


def with_unit(cell: str, unit: str) -> str:
    """Return a cell as a duration or time; a bare number gets the unit of the file.

    Raises
    ------
    ValueError
        If the cell is empty, has a decimal comma, or lacks a unit.
    """
    if not cell:
        raise ValueError("is empty")
    _check_comma(cell)
    if not _BARE.fullmatch(cell):
        return cell
    if not unit:
        raise ValueError(
            f"a bare number needs the unit of the file (found {shown(cell)}; add unit: s)"
        )
    return cell + unit
