"""The run folder is there completely or not at all, whatever fails."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from tests.experiments.desk import desk
from trsim.analysis import frames
from trsim.analysis.study import Study
from trsim.errors import OutputError, UsageError
from trsim.eventlog import EventLog
from trsim.experiments.replicate import replicate
from trsim.experiments.runfolder import FILES, check_run_folder, write_run_folder

SCENARIO = "trsim: 1\nname: Büro\n"


@pytest.fixture(scope="module")
def study() -> Study:
    return replicate(desk(horizon_ms=900_000), replications=2)


@pytest.fixture(scope="module")
def other() -> Study:
    return replicate(desk(horizon_ms=900_000), replications=2, seed=8)


def contents(folder: Path) -> dict[str, bytes]:
    return {entry.name: entry.read_bytes() for entry in folder.iterdir()}


def test_a_run_folder_holds_everything(tmp_path: Path, study: Study) -> None:
    folder = write_run_folder(tmp_path / "deep" / "down" / "run", study, SCENARIO)
    assert sorted(contents(folder)) == sorted(FILES)
    assert (folder / "scenario.yaml").read_text(encoding="utf-8") == SCENARIO
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert manifest["complete"] is True
    assert manifest["seed"] == 7
    assert manifest["replications"] == 2
    assert manifest["fingerprints"] == list(study.fingerprints)
    assert manifest["horizon_ms"] == 900_000
    assert manifest["scenario_digest"] == "0" * 64
    assert set(manifest["versions"]) == {"python", "trsim", "numpy", "simpy", "pyarrow"}
    assert EventLog.load(folder / "events.parquet").fingerprint() == study.fingerprints[0]
    kpis = json.loads((folder / "kpis.json").read_bytes())
    asa = next(row for row in kpis["kpis"] if row["name"] == "asa")
    assert asa["estimate"] == study.kpis()["asa"].estimate
    assert asa["half_width"] == study.kpis()["asa"].half_width
    assert kpis["steps"] == [dict(means) for means in study.step_means]
    assert {row["queue"] for row in kpis["by_queue"]} == {"support"}
    assert {row["stream"] for row in kpis["by_stream"]} == {"calls"}


def test_tables_are_read_by_pandas_as_they_are(tmp_path: Path, study: Study) -> None:
    folder = write_run_folder(tmp_path / "run", study, SCENARIO)
    tasks = pd.read_parquet(folder / "tasks.parquet")
    assert list(tasks.columns) == list(frames.TASK_COLUMNS)
    assert len(tasks) == len(study.results[0].tasks)
    assert tasks["wait_s"].equals(study.results[0].tasks["wait_s"])
    offers = pd.read_parquet(folder / "reservations.parquet")
    assert offers["answer"].tolist() == study.results[0].reservations["answer"].tolist()
    assert len(pd.read_parquet(folder / "workers.parquet")) == 2
    result = study.results[0]
    queues = pd.read_parquet(folder / "queues.parquet")
    assert queues["offered"].sum() == len(result.tasks)
    assert queues["staff_busy"].equals(result.queues["staff_busy"])
    activities = pd.read_parquet(folder / "activities.parquet")
    assert activities["why"].tolist() == result.activities["why"].tolist()
    waits = pd.read_parquet(folder / "waits.parquet")
    assert waits["wait_s"].sum() == pytest.approx(result.attribution.total().wait_ms / 1000)
    for name in ("events", "tasks", "reservations", "workers", "queues", "activities", "waits"):
        assert b"pandas" not in (pq.read_schema(folder / f"{name}.parquet").metadata or {})


def test_equal_studies_give_equal_bytes(tmp_path: Path, study: Study) -> None:
    again = replicate(desk(horizon_ms=900_000), replications=2)
    one = write_run_folder(tmp_path / "one", study, SCENARIO)
    two = write_run_folder(tmp_path / "two", again, SCENARIO)
    assert contents(one) == contents(two)


def test_versions_are_in_the_manifest_and_nowhere_else(tmp_path: Path, study: Study) -> None:
    folder = write_run_folder(tmp_path / "run", study, SCENARIO)
    assert b'"python"' in (folder / "manifest.json").read_bytes()
    assert b'"python"' not in (folder / "kpis.json").read_bytes()


def test_a_run_folder_and_an_empty_folder_are_replaced(
    tmp_path: Path, study: Study, other: Study
) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    write_run_folder(folder, study, SCENARIO)
    before = contents(folder)
    write_run_folder(folder, other, SCENARIO)
    assert contents(folder) != before
    assert os.listdir(tmp_path) == ["run"]


def test_a_link_to_a_run_folder_stays_a_link(tmp_path: Path, study: Study) -> None:
    link = tmp_path / "latest"
    link.symlink_to(tmp_path / "run", target_is_directory=True)
    write_run_folder(link, study, SCENARIO)
    assert link.is_symlink()
    assert sorted(contents(tmp_path / "run")) == sorted(FILES)


def _foreign_file(folder: Path) -> None:
    folder.write_text("a file")


def _foreign_folder(folder: Path) -> None:
    folder.mkdir()
    (folder / "thesis.tex").write_text("years of work")


def _foreign_manifest(folder: Path) -> None:
    folder.mkdir()
    (folder / "manifest.json").write_text('{"name": "a web page"}')


def _broken_manifest(folder: Path) -> None:
    folder.mkdir()
    (folder / "manifest.json").write_text("[")


@pytest.mark.parametrize(
    "prepare", [_foreign_file, _foreign_folder, _foreign_manifest, _broken_manifest]
)
def test_what_is_not_ours_is_left_alone(
    tmp_path: Path, study: Study, prepare: Callable[[Path], None]
) -> None:
    folder = tmp_path / "run"
    prepare(folder)
    before = contents(folder) if folder.is_dir() else folder.read_bytes()
    with pytest.raises(OutputError, match=r"cannot write .*run") as caught:
        write_run_folder(folder, study, SCENARIO)
    assert caught.value.exit_code == 4
    assert (contents(folder) if folder.is_dir() else folder.read_bytes()) == before
    assert os.listdir(tmp_path) == ["run"]


def test_a_run_folder_with_somebodys_notes_is_left_alone(tmp_path: Path, study: Study) -> None:
    folder = write_run_folder(tmp_path / "run", study, SCENARIO)
    (folder / "notes.txt").write_text("do not lose me")
    with pytest.raises(OutputError, match=r"also holds 'notes\.txt'"):
        write_run_folder(folder, study, SCENARIO)
    assert (folder / "notes.txt").read_text() == "do not lose me"


def test_a_study_without_a_kept_replication_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="kept none"):
        write_run_folder(tmp_path / "run", replicate(desk(), replications=1, keep=0), SCENARIO)
    assert os.listdir(tmp_path) == []


class Faults:
    """Stands for ``os`` and ``open`` in the modules that write, and fails the k-th call."""

    def __init__(self, fatal: int, code: int) -> None:
        self.fatal, self.code, self.calls = fatal, code, 0

    def count(self, name: object) -> None:
        self.calls += 1
        if self.calls == self.fatal:
            # As the system does: a call that is given a number does not know the name.
            known = [] if isinstance(name, int) else [str(name)]
            raise OSError(self.code, os.strerror(self.code), *known)

    def open_file(self, path: Path, mode: str) -> FaultyFile:
        self.count(path)
        return FaultyFile(self, path, mode)

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if name not in {"mkdir", "rename", "replace", "fsync", "open", "close"}:
            return real

        def counted(*args: Any) -> Any:
            self.count(args[0])
            # No test can see what the disk has, so nothing waits for it here.
            return None if name == "fsync" else real(*args)

        return counted


class FaultyFile:
    def __init__(self, faults: Faults, path: Path, mode: str) -> None:
        self.faults, self.path = faults, path
        self.file = path.open(mode)

    def __enter__(self) -> FaultyFile:
        return self

    def __exit__(self, *failure: object) -> None:
        self.file.close()
        if failure[0] is None:
            self.faults.count(self.path)

    def write(self, content: bytes) -> None:
        # A full disk takes a part of what it is given.
        self.file.write(content[: len(content) // 2])
        self.faults.count(self.fileno())
        self.file.write(content[len(content) // 2 :])

    def flush(self) -> None:
        self.faults.count(self.fileno())
        self.file.flush()

    def fileno(self) -> int:
        return self.file.fileno()


def write_with_fault(
    monkeypatch: pytest.MonkeyPatch, folder: Path, study: Study, fault: tuple[int, int]
) -> OutputError | None:
    faults = Faults(*fault)
    with monkeypatch.context() as patched:
        patched.setattr("trsim.eventlog.durable.os", faults)
        patched.setattr("trsim.experiments.runfolder.os", faults)
        patched.setattr("trsim.eventlog.durable.open", faults.open_file, raising=False)
        try:
            write_run_folder(folder, study, SCENARIO)
        except OutputError as error:
            return error
    assert faults.calls < faults.fatal, "a fault that happened must be reported"
    return None


@pytest.mark.parametrize(
    ("exists", "code"),
    [(False, errno.ENOSPC), (True, errno.ENOSPC), (False, errno.EIO), (True, errno.EACCES)],
)
def test_whichever_call_fails_the_folder_is_old_or_new(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    study: Study,
    other: Study,
    exists: bool,
    code: int,
) -> None:
    new = contents(write_run_folder(tmp_path / "new", study, SCENARIO))
    old_folder = write_run_folder(tmp_path / "old", other, SCENARIO)
    place = tmp_path / "place"
    for fatal in range(1, 1_000):
        shutil.rmtree(place, ignore_errors=True)
        folder = place / "run" if exists else place / "deep" / "run"
        old = contents(shutil.copytree(old_folder, folder)) if exists else None
        error = write_with_fault(monkeypatch, folder, study, (fatal, code))
        now = contents(folder) if folder.exists() else None
        if error is None:
            assert now == new
            break
        assert now in (old, new)
        assert str(place) in str(error)
        assert os.strerror(code) in str(error)
        assert "\n" not in str(error)
        if now is None:
            assert not place.exists(), "nothing is left behind, not even the parents"
        else:
            assert os.listdir(folder.parent) == ["run"]
    else:
        pytest.fail("the writer never ran out of calls")
    assert fatal > 7 * 5, "every file was opened, written, flushed, synchronized and closed"


def test_an_interruption_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, study: Study
) -> None:
    def interrupted(path: Path, content: bytes) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("trsim.experiments.runfolder.write_new_file", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_run_folder(tmp_path / "run", study, SCENARIO)
    assert os.listdir(tmp_path) == []


def test_an_old_folder_that_cannot_be_removed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, study: Study, other: Study
) -> None:
    folder = write_run_folder(tmp_path / "run", other, SCENARIO)

    def refuse(path: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    with monkeypatch.context() as patched:
        patched.setattr("trsim.experiments.runfolder.shutil.rmtree", refuse)
        with pytest.raises(OutputError, match=r"is written, but the folder it replaced .*\.old"):
            write_run_folder(folder, study, SCENARIO)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert manifest["seed"] == 7


def test_a_place_can_be_checked_before_the_work(tmp_path: Path) -> None:
    check_run_folder(tmp_path / "new")
    check_run_folder(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match="not a run of trsim"):
        check_run_folder(tmp_path)
    with pytest.raises(OutputError, match="not a folder"):
        check_run_folder(tmp_path / "notes.txt")


def test_a_streamed_log_makes_the_same_folder(tmp_path: Path) -> None:
    model = desk()
    write_run_folder(tmp_path / "one", replicate(model, replications=2), SCENARIO)
    streamed = replicate(model, replications=2, keep=tmp_path / "log.parquet")
    write_run_folder(tmp_path / "two", streamed, SCENARIO)
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
