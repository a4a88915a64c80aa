"""The gamma family: our quantile against scipy's inverse incomplete gamma function."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from tests.world import laws
from trsim.world.draws import SMALLEST
from trsim.world.gamma import Erlang, Gamma

SHAPES = (0.05, 0.1, 0.3, 0.7, 1.0, 1.5, 2.0, 5.0, 10.0, 28.7, 100.0, 400.0, 1000.0)


def exact(shape: float, u: float) -> float:
    """scipy's inverse of the regularised incomplete gamma function, through the smaller tail."""
    if u <= 0.5:
        return float(special.gammaincinv(shape, u))
    return float(special.gammainccinv(shape, 1 - u))


@pytest.mark.parametrize("shape", SHAPES)
def test_quantile_to_one_in_a_hundred_million(shape: float) -> None:
    law = Gamma(shape, 1.0)
    scores = (k / 150 for k in range(-1230, 1231))
    uniforms = [*laws.UNIFORMS, *(0.5 * math.erfc(-z / math.sqrt(2)) for z in scores)]
    for u in uniforms:
        clipped = min(max(u, SMALLEST), 1 - SMALLEST)
        if (expected := exact(shape, clipped)) > 1e-290:
            assert law.quantile(clipped) == pytest.approx(expected, rel=1e-8, abs=0)


@pytest.mark.parametrize("shape", [0.01, 1e5])
def test_quantile_at_the_bounds_of_the_shape(shape: float) -> None:
    law = Gamma(shape, 1.0)
    for u in laws.UNIFORMS:
        if (expected := exact(shape, u)) > 1e-290:
            assert law.quantile(u) == pytest.approx(expected, rel=1e-8, abs=0)


@given(st.floats(0.05, 50.0), st.floats(SMALLEST, 1 - SMALLEST))
def test_quantile_of_any_shape(shape: float, u: float) -> None:
    # Rounded, so that a few tables serve all examples.
    shape = max(0.05, round(shape, 0 if shape > 2 else 1))
    if (expected := exact(shape, u)) > 1e-290:
        assert Gamma(shape, 1.0).quantile(u) == pytest.approx(expected, rel=1e-8, abs=0)


@pytest.mark.parametrize("law", [Gamma(0.7, 60.0), Gamma(400.0, 1 / 400), Erlang(3, 60.0)])
def test_as_a_law(law: Gamma | Erlang) -> None:
    shape = law.shape if isinstance(law, Gamma) else law.k
    frozen = stats.gamma(shape, scale=law.mean / shape)
    assert law.variance == pytest.approx(float(frozen.var()))
    laws.assert_moments(law)
    laws.assert_rises(law)
    laws.assert_sample(law, frozen.cdf, str(law))
    laws.assert_value(law)


def test_one_phase_is_exponential() -> None:
    assert Erlang(1, 60.0).quantile(0.5) == pytest.approx(60 * math.log(2), rel=1e-15)
    assert Gamma(1.0, 60.0).quantile(0.5) == pytest.approx(60 * math.log(2), rel=1e-8)


def test_by_mean_and_variation() -> None:
    law = Gamma.from_mean(mean=300.0, cv=0.5)
    assert (law.shape, law.scale, law.mean) == (4.0, 75.0, 300.0)
    assert math.sqrt(law.variance) == 150.0


def test_a_small_shape_gives_zeros_rather_than_errors() -> None:
    assert Gamma(0.01, 60.0).quantile(SMALLEST) == 0.0


def test_the_table_is_no_part_of_the_value() -> None:
    fresh, used = Gamma(3.3, 1.0), Gamma(3.3, 1.0)
    used.quantile(0.5)
    assert pickle.dumps(fresh) == pickle.dumps(used)


REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: Gamma(0.001, 5.0), "gamma: shape must be 0.01 … 100000 .* found 0.001"),
    (lambda: Gamma(1e6, 5.0), "gamma: shape must be 0.01 … 100000 .* found 1000000.0"),
    (lambda: Gamma(1.0, 0.0), "gamma: scale must be > 0; found 0.0"),
    (lambda: Gamma(1.0, 1e290), "gamma: its longest draws overflow"),
    (lambda: Gamma.from_mean(1.0, 1e200), "gamma: cv must be 0.0032 … 10; found 1e[+]200"),
    (lambda: Erlang(0, 5.0), "erlang: k must be 1 … 100000; found 0"),
    (lambda: Erlang(2.5, 5.0), "erlang: k must be a whole number; found 2.5"),  # type: ignore[arg-type]
    (lambda: Erlang(2, -5.0), "erlang: mean must be > 0; found -5.0"),
    (lambda: Erlang(2, 1e290), "erlang: its longest draws overflow"),
]


@pytest.mark.parametrize(("make", "message"), REFUSED)
def test_refusals(make: Callable[[], object], message: str) -> None:
    laws.assert_refused(make, message)
