"""From the course of a search to its answer: verdicts, the price, other KPIs, warnings."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from trsim.analysis.directions import Direction, direction_of
from trsim.analysis.intervals import Interval, t_quantile
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
from trsim.experiments.objective import contributions_of
from trsim.experiments.race import Finish, Goal, tolerance_of
from trsim.experiments.trials import CONFIRMATION, SECOND_ROUND, Span, Trials
from trsim.search.indistinct import indistinct

PICKED: Final = (
    *("abandonment", "service_level@20s", "service_level@60s"),
    *("lost_ringing_time", "mean_wait"),
)
"""What else might have been the objective."""
_OTHER: Final = "lost_ringing_time"
"""What a Pareto set shows beside the objective where nothing conflicts with it."""


@dataclass(frozen=True, slots=True)
class Course:
    """How a search went.

    Attributes
    ----------
    trials : Trials
        All that was simulated.
    goal : Goal
    today : int
        The point that the scenario is at.
    rounds : tuple of Finish
        How each round ended, at least one.
    spare : int
        Replications kept for the confirmation, for each of the two settings.
    cut_off : bool
        Whether the clock ended it.
    confidence : float
        Of what is said about it.
    """

    trials: Trials
    goal: Goal
    today: int
    rounds: tuple[Finish, ...]
    spare: int
    cut_off: bool
    confidence: float

    @property
    def best(self) -> int | None:
        """The point to be recommended, None if none is known to keep the conditions."""
        for finish in reversed(self.rounds):
            if finish.best is not None and finish.best not in self.rounds[-1].broken:
                return finish.best
        return None

    def study(self, point: int) -> Study:
        """Return all replications of a point that the search has made."""
        spans = [
            Span(first, count)
            for first in (0, SECOND_ROUND)
            if (count := self.trials.known(point, first))
        ]
        return self.trials.study(point, spans)

    @property
    def alike(self) -> tuple[int, ...]:
        """Points that cannot be told from the best by all replications that they share with it."""
        best, last = self.best, self.rounds[-1]
        if best is None:
            return ()
        rivals = [
            point
            for point in last.counts
            if point != best and point not in last.broken and point not in last.undecided
        ]
        error = (1 - self.confidence) / max(len(rivals), 1)
        found = [best]
        for point in rivals:
            spans = [
                Span(first, count)
                for first in (0, SECOND_ROUND)
                if (count := min(self.trials.known(each, first) for each in (point, best)))
            ]
            costs = {
                each: self.goal.objective.costs(self.trials.study(each, spans))
                for each in (point, best)
            }
            if point in indistinct(costs, best, confidence=1 - error):
                found.append(point)
        return tuple(found)

    def common(self, point: int) -> Study:
        """Return the replications of a point that every other point has, too."""
        points = range(len(self.trials.values))
        return self.trials.study(point, [Span(0, min(self.trials.known(p, 0) for p in points))])


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
    picks = tuple(_picks(question, course, order))
    recommended = None if best is None else place[best]
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
    return _with_warnings(tuning, course)


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
        means = (math.fsum(each) / len(each) for each in (before, after))
        yield Change(question.objective, "", *means, difference)
    names = [*(name for name in now.measures[0]), *(name for name in now.thresholds[0])]
    names.sort(key=lambda name: name != sum_of.kpi)
    for name in names:
        kpi = definition(name)
        if any(name not in run for study in (now, then) for run in (*_runs(study, name),)):
            continue
        difference = paired_difference(
            kpi.kind, now.fractions(name), then.fractions(name), question.confidence
        )
        values = (study.kpi(name).estimate for study in (now, then))
        yield Change(name, kpi.unit, *values, difference)


def _runs(study: Study, name: str) -> Iterator[object]:
    yield from study.thresholds if "@" in name else study.measures


def _fresh(course: Course, point: int) -> Study:
    span = Span(CONFIRMATION, course.spare)
    course.trials.simulate({point: span})
    return course.trials.study(point, [span])


def _picks(question: Question, course: Course, order: list[int]) -> Iterator[Pick]:
    """Yield what each KPI would choose, from replications that all points have."""
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
        best = min(means, key=lambda index: (means[index], index))
        yield Pick(
            kpi=name,
            unit=definition(name).unit,
            maximize=maximize,
            best=best,
            alike=indistinct(costs, best, confidence=question.confidence),
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


def _with_warnings(tuning: Tuning, course: Course) -> Tuning:
    from dataclasses import replace

    return replace(tuning, warnings=tuple(_warnings(tuning, course)))


def _warnings(tuning: Tuning, course: Course) -> Iterator[str]:
    if not tuning.reproducible:
        yield (
            f"the search was ended by the clock after {tuning.question.budget}: another run may "
            "end elsewhere and give another answer; a budget in replications is reproducible"
        )
    if tuning.recommended is None:
        yield _nothing(tuning)
        return
    if not tuning.promise_kept:
        yield (
            "the promise was not reached within the budget: raise --budget, or --indifference if "
            "smaller differences do not matter"
        )
    yield from _edges(tuning)
    yield from _unconfirmed(tuning, course)
    study = tuning.points[tuning.recommended].study
    if study is not None:
        yield from (caveat.text for caveat in study.caveats)


def _nothing(tuning: Tuning) -> str:
    if all(point.verdict is Verdict.INFEASIBLE for point in tuning.points):
        return f"no point keeps {' and '.join(tuning.question.conditions)}"
    return (
        f"no point is known to keep {' and '.join(tuning.question.conditions)}: the budget was "
        "used up before all were judged"
    )


def _edges(tuning: Tuning) -> Iterator[str]:
    assert tuning.recommended is not None
    best = tuning.points[tuning.recommended]
    for parameter, tunable, number, value in zip(
        tuning.question.parameters,
        (len(set(column)) > 2 for column in zip(*(p.numbers for p in tuning.points), strict=True)),
        best.numbers,
        best.values,
        strict=True,
    ):
        if tunable and number in (parameter.low, parameter.high):
            side = "below" if number == parameter.low else "above"
            yield (
                f"the best value of {parameter.label} is {value}, the edge of the searched range: "
                f"something {side} it may be better still; widen --vary"
            )


def _unconfirmed(tuning: Tuning, course: Course) -> Iterator[str]:
    if not tuning.confirmation:
        return
    best = course.best
    assert best is not None
    change = tuning.confirmation[0]
    sign = -1 if tuning.question.maximize else 1
    low, high = change.difference.low, change.difference.high
    if low is not None and high is not None:
        if min(sign * low, sign * high) > 0:
            yield (
                "on fresh replications the recommended value is worse than today's: the search "
                "was misled by chance; raise --budget"
            )
        elif not change.is_told:
            yield (
                f"on {tuning.confirmed_on} fresh replications the recommended value cannot be told "
                "from today's: changing it may bring nothing"
            )
    fresh = course.trials.study(best, [Span(CONFIRMATION, course.spare)])
    for constraint in course.goal.constraints:
        excess = constraint.excess(fresh)
        if math.fsum(excess) / len(excess) > tolerance_of(constraint):
            yield f"on fresh replications the recommended value breaks {constraint.text}"
