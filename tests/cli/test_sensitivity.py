"""``trsim sensitivity``: tornado, Sobol' indices, folders, mistakes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Call = Callable[..., Any]
VARY = ("--vary", "workers.agent.count=2..5", "--vary", "behaviors.phone.answer_delay=1s..8s")
FEW = ("-n", "2", "-p", "1", "--until", "20m")


def test_a_tornado_and_its_picture(trsim: Call, desk: Path, tmp_path: Path) -> None:
    plot = tmp_path / "tornado.svg"
    done = trsim("sensitivity", desk, *VARY, *FEW, "--kpi", "mean_wait", "--plot", plot)
    assert done.code == 0
    assert "mean_wait is" in done.out
    assert done.out.index("count") < done.out.index("answer_delay")
    assert "paired interval" in done.out
    assert plot.read_bytes().startswith(b"<?xml")


def test_sobol_indices_from_scratch_and_from_a_folder(
    trsim: Call, desk: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    arguments = ("--samples", "4", "--kpi", "mean_wait", "--json")
    done = trsim("sensitivity", desk, *VARY, "-n", "1", "-p", "1", "--until", "20m", *arguments,
                 "--out", out)  # fmt: skip
    assert done.code == 0
    content = json.loads(done.out)
    assert content["samples"] == 4
    assert sorted(item["label"] for item in content["items"]) == [
        "behaviors.phone.answer_delay", "workers.agent.count",
    ]  # fmt: skip
    kept = trsim("sensitivity", out, "--kpi", "mean_wait", "--json")
    assert (kept.code, kept.out) == (0, done.out)
    refused = trsim("sensitivity", out, *VARY)
    assert refused.code == 2
    assert "a folder is taken as it is" in refused.err


def test_other_designs_and_pictures_are_refused(trsim: Call, desk: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert trsim("sweep", desk, "--vary", "workers.agent.count=3,4", *FEW, "--out", out).code == 0
    done = trsim("sensitivity", out)
    assert done.code == 2
    assert "needs the design one_at_a_time" in done.err
    done = trsim("sensitivity", desk, *VARY, "--samples", "4", "--plot", "a.png")
    assert done.code == 2
    assert "there is none of Sobol' indices" in done.err
