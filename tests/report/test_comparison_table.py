"""Comparisons on the console, beyond what the tests of the command line look at."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from tests.experiments.calls import calls
from trsim.analysis.comparison import Comparison
from trsim.experiments.compare import compare
from trsim.report.comparison_table import MAIN_DIFFERENCES, compared, main_differences


@pytest.fixture(scope="module")
def speeds() -> Comparison:
    """Two speeds of answering beside a base, each worked out in :mod:`tests.experiments.calls`."""
    settings = {"slow": calls("6s"), "fast": calls("4s"), "slow again": calls("6s")}
    return compare(settings, replications=5)


def text_of(comparison: Comparison, *kpis: str) -> str:
    drawn = io.StringIO()
    Console(file=drawn, width=80).print(compared(comparison, kpis or None))
    return "".join(f"{line.rstrip()}\n" for line in drawn.getvalue().splitlines())


def test_figures_worked_out_by_hand(speeds: Comparison) -> None:
    text = text_of(speeds)
    assert re.search(r"^mean_wait +72\.0 s +68\.0 s +-4\.0 s +-4\.0 to -4\.0 better$", text, re.M)
    assert "The mean wait falls by 4.0 s (4.0 to 4.0): 68.0 s instead of 72.0 s." in text
    why = "Customers wait 4.0 s less on average (4.0 to 4.0): 2.0 s less ringing at the one"
    assert why in " ".join(text.split())


def test_each_setting_has_its_part_and_the_same_one_says_so(speeds: Comparison) -> None:
    text = text_of(speeds)
    assert text.startswith("fast, slow again instead of slow\n5 replications of 1h each, seed 0")
    assert "\nfast instead of slow\n" in text
    assert "slow again and slow are the same: all " in text
    assert text.count("mean_wait") == 1
    # Who asks for figures gets them, also where nothing differs; the name is too long for a head.
    asked = text_of(speeds, "asa")
    assert re.search(r"^KPI +slow +other +difference +95 % interval$", asked, re.M)
    assert "The average speed of answer is the same in every replication: 72.0 s." in asked


def test_figures_that_the_scenarios_do_not_give_are_left_out(speeds: Comparison) -> None:
    names = main_differences(speeds)
    assert [name for name in MAIN_DIFFERENCES if name not in names] == [
        "cost_of_staff",
        "cost_per_assigned",
        "value_of_answered",
        "cost_of_abandoned",
    ]
