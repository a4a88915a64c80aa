"""Laws of pick-up times: their parts agree with each other and with quadrature."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from trsim.errors import UsageError
from trsim.theory import pickup
from trsim.theory.pickup import SmoothLaw
from trsim.world.distributions import Uniform
from trsim.world.gamma import Gamma
from trsim.world.normal import LogNormal

LAWS = {
    "exponential": pickup.exponential(5.0),
    "lognormal": pickup.lognormal(4.0, 0.6),
    "lognormal by mean": pickup.lognormal_with(6.0, 0.6),
    "gamma": pickup.gamma(6.0, 2.5),
    "gamma, pole": pickup.gamma(6.0, 0.5),
    "weibull": pickup.weibull(5.0, 1.7),
    "uniform": pickup.uniform(2.0, 9.0),
}
MEANS = {
    "exponential": 5.0,
    "lognormal": 4.0 * math.exp(0.18),
    "lognormal by mean": 6.0,
    "gamma": 6.0,
    "gamma, pole": 6.0,
    "weibull": 5.0 * math.gamma(1 + 1 / 1.7),
    "uniform": 5.5,
}


@pytest.mark.parametrize("name", LAWS)
def test_means(name: str) -> None:
    assert LAWS[name].limited_mean(math.inf) == pytest.approx(MEANS[name], rel=1e-12)
    assert LAWS[name].cdf(math.inf) == 1.0
    assert LAWS[name].survival(math.inf) == 0.0


@pytest.mark.parametrize("name", LAWS)
@given(probability=st.floats(0.001, 0.999))
def test_quantile_inverts_the_distribution(name: str, probability: float) -> None:
    law = LAWS[name]
    time = law.quantile(probability)
    assert law.cdf(time) == pytest.approx(probability, rel=1e-9)
    assert law.survival(time) == pytest.approx(1 - probability, rel=1e-9)


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("until", [0.5, 3.0, 8.0, 40.0])
def test_integrals_agree_with_quadrature(name: str, until: float) -> None:
    law = LAWS[name]

    def integral(f: Callable[[float], float], low: float = 0.0) -> float:
        inner = [t for t in (2.0, 9.0) if low < t < until]
        return float(quad(f, low, until, points=inner or None, limit=200)[0])

    assert law.limited_mean(until) == pytest.approx(integral(law.survival), rel=1e-8)
    start = 0.25
    grown = law.cdf(until) - law.cdf(start)
    assert integral(law.density, start) == pytest.approx(grown, rel=1e-7, abs=1e-10)
    with_clock = integral(lambda x: math.exp(-0.05 * x) * law.survival(x))
    assert law.ringing(until, 0.05) == pytest.approx(with_clock, rel=1e-8)


@pytest.mark.parametrize(
    ("drawn", "closed"),
    [
        (LogNormal(mean=6.0, cv=0.6), pickup.lognormal_with(6.0, 0.6)),
        (Gamma(shape=2.5, scale=2.4), pickup.gamma(6.0, 2.5)),
        (Uniform(low=2.0, high=9.0), pickup.uniform(2.0, 9.0)),
    ],
    ids=["lognormal", "gamma", "uniform"],
)
def test_laws_of_scenarios_are_handed_over_by_their_quantile(
    drawn: LogNormal | Gamma | Uniform, closed: SmoothLaw
) -> None:
    points = pickup.from_quantile(drawn.quantile, 5_000)
    for time in (1.0, 4.0, 8.0, 30.0):
        assert points.cdf(time) == pytest.approx(closed.cdf(time), abs=1e-3)
        assert points.limited_mean(time) == pytest.approx(closed.limited_mean(time), rel=1e-3)
        assert points.ringing(time, 0.1) == pytest.approx(closed.ringing(time, 0.1), rel=1e-3)


def test_a_constant_is_picked_up_at_its_instant() -> None:
    law = pickup.constant(3.0)
    assert (law.cdf(2.999), law.cdf(3.0)) == (0.0, 1.0)
    assert [law.limited_mean(time) for time in (2.0, 3.0, 9.0, math.inf)] == [2.0, 3.0, 3.0, 3.0]
    assert law.ringing(9.0, 0.5) == pytest.approx((1 - math.exp(-1.5)) / 0.5)


@pytest.mark.parametrize(
    "make",
    [
        lambda: pickup.exponential(0.0),
        lambda: pickup.lognormal(4.0, -1.0),
        lambda: pickup.lognormal_with(math.nan, 0.5),
        lambda: pickup.gamma(4.0, math.inf),
        lambda: pickup.weibull(-1.0, 1.0),
        lambda: pickup.uniform(3.0, 3.0),
        lambda: pickup.constant(-1.0),
        lambda: pickup.from_quantile(lambda u: u, 0),
    ],
    ids=range(8),
)
def test_refusals(make: Callable[[], object]) -> None:
    with pytest.raises(UsageError):
        make()
