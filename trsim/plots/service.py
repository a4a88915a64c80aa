"""The service level over time."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from trsim.analysis.kpis import SERVICE_LEVELS, definition
from trsim.analysis.results import Result
from trsim.analysis.sample import Observation
from trsim.analysis.spans import Ints
from trsim.analysis.tables import TaskTable
from trsim.plots.canvas import filled, headline, in_style, legend, panels, plain, time_axis
from trsim.plots.canvas import whole_counts as count_axis
from trsim.plots.palette import BLACK, VERMILLION, Look
from trsim.plots.staffing import mark_warm_up
from trsim.plots.view import WHOLE, View
from trsim.scenario.values import duration_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NOBODY: Final = -2
"""A stream that no task belongs to."""


class ServiceLevels(NamedTuple):
    """Numerator and denominator of the service level; columns of shape (n_intervals,)."""

    edges_ms: Ints
    """Ends of the intervals, shape (n_intervals + 1,)."""
    in_time: Ints
    counted: Ints


def service_level_numbers(result: Result, view: View = WHOLE) -> ServiceLevels:
    """Return the service level of the tasks created in each interval, as the scenario defines it.

    Tasks created during the warm-up are included, so that one sees how it ends.
    """
    seen = Observation(result.log, result.horizon_ms)
    edges = view.edges(result)
    # The definition sits in one place, and needs a sample.  It looks at nothing but tasks.
    sample = seen.of_stream(_NOBODY, result.criteria)
    measure = definition("service_level").measure
    bounds = np.searchsorted(seen.tasks.created_ms, edges).tolist()
    shares = [
        measure(replace(sample, tasks=_rows(seen.tasks, first, last)))
        for first, last in pairwise(bounds)
    ]
    in_time, counted = np.asarray(shares, dtype=np.int64).reshape(-1, 2).T
    return ServiceLevels(edges, in_time, counted)


def _rows(tasks: TaskTable, first: int, last: int) -> TaskTable:
    """Return a stretch of tasks, without copying them."""
    return TaskTable(**{f.name: getattr(tasks, f.name)[first:last] for f in fields(tasks)})


@in_style
def service_level(result: Result, view: View = WHOLE) -> Figure:
    """Return the service level by interval of creation, with the counts behind it.

    Parameters
    ----------
    result : Result
        Its criteria say which definition is used, and the threshold.
    view : View
        Window, interval, clock, and the goal.

    Raises
    ------
    UsageError
        The window is empty or the interval too short.
    """
    numbers = service_level_numbers(result, view)
    figure, (level, counts) = panels((1.6, 1), height=4.8)
    edges = numbers.edges_ms / 1000
    known = numbers.counted > 0
    share = np.where(known, numbers.in_time / np.maximum(numbers.counted, 1), np.nan)
    middle = (edges[:-1] + edges[1:]) / 2
    level.plot(
        middle, share, color=BLACK, marker="o", markersize=3.5, linewidth=1.2, label="service level"
    )
    if view.goal is not None:
        level.axhline(
            view.goal, color=VERMILLION, linestyle="dashed", label=f"goal: {view.goal:.4g}"
        )
    level.set_ylim(0, 1.04)
    level.set_ylabel("service level [share]")
    legend(level)
    interval = duration_text(view.interval(result))
    late = numbers.counted - numbers.in_time
    counts.stairs(numbers.in_time, edges, fill=True, label="in time", **filled(Look("#0072B2")))
    counts.stairs(
        numbers.counted, edges, baseline=numbers.in_time, fill=True,
        label="not in time", **filled(Look("#E69F00", "////")),
    )  # fmt: skip
    counts.set_ylabel(f"tasks counted\n[per {interval}]")
    count_axis(counts)
    legend(counts)
    low, high = view.window(result)
    time_axis(counts, view, low, high)
    mark_warm_up((level, counts), result, low, high)
    name = result.criteria.service_level
    formula, text = SERVICE_LEVELS[name]
    notes = [
        f"definition: {name}, {formula}",
        f"threshold: {duration_text(result.criteria.threshold_ms)}",
        f"{text[0].lower()}{text[1:].rstrip('.')}",
        f"by creation, in intervals of {interval}",
        f"all of the window: {numbers.in_time.sum():,} of {numbers.in_time.sum() + late.sum():,}",
    ]
    headline(figure, f"Service level: {plain(result.provenance.name, 60)}", notes)
    return figure
