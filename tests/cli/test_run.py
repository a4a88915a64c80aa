"""``trsim run``, from a file to tables, documents, traces and stories."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]
Start = Callable[..., subprocess.Popen[str]]


def document_of(outcome: Any) -> dict[str, Any]:
    def refuse(name: str) -> Any:
        raise AssertionError(f"{name} is not JSON")

    document = json.loads(outcome.out, parse_constant=refuse)
    assert isinstance(document, dict)
    return document


def test_the_quickstart_tells_its_story(trsim: Call, quickstart: Path) -> None:
    outcome = trsim("run", quickstart)
    assert outcome.code == 0
    told = [re.split(r"  +", line.strip())[2] for line in outcome.out.splitlines()[1:12]]
    assert told == [
        "Created",
        "Queued",
        "Worker available",
        "Reserved",
        "Missed",
        "Returned",
        "Worker unavailable",
        "Worker available",
        "Reserved",
        "Accepted",
        "Assigned",
    ]


def test_a_run_shows_figures_and_no_story(trsim: Call, desk: Path) -> None:
    outcome = trsim("run", desk)
    assert outcome.code == 0
    assert outcome.out.startswith("Desk\n1 run of 1h, seed 3\n1 run: no interval")
    for kpi in ("offered", "service_level", "abandonment", "mean_wait", "occupancy", "open"):
        assert re.search(rf"^{kpi} +\S", outcome.out, re.MULTILINE), kpi
    assert "Created" not in outcome.out
    assert max(map(len, outcome.out.splitlines())) <= 80


def test_the_same_seed_gives_the_same_output(trsim: Call, desk: Path) -> None:
    first = trsim("run", desk, "--seed", "11").out
    assert first == trsim("run", desk, "--seed", "11").out
    assert first != trsim("run", desk, "--seed", "12").out
    assert "seed 11" in first


def test_replications_give_intervals(trsim: Call, desk: Path) -> None:
    outcome = trsim("run", desk, "--replications", "4")
    assert "4 replications of 1h, seed 3" in outcome.out
    assert "95 % interval" in outcome.out


def test_set_changes_a_value_and_until_the_end(trsim: Call, desk: Path) -> None:
    arguments = ("run", desk, "--json", "--until", "30m", "--set", "workers.agent.count=9")
    document = document_of(trsim(*arguments, "--set", "name=Big desk"))
    assert document["provenance"]["horizon_ms"] == 1_800_000
    assert document["provenance"]["scenario"] == "Big desk"
    unchanged = document_of(trsim("run", desk, "--json"))
    assert document["provenance"]["digest"] != unchanged["provenance"]["digest"]


def test_a_longer_run_has_shifts_on_every_day(trsim: Call, tmp_path: Path) -> None:
    # A call at noon of each of three days; the only worker is on duty from 11 to 13 o'clock.
    scenario = tmp_path / "days.yaml"
    scenario.write_text(
        """
trsim: 1
name: Days
start: 2026-03-02T00:00
horizon: 1d
task_queues: {q: {}}
workflows: {w: {configuration: {task_routing: {default_filter: {queue: q}}}}}
behaviors: {b: {answer_delay: 2s}}
workers: {Ann: {behavior: b, shifts: [{from: "11:00", to: "13:00"}]}}
tasks:
  calls:
    workflow: w
    arrivals: {process: at, times: [12h, 36h, 60h]}
    talk_time: 1m
