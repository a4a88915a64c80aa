"""Golden scripts: documented examples, worked cases and corners, event by event."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path

import pytest

from tests.golden.script import play

FOLDER = Path(__file__).resolve().parents[1] / "golden"
SCRIPTS = sorted(FOLDER.glob("*.trace"))


def test_the_scripts_are_found() -> None:
    assert len(SCRIPTS) >= 25


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    expected, found = play(path)
    if found != expected:
        diff = unified_diff(expected, found, "expected", "found", lineterm="", n=4)
        pytest.fail("\n".join(diff), pytrace=False)
