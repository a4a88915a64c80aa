"""Many searches on normal problems whose answer is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from trsim.search.procedure import Outcome
from trsim.search.sequential import Selection

LONGEST = 4_000
"""Replications that no search of the campaigns comes near to."""


@dataclass(frozen=True)
class Problem:
    """Normal observations, of which candidate 0 has the smallest mean."""

    name: str
    means: tuple[float, ...]
    deviations: tuple[float, ...]
    correlation: float = 0.0

    def draw(self, number: int) -> NDArray[np.float64]:
        """Return observations, shape (candidates, replications)."""
        random = np.random.default_rng([2718, number])
        own = random.standard_normal((len(self.means), LONGEST))
        shared = random.standard_normal(LONGEST)
        mixed = np.sqrt(self.correlation) * shared + np.sqrt(1 - self.correlation) * own
        drawn: NDArray[np.float64] = np.array(self.deviations)[:, None] * mixed
        return np.array(self.means)[:, None] + drawn


K = 8
SLIPPAGE = (0.0, *[1.0] * (K - 1))
PROBLEMS = (
    Problem("slippage", SLIPPAGE, (3.0,) * K),
    Problem("slippage, common numbers", SLIPPAGE, (3.0,) * K, correlation=0.8),
    Problem("slippage, best varies most", SLIPPAGE, (6.0, 5.0, 4.0, 3.0, 3.0, 2.0, 1.0, 1.0)),
    Problem("slippage, best varies least", SLIPPAGE, (1.0, 1.0, 2.0, 3.0, 3.0, 4.0, 5.0, 6.0)),
    Problem("slippage, two candidates", (0.0, 1.0), (2.0, 2.0)),
    Problem("slippage, little noise", SLIPPAGE, (1.2,) * K, correlation=0.5),
    Problem("means in steps", tuple(map(float, range(K))), (4.0,) * K, correlation=0.5),
)

CLOSE = Problem("several within the indifference", (0.0, 0.9, 0.9, 0.9, *[1.01] * 4), (3.0,) * K)
"""Candidates 0 to 3 are good, the others barely are not."""


def drive(selection: Selection, observations: NDArray[np.float64]) -> Selection:
    """Tell a selection what it asks for until it ends."""
    while (ask := selection.ask()) is not None:
        for candidate, wanted in ask.replications.items():
            selection.tell(candidate, list(observations[candidate, :wanted]))
    return selection


def searches(
    problem: Problem, numbers: Iterable[int], *, confidence: float, first_stage: int = 10
) -> list[Selection]:
    """Return finished searches with an indifference of 1."""
    done = []
    for number in numbers:
        selection = Selection(
            len(problem.means), indifference=1.0, confidence=confidence, first_stage=first_stage
        )
        done.append(drive(selection, problem.draw(number)))
        assert done[-1].outcome is Outcome.SELECTED
    return done


def upper_limit(successes: int, trials: int, confidence: float = 0.999) -> float:
    """Return the Clopper-Pearson upper limit of a probability."""
    if successes == trials:
        return 1.0
    return float(betaincinv(successes + 1, trials - successes, confidence))


def share(hits: Sequence[bool]) -> str:
    """Return a share in words."""
    return f"{sum(hits)} of {len(hits)}, {sum(hits) / len(hits):.4f}"
