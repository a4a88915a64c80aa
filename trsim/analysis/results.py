"""What one run leaves behind: a log and all that follows from it.  It outlives every engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, Final

from trsim.analysis import frames
from trsim.analysis.attributes import groups_by
from trsim.analysis.attribution import WaitShares
from trsim.analysis.batches import BatchMeans, batch_means
from trsim.analysis.growth import grows, marked, without_averages
from trsim.analysis.kpi import Fraction, Measures
from trsim.analysis.kpi_table import Group, KpiTable, group_frame, group_tables, table_of
from trsim.analysis.kpis import definition, measure
from trsim.analysis.page import aside_html, folded_html, list_html
from trsim.analysis.queue_series import DEFAULT_INTERVAL, queues_frame
from trsim.analysis.sample import Criteria, Observation, Sample
from trsim.analysis.steps import NO_FACTS, RoutingFacts, StepCounts, read_steps, routing_facts
from trsim.analysis.trust import caveats, over_replications
from trsim.analysis.trust_kinds import Caveat
from trsim.errors import UsageError
from trsim.eventlog import EventLog, Names
from trsim.model import Model

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
        What the log does not say about the workflows it comes from; it follows from the model,
        and is given only for a log whose model is not known.
    model : Model, optional
        What was run.  A log alone does not tell where waits come from, who was in a queue, nor
        what things cost; without the model these figures are missing.
    """

    provenance: Provenance
    replication: int
    log: EventLog
    criteria: Criteria
    routing: RoutingFacts = NO_FACTS
    model: Model | None = field(default=None, repr=False, compare=False)
    # Two results of one log are the same result: the provenance says which model it was.

    def __post_init__(self) -> None:
        if self.model is not None:
            object.__setattr__(self, "routing", routing_facts(self.model))

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
        self,
        *,
        warm_up_s: float | None = None,
        service_level_threshold_s: float | None = None,
        batches: int | None = None,
    ) -> KpiTable:
        """Return the key figures of this run.

        Parameters
        ----------
        warm_up_s : float, optional
            Tasks created earlier are not counted, >= 0 and before the horizon [s]; left out: as
            in the scenario.
        service_level_threshold_s : float, optional
            Longest wait that counts as in time, >= 0 [s]; left out: as in the scenario.
        batches : int, optional
            Cut the run into so many batches of time to get 95 % intervals; left out: none.

        Raises
        ------
        UsageError
            A value is out of bounds.
        """
        criteria = self._criteria(warm_up_s, service_level_threshold_s)
        if batches is not None:
            table = batch_means(self._seen, criteria, batches).table(0.95)
        else:
            table = table_of((measure(self._seen.whole(criteria)),), criteria, 0.95)
        return without_averages(table) if grows((self.run_caveats,)) else table

    def batch_means(self, batches: int) -> BatchMeans:
        """Return the run cut into batches of time, with the reasons to doubt these.

        Parameters
        ----------
        batches : int
            How many, >= 10.

        Raises
        ------
        UsageError
            There are too few, or they would be empty.
        """
        return batch_means(self._seen, self.criteria, batches)

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
    def queues(self) -> pd.DataFrame:
        """Table of queues by 15 minutes: :data:`trsim.analysis.queue_series.QUEUE_COLUMNS`.

        :meth:`per_interval` has it for other intervals.
        """
        return self.per_interval(DEFAULT_INTERVAL)

    def per_interval(self, interval: str | float = DEFAULT_INTERVAL) -> pd.DataFrame:
        """Return what went on in each queue, interval by interval.

        Parameters
        ----------
        interval : str or float
            Length of the intervals, from the start of the run on: a duration such as ``"15m"`` or
            seconds; whole milliseconds, > 0.

        Returns
        -------
        DataFrame
            One row for each queue and interval, with the columns of
            :data:`trsim.analysis.queue_series.QUEUE_COLUMNS`.

        Raises
        ------
        UsageError
            ``interval`` is no such length, or leads to more than a million rows.
        """
        return queues_frame(self._seen, self.criteria, interval)

    @cached_property
    def activities(self) -> pd.DataFrame:
        """Table of workers' stays in activities: :data:`trsim.analysis.frames.ACTIVITY_COLUMNS`."""
        return frames.activities_frame(self._seen)

    @cached_property
    def attribution(self) -> WaitShares:
        """Where the wait of each task comes from, warm-up included.

        Raises
        ------
        UsageError
            The model is not known.
        """
        waits = self._seen.waits
        if waits is None:
            raise UsageError("where waits come from can be told only with the model that was run")
        return waits

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
        return measure(self._whole)

    def service_levels_within(self, thresholds_ms: Sequence[int]) -> list[Fraction]:
        """Return numerator and denominator of the service level for each threshold [ms]."""
        level = definition("service_level").measure
        return [
            level(replace(self._whole, criteria=replace(self.criteria, threshold_ms=threshold)))
            for threshold in thresholds_ms
        ]

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
        return self._frame("queue", self.group_measures)

    def by_stream(self) -> pd.DataFrame:
        """Return the KPIs of each arrival stream, one row for each stream and KPI.

        Returns
        -------
        DataFrame
            Columns as in :meth:`by_queue`, with ``stream`` for ``queue``.
        """
        return self._frame("stream", self.group_measures)

    def by(self, attribute: str) -> pd.DataFrame:
        """Return the KPIs of tasks by the value of one of their attributes.

        Parameters
        ----------
        attribute : str
            Name of an attribute of tasks at their creation; inside of nested objects with dots
            between, such as ``"customer.tier"``.

        Returns
        -------
        DataFrame
            Columns as in :meth:`by_queue`, with ``value`` for ``queue``.  Tasks without the
            attribute are a group of their own, ``(missing)``, which comes last.

        Raises
        ------
        UsageError
            No task has the attribute.
        """
        return self._frame("value", self.measures_by(attribute))

    def _frame(self, kind: str, groups: Mapping[Group, Measures]) -> pd.DataFrame:
        tables = group_tables(kind, (groups,), self.criteria, 0.95)
        return group_frame(kind, marked(tables) if grows((self.run_caveats,)) else tables)

    def measures_by(self, attribute: str) -> Mapping[Group, Measures]:
        """Return numerator and denominator of the KPIs for each value of an attribute of tasks.

        Raises
        ------
        UsageError
            No task has the attribute.
        """
        seen, criteria = self._seen, self.criteria
        groups: dict[Group, Measures] = {}
        for group in groups_by(attribute, self.names.attribute_sets):
            tasks = group.sets[seen.tasks.attributes]
            refused = seen.refused_with(group.sets, criteria)
            groups["value", group.label] = measure(seen.of_tasks(tasks, refused, criteria))
        return groups

    @cached_property
    def _whole(self) -> Sample:
        return self._seen.whole(self.criteria)

    @cached_property
    def _seen(self) -> Observation:
        return Observation(self.log, self.criteria.horizon_ms, self.model)

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


FIRST_FIGURES: Final = (
    "offered",
    "assigned",
    "open",
    "service_level",
    "abandonment",
    "mean_wait",
    "wait_p95",
    "wait_nobody_free_share",
    "offers_per_task",
    "timeout_share",
    "occupancy",
    "lost_ringing_time",
    "cost_of_staff",
)
"""What a notebook shows at once; the rest unfolds."""


def as_html(provenance: Provenance, table: KpiTable, doubts: tuple[Caveat, ...]) -> str:
    """Return the main figures, reasons to doubt them, and all figures to unfold; all escaped."""
    title = escape(f"{provenance.name}, seed {provenance.seed}")
    # Of one replication the doubts say what the note would.
    note = aside_html(table.note) if table.replications > 1 else ""
    return (
        f"<div><strong>{title}</strong>{table.to_html(FIRST_FIGURES)}{note}"
        f"{list_html(caveat.text for caveat in doubts)}"
        f"{folded_html(f'all {len(table)} figures', table.to_html())}</div>"
    )
