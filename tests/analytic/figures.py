"""Figures of one run as numerator and denominator, KPIs of trsim and some of our own.

Ours are read off the tables of tasks, by the definitions of the reference cases.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from trsim.analysis.kpis import measure
from trsim.analysis.results import Result
from trsim.analysis.sample import Observation, Sample
from trsim.core.states import Reason, ReservationStatus, TaskStatus

Figure = tuple[float, float]
"""Numerator and denominator: what is compared is a ratio of totals."""
Figures = Mapping[str, Figure]

DAY_MS = 86_400_000
HOUR_MS = 3_600_000


def observed(result: Result) -> Observation:
    """Return the tables of a run."""
    return Observation(result.log, result.horizon_ms)


def whole(seen: Observation, result: Result, delay_ms: int = 0) -> dict[str, Figure]:
    """Return the figures of all counted tasks and of the workers.

    A task waits if its first offer comes later than ``delay_ms`` after its creation.
    """
    sample = seen.whole(result.criteria)
    workers = sample.workers
    assert workers is not None
    span = sample.span_ms
    ringing, busy = workers.ringing_ms.sum(), workers.busy_ms.sum()
    tasks = len(sample.tasks)
    return {
        **measure(sample),
        **_waits(sample, delay_ms),
        "ringing": (float(ringing), span),
        "busy": (float(busy), span),
        "away": (float(workers.away_ms.sum()), span),
        "ringing_per_task": (float(ringing) / 1000, tasks),
        "worker_time_per_answered": (
            float(ringing + busy + workers.away_ms.sum()) / 1000,
            float(np.count_nonzero(sample.tasks.assigned_ms >= 0)),
        ),
    }


def by_stream(seen: Observation, result: Result, delay_ms: int = 0) -> dict[str, Figure]:
    """Return the figures of each stream, as ``figure.stream``."""
    figures: dict[str, Figure] = {}
    for number, name in enumerate(result.names.streams):
        sample = seen.of_stream(number, result.criteria)
        own = {**measure(sample), **_waits(sample, delay_ms)}
        figures |= {f"{figure}.{name}": value for figure, value in own.items()}
    return figures


def by_group(seen: Observation, result: Result) -> dict[str, Figure]:
    """Return the share of the whole time that workers of each group were busy."""
    workers = seen.workers(result.criteria)
    groups = np.array([name.rstrip("-0123456789 ") for name in result.names.workers])
    span = result.criteria.horizon_ms - result.criteria.warm_up_ms
    return {
        f"occupancy.{group}": (
            float(workers.busy_ms[groups == group].sum()),
            float(span * np.count_nonzero(groups == group)),
        )
        for group in np.unique(groups)
    }


def _waits(sample: Sample, delay_ms: int) -> dict[str, Figure]:
    tasks = sample.tasks
    offered = len(tasks)
    waits = tasks.wait_ended_ms - tasks.created_ms
    waited = np.where(tasks.waiting, sample.criteria.horizon_ms - tasks.created_ms, waits)
    lost = tasks.reason == Reason.HANGUP
    assigned = tasks.assigned_ms >= 0
    at_once = (tasks.first_offer_ms >= 0) & (tasks.first_offer_ms - tasks.created_ms <= delay_ms)
    return {
        "p_wait": (float(np.count_nonzero(~at_once)), offered),
        "wait_of_lost": (float(waits[lost].sum()) / 1000, float(np.count_nonzero(lost))),
        "lost_per_second": (float(np.count_nonzero(lost)), float(waited.sum()) / 1000),
        **{
            f"answered_within_{t}": (float(np.count_nonzero(waits[assigned] <= 1000 * t)), offered)
            for t in (10, 20, 60)
        },
    }


def of_bank(seen: Observation, result: Result, expected: float) -> dict[str, Figure]:
    """Return a day's totals divided by the arrivals that were expected."""
    measured = measure(seen.whole(result.criteria))
    return {
        "arrivals": (measured["offered"][0], 1),
        "wait_per_expected": (measured["mean_wait"][0] / 1000, expected),
        "in_time_per_expected": (measured["service_level_including_short"][0], expected),
        "lost_per_expected": (measured["abandonment"][0], expected),
    }


def by_hour(seen: Observation, result: Result, opening_hour: int = 8) -> dict[str, Figure]:
    """Return the service level of the callers of each hour, short hang-ups left out."""
    tasks = seen.tasks
    waits = tasks.wait_ended_ms - tasks.created_ms
    in_time = (waits <= result.criteria.threshold_ms) & ~tasks.waiting
    good, short = in_time & (tasks.assigned_ms >= 0), in_time & (tasks.reason == Reason.HANGUP)
    hours = tasks.created_ms // HOUR_MS + opening_hour
    return {
        f"hour_{hour}": (
            float(np.count_nonzero(good & (hours == hour))),
            float(np.count_nonzero(~short & (hours == hour))),
        )
        for hour in np.unique(hours).tolist()
    }


def by_instant(
    seen: Observation, result: Result, staff: list[int], hours: list[float]
) -> dict[str, Figure]:
    """Return what is there at some hours of each day, just before the instant."""
    tasks = seen.tasks
    days = result.horizon_ms // DAY_MS
    figures: dict[str, Figure] = {}
    ended = np.where(tasks.ended_ms < 0, result.horizon_ms, tasks.ended_ms)
    wait_ended = np.where(tasks.waiting, result.horizon_ms, tasks.wait_ended_ms)
    for hour in hours:
        present, queue, all_busy = 0, 0, 0
        workers = staff[int(np.ceil(hour)) - 1]
        for day in range(days):
            at = day * DAY_MS + round(hour * HOUR_MS) - 1
            here = int(np.count_nonzero((tasks.created_ms <= at) & (ended > at)))
            present += here
            all_busy += here >= workers
            queue += int(np.count_nonzero((tasks.created_ms <= at) & (wait_ended > at)))
        figures |= {
            f"in_system.{hour:g}": (present, days),
            f"all_busy.{hour:g}": (all_busy, days),
            f"queue.{hour:g}": (queue, days),
        }
    return figures


def assert_conserved(seen: Observation, result: Result) -> None:
    """Assert that nothing is lost and nothing counted twice, to the task and millisecond."""
    sample = seen.whole(result.criteria)
    tasks, offers, workers = sample.tasks, sample.reservations, sample.workers
    assert workers is not None
    answered = int(np.count_nonzero(tasks.assigned_ms >= 0))
    canceled = int(np.count_nonzero(tasks.status == TaskStatus.CANCELED))
    waiting = int(np.count_nonzero(tasks.waiting))
    assert len(tasks) == answered + canceled + waiting, "tasks: answered, canceled or waiting"
    ways = sum(int(np.count_nonzero(offers.answered_by(way))) for way in ReservationStatus)
    assert len(offers) == ways, "an offer has one end"
    accepted = int(np.count_nonzero(offers.answered_by(ReservationStatus.ACCEPTED)))
    assert accepted == answered, "a task is accepted once"
    asked = workers.setup_ms + workers.ringing_ms
    states = workers.busy_ms + asked + workers.idle_ms + workers.away_ms
    assert (states == sample.span_ms).all(), "a worker is in one state at every instant"
    low, high = result.criteria.warm_up_ms, result.horizon_ms
    every = seen.tasks
    ends = np.clip(np.where(every.waiting, high, every.wait_ended_ms), low, high)
    waited = int((ends - np.clip(every.created_ms, low, high)).sum())
    assert measure(sample)["mean_queue_length"] == (waited, high - low), "Little's law, exactly"
