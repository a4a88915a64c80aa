"""Which parameters matter: Sobol' indices, and what each does alone.

Sources: Saltelli et al., "Variance based sensitivity analysis of model output", Computer Physics
Communications 181 (2010), table 2, rows b (first order) and f (total, after Jansen 1999); Efron
and Tibshirani, "An Introduction to the Bootstrap", chapter 13 (percentile intervals).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trsim.analysis.intervals import Interval
from trsim.analysis.kpi_table import KpiValue
from trsim.analysis.kpis import definition
from trsim.analysis.paired import paired_difference
from trsim.analysis.swept import Sweep, SweepPoint, text_of
from trsim.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

RESAMPLES: Final = 999
SALTELLI, ONE_AT_A_TIME = "saltelli", "one_at_a_time"


@dataclass(frozen=True, slots=True)
class Index:
    """A Sobol' index with its bootstrap interval."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Influence:
    """How much of a figure's variance comes from one parameter.

    Attributes
    ----------
    label : str
        Dotted path of the parameter.
    first : Index
        Share of the variance that it explains alone.
    total : Index
        The same together with its interactions.
    """

    label: str
    first: Index
    total: Index


@dataclass(frozen=True, slots=True)
class Influences:
    """Sobol' indices of all parameters, the most influential first.

    Attributes
    ----------
    kpi, unit : str
    items : tuple of Influence
    mean, deviation : float
        Of the figure over the ranges of the parameters.
    samples, replications : int
        Rows of each of the two samples; runs of each point.
    confidence : float
        Of the intervals.
    """

    kpi: str
    unit: str
    items: tuple[Influence, ...]
    mean: float
    deviation: float
    samples: int
    replications: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Swing:
    """What one parameter does to a figure, all others staying as they are.

    Attributes
    ----------
    label : str
        Dotted path of the parameter.
    values : tuple of str
        What it was set to: its lowest and its highest value, or each choice.
    differences : tuple of Interval
        For each of them: figure there minus figure of the scenario as it is, over pairs of
        replications with the same customers.
    """

    label: str
    values: tuple[str, ...]
    differences: tuple[Interval, ...]

    @property
    def width(self) -> float:
        """Distance between the lowest and the highest figure."""
        known = [each.estimate for each in self.differences if each.estimate is not None]
        return max((*known, 0.0)) - min((*known, 0.0))


@dataclass(frozen=True, slots=True)
class Tornado:
    """What each parameter does alone, the widest swing first.

    Attributes
    ----------
    name : str
        Of the scenario.
    kpi, unit : str
    base : KpiValue
        The figure of the scenario as it is.
    swings : tuple of Swing
    replications : int
        Of each point.
    confidence : float
        Of the intervals.
    """

    name: str
    kpi: str
    unit: str
    base: KpiValue
    swings: tuple[Swing, ...]
    replications: int
    confidence: float


def sobol_indices(
    first: ArrayLike, second: ArrayLike, mixed: ArrayLike, *, confidence: float = 0.95
) -> tuple[list[Index], list[Index]]:
    """Return first-order and total indices of a function from its values on a Saltelli design.

    Parameters
    ----------
    first, second : array_like, shape (n,)
        Values on the samples A and B.
    mixed : array_like, shape (d, n)
        Values on A with the column of each input from B.
    confidence : float
        Of the bootstrap intervals over rows, 0 < confidence < 1.

    Returns
    -------
    tuple of lists
        First-order indices, total indices, one for each input.

    Raises
    ------
    UsageError
        The function has the same value everywhere, so that there is no variance to divide, or
        ``confidence`` is out of bounds.

    Notes
    -----
    With values centered by the mean of both samples and V their variance: first order
    mean of B · (AB - A) / V, total mean of (A - AB)² / (2 V).  Estimates lie outside of 0 … 1
    now and then, by chance.  Rows are resampled with a fixed seed, :data:`RESAMPLES` times: equal
    values give equal intervals.
    """
    import numpy as np

    if not 0 < confidence < 1:
        raise UsageError(f"confidence must lie between 0 and 1, not be {confidence!r}")
    a, b, ab = (np.asarray(values, dtype=float) for values in (first, second, mixed))
    if not np.ptp(np.concatenate([a, b])) > 0:
        raise UsageError("the figure is the same at every point: no parameter has any influence")
    estimates = _estimates(a, b, ab)
    draws = np.random.default_rng(0)
    drawn = []
    for _ in range(RESAMPLES):
        rows = draws.integers(0, a.size, a.size)
        # Of few rows a draw may have nothing but equal values, which says nothing of shares.
        if np.ptp(np.concatenate([a[rows], b[rows]])) > 0:
            drawn.append(_estimates(a[rows], b[rows], ab[:, rows]))
    tail = (1 - confidence) / 2
    low, high = np.quantile(np.asarray(drawn), [tail, 1 - tail], axis=0)
    both = [
        [Index(*map(float, triple)) for triple in zip(*parts, strict=True)]
        for parts in zip(estimates, low, high, strict=True)
    ]
    return both[0], both[1]


