"""A key figure over two parameters, every value printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trsim.analysis.kpi_table import KpiValue
from trsim.analysis.kpis import definition
from trsim.analysis.swept import Sweep, text_of
from trsim.errors import UsageError
from trsim.plots.canvas import headline, in_style, plain
from trsim.plots.palette import BLACK, WHITE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_CELLS = 400
"""Most cells whose values can still be read."""


@in_style
def heat_map(sweep: Sweep, kpi: str, *, confidence: float = 0.95) -> Figure:
    """Draw a key figure over a grid of two parameters; darker is more, and values are printed.

    Parameters
    ----------
    sweep : Sweep
        A grid of two parameters.
    kpi : str
    confidence : float
        Of the half-widths, 0 < confidence < 1.

    Raises
    ------
    UsageError
        There are not two parameters, there is no such KPI, or there are too many cells.
    """
    import numpy as np
    from matplotlib.figure import Figure

    columns, rows, cells = cells_of(sweep, kpi, confidence)
    unit = definition(kpi).unit
    factor = 100 if unit == "share" else 1
    values = np.full((len(rows), len(columns)), np.nan)
    for (column, row), found in cells.items():
        values[row, column] = factor * (found.estimate or 0.0)
    figure = Figure(
        figsize=(max(5.0, 2.6 + 0.85 * len(columns)), max(3.2, 1.9 + 0.5 * len(rows))),
        layout="constrained",
    )
    axes = figure.subplots()
    image = axes.imshow(values, cmap="Greys", aspect="auto", origin="lower")
    low, high = np.nanmin(values), np.nanmax(values)
    for (column, row), found in cells.items():
        value = values[row, column]
        dark = high > low and (value - low) / (high - low) > 0.55
        width = "" if found.half_width is None else f"\n±{factor * found.half_width:.3g}"
        axes.text(column, row, f"{value:.3g}{width}", ha="center", va="center", fontsize=7.5,
                  color=WHITE if dark else BLACK)  # fmt: skip
    axes.set_xticks(range(len(columns)), [plain(text, 12) for text in columns])
    axes.set_yticks(range(len(rows)), [plain(text, 16) for text in rows])
    axes.grid(visible=False)
    axes.set_xlabel(plain(sweep.axes[0].label, 70))
    axes.set_ylabel(plain(sweep.axes[1].label, 48))
    figure.colorbar(image, ax=axes, label=f"{kpi} [{'%' if unit == 'share' else unit}]")
    count = max(len(point.replications) for point in sweep.points)
    notes = [f"{count} replications a point", f"±: {100 * confidence:.4g} % confidence"]
    headline(figure, plain(f"{sweep.name}: {kpi}", 60), notes)
    return figure


def cells_of(
    sweep: Sweep, kpi: str, confidence: float
) -> tuple[list[str], list[str], dict[tuple[int, int], KpiValue]]:
    """Return the values of both parameters in their order, and the figure of each cell.

    Raises
    ------
    UsageError
        As for :func:`heat_map`.
    """
    if len(sweep.axes) != 2:
        raise UsageError(f"a heat map shows two parameters, not {len(sweep.axes)}")
    sides = []
    for index in range(2):
        seen = {(point.numbers[index], text_of(point.values[index])) for point in sweep.points}
        sides.append([text for _, text in sorted(seen, key=_order)])
    if len(sides[0]) * len(sides[1]) > MOST_CELLS:
        raise UsageError(
            f"{len(sides[0])} × {len(sides[1])} cells are too many to be read (at most "
            f"{MOST_CELLS}); use a grid with fewer values"
        )
    cells = {}
    for point in sweep.points:
        found = sweep.figure(point, kpi, confidence=confidence)
        if found is not None and found.estimate is not None:
            column, row = (sides[i].index(text_of(point.values[i])) for i in range(2))
            cells[column, row] = found
    if not cells:
        raise UsageError(f"no point of {sweep.name!r} has a figure {kpi}")
    return sides[0], sides[1], cells


def _order(side: tuple[float | None, str]) -> tuple[bool, float]:
    return side[0] is not None, side[0] or 0.0
