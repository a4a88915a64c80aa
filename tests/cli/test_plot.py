"""``trsim plot``: files, names, windows, mistakes."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trsim.plots import PLOTS

Call = Callable[..., Any]
Start = Callable[..., "subprocess.Popen[str]"]

# Calls at 9:10, 9:11 and 9:12 by the clock; the only worker answers in 4 s and talks 2 minutes.
SCENARIO = """\
trsim: 1
name: Three calls
horizon: 1h
start: 2026-03-02T09:00
goals: {service_level: ">= 30%"}
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


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_becomes_a_file(trsim: Call, kept: Path, tmp_path: Path, name: str) -> None:
    outcome = trsim("plot", kept, name, "-o", tmp_path / "x.svg")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == f"wrote {tmp_path / 'x.svg'}\n"
    text = (tmp_path / "x.svg").read_text(encoding="utf-8")
    assert text.startswith("<?xml")
    assert ("Three calls" in text) == (name != "task_life")


def test_a_plot_is_a_png_if_its_name_says_so(trsim: Call, kept: Path, tmp_path: Path) -> None:
    outcome = trsim("plot", kept, "staffing", "--out", tmp_path / "x.png", "--quiet")
    assert (outcome.code, outcome.err) == (0, "")
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")


def test_the_plots_are_listed(trsim: Call) -> None:
    outcome = trsim("plot", "--list")
    assert outcome.code == 0
    assert [line.split()[0] for line in outcome.out.splitlines()] == list(PLOTS)
    assert "the life line of one task" in outcome.out
    assert max(map(len, outcome.out.splitlines())) <= 100


def test_goal_clock_window_and_interval_are_shown(trsim: Call, kept: Path, tmp_path: Path) -> None:
    window = ("--from", "9:08", "--to", "20m", "--interval", "2m")
    outcome = trsim("plot", kept, "service_level", *window, "-o", tmp_path / "x.svg")
    assert outcome.code == 0, outcome.err
    text = (tmp_path / "x.svg").read_text(encoding="utf-8")
    for shown in ("goal: 0.3", "[per 2m]", ">09:10<", ">09:20<", "time of day from 2026-03-02"):
        assert shown in text
    assert ">09:00<" not in text


@pytest.mark.parametrize(
    ("named", "shown"), [("calls/2", "calls/2"), ("1", "calls/1"), ("calls/0", "calls/0")]
)
def test_a_task_is_named_by_stream_or_number(
    trsim: Call, kept: Path, tmp_path: Path, named: str, shown: str
) -> None:
    outcome = trsim("plot", kept, "task_life", "--task", named, "-o", tmp_path / "x.svg")
    assert outcome.code == 0, outcome.err
    assert f"Life of {shown}: completed" in (tmp_path / "x.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("stafing",), "there is no plot 'stafing' (did you mean 'staffing'?"),
        (("task_life", "--task", "calls/3"), "there is no task calls/3 in the run"),
        (("task_life", "--task", "9"), "there is no task 9 in the run; its tasks are 0 … 2"),
        (("task_life", "--task", "call/1"), "there is no stream 'call' (did you mean 'calls'?"),
        (("task_life", "--task", "/1"), "--task is a task such as"),
        (("task_life", "--task", "first"), "--task is a task such as"),
        (("staffing", "--task", "1"), "--task goes with task_life, not with staffing"),
        (("staffing", "--from", "9:30", "--to", "9:30"), "the window is empty"),
        (("staffing", "--from", "1h"), "the window is empty"),
        (("staffing", "--to", "2h"), "--to 2h lies outside of the run, which takes 1h"),
        (("staffing", "--interval", "15"), "--interval must be a duration"),
        (("staffing", "--interval", "0s"), "--interval must be longer than 0"),
        (("staffing", "--interval", "1s"), "intervals of 1s are too short to be seen"),
    ],
)
def test_mistakes_are_told(
    trsim: Call, kept: Path, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    outcome = trsim("plot", kept, *arguments, "-o", tmp_path / "x.svg")
    assert outcome.code == 2
    assert message in outcome.err
    assert len(outcome.err.splitlines()) == 1
    assert not (tmp_path / "x.svg").exists()


@pytest.mark.parametrize("out", ["x.gif", "x", "png"])
def test_another_format_is_refused(trsim: Call, kept: Path, tmp_path: Path, out: str) -> None:
    outcome = trsim("plot", kept, "staffing", "-o", tmp_path / out)
    assert outcome.code == 2
    assert "ends in .png or .svg" in outcome.err


def test_a_folder_that_is_no_run_is_refused(trsim: Call, tmp_path: Path) -> None:
    outcome = trsim("plot", tmp_path, "staffing", "-o", tmp_path / "x.svg")
    assert outcome.code == 2
    assert "is not the folder of a run" in outcome.err


def test_a_changed_scenario_is_refused(trsim: Call, kept: Path, tmp_path: Path) -> None:
    file = kept / "scenario.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("4s", "5s"), encoding="utf-8")
    outcome = trsim("plot", kept, "staffing", "-o", tmp_path / "x.svg")
    assert outcome.code == 2
    assert "is not the scenario that was run" in outcome.err


def test_a_file_that_cannot_be_written_is_named(trsim: Call, kept: Path, tmp_path: Path) -> None:
    outcome = trsim("plot", kept, "staffing", "-o", tmp_path / "gone" / "x.svg")
    assert outcome.code == 4
    assert "cannot write" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [((), "RUN"), (("run",), "NAME"), (("run", "staffing"), "--out")],
)
def test_what_is_missing_is_named(trsim: Call, arguments: tuple[str, ...], missing: str) -> None:
    outcome = trsim("plot", *arguments)
    assert outcome.code == 2
    assert f"Missing {missing}; --list shows the plots." in outcome.err


def test_help_loads_neither_numbers_nor_pictures(process: Start) -> None:
    done = process("plot", "--help", environment={"PYTHONPROFILEIMPORTTIME": "1"})
    out, err = done.communicate(timeout=60)
    assert done.returncode == 0
    assert "--interval" in out
    loaded = [line.rpartition("|")[2].strip() for line in err.splitlines()]
    assert "click" in loaded
    assert not {"numpy", "pandas", "matplotlib"} & set(loaded)
