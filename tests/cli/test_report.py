"""``trsim report``."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]


@pytest.fixture
def kept(trsim: Call, desk: Path, tmp_path: Path) -> Path:
    """A run that was kept: one hour of a small desk."""
    folder = tmp_path / "kept"
    assert trsim("run", desk, "--out", folder, "-q").code == 0
    return folder


def test_a_page_is_written_and_replaced(trsim: Call, kept: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    code, out, err = trsim("report", kept, "-o", page)
    assert (code, out) == (0, "")
    assert re.fullmatch(rf"wrote {re.escape(str(page))}: [0-9]+ kB\n", err)
    first = page.read_bytes()
    assert b"<title>Desk: report of a simulation</title>" in first
    assert trsim("report", kept, "--out", page, "-q") == (0, "", "")
    assert page.read_bytes() == first


def test_other_files_are_left_alone(trsim: Call, kept: Path, tmp_path: Path) -> None:
    page = tmp_path / "mine.html"
    page.write_text("<p>mine</p>", "utf-8")
    code, _, err = trsim("report", kept, "-o", page)
    assert (code, page.read_text("utf-8")) == (4, "<p>mine</p>")
    assert "it exists, and is no page of 'trsim report'" in err


def test_a_place_that_cannot_be_written(trsim: Call, kept: Path, tmp_path: Path) -> None:
    code, _, err = trsim("report", kept, "-o", tmp_path / "nowhere" / "x.html")
    assert (code, err.startswith("trsim: cannot write ")) == (4, True)
    assert trsim("report", kept, "-o", tmp_path).code == 4


def test_what_is_not_a_run(trsim: Call, tmp_path: Path) -> None:
    code, _, err = trsim("report", tmp_path, "-o", tmp_path / "x.html")
    assert code == 2
    assert "is not the folder of a run" in err
    assert not (tmp_path / "x.html").exists()


def test_a_page_needs_a_name(trsim: Call, kept: Path) -> None:
    code, _, err = trsim("report", kept)
    assert code == 2
    assert "Missing option '--out'" in err
