"""Tables of a tuning for the console: points, other objectives, what the change costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.console import Group as Stack
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from trsim.analysis.tuning import Change, Tuning, Verdict
from trsim.report.figures import figure
from trsim.report.tuning_words import change_text, interval_text, sentences
from trsim.report.wording import printable, shortened

MOST_POINTS: Final = 24
"""Longer tables keep those that matter."""
SHOWN_CHANGES: Final = (
    *("abandonment", "service_level", "service_level@20s", "service_level@60s", "mean_wait"),
    *("wait_p95", "occupancy", "offers_per_task", "timeout_share", "lost_ringing_time"),
    *("absent_after_timeout", "cost_of_staff", "cost_per_assigned", "cost_of_abandoned"),
)
"""What a planner asks for first; all KPIs are in the JSON document."""


def tuning_overview(tuning: Tuning) -> RenderableType:
    """Return the answer on one screen."""
    parts: list[RenderableType] = [
        *(Text(text) for text in sentences(tuning)),
        _points(tuning),
        _picks(tuning),
    ]
    if tuning.confirmation:
        parts.append(_changes(tuning))
    parts.extend(Text(f"! {printable(text)}") for text in tuning.warnings)
    parts.append(Text(_footer(tuning)))
    return Stack(*(Padding(part, (0, 0, 1, 0)) for part in parts[:-1]), parts[-1])


def shown_points(tuning: Tuning) -> tuple[int, ...]:
    """Return the points that a table shows: all of few, else those that matter most."""
    everything = range(len(tuning.points))
    if len(tuning.points) <= MOST_POINTS:
        return tuple(everything)
    sign = -1 if tuning.question.maximize else 1

    def rank(index: int) -> tuple[bool, int, float]:
        point = tuning.points[index]
        named = index in (tuning.today, tuning.recommended, tuning.least_violating)
        estimate = point.objective.estimate
        return not named, _ORDER[point.verdict], sign * (0.0 if estimate is None else estimate)

    return tuple(sorted(sorted(everything, key=rank)[:MOST_POINTS]))


_ORDER: Final = {verdict: place for place, verdict in enumerate(Verdict)}


def shown_changes(tuning: Tuning) -> tuple[Change, ...]:
    """Return the objective, and what planners ask for first, as far as it is there."""
    own = tuning.confirmation[:1]
    first = own[0].kpi if own else ""
    levels = [_numbers(each) for each in tuning.confirmation if each.kpi == "service_level"]
    return (
        *own,
        *(
            change
            for change in tuning.confirmation[1:]
            if change.kpi in SHOWN_CHANGES
            and change.kpi != first
            and change.today is not None
            # With a threshold that is the scenario's own it would stand there twice.
            and not ("@" in change.kpi and _numbers(change) in levels)
        ),
    )


def _numbers(change: Change) -> tuple[float | None, float | None]:
    return change.today, change.recommended


def verdict_text(tuning: Tuning, index: int) -> str:
    """Return what is known of a point, for a table."""
    point = tuning.points[index]
    text = "as good" if point.verdict is Verdict.NOT_TOLD_APART else point.verdict.value
    if point.broken:
        text = f"{'breaks' if point.verdict is Verdict.INFEASIBLE else 'undecided:'} " + (
            " and ".join(point.broken)
        )
    return f"{text}, today" if index == tuning.today else text


def _points(tuning: Tuning) -> Table:
    name = " × ".join(each.label.rpartition(".")[2] for each in tuning.question.parameters)
    table = _table((printable(shortened(name, 30)), False), ("replications", True),
                   (printable(shortened(tuning.question.objective, 26)), True),
                   ("verdict", False))  # fmt: skip
    for index in shown_points(tuning):
        table.add_row(
            printable(tuning.label(index)),
            str(tuning.points[index].replications),
            interval_text(tuning, index),
            printable(verdict_text(tuning, index)),
        )
    left_out = len(tuning.points) - len(shown_points(tuning))
    if left_out:
        table.caption = f"and {left_out} more points, in --json and --out"
        table.caption_justify = "left"
    return table


def _picks(tuning: Tuning) -> Table:
    table = _table(("If you asked for", False), ("best", False), ("as good", False),
                   ("there", True), ("at the recommended", True))  # fmt: skip
    for pick in tuning.picks:
        here, conflicts = "-", False
        if tuning.recommended is not None:
            conflicts = tuning.recommended not in pick.alike
            here = figure(pick.estimates[tuning.recommended], pick.unit)
        table.add_row(
            pick.kpi,
            printable(tuning.label(pick.best)),
            printable(runs_text(tuning, pick.alike)),
            figure(pick.estimates[pick.best], pick.unit),
            f"{here}{' (conflict)' if conflicts else ''}",
        )
    return table


def runs_text(tuning: Tuning, indices: Sequence[int]) -> str:
    """Return points as runs of neighbors, such as ``16s to 28s, 44s``.

    With several parameters points have no order: then it is told how many they are.
    """
    if len(tuning.question.parameters) > 1:
        return f"{len(indices)} points"
    runs: list[list[int]] = []
    for index in sorted(indices):
        if runs and index == runs[-1][1] + 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    return ", ".join(
        tuning.label(low) if low == high else f"{tuning.label(low)} to {tuning.label(high)}"
        for low, high in runs
    )


def _changes(tuning: Tuning) -> Table:
    best = "recommended"
    table = _table(("What the change brings", False), ("today", True), (best, True),
                   ("difference", True))  # fmt: skip
    for change in shown_changes(tuning):
        told = change_text(change) if change.is_told else f"{change_text(change)} (not told)"
        table.add_row(
            printable(shortened(change.kpi, 30)),
            figure(change.today, change.unit),
            figure(change.recommended, change.unit),
            told,
        )
    table.caption = (
        f"{tuning.confirmed_on} fresh replications of both, paired; "
        f"{100 * tuning.question.confidence:.4g} % intervals, each by itself"
    )
    table.caption_justify = "left"
    return table


def _footer(tuning: Tuning) -> str:
    asked = tuning.question
    rounds = "one round" if tuning.rounds == 1 else f"{tuning.rounds} rounds"
    return (
        f"{tuning.replications_used:,} replications in all, seed {asked.seed}; "
        f"{len(tuning.points)} points in {rounds}; differences below "
        f"{tuning.difference_text(asked.indifference)} do not matter"
    )


def _table(*columns: tuple[str, bool]) -> Table:
    return Table(
        *(
            Column(
                title,
                justify="right" if right else "left",
                overflow="fold" if place else "ellipsis",
                no_wrap=not place,
            )
            for place, (title, right) in enumerate(columns)
        ),
        box=None,
        padding=(0, 2, 0, 0),
        header_style="bold",
        caption_style="",
    )
