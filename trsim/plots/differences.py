"""Differences of settings with their intervals, as a forest plot: one panel for each unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from trsim.analysis.comparison import Comparison, Difference, Verdict
from trsim.analysis.directions import Direction, direction_of
from trsim.errors import UsageError
from trsim.plots.canvas import headline, in_style, plain
from trsim.plots.palette import BLACK, LINE_COLORS, WHITE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_SETTINGS: Final = 5
"""So many settings can be told apart by their markers."""
_MARKERS: Final = ("o", "s", "^", "D", "v")
_ROW: Final = 0.27
"""Height of a figure of one setting [inch]."""


@in_style
def differences(comparison: Comparison, kpis: Sequence[str], *, confidence: float = 0.95) -> Figure:
    """Return the differences of figures from the base, with their intervals.

    Parameters
    ----------
    comparison : Comparison
    kpis : sequence of str
        Figures to draw; those of which nothing can be said are left out.
    confidence : float
        Of the intervals, 0 < confidence < 1.

    Raises
    ------
    UsageError
        There are more settings than markers, no figure can be drawn, there is no such KPI, or
        ``confidence`` is out of bounds.

    Notes
    -----
    Full markers stand for differences that are told apart from 0, hollow ones for all others.
    Figures that are the same in every replication of all settings are named, not drawn.
    """
    if len(comparison.others) > MOST_SETTINGS:
        raise UsageError(
            f"a plot shows {MOST_SETTINGS} settings beside the base at most, not "
            f"{len(comparison.others)}"
        )
    found = [
        [comparison.difference(kpi, confidence, name) for name in comparison.others] for kpi in kpis
    ]
    known = [row for row in found if any(each.verdict is not Verdict.UNKNOWN for each in row)]
    if not known:
        raise UsageError(f"there is no difference to draw of {', '.join(kpis) or 'no figure'}")
    differing = [row for row in known if any(each.verdict is not Verdict.SAME for each in row)]
    figure = _drawn(differing or known)
    shown = ", ".join(plain(name) for name in comparison.others)
    notes = [f"{comparison.replications} pairs of replications"]
    if comparison.replications > 1:
        notes.append(f"{100 * confidence:.4g} % intervals")
    notes.append("hollow: cannot be told apart from 0")
    notes.append("↑ ↓: which way is better")
    if 0 < len(differing) < len(known):
        same = ", ".join(row[0].kpi for row in known if row not in differing)
        notes.append(f"the same in every replication: {same}")
    headline(figure, f"{shown} instead of {plain(comparison.base)}", notes)
    return figure


def _drawn(rows: Sequence[Sequence[Difference]]) -> Figure:
    from matplotlib.figure import Figure

    groups: dict[str, list[Sequence[Difference]]] = {}
    for row in sorted(rows, key=lambda row: _FIRST_UNITS.get(row[0].unit, len(_FIRST_UNITS))):
        groups.setdefault(row[0].unit, []).append(row)
    lanes = [max(len(group) * len(rows[0]), 2) for group in groups.values()]
    height = 1.4 + _ROW * sum(lanes) + 0.55 * len(lanes)
    figure = Figure(figsize=(8, height), layout="constrained")
    panels = figure.subplots(len(lanes), 1, squeeze=False, height_ratios=lanes)[:, 0]
    for axes, (unit, group) in zip(panels, groups.items(), strict=True):
        _panel(axes, unit, group)
    if len(rows[0]) > 1:
        panels[0].legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3)
    return figure


def _panel(axes: Axes, unit: str, rows: Sequence[Sequence[Difference]]) -> None:
    n = len(rows[0])
    axes.axvline(0, color=BLACK, linewidth=1)
    for number in range(n):
        # The settings of a figure stand below each other, the figures a little apart.
        offset = 0.7 * ((number + 0.5) / n - 0.5)
        color, marker = LINE_COLORS[number], _MARKERS[number]
        label = plain(rows[0][number].setting, 24)
        axes.plot([], [], linestyle="", color=color, marker=marker, label=label)
        for place, row in enumerate(rows):
            _mark(axes, row[number], place + offset, color, marker)
    axes.set_yticks(range(len(rows)), [_label(row[0].kpi) for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlabel(f"difference [{_UNITS.get(unit, unit)}]")
    axes.grid(axis="y", visible=False)
    _leave_room(axes)


_UNITS: Final = {"share": "percentage points"}
_FIRST_UNITS: Final = {"share": 0, "s": 1}
_ARROWS: Final = {Direction.HIGHER: " ↑", Direction.LOWER: " ↓", Direction.NEITHER: ""}


def _label(kpi: str) -> str:
    return f"{plain(kpi)}{_ARROWS[direction_of(kpi)]}"


def _mark(axes: Axes, difference: Difference, y: float, color: str, marker: str) -> None:
    interval = difference.interval
    if interval.estimate is None:
        return
    scale = 100 if difference.unit == "share" else 1
    axes.errorbar(
        scale * interval.estimate,
        y,
        xerr=scale * (interval.half_width or 0.0),
        color=color,
        marker=marker,
        markersize=5.5,
        markerfacecolor=color if difference.told_apart else WHITE,
        linewidth=1.2,
        capsize=2.5,
    )


def _leave_room(axes: Axes) -> None:
    """Show 0 and some room on both sides, also where nothing differs."""
    low, high = axes.dataLim.x0, axes.dataLim.x1
    low, high = min(low, 0.0), max(high, 0.0)
    room = 0.06 * (high - low) or 1.0
    axes.set_xlim(low - room, high + room)
