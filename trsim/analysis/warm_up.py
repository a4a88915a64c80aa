"""The warm-up of a system that settles, read off a pilot by MSER-5.

Sources: White, "An effective truncation heuristic for bias reduction in simulation output",
Simulation 69, 1997 (MSER); White, Cobb and Spratt, "A comparison of five steady-state truncation
heuristics for simulation", WSC 2000 (batches of five); Law, "Simulation Modeling and Analysis",
5th edition, section 9.5.1 (series averaged over replications, after Welch).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trsim.analysis.results import Result
from trsim.analysis.spans import Spans, totals_between
from trsim.analysis.tables import read_tables
from trsim.analysis.truncation import Floats, mser5
from trsim.analysis.workers import held_spans

SLOTS: Final = 500
"""Slots into which a run is cut: a hundred batches."""


@dataclass(frozen=True, eq=False)
class Series:
    """What a run, or the mean of several, looked like slot by slot.

    Attributes
    ----------
    edges_ms : ndarray of int, shape (SLOTS + 1,)
        Ends of the slots [ms].
    waiting : ndarray, shape (SLOTS,)
        Mean number of tasks waiting.
    busy : ndarray, shape (SLOTS,)
        Mean number of tasks in the hands of workers.
    replications : int
        Over which the means were taken.
    """

    edges_ms: NDArray[np.int64]
    waiting: Floats
    busy: Floats
    replications: int = 1


@dataclass(frozen=True, eq=False)
class WarmUp:
    """Where to cut a run, or that it cannot be said.

    Attributes
    ----------
    series : Series
        The pilot.
    cut_ms : int or None
        End of the warm-up, at the end of a batch [ms]; None: the least error lies in the last half
        of the run, which then has not settled.
    """

    series: Series
    cut_ms: int | None

    @property
    def share(self) -> float | None:
        """Part of the run that is cut off, 0 … 0.5."""
        return None if self.cut_ms is None else self.cut_ms / int(self.series.edges_ms[-1])


def series_of(result: Result) -> Series:
    """Return the numbers of tasks waiting and being worked on through a run, from its start on."""
    horizon = result.horizon_ms
    edges = np.linspace(0, horizon, SLOTS + 1).astype(np.int64)
    tasks, reservations = read_tables(result.log)
    wait_end = np.where(tasks.waiting, horizon, tasks.wait_ended_ms)
    waiting = Spans(tasks.task, tasks.created_ms, wait_end)
    lengths = np.maximum(np.diff(edges), 1)
    return Series(
        edges_ms=edges,
        waiting=totals_between(waiting, edges) / lengths,
        busy=totals_between(held_spans(reservations, horizon), edges) / lengths,
    )


def mean_series(runs: Sequence[Series]) -> Series:
    """Return the mean of the series of replications of equal length, at least one."""
    return Series(
        edges_ms=runs[0].edges_ms,
        waiting=np.mean([run.waiting for run in runs], axis=0),
        busy=np.mean([run.busy for run in runs], axis=0),
        replications=len(runs),
    )


def warm_up_of(series: Series) -> WarmUp:
    """Return where MSER-5 cuts a pilot: where both of its series have settled.

    Parameters
    ----------
    series : Series
        Mean of replications that begin as the run will begin.
    """
    cuts = [mser5(values) for values in (series.waiting, series.busy)]
    known = [cut for cut in cuts if cut is not None]
    if len(known) < len(cuts):
        return WarmUp(series, None)
    return WarmUp(series, int(series.edges_ms[max(known)]))
