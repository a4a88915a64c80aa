"""From the course of a search to its answer: verdicts, the price, other KPIs, warnings."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from trsim.analysis.directions import Direction, direction_of
from trsim.analysis.intervals import Interval, t_quantile
from trsim.analysis.kpi import Measures
from trsim.analysis.kpis import definition
from trsim.analysis.paired import paired_difference
from trsim.analysis.study import Study
from trsim.analysis.tuning import (
    Change,
    Pareto,
    Pick,
    Question,
    Theory,
    TriedPoint,
    Tuning,
    Verdict,
)
from trsim.errors import UsageError
from trsim.experiments.course import Course
from trsim.experiments.objective import contributions_of
from trsim.experiments.race import tolerance_of
from trsim.experiments.trials import CONFIRMATION, Span
from trsim.experiments.tuning_warnings import warnings_of
from trsim.search.indistinct import indistinct

PICKED: Final = (
    *("abandonment", "service_level@20s", "service_level@60s"),
    *("lost_ringing_time", "mean_wait"),
)
"""What else might have been the objective."""
_OTHER: Final = "lost_ringing_time"
"""What a Pareto set shows beside the objective where nothing conflicts with it."""


def tuning_of(question: Question, course: Course, theory: Theory) -> Tuning:
    """Return the answer of a search, with its confirmation on fresh replications.

    Parameters
    ----------
    question : Question
    course : Course
    theory : Theory
    """
    trials, best = course.trials, course.best
    order = sorted(range(len(trials.values)), key=lambda point: _place(trials.numbers[point]))
    place = {point: index for index, point in enumerate(order)}
    changes = tuple(_confirmation(question, course)) if best not in (None, course.today) else ()
    alike = course.alike
    if changes and _is_gain(question, changes[0]):
        # Fresh replications tell today's point from the recommended one, which the search need
        # not have done.
        alike = tuple(point for point in alike if point != course.today)
    points = tuple(_tried(question, course, point, alike) for point in order)
    recommended = None if best is None else place[best]
    own = (recommended, tuple(sorted(place[point] for point in alike)))
    picks = tuple(_picks(question, course, order, own))
    tuning = Tuning(
        question=question,
        points=points,
        today=place[course.today],
        recommended=recommended,
        least_violating=None if best is not None else place[_least_violating(course)],
        promise_kept=course.rounds[-1].kept and best == course.rounds[-1].best,
        rounds=len(course.rounds),
        confirmation=changes,
        confirmed_on=course.spare if changes else 0,
        picks=picks,
        pareto=_pareto(question, picks, recommended),
        theory=theory,
        warnings=(),
        replications_used=trials.used,
        reproducible=not course.cut_off,
    )
    return replace(tuning, warnings=tuple(warnings_of(tuning, course)))


def _place(numbers: tuple[float, ...]) -> tuple[tuple[bool, float], ...]:
    return tuple((math.isnan(number), number) for number in numbers)


def _is_gain(question: Question, change: Change) -> bool:
    """Tell whether the recommended point is better than today's beyond doubt."""
    estimate = change.difference.estimate
    return change.is_told and estimate is not None and (estimate > 0) is question.maximize


def _tried(question: Question, course: Course, point: int, alike: tuple[int, ...]) -> TriedPoint:
    study = course.study(point)
    verdict, broken = _verdict(course, point, alike)
    return TriedPoint(
        values=course.trials.values[point],
        numbers=course.trials.numbers[point],
        replications=study.replications,
        objective=_interval(course.goal.objective.values(study), question.confidence),
        verdict=verdict,
        eliminated_at=_eliminated_at(course, point),
        broken=broken,
        study=study,
    )


def _verdict(course: Course, point: int, alike: tuple[int, ...]) -> tuple[Verdict, tuple[str, ...]]:
    last = course.rounds[-1]
    for finish in course.rounds:
        if point in finish.broken:
            return Verdict.INFEASIBLE, finish.broken[point]
    if point == course.best:
        return Verdict.RECOMMENDED, ()
    if point in last.undecided:
        return Verdict.UNDECIDED, last.undecided[point]
    if point in alike:
        return Verdict.NOT_TOLD_APART, ()
    raced = any(point in finish.counts for finish in course.rounds)
    return (Verdict.WORSE if raced else Verdict.NOT_RACED), ()


def _eliminated_at(course: Course, point: int) -> int | None:
    before = 0
    dropped = None
    for finish in course.rounds:
        if point in finish.eliminated_at:
            dropped = before + finish.eliminated_at[point]
        before += finish.counts.get(point, 0)
    # Whoever went on to a later round was not dropped by the one before.
    return dropped if point not in course.rounds[-1].survivors else None


