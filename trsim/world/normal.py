"""The normal law, truncated at 0, and the lognormal law.

Source: Johnson, Kotz and Balakrishnan (1994), "Continuous univariate distributions", volume 1,
chapters 13 and 14.  Normal scores are those of :class:`statistics.NormalDist` (Wichura 1988,
algorithm AS 241, about 16 digits).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from statistics import NormalDist

from trsim.errors import UsageError
from trsim.world.parameters import check_draws, check_not_negative, check_number

_inv_cdf = NormalDist().inv_cdf


@dataclass(frozen=True, slots=True)
class Normal:
    """The normal law, truncated at 0: given that it is not negative.

    Parameters
    ----------
    center : float
        Mean **before** truncation [s], >= 0; ``mean`` is the one after it, and larger.
    spread : float
        Standard deviation before truncation [s], > 0.

    Notes
    -----
    With a = center / spread and h = phi(a) / Phi(a), the mean is ``center + spread * h`` and the
    variance ``spread**2 * (1 - a * h - h**2)`` (Johnson, Kotz and Balakrishnan, 13.10.1).

    Examples
    --------
    >>> round(Normal(center=60.0, spread=30.0).mean, 3)
    61.657
    """

    center: float
    spread: float

    def __post_init__(self) -> None:
        check_not_negative("normal", "center", self.center)
        check_number("normal", "spread", self.spread, above=0)
        check_draws("normal", self.quantile)

    @property
    def mean(self) -> float:
        """Mean of the truncated law [s]."""
        return self.center + self.spread * self._hazard()

    @property
    def variance(self) -> float:
        """Variance of the truncated law [s²]."""
        hazard = self._hazard()
        return self.spread**2 * (1 - self.center / self.spread * hazard - hazard * hazard)

    def quantile(self, u: float) -> float:
        """Return the duration that belongs to a uniform [s]."""
        score = self.center / self.spread
        kept = 0.5 * math.erfc(-score / math.sqrt(2))
        upper = (1.0 - u) * kept
        # The smaller tail keeps its digits.
        if upper < 0.5:
            return self.center - self.spread * _inv_cdf(upper)
        below = 0.5 * math.erfc(score / math.sqrt(2))
        return max(0.0, self.center + self.spread * _inv_cdf(below + u * kept))

    def _hazard(self) -> float:
        """Density over probability of being kept, at the cut, in standard units."""
        score = self.center / self.spread
        density = math.exp(-score * score / 2) / math.sqrt(2 * math.pi)
        return density / (0.5 * math.erfc(-score / math.sqrt(2)))


@dataclass(frozen=True, slots=True)
class LogNormal:
    """A duration whose logarithm is normal.

    Parameters
    ----------
    mean : float
        Mean [s], > 0.
    cv : float
        Coefficient of variation, standard deviation / mean, > 0.

    Examples
    --------
    >>> round(LogNormal(mean=300.0, cv=1.1).quantile(0.5), 2)
    201.8
    """

    mean: float
    cv: float
    _mu: float = field(init=False, repr=False, compare=False)
    _sigma: float = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_number("lognormal", "mean", self.mean, above=0)
        check_number("lognormal", "cv", self.cv, above=0)
        if self.cv > 1e100:
            raise UsageError(f"lognormal: cv must be <= 1e100; found {self.cv!r}")
        square = math.log1p(self.cv * self.cv)
        object.__setattr__(self, "_mu", math.log(self.mean) - square / 2)
        object.__setattr__(self, "_sigma", math.sqrt(square))
        check_draws("lognormal", self.quantile)

    @classmethod
    def from_median(cls, median: float, sigma: float) -> LogNormal:
        """Return the law with a given median [s], > 0, and standard deviation of the logarithm."""
        check_number("lognormal", "median", median, above=0)
        check_number("lognormal", "sigma", sigma, above=0)
        if sigma > 20:
            raise UsageError(f"lognormal: sigma must be <= 20; found {sigma!r}")
        return cls(median * math.exp(sigma * sigma / 2), math.sqrt(math.expm1(sigma * sigma)))

    @property
    def variance(self) -> float:
        """Variance [s²]."""
        return (self.cv * self.mean) ** 2

    def quantile(self, u: float) -> float:
        """Return the duration that belongs to a uniform [s]."""
        return math.exp(self._mu + self._sigma * _inv_cdf(u))
