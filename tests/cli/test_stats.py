"""``trsim stats``: selectors, times, TaskRouter's JSON, tables, mistakes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]

# Three calls a minute apart at 9:10, 9:11 and 9:12 by the clock; the only worker needs 4 s to
# answer and talks for 2 minutes, so acceptances are at 9:10:04, 9:12:08 and 9:14:12: after 4, 68
# and 132 s.  Bob, who is not in the queue, does nothing.
SCENARIO = """\
trsim: 1
name: Three calls
horizon: 1h
start: 2026-03-02T09:00
time_zone: Europe/Vienna
task_queues:
  support: {target_workers: "skill == 'support'"}
  sales: {target_workers: "skill == 'sales'"}
workflows:
  front_door:
    configuration:
      task_routing:
        default_filter: {queue: support}
behaviors:
  phone: {answer_delay: 4s}
workers:
  Ann: {behavior: phone, attributes: {skill: support}}
  Bob: {behavior: phone, attributes: {skill: none}}
tasks:
  calls:
    workflow: front_door
    task_channel: voice
    arrivals: {process: at, times: [10m, 11m, 12m]}
    talk_time: 2m
"""


@pytest.fixture
def kept(trsim: Call, tmp_path: Path) -> Path:
    """A run folder."""
    file = tmp_path / "calls.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    outcome = trsim("run", file, "--out", tmp_path / "kept", "--quiet")
    assert outcome.code == 0, outcome.err
    return tmp_path / "kept"


@pytest.fixture
def answer(trsim: Call, kept: Path) -> Callable[..., dict[str, Any]]:
    """Ask for statistics as JSON."""

    def ask(*arguments: str) -> dict[str, Any]:
        outcome = trsim("stats", kept, *arguments, "--json")
        assert (outcome.code, outcome.err) == (0, "")
        document = json.loads(outcome.out)
        assert isinstance(document, dict)
        return document

    return ask


def test_the_workspace_over_the_whole_run(answer: Callable[..., dict[str, Any]]) -> None:
    found = answer()
    assert list(found) == ["cumulative", "realtime"]
    assert found["cumulative"]["start_time"] == "2026-03-02T08:00:00Z"
    assert found["cumulative"]["end_time"] == "2026-03-02T09:00:00Z"
    assert found["cumulative"]["tasks_created"] == 3
    assert found["cumulative"]["avg_task_acceptance_time"] == 68
    assert found["cumulative"]["split_by_wait_time"] == {}
    assert found["realtime"]["total_tasks"] == 0
    assert found["realtime"]["total_workers"] == 2


@pytest.mark.parametrize(
    ("arguments", "accepted", "total"),
    [
        (("--from", "9:10", "--to", "9:12"), 1, 4),
        (("--from", "09:12:00", "--to", "09:12:08"), 1, 68),
        (("--from", "09:12:08", "--to", "2026-03-02T09:20"), 1, 132),
        (("--to", "12m"), 1, 4),
        (("--from", "12m8s"), 1, 132),
        (("--minutes", "48"), 2, 200),
        (("--minutes", "1000"), 3, 204),
        (("--minutes", "1", "--to", "9:13"), 1, 68),
        (("--at", "9:13"), 2, 72),
        (("--at", "9:13", "--to", "9:11"), 1, 4),
        (("--at", "9:13", "--minutes", "1"), 1, 68),
    ],
    ids=lambda value: "_".join(value) if isinstance(value, tuple) else None,
)
def test_windows(
    answer: Callable[..., dict[str, Any]], arguments: tuple[str, ...], accepted: int, total: int
) -> None:
    found = answer(*arguments)["cumulative"]
    assert found["reservations_accepted"] == accepted
    assert found["wait_duration_until_accepted"]["total"] == total


@pytest.mark.parametrize(
    ("arguments", "age"),
    [
        (("--at", "9:11:30"), 30),
        (("--to", "9:11:30"), 30),
        (("--to", "9:05", "--at", "9:11:30"), 30),
        ((), 0),
    ],
    ids=["at", "to", "both", "neither"],
)
def test_real_time_is_the_end_of_the_window_or_asked_for(
    answer: Callable[..., dict[str, Any]], arguments: tuple[str, ...], age: int
) -> None:
    assert answer(*arguments)["realtime"]["longest_task_waiting_age"] == age


def test_a_queue_has_its_workers(answer: Callable[..., dict[str, Any]]) -> None:
    found = answer("--queue", "support", "--split-by-wait-time", "4, 68", "--at", "9:12:30")
    assert found["cumulative"]["tasks_entered"] == 3
    assert found["cumulative"]["split_by_wait_time"]["4"]["above"]["reservations_accepted"] == 1
    assert found["cumulative"]["split_by_wait_time"]["68"]["above"]["reservations_accepted"] == 0
    assert found["realtime"]["total_eligible_workers"] == 1
    assert found["realtime"]["total_available_workers"] == 1, "busy, and available all the same"
    nobody = answer("--queue", "sales")
    assert nobody["cumulative"]["tasks_entered"] == 0
    assert nobody["realtime"]["total_eligible_workers"] == 0


def test_a_workflow(answer: Callable[..., dict[str, Any]]) -> None:
    found = answer("--workflow", "front_door", "--at", "9:12")
    assert found["cumulative"]["tasks_entered"] == 3
    assert found["cumulative"]["tasks_timed_out_in_workflow"] == 0
    assert found["realtime"]["tasks_by_status"]["assigned"] == 1
    assert found["realtime"]["tasks_by_priority"] == {"0": 2}


def test_one_worker_has_no_real_time_statistics(answer: Callable[..., dict[str, Any]]) -> None:
    found = answer("--worker", "Bob")
    assert list(found) == ["cumulative"]
    assert found["cumulative"]["reservations_created"] == 0
    totals = {
        stay["friendly_name"]: stay["total"] for stay in found["cumulative"]["activity_durations"]
    }
    assert sum(totals.values()) == 3600


def test_all_workers(answer: Callable[..., dict[str, Any]]) -> None:
    found = answer("--workers")
    assert found["cumulative"]["reservations_accepted"] == 3
    assert sum(stay["total"] for stay in found["cumulative"]["activity_durations"]) == 7200
    assert found["realtime"]["total_workers"] == 2


def test_a_channel(answer: Callable[..., dict[str, Any]]) -> None:
    assert answer("--task-channel", "voice")["cumulative"]["tasks_created"] == 3
    assert answer("--task-channel", "chat")["cumulative"]["tasks_created"] == 0


def line(text: str, name: str) -> str:
    (found,) = [row for row in text.splitlines() if re.match(rf" *{re.escape(name)}(  |$)", row)]
    return " ".join(found.split())


def test_the_table_says_the_same_with_units(trsim: Call, kept: Path) -> None:
    arguments = ("--queue", "support", "--split-by-wait-time", "60", "--at", "9:12:30")
    outcome = trsim("stats", kept, *arguments)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("Three calls: queue support\n")
    assert "\nCumulative, from 09:00:00 to 09:12:30\n" in outcome.out
    assert "\nReal time at 09:12:30\n" in outcome.out
    assert line(outcome.out, "tasks_entered") == "tasks_entered 3 tasks"
    assert line(outcome.out, "reservations_accepted") == "reservations_accepted 2 reservations"
    assert line(outcome.out, "avg_task_acceptance_time") == "avg_task_acceptance_time 36 s"
    waits = "wait_duration_in_queue_until_accepted 36 4 68 72"
    assert line(outcome.out, "wait_duration_in_queue_until_accepted") == waits
    assert line(outcome.out, "below 60 s") == "below 60 s 1 0"
    assert line(outcome.out, "above 60 s") == "above 60 s 1 0"
    assert line(outcome.out, "tasks_by_status assigned") == "tasks_by_status assigned 1 tasks"
    oldest = f"longest_task_waiting_age 30 s, WT{31 * '0'}2"
    assert line(outcome.out, "longest_task_waiting_age") == oldest
    assert line(outcome.out, "total_eligible_workers") == "total_eligible_workers 1 workers"
    assert max(map(len, outcome.out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--queue", "suport"), "there is no queue 'suport' (allowed: support, sales; did you"),
        (("--workflow", "front"), "there is no workflow 'front' ("),
        (("--worker", "bob"), "did you mean 'Bob'?"),
        (("--task-channel", "fax"), "there is no channel 'fax' (allowed: default, voice,"),
        (("--queue", "sales", "--workers"), "stand alone"),
        (("--queue", "sales", "--worker", "Bob"), "stand alone"),
        (("--from", "9:10", "--minutes", "5"), "choose one"),
        (("--from", "9:10", "--to", "9:10"), "the window is empty: it begins 10m and ends 10m"),
        (("--to", "2h"), "--to 2h lies outside of the run, which takes 1h"),
        (("--at", "8:00"), "--at 8:00 lies outside of the run"),
        (("--from", "2026-03-01T09:10"), "--from 2026-03-01T09:10 lies outside of the run"),
        (("--from", "soon"), "--from must be a duration such as 30s or 1h30m"),
        (("--from", "90"), "--from must be a duration"),
        (("--split-by-wait-time", "10,x"), "is no list of whole seconds such as 10,20"),
        (("--split-by-wait-time", "10,10"), "names a threshold twice"),
        (("--minutes", "0"), "0 is not in the range"),
    ],
    ids=lambda value: "_".join(value) if isinstance(value, tuple) else None,
)
def test_mistakes_are_named(
    trsim: Call, kept: Path, arguments: tuple[str, ...], message: str
) -> None:
    outcome = trsim("stats", kept, *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err
    assert "\x1b" not in outcome.err


def test_clock_times_need_a_start(trsim: Call, desk: Path, tmp_path: Path) -> None:
    trsim("run", desk, "--out", tmp_path / "kept", "--quiet")
    outcome = trsim("stats", tmp_path / "kept", "--to", "09:30")
    assert outcome.code == 2
    assert "--to 09:30: the scenario has no start" in outcome.err
    found = json.loads(trsim("stats", tmp_path / "kept", "--to", "30m", "--json").out)
    assert found["cumulative"]["end_time"] == "1970-01-01T00:30:00Z"


def test_what_is_no_run_is_refused(trsim: Call, tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        outcome = trsim("stats", place)
        assert (outcome.code, outcome.out) == (2, "")
        assert "is not the folder of a run; 'trsim run SCENARIO --out DIR' writes" in outcome.err


def test_a_scenario_that_was_changed_since_is_refused(trsim: Call, kept: Path) -> None:
    file = kept / "scenario.yaml"
    file.write_text(file.read_text("utf-8").replace("skill == 'sales'", "1==1"), "utf-8")
    outcome = trsim("stats", kept, "--queue", "sales")
    assert (outcome.code, outcome.out) == (2, "")
    assert "is not the scenario that was run" in outcome.err


def test_options_can_come_from_the_environment(
    trsim: Call, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRSIM_STATS_JSON", "1")
    monkeypatch.setenv("TRSIM_STATS_TO", "11m")
    monkeypatch.setenv("TRSIM_STATS_SPLIT_BY_WAIT_TIME", "5")
    found = json.loads(trsim("stats", kept).out)
    assert found["cumulative"]["tasks_created"] == 2
    assert list(found["cumulative"]["split_by_wait_time"]) == ["5"]
