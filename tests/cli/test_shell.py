"""Exit codes and messages: what becomes of every kind of failure."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trsim.cli import shell
from trsim.cli.stopping import Stopped, stop_if_asked
from trsim.errors import (
    ExpressionError,
    LimitExceeded,
    OutputError,
    Problem,
    ScenarioError,
    UsageError,
)

Call = Callable[..., Any]


@pytest.mark.parametrize(
    ("problem", "code", "message"),
    [
        (UsageError("seed must be >= 0"), 2, "trsim: seed must be >= 0"),
        (ExpressionError("a ==", 4, "a value is missing"), 2, "trsim: a value is missing"),
        (
            ScenarioError([Problem("x.yaml", 3, 5, "horizon", "must be a duration")]),
            2,
            "x.yaml:3:5: horizon: must be a duration",
        ),
        (LimitExceeded("goal missed: asa < 20s"), 3, "trsim: goal missed: asa < 20s"),
        (OutputError("cannot write out: full"), 4, "trsim: cannot write out: full"),
    ],
)
def test_an_error_of_ours_is_a_message_and_its_exit_code(
    trsim: Call, monkeypatch: pytest.MonkeyPatch, problem: Exception, code: int, message: str
) -> None:
    fail_with(monkeypatch, problem)
    outcome = trsim("diagram")
    assert (outcome.code, outcome.out) == (code, "")
    assert outcome.err.splitlines()[0] == message


def test_a_fault_of_ours_is_one_line_that_asks_for_a_report(
    trsim: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(monkeypatch, KeyError("queue\n\x1b[2J"))
    outcome = trsim("diagram")
    assert outcome.code == 1
    (line,) = outcome.err.splitlines()
    assert line.startswith("trsim: internal fault (KeyError: ")
    assert "please report it" in line
    assert "\x1b" not in line


@pytest.mark.parametrize("problem", [RuntimeError("odd"), UsageError("odd")])
def test_the_traceback_is_shown_on_demand_only(
    trsim: Call, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    fail_with(monkeypatch, problem)
    assert "Traceback" not in trsim("diagram").err
    monkeypatch.setenv("TRSIM_DEBUG", "1")
    assert "Traceback" in trsim("diagram").err


@pytest.mark.parametrize(
    ("stop", "code", "word"),
    [
        (KeyboardInterrupt(), 130, "interrupted"),
        (Stopped(signal.SIGINT), 130, "interrupted"),
        (Stopped(signal.SIGTERM), 143, "terminated"),
    ],
)
def test_a_stop_is_told_without_a_traceback(
    trsim: Call, monkeypatch: pytest.MonkeyPatch, stop: BaseException, code: int, word: str
) -> None:
    monkeypatch.setattr(shell, "abandon_output", lambda: None)
    fail_with(monkeypatch, stop)
    outcome = trsim("diagram")
    assert outcome.code == code
    assert outcome.err == f"trsim: {word} before the end\n"


def test_a_signal_that_a_library_swallows_still_ends_the_work(
    trsim: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = []

    def swallow(arguments: list[str]) -> int:
        try:
            signal.raise_signal(signal.SIGTERM)
        except BaseException:  # as the compiler of Python does
            reached.append("swallowed")
        stop_if_asked()
        return 0

    monkeypatch.setattr(shell, "abandon_output", lambda: None)
    monkeypatch.setattr(shell, "_invoke", swallow)
    before = signal.getsignal(signal.SIGTERM)
    assert trsim("diagram").code == 143
    assert reached == ["swallowed"]
    assert signal.getsignal(signal.SIGTERM) is before
    monkeypatch.setattr(shell, "_invoke", lambda arguments: 0)
    assert trsim("diagram").code == 0, "a stop is forgotten when it is over"


def test_a_command_that_does_not_exist_is_corrected(trsim: Call) -> None:
    outcome = trsim("rnu", "x.yaml")
    assert outcome.code == 2
    assert "Did you mean 'run'?" in outcome.err
    assert "Try 'trsim --help'." in outcome.err


def test_an_option_that_does_not_exist_is_corrected(trsim: Call) -> None:
    outcome = trsim("run", "--replication", "3", "x.yaml")
    assert outcome.code == 2
    assert "Did you mean" in outcome.err
    assert "'--replications'" in outcome.err
    assert "Try 'trsim run --help'." in outcome.err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("run",),
        ("validate",),
        ("run", "x.yaml", "--seed", "-1"),
        ("run", "x.yaml", "--seed", "seven"),
        ("run", "x.yaml", "--replications", "0"),
        ("run", "x.yaml", "--until", "10"),
        ("run", "x.yaml", "--set", "workers.agent.count"),
        ("run", "x.yaml", "--json", "--trace"),
        ("run", "x.yaml", "--json", "--story"),
        ("diagram", "worker"),
        ("diagram", "--format", "svg"),
    ],
)
def test_misuse_ends_with_exit_code_2_and_without_data(
    trsim: Call, arguments: tuple[str, ...]
) -> None:
    outcome = trsim(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err


@pytest.mark.parametrize(
    "command", ["run", "validate", "lint", "stats", "explain", "init", "schema", "diagram"]
)
def test_every_command_has_help(trsim: Call, command: str) -> None:
    outcome = trsim(command, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert f"trsim {command}" in outcome.out
    assert trsim(command, "-h").out == outcome.out
    assert command in trsim("--help").out


def test_the_version_is_data(trsim: Call) -> None:
    outcome = trsim("--version")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("trsim ")


def test_a_closed_pipe_ends_quietly(process: Callable[..., subprocess.Popen[str]]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    running = process("diagram", stdout=writing)
    os.close(writing)
    _, err = running.communicate(timeout=60)
    assert running.returncode in (0, 141)
    assert err == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_line_and_exit_code_4(
    process: Callable[..., subprocess.Popen[str]],
) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        running = process("diagram", stdout=full.fileno())
        _, err = running.communicate(timeout=60)
    assert running.returncode == 4
    assert err == "trsim: cannot write to standard output: No space left on device\n"


def test_an_encoding_without_the_character_does_not_stop_the_output(
    process: Callable[..., subprocess.Popen[str]],
) -> None:
    running = process("run", "--help", environment={"PYTHONIOENCODING": "ascii"})
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0, err
    assert "Simulate" in out


def fail_with(monkeypatch: pytest.MonkeyPatch, problem: BaseException) -> None:
    def fail(arguments: list[str]) -> int:
        raise problem

    monkeypatch.setattr(shell, "_invoke", fail)
