"""KPIs of workers' time within [warm-up, horizon).

At every instant a worker is busy, setting up, ringing, idle or away;
:mod:`trsim.analysis.workers` says what that means, and the five times add up to workers × length
of the window.  None of them looks at capacities: a worker with two slots and one task is busy, and
``concurrency`` tells how many tasks busy workers have in hand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from trsim.analysis.kpi import NO_FIGURE, Fraction, Kind, Kpi, Measure, ratio, seconds
from trsim.analysis.sample import Sample
from trsim.analysis.spans import Ints
from trsim.analysis.workers import WorkerTable


def _over_workers(figure: Callable[[WorkerTable], Fraction]) -> Measure:
    """Return a measure that is undefined where the sample has no workers of its own."""

    def measure(sample: Sample) -> Fraction:
        return NO_FIGURE if sample.workers is None else figure(sample.workers)

    return measure


def _occupancy(workers: WorkerTable) -> Fraction:
    busy = workers.busy_ms.sum()
    return ratio(busy, busy + workers.open_ms.sum())


def _ringing_share(workers: WorkerTable) -> Fraction:
    ringing = workers.ringing_ms.sum()
    others = workers.busy_ms.sum() + workers.setup_ms.sum() + workers.idle_ms.sum()
    return ratio(ringing, others + ringing)


def _concurrency(workers: WorkerTable) -> Fraction:
    return ratio(workers.held_ms.sum(), workers.busy_ms.sum())


def _time(name: str, text: str, formula: str, column: Callable[[WorkerTable], Ints]) -> Kpi:
    measure = _over_workers(lambda workers: seconds(column(workers).sum()))
    return Kpi(name, "worker s", Kind.AVERAGED, text, formula, measure, grouped=False)


def _share(
    name: str, unit: str, text: str, formula: str, figure: Callable[[WorkerTable], Fraction]
) -> Kpi:
    return Kpi(name, unit, Kind.POOLED, text, formula, _over_workers(figure), grouped=False)


WORKER_KPIS: Final = (
    _share(
        "occupancy",
        "share",
        "Share of their time on offer that workers spent with work in hand; ringing is not work.",
        "time with a reservation accepted or wrapping, in any activity / (that time + time "
        "without one in available activities: idle, ringing or in set-up; ringing and set-up in "
        "other activities are in neither part)",
        _occupancy,
    ),
    _share(
        "ringing_share",
        "share",
        "Share of their time on offer that workers spent being asked, with no work in hand.",
        "ringing_time / (busy_time + setup_time + ringing_time + idle_time)",
        _ringing_share,
    ),
    _share(
        "concurrency",
        "reservations",
        "Mean number of tasks in the hands of a busy worker; 1 for capacity one.",
        "accepted and wrapping time summed over reservations / busy_time",
        _concurrency,
    ),
    _time(
        "busy_time",
        "Worker time with work in hand.",
        "time with at least one reservation accepted or wrapping",
        lambda workers: workers.busy_ms,
    ),
    _time(
        "setup_time",
        "Worker time between taking a task and being connected, with no work in hand.",
        "time with a reservation on hold and none accepted or wrapping",
        lambda workers: workers.setup_ms,
    ),
    _time(
        "ringing_time",
        "Worker time being asked, with no work in hand.",
        "time with a reservation pending and none on hold, accepted or wrapping",
        lambda workers: workers.ringing_ms,
    ),
    _time(
        "idle_time",
        "Worker time with nothing to do, in an available activity.",
        "time without reservations in an available activity",
        lambda workers: workers.idle_ms,
    ),
    _time(
        "away_time",
        "Worker time with nothing to do, in an activity that is not available.",
        "time without reservations in any other activity",
        lambda workers: workers.away_ms,
    ),
    _time(
        "lost_ringing_time",
        "Worker time spent ringing for nothing.",
        "time, from warm-up to horizon, that reservations rang (pending, on hold left out) which "
        "ended without acceptance",
        lambda workers: workers.lost_ringing_ms,
    ),
    _time(
        "absent_after_timeout",
        "Worker time lost in the activity that a missed offer leads to.",
        "from the change into an unavailable activity by reservation.timeout to the worker's "
        "next change or the horizon",
        lambda workers: workers.absent_after_timeout_ms,
    ),
    _time(
        "absent_after_reject",
        "Worker time lost in an activity entered by rejecting an offer.",
        "from the change into an unavailable activity by reservation.rejected to the worker's "
        "next change or the horizon",
        lambda workers: workers.absent_after_reject_ms,
    ),
)
