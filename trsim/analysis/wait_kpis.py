"""KPIs of waiting: waits and their percentiles, service levels, hang-ups, queue lengths.

Notes
-----
A wait runs from creation to assignment or to cancellation or removal, ringing and set-up included,
whether the task is in a queue or routed to a worker.  Waits that have not ended at the horizon have
no length yet; they are in none of the means and percentiles, and are told by ``open_pending``,
``open_reserved`` and ``longest_open_wait``.

Sources: Twilio, "TaskQueue Statistics" (waits from creation to acceptance); L'Ecuyer and Buist,
"Modeling and simulation of call centers" (Winter Simulation Conference 2006), and their library
ContactCenters (definitions of the service level); Law, "Simulation Modeling and Analysis",
chapter 1 (time-average number in queue).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from trsim.analysis.kpi import NO_FIGURE, Fraction, Kind, Kpi, Measure, ratio, seconds
from trsim.analysis.sample import Criteria, Sample
from trsim.analysis.spans import Flags, Ints
from trsim.analysis.tables import TaskTable
from trsim.core.states import Reason

SERVICE_LEVELS: Final = {
    "offered": ("G / A", "Share of offered tasks that were assigned within the threshold."),
    "answered": ("G / N", "Share of assigned tasks that were assigned within the threshold."),
    "excluding_short": (
        "G / (A - L)",
        "As offered, leaving out who hung up within the threshold.",
    ),
    "including_short": (
        "(G + L) / A",
        "As offered, counting who hung up within the threshold as served.",
    ),
}
"""Formula and meaning of each definition of the service level, by name."""
_LETTERS = (
    "G: assigned with wait <= t; N: assigned; L: hung up with wait <= t; A: offered, a task "
    "that waits at the horizon only if it is older than t"
)
_ENDED = "assigned, canceled or removed"
PERCENTILES: Final = (50, 80, 90, 95, 99)


def _ended_waits(sample: Sample) -> Ints:
    """Return the waits that have ended [ms]."""
    tasks = sample.tasks
    return (tasks.wait_ended_ms - tasks.created_ms)[~tasks.waiting]


def _waits_until_assigned(sample: Sample) -> Ints:
    """Return the waits of assigned tasks [ms]."""
    tasks = sample.tasks
    assigned: Flags = tasks.assigned_ms >= 0
    return (tasks.assigned_ms - tasks.created_ms)[assigned]


def _waits_until_hangup(sample: Sample) -> Ints:
    """Return the waits of tasks whose customers gave up [ms]."""
    tasks = sample.tasks
    lost: Flags = tasks.reason == Reason.HANGUP
    return (tasks.ended_ms - tasks.created_ms)[lost]


def _open_waits(sample: Sample) -> Ints:
    """Return how long the tasks that wait at the horizon have been waiting [ms]."""
    return sample.criteria.horizon_ms - sample.tasks.created_ms[sample.tasks.waiting]


def _mean_wait(sample: Sample) -> Fraction:
    waits = _ended_waits(sample)
    return seconds(waits.sum(), waits.size)


def _asa(sample: Sample) -> Fraction:
    waits = _waits_until_assigned(sample)
    return seconds(waits.sum(), waits.size)


def _wait_to_first_offer(sample: Sample) -> Fraction:
    tasks = sample.tasks
    asked = tasks.first_offer_ms >= 0
    return seconds((tasks.first_offer_ms - tasks.created_ms)[asked].sum(), np.count_nonzero(asked))


def _percentile(percent: int) -> Measure:
    def measure(sample: Sample) -> Fraction:
        waits = np.sort(_ended_waits(sample))
        if not waits.size:
            return NO_FIGURE
        rank = -(-percent * waits.size // 100)
        return seconds(waits[rank - 1])

    return measure


def _longest(waits: Ints) -> Fraction:
    return seconds(waits.max()) if waits.size else NO_FIGURE


def _max_wait(sample: Sample) -> Fraction:
    return _longest(_ended_waits(sample))


def _longest_open_wait(sample: Sample) -> Fraction:
    return _longest(_open_waits(sample))


class ServiceFlags(NamedTuple):
    """Which tasks count in a service level; arrays of shape (n_tasks,)."""

    in_time: Flags
    """G: assigned with wait <= t."""
    assigned: Flags
    """N."""
    short: Flags
    """L: hung up with wait <= t."""
    decided: Flags
    """A: offered, a task that waits at the horizon only if it is older than t."""


def service_flags(tasks: TaskTable, criteria: Criteria) -> ServiceFlags:
    """Return which tasks count as what in the service levels."""
    ended = np.where(tasks.waiting, criteria.horizon_ms, tasks.wait_ended_ms)
    within: Flags = ended - tasks.created_ms <= criteria.threshold_ms
    assigned: Flags = tasks.assigned_ms >= 0
    lost: Flags = tasks.reason == Reason.HANGUP
    return ServiceFlags(within & assigned, assigned, within & lost, ~(within & tasks.waiting))


def service_parts(definition: str, flags: ServiceFlags) -> tuple[Ints, Ints]:
    """Return what each task adds to numerator and denominator of a service level.

    Parameters
    ----------
    definition : str
        One of :data:`SERVICE_LEVELS`.
    flags : ServiceFlags

    Returns
    -------
    tuple of ndarray, shape (n_tasks,)
        0 or 1 for each task.
    """
    in_time, assigned, short, decided = (flag.astype(np.int64) for flag in flags)
    match definition:
        case "offered":
            return in_time, decided
        case "answered":
            return in_time, assigned
        case "excluding_short":
            return in_time, decided - short
        case _:
            assert definition == "including_short", "the definitions are a closed list"
            return in_time + short, decided


def _service_level(definition: str) -> Measure:
    def measure(sample: Sample) -> Fraction:
        parts = service_parts(definition, service_flags(sample.tasks, sample.criteria))
        return ratio(*(part.sum() for part in parts))

    return measure


def _chosen_service_level(sample: Sample) -> Fraction:
    return _service_level(sample.criteria.service_level)(sample)


def _abandonment(sample: Sample) -> Fraction:
    return ratio(_waits_until_hangup(sample).size, len(sample.tasks))


def _waited_ms(sample: Sample) -> int:
    return int((sample.waiting.end_ms - sample.waiting.start_ms).sum())


def _mean_queue_length(sample: Sample) -> Fraction:
    return ratio(_waited_ms(sample), sample.span_ms)


def _mean_pending(sample: Sample) -> Fraction:
    return ratio(_waited_ms(sample) - sample.reserved_ms, sample.span_ms)


def _max_queue_length(sample: Sample) -> Fraction:
    return sample.most_waiting, 1


def _percentile_kpi(percent: int) -> Kpi:
    return Kpi(
        f"wait_p{percent}",
        "s",
        Kind.AVERAGED,
        f"The wait that {percent} % of ended waits do not exceed.",
        f"smallest ended wait ({_ENDED}) with at least {percent} % of them at or below it",
        _percentile(percent),
    )


def _service_level_kpi(definition: str) -> Kpi:
    formula, text = SERVICE_LEVELS[definition]
    name = f"service_level_{definition}"
    return Kpi(
        name, "share", Kind.POOLED, text, f"{formula}; {_LETTERS}", _service_level(definition)
    )


WAIT_KPIS: Final = (
    Kpi(
        "mean_wait",
        "s",
        Kind.POOLED,
        "Mean wait of all tasks whose wait has ended.",
        f"sum of ended waits / number of ended waits ({_ENDED})",
        _mean_wait,
    ),
    Kpi(
        "asa",
        "s",
        Kind.POOLED,
        "Average speed of answer: mean wait of assigned tasks.",
        "sum of (assigned - created) / assigned",
        _asa,
    ),
    *map(_percentile_kpi, PERCENTILES),
    Kpi(
        "max_wait",
        "s",
        Kind.AVERAGED,
        "Longest wait that has ended.",
        f"maximum of ended waits ({_ENDED})",
        _max_wait,
    ),
    Kpi(
        "longest_open_wait",
        "s",
        Kind.AVERAGED,
        "Age of the oldest task that waits at the horizon; missing if none does.",
        "maximum of (horizon - created) over tasks pending or reserved at the horizon",
        _longest_open_wait,
    ),
    Kpi(
        "wait_to_first_offer",
        "s",
        Kind.POOLED,
        "Mean time until a worker is asked for the first time.",
        "sum of (first reservation.created - created) / tasks with a reservation",
        _wait_to_first_offer,
    ),
    Kpi(
        "service_level",
        "share",
        Kind.POOLED,
        "Service level by the definition that the scenario chose.",
        "one of the four service levels below",
        _chosen_service_level,
    ),
    *map(_service_level_kpi, SERVICE_LEVELS),
    Kpi(
        "abandonment",
        "share",
        Kind.POOLED,
        "Share of offered tasks whose customers gave up before assignment.",
        "canceled_hangup / offered",
        _abandonment,
    ),
    Kpi(
        "mean_queue_length",
        "tasks",
        Kind.AVERAGED,
        "Mean number of tasks that wait, ringing and set-up included.",
        "time tasks were pending or reserved, from warm-up to horizon / length of that window",
        _mean_queue_length,
    ),
    Kpi(
        "mean_pending",
        "tasks",
        Kind.AVERAGED,
        "Mean number of tasks that wait while nobody is asked.",
        "time tasks were pending, from warm-up to horizon / length of that window",
        _mean_pending,
    ),
    Kpi(
        "max_queue_length",
        "tasks",
        Kind.AVERAGED,
        "Greatest number of tasks that waited at the same time, ringing and set-up included.",
        "maximum of tasks pending or reserved over the window, once each instant is over",
        _max_queue_length,
    ),
)
