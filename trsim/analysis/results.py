"""What one run leaves behind: a log and all that follows from it.  It outlives every engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from trsim.analysis import frames
from trsim.analysis.kpi import Measures
from trsim.analysis.kpi_table import Group, KpiTable, group_frame, table_of
from trsim.analysis.kpis import measure
from trsim.analysis.sample import Criteria, Observation
from trsim.analysis.steps import NO_FACTS, RoutingFacts, StepCounts, read_steps
from trsim.analysis.trust import Caveat, caveats, over_replications
from trsim.errors import UsageError
from trsim.eventlog import EventLog, Names

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Provenance:
    """What was run, so that it can be run again.

    Attributes
    ----------
    name : str
        Name of the scenario.
    digest : str
        SHA-256 of the scenario as used, empty if unknown.
    seed : int
        Root seed, as used.
    """

    name: str
    digest: str
    seed: int


@dataclass(frozen=True)
class Result:
    """One run: its log, and all that follows from it.

    Attributes
    ----------
    provenance : Provenance
    replication : int
        Number of the replication, from 0.
    log : EventLog
        Everything that happened.
    criteria : Criteria
        What is counted unless a method is told otherwise.
    routing : RoutingFacts
        What the log does not say about the workflows it comes from.
    """

    provenance: Provenance
    replication: int
    log: EventLog
    criteria: Criteria
    routing: RoutingFacts = NO_FACTS

    @property
    def horizon_ms(self) -> int:
        """End of the run [ms]."""
        return self.criteria.horizon_ms

    @property
    def names(self) -> Names:
        """What the numbers of the log stand for."""
        return self.log.names

    def fingerprint(self) -> str:
        """Return the SHA-256 of the log; equal for equal runs, on every machine."""
        return self.log.fingerprint()

    def kpis(
        self, *, warm_up_s: float | None = None, service_level_threshold_s: float | None = None
    ) -> KpiTable:
        """Return the key figures of this run.

        Parameters
        ----------
        warm_up_s : float, optional
            Tasks created earlier are not counted, >= 0 and before the horizon [s]; left out: as
            in the scenario.
        service_level_threshold_s : float, optional
            Longest wait that counts as in time, >= 0 [s]; left out: as in the scenario.

        Raises
        ------
        UsageError
            A value is out of bounds.
        """
        criteria = self._criteria(warm_up_s, service_level_threshold_s)
        return table_of((measure(self._seen.whole(criteria)),), criteria, 0.95)

    @cached_property
    def tasks(self) -> pd.DataFrame:
        """Table of tasks, as documented in :data:`trsim.analysis.frames.TASK_COLUMNS`."""
        return frames.tasks_frame(self._seen, self.criteria)

    @cached_property
    def reservations(self) -> pd.DataFrame:
        """Table of reservations: :data:`trsim.analysis.frames.RESERVATION_COLUMNS`."""
        return frames.reservations_frame(self._seen, self.criteria)

    @cached_property
    def workers(self) -> pd.DataFrame:
        """Table of workers, as documented in :data:`trsim.analysis.frames.WORKER_COLUMNS`."""
        return frames.workers_frame(self._seen, self.criteria)

    @cached_property
    def steps(self) -> pd.DataFrame:
        """Table of the targets of all configurations: :data:`trsim.analysis.frames.STEP_COLUMNS`.

        Of a log whose workflows are not known it has no rows.
        """
        return frames.steps_frame(self.routing.places, self.step_counts)

    @cached_property
    def step_counts(self) -> tuple[StepCounts, ...]:
        """What happened in each target, in their numbering."""
        return read_steps(self._seen, self.criteria, len(self.routing.places))

    @cached_property
    def caveats(self) -> tuple[Caveat, ...]:
        """Reasons to doubt the figures."""
        return over_replications((self.run_caveats,))

    @cached_property
    def run_caveats(self) -> tuple[Caveat, ...]:
        """Reasons to doubt the figures, apart from there being one replication."""
        return caveats(self._seen, self.criteria, self.routing)

    @cached_property
    def measures(self) -> Measures:
        """Numerator and denominator of every KPI, exact."""
        return measure(self._seen.whole(self.criteria))

    @cached_property
    def group_measures(self) -> Mapping[Group, Measures]:
        """Numerator and denominator of the KPIs of each queue and each stream."""
        seen, names = self._seen, self.names
        queues = {
            ("queue", name): measure(seen.of_queue(number, self.criteria))
            for number, name in enumerate(names.queues)
        }
        streams = {
            ("stream", name): measure(seen.of_stream(number, self.criteria))
            for number, name in enumerate(names.streams)
        }
        return {**queues, **streams}

    def by_queue(self) -> pd.DataFrame:
        """Return the KPIs of each queue, one row for each queue and KPI.

        Returns
        -------
        DataFrame
            Columns ``queue``, ``kpi``, ``unit``, ``estimate``, ``low``, ``high``,
            ``half_width``, ``n``.  A task counts in the queue where its wait ended, or where it
            waits still; an offer in the queue where its task was when it was made.  Tasks routed
            to a worker are in no queue.
        """
        return group_frame("queue", (self.group_measures,), self.criteria, 0.95)

    def by_stream(self) -> pd.DataFrame:
        """Return the KPIs of each arrival stream, one row for each stream and KPI.

        Returns
        -------
        DataFrame
            Columns as in :meth:`by_queue`, with ``stream`` for ``queue``.
        """
        return group_frame("stream", (self.group_measures,), self.criteria, 0.95)

    @cached_property
    def _seen(self) -> Observation:
        return Observation(self.log, self.criteria.horizon_ms)

    def _criteria(self, warm_up_s: float | None, threshold_s: float | None) -> Criteria:
        criteria = self.criteria
        if warm_up_s is not None:
            if not 0 <= warm_up_s * 1000 < criteria.horizon_ms:
                raise UsageError(
                    f"warm_up_s must lie in [0, {criteria.horizon_ms / 1000}), not be {warm_up_s}"
                )
            criteria = replace(criteria, warm_up_ms=round(warm_up_s * 1000))
        if threshold_s is not None:
            if not 0 <= threshold_s < float("inf"):
                raise UsageError(f"service_level_threshold_s must be >= 0, not {threshold_s}")
            criteria = replace(criteria, threshold_ms=round(threshold_s * 1000))
        return criteria

    def __getstate__(self) -> dict[str, Any]:
        # Tables follow from the log and are made again where they are wanted.
        kept = self.__dataclass_fields__
        return {name: value for name, value in self.__dict__.items() if name in kept}

    def __repr__(self) -> str:
        return (
            f"<Result of {self.provenance.name!r}, seed {self.provenance.seed}, "
            f"replication {self.replication}, {len(self.log):,} rows>"
        )

    def _repr_html_(self) -> str:
        return as_html(self.provenance, self.kpis(), self.caveats)


def as_html(provenance: Provenance, table: KpiTable, doubts: tuple[Caveat, ...]) -> str:
    """Return a heading, the figures and the caveats; every name is escaped."""
    items: Iterator[str] = (f"<li>{escape(caveat.text)}</li>" for caveat in doubts)
    return (
        f"<h4>{escape(provenance.name)}</h4><p>seed {provenance.seed}</p>"
        f"{table._repr_html_()}<ul>{''.join(items)}</ul>"
    )
