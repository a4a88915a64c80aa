"""Waits and what ended them, as counts and as shares over time."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trsim.analysis.results import Result
from trsim.analysis.sample import Observation
from trsim.analysis.spans import Ints
from trsim.core.states import REMOVED, Reason
from trsim.plots.palette import TASK_LOOKS
from trsim.plots.view import View, round_length

OUTCOMES: Final = tuple(TASK_LOOKS)
"""What a wait can come to, in the order of :attr:`Waits.outcome`."""
ASSIGNED, HUNG_UP, CANCELED, WAS_REMOVED, OPEN = range(len(OUTCOMES))
MOST_BINS: Final = 40
MOST_POINTS: Final = 1_000
"""A curve has at most as many points."""
FEW: Final = 0.002
"""A share of tasks so small that a curve is not followed further."""


class Waits(NamedTuple):
    """Waits of the tasks counted and created in the window; columns of shape (n_tasks,)."""

    wait_ms: Ints
    """From creation to the end of the wait, or so far."""
    outcome: Ints
    """Place in :data:`OUTCOMES`."""
    offers: Ints


def read_waits(result: Result, view: View) -> Waits:
    """Return the waits of tasks created from the warm-up on and in the window of the view."""
    tasks = Observation(result.log, result.horizon_ms).tasks
    low, high = view.window(result)
    low = max(low, result.criteria.warm_up_ms)
    tasks = tasks.where((tasks.created_ms >= low) & (tasks.created_ms < high))
    ended = np.where(tasks.waiting, result.horizon_ms, tasks.wait_ended_ms)
    outcome = np.select(
        [
            tasks.assigned_ms >= 0,
            tasks.waiting,
            tasks.status == REMOVED,
            tasks.reason == Reason.HANGUP,
        ],
        [ASSIGNED, OPEN, WAS_REMOVED, HUNG_UP],
        CANCELED,
    )
    return Waits(ended - tasks.created_ms, outcome, tasks.offers)


class Histogram(NamedTuple):
    """Tasks by length of wait and outcome."""

    edges_ms: Ints
    """Ends of the bins, shape (n_bins + 1,)."""
    counts: Ints
    """Shape (n_outcomes, n_bins); a bin holds begin < wait <= end, the first one 0 as well."""
    longer: int
    """Tasks in the last bin whose waits are longer than its end."""


def wait_histogram(waits: Waits) -> Histogram:
    """Return a histogram up to where 99.5 % of the waits have ended; longer ones go on top.

    Bins are closed on the right, so a wait that is just in time lies left of the threshold.
    """
    covered = int(np.quantile(waits.wait_ms, 0.995, method="inverted_cdf")) if len(waits[0]) else 0
    longest = int(waits.wait_ms.max(initial=0))
    width = round_length(max(covered, 1), MOST_BINS)
    n_bins = max(-(-covered // width), 1)
    if longest <= (n_bins + 2) * width:
        n_bins = max(-(-longest // width), 1)
    place = np.clip((waits.wait_ms - 1) // width, 0, n_bins - 1)
    flat = np.bincount(waits.outcome * n_bins + place, minlength=len(OUTCOMES) * n_bins)
    return Histogram(
        edges_ms=np.arange(n_bins + 1, dtype=np.int64) * width,
        counts=flat.reshape(len(OUTCOMES), n_bins).astype(np.int64),
        longer=int(np.count_nonzero(waits.wait_ms > n_bins * width)),
    )


class Survival(NamedTuple):
    """Shares of tasks by time since creation; columns of shape (n_points,)."""

    at_ms: Ints
    """Instants, from 0 on, at which the shares below hold."""
    waiting: NDArray[np.float64]
    """Share that waits longer than this."""
    ended: NDArray[np.float64]
    """Share whose wait has ended, by outcome, shape (n_outcomes - 1, n_points)."""
    thinned: bool
    """Whether there are more instants than points."""

    @property
    def shown_ms(self) -> int:
        """Up to where the curve is worth showing: a share of :data:`FEW` waits longer [ms]."""
        few = np.flatnonzero(self.waiting <= FEW)
        return int(self.at_ms[few[0] if few.size else -1])


def wait_survival_numbers(waits: Waits) -> Survival:
    """Return which share of tasks waits longer than t, and what ended the waits of the others.

    Notes
    -----
    Tasks that wait at the horizon are censored.  The share waiting is the product-limit estimate
    of Kaplan and Meier, "Nonparametric estimation from incomplete observations", Journal of the
    American Statistical Association 53 (1958); the shares by outcome are the cumulative incidences
    of Aalen and Johansen, "An empirical transition matrix for non-homogeneous Markov chains based
    on censored observations", Scandinavian Journal of Statistics 5 (1978).  Where nothing is
    censored these are plain shares.
    """
    at, place = np.unique(np.append(waits.wait_ms, 0), return_inverse=True)
    place, kinds = place[:-1], len(OUTCOMES)
    flat = np.bincount(place * kinds + waits.outcome, minlength=at.size * kinds)
    counts = flat.reshape(at.size, kinds).T
    leaving = counts.sum(axis=0)
    at_risk = np.maximum(leaving[::-1].cumsum()[::-1], 1)
    ends = counts[:OPEN]
    waiting = np.cumprod(1 - ends.sum(axis=0) / at_risk)
    before = np.concatenate(([1.0], waiting[:-1]))
    ended = np.cumsum(before * ends / at_risk, axis=1)
    thinned = at.size > MOST_POINTS
    if thinned:
        grid = _grid(int(at[np.argmax(waiting <= FEW)]) if waiting[-1] <= FEW else 0, int(at[-1]))
        kept = np.searchsorted(at, grid, side="right") - 1
        at, waiting, ended = grid, waiting[kept], ended[:, kept]
    return Survival(at.astype(np.int64), waiting, ended, thinned)


def _grid(middle_ms: int, longest_ms: int) -> Ints:
    """Return instants, ascending, most of them up to where hardly anybody waits longer [ms]."""
    many, few = MOST_POINTS * 9 // 10, MOST_POINTS // 10
    parts = (np.linspace(0, middle_ms, many), np.linspace(middle_ms, longest_ms, few))
    return np.unique(np.concatenate(parts).astype(np.int64))
