"""Every output shows the reasons to doubt a study, and the same ends of intervals."""

from __future__ import annotations

import json

import pytest
from rich.console import Console

from tests.analysis.load_desk import constant, desk
from trsim.analysis.study import Study
from trsim.experiments.replicate import replicate
from trsim.report.document import json_document
from trsim.report.tables import overview


def on_console(study: Study) -> str:
    console = Console(width=1_000, markup=False, highlight=False, color_system=None)
    with console.capture() as capture:
        console.print(overview(study))
    return capture.get()


@pytest.mark.parametrize(
    ("study", "words"),
    [
        (replicate(desk(constant(1.4, 5), 5, 8), replications=2), "tasks waiting grew through"),
        (
            replicate(desk(constant(1.4, 5), 5, 8, patience_s=300), replications=2),
            "of the work that the staff can do",
        ),
        (
            replicate(desk(constant(2.5, 5), 5, 4, patience_s=100), replications=2),
            "were given up before an answer",
        ),
        (replicate(desk(constant(0.8, 100), 100, 1), replications=2), "the run begins empty"),
    ],
    ids=["unstable", "overloaded", "mostly lost", "warm-up"],
)
def test_console_and_json_show_the_doubts(study: Study, words: str) -> None:
    caveats = json.loads(json_document(study))["caveats"]
    (text,) = (caveat for caveat in caveats if words in caveat)
    assert text.startswith("in 2 of 2 replications: ")
    shown = on_console(study)
    assert f"Warning: {text}" in shown
    few = "after 2 replications the widths of intervals are uncertain by about 71 % themselves"
    (chance,) = (caveat for caveat in caveats if few in caveat)
    assert f"Warning: {chance}" in shown


def test_console_and_json_show_the_same_ends() -> None:
    # Two short runs at a load that leaves hang-ups to chance: the interval reaches below 0.
    study = replicate(desk(constant(0.8, 5), 5, 1, patience_s=300), replications=2)
    rows = {row["name"]: row for row in json.loads(json_document(study))["kpis"]}
    abandonment = rows["abandonment"]
    assert abandonment["low"] == 0
    assert abandonment["estimate"] < abandonment["half_width"]
    (line,) = (x for x in on_console(study).splitlines() if x.strip().startswith("abandonment"))
    assert f" 0.0 to {100 * abandonment['high']:.1f} %" in line
