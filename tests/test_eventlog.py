"""The event log: packing, views, fingerprint, and the file."""

from __future__ import annotations

import contextlib
import copy
import json
import os
import pickle
import random
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.analysis.diary import NAMES, busy_hour
from trsim.core.events import FIELDS, EventType, Row
from trsim.errors import OutputError, UsageError
from trsim.eventlog import EventLog, Names

ROW = Row(*range(100, 100 + len(FIELDS)))._replace(
    event=8, task_status=1, reservation_status=0, reason=-1
)

ORIGIN = {"scenario": "desk", "digest": "ab", "seed": 7, "replication": 0, "versions": {}}
GOLDEN = "d533ecbdb3e81f2445b8ef4432d1521b6b82998dcadb37acc93baa9acebab871"
"""Fingerprint of :func:`tests.analysis.diary.busy_hour`, which must never change by itself."""


def test_rows_come_back_as_they_went_in() -> None:
    log = EventLog(NAMES)
    assert len(log) == 0
    assert list(log.rows()) == []
    log.append(tuple(ROW))
    log.append(ROW._replace(at_ms=2**62))
    assert list(log.rows()) == [ROW, ROW._replace(at_ms=2**62)]
    assert len(log) == 2


def test_columns_are_views_of_the_rows() -> None:
    log = busy_hour().log
    for place, name in enumerate(FIELDS):
        assert log.column(name).tolist() == [row[place] for row in log.rows()]
    assert log.column("at_ms").base is not None
    with pytest.raises(ValueError, match="read-only"):
        log.column("at_ms")[0] = 1


def test_an_unknown_column_is_refused() -> None:
    with pytest.raises(UsageError, match="no column 'at'; columns are at_ms, "):
        EventLog(NAMES).column("at")


def test_rows_may_follow_after_a_view_was_taken() -> None:
    log = EventLog(NAMES)
    log.append(tuple(ROW))
    before = log.column("task")
    log.append(tuple(ROW))
    assert before.tolist() == [ROW.task]
    assert log.column("task").tolist() == [ROW.task, ROW.task]


def test_numbers_too_large_for_their_column_are_refused() -> None:
    with pytest.raises(struct.error, match="format requires"):
        EventLog(NAMES).append(ROW._replace(queue=2**15))


def test_equality_and_copies() -> None:
    one, two = busy_hour().log, busy_hour().log
    assert one == two
    assert pickle.loads(pickle.dumps(one)) == one
    assert copy.deepcopy(one) == one
    two.append(tuple(ROW))
    assert one != two
    assert one != "log"
    assert repr(two).startswith("<EventLog of ")


def test_fingerprint_is_that_of_format_version_2() -> None:
    assert busy_hour().log.fingerprint() == GOLDEN


def test_fingerprint_does_not_depend_on_how_rows_were_appended() -> None:
    whole = busy_hour().log
    rng = random.Random(5)
    pieces = EventLog(NAMES)
    for row in whole.rows():
        pieces.append(tuple(row))
        if rng.random() < 0.3:
            pieces.column("task")
            pieces.fingerprint()
    assert pieces.fingerprint() == whole.fingerprint()


def test_fingerprint_depends_on_every_field_and_name() -> None:
    log = EventLog(NAMES)
    log.append(tuple(ROW))
    found = {log.fingerprint()}
    for place in range(len(FIELDS)):
        other = EventLog(NAMES)
        other.append(tuple(value + (at == place) for at, value in enumerate(ROW)))
        found.add(other.fingerprint())
    content = NAMES.as_dict()
    for kind in content:
        changed = {**content, kind: content[kind][::-1]}
        if changed[kind] == content[kind]:
            changed[kind] = ["another"]
        renamed = EventLog(Names.from_dict(changed))
        renamed.append(tuple(ROW))
        found.add(renamed.fingerprint())
    assert len(found) == 1 + len(FIELDS) + len(content)


def test_the_table_shows_names() -> None:
    frame = busy_hour().log.to_frame()
    assert list(frame.columns) == list(FIELDS)
    assert frame["at_ms"].dtype == np.dtype("int64")
    assert frame["until_ms"].dtype == np.dtype("int64")
    labels = frame["event"].tolist()
    assert labels[:3] == ["worker.created", "worker.created", "task.created"]
    assert {"task-queue.entered", "workflow.target-matched", "worker.activity.update"} < set(labels)
    first_offer = frame[frame["event"] == "reservation.created"].iloc[0]
    assert first_offer["worker"] == "Ann"
    assert first_offer["queue"] == "billing"
    assert first_offer["task_status"] == "reserved"
    assert first_offer["reservation_status"] == "pending"
    assert pd.isna(first_offer["activity"])
    assert frame["queue"].cat.ordered
    # In order of happening, not of the alphabet.
    assert (frame["event"] < "task-queue.entered").any()
    assert len(EventLog(NAMES).to_frame()) == 0


def test_a_saved_log_comes_back_equal(tmp_path: Path) -> None:
    for number, log in enumerate((busy_hour().log, EventLog(NAMES))):
        path = tmp_path / f"{number}.parquet"
        log.save(path)
        assert EventLog.load(path) == log


