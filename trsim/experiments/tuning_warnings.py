"""Reasons to doubt the answer of a search."""

from __future__ import annotations

import math
from collections.abc import Iterator

from trsim.analysis.tuning import Tuning, Verdict
from trsim.experiments.course import Course
from trsim.experiments.race import tolerance_of
from trsim.experiments.trials import CONFIRMATION, Span


def warnings_of(tuning: Tuning, course: Course) -> Iterator[str]:
    """Yield what must be known before relying on a tuning.

    Parameters
    ----------
    tuning : Tuning
        Its own warnings are not looked at.
    course : Course
        How its search went.
    """
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
