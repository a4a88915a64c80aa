"""Differences in words, each sentence read off numbers that were chosen."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from trsim.analysis.comparison import Difference, Verdict
from trsim.analysis.comparison_causes import Cause, WaitChange
from trsim.analysis.intervals import Interval
from trsim.report.comparison_words import change, decimals, level, reach, sentence, why_waits_differ

FALLS = Difference(
    kpi="abandonment",
    unit="share",
    setting="b",
    base=0.084,
    other=0.063,
    interval=Interval(-0.021, 0.003, 20),
    confidence=0.95,
    verdict=Verdict.BETTER,
)


def test_a_share_falls_by_percentage_points() -> None:
    assert sentence(FALLS) == (
        "Abandonment falls by 2.1 percentage points (1.8 to 2.4): 6.3 % instead of 8.4 %."
    )


def test_a_time_rises_by_seconds() -> None:
    interval = Interval(3.2, 0.4, 20)
    slower = replace(
        FALLS, kpi="wait_p95", unit="s", base=40.0, other=43.2, interval=interval,
        verdict=Verdict.WORSE,
    )  # fmt: skip
    assert sentence(slower) == "wait_p95 rises by 3.2 s (2.8 to 3.6): 43.2 s instead of 40.0 s."


def test_what_cannot_be_told_apart_does_not_rise_or_fall() -> None:
    unclear = replace(FALLS, interval=Interval(-0.021, 0.03, 20), verdict=Verdict.NOT_TOLD_APART)
    assert sentence(unclear) == (
        "Abandonment cannot be told apart: 6.3 % and 8.4 %, -2.1 pp (-5.1 to +0.9)."
    )


def test_what_is_the_same_unknown_or_known_once_is_said_to_be() -> None:
    same = replace(FALLS, other=0.084, interval=Interval(0.0, 0.0, 9), verdict=Verdict.SAME)
    assert sentence(same) == "Abandonment is the same in every replication: 8.4 %."
    once = replace(FALLS, interval=Interval(-0.021, None, 1), verdict=Verdict.NOT_TOLD_APART)
    assert sentence(once) == (
        "Abandonment is 6.3 % instead of 8.4 %; how far chance reaches is not known."
    )
    none = replace(
        FALLS, kpi="asa", unit="s", other=None, interval=Interval(None, None, 0),
        verdict=Verdict.UNKNOWN,
    )  # fmt: skip
    assert sentence(none) == (
        "The average speed of answer: nothing can be compared, - beside 0.1 s."
    )


@pytest.mark.parametrize(
    ("interval", "unit", "places"),
    [
        (Interval(-0.021, 0.003, 9), "share", 1),
        (Interval(-0.0021, 0.0003, 9), "share", 2),
        (Interval(-300.0, 80.0, 9), "worker s", 0),
        (Interval(3.0, 0.004, 9), "s", 3),
        (Interval(3.0, 1e-9, 9), "s", 4),
        (Interval(0.0, 0.0, 9), "s", 1),
        (Interval(0.25, 0.26, 9), "s", 2),  # or its lower end would read 0.0
        (Interval(None, None, 0), "s", 1),
    ],
)
def test_decimals_follow_the_width(interval: Interval, unit: str, places: int) -> None:
    assert decimals(interval, unit) == places


def test_numbers_have_signs_and_units_where_they_mean_something() -> None:
    assert change(0.021, "share", 1) == "+2.1 pp"
    assert change(-0.0001, "share", 1) == "0.0 pp"
    assert change(-1234.0, "worker s", 0) == "-1,234 s"
    assert level(None, "s", 1) == "-"
    assert level(0.5, "index", 2) == "0.50"
    assert reach(Interval(1.0, None, 1), "s", 1) == ""
    assert reach(Interval(1.0, 2.0, 9), "s", 1) == "-1.0 to +3.0"


def cause(kpi: str, tenths: int, half_width: float | None = 0.05) -> Cause:
    exact = Fraction(tenths, 10)
    return Cause(kpi, kpi.replace("_", " "), exact, Interval(float(exact), half_width, 20))


def test_the_largest_part_of_the_wait_is_named_first() -> None:
    why = WaitChange(
        whole=cause("wait_per_task", -32, 0.4),
        parts=(
            cause("wait_ringing", 2),
            cause("wait_set_up", 0),
            cause("wait_lost_offers", -21),
            cause("wait_nobody_free", -13),
        ),
        worker_time=(cause("absent_after_timeout", -41, 0.3), cause("lost_ringing_time", 0)),
    )
    assert why_waits_differ(why) == (
        "Customers wait 3.2 s less on average (2.8 to 3.6): 2.1 s less ringing for nothing, "
        "1.3 s less with nobody free, 0.2 s more ringing at the one who takes the task.",
        "For each task workers spend 4.1 s less absent after timeout (3.8 to 4.4).",
    )


def test_parts_that_chance_may_have_made_are_told_apart_from_the_others() -> None:
    why = WaitChange(
        whole=cause("wait_per_task", 5, 0.8),
        parts=(cause("wait_lost_offers", 3), cause("wait_nobody_free", 2, 0.9)),
        worker_time=(cause("lost_ringing_time", 1, 0.2),),
    )
    assert why_waits_differ(why) == (
        "How long customers wait cannot be told apart, 0.5 s more on average (-0.3 to +1.3): "
        "0.3 s more ringing for nothing; cannot be told apart: 0.2 s more with nobody free.",
        "For each task workers spend 0.1 s more lost ringing time (-0.1 to +0.3, cannot be told "
        "apart).",
    )


def test_one_pair_of_replications_claims_nothing() -> None:
    parts = (cause("wait_lost_offers", 5, None),)
    why = WaitChange(cause("wait_per_task", 5, None), parts, ())
    assert why_waits_differ(why) == (
        "Customers wait 0.5 s more on average: 0.5 s more ringing for nothing.",
    )


def test_equal_waits_need_no_reason() -> None:
    nothing = WaitChange(cause("wait_per_task", 0), (cause("wait_ringing", 0),), ())
    assert why_waits_differ(nothing) == ()
