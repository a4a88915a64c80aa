"""KPIs of money: what staff costs and what tasks bring, if the scenario says so.

Money has the currency of the scenario's own numbers.  Sums are rounded to a millionth in each run.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from trsim.analysis.kpi import NO_FIGURE, Fraction, Kind, Kpi, Priced, ratio
from trsim.analysis.sample import Sample
from trsim.analysis.spans import Flags, Ints
from trsim.core.states import Reason

_PARTS = 1_000_000
"""Money is counted in whole millionths, so that replications can be added up exactly."""


def _wages_given(sample: Priced) -> bool:
    return any(wage is not None for wage in sample.prices.wages_per_s)


def _values_given(sample: Priced) -> bool:
    return any(value is not None for value in sample.prices.values)


def _abandonment_costs_given(sample: Priced) -> bool:
    return any(cost is not None for cost in sample.prices.abandonment_costs)


def _staff_millionths(sample: Sample, paid_ms: Ints) -> int:
    wages = sample.prices.wages_per_s
    paid = zip(wages, paid_ms.tolist(), strict=True)
    return round(math.fsum(wage * ms / 1000 for wage, ms in paid if wage is not None) * _PARTS)


def _sum_over_tasks(sample: Sample, prices: Sequence[float | None], counted: Flags) -> Fraction:
    streams = sample.tasks.stream[counted]
    numbers = np.bincount(streams[streams >= 0], minlength=len(prices)).tolist()
    total = math.fsum(
        price * count for price, count in zip(prices, numbers, strict=True) if price is not None
    )
    return ratio(round(total * _PARTS), _PARTS)


def _cost_of_staff(sample: Sample) -> Fraction:
    if sample.paid_ms is None:
        return NO_FIGURE
    return ratio(_staff_millionths(sample, sample.paid_ms), _PARTS)


def _value_of_answered(sample: Sample) -> Fraction:
    return _sum_over_tasks(sample, sample.prices.values, sample.tasks.assigned_ms >= 0)


def _cost_of_abandoned(sample: Sample) -> Fraction:
    lost: Flags = sample.tasks.reason == Reason.HANGUP
    return _sum_over_tasks(sample, sample.prices.abandonment_costs, lost)


def _cost_per_assigned(sample: Sample) -> Fraction:
    if sample.paid_ms is None:
        return NO_FIGURE
    assigned = int(np.count_nonzero(sample.tasks.assigned_ms >= 0))
    return ratio(_staff_millionths(sample, sample.paid_ms), _PARTS * assigned)


COST_KPIS: Final = (
    Kpi(
        "cost_of_staff",
        "money",
        Kind.AVERAGED,
        "Wages of all workers that have one.",
        "sum of wage × time on duty from warm-up to horizon (shifts, and work in hand beyond "
        "their ends; without shifts all of that time); told if a worker has a wage",
        _cost_of_staff,
        grouped=False,
        given=_wages_given,
    ),
    Kpi(
        "value_of_answered",
        "money",
        Kind.AVERAGED,
        "What the assigned tasks are worth.",
        "sum of the values of assigned tasks; told if a stream has a value",
        _value_of_answered,
        given=_values_given,
    ),
    Kpi(
        "cost_of_abandoned",
        "money",
        Kind.AVERAGED,
        "What the customers cost who gave up.",
        "sum of the abandonment costs of tasks canceled by hang-up; told if a stream has one",
        _cost_of_abandoned,
        given=_abandonment_costs_given,
    ),
    Kpi(
        "cost_per_assigned",
        "money",
        Kind.POOLED,
        "Cost of staff for each assigned task.",
        "cost_of_staff / assigned; told if a worker has a wage",
        _cost_per_assigned,
        grouped=False,
        given=_wages_given,
    ),
)
