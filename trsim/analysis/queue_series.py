"""Queues interval by interval: what came in, what became of it, how long the queue was, who served.

Two ways of counting stand side by side.  Tasks are counted in the interval of their creation, in
the queue where their wait ended or where they wait still, with all that became of them later; so
the intervals of a run without warm-up add up to the figures by queue.  Arrivals, lengths and staff
are what was going on during the interval itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import durationpy
import numpy as np
from numpy.typing import NDArray

from trsim.analysis.queue_members import read_members
from trsim.analysis.sample import Criteria, Observation
from trsim.analysis.spans import (
    Flags,
    Ints,
    Spans,
    merged,
    most_between,
    together,
    totals_between,
)
from trsim.analysis.wait_kpis import service_flags, service_parts
from trsim.analysis.workers import held_spans, read_stays
from trsim.core.states import Reason
from trsim.errors import UsageError
from trsim.eventlog.names import decoded

if TYPE_CHECKING:
    import pandas as pd

DEFAULT_INTERVAL: Final = "15m"
"""The interval of most reports of contact centers."""
MOST_ROWS: Final = 1_000_000

QUEUE_COLUMNS: Mapping[str, str] = {
    "queue": "name",
    "start_s": "beginning of the interval [s since the start]",
    "end_s": "its end, at most the horizon [s since the start]",
    "arrivals": "how often a task entered the queue during the interval, at its creation or from "
    "another target",
    "offered": "tasks created during the interval whose wait ended in the queue, or who wait there "
    "still",
    "assigned": "of the offered: accepted, whenever that was",
    "abandoned": "of the offered: the customer hung up, whenever that was",
    "in_time": "numerator of the service level of the offered, by the definition that was chosen",
    "service_base": "its denominator: service level = in_time / service_base",
    "mean_wait_s": "mean of the offered tasks' waits that have ended; NaN: there is none [s]",
    "mean_length": "mean number of tasks that waited in the queue during the interval, ringing "
    "included",
    "max_length": "greatest number of tasks that waited in the queue at once during the interval",
    "staff_available": "mean number of the queue's workers in an available activity, with work in "
    "hand or without; NaN: the model is not known",
    "staff_busy": "mean number of the queue's workers with a task in hand, of this queue or of "
    "another, whatever their activity; NaN: the model is not known",
    "counted": "the interval begins after the warm-up",
}
"""Columns of the table of queues and intervals.

