"""Golden scripts: documented examples, worked cases and corners, event by event."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path

import pytest

from tests.golden.script import play, split

FOLDER = Path(__file__).resolve().parents[1] / "golden"
SCRIPTS = sorted(FOLDER.glob("*.trace"))


CASES = ["1a", "1b", *map(str, range(2, 15))]
"""The worked cases: Twilio's own examples, and what follows from them."""


def test_the_scripts_are_found() -> None:
    names = [path.stem for path in SCRIPTS]
    cases = [name.split("_")[1].lstrip("0") for name in names if name.startswith("case_")]
    assert cases == CASES
    assert len(SCRIPTS) >= 135


def test_every_script_says_what_it_shows_and_on_whose_authority() -> None:
    heads = [split(path.read_text(encoding="utf-8"))[0] for path in SCRIPTS]
    assert all(head["source"] for head in heads)
    titles = [head["title"] for head in heads]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    expected, found = play(path)
    if found != expected:
        diff = unified_diff(expected, found, "expected", "found", lineterm="", n=4)
        pytest.fail("\n".join(diff), pytrace=False)
