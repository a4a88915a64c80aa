"""The story in docs/explain.md is what its scenario gives."""

from __future__ import annotations

import re
from pathlib import Path

import trsim
from trsim.report.explain import explain
from trsim.report.explain_find import clock_for, name_of
from trsim.report.explain_text import Timeline, timeline_text

GUIDE = Path(__file__).parents[2] / "docs" / "explain.md"


def test_the_story_of_the_guide_is_true(tmp_path: Path) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    found = re.search(r"^```yml\n(.*?)^```$\n\n^```\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    file = tmp_path / "desk.yaml"
    file.write_text(found[1], encoding="utf-8")
    model = trsim.load_scenario(file).compile()
    log = trsim.run(model).log
    clock = clock_for(model, log, 0)
    entries = explain(model, log.rows(), 0, clock=clock)
    told = Timeline(model.name, 0, name_of(log, 0), entries)
    assert timeline_text(told, clock, width=100) == found[2]
