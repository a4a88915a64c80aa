"""Checks that every law of durations must pass."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from scipy import stats

from tests.world.setting import FALSE_ALARM
from trsim.errors import UsageError
from trsim.world.distributions import Distribution
from trsim.world.draws import SMALLEST, Draws, Purpose

UNIFORMS = sorted(
    [
        *(SMALLEST * 10**k for k in range(0, 16, 3)),
        *(k / 64 for k in range(1, 64)),
        *(1 - SMALLEST * 10**k for k in range(0, 16, 3)),
    ]
)


def assert_quantiles(law: Distribution, frozen: Any, tolerance: float = 1e-12) -> None:
    """Compare with scipy at the extremes and between; the upper half through its own tail.

    A picosecond is let pass: near its lower bound a duration can be the difference of two others.
    """
    for u in UNIFORMS:
        exact = float(frozen.ppf(u) if u <= 0.5 else frozen.isf(1 - u))
        if exact > 1e-290:
            assert law.quantile(u) == pytest.approx(exact, rel=tolerance, abs=1e-12), f"at {u!r}"


def assert_moments(law: Distribution, tolerance: float = 1e-5) -> None:
    """Compare the moments with integrals of the quantile, over normal scores for the tails."""
    steps_per_unit = 200
    scores = [k / steps_per_unit for k in range(-1642, 1643)]
    weights = [math.exp(-z * z / 2) / math.sqrt(2 * math.pi) / steps_per_unit for z in scores]
    values = [law.quantile(0.5 * math.erfc(-z / math.sqrt(2))) for z in scores]
    mean = math.fsum(x * w for x, w in zip(values, weights, strict=True))
    variance = math.fsum((x - mean) ** 2 * w for x, w in zip(values, weights, strict=True))
    assert mean == pytest.approx(law.mean, rel=tolerance)
    assert variance == pytest.approx(law.variance, rel=tolerance)


def assert_rises(law: Distribution) -> None:
    """A larger uniform never gives a shorter duration, and none is negative."""
    values = [law.quantile(u) for u in UNIFORMS]
    assert values == sorted(values)
    assert values[0] >= 0
    assert math.isfinite(values[-1])


def assert_sample(law: Distribution, cdf: Callable[[Any], Any], name: str) -> None:
    """Draw as a run would, and compare with the distribution function."""
    uniform = Draws(7, 0).source(Purpose.TALK, name).at
    sample = [law.quantile(uniform(k)) for k in range(5_000)]
    assert stats.kstest(sample, cdf).pvalue > FALSE_ALARM


def assert_value(law: Distribution) -> None:
    """Laws are values: equal when pickled, and drawing the same after."""
    again = pickle.loads(pickle.dumps(law))
    assert again == law
    assert hash(again) == hash(law)
    assert again.quantile(0.3) == law.quantile(0.3)
    assert isinstance(law, Distribution)


def assert_refused(make: Callable[[], object], message: str) -> None:
    """Building it is refused, with what is allowed and what was found."""
    with pytest.raises(UsageError, match=message):
        make()
