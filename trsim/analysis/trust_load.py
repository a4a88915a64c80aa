"""Doubts about load: queues that grow through a run, and more work than the staff can do."""

from __future__ import annotations

import math
from collections.abc import Iterable
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trsim.analysis.sample import Criteria, Observation
from trsim.analysis.spans import Flags, Ints, Spans, clipped, totals_between
from trsim.analysis.trust_kinds import Caveat, Doubt, some
from trsim.core.spec import WorkspaceSpec
from trsim.core.states import Reason, TaskStatus

FALSE_ALARMS = 0.01
"""Rate at which a run whose load equals its capacity may be called unstable by chance; where the
load is lower it happens less often."""
BATCHES = 20
"""Parts of equal length into which a run is cut to look for a trend."""


class _Growth(NamedTuple):
    """A queue that grew beyond chance."""

    name: str
    at_first: int
    at_last: int
    entered: int

    def __str__(self) -> str:
        return (
            f"{self.name}, from {self.at_first:,} to {self.at_last:,} with {self.entered:,} "
            "coming in"
        )


class Work(NamedTuple):
    """Work that was offered, and what the staff could have done of it."""

    share: float
    """Offered work / capacity."""
    error: float
    """Standard error of the share, by the chance of arrivals and handle times."""


def load_doubts(seen: Observation, criteria: Criteria) -> Iterable[Caveat]:
    """Yield a doubt where the load was too much for the staff.

    Parameters
    ----------
    seen : Observation
        The run; without its model only growing queues are seen.
    criteria : Criteria
        Tasks and time from the warm-up on are looked at.

    Notes
    -----
    A queue is called growing if two things hold, at a rate of false alarms of one in a hundred
    shared by all queues (:data:`FALSE_ALARMS`):

    * It has grown by more than z √((1 + c²) n), with n tasks that came in and c² the squared
      coefficient of variation of handle times, at least 1.  That is how far the difference
      between Poisson arrivals and completions strays if the load *equals* the capacity; a queue
      below capacity strays less, and one that is empty again has not grown at all, however
      high it stood at noon.
    * The mean lengths in 20 parts of the run rise (Mann, "Nonparametric tests against trend",
      Econometrica 13, 1945; Kendall, "Rank correlation methods").  A last wave of tasks alone
      does not make them.
    """
    handle_ms, cv2 = _handle_times(seen, criteria)
    work = offered_work(seen, criteria, handle_ms, cv2)
    grown = _growing_queues(seen, criteria, cv2)
    if grown:
        yield _unstable(grown, work)
    elif work is not None and work.share - _normal(FALSE_ALARMS) * work.error > 1:
        yield _overloaded(seen, criteria, work)


def _unstable(grown: list[_Growth], work: Work | None) -> Caveat:
    names = some([str(growth) for growth in grown])
    load = (
        ""
        if work is None
        else f"all tasks offered are {100 * work.share:.0f} % of what all staff can do; "
    )
    return Caveat(
        Doubt.UNSTABLE,
        f"the number of tasks waiting grew through the run: {names}; {load}waits and lengths then "
        "depend on how long the run is: check that the staff there can do what comes in, and let "
        "the run of a busy day go on until its queues are empty",
    )


def _overloaded(seen: Observation, criteria: Criteria, work: Work) -> Caveat:
    counted = seen.tasks.created_ms >= criteria.warm_up_ms
    lost = int(np.count_nonzero(counted & (seen.tasks.reason == Reason.HANGUP)))
    rest = (
        f"{lost:,} hang-ups keep the queues short, so every figure hangs on the patience given"
        if lost
        else "what the staff cannot do is canceled or left over, and is in no mean"
    )
    return Caveat(
        Doubt.OVERLOADED,
        f"the tasks offered are {100 * work.share:.0f} % of the work that the staff can do: "
        f"{rest}; check rates, handle times and shifts",
    )


def offered_work(
    seen: Observation, criteria: Criteria, handle_ms: float, cv2: float
) -> Work | None:
    """Return the work offered over what the staff could have done, answering left aside.

    Parameters
    ----------
    seen : Observation
        The run.
    criteria : Criteria
    handle_ms : float
        Mean handle time [ms]; NaN: not known.
    cv2 : float
        Squared coefficient of variation of handle times.

    Returns
    -------
    Work or None
        None where the model is not known, nobody was there, or nothing was completed.

    Notes
    -----
    Work is tasks offered × mean handle time.  A worker who can hold three tasks at once, on the
    channels of the tasks there are, counts three times: rather too much than too little staff.
    """
    channels = seen.tasks.channel[seen.tasks.created_ms >= criteria.warm_up_ms]
    offered = channels.size
    if seen.model is None or not offered or math.isnan(handle_ms):
        return None
    table = seen.workers(criteria)
    capacity_ms = float(((table.busy_ms + table.open_ms) * _slots(seen.model.spec, channels)).sum())
    if not capacity_ms:
        return None
    share = offered * handle_ms / capacity_ms
    return Work(share, share * math.sqrt((1 + cv2) / offered))


