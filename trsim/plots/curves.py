"""Key figures over one parameter of a sweep, a line for each value of a second one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from trsim.analysis.kpi_table import KpiValue
from trsim.analysis.kpis import definition
from trsim.analysis.swept import MAIN_KPIS, Axis, Sweep, text_of
from trsim.errors import UsageError
from trsim.plots.canvas import headline, in_style, legend, panels, plain
from trsim.plots.palette import GRAY, LINE_COLORS, LINE_MARKERS, LINE_STYLES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_PANELS: Final = 8
MOST_LINES: Final = len(LINE_STYLES)
_UNITS: Final = {"share": "%"}

Line = list[tuple[float, KpiValue]]
"""Points of a line in the order of the parameter, those without a figure left out."""


def kpi_lines(sweep: Sweep, kpi: str, *, confidence: float = 0.95) -> dict[str, Line]:
    """Return the lines of a figure over the first parameter, by the value of the second.

    Parameters
    ----------
    sweep : Sweep
        A grid of one or two parameters.
    kpi : str
    confidence : float
        Of the intervals, 0 < confidence < 1.

    Raises
    ------
    UsageError
        There are more parameters, or more values of the second than lines can be told apart;
        or there is no such KPI.
    """
    if len(sweep.axes) > 2:
        raise UsageError(
            f"curves show one or two parameters, not {len(sweep.axes)}; vary fewer, or see "
            "'trsim sensitivity'"
        )
    lines: dict[str, Line] = {}
    for point in sweep.points:
        name = text_of(point.values[1]) if len(sweep.axes) == 2 else ""
        found = sweep.figure(point, kpi, confidence=confidence)
        at = sweep.axes[0].today_number if point.numbers[0] is None else point.numbers[0]
        line = lines.setdefault(name, [])
        if found is not None and found.estimate is not None and at is not None:
            line.append((at, found))
    if len(lines) > MOST_LINES:
        raise UsageError(
            f"{len(lines)} values of {sweep.axes[1].label} are too many to tell their lines "
            f"apart (at most {MOST_LINES}); draw a heat map"
        )
    return {name: sorted(line, key=lambda each: each[0]) for name, line in lines.items()}


@in_style
def kpi_curves(
    sweep: Sweep, kpis: Sequence[str] | None = None, *, confidence: float = 0.95
) -> Figure:
    """Draw key figures over a parameter with confidence bands, one panel a figure.

    Parameters
    ----------
    sweep : Sweep
        A grid of one or two parameters.
    kpis : sequence of str, optional
        At most :data:`MOST_PANELS`; left out: the main ones.
    confidence : float
        Of the bands, 0 < confidence < 1.

    Raises
    ------
    UsageError
        As for :func:`kpi_lines`, or there are too many figures or none.
    """
    names = MAIN_KPIS if kpis is None else tuple(kpis)
    if not 1 <= len(names) <= MOST_PANELS:
        raise UsageError(f"one picture shows 1 to {MOST_PANELS} figures, not {len(names)}")
    found = {name: kpi_lines(sweep, name, confidence=confidence) for name in names}
    found = {name: lines for name, lines in found.items() if any(lines.values())}
    if not found:
        raise UsageError(f"no point of {sweep.name!r} has a figure {names[0]}")
    figure, axes = panels([1.0] * len(found), height=1.2 + 1.6 * len(found))
    for panel, (name, lines) in zip(axes, found.items(), strict=True):
        _panel(panel, sweep, name, lines)
    _ticks(axes[-1], sweep.axes[0], sorted({at for line in lines.values() for at, _ in line}))
    axes[-1].set_xlabel(plain(sweep.axes[0].title, 90))
    if len(sweep.axes) == 2:
        legend(axes[0])
        named = axes[0].get_legend()
        if named is not None:
            named.set_title(plain(sweep.axes[1].label.rpartition(".")[2], 24))
    notes = [
        f"{_replications(sweep)}, the same customers at all of them",
        f"bands: {100 * confidence:.4g} % confidence at each point",
    ]
    if sweep.axes[0].today_number is not None and sweep.axes[0].is_numeric:
        notes.append(f"gray line: the scenario now, {text_of(sweep.axes[0].today)}")
    headline(figure, plain(sweep.name, 80), notes)
    return figure


def _panel(panel: Axes, sweep: Sweep, name: str, lines: dict[str, Line]) -> None:
    unit = definition(name).unit
    factor = 100 if unit == "share" else 1
    for index, (label, line) in enumerate(lines.items()):
        xs = [at for at, _ in line]
        color = LINE_COLORS[index]
        banded = [(at, f.low, f.high) for at, f in line if f.low is not None and f.high is not None]
        panel.fill_between(
            [at for at, _, _ in banded],
            [factor * low for _, low, _ in banded],
            [factor * high for _, _, high in banded],
            color=color,
            alpha=0.15,
            linewidth=0,
        )
        panel.plot(
            xs,
            [factor * (f.estimate or 0.0) for _, f in line],
            color=color,
            linestyle=LINE_STYLES[index],
            marker=LINE_MARKERS[index] or ".",
            markersize=4,
            label=plain(label) or "_",
        )
    if sweep.axes[0].today_number is not None and sweep.axes[0].is_numeric:
        panel.axvline(sweep.axes[0].today_number, color=GRAY, linewidth=1.0, linestyle="dashed")
    panel.set_ylabel(f"{name}\n[{_UNITS.get(unit, unit)}]")


def _ticks(panel: Axes, axis: Axis, numbers: Sequence[float]) -> None:
    """Write choices instead of their numbers."""
    if not axis.is_numeric:
        panel.set_xticks(list(numbers), [plain(text) for text in axis.choices])


def _replications(sweep: Sweep) -> str:
    counts = sorted({len(point.replications) for point in sweep.points})
    return f"{' to '.join(map(str, dict.fromkeys((counts[0], counts[-1]))))} replications a point"
