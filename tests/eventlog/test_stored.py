"""The log that stays in its file."""

from __future__ import annotations

import gc
import pickle
import tracemalloc
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.analysis.diary import BUSY_HOUR_ENDS_MS, NAMES, busy_hour, criteria
from tests.eventlog.test_writer import activity_rows
from trsim.analysis.fold import Fold
from trsim.analysis.sample import Observation
from trsim.core.events import FIELDS
from trsim.errors import UsageError
from trsim.eventlog import EventLog, LogWriter, StoredLog
from trsim.eventlog.layout import LAYOUT


@pytest.fixture
def stored(tmp_path: Path) -> StoredLog:
    """Return the busy hour, in groups of ten rows."""
    path = tmp_path / "log.parquet"
    with LogWriter(path, NAMES, rows_per_group=10) as writer:
        writer.extend(busy_hour().log.rows())
    return StoredLog(path)


def test_it_answers_as_the_log_in_memory(stored: StoredLog) -> None:
    log = busy_hour().log
    assert len(stored) == len(log)
    assert stored.names == log.names
    for name in FIELDS:
        assert stored.column(name).tolist() == log.column(name).tolist()
        assert stored.column(name).dtype == log.column(name).dtype
    assert stored.records.tobytes() == log.records.tobytes()
    assert list(stored.rows()) == list(log.rows())
    assert np.concatenate(list(stored.blocks())).tobytes() == log.records.tobytes()
    assert [len(block) for block in stored.blocks()][:-1] == [10] * (len(log) // 10)
    for some in (stored, log):
        parts = list(some.parts("task", "at_ms"))
        assert np.concatenate([task for task, _ in parts]).tolist() == log.column("task").tolist()
        assert (
            np.concatenate([at_ms for _, at_ms in parts]).tolist() == log.column("at_ms").tolist()
        )
    assert [len(task) for (task,) in stored.parts("task")] == [len(b) for b in stored.blocks()]
    assert stored.to_frame().equals(log.to_frame())
    assert stored.to_parquet() == log.to_parquet()


def test_equality_pickling_and_words(stored: StoredLog) -> None:
    log = busy_hour().log
    assert stored == log
    assert log == stored
    assert pickle.loads(pickle.dumps(stored)) == log
    log.append(tuple(next(activity_rows(1))))
    assert stored != log
    assert log != stored
    assert stored != "log"
    assert repr(stored) == f"<StoredLog of {len(stored)} rows in {stored.path}>"


def test_what_is_read_cannot_be_changed(stored: StoredLog) -> None:
    for numbers in (stored.column("task"), stored.records["task"]):
        with pytest.raises(ValueError, match="read-only"):
            numbers[0] = 1
    with pytest.raises(UsageError, match="is complete and takes no more rows"):
        stored.append(tuple(next(activity_rows(1))))
    with pytest.raises(UsageError, match="no column 'at'; columns are at_ms, "):
        stored.column("at")


def test_figures_are_those_of_the_log_in_memory(stored: StoredLog) -> None:
    found, expected = (
        Observation(log, BUSY_HOUR_ENDS_MS).whole(criteria(BUSY_HOUR_ENDS_MS))
        for log in (stored, busy_hour().log)
    )
    assert found.tasks.created_ms.tolist() == expected.tasks.created_ms.tolist()
    assert found.reserved_ms == expected.reserved_ms
    fold = Fold(BUSY_HOUR_ENDS_MS)
    for row in stored.rows():
        fold.take(row)
    # Calls 0, 1, 3, 5 and 6; mails 2 and 4.
    assert (fold.created["stream", 0], fold.created["stream", 1]) == (5, 2)


def test_a_column_is_read_once_while_it_is_held(stored: StoredLog) -> None:
    held = stored.column("at_ms")
    assert stored.column("at_ms") is held
    stored.path.unlink()
    assert stored.column("at_ms") is held
    del held
    gc.collect()
    with pytest.raises(UsageError, match="No such file"):
        stored.column("at_ms")


def test_reading_needs_the_memory_of_a_column_or_a_group(tmp_path: Path) -> None:
    path, count = tmp_path / "log.parquet", 100_000
    with LogWriter(path, NAMES, rows_per_group=1_000) as writer:
        writer.extend(activity_rows(count))
    stored = StoredLog(path)
    stored.column("event")  # pays for what is imported on the way
    tracemalloc.start()
    for name in FIELDS:
        assert stored.column(name).shape == (count,)
    columns = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    tracemalloc.start()
    assert sum(1 for row in stored.rows() if row.worker == 1) == count // 2
    rows = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    everything = count * LAYOUT.size
    assert columns < everything / 2
    assert rows < everything / 5


def test_rows_in_another_order_are_noticed_behind_the_last_one(stored: StoredLog) -> None:
    table = pq.read_table(stored.path)
    metadata = pq.read_metadata(stored.path).metadata
    turned = table.slice(10).to_pylist() + table.slice(0, 10).to_pylist()
    again = table.from_pylist(turned, schema=table.schema).replace_schema_metadata(metadata)
    pq.write_table(again, stored.path)
    changed = StoredLog(stored.path)
    rows = changed.rows()
    for _ in range(len(stored) - 1):
        next(rows)
    with pytest.raises(UsageError, match="its rows do not match its fingerprint"):
        list(rows)
    with pytest.raises(UsageError, match="its rows do not match its fingerprint"):
        EventLog.load(stored.path)


def test_columns_of_other_types_are_refused(stored: StoredLog) -> None:
    table = pq.read_table(stored.path)
    metadata = {b"trsim": pq.read_metadata(stored.path).metadata[b"trsim"]}
    place = table.column_names.index("event")
    plain = table.set_column(place, "event", table.column("event").cast("string"))
    pq.write_table(plain.replace_schema_metadata(metadata), stored.path)
    with pytest.raises(UsageError, match="columns are not those of an event log"):
        StoredLog(stored.path)


def test_a_file_cut_short_is_refused(stored: StoredLog) -> None:
    whole = stored.path.read_bytes()
    for length in (0, 3, 100, len(whole) // 2, len(whole) - 1):
        stored.path.write_bytes(whole[:length])
        with pytest.raises(UsageError, match="cannot read") as caught:
            StoredLog(stored.path)
        assert "\n" not in str(caught.value)
    stored.path.unlink()
    stored.path.mkdir()
    with pytest.raises(UsageError, match="Is a directory"):
        StoredLog(stored.path)
