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

from trsim.analysis.kpi_table import KpiTable, KpiValue
from trsim.analysis.kpis import KPIS, SERVICE_LEVELS
from trsim.analysis.study import Study
from trsim.analysis.trust_kinds import Doubt
from trsim.report.figures import estimate_text, figure, interval_text
from trsim.report.goals import Judgment
from trsim.report.step_table import silent_ends, step_table
from trsim.report.wait_table import wait_table
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
            "mean_setup_time",
        ),
    ),
    (
        "Workers",
        (
            "occupancy",
            "ringing_share",
            "setup_time",
            "lost_ringing_time",
            "absent_after_timeout",
            "absent_after_reject",
        ),
    ),
    ("Costs", ("cost_of_staff", "cost_per_assigned", "value_of_answered", "cost_of_abandoned")),
)
_FIRST: Final = (
    "offered",
    "refused",
    "assigned",
    "canceled",
    "open",
    "service_level",
    "abandonment",
    "mean_wait",
    "asa",
    "wait_p95",
    "occupancy",
    "offers_per_task",
    "timeout_share",
    "lost_ringing_time",
    "absent_after_timeout",
    "cost_of_staff",
    "cost_per_assigned",
)
"""What planners ask for first; the rest is in the full tables."""
_FIRST_ONLY_IF_ANY: Final = frozenset({"refused"})
_SHORT_NOTES: Final = {
    "abandonment": "hung up / offered",
    "lost_ringing_time": "worker time, for nothing",
    "absent_after_timeout": "worker time, away",
}
"""Notes that fit beside intervals into 80 columns."""
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
_SHOWN_ONLY_IF_ANY: Final = frozenset(
    {"refused", "removed", "mean_setup_time", "setup_time", "absent_after_reject"}
)
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
    "canceled_no_matching_filter": "matched no filter any more",
    "canceled_assignment_limit": "too many offers",
    "canceled_ttl_or_assignment_limit": "time to live or too many offers",
    "canceled_routing_target": "routed directly, not reserved in time",
}
assert set(_CAUSES) == {kpi.name for kpi in KPIS if kpi.name.startswith("canceled_")}, (
    "every cause has its words"
)


def overview(study: Study, judgments: Sequence[Judgment] = ()) -> RenderableType:
    """Return the figures that planners ask for first, on one screen, for the console.

    Parameters
    ----------
    study : Study
        One replication or several.
    judgments : sequence of Judgment
        Goals of the scenario, judged.
    """
    return _stack(
        _heading(study),
        _first_figures(study.kpis()),
        *_groups(study),
        *wait_table(study),
        *(_lines(silent_ends(study))),
        *_verdicts(study, judgments),
    )


def full_overview(study: Study, judgments: Sequence[Judgment] = ()) -> RenderableType:
    """Return all tables there are for the console.

    Parameters
    ----------
    study : Study
        One replication or several.
    judgments : sequence of Judgment
        Goals of the scenario, judged.
    """
    return _stack(
        _heading(study),
        _figures(study.kpis()),
        *_groups(study),
        *wait_table(study),
        *step_table(study),
        *_verdicts(study, judgments),
    )


def _stack(*parts: RenderableType) -> RenderableType:
    return Stack(*(Padding(part, (0, 0, 1, 0)) for part in parts[:-1]), parts[-1])


def _groups(study: Study) -> Iterator[RenderableType]:
    if len({name for kind, name in study.group_measures[0] if kind == "queue"}) > 1:
        yield _queues(study)
        yield from _outside_queues(study)


def _verdicts(study: Study, judgments: Sequence[Judgment]) -> Iterator[RenderableType]:
    if judgments:
        yield _goals(judgments)
    yield from _warnings(study)


def _lines(texts: Iterator[str]) -> Iterator[Text]:
    found = list(texts)
    if found:
        yield Text("\n".join(found))


