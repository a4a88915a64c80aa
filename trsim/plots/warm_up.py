"""The beginning of runs: how many tasks wait and are worked on, and where to cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trsim.analysis.warm_up import WarmUp
from trsim.plots.canvas import headline, in_style, legend, panels, plain, time_axis
from trsim.plots.palette import BLACK, LINE_COLORS, LINE_STYLES
from trsim.plots.view import WHOLE
from trsim.scenario.values import duration_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@in_style
def warm_up(found: WarmUp, title: str) -> Figure:
    """Return the pilot that MSER-5 looked at, with its cut.

    Parameters
    ----------
    found : WarmUp
    title : str
        Name of the scenario.
    """
    series = found.series
    figure, axes = panels((1, 1), height=5.0)
    high_ms = int(series.edges_ms[-1])
    middle_s = (series.edges_ms[:-1] + series.edges_ms[1:]) / 2000
    rows = (
        ("tasks waiting [mean per slot]", series.waiting),
        ("tasks in work [mean per slot]", series.busy),
    )
    for place, (own, (label, values)) in enumerate(zip(axes, rows, strict=True)):
        own.plot(
            middle_s,
            values,
            color=LINE_COLORS[place],
            linestyle=LINE_STYLES[0],
            linewidth=1.0,
            label="mean of the replications",
        )
        own.set_ylabel(label)
        own.set_ylim(0, max(float(np.max(values)) * 1.1, 1.0))
        if found.cut_ms is not None:
            cut_s = found.cut_ms / 1000
            own.axvspan(0, cut_s, facecolor="0.9", edgecolor="0.6", hatch="///", linewidth=0)
            cut = duration_text(found.cut_ms)
            own.axvline(cut_s, color=BLACK, linestyle="--", label=f"cut at {cut}")
            rest = float(values[middle_s > cut_s].mean())
            own.plot(
                [cut_s, high_ms / 1000],
                [rest, rest],
                color=BLACK,
                linestyle=":",
                label=f"mean after it: {rest:.3g}",
            )
        legend(own)
    time_axis(axes[-1], WHOLE, 0, high_ms)
    verdict = (
        "MSER-5: no cut, the run does not settle"
        if found.cut_ms is None
        else f"MSER-5 cuts the first {duration_text(found.cut_ms)}"
    )
    headline(figure, f"Warm-up: {plain(title)}", [verdict, f"replications: {series.replications}"])
    return figure
