"""Waiting tasks and workers over time, beside what comes in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trsim.analysis.results import Result
from trsim.analysis.sample import Observation
from trsim.analysis.spans import Ints, Spans, clipped
from trsim.plots.canvas import filled, headline, in_style, legend, panels, plain, time_axis
from trsim.plots.canvas import whole_counts as count_axis
from trsim.plots.palette import BLACK, LIGHT, STAFF_LOOKS, VERMILLION, WHITE
from trsim.plots.series import counts_in, covered_ms, most_open
from trsim.plots.states import WorkerState, worker_states
from trsim.plots.view import WHOLE, View
from trsim.scenario.values import duration_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_STATES = {
    "busy": (WorkerState.TALKING, WorkerState.WRAPPING_UP),
    "reserved": (WorkerState.RINGING, WorkerState.SET_UP),
    "available": (WorkerState.AVAILABLE,),
    "away": (WorkerState.MISSED, WorkerState.AWAY),
}


class Staffing(NamedTuple):
    """Numbers over time; columns of shape (n_intervals,)."""

    edges_ms: Ints
    """Ends of the intervals, shape (n_intervals + 1,)."""
    created: Ints
    """Tasks created in the interval."""
    waiting: NDArray[np.float64]
    """Mean number of tasks waiting, ringing and set-up included."""
    most_waiting: Ints
    staff: dict[str, NDArray[np.float64]]
    """Mean number of workers busy, reserved, available and away; off duty they are in none."""
    handle_time_s: float | None
    """Mean time from assignment to the end, of tasks that came so far; None: none did [s]."""
    offered_load: NDArray[np.float64] | None
    """Mean number of tasks in hand if each were taken when it is created and took the mean handle
    time; None: that is not known."""


def staffing_numbers(result: Result, view: View = WHOLE) -> Staffing:
    """Return waiting tasks, workers and arrivals in each interval of the window."""
    seen = Observation(result.log, result.horizon_ms)
    edges = view.edges(result)
    length = np.diff(edges)
    states = worker_states(seen, view.off_activities)
    waiting = clipped(seen.stays, 0, result.horizon_ms)
    tasks = seen.tasks
    handled = (tasks.assigned_ms >= 0) & (tasks.ended_ms >= 0)
    handle_ms = (tasks.ended_ms - tasks.assigned_ms)[handled]
    mean_ms = round(float(handle_ms.mean())) if handle_ms.size else None
    load = None
    if mean_ms is not None:
        in_hand = Spans(tasks.task, tasks.created_ms, tasks.created_ms + mean_ms)
        load = covered_ms(in_hand, edges) / length
    return Staffing(
        edges_ms=edges,
        created=counts_in(tasks.created_ms, edges),
        waiting=covered_ms(waiting, edges) / length,
        most_waiting=most_open(waiting, edges),
        staff={
            name: covered_ms(states.of(*kinds), edges) / length for name, kinds in _STATES.items()
        },
        handle_time_s=None if mean_ms is None else mean_ms / 1000,
        offered_load=load,
    )


@in_style
def staffing(result: Result, view: View = WHOLE) -> Figure:
    """Return waiting tasks, workers by what they do, and arrivals over time.

    Parameters
    ----------
    result : Result
    view : View
        Window, interval and clock; ``off_activities`` keeps workers off duty out of the figure.

    Raises
    ------
    UsageError
        The window is empty or the interval too short.
    """
    numbers = staffing_numbers(result, view)
    figure, (waiting, workers, arrivals) = panels((1.0, 1.4, 0.7), height=6.2)
    _draw_waiting(waiting, numbers)
    _draw_workers(workers, numbers)
    edges = numbers.edges_ms / 1000
    arrivals.stairs(numbers.created, edges, fill=True, **_bar())
    interval = duration_text(view.interval(result))
    arrivals.set_ylabel(f"tasks created\n[per {interval}]")
    count_axis(arrivals)
    low, high = view.window(result)
    time_axis(arrivals, view, low, high)
    mark_warm_up((waiting, workers, arrivals), result, low, high)
    notes = [f"means over intervals of {interval}"]
    if numbers.handle_time_s is not None:
        notes.append(
            "offered load: tasks in hand if each were taken at once and took the mean handle "
            f"time of {numbers.handle_time_s:,.1f} s"
        )
    headline(figure, f"Queue and staff: {plain(result.provenance.name, 60)}", notes)
    return figure


def mark_warm_up(all_axes: tuple[Axes, ...], result: Result, low_ms: int, high_ms: int) -> None:
    """Shade the warm-up, whose tasks no key figure counts."""
    end = min(result.criteria.warm_up_ms, high_ms)
    if end <= low_ms:
        return
    for axes in all_axes:
        axes.axvspan(low_ms / 1000, end / 1000, facecolor="none", edgecolor="#BBBBBB", hatch="..")
    all_axes[0].text(
        end / 1000, 1.0, "warm-up ", transform=all_axes[0].get_xaxis_transform(), ha="right",
        va="bottom", fontsize=7.5,
    )  # fmt: skip


def _draw_waiting(axes: Axes, numbers: Staffing) -> None:
    edges = numbers.edges_ms / 1000
    axes.stairs(numbers.waiting, edges, fill=True, **_bar(), label="mean")
    axes.stairs(numbers.most_waiting, edges, color=BLACK, linestyle="dotted", label="maximum")
    axes.set_ylabel("tasks waiting")
    count_axis(axes)
    legend(axes)


def _draw_workers(axes: Axes, numbers: Staffing) -> None:
    from matplotlib.patheffects import withStroke

    edges = numbers.edges_ms / 1000
    below = np.zeros(edges.size - 1)
    for name, look in STAFF_LOOKS.items():
        top = below + numbers.staff[name]
        axes.stairs(top, edges, baseline=below, fill=True, label=name, **filled(look))
        below = top
    load = numbers.offered_load
    if load is not None:
        # A white rim keeps the line visible on dark areas, in gray as well.
        rim = [withStroke(linewidth=3.4, foreground=WHITE)]
        line = axes.stairs(load, edges, baseline=None, color=VERMILLION, label="offered load")
        line.set(linestyle="dashed", linewidth=1.6, path_effects=rim)
    axes.set_ylabel("workers")
    count_axis(axes)
    legend(axes)


def _bar() -> dict[str, Any]:
    return {"facecolor": LIGHT, "edgecolor": "#333333", "linewidth": 0.7}
