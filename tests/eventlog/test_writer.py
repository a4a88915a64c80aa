"""The log that goes to its file while the run goes on."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.analysis.diary import EMPTY, NAMES, busy_hour
from trsim.core.events import EventType
from trsim.drivers.simpy_driver import simulate
from trsim.errors import OutputError, UsageError
from trsim.eventlog import EventLog, LogWriter, Origin, StoredLog
from trsim.eventlog.layout import LAYOUT
from trsim.eventlog.parquet import ROWS_PER_GROUP
from trsim.experiments.run import names_of
from trsim.scenario.load import load_scenario

ORIGIN = Origin("desk", "ab" * 32, 7, 2, {"python": "3.11.4", "trsim": "0.1.0"})
ROOT = Path(__file__).parents[2]


def activity_rows(count: int) -> Iterator[tuple[int, ...]]:
    for number in range(count):
        yield tuple(
            EMPTY._replace(
                at_ms=number * 1_000,
                event=EventType.WORKER_ACTIVITY_UPDATE,
                worker=number % 2,
                activity=number % 4,
            )
        )


@pytest.mark.parametrize("at_once", [1, 7, 1_000])
@pytest.mark.parametrize("rows_per_group", [1, 10, ROWS_PER_GROUP])
def test_the_file_holds_what_a_log_in_memory_would(
    tmp_path: Path, at_once: int, rows_per_group: int
) -> None:
    log = busy_hour().log
    rows = list(log.rows())
    path = tmp_path / "log.parquet"
    with LogWriter(path, NAMES, ORIGIN, rows_per_group=rows_per_group) as writer:
        for start in range(0, len(rows), at_once):
            writer.extend(rows[start : start + at_once])
        assert len(writer) == len(rows)
    stored = StoredLog(path)
    assert stored.fingerprint() == log.fingerprint() == EventLog.load(path).fingerprint()
    assert stored.origin == ORIGIN
    assert list(stored.rows()) == rows
    assert pq.read_metadata(path).num_row_groups == -(-len(rows) // rows_per_group)
    assert [entry.name for entry in tmp_path.iterdir()] == ["log.parquet"]


def test_streamed_and_saved_files_have_equal_bytes(tmp_path: Path) -> None:
    count = 2 * ROWS_PER_GROUP + 5
    log = EventLog(NAMES)
    log.extend(activity_rows(count))
    log.save(tmp_path / "saved.parquet", ORIGIN)
    with LogWriter(tmp_path / "streamed.parquet", NAMES, ORIGIN) as writer:
        rows = activity_rows(count)
        for _ in range(3):  # pieces that end inside groups
            writer.extend(row for _, row in zip(range(ROWS_PER_GROUP - 7), rows, strict=False))
    assert (tmp_path / "saved.parquet").read_bytes() == (tmp_path / "streamed.parquet").read_bytes()
    footer = pq.read_metadata(tmp_path / "saved.parquet")
    assert [footer.row_group(n).num_rows for n in range(3)] == [ROWS_PER_GROUP, ROWS_PER_GROUP, 5]


def test_a_run_can_be_recorded_to_a_file(tmp_path: Path) -> None:
    model = load_scenario(ROOT / "scenarios" / "quickstart.yaml").compile()
    names = names_of(model)
    log = EventLog(names)
    simulate(model, log, seed=3)
    origin = Origin.here(model.name, model.digest, 3, 0)
    with LogWriter(tmp_path / "log.parquet", names, origin) as writer:
        simulate(model, writer, seed=3)
    assert EventLog.load(tmp_path / "log.parquet") == log
    read = StoredLog(tmp_path / "log.parquet").origin
    assert read == origin
    assert list(origin.versions) == ["python", "trsim", "numpy", "simpy", "pyarrow"]


def test_a_log_without_rows_is_a_log(tmp_path: Path) -> None:
    writer = LogWriter(tmp_path / "log.parquet", NAMES)
    assert writer.close() == EventLog(NAMES).fingerprint()
    stored = StoredLog(tmp_path / "log.parquet")
    assert (len(stored), stored.origin, list(stored.rows())) == (0, None, [])
    assert stored.column("task").tolist() == []


def test_dictionaries_hold_the_names_in_use(tmp_path: Path) -> None:
    with LogWriter(tmp_path / "log.parquet", NAMES, rows_per_group=1) as writer:
        for worker in (1, 0):
            writer.extend([tuple(EMPTY._replace(at_ms=0, event=24, worker=worker, activity=3))])
    file = pq.ParquetFile(tmp_path / "log.parquet")
    chunks = [file.read_row_group(n).column("worker").chunk(0) for n in range(2)]
    assert [chunk.dictionary.to_pylist() for chunk in chunks] == [["Bob"], ["Ann"]]
    assert StoredLog(tmp_path / "log.parquet").column("worker").tolist() == [1, 0]


class Broken(Exception):
    """A failure of the run."""


def record_and_fail(path: Path) -> None:
    with LogWriter(path, NAMES, rows_per_group=2) as writer:
        writer.extend(busy_hour().log.rows())
        raise Broken


def test_a_run_that_fails_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    with pytest.raises(Broken):
        record_and_fail(path)
    assert list(tmp_path.iterdir()) == []
    busy_hour().log.save(path)
    before = path.read_bytes()
    with pytest.raises(Broken):
        record_and_fail(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["log.parquet"]
    assert path.read_bytes() == before


def test_a_row_that_does_not_fit_ends_the_file(tmp_path: Path) -> None:
    too_large = tuple(EMPTY._replace(queue=2**15))
    with (
        pytest.raises(struct.error, match="format requires"),
        LogWriter(tmp_path / "log.parquet", NAMES) as writer,
    ):
        writer.extend([too_large])
    assert list(tmp_path.iterdir()) == []


def test_a_closed_writer_takes_nothing(tmp_path: Path) -> None:
    writer = LogWriter(tmp_path / "log.parquet", NAMES)
    writer.close()
    with pytest.raises(UsageError, match=r"log\.parquet is closed and takes no more rows"):
        writer.extend([])
    with pytest.raises(UsageError, match="closed already"):
        writer.close()
    with pytest.raises(UsageError, match="rows_per_group must be >= 1, not 0"):
        LogWriter(tmp_path / "other.parquet", NAMES, rows_per_group=0)
    assert [entry.name for entry in tmp_path.iterdir()] == ["log.parquet"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"cannot write .*nowhere.*: No such file"):
        LogWriter(tmp_path / "nowhere" / "log.parquet", NAMES)


def test_a_disk_that_refuses_at_the_end_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.parquet"
    busy_hour().log.save(path)
    before = path.read_bytes()

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    writer = LogWriter(path, NAMES)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"cannot write .*log\.parquet: No space left"):
        writer.close()
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["log.parquet"]


FULL_DISK = """
import resource, sys
from tests.eventlog.test_writer import NAMES, activity_rows
from trsim.errors import OutputError
from trsim.eventlog import LogWriter
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    with LogWriter(sys.argv[1], NAMES, rows_per_group=1000) as writer:
        writer.extend(activity_rows(20_000))
except OutputError as problem:
    print(problem)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="needs limits on the size of files")
@pytest.mark.parametrize("limit", [4, 60_000])
def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, limit: int) -> None:
    path = tmp_path / "log.parquet"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FULL_DISK, str(path), str(limit)],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.stdout == f"cannot write {path}: File too large\n"
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    pool = pa.default_memory_pool()
    peaks = []
    for number, count in enumerate((20_000, 20_000, 200_000)):
        before = pool.bytes_allocated()
        tracemalloc.start()
        with LogWriter(tmp_path / f"{number}.parquet", NAMES, rows_per_group=5_000) as writer:
            rows = activity_rows(count)
            for _ in range(count // 500):
                writer.extend([next(rows) for _ in range(500)])
            held = pool.bytes_allocated() - before
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert held < 5_000 * LAYOUT.size
    # The first one also pays for what is imported on the way.
    assert peaks[2] < 1.1 * peaks[1]
    assert peaks[2] < 10 * 5_000 * LAYOUT.size
