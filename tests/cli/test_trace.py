"""``trsim trace``: what is chosen, in which words, and mistakes.

The folder is made once.  Ann, alone in the queue, needs 4 s to answer and talks for 2 minutes.
Calls come at 9:10 and 9:11 by the clock, so the second waits until the first ends at 9:12:04; in
between comes a call that no filter takes.  Bob does nothing.  Tasks are forgotten 300 s after
their end.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trsim.cli import main

Call = Callable[..., Any]

SCENARIO = """\
trsim: 1
name: Two calls and a stray
horizon: 1h
start: 2026-03-02T09:00
task_queues:
  support: {target_workers: "skill == 'support'"}
  sales: {target_workers: "skill == 'sales'"}
workflows:
  front_door:
    configuration:
      task_routing:
        filters: [{expression: "kind == 'call'", targets: [{queue: support}]}]
behaviors:
  phone: {answer_delay: 4s}
workers:
  Ann: {behavior: phone, attributes: {skill: support}}
  Bob: {behavior: phone, attributes: {skill: sales}}
tasks:
  calls:
    workflow: front_door
    attributes: {kind: call}
    arrivals: {process: at, times: [10m, 11m]}
    talk_time: 2m
  strays:
    workflow: front_door
    attributes: {kind: other}
    arrivals: {process: at, times: [10m30s]}
    talk_time: 2m