"""
    )
    one = {kpi["name"]: kpi for kpi in document_of(trsim("run", scenario, "--json"))["kpis"]}
    assert one["offered"]["estimate"] == one["completed"]["estimate"] == 1
    longer = document_of(trsim("run", scenario, "--json", "--until", "3d"))
    three = {kpi["name"]: kpi["estimate"] for kpi in longer["kpis"]}
    assert three["offered"] == three["completed"] == 3
    assert three["mean_wait"] == 2.0


def test_a_set_that_leads_nowhere_is_corrected(trsim: Call, desk: Path) -> None:
    outcome = trsim("run", desk, "--set", "workers.agnet.count=9")
    assert (outcome.code, outcome.out) == (2, "")
    assert "did you mean 'agent'?" in outcome.err


def test_json_is_one_document_and_nothing_else(trsim: Call, desk: Path) -> None:
    outcome = trsim("run", desk, "--json", "--replications", "2")
    assert outcome.code == 0
    document = document_of(outcome)
    assert (document["format"], document["version"]) == ("trsim run", 1)
    assert document["replications"] == 2
    assert len(document["provenance"]["fingerprints"]) == 2
    assert {kpi["name"] for kpi in document["kpis"]} >= {"service_level", "mean_wait"}


def test_a_trace_is_one_line_for_each_event(trsim: Call, desk: Path) -> None:
    outcome = trsim("run", desk, "--trace")
    lines = outcome.out.splitlines()
    assert outcome.code == 0
    assert lines[0].split()[:2] == ["time", "event"]
    created = [line for line in lines if "task.created" in line]
    assert len(created) > 30
    stamps = [line.split()[0] for line in lines[1:]]
    assert stamps == sorted(stamps)


def test_a_story_can_be_asked_for(trsim: Call, desk: Path) -> None:
    outcome = trsim("run", desk, "--story")
    assert outcome.out.startswith("Task 0 (calls/0), channel ")
    assert "more tasks are not told." in outcome.out
    assert "service_level" in outcome.out


def test_definitions_need_no_scenario(trsim: Call, desk: Path) -> None:
    alone = trsim("run", "--definitions")
    assert alone.code == 0
    assert alone.out.startswith("offered [tasks]\n")
    assert trsim("run", desk, "--definitions").out.endswith(alone.out)


def test_a_run_folder_is_written(trsim: Call, desk: Path, tmp_path: Path) -> None:
    outcome = trsim("run", desk, "--out", tmp_path / "out", "--quiet")
    assert (outcome.code, outcome.err) == (0, "")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["seed"] == 3
    again = trsim("run", tmp_path / "out" / "scenario.yaml", "--json")
    assert document_of(again)["provenance"]["fingerprints"] == manifest["fingerprints"]


def test_a_folder_that_is_not_ours_is_left_alone(trsim: Call, desk: Path, tmp_path: Path) -> None:
    outcome = trsim("run", desk, "--out", tmp_path)
    assert outcome.code == 4
    assert outcome.err.splitlines()[-1].startswith(f"trsim: cannot write {tmp_path}")
    assert desk.exists()


@pytest.mark.parametrize(
    ("goal", "code"), [("service_level: '>= 0%'", 0), ("service_level: '> 99.9%'", 3)]
)
def test_a_missed_goal_ends_with_exit_code_3(trsim: Call, desk: Path, goal: str, code: int) -> None:
    add(desk, f"goals: {{{goal}}}\n")
    outcome = trsim("run", desk)
    assert outcome.code == code
    assert ("MISSED" in outcome.out) is (code == 3)
    assert ("trsim: goal missed: service_level > 99.9%" in outcome.err) is (code == 3)
    document = document_of(trsim("run", desk, "--json"))
    assert [entry["met"] for entry in document["goals"]] == [code == 0]


@pytest.mark.parametrize("command", ["run", "validate"])
def test_a_goal_for_nothing_is_found_before_the_run(trsim: Call, desk: Path, command: str) -> None:
    add(desk, "goals: {servce_level: '>= 80%'}\n")
    outcome = trsim(command, desk)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"{desk}")
    assert "goals.servce_level" in outcome.err
    assert "did you mean 'service_level'?" in outcome.err


def test_several_queues_are_shown_one_by_one(trsim: Call, desk: Path) -> None:
    text = desk.read_text(encoding="utf-8")
    two = text.replace("workflows:", "  backup: {target_workers: '1==1'}\nworkflows:", 1)
    desk.write_text(two, encoding="utf-8")
    outcome = trsim("run", desk)
    assert outcome.code == 0
    assert re.search(r"^By queue +offered", outcome.out, re.MULTILINE)
    assert re.search(r"^backup +0 ", outcome.out, re.MULTILINE)


def test_a_scenario_that_is_not_there(trsim: Call, tmp_path: Path) -> None:
    outcome = trsim("run", tmp_path / "none.yaml")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"{tmp_path / 'none.yaml'}: ")


def test_a_trace_into_a_closed_pipe_ends_quietly(process: Start, desk: Path) -> None:
    running = process("run", desk, "--trace")
    assert running.stdout is not None
    assert running.stderr is not None
    assert running.stdout.readline().startswith("time ")
    running.stdout.close()
    assert running.stderr.read() == ""
    assert running.wait(timeout=60) in (0, 141)
    running.stderr.close()


@pytest.mark.parametrize(
    ("number", "code", "word"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
)
def test_a_signal_ends_a_run_with_one_line(
    process: Start, desk: Path, tmp_path: Path, number: signal.Signals, code: int, word: str
) -> None:
    text = desk.read_text(encoding="utf-8").replace("    return_delay: {after_timeout: 1m}\n", "")
    desk.write_text(text, encoding="utf-8")
    running = process("run", desk, "-n", "100000", "--out", tmp_path / "out")
    assert running.stderr is not None
    # The warning comes after the libraries are loaded and just before the run begins.
    assert running.stderr.readline().startswith("warning: ")
    running.send_signal(number)
    out, err = running.communicate(timeout=60)
    assert running.returncode == code
    assert out == ""
    assert err.splitlines()[-1] == f"trsim: {word} before the end"
    assert "Traceback" not in err
    assert not (tmp_path / "out").exists()


def add(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


STEADY = """\
trsim: 1
name: Steady desk
horizon: 2h
seed: 3
task_queues:
  everyone: {target_workers: "1==1"}
workflows:
  front: {configuration: {task_routing: {default_filter: {queue: everyone}}}}
behaviors:
  phone: {answer_delay: 1s}
