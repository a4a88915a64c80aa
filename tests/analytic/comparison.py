"""Means of replications beside exact values, and beside the intervals of other simulations.

A comparison can go wrong in two ways, and both are looked at:

*False alarm.*  The mean is rejected where ``|z| > 4.9``, which happens to a correct program once
in a million comparisons.  ``z`` is the normal score of Student's t with the replications' degrees
of freedom, so that the rate holds for few replications too.  Seeds are fixed: a comparison that
passes once passes for ever.

*Blindness.*  Before a pass is believed the comparison must be able to see an error of a size that
is stated: one that would be rejected with probability 0.999.  If the standard error is too large
for that the comparison fails, whatever the mean.

A reference with an interval of its own is met if both intervals, widened to 99.9 %, overlap.

Figures are ratios of totals over replications; standard errors are those of ratio estimators
(Cochran, "Sampling Techniques", section 2.11).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from tests.analytic.figures import Figure

LIMIT = 4.9
"""Largest normal score that is not rejected."""
FALSE_ALARM = 2 * float(stats.norm.sf(LIMIT))
"""Probability that a correct figure is rejected: 1e-6."""
SURELY = float(stats.norm.ppf(0.999))
"""Standard errors beyond the limit at which an error is rejected with probability 0.999."""
WIDE = 0.999
"""Confidence to which intervals are widened."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure over independent replications."""

    mean: float
    standard_error: float
    replications: int

    @property
    def degrees(self) -> int:
        """Degrees of freedom of the standard error."""
        return self.replications - 1

    def half_width(self, confidence: float) -> float:
        """Return the half-width of Student's interval."""
        return float(stats.t.ppf((1 + confidence) / 2, self.degrees)) * self.standard_error


def estimate(runs: Sequence[Figure]) -> Estimate:
    """Return the ratio of totals and its standard error."""
    parts = np.array([part for part, _ in runs], dtype=float)
    wholes = np.array([whole for _, whole in runs], dtype=float)
    mean = parts.sum() / wholes.sum()
    residuals = (parts - mean * wholes) / wholes.mean()
    error = residuals.std(ddof=1) / math.sqrt(len(runs))
    return Estimate(float(mean), float(error), len(runs))


@dataclass(frozen=True, slots=True)
class Verdict:
    """One comparison."""

    figure: str
    measured: Estimate
    reference: float
    agrees: bool
    score: float
    """z against an exact value; against an interval the distance in units of the largest one at
    which both still overlap."""
    resolution: float
    """Smallest relative error that would be seen."""
    required: float
    """Relative error that must be seen."""

    @property
    def sees(self) -> bool:
        """Whether a pass may be believed."""
        return self.resolution <= self.required

    def __str__(self) -> str:
        complaint = "" if self.agrees else "  DIFFERS"
        complaint += "" if self.sees else f"  BLIND: cannot see {self.required:.2%}"
        return (
            f"{self.figure:28} {self.measured.mean:12.6g} ± {self.measured.half_width(0.95):.2g} "
            f"(n = {self.measured.replications}), reference {self.reference:.6g}, "
            f"score {self.score:+.2f}, sees {self.resolution:.2%}{complaint}"
        )


def compare(figure: str, runs: Sequence[Figure], reference: Any, required: float) -> Verdict:
    """Compare the replications of a figure with its reference.

    Parameters
    ----------
    figure : str
    runs : sequence of (numerator, denominator)
        At least two.
    reference : float or mapping
        An exact value, or ``mean``, ``half_width`` and ``confidence`` of a simulated one.
    required : float
        Relative error that must be seen.
    """
    measured = estimate(runs)
    if isinstance(reference, Mapping):
        exact = float(reference["mean"])
        level = stats.norm.ppf((1 + WIDE) / 2) / stats.norm.ppf((1 + reference["confidence"]) / 2)
        reach = float(reference["half_width"] * level) + measured.half_width(WIDE)
        score = (measured.mean - exact) / reach
        agrees = abs(score) <= 1
    else:
        exact = float(reference)
        reach = _t_limit(measured.degrees) * measured.standard_error
        score = _normal_score(measured, exact)
        agrees = abs(score) <= LIMIT
    resolution = (reach + SURELY * measured.standard_error) / abs(exact)
    return Verdict(figure, measured, exact, agrees, score, resolution, required)


def not_above(measured: Estimate, bound: float) -> bool:
    """Tell whether a figure may be at or below a bound."""
    return measured.mean - _t_limit(measured.degrees) * measured.standard_error <= bound


def not_below(measured: Estimate, bound: float) -> bool:
    """Tell whether a figure may be at or above a bound."""
    return measured.mean + _t_limit(measured.degrees) * measured.standard_error >= bound


def _t_limit(degrees: int) -> float:
    return float(stats.t.isf(FALSE_ALARM / 2, degrees))


def _normal_score(measured: Estimate, exact: float) -> float:
    """Return the normal score that is as improbable as Student's t of the difference."""
    distance = measured.mean - exact
    if measured.standard_error == 0:
        same = math.isclose(measured.mean, exact, rel_tol=1e-9)
        return 0.0 if same else math.copysign(math.inf, distance)
    t = abs(distance) / measured.standard_error
    tail = float(stats.t.sf(t, measured.degrees))
    return math.copysign(float(stats.norm.isf(tail)) if tail > 0 else math.inf, distance)
