"""Differences of two settings whose replications met the same customers.

Sources: Law, "Simulation Modeling and Analysis", 5th edition, section 10.2 (paired t interval) and
11.2 (common random numbers); Efron and Tibshirani, "An Introduction to the Bootstrap", chapter 11
(delete-one jackknife, here over pairs).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from trsim.analysis.intervals import NO_INTERVAL, Interval, t_quantile
from trsim.analysis.kpi import Fraction, Kind
from trsim.errors import UsageError


def paired_difference(
    kind: Kind, first: Sequence[Fraction], second: Sequence[Fraction], confidence: float = 0.95
) -> Interval:
    """Return by how much the second setting exceeds the first, with its interval.

    Parameters
    ----------
    kind : Kind
        How replications of the figure become one.
    first, second : sequence of (int, int)
        Numerator and denominator of each replication; replication j of both settings belong
        together, however independent or alike they are.
    confidence : float
        Probability that the interval covers the difference, 0 < confidence < 1.

    Returns
    -------
    Interval
        In the unit of the figure; ``n`` is the number of pairs that say something.  Equal inputs
        give exactly 0 ± 0.

    Raises
    ------
    UsageError
        The settings have different numbers of replications, or ``confidence`` is out of bounds.

    Notes
    -----
    Averaged figures: the mean D of the differences d(j) of the pairs in which both settings say
    something, D ± t(n - 1) · s / √n, s being the standard deviation of the differences.

    Pooled figures: with totals X and Y of each setting, D = X₂ / Y₂ - X₁ / Y₁.  D(-j) leaves out
    pair j; the standard error is the root of (n - 1) / n · Σ (D(-j) - mean of D(-j))²; the
    interval is D ± t(n - 1) standard errors.  There is none where leaving out one pair leaves
    nothing to divide by.
    """
    if len(first) != len(second):
        raise UsageError(
            f"replications are compared in pairs, but one setting has {len(first)} of them and "
            f"the other {len(second)}"
        )
    if not 0 < confidence < 1:
        raise UsageError(f"confidence must lie between 0 and 1, not be {confidence!r}")
    if kind is Kind.AVERAGED:
        return _mean_difference(first, second, confidence)
    return _ratio_difference(first, second, confidence)


def _mean_difference(
    first: Sequence[Fraction], second: Sequence[Fraction], confidence: float
) -> Interval:
    differences = [
        b / b_whole - a / a_whole
        for (a, a_whole), (b, b_whole) in zip(first, second, strict=True)
        if a_whole and b_whole
    ]
    n = len(differences)
    if not n:
        return NO_INTERVAL
    mean = math.fsum(differences) / n
    if n == 1:
        return Interval(mean, None, 1)
    variance = math.fsum((each - mean) ** 2 for each in differences) / (n - 1)
    return Interval(mean, t_quantile(confidence, n - 1) * math.sqrt(variance / n), n)


def _ratio_difference(
    first: Sequence[Fraction], second: Sequence[Fraction], confidence: float
) -> Interval:
    n = len(first)
    a, a_whole = sum(x for x, _ in first), sum(y for _, y in first)
    b, b_whole = sum(x for x, _ in second), sum(y for _, y in second)
    if not a_whole or not b_whole:
        return NO_INTERVAL
    estimate = b / b_whole - a / a_whole
    pairs = list(zip(first, second, strict=True))
    if n == 1 or any(y == a_whole or z == b_whole for (_, y), (_, z) in pairs):
        return Interval(estimate, None, n)
    without = [(b - v) / (b_whole - w) - (a - x) / (a_whole - y) for (x, y), (v, w) in pairs]
    center = math.fsum(without) / n
    squares = math.fsum((each - center) ** 2 for each in without)
    return Interval(estimate, t_quantile(confidence, n - 1) * math.sqrt((n - 1) / n * squares), n)
