"""What each worker did, one lane a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from trsim.analysis.results import Result
from trsim.analysis.sample import Observation
from trsim.analysis.spans import Flags, Ints, Spans
from trsim.plots.canvas import filled, headline, in_style, panels, plain, time_axis
from trsim.plots.palette import WHITE, WORKER_LOOKS, Look
from trsim.plots.series import covered_ms
from trsim.plots.states import StateSpans, WorkerState, worker_states
from trsim.plots.view import WHOLE, View
from trsim.scenario.values import duration_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_WORKERS: Final = 40
"""Of more workers, as many are shown, evenly spread over their numbers."""
MOST_PIECES: Final = 1_500
"""With more changes of state, lanes are cut into columns."""
COLUMNS: Final = 1_000
_SUBLANES: Final = 20
"""Dots that make the height of a lane."""
_NONE: Final = -1


@in_style
def worker_gantt(result: Result, view: View = WHOLE) -> Figure:
    """Return what each worker did when: a lane a worker, the states by color, hatch and height.

    Parameters
    ----------
    result : Result
    view : View
        Window and clock; ``off_activities`` tells time off duty from time away.

    Raises
    ------
    UsageError
        The window is empty.

    Notes
    -----
    Of many workers some are shown, and of many changes only the state that takes most of each of
    1,000 columns; the figure says so.
    """
    seen = Observation(result.log, result.horizon_ms)
    low, high = view.window(result)
    chosen = chosen_workers(len(result.names.workers))
    spans = worker_states(seen, view.off_activities)
    spans = spans.where(
        np.isin(spans.worker, chosen) & (spans.start_ms < high) & (spans.end_ms > low)
    )
    figure, (axes,) = panels((1,), height=1.7 + 0.2 * max(chosen.size, 4))
    notes = []
    if chosen.size < len(result.names.workers):
        notes.append(f"{chosen.size} of {len(result.names.workers):,} workers, evenly chosen")
    if spans.worker.size <= MOST_PIECES:
        _draw_spans(axes, spans, chosen)
    else:
        edges = np.linspace(low, high, min(COLUMNS, high - low) + 1).astype(np.int64)
        _draw_columns(axes, main_states(spans, chosen, edges), edges)
        width = duration_text(max(round((high - low) / (edges.size - 1)), 1))
        notes.append(f"each column of about {width} shows the state that takes most of it")
    axes.set_yticks(
        range(chosen.size), [plain(result.names.workers[w], 20) for w in chosen.tolist()]
    )
    axes.set_ylim(max(chosen.size, 1) - 0.5, -0.5)
    axes.tick_params(axis="y", labelsize=7.5)
    axes.set_ylabel("worker")
    axes.grid(axis="y", visible=False)
    time_axis(axes, view, low, high)
    _legend(axes, spans, hatched=spans.worker.size <= MOST_PIECES)
    headline(figure, f"What workers did: {plain(result.provenance.name, 60)}", notes)
    return figure


def chosen_workers(n_workers: int) -> Ints:
    """Return the numbers of the workers that are shown, ascending."""
    if n_workers <= MOST_WORKERS:
        return np.arange(n_workers, dtype=np.int64)
    return np.linspace(0, n_workers - 1, MOST_WORKERS).astype(np.int64)


def main_states(spans: StateSpans, workers: Ints, edges: Ints) -> Ints:
    """Return the state that takes most of each column.

    Parameters
    ----------
    spans : StateSpans
    workers : ndarray, shape (n_workers,)
    edges : ndarray, shape (n_columns + 1,)
        Ends of the columns, ascending [ms].

    Returns
    -------
    ndarray, shape (n_workers, n_columns)
        :class:`~trsim.plots.states.WorkerState`; of equal ones the first; -1 where there is none.
    """
    result = np.full((workers.size, edges.size - 1), _NONE, dtype=np.int64)
    for lane, worker in enumerate(workers.tolist()):
        own = spans.where(spans.worker == worker)
        times = np.stack([covered_ms(own.of(state), edges) for state in WorkerState])
        result[lane] = np.where(times.any(axis=0), times.argmax(axis=0), _NONE)
    return result


def _draw_spans(axes: Axes, spans: StateSpans, chosen: Ints) -> None:
    from matplotlib.collections import PolyCollection

    lane = np.searchsorted(chosen, spans.worker)
    for state in WorkerState:
        look = WORKER_LOOKS.get(state.label)
        kept: Flags = spans.state == state
        if look is None or not kept.any():
            continue
        part = Spans(lane[kept], spans.start_ms[kept], spans.end_ms[kept])
        corners = _rectangles(part, look.height)
        axes.add_collection(PolyCollection(list(corners), **filled(look)))


def _rectangles(spans: Spans, height: float) -> NDArray[np.float64]:
    """Return the corners of bars that stand on the bottom of their lanes, shape (n, 4, 2)."""
    left, right = spans.start_ms / 1000, spans.end_ms / 1000
    bottom = spans.owner + 0.45
    top = bottom - 0.9 * height
    x = np.stack((left, left, right, right), axis=1)
    y = np.stack((bottom, top, top, bottom), axis=1)
    return np.stack((x, y), axis=2)


def _draw_columns(axes: Axes, states: Ints, edges: Ints) -> None:
    from matplotlib.colors import to_rgb

    colors, heights = np.ones((len(WorkerState) + 1, 3)), np.zeros(len(WorkerState) + 1)
    for state in WorkerState:
        look = WORKER_LOOKS.get(state.label)
        if look is not None:
            colors[state], heights[state] = to_rgb(_unhatched(look).color), look.height
    level = (np.arange(_SUBLANES)[::-1] + 0.5) / (_SUBLANES * 0.9)
    drawn = level[None, :, None] < heights[states][:, None, :]
    image = np.where(drawn[..., None], colors[states][:, None, :, :], 1.0)
    axes.imshow(
        image.reshape(-1, states.shape[1], 3),
        extent=(edges[0] / 1000, edges[-1] / 1000, states.shape[0] - 0.5, -0.5),
        aspect="auto",
        interpolation="nearest",
        zorder=0.5,
    )


def _unhatched(look: Look) -> Look:
    """Return a look for dots: without its hatch white would be nothing."""
    return look._replace(hatch="", color="#B8B8B8" if look.color == WHITE else look.color)


def _legend(axes: Axes, spans: StateSpans, *, hatched: bool) -> None:
    from matplotlib.patches import Patch

    seen = [state.label for state in WorkerState if bool((spans.state == state).any())]
    patches = [
        Patch(label=name, **filled(look if hatched else _unhatched(look)))
        for name, look in WORKER_LOOKS.items()
        if name in seen
    ]
    if WorkerState.OFF.label in seen:
        patches.append(Patch(label="off (empty)", facecolor="none", edgecolor="none"))
    if patches:
        axes.legend(handles=patches, loc="upper left", bbox_to_anchor=(1.0, 1.02))
