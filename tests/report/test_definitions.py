"""The definitions of all key figures, as text."""

from __future__ import annotations

from trsim.analysis.kpis import KPIS
from trsim.report.definitions import definitions


def test_every_kpi_has_name_unit_and_meaning() -> None:
    paragraphs = definitions().split("\n\n")
    assert [p.splitlines()[0] for p in paragraphs] == [f"{k.name} [{k.unit}]" for k in KPIS]
    assert all(len(p.splitlines()) >= 4 for p in paragraphs)


def test_lines_are_as_wide_as_wanted() -> None:
    assert max(map(len, definitions(60).splitlines())) <= 60
    text = " ".join(definitions(60).split())
    assert all(kpi.text in text and kpi.formula in text for kpi in KPIS)
