"""``trsim export``: both formats, standard output and files, mistakes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.eventlog.damage import change_a_row
from trsim.eventlog import EventLog

Call = Callable[..., Any]

# One call at 9:10 by the clock, which Ann takes after 4 s and ends after 2 minutes; 300 s later
# it is forgotten.
SCENARIO = """\
trsim: 1
name: One call
horizon: 1h
start: 2026-03-02T09:00
time_zone: Europe/Vienna
task_queues:
  support: {target_workers: "skill == 'support'"}
workflows:
  front_door:
    configuration:
      task_routing:
        default_filter: {queue: support}
behaviors:
  phone: {answer_delay: 4s}
workers:
  Ann: {behavior: phone, attributes: {skill: support}}
tasks:
  calls:
    workflow: front_door
    task_channel: voice
    attributes: {from: "+1"}
    arrivals: {process: at, times: [10m]}
    talk_time: 2m
"""
TYPES = [
    "worker.created",
    "task.created",
    "workflow.entered",
    "workflow.target-matched",
    "task-queue.entered",
    "reservation.created",
    "reservation.accepted",
    "task.completed",
    "reservation.completed",
    "task.updated",
]


@pytest.fixture
def kept(trsim: Call, tmp_path: Path) -> Path:
    """A run folder."""
    file = tmp_path / "call.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    outcome = trsim("run", file, "--out", tmp_path / "kept", "--quiet")
    assert outcome.code == 0, outcome.err
    return tmp_path / "kept"


def test_events_of_taskrouter(trsim: Call, kept: Path) -> None:
    outcome = trsim("export", kept, "--format", "taskrouter")
    assert (outcome.code, outcome.err) == (0, "")
    events = [json.loads(line) for line in outcome.out.splitlines()]
    assert [event["event_type"] for event in events] == TYPES
    accepted = events[6]
    # 9:10:04 in Vienna.
    assert accepted["event_date"] == "2026-03-02T08:10:04Z"
    assert accepted["event_date_ms"] == 1_772_439_004_000
    assert accepted["event_data"]["workspace_name"] == "One call"
    assert accepted["event_data"]["task_attributes"] == '{"from": "+1"}'
    assert accepted["event_data"]["task_age"] == "4"
    assert accepted["event_data"]["worker_attributes"] == '{"skill": "support"}'


def test_a_table_with_names_and_times(trsim: Call, kept: Path) -> None:
    outcome = trsim("export", kept, "--format", "csv", "-o", "-")
    assert (outcome.code, outcome.err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(outcome.out)))
    assert [row["event"] for row in rows] == [*TYPES, "task.purged"]
    assert rows[6]["time"] == "2026-03-02T09:10:04.000"
    assert (rows[6]["worker"], rows[6]["queue"], rows[1]["stream"]) == ("Ann", "support", "calls")


def test_a_run_without_a_start_begins_in_1970(trsim: Call, desk: Path, tmp_path: Path) -> None:
    assert trsim("run", desk, "--out", tmp_path / "kept", "--quiet").code == 0
    first = trsim("export", tmp_path / "kept", "--format", "taskrouter").out.splitlines()[0]
    assert json.loads(first)["event_date_ms"] == 0
    table = trsim("export", tmp_path / "kept", "--format", "csv").out.splitlines()
    assert table[1].startswith("0,+00:00:00.000,worker.created,")


@pytest.mark.parametrize("form", ["taskrouter", "csv"])
def test_a_file_holds_what_standard_output_would(
    trsim: Call, kept: Path, tmp_path: Path, form: str
) -> None:
    target = tmp_path / "events.txt"
    target.write_text("old", encoding="utf-8")
    outcome = trsim("export", kept, "--format", form, "-o", target)
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
    assert target.read_text(encoding="utf-8") == trsim("export", kept, "--format", form).out
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["call.yaml", "events.txt", "kept"]


@pytest.mark.parametrize("form", ["taskrouter", "csv"])
def test_a_damaged_log_leaves_no_file(trsim: Call, kept: Path, tmp_path: Path, form: str) -> None:
    change_a_row(kept / "events.parquet")
    before = sorted(tmp_path.iterdir())
    outcome = trsim("export", kept, "--format", form, "-o", tmp_path / "events.txt")
    assert (outcome.code, outcome.out) == (2, "")
    assert "its rows do not match its fingerprint" in outcome.err
    assert sorted(tmp_path.iterdir()) == before


def test_the_log_of_another_run_is_refused_at_once(trsim: Call, kept: Path) -> None:
    log = kept / "events.parquet"
    about = json.loads(pq.read_metadata(log).metadata[b"trsim"])
    changed = {b"trsim": json.dumps({**about, "fingerprint": "0" * 64})}
    pq.write_table(pq.read_table(log).replace_schema_metadata(changed), log)
    outcome = trsim("export", kept, "--format", "csv")
    assert (outcome.code, outcome.out) == (2, "")
    assert "is not the event log of the run" in outcome.err


def test_the_run_folder_is_left_as_it_is(trsim: Call, kept: Path) -> None:
    outcome = trsim("export", kept, "--format", "csv", "-o", kept / "events.parquet")
    assert outcome.code == 2
    assert "it lies in the folder of the run" in outcome.err
    assert len(EventLog.load(kept / "events.parquet")) == len(TYPES) + 1


def test_mistakes_are_named(trsim: Call, kept: Path, tmp_path: Path) -> None:
    outcome = trsim("export", tmp_path, "--format", "csv")
    assert outcome.code == 2
    assert "is not the folder of a run; 'trsim run SCENARIO --out DIR' writes one" in outcome.err
    assert trsim("export", kept).code == 2
    outcome = trsim("export", kept, "--format", "csv", "-o", tmp_path / "nowhere" / "x.csv")
    assert outcome.code == 4
    assert "cannot write" in outcome.err
    assert "No such file" in outcome.err
    (kept / "events.parquet").unlink()
    outcome = trsim("export", kept, "--format", "csv")
    assert outcome.code == 2
    assert "No such file" in outcome.err


def test_another_scenario_is_not_taken_for_that_of_the_run(trsim: Call, kept: Path) -> None:
    (kept / "scenario.yaml").write_text(SCENARIO.replace("4s", "5s"), encoding="utf-8")
    outcome = trsim("export", kept, "--format", "taskrouter")
    assert (outcome.code, outcome.out) == (2, "")
    assert "is not the scenario that was run" in outcome.err
