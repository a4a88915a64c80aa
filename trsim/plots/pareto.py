"""Two KPIs of all tried points: which of them no other point beats in both."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from trsim.analysis.tuning import Pick, Tuning
from trsim.errors import UsageError
from trsim.plots.canvas import headline, in_style, legend, panels, plain
from trsim.plots.palette import BLACK, BLUE, GRAY, VERMILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_LABELS = 14


class ParetoNumbers(NamedTuple):
    """What is drawn, one entry for each tried point; shares in per cent."""

    first: tuple[float, ...]
    second: tuple[float, ...]
    unbeaten: tuple[int, ...]
    """Points on the front, from the best of the first KPI on."""


def pareto_numbers(tuning: Tuning) -> ParetoNumbers:
    """Return what is drawn.

    Raises
    ------
    UsageError
        The tuning has no two KPIs to compare.
    """
    if tuning.pareto is None:
        raise UsageError("there are no two figures of which a Pareto set could be drawn")
    first, second = (_scaled(each) for each in (tuning.pareto.first, tuning.pareto.second))
    return ParetoNumbers(first, second, tuning.pareto.points)


def _scaled(pick: Pick) -> tuple[float, ...]:
    scale = 100 if pick.unit == "share" else 1
    return tuple(scale * each for each in pick.estimates)


@in_style
def draw_pareto(tuning: Tuning) -> Figure:
    """Return the drawing.

    Raises
    ------
    UsageError
        As :func:`pareto_numbers`.
    """
    numbers = pareto_numbers(tuning)
    assert tuning.pareto is not None
    first, second = tuning.pareto.first, tuning.pareto.second
    figure, (axes,) = panels([1], height=4.6)
    beaten = [index for index in range(len(numbers.first)) if index not in numbers.unbeaten]
    _dots(axes, numbers, beaten, ("o", GRAY, 4), "beaten in both")
    front = list(numbers.unbeaten)
    axes.plot(
        [numbers.first[i] for i in front], [numbers.second[i] for i in front], color=BLUE,
        lw=1, linestyle="dashed", zorder=1,
    )  # fmt: skip
    _dots(axes, numbers, front, ("o", BLUE, 6), "not beaten")
    _dots(axes, numbers, [tuning.today], ("s", VERMILLION, 8), "today")
    if tuning.recommended is not None:
        _dots(axes, numbers, [tuning.recommended], ("*", BLACK, 13), "recommended")
    outside = _window(axes, tuning, numbers)
    _names(axes, tuning, numbers)
    axes.set_xlabel(_title(first))
    axes.set_ylabel(_title(second))
    legend(axes)
    note = (
        f"estimates from {first.replications} replications that all points have; neighbors on the "
        "front may have changed places by chance"
    )
    notes = [note, *([f"{outside} beaten points lie outside of the drawing"] if outside else [])]
    headline(figure, plain(f"{first.kpi} against {second.kpi}", 90), notes)
    return figure


def _dots(
    axes: Axes,
    numbers: ParetoNumbers,
    chosen: list[int],
    look: tuple[str, str, float],
    label: str,
) -> None:
    marker, color, size = look
    if chosen:
        axes.plot(
            [numbers.first[i] for i in chosen], [numbers.second[i] for i in chosen],
            linestyle="none", marker=marker, color=color, markersize=size, label=label, zorder=3,
        )  # fmt: skip


def _window(axes: Axes, tuning: Tuning, numbers: ParetoNumbers) -> int:
    """Show what there is to choose from, and return how many beaten points that leaves out.

    One very bad point would press all others into a corner.
    """
    chosen = _choosable(tuning, numbers)
    ends = []
    for column in numbers[:2]:
        low, high = min(column[i] for i in chosen), max(column[i] for i in chosen)
        margin = 0.15 * (high - low) or abs(high) * 0.05 or 1.0
        ends.append((low - margin, high + margin))
    axes.set_xlim(*ends[0])
    axes.set_ylim(*ends[1])
    return sum(
        not all(
            low <= column[i] <= high for column, (low, high) in zip(numbers, ends, strict=False)
        )
        for i in range(len(numbers.first))
    )


def _choosable(tuning: Tuning, numbers: ParetoNumbers) -> list[int]:
    best = [] if tuning.recommended is None else [tuning.recommended]
    return list(dict.fromkeys([*best, tuning.today, *reversed(numbers.unbeaten)]))


def _names(axes: Axes, tuning: Tuning, numbers: ParetoNumbers) -> None:
    """Write values beside points, as far as there is room for them."""
    wanted = _choosable(tuning, numbers)
    spans = [high - low for low, high in (axes.get_xlim(), axes.get_ylim())]
    placed: list[tuple[float, float]] = []
    for index in wanted:
        at = (numbers.first[index] / spans[0], numbers.second[index] / spans[1])
        near = any(abs(at[0] - x) < 0.06 and abs(at[1] - y) < 0.045 for x, y in placed)
        if near or len(placed) == MOST_LABELS:
            continue
        placed.append(at)
        axes.annotate(
            plain(tuning.label(index), 24), (numbers.first[index], numbers.second[index]),
            textcoords="offset points", xytext=(7, 5), fontsize=7.5,
        )  # fmt: skip


def _title(pick: Pick) -> str:
    unit = "%" if pick.unit == "share" else pick.unit
    better = "greater is better" if pick.maximize else "smaller is better"
    return f"{plain(pick.kpi)}{f' [{unit}]' if unit else ''}, {better}"
