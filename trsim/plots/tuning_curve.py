"""The objective over the tuned value: what was tried, what is as good, today, recommendation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from trsim.analysis.tuning import Tuning, Verdict
from trsim.errors import UsageError
from trsim.plots.canvas import headline, in_style, legend, panels, plain
from trsim.plots.palette import BLACK, BLUE, GRAY, GREEN, LIGHT, VERMILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class Curve(NamedTuple):
    """Numbers of the drawing; all tuples have one entry for each point with a number."""

    indices: tuple[int, ...]
    """Of the points."""
    numbers: tuple[float, ...]
    """In the unit of the parameter."""
    estimates: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    """As drawn: shares in per cent."""


def curve_numbers(tuning: Tuning) -> Curve:
    """Return what is drawn.

    Raises
    ------
    UsageError
        Several parameters were tuned: there is no one curve.
    """
    if len(tuning.question.parameters) != 1:
        raise UsageError(
            f"a curve shows one tuned parameter, not {len(tuning.question.parameters)}; the report "
            "and the table show all points"
        )
    scale = 100 if tuning.question.unit == "share" else 1
    rows = []
    for index, point in enumerate(tuning.points):
        estimate, half = point.objective.estimate, point.objective.half_width
        if math.isnan(point.numbers[0]) or estimate is None:
            continue
        width = half or 0.0
        shown = tuple(scale * each for each in (estimate, estimate - width, estimate + width))
        rows.append((index, point.numbers[0], *shown))
    return Curve(*zip(*rows, strict=True)) if rows else Curve((), (), (), (), ())


@in_style
def draw_tuning_curve(tuning: Tuning) -> Figure:
    """Return the drawing.

    Parameters
    ----------
    tuning : Tuning
        Of one parameter.

    Raises
    ------
    UsageError
        Several parameters were tuned.
    """
    numbers = curve_numbers(tuning)
    asked = tuning.question
    figure, (axes,) = panels([1], height=4.6)
    _band(axes, tuning)
    axes.fill_between(numbers.numbers, numbers.lows, numbers.highs, color=BLUE, alpha=0.18, lw=0)
    axes.plot(numbers.numbers, numbers.estimates, color=BLUE, lw=1.2, zorder=2)
    _points(axes, tuning, numbers)
    _lines(axes, tuning)
    parameter = asked.parameters[0]
    unit = f" [{parameter.unit}]" if parameter.unit else ""
    axes.set_xlabel(f"{plain(parameter.label, 70)}{unit}")
    shown = "%" if asked.unit == "share" else asked.unit
    better = "greater is better" if asked.maximize else "smaller is better"
    axes.set_ylabel(f"{plain(asked.objective, 40)}{f' [{shown}]' if shown else ''}\n{better}")
    legend(axes)
    notes = [
        f"{tuning.replications_used:,} replications; bars and band: "
        f"{100 * asked.confidence:.4g} % intervals of each point, which are wider than those of "
        "differences, because all points meet the same customers"
    ]
    headline(figure, plain(f"{asked.scenario}: {asked.objective}", 90), notes)
    return figure


def _band(axes: Axes, tuning: Tuning) -> None:
    """Shade what cannot be told from the recommended point."""
    ends = tuning.alike_range
    if ends is None or ends[0] is ends[1]:
        return
    low, high = (point.numbers[0] for point in ends)
    axes.axvspan(
        low, high, facecolor=LIGHT, edgecolor=GRAY, hatch="..", lw=0.6, zorder=0,
        label="as good,\nas far as can be told",
    )  # fmt: skip


def _points(axes: Axes, tuning: Tuning, numbers: Curve) -> None:
    groups = (
        ("recommended", "*", BLACK, 13),
        ("today", "s", VERMILLION, 7),
        ("tried", "o", BLUE, 4.5),
        ("breaks a condition", "x", BLACK, 6),
    )
    kinds = [_kind(tuning, index) for index in numbers.indices]
    for kind, marker, color, size in groups:
        chosen = [place for place, each in enumerate(kinds) if each == kind]
        if not chosen:
            continue
        estimates = [numbers.estimates[place] for place in chosen]
        reach = [
            [numbers.estimates[place] - numbers.lows[place] for place in chosen],
            [numbers.highs[place] - numbers.estimates[place] for place in chosen],
        ]
        axes.errorbar(
            [numbers.numbers[place] for place in chosen], estimates, yerr=reach, fmt=marker,
            color=color, markersize=size, elinewidth=0.8, capsize=2, label=kind, zorder=4,
        )  # fmt: skip


def _kind(tuning: Tuning, index: int) -> str:
    if index == tuning.recommended:
        return "recommended"
    if index == tuning.today:
        return "today"
    if tuning.points[index].verdict is Verdict.INFEASIBLE:
        return "breaks a condition"
    return "tried"


def _lines(axes: Axes, tuning: Tuning) -> None:
    optimum = tuning.theory.optimum
    parameter = tuning.question.parameters[0]
    if optimum is not None and parameter.low <= optimum <= parameter.high:
        axes.axvline(
            optimum, color=GREEN, linestyle="dashdot", lw=1.4, zorder=1,
            label=f"most capacity,\nby theory ({optimum:.1f} s)",
        )  # fmt: skip
