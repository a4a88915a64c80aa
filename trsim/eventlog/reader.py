"""Reading the files that :mod:`trsim.eventlog.parquet` writes, group by group or by column."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from trsim.core.events import FIELDS, NOTHING
from trsim.errors import UsageError
from trsim.eventlog.fingerprint import Fingerprint
from trsim.eventlog.layout import FORMAT_VERSION, RECORD, Records
from trsim.eventlog.names import Names
from trsim.eventlog.origin import Origin
from trsim.eventlog.parquet import FORMAT, KEY, schema

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


class LogFile:
    """A log on disk; opening it reads what the file says about itself, and no row.

    Parameters
    ----------
    path : Path
        A Parquet file.

    Attributes
    ----------
    path : Path
    names : Names
        What the numbers in the rows stand for.
    fingerprint : str
        That of the rows, as the file says.
    origin : Origin or None
        Where the rows come from, as the file says.
    rows : int
        How many there are.

    Raises
    ------
    UsageError
        The file cannot be read, is no event log, or has another version.
    """

    __slots__ = ("_footer", "fingerprint", "names", "origin", "path", "rows")

    def __init__(self, path: Path) -> None:
        self.path = path
        self._footer: pq.FileMetaData = None
        with self._opened() as file:
            footer, stored = file.metadata, file.schema_arrow
        about = _description(path, footer.metadata or {})
        try:
            self.names = Names.from_dict(about["names"])
            self.origin = _origin(about)
        except UsageError as problem:
            raise UsageError(f"cannot read {path}: {problem}") from problem
        if not stored.equals(schema(self.names)):
            raise UsageError(f"cannot read {path}: its columns are not those of an event log")
        self._footer = footer
        self.fingerprint: str = about["fingerprint"]
        self.rows: int = footer.num_rows

    def groups(self) -> Iterator[Records]:
        """Yield the rows group by group, each a structured array, shape (n_rows_of_group,).

        Raises
        ------
        UsageError
            A group is damaged, or all groups together do not have the fingerprint of the file;
            the latter is known behind the last one.
        """
        taken = Fingerprint(self.names)
        with self._opened() as file:
            for group in range(file.num_row_groups):
                records = self._records(file.read_row_group(group))
                taken.update(records.tobytes())
                yield records
        if taken.hexdigest() != self.fingerprint:
            raise UsageError(f"cannot read {self.path}: its rows do not match its fingerprint")

    def parts(self, columns: Sequence[str]) -> Iterator[tuple[NDArray[np.signedinteger], ...]]:
        """Yield some columns group by group, each of shape (n_rows_of_group,).

        Parameters
        ----------
        columns : sequence of str
            Fields of :class:`~trsim.core.events.Row`.

        Raises
        ------
        UsageError
            A column is damaged.
        """
        with self._opened() as file:
            for group in range(file.num_row_groups):
                table = file.read_row_group(group, columns=list(columns))
                yield tuple(self._numbers(name, table.column(name)) for name in columns)

    def column(self, name: str) -> NDArray[np.signedinteger]:
        """Return one column, shape (n_rows,), in the type it has in memory.

        Parameters
        ----------
        name : str
            A field of :class:`~trsim.core.events.Row`.

        Raises
        ------
        UsageError
            The column is damaged.
        """
        with self._opened() as file:
            stored = file.read(columns=[name]).column(0)
            return self._numbers(name, stored)

    @contextmanager
    def _opened(self) -> Iterator[pq.ParquetFile]:
        """Open the file for a while; what cannot be read is said in one line."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            with open(self.path, "rb") as file:
                # Without pre-buffering only the pages in hand are in memory.
                yield pq.ParquetFile(
                    file,
                    metadata=self._footer,
                    pre_buffer=False,
                    page_checksum_verification=True,
                )
        except UsageError:
            raise
        except (OSError, ValueError, pa.ArrowException) as problem:
            reason = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
            raise UsageError(f"cannot read {self.path}: {reason}") from problem

    def _records(self, table: pa.Table) -> Records:
        records = np.empty(table.num_rows, dtype=RECORD)
        for name in FIELDS:
            records[name] = self._numbers(name, table.column(name))
        return records

    def _numbers(self, name: str, stored: pa.ChunkedArray) -> NDArray[np.signedinteger]:
        import pyarrow as pa

        try:
            numbers = _from_arrow(stored, self.names.of_column(name))
        except (LookupError, TypeError, ValueError, OverflowError, pa.ArrowException) as problem:
            raise UsageError(f"cannot read {self.path}: column {name!r} is damaged") from problem
        return numbers.astype(RECORD[name], copy=False)


def _description(path: Path, metadata: dict[bytes, bytes]) -> dict[str, Any]:
    """Return what a file says about itself."""
    try:
        about = json.loads(metadata[KEY])
        form, version = about["format"], about["version"]
        known = isinstance(about["names"], dict) and isinstance(about["fingerprint"], str)
    except (KeyError, TypeError, ValueError):
        form, version, known = None, None, False
    if form != FORMAT or (version == FORMAT_VERSION and not known):
        raise UsageError(f"cannot read {path}: it is not an event log of trsim")
    if version != FORMAT_VERSION:
        raise UsageError(
            f"cannot read {path}: it has version {version!r} of the event log, "
            f"and this trsim reads version {FORMAT_VERSION}"
        )
    assert isinstance(about, dict)
    return about


def _origin(about: dict[str, Any]) -> Origin | None:
    stored = about.get("origin")
    return None if stored is None else Origin.from_dict(stored)


def _from_arrow(
    column: pa.ChunkedArray, words: tuple[str, ...] | None
) -> NDArray[np.signedinteger]:
    """Return the numbers of a stored column."""
    if words is None:
        if column.null_count:
            raise ValueError("a column of numbers has no gaps")
        return np.asarray(column.to_numpy())
    # Short dictionaries are looked up in the names, so that long ones are indexed only if used.
    number_of = {word: number for number, word in enumerate(words)}
    parts = [np.empty(0, dtype=np.int32)]
    for chunk in column.chunks:
        stored = [number_of[word] for word in chunk.dictionary.to_pylist()]
        lookup = np.array([*stored, NOTHING], dtype=np.int32)
        codes = chunk.indices.fill_null(len(stored)).to_numpy(zero_copy_only=False)
        parts.append(lookup[codes])
    return np.concatenate(parts)
