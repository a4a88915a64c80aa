"""How a search went, and what can be read off that."""

from __future__ import annotations

from dataclasses import dataclass

from trsim.analysis.study import Study
from trsim.experiments.race import Finish, Goal
from trsim.experiments.trials import SECOND_ROUND, Span, Trials
from trsim.search.indistinct import indistinct


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
