"""Intervals from one long run: batch means.

The window from the warm-up to the horizon is cut into batches of equal length.  A task belongs to
the batch in which it was created, whatever becomes of it later.  If batches are long enough they
are nearly independent, and stand for replications.

Sources: Schmeiser, "Batch size effects in the analysis of simulation output", Operations Research
30, 1982 (10 to 30 batches are enough); Law, "Simulation Modeling and Analysis", 5th edition,
section 9.5.3; Steiger and Wilson, "An improved batch means procedure for simulation output
analysis", Management Science 48, 2002 (test of independence before an interval is given);
von Neumann, "Distribution of the ratio of the mean square successive difference to the variance",
Annals of Mathematical Statistics 12, 1941.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from statistics import NormalDist
from typing import Final

import numpy as np

from trsim.analysis.kpi import Fraction, Kind, Measures
from trsim.analysis.kpi_table import KpiTable, KpiValue, table_of
from trsim.analysis.kpis import KPIS, definition, measure
from trsim.analysis.linear import contributions
from trsim.analysis.sample import Criteria, Observation, Sample
from trsim.analysis.spans import Flags
from trsim.analysis.trust_kinds import Caveat, Doubt, some, span_text
from trsim.errors import UsageError

FEWEST: Final = 10
"""With fewer batches intervals are wide, and dependence cannot be seen (Schmeiser 1982)."""
FALSE_ALARMS: Final = 0.05
"""Rate at which independent batches are taken for dependent, for each figure."""
_OF_THE_END: Final = frozenset(
    {
        "open",
        "open_pending",
        "open_reserved",
        "open_assigned",
        "open_wrapping",
        "reservations_open",
        "max_wait",
        "longest_open_wait",
        "mean_queue_length",
        "mean_pending",
        "max_queue_length",
    }
)
BATCHED: Final = tuple(kpi.name for kpi in KPIS if kpi.grouped and kpi.name not in _OF_THE_END)
"""KPIs that can be said of a batch: those of tasks and their reservations.

