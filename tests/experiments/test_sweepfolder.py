from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.experiments.small_desk import TEXT, small_desk
from trsim.errors import OutputError, UsageError
from trsim.experiments.evaluate import Evaluator
from trsim.experiments.sweep import SweepPlan, planned_sweep
from trsim.experiments.sweepfolder import FORMAT, SweepFolder, check_sweep_folder, open_sweep
from trsim.parallel.serial import Serial
from trsim.scenario.load import load_scenario

VARY = {"workflows.*.task_reservation_timeout": "5s..40s:6", "workers.agent.count": [3, 4]}


def plan_of(vary: Any = VARY, replications: int = 4) -> SweepPlan:
    return planned_sweep(small_desk(), vary, replications=replications)


class Counting(Serial):
    """Counts what it is asked to do."""

    def __init__(self) -> None:
        super().__init__()
        self.jobs = 0

    def run(self, work: Any, pieces: Any) -> Generator[Any, None, None]:
        def counted() -> Generator[Any, None, None]:
            for piece in pieces:
                self.jobs += len(piece.replications)
                yield piece

        yield from super().run(work, counted())


def fill(folder: Path, planned: SweepPlan) -> int:
    """Fill a folder; return how many replications were simulated."""
    backend = Counting()
    with SweepFolder(folder, planned) as place:
        place.run(Evaluator(backend=backend, store=place.ledger))
    return backend.jobs


def rows(folder: Path) -> dict[bytes, bytes]:
    with closing(sqlite3.connect(folder / "ledger.sqlite", timeout=60)) as database:
        return dict(database.execute("SELECT key, content FROM figures"))


def test_a_folder_is_complete_and_opens_to_the_same(tmp_path: Path) -> None:
    planned = plan_of(replications=2)
    with SweepFolder(tmp_path / "a" / "b", planned) as place:
        swept = place.run(Evaluator(store=place.ledger))
    folder = tmp_path / "a" / "b"
    assert sorted(os.listdir(folder)) == [
        "ledger.sqlite", "results.parquet", "scenario.yaml", "sweep.json", "sweep.yaml",
    ]  # fmt: skip
    manifest = json.loads((folder / "sweep.json").read_text("utf-8"))
    assert (manifest["format"], manifest["complete"], manifest["done"]) == (FORMAT, True, 24)
    assert open_sweep(folder).to_frame().equals(swept.to_frame())


def test_more_points_and_more_replications_reuse_what_is_there(tmp_path: Path) -> None:
    assert fill(tmp_path, plan_of(replications=2)) == 24
    before = rows(tmp_path)
    assert fill(tmp_path, plan_of(replications=3)) == 12
    more = {**VARY, "workers.agent.count": [3, 4, 5]}
    assert fill(tmp_path, plan_of(more, replications=3)) == 18
    assert fill(tmp_path, plan_of(more, replications=3)) == 0
    after = rows(tmp_path)
    assert len(after) == 54
    assert {key: after[key] for key in before} == before


@pytest.mark.parametrize("processes", [1, 2])
def test_killed_sweeps_resume_to_the_same_bytes(tmp_path: Path, processes: int) -> None:
    scenario = tmp_path / "desk.yaml"
    scenario.write_text(TEXT.replace("20m", "1h"), "utf-8")
    planned = planned_sweep(load_scenario(scenario), VARY, replications=8)
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert fill(whole, planned) == 96
    command = [sys.executable, "-m", "trsim", "sweep", str(whole / "sweep.yaml"), "-q"]
    command += ["--out", str(broken), "-p", str(processes)]
    chance = random.Random(processes)
    for _ in range(processes):
        wanted = len(_rows_if_any(broken)) + chance.randrange(1, 25)
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        _kill_once(running, lambda n=wanted: len(_rows_if_any(broken)) >= n)  # type: ignore[misc]
        assert json.loads((broken / "sweep.json").read_text("utf-8"))["format"] == FORMAT
    kept = rows(broken)
    assert kept
    assert fill(broken, planned) == 96 - len(kept)
    after = rows(broken)
    assert {key: after[key] for key in kept} == kept
    for name in ("results.parquet", "sweep.yaml", "scenario.yaml", "sweep.json"):
        assert (broken / name).read_bytes() == (whole / name).read_bytes()
    assert sorted(os.listdir(broken)) == sorted(os.listdir(whole))


def _rows_if_any(folder: Path) -> Sequence[bytes]:
    with suppress(sqlite3.Error):
        return list(rows(folder))
    return ()


def _kill_once(process: subprocess.Popen[bytes], ready: Callable[[], bool]) -> None:
    """Kill a process and all that it has started as soon as something is the case."""
    while process.poll() is None and not ready():
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.01)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(60)


def test_an_interruption_leaves_what_is_done(tmp_path: Path) -> None:
    class Stop(BaseException):
        pass

    def stop(done: int, of: int) -> None:
        if done >= 5:
            raise Stop

    planned = plan_of(replications=2)
    with SweepFolder(tmp_path, planned) as place, pytest.raises(Stop):
        place.run(Evaluator(store=place.ledger, on_done=stop))
    manifest = json.loads((tmp_path / "sweep.json").read_text("utf-8"))
    assert not manifest["complete"]
    known = len(rows(tmp_path))
    assert manifest["done"] == known
    with pytest.raises(UsageError, match=f"lacks {24 - known} of 24"):
        open_sweep(tmp_path)
    assert fill(tmp_path, planned) == 24 - known


def test_folders_of_others_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", "utf-8")
    with pytest.raises(OutputError, match="not a sweep of trsim"):
        SweepFolder(tmp_path, plan_of())
    assert os.listdir(tmp_path) == ["letter.txt"]
    with pytest.raises(OutputError, match="not a folder"):
        check_sweep_folder(tmp_path / "letter.txt")
    with pytest.raises(UsageError, match="not the folder of a sweep"):
        open_sweep(tmp_path)
