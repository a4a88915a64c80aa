"""The tables of a report page, as rows of texts; nothing is computed here but means of sums."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from trsim.analysis.attribution import WAIT_PARTS
from trsim.analysis.cause_kpis import CAUSE_KPIS
from trsim.analysis.cost_kpis import COST_KPIS
from trsim.analysis.fairness_kpis import FAIRNESS_KPIS
from trsim.analysis.frames import WORKER_COLUMNS
from trsim.analysis.kpi_table import KpiTable, KpiValue
from trsim.analysis.kpis import CAUSES, KPIS, share_name
from trsim.analysis.reservation_kpis import RESERVATION_KPIS
from trsim.analysis.results import Result
from trsim.analysis.task_kpis import TASK_KPIS
from trsim.analysis.wait_kpis import WAIT_KPIS
from trsim.analysis.worker_kpis import WORKER_KPIS
from trsim.report.figures import estimate_text, figure, interval_text
from trsim.report.goals import Judgment
from trsim.report.page_text import label_of, name_text

MOST_WORKERS: Final = 100
MOST_STEPS: Final = 100
MOST_GROUPS: Final = 100
"""Longer tables are cut off, and say so."""
HEADLINES: Final = (
    "service_level",
    "abandonment",
    "asa",
    "wait_p95",
    "occupancy",
    "offers_per_task",
)
"""What stands in large letters."""
_SECTIONS: Final = (
    ("Tasks", TASK_KPIS),
    ("Waits", WAIT_KPIS),
    ("Offers", RESERVATION_KPIS),
    ("Fairness", FAIRNESS_KPIS),
    ("Workers", WORKER_KPIS),
    ("Costs", COST_KPIS),
)
"""Where waits come from has a table of its own."""
assert sum(len(kpis) for _, kpis in _SECTIONS) + len(CAUSE_KPIS) == len(KPIS), (
    "every KPI has its table"
)
_EVEN_IF_NONE: Final = ("offered", "assigned", "completed", "canceled", "open")
_COUNTS: Final = ("tasks", "reservations", "worker s")
_BY_GROUP: Final = (
    *("offered", "service_level", "abandonment", "mean_wait", "wait_p95", "open"),
    *("reservations_created", "timeout_share"),
)
_STEP_HEADS: Final = ("entered", "offers", "accepted", "timed_out", "moved_on", "canceled", "open")
_WORKER_HEADS: Final = (
    *("offers", "accepted", "rejected", "timed_out", "occupancy", "busy_s", "ringing_s", "idle_s"),
    *("away_s", "absent_after_timeout_s"),
)
assert set(_WORKER_HEADS) <= set(WORKER_COLUMNS), "every column is documented"


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure in a table."""

    text: str
    value: float | None = None
    """The figure itself, not rounded."""
    notes: tuple[str, ...] = ()
    """What stands below it, a line each."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table."""

    name: str
    cells: tuple[Cell, ...]
    kpi: str = ""
    """The KPI that the row is about."""
    text: str = ""
    """What the row means."""
    section: str = ""
    """Heading that stands above the row."""


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table of a page.

    Attributes
    ----------
    key : str
        Its name in the page.
    caption : str
        What it shows.
    heads : tuple of str
        Of the columns, that of the names included.
    rows : tuple of TableRow
    notes : tuple of str
        What must be known beside it.
    kpis : tuple of str
        KPIs of the columns, if they are KPIs.
    """

    key: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[TableRow, ...]
    notes: tuple[str, ...] = ()
    kpis: tuple[str, ...] = ()


def headline_cells(table: KpiTable) -> tuple[TableRow, ...]:
    """Return the most important figures."""
    values = [table[name] for name in HEADLINES]
    return tuple(TableRow(label_of(v.name), (_estimate(v),), kpi=v.name) for v in values)


def kpi_tables(table: KpiTable) -> Iterator[PageTable]:
    """Yield all figures, section by section; counts of nothing are named below the tables."""
    for title, kpis in _SECTIONS:
        values = [table[kpi.name] for kpi in kpis if kpi.name in table]
        if not values:
            continue
        shown = [value for value in values if _says_something(value)]
        none = [label_of(v.name) for v in values if v not in shown and v.estimate is not None]
        missing = [label_of(v.name) for v in values if v.estimate is None and v.missing is None]
        notes = []
        if none:
            notes.append(f"Left out because they are 0: {', '.join(none)}.")
        if missing:
            notes.append(f"Left out because nothing can be said of them: {', '.join(missing)}.")
        heads = ["Figure", "Value"]
        if table.has_intervals:
            heads.append(f"{100 * table.confidence:.3g} % interval")
        yield PageTable(
            f"kpis-{title.lower()}",
            title,
            (*heads, "What it tells"),
            tuple(_kpi_row(value, several=table.has_intervals) for value in shown),
            tuple(notes),
        )


def _says_something(value: KpiValue) -> bool:
    if value.estimate is None:
        return value.missing is not None
    return bool(value.estimate) or value.unit not in _COUNTS or value.name in _EVEN_IF_NONE


def _kpi_row(value: KpiValue, *, several: bool) -> TableRow:
    cells = [Cell(estimate_text(value), value.estimate)]
    if several:
        cells.append(Cell(interval_text(value)))
    return TableRow(label_of(value.name), tuple(cells), value.name, value.definition.text)


def _estimate(value: KpiValue) -> Cell:
    return Cell(estimate_text(value), value.estimate, _lines(interval_text(value)))


def _lines(*texts: str) -> tuple[str, ...]:
    return tuple(text for text in texts if text)


def group_table(kind: str, tables: Mapping[str, KpiTable]) -> PageTable:
    """Return the figures of each queue or stream.

    Parameters
    ----------
    kind : str
        ``queue`` or ``stream``.
    tables : mapping of str to KpiTable
        Their figures, by name.
    """
    rows = tuple(
        TableRow(name_text(name), tuple(_estimate(table[kpi]) for kpi in _BY_GROUP))
        for name, table in tables.items()
    )
    return PageTable(
        f"by-{kind}",
        f"Figures of each {kind}",
        (kind.capitalize(), *map(label_of, _BY_GROUP)),
        rows[:MOST_GROUPS],
        _cut(len(rows), MOST_GROUPS, f"{kind}s"),
        _BY_GROUP,
    )


def goal_table(judgments: Iterable[Judgment]) -> PageTable:
    """Return the goals, and whether they are met."""
    rows = []
    for judged in judgments:
        verdict = "met" if judged.met else "MISSED"
        note = "perhaps by chance" if judged.doubtful else ""
        if judged.value.estimate is None:
            note = "there is no figure"
        cells = (Cell(verdict, notes=_lines(note)), _estimate(judged.value))
        rows.append(TableRow(judged.goal, cells, judged.value.name))
    heads = ("Goal", "Verdict", "Value")
    return PageTable("goals-table", "Goals of the scenario", heads, tuple(rows))


def step_table(result: Result) -> PageTable:
    """Return what happened in each target of the workflows, in the first replication."""
    places, counts = result.routing.places, result.step_counts
    rows, above = [], ""
    for place, visits in zip(places, counts, strict=True):
        # Positions in files count from 0; for people the first target is number 1.
        position = "" if place.is_default else f", target {place.target + 1}"
        name = f"{name_text(place.filter)}{position}: {name_text(place.queue)}"
        section = "" if place.configuration == above else name_text(place.configuration)
        above = place.configuration
        cells = tuple(_count(getattr(visits, head)) for head in _STEP_HEADS)
        rows.append(TableRow(name, cells, section=section))
    return PageTable(
        "steps",
        "Tasks in the targets of the workflows",
        ("Filter, target: queue", *map(label_of, _STEP_HEADS)),
        tuple(rows[:MOST_STEPS]),
        _cut(len(rows), MOST_STEPS, "targets"),
    )


def attribution_table(
    table: KpiTable, queues: Mapping[str, KpiTable], streams: Mapping[str, KpiTable]
) -> PageTable:
    """Return what tasks waited for: the mean wait of each group, and its parts.

    Parameters
    ----------
    table : KpiTable
        Figures of all tasks; where they do not tell parts of waits, the table has no rows.
    queues, streams : mapping of str to KpiTable
        Those of each queue and stream, by name.
    """
    rows = [_waits("all tasks", table, "")]
    for title, groups in (("By queue", queues), ("By stream", streams)):
        above = title
        for name, own in list(groups.items())[:MOST_GROUPS]:
            rows.append(_waits(name_text(name), own, above))
            above = ""
    labels = [WAIT_PARTS[part].label for part in CAUSES.values()]
    return PageTable(
        "attribution",
        "Mean wait of an offered task, and its parts",
        ("Tasks", "wait per task", *labels),
        () if table["wait_per_task"].estimate is None else tuple(rows),
        kpis=("wait_per_task", *CAUSES),
    )


def _waits(name: str, table: KpiTable, section: str) -> TableRow:
    cells = [_estimate(table["wait_per_task"])]
    for kpi in CAUSES:
        value, share = table[kpi], table[share_name(kpi)]
        part = "" if share.estimate is None else figure(share.estimate, "share")
        notes = _lines(part, interval_text(value))
        cells.append(Cell(estimate_text(value), value.estimate, notes))
    return TableRow(name, tuple(cells), section=section)


def interval_table(edges: list[str], in_time: Iterable[int], counted: Iterable[int]) -> PageTable:
    """Return the service level of each interval.

    Parameters
    ----------
    edges : list of str
        When the intervals begin, and when the last one ends.
    in_time, counted : iterable of int
        Numerator and denominator for each interval.
    """
    rows = []
    for begin, served, of in zip(edges, in_time, counted, strict=False):
        share = int(served) / int(of) if of else None
        level = Cell(figure(share, "share"), share)
        rows.append(TableRow(begin, (level, _count(int(served)), _count(int(of)))))
    return PageTable(
        "intervals",
        f"Service level by interval of creation, until {edges[-1]}",
        ("From", "service level", "in time", "counted"),
        tuple(rows),
    )


def worker_table(result: Result) -> PageTable:
    """Return what each worker did, in the first replication."""
    frame = result.workers
    units = {name: "s" for name in _WORKER_HEADS if name.endswith("_s")} | {"occupancy": "share"}
    columns = [frame[name].tolist() for name in _WORKER_HEADS]
    rows = []
    for number, worker in enumerate(result.names.workers[:MOST_WORKERS]):
        cells = []
        for head, column in zip(_WORKER_HEADS, columns, strict=True):
            value = None if np.isnan(column[number]) else float(column[number])
            cells.append(Cell(figure(value, units.get(head, "tasks")), value))
        rows.append(TableRow(name_text(worker), tuple(cells)))
    return PageTable(
        "workers",
        "What each worker did",
        ("Worker", *(label_of(name.removesuffix("_s")) for name in _WORKER_HEADS)),
        tuple(rows),
        _cut(len(result.names.workers), MOST_WORKERS, "workers"),
    )


def _count(number: int) -> Cell:
    return Cell(f"{number:,}", float(number))


def _cut(there: int, most: int, what: str) -> tuple[str, ...]:
    return (f"The first {most} of {there:,} {what}.",) if there > most else ()
