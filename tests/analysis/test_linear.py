"""One number a replication: its mean is the estimate, its spread that of the estimate."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trsim.analysis.intervals import mean_interval, ratio_interval
from trsim.analysis.kpi import Kind
from trsim.analysis.linear import contributions
from trsim.errors import UsageError


def test_contributions_by_hand() -> None:
    # R = 4 / 8 = 0.5, mean of y = 4: 0.5 + (1 - 1) / 4 and 0.5 + (3 - 3) / 4.
    assert contributions(Kind.POOLED, [(1, 2), (3, 6)]) == [0.5, 0.5]
    # R = 3 / 4, mean of y = 2: 0.75 + (0 - 0.75) / 2 and 0.75 + (3 - 2.25) / 2.
    assert contributions(Kind.POOLED, [(0, 1), (3, 3)]) == [0.375, 1.125]
    assert contributions(Kind.AVERAGED, [(1, 2), (3, 4)]) == [0.5, 0.75]


def test_a_run_without_anything_counts_in_a_ratio_as_the_ratio() -> None:
    assert contributions(Kind.POOLED, [(1, 2), (0, 0)]) == [0.5, 0.5]


@pytest.mark.parametrize("seed", range(5))
def test_their_mean_is_the_estimate_and_their_spread_nearly_the_jackknifes(seed: int) -> None:
    draws = np.random.default_rng(seed)
    runs = [
        (int(x), int(y)) for x, y in zip(draws.poisson(70, 40), draws.poisson(90, 40), strict=True)
    ]
    for kind, interval in (
        (Kind.POOLED, ratio_interval(runs)),
        (Kind.AVERAGED, mean_interval(runs)),
    ):
        each = contributions(kind, runs)
        assert math.fsum(each) / len(each) == pytest.approx(interval.estimate, rel=1e-14)
        spread = mean_interval([(round(value * 10**15), 10**15) for value in each])
        # The jackknife differs from the linearized variance in the order of 1 / n.
        assert spread.half_width == pytest.approx(interval.half_width, rel=0.02)


def test_what_cannot_be_said_is_an_error() -> None:
    with pytest.raises(UsageError, match="replication 1 has no such figure"):
        contributions(Kind.AVERAGED, [(1, 2), (0, 0)])
    with pytest.raises(UsageError, match="no replication has such a figure"):
        contributions(Kind.POOLED, [(0, 0), (0, 0)])
