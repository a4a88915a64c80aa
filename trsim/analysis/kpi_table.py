"""Key figures with their intervals, ready to be read, printed or stored."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from trsim.analysis.intervals import NO_INTERVAL, Interval, mean_interval, ratio_interval
from trsim.analysis.kpi import Kind, Kpi, Measures
from trsim.analysis.kpis import definition
from trsim.analysis.page import aside_html, table_html
from trsim.analysis.sample import Criteria
from trsim.analysis.trust_kinds import span_text

if TYPE_CHECKING:
    import pandas as pd

Group = tuple[str, str]
"""Kind and name of a part of a run: ``("queue", "billing")`` or ``("stream", "calls")``."""

ONE_REPLICATION = "one replication: how far chance reaches is unknown, so there are no intervals"


class Missing(StrEnum):
    """Why there is no estimate, although the runs have such a figure."""

    GROWS = "grows"
    """It grows for as long as the run lasts, so that it has no average."""


@dataclass(frozen=True, slots=True)
class KpiValue:
    """A key figure of one run, or of the replications of a study.

    Attributes
    ----------
    name, unit : str
        As in its definition.
    estimate : float or None
        None where there is nothing of which the figure could be said, for example the mean wait
        of no tasks; never a 0 in its place.
    low, high : float or None
        Confidence interval, cut off where the figure cannot be: shares and indices lie between 0
        and 1, all others are not negative.  None for one replication.
    half_width : float or None
        Of the interval before it is cut off, so that it tells how far chance reaches; where
        nothing is cut off the interval is estimate ± half-width.  None for one replication.
    n : int
        Replications that say something; of one run in batches, the batches.
    missing : Missing or None
        Why the estimate is withheld, where it is; each run's own figure is still there, in
        ``per_replication`` and the exact ``measures``.
    """

    name: str
    unit: str
    estimate: float | None
    low: float | None
    high: float | None
    half_width: float | None
    n: int
    missing: Missing | None = None

    @property
    def definition(self) -> Kpi:
        """Text and formula."""
        return definition(self.name)


@dataclass(frozen=True, slots=True)
class KpiTable:
    """Key figures in the order of their definitions.

    Attributes
    ----------
    values : tuple of KpiValue
    replications : int
        How many runs they come from.
    confidence : float
        Of the intervals, for example 0.95.
    service_level : str
        The definition that ``service_level`` follows.
    threshold_s : float
        Longest wait that counts as in time [s].
    warm_up_s : float
        Tasks created earlier are not counted [s].
    batches : int
        Batches of time into which one run was cut to get intervals; 0: it was not.
    batch_s : float
        Length of a batch [s]; 0 where there are none.
    """

    values: tuple[KpiValue, ...]
    replications: int
    confidence: float
    service_level: str
    threshold_s: float
    warm_up_s: float
    batches: int = 0
    batch_s: float = 0.0

    @property
    def has_intervals(self) -> bool:
        """Whether there are replications, or batches, from which intervals come."""
        return self.replications > 1 or self.batches > 0

    @property
    def note(self) -> str:
        """How to read the intervals, in one line."""
        if self.batches:
            return (
                f"1 run, {self.batches} batches of {span_text(1000 * self.batch_s)}, "
                f"{100 * self.confidence:.4g} % confidence intervals"
            )
        if self.replications == 1:
            return ONE_REPLICATION
        return (
            f"{self.replications} replications, {100 * self.confidence:.4g} % confidence intervals"
        )

    def __getitem__(self, name: str) -> KpiValue:
        """Return a figure; one that the table leaves out has no estimate.

        Raises
        ------
        UsageError
            There is no such KPI.
        """
        kpi = definition(name)
        for value in self.values:
            if value.name == name:
                return value
        return _value(kpi, NO_INTERVAL)

    def __contains__(self, name: object) -> bool:
        return any(value.name == name for value in self.values)

    def __iter__(self) -> Iterator[KpiValue]:
        return iter(self.values)

    def __len__(self) -> int:
        return len(self.values)

    def as_dict(self) -> dict[str, Any]:
        """Return plain numbers, texts and lists for JSON; what is not known is null."""
        return {
            "replications": self.replications,
            "confidence": self.confidence,
            "service_level": self.service_level,
            "threshold_s": self.threshold_s,
            "warm_up_s": self.warm_up_s,
            "batches": self.batches or None,
            "batch_s": self.batch_s or None,
            "note": self.note,
            "kpis": [
                {name: getattr(value, name) for name in KpiValue.__slots__} for value in self.values
            ],
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each KPI.

        Returns
        -------
        DataFrame
            Columns ``kpi``, ``unit``, ``estimate``, ``low``, ``high``, ``half_width`` (NaN where
            not known), ``n``, and ``missing`` (``grows`` where the estimate is withheld).
        """
        import pandas as pd

        names = ("estimate", "low", "high", "half_width")
        return pd.DataFrame(
            {
                "kpi": [value.name for value in self.values],
                "unit": [value.unit for value in self.values],
                **{
                    name: pd.Series(
                        [getattr(value, name) for value in self.values], dtype="float64"
                    )
                    for name in names
                },
                "n": [value.n for value in self.values],
                "missing": pd.Series(
                    [value.missing and value.missing.value for value in self.values],
                    dtype="object",
                ),
            }
        )

    def __repr__(self) -> str:
        return f"<KpiTable of {len(self.values)} KPIs, {self.note}>"

    def to_html(self, names: Sequence[str] | None = None) -> str:
        """Return a table for a notebook.

        Parameters
        ----------
        names : sequence of str, optional
            KPIs to show, of those the table has; left out: all of them.
        """
        several = self.has_intervals
        shown = self.values if names is None else [self[name] for name in names if name in self]
        heads = ("KPI", "estimate", *(("low", "high") if several else ()), "unit")
        rows = [
            (
                self._title(value.name),
                value.estimate if value.missing is None else value.missing.value,
                *((value.low, value.high) if several else ()),
                value.unit,
            )
            for value in shown
        ]
        return table_html(heads, rows)

    def _title(self, name: str) -> str:
        # The same run has other service levels by other definitions, so the one is named.
        if name == "service_level":
            return f"{name} ({self.service_level}, within {self.threshold_s:g} s)"
        return name

    def _repr_html_(self) -> str:
        return f"<div>{self.to_html()}{aside_html(self.note)}</div>"


