"""The targets of workflows as a table for the console: which are tried, and how they are left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rich.console import RenderableType
from rich.table import Column, Table
from rich.text import Text

from trsim.analysis.steps import StepPlace
from trsim.analysis.study import Study
from trsim.report.figures import figure
from trsim.report.wording import printable, shortened

MOST_STEPS: Final = 12
"""Of more targets, those with the most visits are shown."""
_COLUMNS: Final = (
    ("entered", "entered"),
    ("offers", "offers"),
    ("accepted", "ac-\ncepted"),
    ("timed_out", "timed\nout"),
    ("moved_on", "moved\non"),
    ("canceled", "can-\nceled"),
)
_FILTER_WIDTH, _QUEUE_WIDTH = 16, 13
Means = Sequence[Mapping[str, float]]
"""Counts of each target, as means over the replications."""


def step_table(study: Study) -> Iterator[RenderableType]:
    """Yield the table, and what the ends of the workflows cancel.

    Nothing is yielded unless some workflow has several targets.  Over several replications the
    figures are means.

    Parameters
    ----------
    study : Study
        One replication or several.
    """
    places = study.routing.places
    targets = Counter(place.configuration for place in places)
    several = [step for step, place in enumerate(places) if targets[place.configuration] > 1]
    if not several or not study.step_counts:
        return
    means = study.step_means
    by_visits = sorted(several, key=lambda step: means[step]["entered"], reverse=True)
    shown = sorted(by_visits[:MOST_STEPS])
    yield _table(means, places, shown)
    notes = [*_left_out(means, several, shown), *silent_ends(study)]
    if notes:
        yield Text("\n".join(notes))


def _table(means: Means, places: Sequence[StepPlace], shown: Sequence[int]) -> Table:
    heads = [Column(title, justify="right", overflow="fold") for _, title in _COLUMNS]
    table = Table(
        Column("Steps", overflow="fold"), *heads, box=None, pad_edge=False, padding=(0, 2, 0, 0)
    )
    configurations = list(dict.fromkeys(places[step].configuration for step in shown))
    for configuration in configurations:
        if len(configurations) > 1:
            table.add_row(Text(printable(configuration), style="italic"))
        for step in shown:
            place = places[step]
            if place.configuration == configuration:
                cells = (figure(means[step][name], "tasks") for name, _ in _COLUMNS)
                table.add_row(Text(_label(place)), *cells)
    return table


def _label(place: StepPlace) -> str:
    """Return filter, position and queue, shortened."""
    rule = shortened(printable(place.filter), _FILTER_WIDTH)
    # Positions in keys and files count from 0; for people the first target is number 1.
    position = "" if place.is_default else f" #{place.target + 1}"
    return f"{rule}{position}: {shortened(printable(place.queue), _QUEUE_WIDTH)}"


def _left_out(means: Means, several: Sequence[int], shown: Sequence[int]) -> Iterator[str]:
    left = [step for step in several if step not in shown]
    if left:
        untried = sum(not means[step]["entered"] for step in left)
        yield f"{len(left):,} more targets are not shown; {untried:,} of them were never tried"


def silent_ends(study: Study) -> Iterator[str]:
    """Yield how many tasks ended because their workflow had, in words."""
    table = study.kpis()
    offered = table["offered"].estimate
    for kpi, what in (
        ("canceled_workflow_timeout", "silently canceled at the end of the workflow"),
        ("canceled_workflow_skipped", "skipped out of the workflow, and so canceled"),
    ):
        count = table[kpi].estimate
        if count and offered:
            yield f"{what}: {figure(count, 'tasks')} ({figure(count / offered, 'share')})"
