"""A race of points: replications are made as a selection asks for them, until it has chosen."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from trsim.experiments.objective import Constraint, Objective
from trsim.experiments.trials import Span, Trials
from trsim.search.feasible import ConstrainedSelection, Feasibility, Limit, Side, Verdict
from trsim.search.indistinct import indistinct
from trsim.search.procedure import shared_confidence
from trsim.search.sequential import Selection

TOLERANCE_OF_SHARES: Final = 0.005
TOLERANCE_OF_OTHERS: Final = 0.02
"""A condition may be judged either way this close to its bound: half a percentage point for
shares, this part of the bound for others."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What a race is about.

    Attributes
    ----------
    objective : Objective
    constraints : tuple of Constraint
    indifference : float
        Differences of the objective below it do not matter.
    """

    objective: Objective
    constraints: tuple[Constraint, ...]
    indifference: float


@dataclass(frozen=True, slots=True)
class Rules:
    """How a race is run.

    Attributes
    ----------
    confidence : float
        Of its promise.
    first_stage : int
        Replications of every point before the first look.
    first : int
        Number of its first replication.
    budget : int
        Most replications over all points.
    deadline : Deadline
        After which nothing more is begun.
    """

    confidence: float
    first_stage: int
    first: int
    budget: int
    deadline: Deadline


class Deadline:
    """An instant after which no more work is begun.

    Parameters
    ----------
    seconds : float, optional
        From now; left out: never.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds
        self.was_over = False

    def over(self) -> bool:
        """Tell whether it has passed; remembered, because then the result depends on it."""
        if self._end is not None and time.monotonic() >= self._end:
            self.was_over = True
        return self.was_over


@dataclass(frozen=True, slots=True)
class Finish:
    """How a race ended.

    Attributes
    ----------
    best : int or None
        The point that won; None: no point is known to keep the conditions.
    survivors : tuple of int
        Points that were not dropped.
    alike : tuple of int
        Points that cannot be told from the best; it is one of them.
    eliminated_at : mapping of int to int
        Points that were dropped, and after how many replications.
    broken : mapping of int to tuple of str
        Conditions that points break.
    undecided : mapping of int to tuple of str
        Conditions of which the race could not tell.
    counts : mapping of int to int
        Replications of each point.
    kept : bool
        Whether the promise was reached.
    """

    best: int | None
    survivors: tuple[int, ...]
    alike: tuple[int, ...]
    eliminated_at: Mapping[int, int]
    broken: Mapping[int, tuple[str, ...]]
    undecided: Mapping[int, tuple[str, ...]]
    counts: Mapping[int, int]
    kept: bool


def race(trials: Trials, points: tuple[int, ...], goal: Goal, rules: Rules) -> Finish:
    """Race points against each other and return how it ended.

    Parameters
    ----------
    trials : Trials
        What simulates them.
    points : tuple of int
        Numbers of the points.
    goal : Goal
    rules : Rules

    Notes
    -----
    With conditions half of the error goes to finding the points that keep them, half to the
    selection among those.
    """
    runner = _Race(trials, points, goal, rules)
    runner.run()
    return runner.finish()


