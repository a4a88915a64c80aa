"""Files beside a scenario: where they may lie, and tables in them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from trsim.errors import ScenarioError
from trsim.scenario.nodes import Limits
from trsim.scenario.problems import Place, problem_at, shown
from trsim.scenario.yaml_reader import decode


def read_content(path: Path, limits: Limits) -> bytes:
    """Return the bytes of a file.

    Raises
    ------
    ValueError
        If it cannot be read or is larger than `limits` allow; the text says why.
    """
    try:
        if path.exists() and not path.is_file():
            raise ValueError("cannot be read: it is not a regular file")
        with path.open("rb") as stream:
            content = stream.read(limits.size + 1)
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else str(fault)
        text = str(reason or fault)
        raise ValueError(text if text.startswith("cannot") else f"cannot be read: {text}") from None
    if len(content) > limits.size:
        raise ValueError(f"has more than {limits.size} bytes")
    return content


def inside(folder: Path | None, name: str) -> Path:
    """Return the path of a file that a scenario names.

    Parameters
    ----------
    folder : Path or None
        The folder of the scenario.
    name : str
        The file as it is named, relative to the folder.

    Raises
    ------
    ValueError
        If it lies outside of the folder, by name or through a link.
    """
    if folder is None:
        raise ValueError("a file can be named only in a scenario that is a file, too")
    relative = Path(name)
    outside = relative.is_absolute() or relative.drive or name.startswith(("~", "\\"))
    if not name.strip() or outside or ".." in name.replace("\\", "/").split("/"):
        raise ValueError("a file must lie in the folder of the scenario")
    try:
        path = (folder / relative).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise ValueError("a link leads out of the folder of the scenario")
    except (OSError, RuntimeError) as fault:
        raise ValueError(f"cannot be found: {type(fault).__name__}") from None
    return path


class Row(NamedTuple):
    """A line of a table."""

    line: int
    """Where it ends, counted from 1."""
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file with a line of column names."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def place(self, row: Row, index: int) -> Place:
        """Return where a cell stands; the column is exact where no cell is quoted."""
        return Place(self.file, row.line, 1 + sum(len(cell) + 1 for cell in row.cells[:index]))


def read_table(content: bytes, file: str, limits: Limits) -> Table:
    """Return the table in a CSV file: UTF-8, commas or semicolons, column names in line 1.

    Raises
    ------
    ScenarioError
        If it is not such a table; the line is named.
    """
    text = decode(content, file)
    header = text.split("\n", maxsplit=1)[0]
    delimiter = ";" if ";" in header and "," not in header else ","
    rows = _rows(text, file, delimiter, limits)
    first = next(rows, None)
    if first is None:
        raise ScenarioError([problem_at(Place(file, 1, 1), (), "the file is empty")])
    columns = tuple(cell.strip() for cell in first.cells)
    twice = next((name for name in columns if columns.count(name) > 1), None)
    if twice is not None:
        reason = f"the column {shown(twice)} is there twice"
        raise ScenarioError([problem_at(Place(file, 1, 1), (), reason)])
    body = []
    for row in rows:
        if len(row.cells) != len(columns):
            reason = f"has {_cells(len(row.cells))}, the first line {len(columns)}"
            if len(row.cells) > len(columns) and delimiter == ",":
                reason += "; decimals take a point, and texts with commas quotation marks"
            raise ScenarioError([problem_at(Place(file, row.line, 1), (), reason)])
        body.append(row)
    return Table(file, columns, tuple(body))


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


def _rows(text: str, file: str, delimiter: str, limits: Limits) -> Iterator[Row]:
    """Yield the lines that are not blank, within the budget."""
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    count = 0
    try:
        for cells in reader:
            count += len(cells)
            if count > limits.nodes:
                reason = f"more than {limits.nodes} cells"
                raise ScenarioError([problem_at(Place(file, reader.line_num, 1), (), reason)])
            if cells:
                yield Row(reader.line_num, tuple(cell.strip() for cell in cells))
    except csv.Error as fault:
        reason = f"cannot be read as CSV: {fault}"
        raise ScenarioError([problem_at(Place(file, reader.line_num, 1), (), reason)]) from None