workers:
  agent: {count: 5, behavior: phone}
tasks:
  calls:
    workflow: front
    arrivals: {process: poisson, rate: 60/h}
    talk_time: {distribution: exponential, mean: 3m}
"""


@pytest.fixture
def steady(tmp_path: Path) -> Path:
    path = tmp_path / "steady.yaml"
    path.write_text(STEADY)
    return path


def test_one_run_in_batches_has_intervals(trsim: Call, steady: Path) -> None:
    outcome = trsim("run", steady, "--batches", "10")
    assert outcome.code == 0
    assert "1 run, 10 batches of 12 min, 95 % confidence intervals" in outcome.out
    assert re.search(r"^offered +[\d.,]+ +[\d.,]+ to [\d.,]+$", outcome.out, re.MULTILINE)
    document = document_of(trsim("run", steady, "--batches", "10", "--json"))
    assert (document["batches"], document["batch_s"]) == (10, 720)
    assert document["note"] == "1 run, 10 batches of 12 min, 95 % confidence intervals"


def test_replications_go_on_until_figures_are_precise(trsim: Call, steady: Path) -> None:
    call = ("run", steady, "--precision", "occupancy=4%", "--precision", "offered=10%", "-p", "1")
    outcome = trsim(*call, "--json")
    assert outcome.code == 0
    kpis = {row["name"]: row for row in document_of(outcome)["kpis"]}
    assert kpis["occupancy"]["half_width"] <= 0.04
    assert kpis["offered"]["half_width"] <= 0.1 * kpis["offered"]["estimate"]
    n = document_of(outcome)["replications"]
    assert n >= 10
    assert f"precise enough after {n} replications" in outcome.err
    assert "came last" in outcome.err


def test_what_is_not_precise_enough_is_said_with_the_figures(trsim: Call, steady: Path) -> None:
    limit = ("--max-replications", "12", "-p", "1")
    outcome = trsim("run", steady, "--precision", "asa=0.001s", *limit)
    assert outcome.code == 3
    assert "12 replications of 2h" in outcome.out
    assert "precision not reached after 12 replications: asa ± 0.001 s: is " in outcome.err


def test_a_pilot_finds_the_warm_up(trsim: Call, steady: Path, tmp_path: Path) -> None:
    picture = tmp_path / "pilot.svg"
    outcome = trsim("run", steady, "--warm-up", "mser5", "--plot-warm-up", picture, "-n", "3")
    assert outcome.code == 0
    deleted = re.search(r"deleted the first (\d.*), MSER-5 over 3 replications", outcome.err)
    assert deleted is not None
    assert "are not counted" in outcome.out
    assert picture.read_text().startswith("<?xml")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--batches", "5"], "--batches must be >= 10, not 5"),
        (["--batches", "20", "-n", "2"], "add -n 1"),
        (["--batches", "20", "--precision", "asa=1s"], "choose one"),
        (["--batches", "5000"], "have no tasks"),
        (["--max-replications", "9"], "goes with --precision"),
        (["--precision", "asa=1s", "--max-replications", "9"], "the 10 replications that come"),
        (["--precision", "asa"], "KPI=HALF-WIDTH"),
        (["--precision", "asaa=1s"], "did you mean 'asa'"),
        (["--precision", "asa=0"], "a time such as 0.5s"),
        (["--precision", "service_level=2s"], "percentage points"),
        (["--precision", "cost_of_staff=1%"], "no figure 'cost_of_staff'"),
        (["--plot-warm-up", "x.png"], "goes with --warm-up mser5"),
        (["--warm-up", "mser5", "--set", "workers.agent.count=2"], "has not settled"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    trsim: Call, steady: Path, options: list[str], words: str
) -> None:
    outcome = trsim("run", steady, *options, "--quiet")
    assert outcome.code == 2
    assert words in outcome.err
    assert outcome.out == ""


def test_a_system_without_steady_state_has_no_warm_up(trsim: Call, quickstart: Path) -> None:
    outcome = trsim("run", quickstart, "--warm-up", "mser5")
    assert outcome.code == 2
    assert "looks for a steady state" in outcome.err


def test_the_shipped_desk_is_told_on_one_screen(trsim: Call) -> None:
    outcome = trsim("run", "scenarios/support_desk.yaml", "-n", "2", "-p", "1")
    assert len(outcome.out.splitlines()) <= 40
    assert max(map(len, outcome.out.splitlines())) <= 80


def test_a_folder_tells_of_batches_and_growth_as_the_run_did(
    trsim: Call, steady: Path, tmp_path: Path
) -> None:
    batches = ("--batches", "10")
    growth = ("--set", "workers.agent.count=1", "-n", "2")
    for name, options in (("batches", batches), ("growth", growth)):
        ran = trsim("run", steady, *options, "--all", "--quiet", "--out", tmp_path / name)
        assert trsim("show", tmp_path / name).out.startswith(ran.out)
    assert re.search(r"^ +mean_wait +grows$", ran.out, re.MULTILINE)