def _estimates(a: Floats, b: Floats, ab: Floats) -> Floats:
    """Return first-order indices and, in the second row, total ones."""
    import numpy as np

    both = np.concatenate([a, b])
    center, variance = both.mean(), both.var()
    first = np.mean((b - center) * (ab - a), axis=1) / variance
    total = np.mean((a - ab) ** 2, axis=1) / (2 * variance)
    return np.asarray([first, total])


def influences(sweep: Sweep, kpi: str, *, confidence: float = 0.95) -> Influences:
    """Return the Sobol' indices of a figure.

    Parameters
    ----------
    sweep : Sweep
        Of a Saltelli design.
    kpi : str
    confidence : float
        Of the intervals, 0 < confidence < 1.

    Raises
    ------
    UsageError
        The sweep has another design, a point has no such figure, or the figure never changes.

    Notes
    -----
    All points have the same customers, so the figure is a function of the parameters, with these
    customers; the intervals are about the draws of parameters, not about those of customers.
    """
    import numpy as np

    if sweep.design != SALTELLI:
        raise UsageError(f"Sobol' indices need the design {SALTELLI}, not {sweep.design}")
    at = {point.number: _estimate(sweep, point, kpi, confidence) for point in sweep.points}
    values = [at[row] for row in sweep.rows]
    d = len(sweep.axes)
    n = len(values) // (d + 2)
    first, second = values[:n], values[n : 2 * n]
    mixed = [values[(2 + column) * n : (3 + column) * n] for column in range(d)]
    one, total = sobol_indices(first, second, mixed, confidence=confidence)
    items = [
        Influence(axis.label, alone, whole)
        for axis, alone, whole in zip(sweep.axes, one, total, strict=True)
    ]
    items.sort(key=lambda item: -item.total.estimate)
    both = np.asarray([*first, *second])
    return Influences(
        kpi=kpi,
        unit=definition(kpi).unit,
        items=tuple(items),
        mean=float(both.mean()),
        deviation=float(both.std()),
        samples=n,
        replications=len(sweep.points[0].replications),
        confidence=confidence,
    )


def tornado(sweep: Sweep, kpi: str, *, confidence: float = 0.95) -> Tornado:
    """Return what each parameter does alone to a figure.

    Parameters
    ----------
    sweep : Sweep
        Of the design that changes one parameter at a time.
    kpi : str
    confidence : float
        Of the intervals, 0 < confidence < 1.

    Raises
    ------
    UsageError
        The sweep has another design, or a point has no such figure or not all replications.
    """
    if sweep.design != ONE_AT_A_TIME:
        raise UsageError(f"a tornado needs the design {ONE_AT_A_TIME}, not {sweep.design}")
    base, *others = sweep.points
    _estimate(sweep, base, kpi, confidence)
    found = sweep.figure(base, kpi, confidence=confidence)
    assert base.study is not None
    assert found is not None
    swings = []
    for index, axis in enumerate(sweep.axes):
        values, differences = [], []
        for point in others:
            if point.values[index] is None or point.study is None:
                continue
            _estimate(sweep, point, kpi, confidence)
            values.append(text_of(point.values[index]))
            differences.append(
                paired_difference(
                    definition(kpi).kind,
                    base.study.fractions(kpi),
                    point.study.fractions(kpi),
                    confidence,
                )
            )
        swings.append(Swing(axis.label, tuple(values), tuple(differences)))
    swings.sort(key=lambda swing: -swing.width)
    unit, count = definition(kpi).unit, base.study.replications
    return Tornado(sweep.name, kpi, unit, found, tuple(swings), count, confidence)


def _estimate(sweep: Sweep, point: SweepPoint, kpi: str, confidence: float) -> float:
    """Return the figure of a point, of which all replications must be there."""
    found = sweep.figure(point, kpi, confidence=confidence)
    if point.lost or found is None or found.estimate is None:
        why = "failed in part" if point.lost else f"has no figure {kpi}"
        raise UsageError(f"point {point.number} ({sweep.setting(point)}) {why}")
    return found.estimate


def leading(labels: Sequence[str]) -> list[str]:
    """Return the shortest ends of dotted paths that still tell them apart.

    Examples
    --------
    >>> leading(["workers.a.count", "workers.b.count", "horizon"])
    ['a.count', 'b.count', 'horizon']
    """
    steps = [label.split(".") for label in labels]
    for depth in range(1, max(map(len, steps), default=1) + 1):
        short = [".".join(parts[-depth:]) for parts in steps]
        if len(dict.fromkeys(short)) == len(short):
            return short
    return list(labels)