def _heading(study: Study) -> Text:
    runs, criteria = study.replications, study.criteria
    span = duration_text(criteria.horizon_ms)
    lines = [printable(study.provenance.name)]
    counted = "1 run" if runs == 1 else f"{runs:,} replications"
    lines.append(f"{counted} of {span}, seed {study.provenance.seed}")
    if criteria.warm_up_ms:
        lines[-1] += f"; tasks of the first {duration_text(criteria.warm_up_ms)} are not counted"
    if study.kpis().batches:
        lines.append(study.kpis().note)
    elif runs == 1:
        lines.append("1 run: no interval; only several replications show how far chance reaches")
    text = Text(lines[0], style="bold")
    return text.append("\n" + "\n".join(lines[1:]), style="not bold")


def _first_figures(table: KpiTable) -> Table:
    shown = _figure_table(table)
    for name in _FIRST:
        value = table[name]
        shown_at_all = name in table and (name not in _FIRST_ONLY_IF_ANY or value.estimate)
        if shown_at_all:
            note = _SHORT_NOTES.get(name) or _note(name, table)
            if name == "service_level":
                note = f"within {seconds_text(table.threshold_s)} ({table.service_level})"
            shown.add_row(*_cells(name, value, table), note)
    return shown


def _figure_table(table: KpiTable) -> Table:
    columns = [Column("KPI"), Column("figure", justify="right")]
    if table.has_intervals:
        columns.append(Column(f"{100 * table.confidence:.3g} % interval", justify="right"))
    return Table(*columns, Column(""), box=None, pad_edge=False, padding=(0, 2, 0, 0))


def _cells(label: str, value: KpiValue, table: KpiTable) -> list[str]:
    cells = [label, estimate_text(value)]
    return [*cells, interval_text(value)] if table.has_intervals else cells


def _figures(table: KpiTable) -> Table:
    shown = _figure_table(table)
    for title, names in _SECTIONS:
        known = [name for name in names if name in table]
        if known:
            shown.add_row(Text(title, style="bold"))
        for name in known:
            value = table[name]
            if name in _SHOWN_ONLY_IF_ANY and not value.estimate:
                continue
            cells = _cells(f"  {name}", value, table)
            shown.add_row(*cells, _note(name, table))
            if name == "service_level":
                shown.add_row(*[""] * len(cells), _other_service_levels(table))
    return shown


def _other_service_levels(table: KpiTable) -> str:
    """Return what the same run gives by the definitions that were not chosen."""
    others = [name for name in SERVICE_LEVELS if name != table.service_level]
    values = [table[f"service_level_{name}"] for name in others]
    return "by other definitions: " + ", ".join(
        f"{name} {figure(value.estimate, value.unit)}"
        for name, value in zip(others, values, strict=True)
    )


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
        case "mean_setup_time":
            return "from the worker's taking it to the connection"
        case "setup_time":
            return "worker time being connected"
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
            table = study.table_of_group(group)
            cells = (estimate_text(table[kpi]) for kpi, _ in _BY_QUEUE)
            shown.add_row(Text(printable(name)), *cells)
    return shown


def _outside_queues(study: Study) -> Iterator[Text]:
    """Yield how many tasks the queues do not add up to."""
    offered = [run["offered"][0] for run in study.measures]
    queues = [group for group in study.group_measures[0] if group[0] == "queue"]
    inside = [sum(run[queue]["offered"][0] for queue in queues) for run in study.group_measures]
    outside = (sum(offered) - sum(inside)) / study.replications
    if outside:
        yield Text(f"Tasks routed to workers, in no queue: {figure(outside, 'tasks')}")


def _goals(judgments: Sequence[Judgment]) -> Table:
    shown = Table(Column("Goals"), Column(""), Column(""), box=None, pad_edge=False)
    for judgment in judgments:
        value = judgment.value
        found = estimate_text(value)
        if value.missing is not None:
            found = f"it {value.missing} for as long as the run lasts"
        elif judgment.doubtful:
            found += f"; but the interval, {interval_text(value)}, reaches to the other side"
        elif value.estimate is None:
            found = "there is no figure to judge"
        verdict = "met" if judgment.met else "MISSED"
        shown.add_row(f"  {judgment.goal}", verdict, found)
    return shown


def _warnings(study: Study) -> Iterator[Text]:
    texts = [caveat.text for caveat in study.caveats if caveat.doubt is not Doubt.ONE_REPLICATION]
    if texts:
        yield Text("\n".join(f"Warning: {printable(text)}" for text in texts))
