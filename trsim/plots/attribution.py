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
from trsim.plots.canvas import filled, headline, in_style, legend, panels, plain
from trsim.plots.palette import BLACK, BLUE, PART_LOOKS
from trsim.plots.view import WHOLE, View

if TYPE_CHECKING:
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
    totals = {"all": shares.total()}
    totals |= {names[number]: total for number, total in shares.by_queue().items()}
    parts = {
        text.partition(":")[0]: [getattr(total, f"{part}_ms") for total in totals.values()]
        for part, text in WAIT_PARTS.items()
    }
    return attribution_bars(
        list(totals), parts, [total.tasks for total in totals.values()], result.provenance.name
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
    causes = {name: np.asarray(values, dtype=np.float64) for name, values in parts_ms.items()}
    counts = np.asarray(tasks, dtype=np.int64)
    for name, values in (*causes.items(), ("tasks", counts)):
        if values.shape != (len(groups),):
            raise UsageError(
                f"{name} must have one value for each of {len(groups)} groups, not the shape "
                f"{values.shape}"
            )
    shown = slice(0, MOST_GROUPS)
    places = range(len(groups[shown]))
    total = sum(causes.values(), np.zeros(len(groups)))
    figure, (axes,) = panels((1,), height=max(2.6, 1.6 + 0.36 * len(places)))
    left = np.zeros(len(places))
    for number, (name, values) in enumerate(causes.items()):
        if not values.any():
            continue
        look = PART_LOOKS[number % len(PART_LOOKS)]
        seconds = (values / np.maximum(counts, 1))[shown] / 1000
        bars = axes.barh(
            places, seconds, left=left, height=0.7, label=plain(name, 40), **filled(look)
        )
        shares = np.divide(values, total, out=np.zeros(len(groups)), where=total > 0)[shown]
        wide = seconds > 0.06 * float((total / np.maximum(counts, 1)).max() / 1000)
        axes.bar_label(
            bars,
            [
                f"{100 * share:.0f} %" if room else ""
                for share, room in zip(shares, wide, strict=True)
            ],
            label_type="center",
            fontsize=7.5,
            color="white" if look.color in (BLUE, BLACK) else BLACK,
            bbox=None
            if look.color in (BLUE, BLACK)
            else {"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )
        left = left + seconds
    labels = [
        f"{plain(name, 24)} ({count:,})"
        for name, count in zip(groups[shown], counts[shown], strict=True)
    ]
    axes.set_yticks(places, labels)
    axes.set_ylim(max(len(places), 1) - 0.5, -0.5)
    axes.set_xlim(0, max(float(left.max(initial=0)) * 1.03, 0.001))
    axes.set_xlabel("mean wait [s per task]")
    axes.set_ylabel("queue (tasks)")
    axes.grid(axis="y", visible=False)
    legend(axes)
    notes = ["percentages: share of the group's waiting time"]
    if len(groups) > MOST_GROUPS:
        notes.append(f"the first {MOST_GROUPS} of {len(groups):,} groups")
    headline(figure, f"What tasks waited for{': ' if title else ''}{plain(title, 60)}", notes)
    return figure