def test_a_file_of_many_row_groups_comes_back_equal(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    log = busy_hour().log
    log.save(path)
    pq.write_table(described(path), path, row_group_size=7)
    assert pq.ParquetFile(path).num_row_groups > 5
    assert EventLog.load(path) == log


def test_equal_logs_give_equal_bytes(tmp_path: Path) -> None:
    one, two = tmp_path / "one.parquet", tmp_path / "elsewhere.parquet"
    busy_hour().log.save(one)
    busy_hour().log.save(two)
    assert one.read_bytes() == two.read_bytes()
    again = "import sys; from tests.analysis.diary import busy_hour as b; b().log.save(sys.argv[1])"
    third = tmp_path / "third.parquet"
    surroundings = {**os.environ, "PYTHONHASHSEED": "4242", "TZ": "Asia/Tokyo"}
    root = Path(__file__).parents[1]
    subprocess.run(
        [sys.executable, "-c", again, str(third)], check=True, env=surroundings, cwd=root
    )
    assert third.read_bytes() == one.read_bytes()


def test_pandas_reads_the_file_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    log = busy_hour().log
    log.save(path)
    read = pd.read_parquet(path)
    expected = log.to_frame()
    assert list(read.columns) == list(FIELDS)
    assert read["at_ms"].dtype == np.dtype("int64")
    for name in FIELDS:
        assert read[name].astype(object).where(read[name].notna(), None).tolist() == (
            expected[name].astype(object).where(expected[name].notna(), None).tolist()
        )
    assert b"pandas" not in pq.read_metadata(path).metadata


def test_an_existing_file_is_replaced_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.parquet"
    EventLog(NAMES).save(path)
    before = path.read_bytes()

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OutputError, match=r"cannot write .*log\.parquet: No space left"):
            busy_hour().log.save(path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["log.parquet"]
    busy_hour().log.save(path)
    assert EventLog.load(path) == busy_hour().log


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="nowhere"):
        EventLog(NAMES).save(tmp_path / "nowhere" / "log.parquet")


@pytest.mark.parametrize(
    "origin",
    [{"scenario": "x"}, 7, {**ORIGIN, "seed": "7"}, {**ORIGIN, "versions": {"python": 3}}],
    ids=["keys", "number", "seed", "versions"],
)
def test_an_origin_that_is_none_is_refused(tmp_path: Path, origin: object) -> None:
    path = tmp_path / "log.parquet"
    busy_hour().log.save(path)
    rewritten(path, {"origin": ORIGIN})
    assert EventLog.load(path) == busy_hour().log
    rewritten(path, {"origin": origin})
    refused(path, "in the origin of a log|the origin of a log must have the keys")


def refused(path: Path, reason: str) -> None:
    with pytest.raises(UsageError, match=reason) as caught:
        EventLog.load(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def described(path: Path) -> pa.Table:
    """Return the rows of a log together with what the file says about them."""
    return pq.read_table(path).replace_schema_metadata(pq.read_metadata(path).metadata)


def rewritten(path: Path, change: dict[str, Any]) -> None:
    """Write a log whose description of itself is changed."""
    table = described(path)
    about = json.loads(table.schema.metadata[b"trsim"])
    pq.write_table(table.replace_schema_metadata({b"trsim": json.dumps({**about, **change})}), path)


def test_foreign_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    refused(path, "No such file")
    path.write_text("at_ms,event\n0,1\n")
    refused(path, "cannot read")
    pq.write_table(pa.table({"at_ms": [1]}), path)
    refused(path, "not an event log of trsim")
    for nonsense in (b"{", b"[]", b"7", b'{"format": "trsim event log", "version": 2}'):
        pq.write_table(pa.table({"at_ms": [1]}).replace_schema_metadata({b"trsim": nonsense}), path)
        refused(path, "not an event log of trsim")


@pytest.mark.parametrize("version", [0, 1, 3, "2", None])
def test_other_versions_are_refused(tmp_path: Path, version: object) -> None:
    path = tmp_path / "log.parquet"
    busy_hour().log.save(path)
    rewritten(path, {"version": version})
    refused(path, "version .* reads version 2")


def test_damage_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    log = busy_hour().log
    log.save(path)
    whole = path.read_bytes()
    rewritten(path, {"fingerprint": "0" * 64})
    refused(path, "do not match")
    path.write_bytes(whole)
    rewritten(path, {"names": {**NAMES.as_dict(), "workers": ["Ann", "Eve"]}})
    refused(path, "column 'worker' is damaged")
    path.write_bytes(whole)
    rewritten(path, {"names": {"workers": []}})
    refused(path, "names of a log must have the keys")
    path.write_bytes(whole)
    pq.write_table(described(path).drop_columns(["task"]), path)
    refused(path, "columns are not those")
    path.write_bytes(whole[: len(whole) // 2])
    refused(path, "cannot read")


def test_flipped_bytes_never_pass_for_the_log(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    log = busy_hour().log
    log.save(path)
    whole = path.read_bytes()
    rng = random.Random(11)
    for _ in range(200):
        place = rng.randrange(len(whole))
        damaged = bytearray(whole)
        damaged[place] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged)
        with contextlib.suppress(UsageError):
            # Some bytes mean nothing for the rows, for example those of statistics.
            assert EventLog.load(path) == log


def test_names_must_tell_things_apart() -> None:
    content = NAMES.as_dict()
    with pytest.raises(UsageError, match="workers of a log must differ, but 'Ann' occurs twice"):
        Names.from_dict({**content, "workers": ["Ann", "Ann"]})
    with pytest.raises(UsageError, match="4 activities need as many marks"):
        Names.from_dict({**content, "available": [True]})
    with pytest.raises(UsageError, match="queues of a log must be a list of str"):
        Names.from_dict({**content, "queues": [1]})
    assert Names.from_dict(content) == NAMES


def test_events_have_the_labels_of_taskrouter() -> None:
    words = NAMES.of_column("event")
    assert words is not None
    assert words[EventType.TASK_QUEUE_ENTERED] == "task-queue.entered"
    assert NAMES.of_column("priority") is None


def test_importing_the_log_loads_no_heavy_library() -> None:
    code = (
        "import sys, trsim.eventlog, trsim.analysis.results, trsim.analysis.study;"
        "print({'pandas', 'pyarrow', 'scipy', 'matplotlib'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout.strip() == "set()"
