"""Figures without global state: style, time axes, notes, files.

Figures are made directly, never through ``pyplot``, so nobody else's figures or settings are
touched and nothing stays in memory.
"""

from __future__ import annotations

import datetime as dt
import io
import textwrap
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, ParamSpec

from trsim.errors import OutputError, UsageError
from trsim.eventlog.durable import replace_file
from trsim.plots.palette import BLACK, BLUE, WHITE, Look
from trsim.plots.view import ROUND_MS, View, round_length
from trsim.scenario.values import DAY_MS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.container import BarContainer
    from matplotlib.figure import Figure

P = ParamSpec("P")
FORMATS: Final = ("png", "svg")
MOST_LABEL: Final = 32
"""Longest name in a figure [characters]."""
_STYLE: Final[Any] = {
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "font.size": 9,
    "grid.alpha": 0.35,
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "trsim",
}
_UNITS: Final = (("s", 1_000), ("min", 60_000), ("h", 3_600_000), ("d", DAY_MS))
_MOST_TICKS: Final = 10
_MOST_LONG_TICKS: Final = 5
"""With seconds, labels need more room."""
_NOTE_WIDTH: Final = 125


def in_style(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Return a function that draws in our style whatever the user's is, and leaves that alone."""

    @wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> Figure:
        import matplotlib

        with matplotlib.rc_context():
            matplotlib.rcdefaults()
            matplotlib.rcParams.update(_STYLE)
            return draw(*args, **kwargs)

    return styled


def panels(ratios: Sequence[float], height: float = 4.2) -> tuple[Figure, list[Axes]]:
    """Return a figure with panels below each other that share the horizontal axis.

    Parameters
    ----------
    ratios : sequence of float
        Heights of the panels, relative to each other.
    height : float
        Height of the figure [inch]; it is 8 inches wide.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, height), layout="constrained")
    grid = figure.subplots(len(ratios), 1, sharex=True, squeeze=False, height_ratios=list(ratios))
    return figure, list(grid[:, 0])


def headline(figure: Figure, title: str, notes: Sequence[str] = ()) -> None:
    """Write a title above and notes below, all of them whole sentences or phrases."""
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    if notes:
        text = textwrap.fill("; ".join(notes), _NOTE_WIDTH)
        figure.supxlabel(text, x=0.01, ha="left", fontsize=7.5)


def legend(axes: Axes) -> None:
    """Name what is drawn, beside the panel."""
    handles, _ = axes.get_legend_handles_labels()
    if handles:
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.02), handlelength=1.8)


def filled(look: Look) -> dict[str, Any]:
    """Return the properties of a filled shape."""
    return {
        "facecolor": look.color,
        "hatch": look.hatch or None,
        "edgecolor": "#333333",
        "linewidth": 0.5,
    }


def inscribe(axes: Axes, bars: BarContainer, texts: Sequence[str], look: Look) -> None:
    """Write a short text into the middle of each bar, so that it can be read on its color."""
    is_dark = look.color in (BLACK, BLUE)
    axes.bar_label(
        bars,
        list(texts),
        label_type="center",
        fontsize=7.5,
        color=WHITE if is_dark else BLACK,
        bbox=None if is_dark else {"facecolor": WHITE, "edgecolor": "none", "pad": 0.8},
    )


def plain(text: str, width: int = MOST_LABEL) -> str:
    r"""Return a name as a figure can show it: in one line, cut off, with nothing to be typeset.

    Examples
    --------
    >>> print(plain("from $5 to $9\n"))
    from \$5 to \$9\n
    """
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    cut = shown if len(shown) <= width else shown[: width - 1] + "…"
    return cut.replace("$", r"\$")


def whole_counts(axes: Axes) -> None:
    """Count from 0 on the vertical axis, with ticks at whole numbers."""
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter

    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.set_ylim(0, max(axes.dataLim.y1, 1) * 1.06)


def time_axis(axes: Axes, view: View, low_ms: int, high_ms: int) -> None:
    """Show instants on the horizontal axis, whose data are seconds since the start.

    With a start they are labeled by the clock, else in the unit that suits the window.
    """
    span = max(high_ms - low_ms, 1)
    axes.set_xlim(low_ms / 1000, (low_ms + span) / 1000)
    if view.start is None:
        unit, size = next(
            ((name, ms) for name, ms in reversed(_UNITS) if span >= 3 * ms), _UNITS[0]
        )
        step = _round_in(span, size)
        ticks = _multiples(low_ms, high_ms, step, 0)
        labels = [f"{at / size:.12g}" for at in ticks]
        axes.set_xlabel(f"time since the start [{unit}]")
    else:
        step = round_length(span, _MOST_TICKS)
        if step % 60_000:
            step = round_length(span, _MOST_LONG_TICKS)
        ticks = _multiples(low_ms, high_ms, step, view.phase_ms)
        labels = _clock_labels(view.start, ticks, step)
        first = view.start + dt.timedelta(milliseconds=low_ms)
        unit = "h:min" if step % 60_000 == 0 else "h:min:s"
        axes.set_xlabel(f"time of day from {first:%Y-%m-%d} [{unit}]")
    axes.set_xticks([at / 1000 for at in ticks], labels)


def duration_axis(axes: Axes, high_ms: int) -> None:
    """Show durations from 0 on the horizontal axis, whose data are seconds."""
    axes.set_xlim(0, max(high_ms, 1) / 1000)
    axes.set_xlabel("wait [s]")


def _round_in(span_ms: int, unit_ms: int) -> int:
    """Return a distance of ticks that is a round number of a unit, or of its tenths."""
    for factor in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100):
        if factor * unit_ms * _MOST_TICKS >= span_ms and factor * unit_ms >= 1:
            return round(factor * unit_ms)
    return next((step for step in ROUND_MS if step * _MOST_TICKS >= span_ms), span_ms)


def _multiples(low_ms: int, high_ms: int, step: int, phase: int) -> list[int]:
    first = -(-(low_ms + phase) // step) * step - phase
    return list(range(first, high_ms + 1, step))


def _clock_labels(start: dt.datetime, ticks: list[int], step: int) -> list[str]:
    """Return times of day, with the date below where a new day begins."""
    labels, shown = [], None
    for at in ticks:
        wall = start + dt.timedelta(milliseconds=at)
        if step % DAY_MS == 0:
            labels.append(f"{wall:%H:%M}\n{wall:%d %b}" if wall.hour else f"{wall:%d %b}")
            continue
        text = f"{wall:%H:%M}" if step % 60_000 == 0 else f"{wall:%H:%M:%S}"
        if step % 1_000:
            text += f".{wall.microsecond // 1000:03d}"
        if shown is not None and wall.date() != shown:
            text += f"\n{wall:%d %b}"
        shown = wall.date()
        labels.append(text)
    return labels


def save_figure(figure: Figure, path: str | PathLike[str]) -> Path:
    """Write a figure; equal figures give equal bytes with one version of matplotlib.

    Parameters
    ----------
    figure : Figure
    path : str or PathLike
        Ends in ``.png`` or ``.svg``; an existing file is replaced.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    UsageError
        It has another ending.
    OutputError
        It cannot be written; what was there before is untouched.
    """
    target = Path(path)
    kind = format_of(target)
    try:
        replace_file(target, _encoded(figure, kind))
    except OSError as problem:
        raise OutputError(f"cannot write {target}: {problem.strerror or problem}") from problem
    return target


def format_of(path: str | PathLike[str]) -> str:
    """Return the format that a file's name asks for.

    Raises
    ------
    UsageError
        It is none of :data:`FORMATS`.
    """
    kind = Path(path).suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        raise UsageError(
            f"a plot is written to a file that ends in .png or .svg, not {str(path)!r}"
        )
    return kind


def svg_bytes(figure: Figure) -> bytes:
    """Return a figure as SVG, for a page that is put together elsewhere."""
    return _encoded(figure, "svg")


def _encoded(figure: Figure, kind: str) -> bytes:
    import matplotlib

    drawn = io.BytesIO()
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        # Names may be written in scripts that the font has no letters for; boxes stand for them.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        with _settled(figure):
            figure.savefig(drawn, format=kind, dpi=150, metadata=metadata)
    return drawn.getvalue()


@contextmanager
def _settled(figure: Figure) -> Iterator[None]:
    """Keep panels where the layout has put them, rounded: its last digits differ each time."""
    engine = figure.get_layout_engine()
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        left, bottom, width, height = (round(part, 5) for part in axes.get_position().bounds)
        axes.set_position((left, bottom, width, height))
    try:
        yield
    finally:
        figure.set_layout_engine(engine)