Left out are what is open at the horizon, which only the last batches know; extremes, which grow
with the length of what they are taken of; and figures of queue lengths and of workers, which belong
to time and not to tasks.
"""


@dataclass(frozen=True)
class BatchMeans:
    """One run, cut into batches.

    Attributes
    ----------
    criteria : Criteria
        By which the run and its batches were measured.
    whole : mapping
        Numerator and denominator of every KPI of the run.
    runs : tuple of mappings
        The same for each batch, in the order of time, of :data:`BATCHED` KPIs only.
    """

    criteria: Criteria
    whole: Measures
    runs: tuple[Measures, ...]

    @property
    def batch_ms(self) -> int:
        """Length of a batch [ms], rounded down."""
        return (self.criteria.horizon_ms - self.criteria.warm_up_ms) // len(self.runs)

    def table(self, confidence: float = 0.95) -> KpiTable:
        """Return the key figures of the run, with intervals where batches give them.

        Parameters
        ----------
        confidence : float
            Of the intervals, 0 < confidence < 1.

        Raises
        ------
        UsageError
            ``confidence`` is out of bounds.

        Notes
        -----
        Shares and means are those of the run; batches give their interval by the delete-one
        jackknife, with t(b - 1).  A count of the run is b times the mean of the batches, its
        half-width b times that of the mean.  A percentile is the mean of the batches'
        percentiles, with Student's t.
        """
        alone = table_of((self.whole,), self.criteria, confidence)
        batched = table_of(self.runs, self.criteria, confidence)
        return replace(
            alone,
            values=tuple(self._value(value, batched) for value in alone),
            batches=len(self.runs),
            batch_s=self.batch_ms / 1000,
        )

    def _value(self, value: KpiValue, batched: KpiTable) -> KpiValue:
        if value.name not in batched or value.name in self.dependent:
            return value
        return batched[value.name]

    @cached_property
    def dependent(self) -> tuple[str, ...]:
        """Figures whose batches are too much alike their neighbors to give an interval."""
        return tuple(
            name
            for name in self.runs[0]
            if looks_dependent(definition(name).kind, [run[name] for run in self.runs])
        )

    @property
    def caveats(self) -> tuple[Caveat, ...]:
        """Reasons to doubt the batches."""
        if not self.dependent:
            return ()
        first = [name for name in _FIRST if name in self.dependent]
        named = [*first, *(name for name in self.dependent if name not in first)]
        return (
            Caveat(
                Doubt.BATCHES_DEPEND,
                f"no interval for {some(named)}: batches of {span_text(self.batch_ms)} are like "
                "those before them, so they do not count as independent; a longer run with "
                "longer batches is needed, or replications where the load changes in the day",
            ),
        )


_FIRST: Final = ("service_level", "mean_wait", "asa", "wait_p95", "abandonment")


def batch_means(seen: Observation, criteria: Criteria, batches: int) -> BatchMeans:
    """Return a run cut into batches of time.

    Parameters
    ----------
    seen : Observation
        The run.
    criteria : Criteria
        Its window is cut.
    batches : int
        How many, >= 10; 10 to 30 are enough.

    Raises
    ------
    UsageError
        There are too few, or one would have no tasks.
    """
    given: object = batches
    if not isinstance(given, int) or isinstance(given, bool) or given < FEWEST:
        raise UsageError(
            f"batches must be a whole number >= {FEWEST}, not {batches!r}: fewer do not show "
            "whether they are independent"
        )
    low, high = criteria.warm_up_ms, criteria.horizon_ms
    edges = [low + (high - low) * place // batches for place in range(batches + 1)]
    created = seen.tasks.created_ms
    inside = [(created >= a) & (created < b) for a, b in pairwise(edges)]
    empty = sum(not which.any() for which in inside)
    if empty:
        raise UsageError(
            f"{empty} of {batches} batches of {span_text((high - low) / batches)} have no tasks; "
            "batches need a long run with a steady load: use replications (-n), a longer run, or "
            "fewer batches"
        )
    refused = [seen.refused(replace(criteria, warm_up_ms=edge)) for edge in edges]
    return BatchMeans(
        criteria=criteria,
        whole=measure(seen.whole(criteria)),
        runs=tuple(
            _measured(seen, criteria, which, refused[place] - refused[place + 1], batches)
            for place, which in enumerate(inside)
        ),
    )


def _measured(
    seen: Observation, criteria: Criteria, tasks: Flags, refused: int, batches: int
) -> dict[str, Fraction]:
    """Return the figures of a batch, counts as if the whole run were like it."""
    sample: Sample = seen.of_tasks(tasks, refused, criteria)
    figures = measure(sample)
    return {name: _for_the_run(name, figures[name], batches) for name in BATCHED if name in figures}


def _for_the_run(name: str, fraction: Fraction, batches: int) -> Fraction:
    kpi = definition(name)
    part, whole = fraction
    return (batches * part, whole) if _is_count(kpi.kind, kpi.unit) else fraction


def _is_count(kind: Kind, unit: str) -> bool:
    # What is averaged and no time is a number of things, or an amount of money; both add up.
    return kind is Kind.AVERAGED and unit not in ("s", "index")


def looks_dependent(kind: Kind, values: Sequence[Fraction]) -> bool:
    """Return whether batches are like their neighbors beyond chance.

    Parameters
    ----------
    kind : Kind
        How batches become one figure.
    values : sequence of (int, int)
        Numerator and denominator of each batch, in the order of time, at least three.

    Notes
    -----
    With x the contribution of each batch, C = 1 - Σ (x(i + 1) - x(i))² / (2 Σ (x(i) - mean)²) is
    the lag-1 autocorrelation but for the ends, half of what von Neumann's ratio lacks to 2.
    For independent normal batches its mean is 0 and its variance (b - 2) / (b² - 1), and it is
    nearly normal from 8 batches on.  Only likeness counts: alternating batches make intervals too
    wide, not too narrow.  Batches that say nothing are left out.
    """
    known = [value for value in values if value[1]] if kind is Kind.AVERAGED else list(values)
    if len(known) < FEWEST or not any(whole for _, whole in known):
        return False
    return von_neumann(contributions(kind, known)) > NormalDist().inv_cdf(1 - FALSE_ALARMS)


def von_neumann(values: Sequence[float]) -> float:
    """Return how alike neighbors are, nearly standard normal for independent normal values.

    Parameters
    ----------
    values : sequence of float
        In the order of time, at least three.

    Returns
    -------
    float
        > 0 if neighbors are alike; 0 if all values are equal.

    Examples
    --------
    >>> round(von_neumann([1.0, 2.0, 3.0, 4.0, 5.0]), 3)
    2.263
    """
    x = np.asarray(values, dtype=np.float64)
    n = x.size
    spread = float(((x - x.mean()) ** 2).sum())
    # Equal figures are equal but for rounding.
    if spread <= (1e-12 * float(np.abs(x).max(initial=0.0))) ** 2 * n:
        return 0.0
    likeness = 1 - float((np.diff(x) ** 2).sum()) / (2 * spread)
    return likeness / math.sqrt((n - 2) / (n**2 - 1))