def _slots(spec: WorkspaceSpec, channels: Ints) -> Ints:
    """Return how many tasks of these channels each worker can hold at once, shape (n_workers,)."""
    if not spec.multi_task_enabled:
        return np.ones(len(spec.workers), dtype=np.int64)
    used = np.unique(channels)
    capacity = np.array([worker.capacity for worker in spec.workers], dtype=np.int64)
    return np.asarray(capacity.reshape(len(spec.workers), -1)[:, used].sum(axis=1))


def _handle_times(seen: Observation, criteria: Criteria) -> tuple[float, float]:
    """Return mean handle time [ms], NaN without any, and its squared variation, at least 1."""
    tasks = seen.tasks.where(seen.tasks.created_ms >= criteria.warm_up_ms)
    done = tasks.status == TaskStatus.COMPLETED
    handle = (tasks.ended_ms - tasks.assigned_ms)[done].astype(np.float64)
    if not handle.size or not handle.any():
        return math.nan, 1.0
    mean = float(handle.mean())
    return mean, max(1.0, float(handle.var()) / mean**2)


def _growing_queues(seen: Observation, criteria: Criteria, cv2: float) -> list[_Growth]:
    """Return the queues that grew beyond chance, the one that grew most first."""
    low, high = criteria.warm_up_ms, criteria.horizon_ms
    stays, queue = seen.stays, seen.queue_of_stay
    known = queue >= 0
    n_queues = len(seen.log.names.queues)

    def counted(which: Flags) -> Ints:
        return np.bincount(queue[known & which], minlength=n_queues)

    entered = counted(stays.start_ms >= low)
    at_first = counted((stays.start_ms < low) & (stays.end_ms > low))
    at_last = counted(seen.tasks.waiting[stays.owner] & (stays.end_ms == seen.horizon_ms))
    used = int(np.count_nonzero(entered))
    if not used:
        return []
    reach = _normal(FALSE_ALARMS / used)
    grew = at_last - at_first > reach * np.sqrt((1 + cv2) * entered)
    found = [
        _Growth(seen.log.names.queues[q], int(at_first[q]), int(at_last[q]), int(entered[q]))
        for q in np.flatnonzero(grew).tolist()
        if trend(_lengths(stays, queue == q, low, high)) > reach
    ]
    return sorted(found, key=lambda growth: growth.at_first - growth.at_last)


def _lengths(stays: Spans, chosen: Flags, low: int, high: int) -> NDArray[np.float64]:
    """Return the mean number of stays open in each part of the run, shape (BATCHES,)."""
    edges = np.linspace(low, high, BATCHES + 1).astype(np.int64)
    inside = clipped(Spans(*(column[chosen] for column in stays)), low, high)
    return np.asarray(totals_between(inside, edges) / np.maximum(np.diff(edges), 1))


def trend(values: NDArray[np.float64]) -> float:
    """Return the statistic of Mann and Kendall, standard normal if there is no trend.

    Parameters
    ----------
    values : ndarray, shape (n_values,)
        In the order of time, n_values >= 2.

    Returns
    -------
    float
        > 0 for a rise; 0 if all values are equal.

    Notes
    -----
    S = Σ sign(later - earlier) over all pairs; its variance, with ties of t equal values, is
    (n(n-1)(2n+5) - Σ t(t-1)(2t+5)) / 18; the statistic is (S - sign S) / its root.

    Examples
    --------
    >>> round(trend(np.array([1.0, 2.0, 3.0, 4.0])), 3), trend(np.array([2.0, 2.0]))
    (1.698, 0.0)
    """
    n = values.size
    pairs = np.sign(np.subtract.outer(values, values))
    s = float(np.tril(pairs).sum())
    ties = np.unique(values, return_counts=True)[1]
    variance = (n * (n - 1) * (2 * n + 5) - (ties * (ties - 1) * (2 * ties + 5)).sum()) / 18
    return float((s - np.sign(s)) / math.sqrt(variance)) if s else 0.0


def _normal(upper_tail: float) -> float:
    """Return the value that a standard normal variable exceeds with some probability."""
    return NormalDist().inv_cdf(1 - upper_tail)
