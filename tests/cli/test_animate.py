"""``trsim animate``."""

from __future__ import annotations

import json
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


def data_of(page: Path) -> dict[str, Any]:
    found = re.search(r'id="run">(.*?)</script', page.read_text("utf-8"), re.S)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_a_page_of_the_whole_run(trsim: Call, kept: Path, tmp_path: Path) -> None:
    page = tmp_path / "x.html"
    code, out, err = trsim("animate", kept, "-o", page)
    data = data_of(page)
    assert (code, out) == (0, "")
    assert re.fullmatch(rf"wrote {re.escape(str(page))}: [0-9]+ events, [0-9]+ kB\n", err)
    assert (data["title"], data["from_ms"], data["to_ms"]) == ("Desk", 0, 3_600_000)
    assert (data["threshold_ms"], data["service_level"][0]) == (20_000, "offered")
    assert data["remarks"] == []
    offline = data["names"]["activities"].index("Offline")
    assert data["off"] == [offline]


def test_a_part_of_the_run_says_that_it_is_one(trsim: Call, kept: Path, tmp_path: Path) -> None:
    page = tmp_path / "x.html"
    code, _, err = trsim("animate", kept, "-o", page, "--from", "20m", "--to", "1800s")
    data = data_of(page)
    assert code == 0
    assert (data["from_ms"], data["to_ms"]) == (1_200_000, 1_800_000)
    assert err.startswith("This is +0:20:00 to +0:30:00 of a run that goes on from +0:00:00 to ")
    assert data["remarks"] == [err.splitlines()[0]]
    assert trsim("animate", kept, "-o", page, "--from", "20m", "-q").err == ""


def test_times_of_day_where_the_scenario_has_a_start(
    trsim: Call, desk: Path, tmp_path: Path
) -> None:
    desk.write_text(desk.read_text("utf-8") + "start: 2026-03-02T08:00\n", "utf-8")
    assert trsim("run", desk, "--out", tmp_path / "kept", "-q").code == 0
    page = tmp_path / "x.html"
    code, _, err = trsim("animate", tmp_path / "kept", "-o", page, "--from", "8:15")
    assert (code, data_of(page)["from_ms"]) == (0, 900_000)
    assert err.startswith("This is 08:15:00 to 09:00:00 of a run that goes on from 08:00:00")


def test_a_page_is_replaced_and_nothing_else_is(trsim: Call, kept: Path, tmp_path: Path) -> None:
    page, notes = tmp_path / "x.html", tmp_path / "notes.html"
    assert trsim("animate", kept, "-o", page).code == 0
    assert trsim("animate", kept, "-o", page, "--to", "5m").code == 0
    assert data_of(page)["to_ms"] == 300_000
    notes.write_text("<!DOCTYPE html><title>mine</title>", "utf-8")
    code, _, err = trsim("animate", kept, "-o", notes)
    assert code == 4
    assert "it exists, and is no page of 'trsim animate'" in err
    assert notes.read_text("utf-8") == "<!DOCTYPE html><title>mine</title>"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--from", "2h"), "--from 2h lies outside of the run, which takes 1h"),
        (("--to", "yesterday"), "--to must be"),
        (("--from", "30m", "--to", "30m"), "--from does not lie before --to"),
        (("--from", "08:15"), "the scenario has no start"),
    ],
    ids=["outside", "no time", "empty", "no start"],
)
def test_times_that_cannot_be(
    trsim: Call, kept: Path, tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    page = tmp_path / "x.html"
    code, _, err = trsim("animate", kept, "-o", page, *options)
    assert code == 2
    assert words in err
    assert not page.exists()


def test_only_the_folder_of_a_run_will_do(trsim: Call, desk: Path, tmp_path: Path) -> None:
    code, _, err = trsim("animate", desk, "-o", tmp_path / "x.html")
    assert code == 2
    assert "is not the folder of a run" in err


def test_a_changed_scenario_is_refused(trsim: Call, kept: Path, tmp_path: Path) -> None:
    scenario = kept / "scenario.yaml"
    scenario.write_text(scenario.read_text("utf-8").replace("count: 3", "count: 4"), "utf-8")
    code, _, err = trsim("animate", kept, "-o", tmp_path / "x.html")
    assert code == 2
    assert "is not the scenario that was run" in err


def test_a_place_that_is_not_there(trsim: Call, kept: Path, tmp_path: Path) -> None:
    code, _, err = trsim("animate", kept, "-o", tmp_path / "nowhere" / "x.html")
    assert code == 4
    assert "cannot write" in err