def combined(runs: Sequence[Measures], confidence: float) -> tuple[KpiValue, ...]:
    """Return the figures of replications, each combined as its definition says.

    Parameters
    ----------
    runs : sequence of mappings
        What each replication says about each KPI; at least one, all with the same KPIs.
    confidence : float
        Of the intervals, 0 < confidence < 1.

    Raises
    ------
    UsageError
        ``confidence`` is out of bounds.
    """
    values = []
    for name in runs[0]:
        kpi = definition(name)
        interval = _INTERVALS[kpi.kind]([run[name] for run in runs], confidence)
        values.append(_value(kpi, interval))
    return tuple(values)


_INTERVALS = {Kind.POOLED: ratio_interval, Kind.AVERAGED: mean_interval}


_MOST = {"share": 1.0, "index": 1.0}
"""Upper bound of figures by unit; none is negative, those of money included."""


def _value(kpi: Kpi, interval: Interval) -> KpiValue:
    low, high = interval.within(0.0, _MOST.get(kpi.unit, math.inf))
    return KpiValue(
        name=kpi.name,
        unit=kpi.unit,
        estimate=interval.estimate,
        low=low,
        high=high,
        half_width=interval.half_width,
        n=interval.n,
    )


def table_of(runs: Sequence[Measures], criteria: Criteria, confidence: float) -> KpiTable:
    """Return the KPIs of replications that were measured by the same criteria."""
    return KpiTable(
        values=combined(runs, confidence),
        replications=len(runs),
        confidence=confidence,
        service_level=criteria.service_level,
        threshold_s=criteria.threshold_ms / 1000,
        warm_up_s=criteria.warm_up_ms / 1000,
    )


def group_tables(
    kind: str, runs: Sequence[Mapping[Group, Measures]], criteria: Criteria, confidence: float
) -> dict[str, KpiTable]:
    """Return the KPIs of each group of a kind, by the name of the group.

    Parameters
    ----------
    kind : str
        ``"queue"``, ``"stream"`` or ``"value"``.
    runs : sequence of mappings
        What each replication says about each group; at least one.
    criteria : Criteria
        By which they were measured.
    confidence : float
        Of the intervals, 0 < confidence < 1.
    """
    return {
        group[1]: table_of(tuple(run[group] for run in runs), criteria, confidence)
        for group in runs[0]
        if group[0] == kind
    }


def group_frame(kind: str, tables: Mapping[str, KpiTable]) -> pd.DataFrame:
    """Return the KPIs of all groups of a kind below each other.

    Parameters
    ----------
    kind : str
        Kind of the groups, also the name of the first column.
    tables : mapping of str to KpiTable
        The KPIs of each group, by its name.
    """
    import pandas as pd

    if not tables:
        return pd.DataFrame(columns=[kind])
    parts = [table.to_frame().assign(**{kind: name}) for name, table in tables.items()]
    frame = pd.concat(parts, ignore_index=True)
    return frame[[kind, *(column for column in frame.columns if column != kind)]]