def _interval(values: list[float], confidence: float) -> Interval:
    n = len(values)
    mean = math.fsum(values) / n
    variance = math.fsum((value - mean) ** 2 for value in values) / (n - 1)
    return Interval(mean, t_quantile(confidence, n - 1) * math.sqrt(variance / n), n)


def _confirmation(question: Question, course: Course) -> Iterator[Change]:
    """Yield every KPI of the recommended point beside today's, the objective first."""
    assert course.best is not None
    now, then = (_fresh(course, point) for point in (course.today, course.best))
    sum_of = course.goal.objective
    if not sum_of.kpi:
        before, after = sum_of.values(now), sum_of.values(then)
        difference = _interval(
            [b - a for a, b in zip(before, after, strict=True)], question.confidence
        )
        first, second = (math.fsum(each) / len(each) for each in (before, after))
        yield Change(question.objective, "", first, second, difference)
    names = [*(name for name in now.measures[0]), *(name for name in now.thresholds[0])]
    names.sort(key=lambda name: name != sum_of.kpi)
    for name in names:
        kpi = definition(name)
        if any(name not in run for study in (now, then) for run in _runs(study, name)):
            continue
        difference = paired_difference(
            kpi.kind, now.fractions(name), then.fractions(name), question.confidence
        )
        today, recommended = (study.kpi(name).estimate for study in (now, then))
        yield Change(name, kpi.unit, today, recommended, difference)


def _runs(study: Study, name: str) -> tuple[Measures, ...]:
    return study.thresholds if "@" in name else study.measures


def _fresh(course: Course, point: int) -> Study:
    span = Span(CONFIRMATION, course.spare)
    course.trials.simulate({point: span})
    return course.trials.study(point, [span])


def _picks(
    question: Question, course: Course, order: list[int], answer: tuple[int | None, tuple[int, ...]]
) -> Iterator[Pick]:
    """Yield what each KPI would choose, from replications that all points have.

    The objective itself has been answered, with more replications: the recommended point and
    those that cannot be told from it.
    """
    own = course.goal.objective.kpi
    names = list(dict.fromkeys([*([own] if own else []), *PICKED]))
    studies = [course.common(point) for point in order]
    for name in names:
        maximize = direction_of(name) is Direction.HIGHER
        if name == own:
            maximize = question.maximize
        try:
            values = {index: contributions_of(study, name) for index, study in enumerate(studies)}
        except UsageError:  # the scenario does not give it, or nothing happened
            continue
        sign = -1 if maximize else 1
        costs = {index: [sign * each for each in row] for index, row in values.items()}
        means = {index: math.fsum(row) / len(row) for index, row in costs.items()}
        best, alike = answer
        if name != own or best is None:
            best = min(means, key=lambda index: (means[index], index))
            alike = indistinct(costs, best, confidence=question.confidence)
        yield Pick(
            kpi=name,
            unit=definition(name).unit,
            maximize=maximize,
            best=best,
            alike=alike,
            estimates=tuple(sign * means[index] for index in range(len(order))),
            replications=len(values[0]),
        )


def _pareto(question: Question, picks: tuple[Pick, ...], recommended: int | None) -> Pareto | None:
    by_name = {pick.kpi: pick for pick in picks}
    first = by_name.get(question.objective) or by_name.get(PICKED[0])
    if first is None:
        return None
    others = [pick for pick in picks if pick is not first]
    conflicting = [pick for pick in others if recommended not in pick.alike]
    usual = [pick for pick in others if pick.kpi == _OTHER]
    second = next(iter([*conflicting, *usual, *others]), None)
    if second is None:
        return None
    pairs = [(_cost(first, index), _cost(second, index)) for index in range(len(first.estimates))]
    free = [
        index
        for index, own in enumerate(pairs)
        if not any(other != own and _beats(other, own) for other in pairs)
    ]
    return Pareto(first, second, tuple(sorted(free, key=lambda index: pairs[index])))


def _cost(pick: Pick, index: int) -> float:
    return -pick.estimates[index] if pick.maximize else pick.estimates[index]


def _beats(first: tuple[float, float], second: tuple[float, float]) -> bool:
    return first[0] <= second[0] and first[1] <= second[1]


def _least_violating(course: Course) -> int:
    """Return the point that goes beyond its worst condition by the fewest tolerances."""

    def worst(point: int) -> float:
        study = course.study(point)
        return max(
            math.fsum(excess) / len(excess) / tolerance_of(constraint)
            for constraint in course.goal.constraints
            for excess in [constraint.excess(study)]
        )

    points = range(len(course.trials.values))
    return min(points, key=lambda point: (worst(point), point))
