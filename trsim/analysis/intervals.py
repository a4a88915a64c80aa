"""Confidence intervals over independent replications.

Sources: Law, "Simulation Modeling and Analysis", 5th edition, section 9.4 (t interval for the
mean of replications); Efron and Tibshirani, "An Introduction to the Bootstrap", chapter 11
(delete-one jackknife); L'Ecuyer and Buist, "Modeling and simulation of call centers" (service
levels as ratios of totals).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from trsim.analysis.kpi import Fraction
from trsim.errors import UsageError


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its confidence interval.

    Attributes
    ----------
    estimate : float or None
        None where there is nothing to estimate from.
    half_width : float or None
        None where one replication, or none, says anything.
    n : int
        Replications that say something.
    """

    estimate: float | None
    half_width: float | None
    n: int

    @property
    def low(self) -> float | None:
        """Lower end of the method, which may lie where the quantity cannot; see :meth:`within`."""
        if self.estimate is None or self.half_width is None:
            return None
        return self.estimate - self.half_width

    @property
    def high(self) -> float | None:
        """Upper end of the method, which may lie where the quantity cannot; see :meth:`within`."""
        if self.estimate is None or self.half_width is None:
            return None
        return self.estimate + self.half_width

    def within(self, least: float, most: float) -> tuple[float | None, float | None]:
        """Return both ends, cut off where the quantity cannot be.

        Parameters
        ----------
        least, most : float
            Bounds of the quantity, with the estimate between them; infinite for none.

        Returns
        -------
        tuple of (float or None)
            Lower and upper end; None where there is no interval.

        Notes
        -----
        What is cut off cannot be the true value, so the interval covers it as often as before.
        """
        low, high = self.low, self.high
        return (
            None if low is None else max(low, least),
            None if high is None else min(high, most),
        )


NO_INTERVAL = Interval(None, None, 0)
"""There is nothing to estimate from."""


def mean_interval(values: Sequence[Fraction], confidence: float = 0.95) -> Interval:
    """Return the mean of replications with its t interval.

    Parameters
    ----------
    values : sequence of (int, int)
        Numerator and denominator of each replication; those with denominator 0 say nothing and
        are left out.
    confidence : float
        Probability that the interval covers the mean, 0 < confidence < 1.

    Raises
    ------
    UsageError
        ``confidence`` is out of bounds.
    """
    known = [part / whole for part, whole in values if whole]
    n = len(known)
    if not n:
        return Interval(None, None, 0)
    mean = math.fsum(known) / n
    if n == 1:
        return Interval(mean, None, 1)
    variance = math.fsum((value - mean) ** 2 for value in known) / (n - 1)
    return Interval(mean, t_quantile(confidence, n - 1) * math.sqrt(variance / n), n)


def ratio_interval(values: Sequence[Fraction], confidence: float = 0.95) -> Interval:
    """Return the ratio of totals of replications with its jackknife interval.

    Parameters
    ----------
    values : sequence of (int, int)
        Numerator and denominator of each replication; a replication with both 0 counts as one
        in which nothing happened.
    confidence : float
        Probability that the interval covers the ratio of expectations, 0 < confidence < 1.

    Raises
    ------
    UsageError
        ``confidence`` is out of bounds.

    Notes
    -----
    With totals X and Y over n replications the estimate is R = X / Y, without correction of
    bias, so that it agrees with the counts beside it.  R(-j) leaves out replication j; the
    standard error is the root of (n - 1) / n · Σ (R(-j) - mean of R(-j))²; the interval is
    R ± t(n - 1) standard errors.  There is none where leaving out one replication leaves
    nothing to divide by.
    """
    n = len(values)
    part, whole = sum(x for x, _ in values), sum(y for _, y in values)
    if not whole:
        return Interval(None, None, 0)
    estimate = part / whole
    if n == 1 or any(whole == y for _, y in values):
        return Interval(estimate, None, n)
    without = [(part - x) / (whole - y) for x, y in values]
    center = math.fsum(without) / n
    squares = math.fsum((value - center) ** 2 for value in without)
    error = math.sqrt((n - 1) / n * squares)
    return Interval(estimate, t_quantile(confidence, n - 1) * error, n)


def t_quantile(confidence: float, degrees: int) -> float:
    """Return the number of standard errors on either side of an estimate.

    Parameters
    ----------
    confidence : float
        Two-sided, 0 < confidence < 1.
    degrees : int
        Degrees of freedom, >= 1.

    Raises
    ------
    UsageError
        ``confidence`` is out of bounds.

    Examples
    --------
    >>> round(t_quantile(0.95, 9), 4)
    2.2622
    """
    # scipy.special loads many times faster than scipy.stats and has the same quantile.
    from scipy.special import stdtrit

    if not 0 < confidence < 1:
        raise UsageError(f"confidence must lie between 0 and 1, not be {confidence!r}")
    return float(stdtrit(degrees, (1 + confidence) / 2))


def replications_for(n: int, ratio: float, confidence: float = 0.95) -> int:
    """Return how many replications make intervals so much narrower, roughly.

    Parameters
    ----------
    n : int
        Replications there are, >= 2.
    ratio : float
        Wanted width / present width, 0 < ratio <= 1.
    confidence : float
        Of the intervals, 0 < confidence < 1.

    Returns
    -------
    int
        The least m >= n with t(m - 1) / √m <= ratio · t(n - 1) / √n, as if the standard
        deviation stayed the same.

    Raises
    ------
    UsageError
        ``confidence`` is out of bounds.

    Examples
    --------
    >>> replications_for(3, 0.5), replications_for(50, 0.5)
    (5, 193)
    """

    def width(m: int) -> float:
        return t_quantile(confidence, m - 1) / math.sqrt(m)

    # Quantiles fall with the degrees of freedom, so that the square rule is always enough.
    candidates = range(n, math.ceil(n / ratio**2) + 1)
    return candidates[bisect_left(candidates, -ratio * width(n), key=lambda m: -width(m))]
