"""What tasks waited for, in each queue and over all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike

from trsim.analysis.attribution import WAIT_PARTS, attribute_waits
from trsim.analysis.results import Result
from trsim.analysis.sample import Observation
from trsim.errors import UsageError
from trsim.plots.canvas import filled, headline, in_style, inscribe, legend, panels, plain
from trsim.plots.palette import PART_LOOKS
from trsim.plots.view import WHOLE, View

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_GROUPS: Final = 25


def wait_attribution(result: Result, view: View = WHOLE) -> Figure:
    """Return what tasks waited for, over all and in each queue.

    Parameters
    ----------
    result : Result
    view : View
        With the model that was run; tasks created in its window are counted, from the warm-up on.

    Raises
    ------
    UsageError
        The view has no model, or nothing of the run lies in its window.

    Notes
    -----
    The parts are defined in :data:`trsim.analysis.attribution.WAIT_PARTS`.
    """
    if view.model is None:
        raise UsageError("what tasks waited for can be told only with the model that was run")
    shares = attribute_waits(result.log, view.model, result.horizon_ms)
    tasks = Observation(result.log, result.horizon_ms).tasks
    low, high = view.window(result)
    low = max(low, result.criteria.warm_up_ms)
    shares = shares.where((tasks.created_ms >= low) & (tasks.created_ms < high))
    names = (*result.names.queues, "routed to a worker")  # the latter at -1
    queues = shares.by_queue()
    totals = [shares.total(), *queues.values()]
    parts = {
        part.label: [getattr(total, f"{key}_ms") for total in totals]
        for key, part in WAIT_PARTS.items()
    }
    return attribution_bars(
        ["all", *(names[number] for number in queues)],
        parts,
        [total.tasks for total in totals],
        result.provenance.name,
    )


@in_style
def attribution_bars(
    groups: Sequence[str], parts_ms: Mapping[str, ArrayLike], tasks: ArrayLike, title: str = ""
) -> Figure:
    """Return stacked bars of what the waiting time of each group was spent on.

    Parameters
    ----------
    groups : sequence of str
        Names, for example ``all`` and then the queues.
    parts_ms : mapping of str to array, shape (n_groups,)
        For each cause the waiting time in all, >= 0 [ms], in the order of stacking.
    tasks : array, shape (n_groups,)
        Tasks of each group; a bar is as long as their mean wait.
    title : str
        What the figure is about, besides.

    Raises
    ------
    UsageError
        An array has not one value for each group.
    """
    counts = np.asarray(tasks, dtype=np.int64)
    causes = {name: np.asarray(values, dtype=np.float64) for name, values in parts_ms.items()}
    _check_shapes(len(groups), {**causes, "tasks": counts})
    shown = slice(0, MOST_GROUPS)
    names, counts = groups[shown], counts[shown]
    figure, (axes,) = panels((1,), height=max(2.6, 1.6 + 0.36 * len(names)))
    _draw_bars(axes, {name: values[shown] for name, values in causes.items()}, counts)
    labels = [f"{plain(name, 24)} ({count:,})" for name, count in zip(names, counts, strict=True)]
    axes.set_yticks(range(len(names)), labels)
    axes.set_ylim(max(len(names), 1) - 0.5, -0.5)
    axes.set_xlabel("mean wait [s per task]")
    axes.set_ylabel("queue (tasks)")
    axes.grid(axis="y", visible=False)
    legend(axes)
    notes = ["percentages: share of the group's waiting time"]
    if len(groups) > MOST_GROUPS:
        notes.append(f"the first {MOST_GROUPS} of {len(groups):,} groups")
    headline(figure, f"What tasks waited for{': ' if title else ''}{plain(title, 60)}", notes)
    return figure


def _check_shapes(n_groups: int, arrays: Mapping[str, np.ndarray]) -> None:
    for name, values in arrays.items():
        if values.shape != (n_groups,):
            raise UsageError(
                f"{name} must have one value for each of {n_groups} groups, not the shape "
                f"{values.shape}"
            )


def _draw_bars(axes: Axes, causes: Mapping[str, np.ndarray], tasks: np.ndarray) -> None:
    """Stack the causes as seconds per task, with their shares written where there is room."""
    scale = 1000 * np.maximum(tasks, 1)
    total = sum(causes.values(), np.zeros(tasks.size)) / scale
    longest = float(total.max(initial=0))
    left = np.zeros(tasks.size)
    for number, (name, values) in enumerate(causes.items()):
        if not values.any():
            continue
        look, seconds = PART_LOOKS[number % len(PART_LOOKS)], values / scale
        bars = axes.barh(
            range(tasks.size), seconds, left=left, height=0.7, label=plain(name, 40), **filled(look)
        )
        texts = [
            f"{100 * part / whole:.0f} %" if part > 0.06 * longest else ""
            for part, whole in zip(seconds, total, strict=True)
        ]
        inscribe(axes, bars, texts, look)
        left = left + seconds
    axes.set_xlim(0, max(longest * 1.03, 0.001))
