"""The event log of one run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import starmap
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from trsim.core.events import FIELDS, Row
from trsim.errors import OutputError, UsageError
from trsim.eventlog.durable import replace_file
from trsim.eventlog.fingerprint import Fingerprint
from trsim.eventlog.layout import COLUMN_CODES, LAYOUT, RECORD, Records
from trsim.eventlog.names import Names, decoded
from trsim.eventlog.origin import Origin
from trsim.eventlog.parquet import ROWS_PER_GROUP, GroupWriter
from trsim.eventlog.reader import LogFile

if TYPE_CHECKING:
    import pandas as pd

_PACK = LAYOUT.pack


_ROWS_PER_BLOCK = 65_536
"""Rows that :meth:`EventLog.blocks` gives at a time, for readers that unpack them."""


class Recorder(Protocol):
    """Where the rows of a run go."""

    def extend(self, rows: Iterable[tuple[int, ...]]) -> None:
        """Take rows in the order in which they happened; the iterable may be reused after."""


class EventLog:
    """All rows of one run, in the order in which they happened.

    Rows are packed into one growing buffer as they come and are seen as NumPy columns without
    being copied.  A log knows what its numbers stand for, so it can be read long after the
    model is gone.

    Parameters
    ----------
    names : Names
        What the numbers stand for.

    Attributes
    ----------
    names : Names

    Examples
    --------
    >>> from trsim.core.events import EventType
    >>> names = Names(
    ...     activities=("Available",),
    ...     available=(True,),
    ...     channels=("voice",),
    ...     queues=("support",),
    ...     workflows=("front_door",),
    ...     workers=("Alice",),
    ... )
    >>> log = EventLog(names)
    >>> nothing = (-1,) * 10
    >>> log.append((0, EventType.WORKER_CREATED, -1, -1, 0, -1, -1, -1, -1, 0, *nothing))
    >>> len(log)
    1
    >>> log.column("activity")
    array([0], dtype=int16)
    """

    __slots__ = ("_packed", "names")

    def __init__(self, names: Names) -> None:
        self.names = names
        self._packed = bytearray()

    def append(self, row: tuple[int, ...]) -> None:
        """Add a row, a tuple of integers in the order of :class:`~trsim.core.events.Row`."""
        self.extend((row,))

    def extend(self, rows: Iterable[tuple[int, ...]]) -> None:
        """Add rows, in the order in which they happened."""
        packed = b"".join(starmap(_PACK, rows))
        # A view of the buffer pins its length.  Rows that come later go into a copy, and the
        # view keeps showing what it showed.
        try:
            self._packed += packed
        except BufferError:
            self._packed = self._packed + packed

    def __len__(self) -> int:
        return len(self._packed) // LAYOUT.size

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, EventLog):
            return NotImplemented
        return self.names == other.names and self._packed == other._packed

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<EventLog of {len(self):,} rows>"

    @property
    def records(self) -> Records:
        """All rows as a structured array, shape (n_rows,); a view that cannot be written to."""
        view = np.frombuffer(self._packed, dtype=RECORD)
        view.flags.writeable = False
        return view

    def column(self, name: str) -> NDArray[np.signedinteger]:
        """Return one column, shape (n_rows,), as it is stored; a view, not a copy.

        Parameters
        ----------
        name : str
            A field of :class:`~trsim.core.events.Row`.

        Raises
        ------
        UsageError
            There is no such column.
        """
        check_column(name)
        return self.records[name]

    def blocks(self) -> Iterator[Records]:
        """Yield all rows in groups, each a structured array, shape (n_rows_of_group,)."""
        records = self.records
        for start in range(0, len(records), _ROWS_PER_BLOCK):
            yield records[start : start + _ROWS_PER_BLOCK]

    def parts(self, *columns: str) -> Iterator[tuple[NDArray[np.signedinteger], ...]]:
        """Yield some columns in groups of rows, each of shape (n_rows_of_group,).

        Parameters
        ----------
        *columns : str
            Fields of :class:`~trsim.core.events.Row`.

        Raises
        ------
        UsageError
            There is no such column.
        """
        for name in columns:
            check_column(name)
        for block in self.blocks():
            yield tuple(block[name] for name in columns)

    def rows(self) -> Iterator[Row]:
        """Yield the rows one by one, for people and for replay."""
        return map(Row._make, LAYOUT.iter_unpack(self._packed))

    def to_frame(self) -> pd.DataFrame:
        """Return the rows as a table, one column for each field.

        Returns
        -------
        DataFrame
            Columns that name something (event, worker, queue, workflow, channel, activity, both
            statuses, reason, attributes, stream) are ordered categoricals of their names, in
            TaskRouter's spelling, missing where they do not apply.  The others are integers,
            with -1 where they do not apply; ``at_ms``, ``until_ms`` and ``offset_ms`` are int64
            [ms].
        """
        import pandas as pd

        columns = {
            name: decoded(np.ascontiguousarray(self.column(name)), self.names.of_column(name))
            for name in FIELDS
        }
        return pd.DataFrame(columns, copy=False)

    def fingerprint(self) -> str:
        """Return the SHA-256 of all that the log says, as 64 hexadecimal digits.

        It depends on the rows and the names, and not on how they were recorded or stored:
        :class:`~trsim.eventlog.fingerprint.Fingerprint` says of what it is taken.
        """
        digest = Fingerprint(self.names)
        digest.update(self._packed)
        return digest.hexdigest()

    def to_parquet(self, origin: Origin | None = None) -> bytes:
        """Return the log as the bytes of a Parquet file; equal logs give equal bytes.

        Parameters
        ----------
        origin : Origin, optional
            Where the rows come from, for whoever reads the file.
        """
        import pyarrow as pa

        sink = pa.BufferOutputStream()
        groups = GroupWriter(sink, self.names)
        records = self.records
        for start in range(0, len(records), ROWS_PER_GROUP):
            groups.write(records[start : start + ROWS_PER_GROUP])
        groups.finish(self.fingerprint(), origin)
        return bytes(sink.getvalue())

    def save(self, path: str | PathLike[str], origin: Origin | None = None) -> None:
        """Write the log to a Parquet file, which is there completely or not at all.

        Parameters
        ----------
        path : str or PathLike
            The file; an existing one is replaced.
        origin : Origin, optional
            Where the rows come from, for whoever reads the file.

        Raises
        ------
        OutputError
            It cannot be written; an existing file is as it was.
        """
        target = Path(path)
        try:
            replace_file(target, self.to_parquet(origin))
        except OSError as problem:
            raise OutputError(f"cannot write {target}: {problem.strerror or problem}") from problem

    @staticmethod
    def load(path: str | PathLike[str]) -> EventLog:
        """Return the log in a file, all of it in memory.

        :class:`~trsim.eventlog.stored.StoredLog` leaves it in the file.

        Parameters
        ----------
        path : str or PathLike
            A Parquet file that :meth:`save` or a :class:`~trsim.eventlog.writer.LogWriter` wrote.

        Raises
        ------
        UsageError
            The file cannot be read, is no event log, has another version, or is damaged.
        """
        file = LogFile(Path(path))
        log = EventLog(file.names)
        for records in file.groups():
            log._packed += records.tobytes()
        return log


def check_column(name: str) -> None:
    """Refuse a column that no log has.

    Raises
    ------
    UsageError
        There is no such column.
    """
    if name not in COLUMN_CODES:
        raise UsageError(f"a log has no column {name!r}; columns are {', '.join(FIELDS)}")
