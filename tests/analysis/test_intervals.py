"""Intervals against textbook formulas, numbers worked out by hand, and their own promise."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trsim.analysis.intervals import (
    Interval,
    mean_interval,
    ratio_interval,
    replications_for,
    t_quantile,
)
from trsim.errors import UsageError


def test_t_interval_of_a_textbook_sample() -> None:
    # Law, "Simulation Modeling and Analysis", chapter 4: ten observations with mean 1.34 and
    # variance 0.17; t(9, 0.95) = 1.833 gives 1.34 ± 0.24.
    sample = [120, 150, 168, 189, 95, 149, 158, 155, 50, 109]
    interval = mean_interval([(value, 100) for value in sample], confidence=0.9)
    assert interval.estimate == pytest.approx(1.343)
    assert interval.half_width == pytest.approx(0.24, abs=0.005)
    assert interval.n == 10


def test_t_interval_by_hand() -> None:
    # 2, 4, 6, 8: mean 5, variance 20 / 3, t(3) = 3.18245, half-width 3.18245 · √(20 / 12).
    interval = mean_interval([(2, 1), (8, 2), (6, 1), (8, 1)])
    assert interval.estimate == 5
    assert interval.half_width == pytest.approx(3.182446305 * math.sqrt(20 / 12))
    assert interval.low == 5 - (interval.half_width or 0)
    assert interval.high == 5 + (interval.half_width or 0)


def test_jackknife_by_hand() -> None:
    # X = 1, 2, 6; Y = 2, 3, 5.  R = 9 / 10.  Without 1, 2, 3: 8/8 = 1, 7/7 = 1, 3/5 = 0.6.
    # Mean 13/15; squares (2/15)² + (2/15)² + (4/15)² = 24/225; times 2/3 = 16/225: error 4/15.
    # t(2) = 4.30265.
    interval = ratio_interval([(1, 2), (2, 3), (6, 5)])
    assert interval.estimate == 0.9
    assert interval.half_width == pytest.approx(4.302652730 * 4 / 15)
    assert interval.n == 3


def test_jackknife_of_equal_denominators_is_the_t_interval() -> None:
    parts = [3, 7, 7, 10, 1]
    pooled = ratio_interval([(part, 20) for part in parts])
    averaged = mean_interval([(part, 20) for part in parts])
    assert pooled.estimate == pytest.approx(averaged.estimate)
    assert pooled.half_width == pytest.approx(averaged.half_width)


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(1, 10**9)), min_size=2, max_size=30))
def test_jackknife_agrees_with_its_textbook_form(values: list[tuple[int, int]]) -> None:
    # Efron and Tibshirani (1993), equation 11.5, on arrays.
    x, y = np.array(values, dtype=float).T
    without = (x.sum() - x) / (y.sum() - y)
    n = len(values)
    error = math.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum())
    interval = ratio_interval(values)
    assert interval.half_width == pytest.approx(t_quantile(0.95, n - 1) * error, rel=1e-6, abs=1e-9)


def test_one_replication_has_no_interval() -> None:
    for interval in (mean_interval([(3, 2)]), ratio_interval([(3, 2)])):
        assert interval == Interval(1.5, None, 1)
        assert interval.low is None
        assert interval.high is None


def test_nothing_to_estimate_is_none_and_not_zero() -> None:
    for values in ([], [(0, 0)], [(0, 0), (0, 0)]):
        assert mean_interval(values) == Interval(None, None, 0)
        assert ratio_interval(values) == Interval(None, None, 0)
    assert Interval(None, None, 0).low is None


def test_a_replication_without_a_figure_is_left_out_of_a_mean_and_kept_in_a_ratio() -> None:
    values = [(1, 2), (0, 0), (3, 4)]
    assert mean_interval(values).n == 2
    assert mean_interval(values).estimate == 0.625
    assert ratio_interval(values).n == 3
    assert ratio_interval(values).estimate == 4 / 6


def test_a_ratio_that_rests_on_one_replication_has_no_interval() -> None:
    assert ratio_interval([(1, 2), (0, 0)]) == Interval(0.5, None, 2)


def test_equal_replications_have_an_interval_of_no_width() -> None:
    assert mean_interval([(1, 3)] * 5).half_width == 0
    assert ratio_interval([(1, 3)] * 5).half_width == 0


@pytest.mark.parametrize("confidence", [0, 1, -0.5, 95, math.nan])
def test_confidence_out_of_bounds_is_refused(confidence: float) -> None:
    with pytest.raises(UsageError, match="between 0 and 1"):
        mean_interval([(1, 1), (2, 1)], confidence)


@pytest.mark.parametrize(
    ("confidence", "degrees", "quantile"),
    # Law, "Simulation Modeling and Analysis", table T.1.
    [(0.9, 9, 1.833), (0.95, 1, 12.706), (0.95, 30, 2.042), (0.99, 4, 4.604)],
)
def test_quantiles_are_those_of_the_tables(
    confidence: float, degrees: int, quantile: float
) -> None:
    assert t_quantile(confidence, degrees) == pytest.approx(quantile, abs=5e-4)


def test_the_quantile_needs_no_statistics_library() -> None:
    code = (
        "import sys; from trsim.analysis.intervals import t_quantile; t_quantile(0.95, 9);"
        "print('scipy.stats' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("interval", "ends"),
    [
        (Interval(0.5, 0.25, 3), (0.25, 0.75)),
        (Interval(0.125, 0.25, 3), (0.0, 0.375)),
        (Interval(0.875, 0.25, 3), (0.625, 1.0)),
        (Interval(0.5, 3.0, 3), (0.0, 1.0)),
        (Interval(0.5, None, 1), (None, None)),
    ],
    ids=["inside", "low", "high", "both", "none"],
)
def test_ends_are_cut_off_at_bounds(
    interval: Interval, ends: tuple[float | None, float | None]
) -> None:
    assert interval.within(0, 1) == ends


@given(st.integers(2, 300), st.sampled_from([0.1, 0.25, 0.5, 0.9, 1.0]))
def test_the_replications_needed_are_the_fewest(n: int, ratio: float) -> None:
    def width(m: int) -> float:
        return t_quantile(0.95, m - 1) / math.sqrt(m)

    needed = replications_for(n, ratio)
    assert needed >= n
    assert width(needed) <= ratio * width(n)
    assert needed == n or width(needed - 1) > ratio * width(n)


def coverage(repetitions: int) -> tuple[float, float]:
    """Return how often both intervals cover what they estimate.

    Each replication has Y ~ Poisson(200) tasks, of which X ~ binomial(Y, 0.8) are in time; the
    ratio of expectations is 0.8, the mean of Y is 200.
    """
    rng = np.random.Generator(np.random.Philox(20))
    means = ratios = 0
    for _ in range(repetitions):
        y = rng.poisson(200, size=15)
        x = rng.binomial(y, 0.8)
        values = list(zip(x.tolist(), y.tolist(), strict=True))
        ratio = ratio_interval(values)
        mean = mean_interval([(count, 1) for count in y.tolist()])
        ratios += abs((ratio.estimate or 0) - 0.8) <= (ratio.half_width or 0)
        means += abs((mean.estimate or 0) - 200) <= (mean.half_width or 0)
    return means / repetitions, ratios / repetitions


def test_intervals_cover_nearly_as_often_as_they_say() -> None:
    # Standard error 1.1 points for 400 repetitions; four of them on either side.
    for share in coverage(400):
        assert 0.906 <= share <= 0.994


@pytest.mark.deep
def test_intervals_cover_as_often_as_they_say() -> None:
    # Standard error 0.15 points for 20,000 repetitions; the band is four of them wide.
    for share in coverage(20_000):
        assert 0.944 <= share <= 0.956
