"""The command line as its users meet it: in this process for speed, in its own for signals."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from trsim.cli import main


class Outcome(NamedTuple):
    """What a call of the command line left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def trsim(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Outcome]:
    """Call the command line in this process."""
    for name in list(os.environ):
        if name.startswith("TRSIM_") or name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR"):
            monkeypatch.delenv(name)

    def call(*arguments: str | Path) -> Outcome:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Outcome(code, out, err)

    return call


def start(
    *arguments: str | Path,
    environment: dict[str, str] | None = None,
    stdout: int = subprocess.PIPE,
) -> subprocess.Popen[str]:
    """Start the command line in a process of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TRSIM_", "COLUMNS"))}
    return subprocess.Popen(
        [sys.executable, "-m", "trsim", *map(str, arguments)],
        text=True,
        env={**kept, **(environment or {})},
        stdout=stdout,
        stderr=subprocess.PIPE,
    )


@pytest.fixture
def process() -> Callable[..., subprocess.Popen[str]]:
    """Start the command line in a process of its own."""
    return start


DESK = """\
trsim: 1
name: Desk
horizon: 1h
seed: 3
task_queues:
  support: {target_workers: "1==1"}
workflows:
  front_door:
    task_reservation_timeout: 20s
    configuration:
      task_routing:
        default_filter: {queue: support}
behaviors:
  phone:
    answer_delay: 4s
    no_answer_probability: 10%
    return_delay: {after_timeout: 1m}
workers:
  agent: {count: 3, behavior: phone}
tasks:
  calls:
    workflow: front_door
    arrivals: {process: poisson, rate: 60/h}
    patience: {distribution: exponential, mean: 2m}
    talk_time: {distribution: exponential, mean: 2m}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A small scenario with about sixty tasks."""
    path = tmp_path / "desk.yaml"
    path.write_text(DESK, encoding="utf-8")
    return path


@pytest.fixture
def quickstart() -> Path:
    """The scenario that is shipped for the first five minutes."""
    return Path(__file__).parents[2] / "scenarios" / "quickstart.yaml"
