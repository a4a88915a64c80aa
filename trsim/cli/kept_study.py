"""The replications of a run that was kept, as far as its folder tells of them.

Only the first replication is kept with its log; of all of them there are the key figures.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from trsim.analysis.kpi import NO_FIGURE, Fraction, Measures
from trsim.analysis.kpi_table import Group, KpiTable, KpiValue
from trsim.analysis.steps import StepCounts
from trsim.analysis.study import Study
from trsim.analysis.trust_kinds import Caveat, Doubt
from trsim.errors import UsageError
from trsim.report.page_findings import findings_of_run

if TYPE_CHECKING:
    from trsim.experiments.openrun import OpenRun


@dataclass(frozen=True)
class KeptStudy(Study):
    """A study of which only the first log, and the figures over all replications, are there.

    Estimates, of the whole and of each queue and stream, are as they were.  Intervals are those
    of :meth:`kpis` only, and counts by target are there as means over the replications.

    Attributes
    ----------
    table : KpiTable
        Key figures over all replications, with their intervals.
    caveat_texts : tuple of str
        Reasons to doubt them.
    means_by_step : tuple of mappings
        Counts of each target, as means over the replications.
    group_tables : mapping
        Key figures of each queue and each stream.
    """

    table: KpiTable = field(kw_only=True)
    caveat_texts: tuple[str, ...] = field(kw_only=True)
    means_by_step: tuple[Mapping[str, float], ...] = field(kw_only=True)
    group_tables: Mapping[Group, KpiTable] = field(kw_only=True)

    def kpis(self, *, confidence: float = 0.95) -> KpiTable:
        """Return the key figures over all replications, with the intervals that were kept."""
        assert confidence == self.table.confidence, "no other intervals were kept"
        return self.table

    @cached_property
    def grows(self) -> bool:
        """Whether waits and lengths had no average."""
        return any(value.missing is not None for value in self.table)

    def table_of_group(self, group: Group, *, confidence: float = 0.95) -> KpiTable:
        """Return the key figures of a queue or a stream, marked as they were."""
        return self.group_tables[group]

    @cached_property
    def step_means(self) -> tuple[Mapping[str, float], ...]:
        """Counts of each target, as means over the replications."""
        return self.means_by_step

    @cached_property
    def caveats(self) -> tuple[Caveat, ...]:
        """Reasons to doubt the figures."""
        # A folder keeps the words.  Their kinds are those of the first replication's; of others
        # nobody asks more than that they are not the one kind that only a single run has.
        kinds = {caveat.text: caveat.doubt for caveat in self.results[0].caveats}
        other = next(doubt for doubt in Doubt if doubt is not Doubt.ONE_REPLICATION)
        return tuple(Caveat(kinds.get(text, other), text) for text in self.caveat_texts)


def kept_study(kept: OpenRun) -> KeptStudy:
    """Return what a folder tells of all replications of its run.

    Raises
    ------
    UsageError
        The key figures of the folder are missing or damaged.
    """
    found, result = findings_of_run(kept), kept.result
    groups = {
        **{("queue", name): table for name, table in found.queues.items()},
        **{("stream", name): table for name, table in found.streams.items()},
    }
    runs = range(found.table.replications)
    return KeptStudy(
        provenance=result.provenance,
        criteria=result.criteria,
        fingerprints=found.fingerprints,
        measures=tuple(_measures(found.table, run) for run in runs),
        group_measures=tuple(
            {group: _measures(table, run) for group, table in groups.items()} for run in runs
        ),
        run_caveats=(),
        results=(result,),
        routing=result.routing,
        step_counts=(result.step_counts,),
        table=found.table,
        caveat_texts=found.caveats,
        means_by_step=_step_means(kept),
        group_tables=groups,
    )


def _step_means(kept: OpenRun) -> tuple[Mapping[str, float], ...]:
    """Return the counts of each target that the folder keeps."""
    path = kept.folder / "kpis.json"
    try:
        means = tuple(
            {name: float(step[name]) for name in StepCounts._fields}
            for step in json.loads(path.read_bytes())["steps"]
        )
        if len(means) != len(kept.result.routing.places):
            raise ValueError("there is one for each target")
    except (OSError, ValueError, TypeError, KeyError) as problem:
        raise UsageError(f"{path} is missing, or is not as trsim writes it") from problem
    return means


def _measures(table: KpiTable, run: int) -> Measures:
    """Return measures for one of the replications; together they have the estimates kept."""
    return {value.name: _fraction(value, run, table.replications) for value in table}


def _fraction(value: KpiValue, run: int, runs: int) -> Fraction:
    if value.estimate is None:
        return NO_FIGURE
    if value.name == "offered":
        # These are summed up as well, to see which tasks were in no queue, so they are counts.
        total = round(value.estimate * runs)
        return total // runs + (run < total % runs), 1
    return value.estimate.as_integer_ratio()
