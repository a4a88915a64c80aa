"""Comparisons as JSON."""

from __future__ import annotations

import json

from tests.experiments.calls import calls
from trsim.experiments.compare import compare
from trsim.report.comparison_document import comparison_document


def test_everything_is_told_and_what_is_not_known_is_null() -> None:
    comparison = compare({"slow": calls("6s"), "fast": calls("4s")}, replications=2)
    kpis = ("mean_wait", "longest_open_wait", "occupancy")
    text = comparison_document(comparison, kpis, warnings={"fast": ["odd"]})
    document = json.loads(text)
    assert [each["name"] for each in document["settings"]] == ["slow", "fast"]
    assert document["identical"] == []
    wait, none, busy = document["differences"]
    assert wait == {
        "setting": "fast",
        "kpi": "mean_wait",
        "unit": "s",
        "base": 72.0,
        "other": 68.0,
        "difference": -4.0,
        "low": -4.0,
        "high": -4.0,
        "half_width": 0.0,
        "n": 2,
        "better": "lower",
        "verdict": "better",
    }
    assert (none["difference"], none["low"], none["verdict"]) == (None, None, "no figure")
    assert busy["better"] == "neither"
    (causes,) = document["causes"]
    assert causes["whole"]["difference"] == -4.0
    assert {part["kpi"]: part["difference"] for part in causes["parts"] if part["difference"]} == {
        "wait_ringing": -2.0,
        "wait_nobody_free": -2.0,
    }
    assert document["sentences"]["fast"][0].startswith("The mean wait falls by 4.0 s")
    assert document["warnings"] == {"fast": ["odd"]}
    assert len(document["caveats"]) == 1, "two replications are few"
