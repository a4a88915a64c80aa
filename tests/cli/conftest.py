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
    *arguments: str | Path, environment: dict[str, str] | None = None, **pipes: int
) -> subprocess.Popen[str]:
    """Start the command line in a process of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TRSIM_", "COLUMNS"))}
    return subprocess.Popen(
        [sys.executable, "-m", "trsim", *map(str, arguments)],
        text=True,
        env={**kept, **(environment or {})},
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **pipes},  # type: ignore[call-overload]
    )


@pytest.fixture
def process() -> Callable[..., subprocess.Popen[str]]:
    """Start the command line in a process of its own."""
    return start
