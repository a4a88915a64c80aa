"""Doubt about the beginning of a run: a warm-up that is visible, and counted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trsim.analysis.sample import Criteria, Observation
from trsim.analysis.spans import Spans, totals_between
from trsim.analysis.truncation import truncation_errors
from trsim.analysis.trust_kinds import Caveat, Doubt, span_text
from trsim.analysis.workers import read_stays
from trsim.model import Model
from trsim.world.arrivals import PoissonArrivals, RenewalArrivals

PARTS: Final = 500
"""Into so many parts of equal length a run is cut; five of them make a batch, hence MSER-5."""
BATCH: Final = 5
LONG_WARM_UP: Final = 0.05
"""Share of the run; a shorter warm-up is not worth a warning."""
MOST_LEFT_OUT: Final = 1 / 3
"""Share of the run; if the beginning is longer the rest is too short to show that it is over."""
MUCH: Final = 0.02
"""A warm-up matters if it lowers the mean number of open tasks by this share."""
FEWEST_TASKS: Final = 100
"""Of fewer tasks chance says more than a warm-up does."""
STAFF_KEPT: Final = 0.75
"""If less of the staff is there in the second half than in the first, load is not constant."""


class Start(NamedTuple):
    """The beginning of a run beside the rest of it."""

    batches: int
    """How many batches MSER leaves out."""
    first: float
    """Mean of those."""
    rest: float
    """Mean of the others."""
    lowest: float
    """Least mean of the others over stretches as long as the beginning."""
    whole: float
    """Mean of all."""

    @property
    def stands_out(self) -> bool:
        """Whether the beginning is lower than all else, and matters."""
        return self.first < self.lowest and self.rest - self.whole >= MUCH * self.rest


def warm_up_doubts(seen: Observation, criteria: Criteria) -> Iterable[Caveat]:
    """Yield a doubt where a run under constant load begins emptier than it goes on.

    Parameters
    ----------
    seen : Observation
        The run.  Whether its load is constant the model says; without it nothing is said.
    criteria : Criteria
        A run with a warm-up is not looked at.

    Notes
    -----
    The series is the number of open tasks, waiting or worked on.  MSER-5 finds where to cut it.
    Its answer is believed only if the cut is at least a twentieth of the run, if what is cut has
    a lower mean than each later stretch of the same length, and if it lowers the mean of the
    run by 2 % or more; by itself the minimum wanders far into runs that settled long ago.
    """
    model = seen.model
    few = len(seen.tasks) < FEWEST_TASKS
    if criteria.warm_up_ms or model is None or few or not constant_load(model):
        return
    if not _staff_stays(seen):
        return
    edges = np.linspace(0, seen.horizon_ms, PARTS + 1).astype(np.int64)
    tasks = seen.tasks
    end = np.where(tasks.ended_ms < 0, seen.horizon_ms, tasks.ended_ms)
    held = totals_between(Spans(tasks.task, tasks.created_ms, end), edges)
    batches = (held / np.maximum(np.diff(edges), 1)).reshape(-1, BATCH).mean(axis=1)
    start = beginning(batches)
    share = start.batches / batches.size
    if share >= LONG_WARM_UP and start.stands_out:
        yield Caveat(
            Doubt.WARM_UP,
            "the run begins empty and all of it is counted: in its first "
            f"{span_text(share * seen.horizon_ms)} ({100 * share:.0f} % of it) "
            f"{start.first:.3g} tasks were open on average, later {start.rest:.3g}, "
            f"so that waits and occupancy look better than they will be; {_advice(share)}",
        )


def _advice(share: float) -> str:
    if share > MOST_LEFT_OUT:
        return "it may not have settled at all: let the run last several times longer"
    return "leave that time out as warm_up, or let the run last longer"


def beginning(batches: NDArray[np.float64]) -> Start:
    """Return the beginning that MSER would leave out, beside the rest.

    Parameters
    ----------
    batches : ndarray, shape (n_batches,)
        Means of batches in the order of time, n_batches >= 2.

    Notes
    -----
    The cut d minimizes Σ (Y(i) - mean)² / (n - d)² over i > d, d at most n / 2: White, "An
    effective truncation heuristic for bias reduction in simulation output", Simulation 69,
    1997; in batches of five: White, Cobb and Spratt, "A comparison of five steady-state
    truncation heuristics for simulation", WSC 2000.

    Examples
    --------
    >>> beginning(np.array([0.0, 4.0, 5.0, 4.0, 5.0, 4.0, 5.0, 4.0])).batches
    1
    """
    n = batches.size
    cut = int(np.argmin(truncation_errors(batches)[: n // 2 + 1]))
    rest = batches[cut:]
    if not cut:
        mean = float(batches.mean())
        return Start(0, mean, mean, mean, mean)
    whole_stretches = rest[: rest.size // cut * cut].reshape(-1, cut).mean(axis=1)
    return Start(
        cut,
        float(batches[:cut].mean()),
        float(rest.mean()),
        float(whole_stretches.min()),
        float(batches.mean()),
    )


def constant_load(model: Model) -> bool:
    """Return whether tasks come at constant rates to a staff without shifts, by design.

    A day that begins and ends empty has no steady state whose warm-up could be left out.
    """
    processes = [stream.arrivals for stream in model.world.streams]
    steady = all(
        isinstance(process, RenewalArrivals)
        or (
            isinstance(process, PoissonArrivals)
            and process.busyness is None
            and len(process.pieces) == 1
            and process.pieces[0][0] == 0
        )
        for process in processes
    )
    no_shifts = all(worker.shifts is None for worker in model.world.workers)
    return steady and no_shifts and not model.world.timetable


def _staff_stays(seen: Observation) -> bool:
    """Whether about as many workers are there in the second half of the run as in the first."""
    stays = read_stays(seen.log, seen.horizon_ms)
    there = stays.spans(np.asarray(seen.log.names.available, dtype=np.bool_)[stays.activity])
    halves = np.array([0, seen.horizon_ms // 2, seen.horizon_ms], dtype=np.int64)
    first, second = totals_between(there, halves).tolist()
    return bool(second >= STAFF_KEPT * first)
