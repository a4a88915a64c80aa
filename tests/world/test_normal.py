"""The truncated normal and the lognormal law, against scipy."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from scipy import stats

from tests.world import laws
from trsim.world.normal import LogNormal, Normal


@pytest.mark.parametrize(
    ("center", "spread"), [(60.0, 10.0), (60.0, 30.0), (60.0, 60.0), (10.0, 100.0), (0.0, 5.0)]
)
def test_normal(center: float, spread: float) -> None:
    law = Normal(center, spread)
    frozen = stats.truncnorm(-center / spread, math.inf, center, spread)
    # scipy's truncnorm is good to 1e-8 only; the tail of the whole law is exact.  A duration near
    # the cut is a small difference of large numbers.
    kept = stats.norm.cdf(center / spread)
    for u in laws.UNIFORMS:
        exact = center + spread * float(stats.norm.isf((1 - u) * kept))
        assert law.quantile(u) == pytest.approx(exact, rel=1e-12, abs=1e-8 * spread * (u < 1e-6))
    assert law.mean == pytest.approx(float(frozen.mean()), rel=1e-12)
    assert law.variance == pytest.approx(float(frozen.var()), rel=1e-9)
    laws.assert_moments(law)
    laws.assert_rises(law)
    laws.assert_sample(law, frozen.cdf, str(law))
    laws.assert_value(law)


def test_a_half_normal_by_hand() -> None:
    law = Normal(0.0, 10.0)
    assert law.mean == pytest.approx(10 * math.sqrt(2 / math.pi))
    assert law.variance == pytest.approx(100 * (1 - 2 / math.pi))


@pytest.mark.parametrize(("mean", "cv"), [(300.0, 1.1), (6.0, 0.6), (10.0, 0.01), (10.0, 3.0)])
def test_lognormal(mean: float, cv: float) -> None:
    law = LogNormal(mean, cv)
    sigma = math.sqrt(math.log(1 + cv * cv))
    frozen = stats.lognorm(sigma, scale=mean / math.sqrt(1 + cv * cv))
    laws.assert_quantiles(law, frozen, tolerance=1e-11)
    assert law.mean == pytest.approx(float(frozen.mean()), rel=1e-12)
    assert law.variance == pytest.approx(float(frozen.var()), rel=1e-9)
    laws.assert_moments(law)
    laws.assert_rises(law)
    laws.assert_sample(law, frozen.cdf, str(law))
    laws.assert_value(law)


def test_lognormal_from_its_median() -> None:
    law = LogNormal.from_median(median=120.0, sigma=0.8)
    assert law.quantile(0.5) == pytest.approx(120.0, rel=1e-12)
    assert law.mean == pytest.approx(120 * math.exp(0.32), rel=1e-12)
    laws.assert_quantiles(law, stats.lognorm(0.8, scale=120.0), tolerance=1e-11)


REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: Normal(-1.0, 5.0), "normal: center must be >= 0; found -1.0"),
    (lambda: Normal(5.0, 0.0), "normal: spread must be > 0; found 0.0"),
    (lambda: LogNormal(0.0, 1.0), "lognormal: mean must be > 0; found 0.0"),
    (lambda: LogNormal(1.0, 0.0), "lognormal: cv must be > 0; found 0.0"),
    (lambda: LogNormal(1.0, 1e200), "lognormal: cv must be <= 1e100; found 1e[+]200"),
    (lambda: LogNormal.from_median(1.0, 50.0), "lognormal: sigma must be <= 20; found 50.0"),
    (lambda: LogNormal(1e289, 1.0), "lognormal: its longest draws overflow"),
]


@pytest.mark.parametrize(("make", "message"), REFUSED)
def test_refusals(make: Callable[[], object], message: str) -> None:
    laws.assert_refused(make, message)
