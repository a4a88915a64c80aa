"""What several replications leave behind: figures with intervals, and only a few logs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from trsim.analysis.batches import BatchMeans
from trsim.analysis.growth import grows, marked, without_average, without_averages
from trsim.analysis.kpi import Fraction, Measures
from trsim.analysis.kpi_table import (
    Group,
    KpiTable,
    KpiValue,
    combined,
    group_frame,
    group_tables,
    table_of,
)
from trsim.analysis.kpis import definition
from trsim.analysis.results import Provenance, Result, as_html
from trsim.analysis.sample import Criteria
from trsim.analysis.steps import NO_FACTS, RoutingFacts, StepCounts
from trsim.analysis.trust import over_replications
from trsim.analysis.trust_kinds import Caveat, Doubt
from trsim.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Study:
    """Several independent replications of one model.

    Attributes
    ----------
    provenance : Provenance
    criteria : Criteria
        What is counted.
    fingerprints : tuple of str
        SHA-256 of each replication's log.
    measures : tuple of mappings
        Numerator and denominator of every KPI, one mapping for each replication.
    group_measures : tuple of mappings
        The same for each queue and each stream.
    run_caveats : tuple of tuples
        Reasons to doubt each replication.
    results : tuple of Result
        Replications that were kept whole, the first ones; the others left only their figures.
    routing : RoutingFacts
        What the logs do not say about the workflows they come from.
    step_counts : tuple of tuples
        What happened in each target, one tuple for each replication.
    thresholds : tuple of mappings
        Numerator and denominator of the service level for other thresholds, by names such as
        ``service_level@20s``, one mapping for each replication.
    batches : BatchMeans, optional
        The only replication, cut into batches that give intervals.
    """

    provenance: Provenance
    criteria: Criteria
    fingerprints: tuple[str, ...]
    measures: tuple[Measures, ...]
    group_measures: tuple[Mapping[Group, Measures], ...]
    run_caveats: tuple[tuple[Caveat, ...], ...]
    results: tuple[Result, ...] = ()
    routing: RoutingFacts = NO_FACTS
    step_counts: tuple[tuple[StepCounts, ...], ...] = ()
    thresholds: tuple[Measures, ...] = ()
    batches: BatchMeans | None = None

    @cached_property
    def grows(self) -> bool:
        """Whether a queue grows, so that waits and lengths have no average."""
        return grows(self.run_caveats)

    def table_of_group(self, group: Group, *, confidence: float = 0.95) -> KpiTable:
        """Return the key figures of a queue or a stream over all replications."""
        table = table_of(
            tuple(run[group] for run in self.group_measures), self.criteria, confidence
        )
        return without_averages(table) if self.grows else table

    @property
    def replications(self) -> int:
        """How many runs there were."""
        return len(self.measures)

    def kpis(self, *, confidence: float = 0.95) -> KpiTable:
        """Return the key figures over all replications, with their intervals.

        Parameters
        ----------
        confidence : float
            Of the intervals, 0 < confidence < 1.

        Raises
        ------
        UsageError
            ``confidence`` is out of bounds.
        """
        if self.batches is not None:
            table = self.batches.table(confidence)
        else:
            table = table_of(self.measures, self.criteria, confidence)
        return without_averages(table) if self.grows else table

    def fractions(self, name: str) -> list[Fraction]:
        """Return numerator and denominator of a KPI in each replication.

        Parameters
        ----------
        name : str
            Such as ``asa`` or ``service_level@20s``.

        Raises
        ------
        UsageError
            There is no such KPI, or the scenario does not give what it needs.
        """
        definition(name)
        runs = self.thresholds if "@" in name else self.measures
        if not runs or any(name not in run for run in runs):
            raise UsageError(f"{self.provenance.name!r} has no figure {name!r}")
        return [run[name] for run in runs]

    def kpi(self, name: str, *, confidence: float = 0.95) -> KpiValue:
        """Return one key figure with its interval.

        Parameters
        ----------
        name : str
            Such as ``asa`` or ``service_level@20s``.
        confidence : float
            Of the interval, 0 < confidence < 1.

        Raises
        ------
        UsageError
            There is no such KPI, the scenario does not give what it needs, or ``confidence`` is
            out of bounds.
        """
        value = combined([{name: each} for each in self.fractions(name)], confidence)[0]
        return without_average(value) if self.grows else value

    def by_queue(self, *, confidence: float = 0.95) -> pd.DataFrame:
        """Return the KPIs of each queue over all replications; see :meth:`Result.by_queue`."""
        return self._frame("queue", self.group_measures, confidence)

    def by_stream(self, *, confidence: float = 0.95) -> pd.DataFrame:
        """Return the KPIs of each stream over all replications; see :meth:`Result.by_stream`."""
        return self._frame("stream", self.group_measures, confidence)

    def by(self, attribute: str, *, confidence: float = 0.95) -> pd.DataFrame:
        """Return the KPIs by the value of an attribute of tasks; see :meth:`Result.by`.

        Parameters
        ----------
        attribute : str
            Name of an attribute, inside of nested objects with dots between.
        confidence : float
            Of the intervals, 0 < confidence < 1.

        Raises
        ------
        UsageError
            Not all replications were kept with their logs, no task has the attribute, or
            ``confidence`` is out of bounds.
        """
        kept, n = len(self.results), self.replications
        if kept < n:
            raise UsageError(
                f"figures by an attribute need the logs of all {n} replications, but {kept} were "
                f"kept; replicate with keep={n}"
            )
        runs = tuple(result.measures_by(attribute) for result in self.results)
        return self._frame("value", runs, confidence)

    def _frame(
        self, kind: str, runs: Sequence[Mapping[Group, Measures]], confidence: float
    ) -> pd.DataFrame:
        tables = group_tables(kind, runs, self.criteria, confidence)
        return group_frame(kind, marked(tables) if self.grows else tables)

    @cached_property
    def step_means(self) -> tuple[Mapping[str, float], ...]:
        """Counts of each target, as means over the replications.

        They are those of :class:`~trsim.analysis.steps.StepCounts`, by name.
        """
        return tuple(
            {
                name: sum(getattr(run[step], name) for run in self.step_counts) / self.replications
                for name in StepCounts._fields
            }
            for step in range(len(self.routing.places) if self.step_counts else 0)
        )

    @cached_property
    def caveats(self) -> tuple[Caveat, ...]:
        """Reasons to doubt the figures."""
        found = over_replications(self.run_caveats, self.kpis())
        if self.batches is None:
            return found
        rest = (caveat for caveat in found if caveat.doubt is not Doubt.ONE_REPLICATION)
        return (*rest, *self.batches.caveats)

    def per_replication(self) -> pd.DataFrame:
        """Return each replication's figures, one row for each replication and KPI.

        Returns
        -------
        DataFrame
            Columns ``replication`` (from 0), ``kpi``, ``unit``, ``value`` (NaN where there is no
            such figure).
        """
        import pandas as pd

        rows = [
            (number, name, definition(name).unit, part / whole if whole else float("nan"))
            for number, run in enumerate(self.measures)
            for name, (part, whole) in run.items()
        ]
        return pd.DataFrame(rows, columns=["replication", "kpi", "unit", "value"])

    def __repr__(self) -> str:
        return (
            f"<Study of {self.provenance.name!r}, seed {self.provenance.seed}, "
            f"{self.replications} replications>"
        )

    def _repr_html_(self) -> str:
        return as_html(self.provenance, self.kpis(), self.caveats)