class _Race:
    """Drives a selection, with or without conditions."""

    def __init__(self, trials: Trials, points: tuple[int, ...], goal: Goal, rules: Rules) -> None:
        self.trials, self.points, self.goal, self.rules = trials, points, goal, rules
        self.counts = dict.fromkeys(range(len(points)), 0)
        parts = 2 if goal.constraints else 1
        confidence = shared_confidence(rules.confidence, parts)
        self.selection = Selection(
            len(points),
            indifference=goal.indifference,
            confidence=confidence,
            first_stage=rules.first_stage,
            max_observations=None if goal.constraints else rules.budget,
        )
        self.constrained: ConstrainedSelection | None = None
        self.feasibility: Feasibility | None = None
        if goal.constraints:
            self.feasibility = Feasibility(
                len(points),
                [_limit(constraint) for constraint in goal.constraints],
                confidence=confidence,
                first_stage=rules.first_stage,
            )
            self.constrained = ConstrainedSelection(
                self.feasibility, self.selection, max_observations=rules.budget
            )

    def run(self) -> None:
        """Make what is asked for until nothing is, or the time is over."""
        search = self.selection if self.constrained is None else self.constrained
        while (ask := search.ask()) is not None:
            if any(self.counts.values()) and self.rules.deadline.over():
                return
            self._make(ask.replications)
            for candidate in ask.replications:
                self._tell(candidate)
        if not any(self.counts.values()):  # a single point needs no race, but a figure
            self._make(dict.fromkeys(self.counts, self.rules.first_stage))

    def _make(self, replications: Mapping[int, int]) -> None:
        first = self.rules.first
        self.trials.simulate(
            {self.points[each]: Span(first, n) for each, n in replications.items()}
        )
        for candidate, count in replications.items():
            self.counts[candidate] = max(self.counts[candidate], count)

    def _tell(self, candidate: int) -> None:
        study = self.trials.study(
            self.points[candidate], [Span(self.rules.first, self.counts[candidate])]
        )
        costs = self.goal.objective.costs(study)
        if self.constrained is None:
            self.selection.tell(candidate, costs)
            return
        sides = [constraint.excess(study) for constraint in self.goal.constraints]
        self.constrained.tell(candidate, costs, sides)

    def finish(self) -> Finish:
        """Return how it ended."""
        points = self.points
        best, survivors = self._best(), self.selection.survivors
        if self.constrained is not None:
            survivors = self.constrained.survivors
        kept = self.selection.promise_kept
        if self.constrained is not None:
            kept = self.constrained.promise_kept and best is not None
        return Finish(
            best=None if best is None else points[best],
            survivors=tuple(points[each] for each in survivors),
            alike=() if best is None else tuple(points[each] for each in self._alike(best)),
            eliminated_at={points[i]: n for i, n in self.selection.eliminated_at.items()},
            broken=self._judged(Verdict.INFEASIBLE),
            undecided=self._judged(Verdict.UNDECIDED),
            counts={points[each]: count for each, count in self.counts.items()},
            kept=kept,
        )

    def _best(self) -> int | None:
        if self.constrained is None or self.feasibility is None:
            return self.selection.best
        if self.constrained.best is not None:
            return self.constrained.best
        # Cut off before every point was judged: the best of those known to keep the conditions.
        known = self.feasibility.feasible
        means = {each: sum(costs) / len(costs) for each, costs in self._costs(known).items()}
        return min(known, key=lambda each: (means[each], each), default=None)

    def _alike(self, best: int) -> tuple[int, ...]:
        rivals = tuple(range(len(self.points)))
        if self.feasibility is not None:
            judged = self.feasibility
            rivals = tuple(i for i in rivals if judged.verdict(i) is not Verdict.INFEASIBLE)
        costs = self._costs(rivals)
        return indistinct(costs, best, confidence=self.rules.confidence)

    def _costs(self, candidates: tuple[int, ...]) -> dict[int, list[float]]:
        first = self.rules.first
        return {
            each: self.goal.objective.costs(
                self.trials.study(self.points[each], [Span(first, self.counts[each])])
            )
            for each in candidates
        }

    def _judged(self, verdict: Verdict) -> dict[int, tuple[str, ...]]:
        if self.feasibility is None:
            return {}
        found = {}
        for candidate, point in enumerate(self.points):
            if self.feasibility.verdict(candidate) is not verdict:
                continue
            verdicts = self.feasibility.verdicts(candidate)
            found[point] = tuple(
                constraint.text
                for constraint, each in zip(self.goal.constraints, verdicts, strict=True)
                if each is verdict
            )
        return found


def tolerance_of(constraint: Constraint) -> float:
    """Return how close to its bound a condition may be judged either way."""
    if constraint.unit == "share":
        return TOLERANCE_OF_SHARES
    return TOLERANCE_OF_OTHERS * abs(constraint.bound) or TOLERANCE_OF_OTHERS


def _limit(constraint: Constraint) -> Limit:
    # Told are excesses over the bound, so that the bound itself is 0.
    return Limit(Side.AT_MOST, 0.0, tolerance_of(constraint))
