"""A log that stays in its file and is read as far as it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from trsim.core.events import FIELDS, Row
from trsim.errors import UsageError
from trsim.eventlog.layout import LAYOUT, RECORD, Records
from trsim.eventlog.log import EventLog, check_column
from trsim.eventlog.origin import Origin
from trsim.eventlog.reader import LogFile


class StoredLog(EventLog):
    """The rows of one run in a Parquet file, read when they are needed and not kept.

    It answers as the log in memory does.  :meth:`column` reads that column only, and reads it
    again unless somebody still holds it; :meth:`rows`, :meth:`blocks` and :meth:`parts` need the
    memory of one group of rows.  :attr:`records`, :meth:`to_frame` and :meth:`to_parquet` need
    all of it.

    Parameters
    ----------
    path : str or PathLike
        The file; it must stay as it is as long as the log is used.

    Attributes
    ----------
    names : Names
    path : Path
    origin : Origin or None
        Where the rows come from.

    Raises
    ------
    UsageError
        The file cannot be read, is no event log, or has another version.  Rows and columns that
        turn out to be damaged later raise it as well.
    """

    __slots__ = ("_cache", "_file")

    def __init__(self, path: str | PathLike[str]) -> None:
        self._file = LogFile(Path(path))
        self._cache: WeakValueDictionary[str, NDArray[Any]] = WeakValueDictionary()
        super().__init__(self._file.names)

    @property
    def path(self) -> Path:
        """The file."""
        return self._file.path

    @property
    def origin(self) -> Origin | None:
        """Where the rows come from, if the file says so."""
        return self._file.origin

    def extend(self, rows: Iterable[tuple[int, ...]]) -> None:
        """Refuse: what is in a file is over.

        Raises
        ------
        UsageError
            Always.
        """
        raise UsageError(f"the log in {self.path} is complete and takes no more rows")

    def __len__(self) -> int:
        return self._file.rows

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, EventLog):
            return NotImplemented
        return self.fingerprint() == other.fingerprint()

    __hash__ = None

    def __repr__(self) -> str:
        return f"<StoredLog of {len(self):,} rows in {self.path}>"

    def __reduce__(self) -> tuple[type[StoredLog], tuple[Path]]:
        return StoredLog, (self.path,)

    @property
    def records(self) -> Records:
        """All rows as a structured array, shape (n_rows,), which takes the memory of all."""
        records = self._cache.get("")
        if records is None:
            records = np.empty(len(self), dtype=RECORD)
            for name in FIELDS:
                records[name] = self._file.column(name)
            records.flags.writeable = False
            self._cache[""] = records
        return records

    def column(self, name: str) -> NDArray[np.signedinteger]:
        """Return one column, shape (n_rows,), read from the file.

        Parameters
        ----------
        name : str
            A field of :class:`~trsim.core.events.Row`.

        Raises
        ------
        UsageError
            There is no such column, or it is damaged.
        """
        check_column(name)
        numbers = self._cache.get(name)
        if numbers is None:
            numbers = self._file.column(name)
            numbers.flags.writeable = False
            self._cache[name] = numbers
        return numbers

    def blocks(self) -> Iterator[Records]:
        """Yield all rows, group by group; behind the last one their fingerprint is checked.

        Raises
        ------
        UsageError
            The file is damaged.
        """
        return self._file.groups()

    def parts(self, *columns: str) -> Iterator[tuple[NDArray[np.signedinteger], ...]]:
        """Yield some columns in groups of rows, each of shape (n_rows_of_group,).

        Only these are read, so that the fingerprint, which is that of all, is not checked.

        Parameters
        ----------
        *columns : str
            Fields of :class:`~trsim.core.events.Row`.

        Raises
        ------
        UsageError
            There is no such column, or it is damaged.
        """
        for name in columns:
            check_column(name)
        return self._file.parts(columns)

    def rows(self) -> Iterator[Row]:
        """Yield the rows one by one; behind the last one their fingerprint is checked.

        Raises
        ------
        UsageError
            The file is damaged.
        """
        for block in self.blocks():
            yield from map(Row._make, LAYOUT.iter_unpack(block.tobytes()))

    def fingerprint(self) -> str:
        """Return the fingerprint that the file says; reading all rows checks it."""
        return self._file.fingerprint
