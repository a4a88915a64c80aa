"""Figures on disk: what was simulated once is never simulated again, not even after a crash.

The file is an SQLite database with one row for each replication.  Its key is SHA-256 of the
scenario's digest, seed, horizon, number of the replication and version of the code, so that
figures are found again exactly when simulating them would give them anew.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Final

from trsim.errors import OutputError, UsageError
from trsim.experiments.code_version import code_version
from trsim.experiments.evaluate import Job
from trsim.experiments.figures import Figures
from trsim.model import Model

APPLICATION: Final = 0x7472736D
"""What the head of the file says of whose it is: ``trsm``."""
VERSION: Final = 1
PATIENCE_S: Final = 60.0
"""How long another process may hold the file [s]."""

_SCHEMA: Final = f"""
CREATE TABLE figures (key BLOB PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {VERSION};
"""


class Ledger:
    """A store of figures in a file.

    Parameters
    ----------
    path : str or PathLike
        The file; it is made where there is none, its folder included.

    Raises
    ------
    UsageError
        The file is not a ledger, or one of another version.
    OutputError
        It cannot be written.

    Notes
    -----
    Several processes may use one file at the same time.  A model without digest cannot be told
    from others: its figures are kept in memory, as long as this object lives.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = Path(path)
        self._unnamed: dict[tuple[int, int, int, int], tuple[Model, Figures]] = {}
        with self._complaints():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # A transaction is begun by us, and no statement waits forever for another process.
            self._database = sqlite3.connect(self.path, timeout=PATIENCE_S, isolation_level=None)
            try:
                self._prepare()
            except BaseException:
                self._database.close()
                raise

    def get(self, job: Job) -> Figures | None:
        """Return the figures of a job, None if they are not known.

        Raises
        ------
        UsageError
            The file is damaged.
        """
        if not job.plan.model.digest:
            known = self._unnamed.get(_place(job))
            return None if known is None else known[1]
        with self._complaints():
            row = self._database.execute(
                "SELECT content FROM figures WHERE key = ?", (key_of(job),)
            ).fetchone()
        return None if row is None else self._read(row[0])

    def put(self, job: Job, figures: Figures) -> None:
        """Keep the figures of a job, durably once this returns; see :meth:`put_all`."""
        self.put_all([job], [figures])

    def put_all(self, jobs: Sequence[Job], figures: Sequence[Figures]) -> None:
        """Keep the figures of several jobs, durably once this returns, all of them or none.

        Raises
        ------
        OutputError
            The file cannot be written.
        """
        rows = []
        for job, each in zip(jobs, figures, strict=True):
            model = job.plan.model
            if model.digest:
                rows.append((key_of(job), _packed(each)))
            else:
                # The model is held, so that its number is not given to another one.
                self._unnamed[_place(job)] = (model, each)
        if not rows:
            return
        with self._complaints(), self._transaction():
            self._database.executemany("INSERT OR IGNORE INTO figures VALUES (?, ?)", rows)

    def __len__(self) -> int:
        """Return how many replications the file knows."""
        with self._complaints():
            (count,) = self._database.execute("SELECT count(*) FROM figures").fetchone()
        return int(count)

    def close(self) -> None:
        """Close the file; does nothing the second time."""
        self._database.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _prepare(self) -> None:
        """Make the table in an empty file; refuse a file that is something else."""
        run = self._database.execute
        # Every commit reaches the disk; the journal beside the file works on all file systems.
        run("PRAGMA synchronous = FULL")
        with self._transaction():
            application = run("PRAGMA application_id").fetchone()[0]
            version = run("PRAGMA user_version").fetchone()[0]
            empty = run("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
            if empty and not application and not version:
                for statement in filter(str.strip, _SCHEMA.split(";")):
                    run(statement)
                return
        if application != APPLICATION:
            raise UsageError(
                f"{self.path} is a database, but no ledger of trsim; name another file"
            )
        if version != VERSION:
            raise UsageError(
                f"{self.path} is a ledger of version {version}; this trsim uses version {VERSION}"
            )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        # IMMEDIATE waits for others here, where waiting is safe, and not at the end.
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise

    @contextmanager
    def _complaints(self) -> Iterator[None]:
        """Say in our own words what SQLite and the system complain about."""
        try:
            yield
        except OSError as problem:
            raise OutputError(f"cannot write {self.path}: {problem.strerror}") from problem
        except sqlite3.ProgrammingError:
            raise  # a mistake of trsim itself
        except sqlite3.Error as problem:
            code = getattr(problem, "sqlite_errorcode", 0) & 0xFF
            if code == sqlite3.SQLITE_NOTADB:
                raise UsageError(f"{self.path} is no ledger of trsim; name another file") from None
            if code == sqlite3.SQLITE_CORRUPT:
                raise UsageError(f"{self.path} is damaged: {problem}") from problem
            raise OutputError(f"cannot write {self.path}: {problem}") from problem

    def _read(self, content: bytes) -> Figures:
        try:
            return Figures.from_json(json.loads(zlib.decompress(content)))
        except (zlib.error, ValueError, KeyError, TypeError) as problem:
            raise UsageError(f"{self.path} is damaged: {problem}") from problem


def key_of(job: Job) -> bytes:
    """Return what a job's figures are found by: SHA-256 of all that they depend on."""
    plan = job.plan
    parts = [plan.model.digest, plan.seed, plan.horizon_ms, job.replication, code_version()]
    return hashlib.sha256(json.dumps(parts).encode()).digest()


def _packed(figures: Figures) -> bytes:
    text = json.dumps(figures.as_json(), ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode(), level=6)


def _place(job: Job) -> tuple[int, int, int, int]:
    return id(job.plan.model), job.plan.seed, job.plan.horizon_ms, job.replication
