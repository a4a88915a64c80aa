"""Comparisons for the console: a table of differences for each setting, and what they mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Group as Stack
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from trsim.analysis.comparison import Comparison, Difference, Verdict
from trsim.analysis.comparison_causes import wait_change
from trsim.report.comparison_words import (
    change,
    decimals,
    level,
    reach,
    sentence,
    why_waits_differ,
)
from trsim.report.wording import printable
from trsim.scenario.values import duration_text

MAIN_DIFFERENCES: Final = (
    *("offered", "assigned", "open"),
    *("service_level", "abandonment", "mean_wait", "asa", "wait_p95"),
    *("offers_per_task", "accept_share", "timeout_share", "reject_share"),
    *("occupancy", "ringing_share", "lost_ringing_time", "absent_after_timeout"),
    *("cost_of_staff", "cost_per_assigned", "value_of_answered", "cost_of_abandoned"),
)
"""Figures that are shown unless others are asked for, of those the scenarios give."""
_TOLD: Final = ("service_level", "abandonment", "mean_wait")
"""Those with a sentence of their own."""
_MOST_TOLD: Final = 8
_NAME_WIDTH: Final = 9
"""Longer names would leave no room; the line above the table tells them."""
_SILENT: Final = (Verdict.SAME, Verdict.UNKNOWN)


def main_differences(comparison: Comparison) -> tuple[str, ...]:
    """Return the figures that are shown unless others are asked for."""
    return tuple(name for name in MAIN_DIFFERENCES if name in comparison.kpis)


def compared(
    comparison: Comparison, kpis: Sequence[str] | None = None, *, confidence: float = 0.95
) -> RenderableType:
    """Return a comparison for the console.

    Parameters
    ----------
    comparison : Comparison
    kpis : sequence of str, optional
        Figures to show; left out: the main ones.
    confidence : float
        Of the intervals, 0 < confidence < 1.
    """
    parts: list[RenderableType] = [_heading(comparison, confidence)]
    for name in comparison.others:
        parts.extend(_setting(comparison, name, kpis, confidence))
    texts = [caveat.text for caveat in comparison.caveats]
    if texts:
        parts.append(Text("\n".join(f"Warning: {printable(text)}" for text in texts)))
    return Stack(*(Padding(part, (0, 0, 1, 0)) for part in parts[:-1]), parts[-1])


def _heading(comparison: Comparison, confidence: float) -> Text:
    base = comparison.studies[comparison.base]
    others = ", ".join(map(printable, comparison.others))
    n = comparison.replications
    counted = "1 replication" if n == 1 else f"{n:,} replications"
    criteria = base.criteria
    lines = [
        f"{counted} of {duration_text(criteria.horizon_ms)} each, seed {base.provenance.seed}, "
        "compared pair by pair on the same draws"
    ]
    if criteria.warm_up_ms:
        lines.append(f"Tasks of the first {duration_text(criteria.warm_up_ms)} are not counted")
    if n > 1:
        lines.append(
            f"Intervals: {100 * confidence:.4g} % for each figure by itself; pp: percentage points"
        )
    text = Text(f"{others} instead of {printable(comparison.base)}", style="bold")
    return text.append("\n" + "\n".join(lines), style="not bold")


def _setting(
    comparison: Comparison, name: str, kpis: Sequence[str] | None, confidence: float
) -> Iterator[RenderableType]:
    everything = comparison.differences(name, confidence=confidence)
    title = f"{printable(name)} instead of {printable(comparison.base)}"
    if all(each.verdict in _SILENT for each in everything):
        n = sum(each.verdict is Verdict.SAME for each in everything)
        yield Text(
            f"{printable(name)} and {printable(comparison.base)} are the same: all {n} differences "
            "are exactly zero, in every replication"
        )
        if kpis is None:
            return
    names = main_differences(comparison) if kpis is None else kpis
    shown = [comparison.difference(kpi, confidence, name) for kpi in names]
    if len(comparison.others) > 1:
        yield Text(title, style="bold")
    yield _table(comparison.base, name, shown, confidence)
    if any(each.verdict is Verdict.NOT_TOLD_APART for each in shown):
        yield Text("unclear: chance alone may have made the difference")
    told = [each for each in shown if each.kpi in _TOLD]
    if kpis is not None and len(shown) <= _MOST_TOLD:
        told = shown
    texts = [sentence(each) for each in told]
    why = wait_change(comparison, name, confidence=confidence)
    if why is not None:
        texts.extend(why_waits_differ(why))
    if texts:
        yield Text("\n".join(texts))


def _table(base: str, name: str, differences: Sequence[Difference], confidence: float) -> Table:
    names = {"base": printable(base), "other": printable(name)}
    heads = [
        Column(each if len(each) <= _NAME_WIDTH else role, justify="right")
        for role, each in names.items()
    ]
    several = any(each.interval.half_width is not None for each in differences)
    interval = [Column(f"{100 * confidence:.4g} % interval", justify="right")] if several else []
    shown = Table(
        Column("KPI", no_wrap=True),
        *heads,
        Column("difference", justify="right"),
        *interval,
        Column(""),
        box=None,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    for each in differences:
        shown.add_row(*_cells(each, several=several))
    return shown


def _cells(difference: Difference, *, several: bool) -> Iterator[str]:
    unit, interval = difference.unit, difference.interval
    places = decimals(interval, unit)
    yield difference.kpi
    yield from (level(value, unit, places) for value in (difference.base, difference.other))
    yield "-" if interval.estimate is None else change(interval.estimate, unit, places)
    if several:
        alike = difference.verdict is Verdict.SAME
        yield "" if alike else reach(interval, unit, places)
    yield difference.verdict.value