"""
BEGUN = [
    "task.created",
    "workflow.entered",
    "workflow.target-matched",
    "task-queue.entered",
]
OF_THE_FIRST = [
    *((f"09:10:00 {event}") for event in (*BEGUN, "reservation.created")),
    "09:10:04 reservation.accepted",
    "09:12:04 task.completed",
    "09:12:04 reservation.completed",
    "09:12:04 task.updated",
    "09:17:04 task.purged",
]
OF_THE_SECOND = [
    *((f"09:11:00 {event}") for event in BEGUN),
    "09:12:04 reservation.created",
    "09:12:08 reservation.accepted",
    "09:14:08 task.completed",
    "09:14:08 reservation.completed",
    "09:14:08 task.updated",
    "09:19:08 task.purged",
]


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("trace") / "calls.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def kept(scenario: Path) -> Path:
    """A run folder."""
    folder = scenario.parent / "kept"
    assert main(["run", str(scenario), "--out", str(folder), "--quiet"]) == 0
    return folder


def shown(outcome: Any) -> list[str]:
    """Return time of day and type of each event that was printed."""
    assert (outcome.code, outcome.err) == (0, "")
    headings, *lines = outcome.out.splitlines()
    assert headings.split()[:2] == ["time", "event"]
    cells = [re.split(r"  +", line) for line in lines]
    assert all(time.startswith("2026-03-02T") for time, *_ in cells)
    return [f"{time[11:].removesuffix('.000')} {event}" for time, event, *_ in cells]


def test_the_whole_trace_is_that_of_the_run(trsim: Call, scenario: Path, kept: Path) -> None:
    whole = trsim("trace", kept)
    assert (whole.code, whole.err) == (0, "")
    assert whole.out == trsim("run", scenario, "--trace", "--quiet").out
    # Headings, two workers, two tasks, one refusal.
    assert len(whole.out.splitlines()) == 1 + 2 + 10 + 10 + 1


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("0", OF_THE_FIRST),
        ("calls/0", OF_THE_FIRST),
        ("1", OF_THE_SECOND),
        ("calls/1", OF_THE_SECOND),
        ("strays/0", ["09:10:30 task.refused"]),
    ],
)
def test_one_task(trsim: Call, kept: Path, named: str, expected: list[str]) -> None:
    assert shown(trsim("trace", kept, "--task", named)) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            ("--worker", "Ann"),
            [
                "09:00:00 worker.created",
                "09:10:00 reservation.created",
                "09:10:04 reservation.accepted",
                "09:12:04 reservation.completed",
                "09:12:04 reservation.created",
                "09:12:08 reservation.accepted",
                "09:14:08 reservation.completed",
            ],
        ),
        (("--worker", "Bob"), ["09:00:00 worker.created"]),
        (("--queue", "sales"), []),
        (
            ("--queue", "support", "--to", "9:10:00"),
            [
                "09:10:00 workflow.target-matched",
                "09:10:00 task-queue.entered",
                "09:10:00 reservation.created",
            ],
        ),
        (
            ("--from", "9:10:04", "--to", "10m30s"),
            ["09:10:04 reservation.accepted", "09:10:30 task.refused"],
        ),
        (("--from", "9:14:09"), ["09:17:04 task.purged", "09:19:08 task.purged"]),
        (
            ("--events", "worker, task-queue.entered"),
            [
                "09:00:00 worker.created",
                "09:00:00 worker.created",
                "09:10:00 task-queue.entered",
                "09:11:00 task-queue.entered",
            ],
        ),
        (
            ("--events", "reservation", "--task", "1", "--worker", "Ann", "--from", "9:12:05"),
            ["09:12:08 reservation.accepted", "09:14:08 reservation.completed"],
        ),
        (("--events", "reservation.timeout"), []),
    ],
    ids=lambda value: "_".join(value) if isinstance(value, tuple) else "",
)
def test_a_choice_of_events(
    trsim: Call, kept: Path, options: tuple[str, ...], expected: list[str]
) -> None:
    assert shown(trsim("trace", kept, *options)) == expected


def test_chosen_lines_are_those_of_the_whole(trsim: Call, kept: Path) -> None:
    whole = trsim("trace", kept).out.splitlines()
    some = trsim("trace", kept, "--task", "1").out.splitlines()
    assert some == [whole[0], *(line for line in whole if "  task 1  " in line)]


def test_json_is_one_object_for_each_event(trsim: Call, kept: Path) -> None:
    outcome = trsim("trace", kept, "--json", "--task", "calls/1", "--from", "9:12:04")
    assert (outcome.code, outcome.err) == (0, "")
    first, *others = [json.loads(line) for line in outcome.out.splitlines()]
    assert first == {
        "at_ms": 724_000,
        "time": "2026-03-02T09:12:04.000",
        "event": "reservation.created",
        "task": 1,
        "reservation": 1,
        "worker": "Ann",
        "queue": "support",
        "task_status": "reserved",
        "reservation_status": "pending",
        "details": {"priority": "0", "until": "2026-03-02T09:14:04.000"},
    }
    assert [record["event"] for record in others] == [
        line.split()[1] for line in OF_THE_SECOND if line > "09:12:05"
    ]
    # Once it is purged there is neither a status nor an offer.
    assert [others[-1][key] for key in ("task_status", "reservation", "worker")] == [None] * 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--task", "call/1"), "there is no stream 'call' (allowed: calls, strays; did you mean"),
        (("--task", "calls/2"), "no task calls/2 in the run; its tasks are calls/0 … calls/1"),
        (("--task", "2"), "there is no task 2 in the run; its tasks are 0 … 1"),
        (("--task", "/1"), "--task is a task such as billing_calls/17, or its number (found '/1')"),
        (("--worker", "ann"), "there is no worker 'ann' (allowed: Ann, Bob; did you mean 'Ann'?)"),
        (("--queue", "suport"), "there is no queue 'suport' (allowed: support, sales; did you"),
        (("--events", "task,reservation.create"), "did you mean 'reservation.created'?)"),
        (("--events", "worker,"), "there is no event '' (allowed: task, workflow, task-queue,"),
        (("--from", "9:20", "--to", "9:19"), "nothing to print: --from lies behind --to"),
        (("--to", "61m"), "--to 61m lies outside of the run, which takes 1h"),
        (("--from", "noon"), "--from must be a duration"),
    ],
    ids=lambda value: "_".join(value) if isinstance(value, tuple) else "",
)
def test_mistakes_are_named(
    trsim: Call, kept: Path, options: tuple[str, ...], message: str
) -> None:
    outcome = trsim("trace", kept, *options)
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_only_the_folder_of_a_run_will_do(trsim: Call, scenario: Path) -> None:
    outcome = trsim("trace", scenario)
    assert (outcome.code, outcome.out) == (2, "")
    assert "is not the folder of a run; 'trsim run SCENARIO --out DIR' writes one" in outcome.err


def test_a_pipe_that_is_closed_ends_it_quietly(
    process: Callable[..., subprocess.Popen[str]], kept: Path
) -> None:
    with process("trace", kept) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert (running.wait(timeout=60), running.stderr.read()) == (141, "")


def test_options_can_come_from_the_environment(
    trsim: Call, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRSIM_TRACE_FROM", "9:12:05")
    monkeypatch.setenv("TRSIM_TRACE_TO", "9:12:08")
    monkeypatch.setenv("TRSIM_TRACE_JSON", "1")
    (record,) = [json.loads(line) for line in trsim("trace", kept).out.splitlines()]
    assert record["event"] == "reservation.accepted"
