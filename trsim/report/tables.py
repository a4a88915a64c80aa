"""Tables for the console: the figures of a run or a study on one screen.

The figures are read from a :class:`~trsim.analysis.study.Study`; nothing is computed here.
Tables have no lines and need no color, so they read well on paper and in a pipe.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Group as Stack
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from trsim.analysis.kpi_table import KpiTable, KpiValue, table_of
from trsim.analysis.kpis import SERVICE_LEVELS
from trsim.analysis.study import Study
from trsim.analysis.trust import Doubt
from trsim.report.goals import Judgment
from trsim.report.wording import printable
from trsim.scenario.values import duration_text, seconds_text

_SECTIONS: Final = (
    ("Tasks", ("offered", "refused", "assigned", "completed", "canceled", "removed", "open")),
    (
        "Waits",
        ("service_level", "abandonment", "mean_wait", "asa", "wait_p50", "wait_p95", "max_wait"),
    ),
    (
        "Reservations",
        (
            "reservations_created",
            "offers_per_task",
            "accept_share",
            "reject_share",
            "timeout_share",
            "mean_answer_time",
        ),
    ),
    (
        "Workers",
        (
            "occupancy",
            "ringing_share",
            "lost_ringing_time",
            "absent_after_timeout",
            "absent_after_reject",
        ),
    ),
)
_BY_QUEUE: Final = (
    ("offered", "offered"),
    ("service_level", "service\nlevel"),
    ("abandonment", "hung\nup"),
    ("mean_wait", "mean\nwait"),
    ("wait_p95", "wait\np95"),
    ("open", "open"),
    ("reservations_created", "offers"),
    ("timeout_share", "timed\nout"),
)
_SHOWN_ONLY_IF_ANY: Final = frozenset({"refused", "removed", "absent_after_reject"})
_SERVICE_LEVELS: Final = {
    "offered": "assigned within {0} / offered tasks",
    "answered": "assigned within {0} / assigned tasks",
    "excluding_short": "assigned within {0} / offered tasks, hang-ups within {0} left out",
    "including_short": "assigned or hung up within {0} / offered tasks",
}
assert set(_SERVICE_LEVELS) == set(SERVICE_LEVELS), "every definition has its words"
_OPEN: Final = ("pending", "reserved", "assigned", "wrapping")
_CAUSES: Final = {
    "canceled_hangup": "hung up",
    "canceled_operator": "by an operator",
    "canceled_ttl": "time to live",
    "canceled_workflow_timeout": "workflow timeout",
    "canceled_workflow_skipped": "skipped out of the workflow",
    "canceled_assignment_limit": "too many offers",
}
_NO_FIGURE = "-"


def overview(study: Study, judgments: Sequence[Judgment] = ()) -> RenderableType:
    """Return the figures that answer the main questions, for the console.

    Parameters
    ----------
    study : Study
        One replication or several.
    judgments : sequence of Judgment
        Goals of the scenario, judged.
    """
    parts: list[RenderableType] = [_heading(study), _figures(study.kpis())]
    if len({name for kind, name in study.group_measures[0] if kind == "queue"}) > 1:
        parts.append(_queues(study))
    if judgments:
        parts.append(_goals(judgments))
    parts.extend(_warnings(study))
    return Stack(*(Padding(part, (0, 0, 1, 0)) for part in parts[:-1]), parts[-1])


def figure(value: float | None, unit: str) -> str:
    """Return a figure with its unit, a dash where there is none.

    Examples
    --------
    >>> figure(0.8312, "share"), figure(19.314, "s"), figure(12.0, "tasks"), figure(None, "s")
    ('83.1 %', '19.3 s', '12', '-')
    """
    if value is None:
        return _NO_FIGURE
    return f"{_number(value, unit)}{_SUFFIXES.get(unit, '')}"


_SUFFIXES: Final = {"share": " %", "s": " s", "worker s": " s"}


def _number(value: float, unit: str) -> str:
    if unit == "share":
        return f"{100 * value:.1f}"
    if unit in ("s", "worker s"):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.1f}"
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _interval(value: KpiValue) -> str:
    if value.low is None or value.high is None:
        return ""
    return f"{_number(value.low, value.unit)} to {figure(value.high, value.unit)}"


def _heading(study: Study) -> Text:
    runs, criteria = study.replications, study.criteria
    span = duration_text(criteria.horizon_ms)
    lines = [printable(study.provenance.name)]
    counted = "1 run" if runs == 1 else f"{runs:,} replications"
    lines.append(f"{counted} of {span}, seed {study.provenance.seed}")
    if criteria.warm_up_ms:
        lines[-1] += f"; tasks of the first {duration_text(criteria.warm_up_ms)} are not counted"
    if runs == 1:
        lines.append("1 run: no interval; only several replications show how far chance reaches")
    text = Text(lines[0], style="bold")
    return text.append("\n" + "\n".join(lines[1:]), style="not bold")


def _figures(table: KpiTable) -> Table:
    several = table.replications > 1
    columns = [Column("KPI"), Column("figure", justify="right")]
    if several:
        columns.append(Column(f"{100 * table.confidence:.3g} % interval", justify="right"))
    shown = Table(*columns, Column(""), box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title, names in _SECTIONS:
        shown.add_row(Text(title, style="bold"))
        for name in names:
            value = table[name]
            if name in _SHOWN_ONLY_IF_ANY and not value.estimate:
                continue
            cells = [f"  {name}", figure(value.estimate, value.unit)]
            if several:
                cells.append(_interval(value))
            shown.add_row(*cells, _note(name, table))
    return shown


def _note(name: str, table: KpiTable) -> str:
    """Return what must stand beside a figure for it to be read rightly."""
    match name:
        case "service_level":
            words = _SERVICE_LEVELS[table.service_level].format(seconds_text(table.threshold_s))
            return f"{words} ({table.service_level})"
        case "open":
            counts = ((state, table[f"open_{state}"].estimate) for state in _OPEN)
            states = [f"{figure(count, 'tasks')} {state}" for state, count in counts if count]
            return f"at the end: {', '.join(states) or 'none'}"
        case "canceled":
            causes = ((word, table[cause].estimate) for cause, word in _CAUSES.items())
            return ", ".join(f"{figure(count, 'tasks')} {word}" for word, count in causes if count)
        case "abandonment":
            return "hung up before assignment / offered"
        case "lost_ringing_time":
            return "worker time ringing for nothing"
        case "absent_after_timeout":
            return "worker time away after a missed offer"
        case "absent_after_reject":
            return "worker time away after a rejection"
        case "ringing_share":
            return "being asked / time on offer"
        case _:
            return ""


def _queues(study: Study) -> Table:
    heads = [Column(title, justify="right", overflow="fold") for _, title in _BY_QUEUE]
    name_head = Column("By queue", overflow="fold")
    shown = Table(name_head, *heads, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for group in study.group_measures[0]:
        kind, name = group
        if kind == "queue":
            runs = tuple(run[group] for run in study.group_measures)
            table = table_of(runs, study.criteria, 0.95)
            cells = (figure(table[kpi].estimate, table[kpi].unit) for kpi, _ in _BY_QUEUE)
            shown.add_row(Text(printable(name)), *cells)
    return shown


def _goals(judgments: Sequence[Judgment]) -> Table:
    shown = Table(Column("Goals"), Column(""), Column(""), box=None, pad_edge=False)
    for judgment in judgments:
        value = judgment.value
        found = figure(value.estimate, value.unit)
        if judgment.doubtful:
            found += f"; but the interval, {_interval(value)}, reaches to the other side"
        elif value.estimate is None:
            found = "there is no figure to judge"
        verdict = "met" if judgment.met else "MISSED"
        shown.add_row(f"  {judgment.goal}", verdict, found)
    return shown


def _warnings(study: Study) -> Iterator[Text]:
    texts = [caveat.text for caveat in study.caveats if caveat.doubt is not Doubt.ONE_REPLICATION]
    if texts:
        yield Text("\n".join(f"Warning: {printable(text)}" for text in texts))
