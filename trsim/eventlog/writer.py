"""A recorder that writes the rows of a run to a file while the run goes on."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import starmap
from os import PathLike
from pathlib import Path

import numpy as np

from trsim.errors import OutputError, UsageError
from trsim.eventlog.durable import Replacement
from trsim.eventlog.fingerprint import Fingerprint
from trsim.eventlog.layout import LAYOUT, RECORD
from trsim.eventlog.names import Names
from trsim.eventlog.origin import Origin
from trsim.eventlog.parquet import ROWS_PER_GROUP, GroupWriter

_PACK = LAYOUT.pack


class LogWriter:
    """Takes the rows of a run and keeps one group of them in memory, whatever their number.

    The file gets its name when :meth:`close` has written everything and the disk has it; until
    then an older file of that name stays as it is.  A run that fails leaves nothing.  (A process
    that is killed leaves a hidden file ending in ``.tmp``, which no reader takes for a log,
    because what a log says about itself comes last.)  Its bytes are those of
    :meth:`trsim.eventlog.log.EventLog.save` for the same rows.

    As a context it is closed at the end of the block, and abandoned when an exception leaves it.

    Parameters
    ----------
    path : str or PathLike
        The Parquet file; an existing one is replaced.
    names : Names
        What the numbers in the rows stand for.
    origin : Origin, optional
        Where the rows come from, for whoever reads the file.
    rows_per_group : int, optional
        Rows that are written together, >= 1.

    Raises
    ------
    OutputError
        The file cannot be written.
    UsageError
        ``rows_per_group`` is out of bounds.

    Examples
    --------
    >>> from trsim.core.events import EventType
    >>> from trsim.eventlog import StoredLog
    >>> names = Names(("Available",), (True,), ("voice",), (), (), ("Alice",))
    >>> nothing = (-1,) * 10
    >>> with LogWriter("one.parquet", names) as writer:
    ...     writer.extend([(0, EventType.WORKER_CREATED, -1, -1, 0, -1, -1, -1, -1, 0, *nothing)])
    >>> StoredLog("one.parquet")
    <StoredLog of 1 rows in one.parquet>
    """

    def __init__(
        self,
        path: str | PathLike[str],
        names: Names,
        origin: Origin | None = None,
        *,
        rows_per_group: int = ROWS_PER_GROUP,
    ) -> None:
        if rows_per_group < 1:
            raise UsageError(f"rows_per_group must be >= 1, not {rows_per_group}")
        self._path = Path(path)
        self._origin = origin
        self._most = rows_per_group * LAYOUT.size
        self._waiting = bytearray()
        self._fingerprint = Fingerprint(names)
        self._rows = 0
        self._open = True
        try:
            self._replacement = Replacement(self._path)
        except OSError as problem:
            raise self._refused(problem) from problem
        self._groups = GroupWriter(self._replacement.file, names)

    def extend(self, rows: Iterable[tuple[int, ...]]) -> None:
        """Take rows, in the order in which they happened; the iterable may be reused after.

        Parameters
        ----------
        rows : iterable of tuple of int
            Each in the order of :class:`~trsim.core.events.Row`.

        Raises
        ------
        OutputError
            They cannot be written; the file is abandoned.
        UsageError
            The file is closed.
        """
        if not self._open:
            raise UsageError(f"{self._path} is closed and takes no more rows")
        self._waiting += b"".join(starmap(_PACK, rows))
        # Groups end where they end however the rows come, so that equal logs give equal bytes.
        while len(self._waiting) >= self._most:
            self._write(self._waiting[: self._most])
            del self._waiting[: self._most]

    def close(self) -> str:
        """Write what is left and give the file its name; return the fingerprint.

        Raises
        ------
        OutputError
            It cannot be written; nothing is left of it, and an older file is as it was.
        UsageError
            It is closed already.
        """
        if not self._open:
            raise UsageError(f"{self._path} is closed already")
        if self._waiting:
            self._write(self._waiting)
            self._waiting = bytearray()
        fingerprint = self._fingerprint.hexdigest()
        try:
            self._groups.finish(fingerprint, self._origin)
            self._open = False
            self._replacement.keep()
        except OSError as problem:
            self.abandon()
            raise self._refused(problem) from problem
        except BaseException:
            self.abandon()
            raise
        return fingerprint

    def abandon(self) -> None:
        """Give up; nothing is left of the file."""
        self._open = False
        self._groups.abandon()
        self._replacement.drop()

    def __len__(self) -> int:
        """Return how many rows were taken."""
        return self._rows + len(self._waiting) // LAYOUT.size

    def __enter__(self) -> LogWriter:
        return self

    def __exit__(self, kind: object, problem: object, trace: object) -> None:
        if problem is not None:
            self.abandon()
        elif self._open:
            self.close()

    def _write(self, packed: bytearray) -> None:
        self._fingerprint.update(packed)
        records = np.frombuffer(packed, dtype=RECORD)
        try:
            self._groups.write(records)
        except OSError as problem:
            self.abandon()
            raise self._refused(problem) from problem
        self._rows += len(records)

    def _refused(self, problem: OSError) -> OutputError:
        return OutputError(f"cannot write {self._path}: {problem.strerror or problem}")
