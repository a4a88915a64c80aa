"""Laws with a plain inverse, against scipy, by integration, and at their limits."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.world import laws
from trsim.world.distributions import (
    Constant,
    Distribution,
    Exponential,
    Pareto,
    Triangular,
    Uniform,
    Weibull,
)

CASES: list[tuple[Distribution, Any]] = [
    (Exponential(180.0), stats.expon(scale=180.0)),
    (Exponential(0.01), stats.expon(scale=0.01)),
    (Uniform(180.0, 420.0), stats.uniform(180.0, 240.0)),
    (Triangular(10.0, 40.0, 100.0), stats.triang(1 / 3, 10.0, 90.0)),
    (Triangular(0.0, 0.0, 60.0), stats.triang(0.0, 0.0, 60.0)),
    (Triangular(0.0, 60.0, 60.0), stats.triang(1.0, 0.0, 60.0)),
    (Weibull(0.5, 60.0), stats.weibull_min(0.5, scale=60.0)),
    (Weibull(1.0, 60.0), stats.weibull_min(1.0, scale=60.0)),
    (Weibull(3.7, 60.0), stats.weibull_min(3.7, scale=60.0)),
    (Pareto(2.5, 30.0), stats.pareto(2.5, scale=30.0)),
    (Pareto(8.0, 30.0), stats.pareto(8.0, scale=30.0)),
]


@pytest.mark.parametrize(("law", "frozen"), CASES)
def test_quantiles(law: Distribution, frozen: Any) -> None:
    laws.assert_quantiles(law, frozen)
    laws.assert_rises(law)
    laws.assert_sample(law, frozen.cdf, str(law))
    laws.assert_value(law)


@pytest.mark.parametrize(("law", "frozen"), CASES)
def test_moments(law: Distribution, frozen: Any) -> None:
    assert law.mean == pytest.approx(float(frozen.mean()), rel=1e-12)
    assert law.variance == pytest.approx(float(frozen.var()), rel=1e-9)
    if not isinstance(law, Pareto):  # its second moment lies far beyond normal score 8
        laws.assert_moments(law)


def test_by_hand() -> None:
    assert Exponential(100.0).quantile(0.5) == pytest.approx(100 * math.log(2))
    assert Uniform(10.0, 30.0).quantile(0.25) == 15.0
    assert Triangular(0.0, 10.0, 20.0).quantile(0.5) == 10.0
    assert Pareto(2.0, 10.0).quantile(0.75) == pytest.approx(20.0)
    assert Weibull(2.0, 10.0).quantile(1 - math.exp(-4)) == pytest.approx(20.0)
    assert (Triangular(0.0, 3.0, 6.0).mean, Triangular(0.0, 3.0, 6.0).variance) == (3.0, 1.5)


@given(st.floats(0, 1e6), st.floats(2.0**-53, 1 - 2.0**-53))
def test_a_constant_is_always_the_same(value: float, u: float) -> None:
    law = Constant(value)
    assert (law.quantile(u), law.mean, law.variance) == (value, value, 0.0)


def test_heavy_tails_have_infinite_moments() -> None:
    assert Pareto(1.0, 5.0).mean == math.inf
    assert Pareto(2.0, 5.0).mean == 10.0
    assert Pareto(2.0, 5.0).variance == math.inf


def test_a_stiff_weibull_keeps_its_variance() -> None:
    # To first order in 1/shape the variance is (pi / shape)**2 / 6 times the scale squared.
    law = Weibull(1e5, 1.0)
    assert law.variance == pytest.approx(math.pi**2 / 6 / 1e10, rel=1e-3)


REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: Constant(-1.0), "constant: value must be >= 0; found -1.0"),
    (lambda: Constant(math.nan), "constant: value must be a finite number; found nan"),
    (lambda: Constant(10**400), "constant: value must be a finite number; found one of over 300"),
    (lambda: Constant(True), "constant: value must be a number; found True"),
    (lambda: Constant("5"), "constant: value must be a number; found '5'"),  # type: ignore[arg-type]
    (lambda: Exponential(0.0), "exponential: mean must be > 0; found 0.0"),
    (lambda: Exponential(math.inf), "exponential: mean must be a finite number; found inf"),
    (lambda: Exponential(1e290), "exponential: its longest draws overflow"),
    (lambda: Uniform(5.0, 5.0), "uniform: high must be > 5; found 5.0"),
    (lambda: Uniform(-5.0, 5.0), "uniform: low must be >= 0; found -5.0"),
    (lambda: Triangular(5.0, 4.0, 9.0), "triangular: mode must be between 5.0 and 9.0; found 4.0"),
    (lambda: Triangular(5.0, 5.0, 5.0), "triangular: high must be > 5; found 5.0"),
    (lambda: Weibull(0.0, 5.0), "weibull: shape must be > 0; found 0.0"),
    (lambda: Weibull(0.001, 5.0), "weibull: its longest draws overflow"),
    (lambda: Pareto(2.0, 0.0), "pareto: minimum must be > 0; found 0.0"),
    (lambda: Pareto(0.01, 1.0), "pareto: its longest draws overflow"),
]


@pytest.mark.parametrize(("make", "message"), REFUSED)
def test_refusals(make: Callable[[], object], message: str) -> None:
    laws.assert_refused(make, message)
