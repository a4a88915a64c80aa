"""A run folder opens as the run it was, or not at all."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import trsim
from tests.eventlog.damage import change_a_row
from trsim.cli.named import instant_of
from trsim.errors import ScenarioError, UsageError
from trsim.eventlog import EventLog, StoredLog
from trsim.experiments.openrun import OpenRun, open_run, open_stored_run
from trsim.experiments.replicate import replicate
from trsim.experiments.runfolder import write_run_folder
from trsim.scenario.load import load_scenario

SCENARIO = """\
trsim: 1
name: Three calls
horizon: 1h
start: 2026-03-02T09:00
time_zone: Europe/Vienna
seed: 5
warm_up: 5m
task_queues:
  support: {target_workers: "1==1"}
workflows:
  front_door:
    configuration:
      task_routing:
        default_filter: {queue: support}
behaviors:
  phone: {answer_delay: 4s}
workers:
  Ann: {behavior: phone}
tasks:
  calls:
    workflow: front_door
    arrivals: {process: poisson, rate: 30/h}
    talk_time: {distribution: exponential, mean: 2m}
"""


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, trsim.Result]:
    """A run folder, and what was written to it."""
    place = tmp_path_factory.mktemp("runs")
    (place / "calls.yaml").write_text(SCENARIO, encoding="utf-8")
    scenario = load_scenario(place / "calls.yaml")
    study = replicate(scenario.compile(), seed=9, replications=2)
    folder = write_run_folder(place / "kept", study, scenario.to_yaml())
    return folder, study.results[0]


@pytest.fixture
def folder(original: tuple[Path, trsim.Result], tmp_path: Path) -> Path:
    """A copy that may be spoiled."""
    return shutil.copytree(original[0], tmp_path / "run")


def test_the_result_is_the_one_that_was_kept(original: tuple[Path, trsim.Result]) -> None:
    folder, result = original
    kept = open_run(str(folder))
    assert kept.folder == folder
    assert kept.result == result
    assert kept.result.kpis().as_dict() == result.kpis().as_dict()
    assert kept.result.steps.equals(result.steps)
    assert kept.result.provenance.seed == 9
    assert kept.result.criteria.warm_up_ms == 300_000
    assert kept.manifest["replications"] == 2
    assert kept.model.digest == kept.manifest["scenario_digest"]
    assert kept.scenario.name == "Three calls"
    assert kept.start == dt.datetime(2026, 3, 2, 9)


def change_manifest(folder: Path, **changes: Any) -> None:
    file = folder / "manifest.json"
    content = json.loads(file.read_bytes())
    file.write_text(json.dumps({**content, **changes}))


def _no_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def _broken_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("{")


def _list_as_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("[]")


def _newer(folder: Path) -> None:
    change_manifest(folder, version=99)


def _seed_in_words(folder: Path) -> None:
    change_manifest(folder, seed="nine")


def _no_horizon(folder: Path) -> None:
    change_manifest(folder, horizon_ms=None)


def _long_horizon(folder: Path) -> None:
    change_manifest(folder, horizon_ms=10**9)


def _no_fingerprint(folder: Path) -> None:
    change_manifest(folder, fingerprints=[])


def _other_scenario(folder: Path) -> None:
    file = folder / "scenario.yaml"
    file.write_text(file.read_text().replace("30/h", "31/h"))


def _no_log(folder: Path) -> None:
    (folder / "events.parquet").unlink()


def _broken_log(folder: Path) -> None:
    (folder / "events.parquet").write_bytes(b"PAR1 and nothing else")


def _other_log(folder: Path) -> None:
    log = EventLog.load(folder / "events.parquet")
    log.append(tuple(next(log.rows())))
    log.save(folder / "events.parquet")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_no_manifest, "is not the folder of a run; 'trsim run SCENARIO --out DIR' writes one"),
        (_broken_manifest, "is not the folder of a run"),
        (_list_as_manifest, "is not the folder of a run"),
        (_newer, "is of version 99; this trsim reads version 2"),
        (_seed_in_words, "manifest.json is damaged: seed"),
        (_no_horizon, "manifest.json is damaged: horizon_ms"),
        (_long_horizon, "manifest.json is damaged: until_s must lie"),
        (_no_fingerprint, "events.parquet is not the event log of the run"),
        (_other_scenario, "scenario.yaml is not the scenario that was run"),
        (_no_log, "cannot read .*events.parquet"),
        (_broken_log, "cannot read .*events.parquet"),
        (_other_log, "events.parquet is not the event log of the run"),
    ],
)
def test_what_does_not_belong_together_is_refused(
    folder: Path, spoil: Callable[[Path], None], message: str
) -> None:
    spoil(folder)
    with pytest.raises(UsageError, match=message) as caught:
        open_run(folder)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)


def test_a_folder_without_its_scenario_is_refused(folder: Path) -> None:
    (folder / "scenario.yaml").unlink()
    with pytest.raises(ScenarioError, match=r"scenario\.yaml"):
        open_run(folder)


def test_nothing_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not the folder of a run"):
        open_run(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "spoil", [_no_manifest, _newer, _no_fingerprint, _other_scenario, _no_log, _other_log]
)
def test_a_log_left_in_its_file_has_to_belong_to_the_run_too(
    folder: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(folder)
    with pytest.raises(UsageError) as loaded:
        open_run(folder)
    with pytest.raises(UsageError) as stored:
        open_stored_run(folder)
    assert str(stored.value) == str(loaded.value)


def test_a_log_left_in_its_file_answers_as_the_one_in_memory(folder: Path) -> None:
    kept, loaded = open_stored_run(folder), open_run(folder)
    assert isinstance(kept.result.log, StoredLog)
    assert list(kept.result.log.rows()) == list(loaded.result.log.rows())
    assert kept.result.provenance == loaded.result.provenance
    assert kept.result.horizon_ms == loaded.result.horizon_ms
    assert kept.start == loaded.start


def test_rows_that_were_changed_are_noticed_behind_the_last_one(folder: Path) -> None:
    change_a_row(folder / "events.parquet")
    kept = open_stored_run(folder)
    rows = kept.result.log.rows()
    with pytest.raises(UsageError, match="its rows do not match its fingerprint"):
        list(rows)


@pytest.fixture
def kept(folder: Path) -> OpenRun:
    return open_run(folder)


def test_without_a_start_there_is_no_clock(tmp_path: Path) -> None:
    text = SCENARIO.replace("start: 2026-03-02T09:00\ntime_zone: Europe/Vienna\n", "")
    (tmp_path / "calls.yaml").write_text(text, encoding="utf-8")
    scenario = load_scenario(tmp_path / "calls.yaml")
    study = replicate(scenario.compile(), replications=1)
    kept = open_run(write_run_folder(tmp_path / "run", study, scenario.to_yaml()))
    assert kept.start is None
    assert instant_of(kept, "--to", "5m", 0) == 300_000
    with pytest.raises(UsageError, match="the scenario has no start"):
        instant_of(kept, "--to", "9:20", 0)


def test_a_run_cut_short_keeps_its_own_end(tmp_path: Path) -> None:
    (tmp_path / "calls.yaml").write_text(SCENARIO, encoding="utf-8")
    scenario = load_scenario(tmp_path / "calls.yaml")
    study = replicate(scenario.compile(), replications=1, until_s=1_800)
    kept = open_run(write_run_folder(tmp_path / "run", study, scenario.to_yaml()))
    assert kept.result.horizon_ms == 1_800_000
    assert kept.result == study.results[0]
    with pytest.raises(UsageError, match="which takes 30m"):
        instant_of(kept, "--to", "31m", 0)
