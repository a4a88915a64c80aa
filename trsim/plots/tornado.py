"""What each parameter does alone to a figure, widest swing above."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trsim.analysis.sensitivity import Tornado, leading
from trsim.plots.canvas import headline, in_style, plain
from trsim.plots.palette import BLACK, BLUE, ORANGE, Look

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LOOKS = (Look(ORANGE, "////"), Look(BLUE))
"""Of the lowest and the highest value; choices take turns."""


@in_style
def tornado_plot(found: Tornado) -> Figure:
    """Draw differences from the scenario as it is, with their paired intervals.

    Parameters
    ----------
    found : Tornado
        Of at least one parameter.
    """
    from matplotlib.figure import Figure

    factor = 100 if found.unit == "share" else 1
    unit = "percentage points" if found.unit == "share" else found.unit
    figure = Figure(figsize=(8, 1.7 + 0.62 * len(found.swings)), layout="constrained")
    axes = figure.subplots()
    for place, swing in enumerate(found.swings):
        n = len(swing.values)
        for index, (value, difference) in enumerate(
            zip(swing.values, swing.differences, strict=True)
        ):
            if difference.estimate is None:
                continue
            look = _LOOKS[index % len(_LOOKS)]
            y = place - 0.35 + 0.7 * (index + 0.5) / n
            width = factor * difference.estimate
            axes.barh(y, width, height=0.7 / n, color=look.color, hatch=look.hatch,
                      edgecolor="#333333", linewidth=0.5)  # fmt: skip
            half = None if difference.half_width is None else factor * difference.half_width
            axes.errorbar(width, y, xerr=half, color=BLACK, capsize=2.5, linewidth=1.0)
            end = max(width + (half or 0.0), 0.0)
            axes.annotate(plain(value, 14), (end, y), xytext=(5, 0), textcoords="offset points",
                          va="center", fontsize=7.5)  # fmt: skip
    names = leading([swing.label for swing in found.swings])
    axes.set_yticks(range(len(names)), [plain(name, 36) for name in names])
    axes.invert_yaxis()
    axes.axvline(0.0, color=BLACK, linewidth=1.0)
    axes.margins(x=0.12)
    axes.grid(visible=False, axis="y")
    base = factor * (found.base.estimate or 0.0)
    shown = "%" if found.unit == "share" else found.unit
    axes.set_xlabel(f"{found.kpi} minus that of the scenario as it is, {base:.4g} {shown} [{unit}]")
    notes = [
        f"{found.replications} replications a point, the same customers in all",
        f"whiskers: paired {100 * found.confidence:.4g} % confidence intervals",
    ]
    headline(figure, plain(f"{found.name}: one parameter at a time", 80), notes)
    return figure
