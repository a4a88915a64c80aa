"""Observed values, and mixtures of laws."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.world import laws
from tests.world.setting import assert_mean
from trsim.world.distributions import Constant, Distribution, Exponential, Pareto, Uniform
from trsim.world.draws import SMALLEST, Draws, Purpose
from trsim.world.mixed import Empirical, Mixture

values = st.lists(st.floats(0, 1e6), min_size=1, max_size=12)
uniforms = st.floats(SMALLEST, 1 - SMALLEST)


@given(values, uniforms)
def test_an_observed_value_is_the_smallest_whose_share_reaches_u(
    observed: list[float], u: float
) -> None:
    drawn = Empirical(tuple(observed)).quantile(u)
    n = len(observed)
    assert drawn in observed
    assert sum(value <= drawn for value in observed) / n >= u
    assert sum(value < drawn for value in observed) / n < u


def test_weights_by_hand() -> None:
    law = Empirical((90.0, 30.0, 60.0, 5.0), weights=(1.0, 1.0, 2.0, 0.0))
    assert [law.quantile(u) for u in (0.1, 0.25, 0.26, 0.75, 0.76)] == [30, 30, 60, 60, 90]
    assert law.mean == 60.0
    assert law.variance == 450.0


def test_a_weight_of_zero_is_never_drawn() -> None:
    law = Empirical((5.0, 10.0, 900.0), weights=(0.0, 1.0, 0.0))
    assert {law.quantile(u) for u in laws.UNIFORMS} == {10.0}


@given(values)
def test_moments_of_values(observed: list[float]) -> None:
    law = Empirical(tuple(observed))
    assert law.mean == pytest.approx(math.fsum(observed) / len(observed))
    squares = math.fsum((value - law.mean) ** 2 for value in observed)
    assert law.variance == pytest.approx(squares / len(observed), rel=1e-9, abs=1e-12)


def test_values_are_a_value() -> None:
    law = Empirical([30.0, 10.0])  # type: ignore[arg-type]  # a list is taken as well
    assert law == Empirical((30.0, 10.0))
    laws.assert_value(law)
    laws.assert_rises(law)


MIXTURE = Mixture((Exponential(60.0), Uniform(300.0, 500.0)), (0.75, 0.25))


def test_a_mixture_draws_from_its_parts() -> None:
    # Three quarters of the uniforms go to the first law, each as if it had one of its own.
    assert MIXTURE.quantile(0.375) == Exponential(60.0).quantile(0.5)
    assert MIXTURE.quantile(0.875) == 400.0
    laws.assert_value(MIXTURE)

    def cdf(x: Any) -> Any:
        return 0.75 * stats.expon.cdf(x / 60) + 0.25 * stats.uniform.cdf(x, 300, 200)

    laws.assert_sample(MIXTURE, cdf, "mixture")


def test_moments_of_a_mixture() -> None:
    assert MIXTURE.mean == 0.75 * 60 + 0.25 * 400
    second = 0.75 * 2 * 60**2 + 0.25 * (400**2 + 200**2 / 12)
    assert MIXTURE.variance == pytest.approx(second - MIXTURE.mean**2)
    uniform = Draws(7, 0).source(Purpose.TALK, "mixture").at
    sample = [MIXTURE.quantile(uniform(k)) for k in range(20_000)]
    assert_mean(sample, MIXTURE.mean, MIXTURE.variance)


def test_infinite_moments_pass_through() -> None:
    law = Mixture((Constant(1.0), Pareto(1.0, 1.0)), (0.5, 0.5))
    assert (law.mean, law.variance) == (math.inf, math.inf)
    unused = Mixture((Constant(1.0), Pareto(1.0, 1.0)), (1.0, 0.0))
    assert (unused.mean, unused.variance) == (1.0, 0.0)


@given(st.lists(st.floats(1e-9, 1.0), min_size=1, max_size=5), uniforms)
def test_a_part_never_sees_the_ends(weights: list[float], u: float) -> None:
    parts: tuple[Distribution, ...] = tuple(Exponential(1.0) for _ in weights)
    assert 0 < Mixture(parts, tuple(weights)).quantile(u) < 40


REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: Empirical(()), "at least one value .* found 0 values and 0 weights"),
    (lambda: Empirical((1.0,), (1.0, 2.0)), "found 1 values and 2 weights"),
    (lambda: Empirical((1.0, -2.0)), r"empirical: values\[1\] must be >= 0; found -2.0"),
    (lambda: Empirical((1.0,), (0.0,)), "weights must have a positive finite sum"),
    (lambda: Empirical((1.0,), (-1.0,)), r"weights\[0\] must be >= 0; found -1.0"),
    (lambda: Mixture((), ()), "at least one component .* found 0 components"),
    (lambda: Mixture((Constant(1.0),), (1.0, 1.0)), "found 1 components and 2 weights"),
    (lambda: Mixture((Constant(1.0),), (math.inf,)), "must be a finite number; found inf"),
]


@pytest.mark.parametrize(("make", "message"), REFUSED)
def test_refusals(make: Callable[[], object], message: str) -> None:
    laws.assert_refused(make, message)
