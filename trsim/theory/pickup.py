"""Laws of the time until a reserved worker picks up, as the formulas of offers need them.

A law of :mod:`trsim.world` is handed over by its quantile: ``from_quantile(law.quantile)``.  The
other functions have closed forms.

Source of the closed forms: Johnson, Kotz and Balakrishnan (1994), "Continuous univariate
distributions", volume 1; Klugman, Panjer and Willmot, "Loss models", appendix A (limited expected
values).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate, pairwise

from trsim.errors import UsageError

POINTS = 20_000
"""Points that stand for a law of which only the quantile is known."""


@dataclass(frozen=True, slots=True)
class SmoothLaw:
    """A law with a density.

    Attributes
    ----------
    quantile : callable
        Probability, 0 < u < 1, to time [s].
    cdf : callable
        Time [s] to the probability of having picked up.
    survival : callable
        Time [s] to the probability of picking up later, exact where it is small.
    density : callable
        Time [s] to density [1/s].
    limited_mean : callable
        Time t [s], also infinite, to the mean of the lesser of the pick-up time and t [s].
    """

    quantile: Callable[[float], float]
    cdf: Callable[[float], float]
    survival: Callable[[float], float]
    density: Callable[[float], float]
    limited_mean: Callable[[float], float]

    def ringing(self, until_s: float, rate: float) -> float:
        """Return the mean time that a present worker's offer rings, cut off by a clock [s].

        The clock is exponential with the given rate [1/s].
        """
        if not rate:
            return self.limited_mean(until_s)
        from scipy.integrate import quad

        # Half a thousand means of the clock are as good as infinity.
        end = min(until_s, 500 / rate)
        inner = [time for time in map(self.quantile, (0.01, 0.5, 0.99)) if 0 < time < end]
        cuts = [0.0, *inner, end]
        return math.fsum(
            quad(lambda x: math.exp(-rate * x) * self.survival(x), low, high, epsabs=1e-13)[0]
            for low, high in pairwise(cuts)
        )


@dataclass(frozen=True, slots=True)
class PointLaw:
    """A law with finitely many values, all equally likely.

    Attributes
    ----------
    times_s : tuple of float
        The values [s], ascending, >= 0.
    sums_s : tuple of float
        Their running sums [s], from 0.
    """

    times_s: tuple[float, ...]
    sums_s: tuple[float, ...]

    def cdf(self, at_s: float) -> float:
        """Return the probability of having picked up at a time or before."""
        return bisect_right(self.times_s, at_s) / len(self.times_s)

    def survival(self, at_s: float) -> float:
        """Return the probability of picking up after a time, not at it."""
        return 1 - self.cdf(at_s)

    def limited_mean(self, until_s: float) -> float:
        """Return the mean of the lesser of the pick-up time and a time [s]."""
        n, before = len(self.times_s), bisect_right(self.times_s, until_s)
        later = 0.0 if before == n else (n - before) * until_s
        return (self.sums_s[before] + later) / n

    def ringing(self, until_s: float, rate: float) -> float:
        """Return the mean time that a present worker's offer rings, cut off by a clock [s].

        The clock is exponential with the given rate [1/s].
        """
        if not rate:
            return self.limited_mean(until_s)
        ends = (min(time, until_s) for time in self.times_s)
        return math.fsum(-math.expm1(-rate * end) for end in ends) / (rate * len(self.times_s))


PickUp = SmoothLaw | PointLaw


def exponential(mean_s: float) -> SmoothLaw:
    """Return the memoryless law with a mean [s], > 0."""
    _check_positive("the mean of an exponential law", mean_s)
    return SmoothLaw(
        quantile=lambda u: -mean_s * math.log1p(-u),
        cdf=lambda t: -math.expm1(-t / mean_s),
        survival=lambda t: math.exp(-t / mean_s),
        density=lambda t: math.exp(-t / mean_s) / mean_s,
        limited_mean=lambda t: -mean_s * math.expm1(-t / mean_s),
    )


def lognormal(median_s: float, sigma: float) -> SmoothLaw:
    """Return the law of median · exp(sigma · standard normal), both > 0; the median in [s]."""
    _check_positive("the median of a lognormal law", median_s)
    _check_positive("sigma of a lognormal law", sigma)
    from scipy.special import ndtr, ndtri

    mean = median_s * math.exp(sigma**2 / 2)

    def z(t: float) -> float:
        return math.log(t / median_s) / sigma if t > 0 else -math.inf

    def density(t: float) -> float:
        if t <= 0 or math.isinf(t):
            return 0.0
        return math.exp(-(z(t) ** 2) / 2) / (t * sigma * math.sqrt(2 * math.pi))

    def limited_mean(t: float) -> float:
        later = 0.0 if math.isinf(t) else t * float(ndtr(-z(t)))
        return mean * float(ndtr(z(t) - sigma)) + later

    return SmoothLaw(
        quantile=lambda u: median_s * math.exp(sigma * float(ndtri(u))),
        cdf=lambda t: float(ndtr(z(t))),
        survival=lambda t: float(ndtr(-z(t))),
        density=density,
        limited_mean=limited_mean,
    )


def lognormal_with(mean_s: float, cv: float) -> SmoothLaw:
    """Return the lognormal law with a mean [s] and a coefficient of variation, both > 0."""
    _check_positive("the mean of a lognormal law", mean_s)
    _check_positive("cv of a lognormal law", cv)
    variance = math.log1p(cv**2)
    return lognormal(mean_s * math.exp(-variance / 2), math.sqrt(variance))


def gamma(mean_s: float, shape: float) -> SmoothLaw:
    """Return the gamma law with a mean [s] and a shape, both > 0."""
    _check_positive("the mean of a gamma law", mean_s)
    _check_positive("the shape of a gamma law", shape)
    from scipy.special import gammainc, gammaincc, gammaincinv

    scale = mean_s / shape

    def density(t: float) -> float:
        if t <= 0 or math.isinf(t):
            return _at_zero(shape, 1 / scale) if t <= 0 else 0.0
        log_power = (shape - 1) * math.log(t / scale) - t / scale - math.lgamma(shape)
        return math.exp(log_power) / scale

    def limited_mean(t: float) -> float:
        later = 0.0 if math.isinf(t) else t * float(gammaincc(shape, t / scale))
        return mean_s * float(gammainc(shape + 1, t / scale)) + later

    return SmoothLaw(
        quantile=lambda u: scale * float(gammaincinv(shape, u)),
        cdf=lambda t: float(gammainc(shape, t / scale)),
        survival=lambda t: float(gammaincc(shape, t / scale)),
        density=density,
        limited_mean=limited_mean,
    )


def weibull(scale_s: float, shape: float) -> SmoothLaw:
    """Return the Weibull law with survival exp(-(t / scale)^shape), both > 0; the scale in [s]."""
    _check_positive("the scale of a Weibull law", scale_s)
    _check_positive("the shape of a Weibull law", shape)
    from scipy.special import gammainc

    mean: float = scale_s * math.gamma(1 + 1 / shape)

    def survival(t: float) -> float:
        return math.exp(-((t / scale_s) ** shape))

    def density(t: float) -> float:
        if t <= 0 or math.isinf(t):
            return _at_zero(shape, 1 / scale_s) if t <= 0 else 0.0
        return shape / scale_s * math.pow(t / scale_s, shape - 1) * survival(t)

    def limited_mean(t: float) -> float:
        # The integral of exp(-(x / scale)^shape) over 0 … t, by x = scale · y^(1 / shape).
        share = float(gammainc(1 / shape, math.pow(t / scale_s, shape)))
        return mean * share

    return SmoothLaw(
        quantile=lambda u: scale_s * (-math.log1p(-u)) ** (1 / shape),
        cdf=lambda t: -math.expm1(-((t / scale_s) ** shape)),
        survival=survival,
        density=density,
        limited_mean=limited_mean,
    )


def uniform(low_s: float, high_s: float) -> SmoothLaw:
    """Return the law of a time anywhere between two bounds [s], 0 <= low < high."""
    if not 0 <= low_s < high_s < math.inf:
        raise UsageError(f"a uniform law needs 0 <= low < high, not {low_s!r} and {high_s!r}")
    width = high_s - low_s

    def limited_mean(t: float) -> float:
        if t <= low_s:
            return t
        end = min(t, high_s)
        return end - (end - low_s) ** 2 / (2 * width)

    return SmoothLaw(
        quantile=lambda u: low_s + u * width,
        cdf=lambda t: min(1.0, max(0.0, (t - low_s) / width)),
        survival=lambda t: min(1.0, max(0.0, (high_s - t) / width)),
        density=lambda t: 1 / width if low_s <= t <= high_s else 0.0,
        limited_mean=limited_mean,
    )


def constant(value_s: float) -> PointLaw:
    """Return the law of a time that is always the same [s], >= 0."""
    return _points((value_s,))


def from_quantile(quantile: Callable[[float], float], points: int = POINTS) -> PointLaw:
    """Return a law of which only the quantile is known, as equally likely points.

    Parameters
    ----------
    quantile : callable
        Probability, 0 < u < 1, to time [s], not falling; for example the method ``quantile`` of a
        law of :mod:`trsim.world.distributions`.
    points : int, optional
        How many stand for the law, >= 1: its quantiles at (j + 1/2) / points.
    """
    if points < 1:
        raise UsageError(f"points must be >= 1, not {points!r}")
    return _points(tuple(quantile((j + 0.5) / points) for j in range(points)))


def _points(times: tuple[float, ...]) -> PointLaw:
    if not all(0 <= time < math.inf for time in times):
        raise UsageError("a pick-up time must be finite and >= 0")
    ascending = tuple(sorted(times))
    return PointLaw(ascending, tuple(accumulate(ascending, initial=0.0)))


def _at_zero(shape: float, rate: float) -> float:
    """Return the density at 0 of a law that begins like a power with the given shape."""
    if shape == 1:
        return rate
    return 0.0 if shape > 1 else math.inf


def _check_positive(what: str, value: float) -> None:
    if not (math.isfinite(value) and value > 0):
        raise UsageError(f"{what} must be a finite number > 0, not {value!r}")
