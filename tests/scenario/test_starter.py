from __future__ import annotations

from pathlib import Path

import trsim.scenario
from tests.scenario.desk import load
from trsim.scenario.starter import starter_text


def test_it_loads_cleanly(tmp_path: Path) -> None:
    scenario = load(starter_text(), tmp_path)
    model = scenario.compile()
    assert model.warnings == ()
    assert len(model.spec.workers) == 8
    assert starter_text().startswith("# yaml-language-server: $schema=scenario.schema.json\n")
    assert starter_text() == trsim.scenario.STARTER


def test_every_part_is_explained() -> None:
    comments = sum("#" in line for line in starter_text().splitlines())
    assert comments >= 20
