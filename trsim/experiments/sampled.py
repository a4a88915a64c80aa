"""Many parameters: proposals of a sampler, each looked at briefly; the best few go on to a race."""

from __future__ import annotations

from typing import Final

from trsim.experiments.race import Goal
from trsim.experiments.trials import Span, Trials
from trsim.search.sampler import Sampler

BATCH: Final = 8
"""Proposals at a time.  It is part of the search and does not depend on processes."""
RACED: Final = 8
"""So many of the best go on, and today's point."""


def sampled_points(
    trials: Trials, goal: Goal, today: int, replications: int, most: int
) -> tuple[int, ...]:
    """Return the points that go on to a race.

    Parameters
    ----------
    trials : Trials
    goal : Goal
    today : int
        The scenario as it is, which always goes on.
    replications : int
        Of every proposal, with the numbers 0 … n - 1, so that all meet the same customers.
    most : int
        Most replications in all.
    """
    parameters = trials.parameters
    seed = trials.plan_of(today).seed
    sampler = Sampler(
        [len(parameter.values) for parameter in parameters],
        seed=seed,
        constrained=len(goal.constraints),
    )
    span = Span(0, replications)
    ranks: dict[int, tuple[float, float]] = {}
    for _ in range(max(most // (BATCH * replications), 1)):
        proposals = [asked for _ in range(BATCH) if (asked := sampler.ask()) is not None]
        if not proposals:
            break
        points = [
            trials.add(
                tuple(
                    parameter.values[index]
                    for parameter, index in zip(parameters, indices, strict=True)
                )
            )
            for indices in proposals
        ]
        trials.simulate(dict.fromkeys(points, span))
        for indices, point in zip(proposals, points, strict=True):
            study = trials.study(point, [span])
            value = _mean(goal.objective.costs(study))
            excesses = [_mean(constraint.excess(study)) for constraint in goal.constraints]
            sampler.tell(indices, value, excesses)
            # Points that seem to break a condition come last, but may go on: chance decides too.
            ranks[point] = (sum(max(each, 0.0) for each in excesses), value)
    best = sorted(ranks, key=lambda point: (ranks[point], point))[:RACED]
    return tuple(dict.fromkeys((today, *best)))


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
