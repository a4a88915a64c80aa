"""The life line of one task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trsim.analysis.results import Result
from trsim.plots.canvas import filled, headline, in_style, panels, plain, time_axis
from trsim.plots.lives import Bar, Life, Mark, read_life
from trsim.plots.palette import ANSWER_MARKERS, BLACK, LIFE_LOOKS, VERMILLION, WHITE
from trsim.plots.view import WHOLE, View
from trsim.scenario.values import duration_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_LANES: Final = 30
MOST_BARS: Final = 1_500


@in_style
def task_life(result: Result, view: View = WHOLE) -> Figure:
    """Return the life line of a task: where it waits, whom it rings at, talk, wrap-up, deadlines.

    Parameters
    ----------
    result : Result
    view : View
        The task, the first one if none is named, the clock, and the window if it has one; else
        the whole life is shown.

    Raises
    ------
    UsageError
        There is no such task.
    """
    life = read_life(result, view.task)
    if life is None:
        figure, (axes,) = panels((1,), height=2.4)
        time_axis(axes, view, 0, result.horizon_ms)
        axes.set_yticks([])
        headline(figure, "No task was created")
        return figure
    lanes = min(len(life.lanes), MOST_LANES)
    figure, (axes,) = panels((1,), height=1.7 + 0.36 * max(lanes, 3))
    low, high = _span(life, view)
    bars = [bar for bar in life.bars if bar.lane < lanes][:MOST_BARS]
    _draw_bars(axes, bars)
    deadlines = [mark for mark in life.deadlines if mark.lane < lanes and mark.at_ms <= high]
    _draw_deadlines(axes, deadlines[:MOST_BARS])
    _draw_answers(axes, [mark for mark in life.answers if mark.lane < lanes][:MOST_BARS])
    axes.axvline(life.created_ms / 1000, color=BLACK, linewidth=0.8)
    axes.axvline(life.end_ms / 1000, color=BLACK, linewidth=0.8)
    axes.set_yticks(range(lanes), [plain(label) for label in life.lanes[:lanes]])
    axes.set_ylim(max(lanes, 1) - 0.4, -0.6)
    axes.grid(axis="y", visible=False)
    time_axis(axes, view, low, high)
    _legend(axes, bars)
    headline(figure, f"Life of {plain(life.name, 60)}: {plain(life.end, 70)}", _notes(life, lanes))
    return figure


def _span(life: Life, view: View) -> tuple[int, int]:
    """Return what to show: the window, or the life with room for a deadline not lived to see."""
    length = max(life.end_ms - life.created_ms, 1)
    ahead = [mark.at_ms for mark in life.deadlines if mark.at_ms <= life.end_ms + length // 2]
    end = max([life.end_ms, *ahead])
    room = max((end - life.created_ms) // 40, 1)
    low, high = view.from_ms or life.created_ms - room, view.to_ms or end + room
    return low, max(low + 1, high)


def _notes(life: Life, lanes: int) -> list[str]:
    notes = [
        "lines at both ends: creation and " + ("horizon" if life.end.startswith("open") else "end")
    ]
    if life.until_ms >= 0:
        ttl = duration_text(life.until_ms - life.created_ms)
        notes.append(f"time to live: {ttl} from creation")
    if lanes < len(life.lanes):
        notes.append(
            f"the last {len(life.lanes) - lanes:,} of {len(life.lanes):,} lanes are left out"
        )
    if len(life.bars) > MOST_BARS:
        notes.append(f"only the first {MOST_BARS:,} of {len(life.bars):,} spans are shown")
    return notes


def _draw_bars(axes: Axes, bars: list[Bar]) -> None:
    for kind, look in LIFE_LOOKS.items():
        for lane in sorted({bar.lane for bar in bars if bar.kind == kind}):
            spans = [
                (bar.start_ms / 1000, (bar.end_ms - bar.start_ms) / 1000)
                for bar in bars
                if bar.kind == kind and bar.lane == lane
            ]
            axes.broken_barh(spans, (lane - look.height / 2, look.height), **filled(look))


def _draw_answers(axes: Axes, marks: list[Mark]) -> None:
    for kind, marker in ANSWER_MARKERS.items():
        own = [mark for mark in marks if mark.kind == kind]
        if own:
            axes.plot(
                [mark.at_ms / 1000 for mark in own],
                [mark.lane for mark in own],
                linestyle="none",
                marker=marker,
                markersize=6,
                markerfacecolor=WHITE,
                markeredgecolor=BLACK,
                label=kind,
            )


def _draw_deadlines(axes: Axes, marks: list[Mark]) -> None:
    at = [mark.at_ms / 1000 for mark in marks]
    lanes = [mark.lane for mark in marks]
    # A white rim keeps the line visible on every bar, in gray as well.
    for color, width, label in ((WHITE, 5.0, "_rim"), (VERMILLION, 2.2, "deadline")):
        if marks:
            axes.plot(
                at,
                lanes,
                linestyle="none",
                marker="|",
                markersize=19,
                markeredgewidth=width,
                color=color,
                label=label,
            )


def _legend(axes: Axes, bars: list[Bar]) -> None:
    from matplotlib.patches import Patch

    drawn = [bar.kind for bar in bars]
    patches = [
        Patch(label=kind, **filled(look)) for kind, look in LIFE_LOOKS.items() if kind in drawn
    ]
    handles, _ = axes.get_legend_handles_labels()
    if patches or handles:
        axes.legend(handles=[*patches, *handles], loc="upper left", bbox_to_anchor=(1.0, 1.02))
