"""``trsim sweep``: tables, files, experiments, mistakes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]
VARY = (
    "--vary",
    "workflows.*.task_reservation_timeout=5s,30s",
    "--vary",
    "workers.agent.count=3,4",
)
FEW = ("-n", "2", "-p", "1", "--until", "20m")


def test_a_table_with_half_widths(trsim: Call, desk: Path) -> None:
    done = trsim("sweep", desk, *VARY, *FEW, "--kpis", "abandonment,asa")
    assert done.code == 0
    assert "Desk: 4 points × 2 replications, seed 3" in done.out
    assert "[%]" in done.out
    assert done.out.count("±") == 9
    assert "count = workers.agent.count (now 3)" in done.out
    assert done.err == ""


def test_json_tells_the_same_as_any_number_of_processes(trsim: Call, desk: Path) -> None:
    one = trsim("sweep", desk, *VARY, *FEW, "--json")
    two = trsim("sweep", desk, *VARY, "-n", "2", "-p", "2", "--until", "20m", "--json")
    assert (one.code, two.code) == (0, 0)
    assert one.out == two.out
    content = json.loads(one.out)
    assert [point["values"]["workers.agent.count"] for point in content["points"]] == [3, 4, 3, 4]
    assert content["points"][0]["kpis"]["abandonment"]["n"] == 2


def test_a_folder_and_its_experiment(trsim: Call, desk: Path, tmp_path: Path) -> None:
    out, plot = tmp_path / "out", tmp_path / "plot.png"
    first = trsim("sweep", desk, *VARY, *FEW, "--out", out, "--plot", plot)
    assert first.code == 0
    assert plot.read_bytes().startswith(b"\x89PNG")
    again = trsim("sweep", out / "sweep.yaml", "-p", "1", "--out", out)
    assert (again.code, again.out) == (0, first.out)
    more = trsim("sweep", out / "sweep.yaml", "-n", "3", "-p", "1", "--out", out)
    assert "4 points × 3 replications" in more.out
    assert json.loads((out / "sweep.json").read_text("utf-8"))["done"] == 12


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "nothing is varied"),
        (("--vary", "x"), "a setting is path=value"),
        (("--vary", "workers.agnt.count=1,2"), "did you mean 'agent'"),
        (("--vary", "workers.agent.count=1,2", "--kpis", "asaa"), "no KPI 'asaa'"),
        (("--vary", "workers.agent.count=1,2", "--kpis", ","), "names no figure"),
        (("--vary", "workers.agent.count=0,1"), "refuses workers.agent.count=0"),
        (("--vary", "workers.agent.count=1,2", "--plot", "a.pdf"), ".png or .svg"),
        (("--vary", "workers.agent.count=1,2", "--until", "5"), "must be a duration"),
    ],
)
def test_mistakes_are_told_before_anything_runs(
    trsim: Call, desk: Path, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = trsim("sweep", desk, *arguments, "--out", tmp_path / "out")
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert not (tmp_path / "out").exists()


def test_foreign_folders_are_left_alone(trsim: Call, desk: Path, tmp_path: Path) -> None:
    done = trsim("sweep", desk, *VARY, *FEW, "--out", tmp_path)
    assert done.code == 4
    assert "not a sweep of trsim" in done.err
