"""Windows and intervals."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.plots.desk import one_task
from trsim.errors import UsageError
from trsim.plots.view import ROUND_MS, View, round_length


def test_the_whole_run_is_shown_unless_somebody_says_otherwise() -> None:
    assert View().window(one_task()) == (0, 100_000)
    assert View(from_ms=5, to_ms=10**9).window(one_task()) == (5, 100_000)


@pytest.mark.parametrize("view", [View(from_ms=-1), View(from_ms=100_000)])
def test_a_window_outside_of_the_run_is_refused(view: View) -> None:
    with pytest.raises(UsageError, match="the run takes 1m40s"):
        view.window(one_task())


def test_intervals_are_whole_from_time_zero_without_a_clock() -> None:
    view = View(from_ms=10_000, to_ms=70_000, interval_ms=25_000)
    assert view.edges(one_task()).tolist() == [10_000, 25_000, 50_000, 70_000]


def test_intervals_are_whole_by_the_clock() -> None:
    view = View(start=dt.datetime(2026, 3, 2, 8, 0, 10), interval_ms=60_000)
    assert view.edges(one_task()).tolist() == [0, 50_000, 100_000]


def test_an_interval_is_chosen_that_suits() -> None:
    assert View().interval(one_task()) == 2_000
    assert View(from_ms=90_000).interval(one_task()) == 200


def test_intervals_that_nobody_could_see_are_refused() -> None:
    assert View(interval_ms=50).edges(one_task()).size == 2_001
    with pytest.raises(UsageError, match=r"49ms are too short .* 2,040, and 2,000"):
        View(interval_ms=49).edges(one_task())
    with pytest.raises(UsageError, match="longer than 0"):
        View(interval_ms=0).edges(one_task())


def test_lengths_are_round_and_suffice() -> None:
    assert list(ROUND_MS) == sorted(ROUND_MS)
    assert [round_length(span, 10) for span in (1, 11, 100_000, 10**9)] == [
        1,
        2,
        10_000,
        172_800_000,
    ]
    assert round_length(10**13, 10) == 10**12
