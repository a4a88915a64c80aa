"""The answer of a tuning in words, tables and on a page."""

from __future__ import annotations

import io
import math
from dataclasses import replace

from rich.console import Console

from tests.analysis.tuning_case import LABEL, QUESTION, tuning
from trsim.analysis.intervals import Interval
from trsim.analysis.tuning import Change, Theory, TriedPoint, Verdict
from trsim.report.tuning_page import tuning_page
from trsim.report.tuning_tables import tuning_overview
from trsim.report.tuning_words import alike, change_text, conflict, recommendation, theory


def test_the_recommendation_is_one_sentence() -> None:
    assert recommendation(tuning()) == (
        f"Set {LABEL} to 24s: abandonment 16.7 % instead of 17.3 % today (15s), 0.6 points less "
        "(0.3 to 0.9)."
    )
    assert alike(tuning()) == "Anything from 20s to 30s cannot be told from it."


def test_today_may_be_the_best() -> None:
    made = tuning(today=3, confirmation=())
    assert recommendation(made).startswith(f"Leave {LABEL} at 24s: abandonment is 16.7 %")


def test_a_change_that_may_bring_nothing_is_not_asked_for() -> None:
    change = Change("abandonment", "share", 0.168, 0.167, Interval(-0.001, 0.003, 100))
    assert recommendation(tuning(today=2, confirmation=(change,), confirmed_on=100)) == (
        "Nothing speaks against today's 20s: the best point found, 24s, has abandonment 16.7 % "
        "instead of 16.8 %, which cannot be told apart on 100 fresh replications."
    )


def test_nothing_keeps_the_conditions() -> None:
    broken = tuple(
        TriedPoint(
            each.values, each.numbers, 10, each.objective, Verdict.INFEASIBLE, None, ("asa <= 1s",)
        )
        for each in tuning().points
    )
    question = replace(QUESTION, conditions=("asa <= 1s",))
    made = tuning(points=broken, recommended=None, least_violating=2, question=question)
    assert recommendation(made) == (
        "No point that was tried keeps asa <= 1s. The one that comes nearest is 20s, with "
        "abandonment 16.8 %."
    )
    assert not alike(made)
    assert not conflict(made)


def test_conflicts_are_told_with_both_figures() -> None:
    assert conflict(tuning()) == (
        "Other figures would choose otherwise: service_level@20s is best at 60s (56.2 % instead of "
        "54.7 %)."
    )
    assert not conflict(tuning(picks=tuning().picks[:1]))


def test_theory_is_put_beside() -> None:
    assert theory(tuning()).startswith("Capacity alone would ask for 22.2 s (95.4 s of work")
    never = tuning(theory=Theory(math.inf, 80.0, "everybody answers"))
    assert theory(never) == "Capacity alone would never time out, because everybody answers."
    none = tuning(theory=Theory(None, None, "workers differ"))
    assert theory(none) == "No formula beside it: workers differ."


def test_differences_have_signs_units_and_widths() -> None:
    share = Change("abandonment", "share", 0.2, 0.19, Interval(-0.0112, 0.0031, 9))
    assert change_text(share) == "-1.1 points ± 0.31"
    assert change_text(Change("asa", "s", 1, 2, Interval(1.25, 0.5, 9))) == "+1.2 s ± 0.50"
    assert change_text(Change("asa", "s", None, None, Interval(None, None, 0))) == "-"


def test_one_screen() -> None:
    out = io.StringIO()
    Console(file=out, width=80).print(tuning_overview(tuning(warnings=("look out",))))
    text = out.getvalue()
    assert "24s 40 16.70 ± 0.40 % recommended" in " ".join(text.split())
    assert "worse, today" in text
    assert "54.7 % (conflict)" in text
    assert "-0.50 s ± 0.60 (not told)" in text
    assert "! look out" in text
    assert len(text.splitlines()) < 50


def test_the_page_is_whole_and_escaped() -> None:
    question = replace(QUESTION, scenario="<b>Desk</b>")
    content = tuning_page(tuning(question=question), ("trsim", "tune", "a b.yaml"))
    assert "<b>Desk" not in content
    assert "trsim tune &#39;a b.yaml&#39;" in content
    assert content.count("<svg") == 2
    assert 'content="trsim tune"' in content[:400]
    assert content == tuning_page(tuning(question=question), ("trsim", "tune", "a b.yaml"))