Tasks routed to a worker are in no queue.  Tasks created before the end of the warm-up are in the
table; ``counted`` tells."""


def interval_ms(interval: str | float) -> int:
    """Return the length of an interval [ms].

    Parameters
    ----------
    interval : str or float
        A duration such as ``"15m"`` or ``"1h30m"``, or seconds; whole milliseconds, > 0.

    Raises
    ------
    UsageError
        It is something else.

    Examples
    --------
    >>> interval_ms("15m"), interval_ms(0.5)
    (900000, 500)
    """
    try:
        if isinstance(interval, str):
            milliseconds = durationpy.from_str(interval).total_seconds() * 1000
        else:
            milliseconds = float(interval) * 1000
    except (durationpy.DurationError, OverflowError, TypeError, ValueError):
        milliseconds = 0.0
    if not 1 <= milliseconds < float("inf") or milliseconds != round(milliseconds):
        raise UsageError(
            f"an interval is a duration such as '15m', or seconds, in whole milliseconds and "
            f"longer than 0, not {interval!r}"
        )
    return round(milliseconds)


def queues_frame(seen: Observation, criteria: Criteria, interval: str | float) -> pd.DataFrame:
    """Return one row for each queue and interval, with the columns of :data:`QUEUE_COLUMNS`.

    Parameters
    ----------
    seen : Observation
        A run; without its model there is nothing about staff.
    criteria : Criteria
    interval : str or float
        Length of the intervals: a duration such as ``"15m"``, or seconds.  They begin with the
        run; the last one ends at the horizon and may be shorter.

    Raises
    ------
    UsageError
        ``interval`` is no such length, or leads to more than a million rows.
    """
    import pandas as pd

    length, n_queues = interval_ms(interval), len(seen.log.names.queues)
    if -(-seen.horizon_ms // length) * n_queues > MOST_ROWS:
        raise UsageError(
            f"intervals of {length / 1000:g} s make more than {MOST_ROWS:,} rows; take longer ones"
        )
    starts = np.arange(0, seen.horizon_ms, length, dtype=np.int64)
    edges = np.append(starts, np.int64(seen.horizon_ms))
    series = _Series(seen, criteria, edges)
    parts = [series.of_queue(queue) for queue in range(n_queues)]
    n_bins = edges.size - 1
    columns: dict[str, Any] = {
        "queue": decoded(np.repeat(np.arange(n_queues), n_bins), seen.log.names.queues),
        "start_s": np.tile(edges[:-1] / 1000, n_queues),
        "end_s": np.tile(edges[1:] / 1000, n_queues),
    }
    for name in QUEUE_COLUMNS:
        if name not in columns and name != "counted":
            columns[name] = np.concatenate([part[name] for part in parts])
    columns["counted"] = np.tile(edges[:-1] >= criteria.warm_up_ms, n_queues)
    assert tuple(columns) == tuple(QUEUE_COLUMNS), "every column is documented"
    return pd.DataFrame(columns)


class _Series:
    """The columns of one queue after the other.

    Parameters
    ----------
    seen : Observation
    criteria : Criteria
    edges_ms : ndarray, shape (n_intervals + 1,)
        Where intervals meet [ms].
    """

    def __init__(self, seen: Observation, criteria: Criteria, edges_ms: Ints) -> None:
        self._seen, self._edges_ms = seen, edges_ms
        flags = service_flags(seen.tasks, criteria)
        self._in_time, self._base = service_parts(criteria.service_level, flags)
        self._bin = self._bins(seen.tasks.created_ms)
        self._members = (
            None if seen.model is None else read_members(seen.log, seen.model, seen.horizon_ms)
        )
        stays = read_stays(seen.log, seen.horizon_ms)
        open_to_tasks = np.asarray(seen.log.names.available, dtype=np.bool_)
        self._available = stays.spans(open_to_tasks[stays.activity])
        self._busy = merged(held_spans(seen.reservations, seen.horizon_ms))

    def of_queue(self, queue: int) -> dict[str, NDArray[Any]]:
        """Return the columns that depend on the queue, each of shape (n_intervals,)."""
        tasks, edges = self._seen.tasks, self._edges_ms
        waiting = Spans(*(column[self._seen.queue_of_stay == queue] for column in self._seen.stays))
        here = tasks.queue == queue
        ended = here & ~tasks.waiting
        waits_ms = self._sum(ended, tasks.wait_ended_ms - tasks.created_ms)
        n_ended = self._sum(ended)
        mean_wait_s = np.full(n_ended.size, np.nan)
        np.divide(waits_ms / 1000, n_ended, out=mean_wait_s, where=n_ended > 0)
        length_ms = np.diff(edges)
        return {
            "arrivals": np.bincount(self._bins(waiting.start_ms), minlength=edges.size - 1),
            "offered": self._sum(here),
            "assigned": self._sum(here & (tasks.assigned_ms >= 0)),
            "abandoned": self._sum(here & (tasks.reason == Reason.HANGUP)),
            "in_time": self._sum(here, self._in_time),
            "service_base": self._sum(here, self._base),
            "mean_wait_s": mean_wait_s,
            "mean_length": totals_between(waiting, edges) / length_ms,
            "max_length": most_between(waiting, edges),
            "staff_available": self._staff(queue, self._available),
            "staff_busy": self._staff(queue, self._busy),
        }

    def _staff(self, queue: int, doing: Spans) -> NDArray[np.float64]:
        """Return the mean number of the queue's workers who do something."""
        length_ms = np.diff(self._edges_ms)
        if self._members is None:
            return np.full(length_ms.size, np.nan)
        spans = together(self._members[queue], doing)
        return np.asarray(totals_between(spans, self._edges_ms) / length_ms)

    def _bins(self, at_ms: Ints) -> Ints:
        """Return the interval of each instant."""
        return np.searchsorted(self._edges_ms, at_ms, side="right") - 1

    def _sum(self, chosen: Flags, amounts: Ints | None = None) -> Ints:
        """Return how many of the tasks were created in each interval, or a sum over them."""
        sums = np.zeros(self._edges_ms.size - 1, dtype=np.int64)
        np.add.at(sums, self._bin[chosen], 1 if amounts is None else amounts[chosen])
        return sums
