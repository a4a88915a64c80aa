"""How long tasks wait: a histogram, and the share still waiting after a while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from trsim.analysis.results import Result
from trsim.plots.canvas import duration_axis, filled, headline, in_style, legend, panels, plain
from trsim.plots.canvas import whole_counts as count_axis
from trsim.plots.palette import BLACK, LINE_COLORS, LINE_MARKERS, LINE_STYLES, TASK_LOOKS
from trsim.plots.view import WHOLE, View
from trsim.plots.wait_numbers import (
    OPEN,
    OUTCOMES,
    Survival,
    read_waits,
    wait_histogram,
    wait_survival_numbers,
)
from trsim.scenario.values import duration_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@in_style
def wait_distribution(result: Result, view: View = WHOLE) -> Figure:
    """Return a histogram of waits, stacked by what ended them.

    Parameters
    ----------
    result : Result
    view : View
        Tasks created in its window are counted, from the warm-up on.
    """
    waits = read_waits(result, view)
    numbers = wait_histogram(waits)
    figure, (axes,) = panels((1,))
    edges = numbers.edges_ms / 1000
    below = np.zeros(edges.size - 1)
    for outcome, (name, look) in enumerate(TASK_LOOKS.items()):
        counts = numbers.counts[outcome]
        if not counts.any():
            continue
        label = f"{name}: {counts.sum():,}"
        top = below + counts
        axes.stairs(top, edges, baseline=below, fill=True, label=label, **filled(look))
        below = top
    high_ms = int(numbers.edges_ms[-1])
    duration_axis(axes, high_ms)
    width = duration_text(int(numbers.edges_ms[1]))
    axes.set_ylabel(f"tasks [per {width} of wait]")
    count_axis(axes)
    _mark_threshold(axes, result, high_ms)
    legend(axes)
    notes = [f"tasks: {waits.wait_ms.size:,}"]
    if numbers.longer:
        notes.append(
            f"the last bar holds {numbers.longer:,} longer waits, up to "
            f"{waits.wait_ms.max() / 1000:,.1f} s"
        )
    headline(figure, f"Waits: {plain(result.provenance.name, 60)}", notes)
    return figure


@in_style
def wait_survival(results: Result | Sequence[Result], view: View = WHOLE) -> Figure:
    """Return which share of tasks waits longer than t.

    Parameters
    ----------
    results : Result or sequence of Result
        Of one run the figure also shows what ended the waits; several runs have a line each.
    view : View
        Tasks created in its window are counted, from the warm-up on.

    Notes
    -----
    The estimates are explained in :func:`trsim.plots.wait_numbers.wait_survival_numbers`.
    """
    several = (results,) if isinstance(results, Result) else tuple(results)
    curves = [wait_survival_numbers(read_waits(result, view)) for result in several]
    figure, (axes,) = panels((1,))
    if len(several) == 1:
        _draw_one(axes, curves[0])
        title = plain(several[0].provenance.name, 60)
    else:
        for number, (result, curve) in enumerate(zip(several, curves, strict=True)):
            name = plain(f"{result.provenance.name}, seed {result.provenance.seed}", 48)
            _line(axes, curve.at_ms, curve.waiting, f"{name}, run {result.replication}", number)
        title = f"{len(several)} runs"
    high_ms = max([1, *(curve.shown_ms for curve in curves)]) * 103 // 100
    duration_axis(axes, high_ms)
    axes.set_ylim(0, 1.02)
    axes.set_ylabel("share of tasks")
    if several:
        _mark_threshold(axes, several[0], high_ms)
    legend(axes)
    notes = ["tasks that wait at the horizon are censored there"]
    if any(curve.thinned for curve in curves):
        notes.append("evaluated at 1,000 instants")
    longest = max((int(curve.at_ms[-1]) for curve in curves), default=0)
    if longest > high_ms:
        notes.append(f"the longest wait, {longest / 1000:,.1f} s, lies outside")
    headline(figure, f"Still waiting after t: {title}", notes)
    return figure


def _draw_one(axes: Axes, curve: Survival) -> None:
    _line(axes, curve.at_ms, curve.waiting, "still waiting", 0)
    for outcome in range(OPEN):
        if curve.ended[outcome].any():
            _line(axes, curve.at_ms, curve.ended[outcome], OUTCOMES[outcome], outcome + 1)


def _line(axes: Axes, at_ms: np.ndarray, shares: np.ndarray, label: str, number: int) -> None:
    place = number % len(LINE_STYLES)
    axes.step(
        at_ms / 1000,
        shares,
        where="post",
        color=LINE_COLORS[place],
        linestyle=LINE_STYLES[place],
        marker=LINE_MARKERS[place],
        markevery=0.13,
        markersize=4.5,
        linewidth=1.5,
        label=label,
    )


def _mark_threshold(axes: Axes, result: Result, high_ms: int) -> None:
    threshold = result.criteria.threshold_ms
    if threshold > high_ms:
        return
    axes.axvline(
        threshold / 1000, color=BLACK, linestyle=(0, (1, 2)), linewidth=1.2,
        label=f"threshold: {duration_text(threshold)}",
    )  # fmt: skip
