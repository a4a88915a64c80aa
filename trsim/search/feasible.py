"""Which candidates keep limits, and the best of those that do.

Sources: Andradóttir and Kim (2010), "Fully sequential procedures for comparing constrained systems
via simulation", Naval Research Logistics 57(5) (one limit, and selection afterwards); Batur and
Kim (2010), "Finding feasible systems in the presence of constraints on multiple performance
measures", ACM TOMACS 20(3) (several limits).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trsim.errors import UsageError
from trsim.search.procedure import (
    Ask,
    Outcome,
    boundary,
    check_candidate,
    check_confidence,
    check_count,
    check_observations,
    check_positive,
)
from trsim.search.sequential import FIRST_STAGE, STEP, Selection


class Side(Enum):
    """On which side of its bound a mean has to be."""

    AT_MOST = "<="
    """Not above the bound."""
    AT_LEAST = ">="
    """Not below the bound."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What a mean has to keep.

    Attributes
    ----------
    side : Side
    bound : float
    tolerance : float
        Distance from the bound that does not matter, > 0, in the same unit: means on the right
        side by at least the tolerance are found feasible, those on the wrong side by at least
        the tolerance infeasible, with the confidence; between them either is right.
    """

    side: Side
    bound: float
    tolerance: float

    def __post_init__(self) -> None:
        check_positive("tolerance", self.tolerance)

    def excess(self, observations: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return by how much observations are on the wrong side."""
        beyond = observations - self.bound
        return beyond if self.side is Side.AT_MOST else -beyond


class Verdict(Enum):
    """Whether a candidate keeps a limit."""

    UNDECIDED = "undecided"
    """More observations are wanted."""
    FEASIBLE = "feasible"
    """It keeps it."""
    INFEASIBLE = "infeasible"
    """It does not."""


class Feasibility:
    """Finds the candidates that keep all limits.

    Parameters
    ----------
    candidates : int
        How many there are, >= 1.
    limits : sequence of Limit
        At least one.
    confidence : float
        Probability that all candidates are judged rightly, 1/2 <= confidence < 1.
    first_stage, step : int, optional
        Replications before the first look, >= 2, and between two looks, >= 1.
    max_observations : int, optional
        Budget over all candidates; left out: none.

    Notes
    -----
    After r replications with mean excess D over the bound and variance S², a candidate is feasible
    if D <= -R / r and infeasible if D >= R / r, where
    R = max(0, h² S² / (2 ε) - ε r / 2), ε the tolerance and h² the boundary for an error of
    α / (candidates · limits), which holds under common random numbers.  A candidate is infeasible
    as soon as it breaks one limit, and then wants nothing more.  Assumptions as in
    :class:`~trsim.search.sequential.Selection`.
    """

    def __init__(
        self,
        candidates: int,
        limits: Sequence[Limit],
        *,
        confidence: float,
        first_stage: int = FIRST_STAGE,
        step: int = STEP,
        max_observations: int | None = None,
    ) -> None:
        check_count("candidates", candidates, 1)
        check_confidence(confidence)
        check_count("first_stage", first_stage, 2)
        check_count("step", step, 1)
        if confidence < 0.5:
            raise UsageError(f"a promise needs a confidence of at least 0.5, not {confidence!r}")
        if not limits:
            raise UsageError("a search for feasible candidates needs at least one limit")
        if max_observations is not None:
            check_count("max_observations", max_observations, 1)
        self.limits: Final = tuple(limits)
        self.candidates: Final = candidates
        self._error: Final = (1 - confidence) / (candidates * len(limits))
        self._step: Final = step
        self._max_observations: Final = max_observations
        self._wanted = first_stage
        self._told = [[np.empty(0) for _ in limits] for _ in range(candidates)]
        self._asked = [0] * candidates
        self._verdicts = [[Verdict.UNDECIDED for _ in limits] for _ in range(candidates)]
        self._decided_at: dict[int, int] = {}
        self._outcome = Outcome.OPEN

    def ask(self) -> Ask | None:
        """Return what is wanted next; None once the search has ended."""
        while self._outcome is Outcome.OPEN and self._is_told():
            self._look()
        if self._outcome is not Outcome.OPEN:
            return None
        asked = list(self._asked)
        for candidate in self.undecided:
            asked[candidate] = max(asked[candidate], self._wanted)
        if self._max_observations is not None and sum(asked) > self._max_observations:
            self._outcome = Outcome.BUDGET
            return None
        self._asked = asked
        return Ask(dict.fromkeys(self.undecided, self._wanted))

    def tell(self, candidate: int, observations: Sequence[Sequence[float]]) -> None:
        """Take all observations of a candidate so far, those of replications 0 … n - 1.

        Parameters
        ----------
        candidate : int
        observations : sequence of sequence of float
            One sequence for each limit, in their order.

        Raises
        ------
        UsageError
            There is no such candidate, a limit has no observations, or one is not finite.
        """
        check_candidate(candidate, self.candidates)
        if len(observations) != len(self.limits):
            raise UsageError(
                f"candidate {candidate} has observations for {len(observations)} limits, "
                f"not for {len(self.limits)}"
            )
        for each in observations:
            check_observations(candidate, each)
        self._told[candidate] = [np.asarray(each, dtype=np.float64) for each in observations]

    def verdict(self, candidate: int) -> Verdict:
        """Return whether a candidate keeps all limits, as far as it is known."""
        verdicts = self._verdicts[candidate]
        if Verdict.INFEASIBLE in verdicts:
            return Verdict.INFEASIBLE
        return Verdict.UNDECIDED if Verdict.UNDECIDED in verdicts else Verdict.FEASIBLE

    def verdicts(self, candidate: int) -> tuple[Verdict, ...]:
        """Return whether a candidate keeps each limit, as far as it is known."""
        return tuple(self._verdicts[candidate])

    @property
    def undecided(self) -> tuple[int, ...]:
        """Candidates of which it is not known yet, ascending."""
        return self._with(Verdict.UNDECIDED)

    @property
    def feasible(self) -> tuple[int, ...]:
        """Candidates found to keep all limits, ascending."""
        return self._with(Verdict.FEASIBLE)

    @property
    def decided_at(self) -> Mapping[int, int]:
        """Candidates that were decided, and after how many replications."""
        return dict(self._decided_at)

    @property
    def outcome(self) -> Outcome:
        """How the search stands: ``OPEN``, ``DECIDED``, ``INFEASIBLE`` or ``BUDGET``."""
        return self._outcome

    @property
    def finished(self) -> bool:
        """Whether the search has ended."""
        return self._outcome is not Outcome.OPEN

    @property
    def promise_kept(self) -> bool:
        """Whether the verdicts are what was promised: the search ended before its budget."""
        return self._outcome in (Outcome.DECIDED, Outcome.INFEASIBLE)

    @property
    def observations_used(self) -> int:
        """Observations that were asked for, over all candidates."""
        return sum(self._asked)

    def asked(self, candidate: int) -> int:
        """Return how many replications of a candidate were asked for."""
        return self._asked[candidate]

    def _with(self, verdict: Verdict) -> tuple[int, ...]:
        return tuple(i for i in range(self.candidates) if self.verdict(i) is verdict)

    def _is_told(self) -> bool:
        return all(
            len(values) >= self._wanted
            for candidate in self.undecided
            for values in self._told[candidate]
        )

    def _look(self) -> None:
        used = self._wanted
        for candidate in self.undecided:
            verdicts = self._verdicts[candidate]
            for index, limit in enumerate(self.limits):
                if verdicts[index] is Verdict.UNDECIDED:
                    values = self._told[candidate][index][:used]
                    verdicts[index] = _judge(limit, values, self._error)
            if self.verdict(candidate) is not Verdict.UNDECIDED:
                self._decided_at[candidate] = used
        if not self.undecided:
            self._outcome = Outcome.DECIDED if self.feasible else Outcome.INFEASIBLE
        self._wanted = used + self._step


class ConstrainedSelection:
    """Finds the best of the candidates that keep all limits: first who keeps them, then who wins.

    Parameters
    ----------
    feasibility : Feasibility
        A fresh search for those that keep the limits.
    selection : Selection
        A fresh search for the best, of the same candidates.
    max_observations : int, optional
        Budget over both; left out: none beyond those of the two.

    Notes
    -----
    Give both ``shared_confidence(confidence, 2)``; then with the confidence the selected candidate
    is the best, if its limits are kept by the tolerance and it is better by the indifference than
    all others that do not break theirs by the tolerance (Andradóttir and Kim 2010, procedure AK).
    The selection uses the observations of the first part again, and shares its error among all
    candidates, so that the number of feasible ones, which is random, cannot harm it.
    """

    def __init__(
        self,
        feasibility: Feasibility,
        selection: Selection,
        *,
        max_observations: int | None = None,
    ) -> None:
        if len(selection.survivors) != feasibility.candidates or selection.looks:
            raise UsageError("both searches must be fresh, and over the same candidates")
        if max_observations is not None:
            check_count("max_observations", max_observations, 1)
        self.feasibility: Final = feasibility
        self.selection: Final = selection
        self._max_observations: Final = max_observations
        self._asked = [0] * feasibility.candidates
        self._restricted = False
        self._outcome = Outcome.OPEN

    def ask(self) -> Ask | None:
        """Return what is wanted next; None once the search has ended."""
        if self.finished:
            return None
        ask = self._ask_parts()
        if ask is None:
            return None
        asked = list(self._asked)
        for candidate, wanted in ask.replications.items():
            asked[candidate] = max(asked[candidate], wanted)
        if self._max_observations is not None and sum(asked) > self._max_observations:
            self._outcome = Outcome.BUDGET
            return None
        self._asked = asked
        return ask

    def tell(
        self,
        candidate: int,
        observations: Sequence[float],
        limits: Sequence[Sequence[float]],
    ) -> None:
        """Take all observations of a candidate so far.

        Parameters
        ----------
        candidate : int
        observations : sequence of float
            Of what is made small, those of replications 0 … n - 1.
        limits : sequence of sequence of float
            The same for each limit, in their order.

        Raises
        ------
        UsageError
            As in both parts.
        """
        self.selection.tell(candidate, observations)
        self.feasibility.tell(candidate, limits)

    @property
    def outcome(self) -> Outcome:
        """How the search stands; ``INFEASIBLE`` if no candidate keeps the limits."""
        return self._outcome

    @property
    def finished(self) -> bool:
        """Whether the search has ended."""
        return self._outcome is not Outcome.OPEN

    @property
    def promise_kept(self) -> bool:
        """Whether the search ended before its budget."""
        return self._outcome in (Outcome.SELECTED, Outcome.TIED, Outcome.INFEASIBLE)

    @property
    def survivors(self) -> tuple[int, ...]:
        """Candidates that may still be selected, ascending."""
        if self._restricted:
            return self.selection.survivors
        return tuple(
            candidate
            for candidate in range(self.feasibility.candidates)
            if self.feasibility.verdict(candidate) is not Verdict.INFEASIBLE
        )

    @property
    def best(self) -> int | None:
        """The best feasible candidate so far; None while none is known to be feasible."""
        return self.selection.best if self._restricted else None

    @property
    def observations_used(self) -> int:
        """Observations that were asked for, over all candidates, none counted twice."""
        return sum(self._asked)

    def _ask_parts(self) -> Ask | None:
        if not self._restricted:
            ask = self.feasibility.ask()
            if ask is not None:
                return ask
            if self.feasibility.outcome is not Outcome.DECIDED:
                self._outcome = self.feasibility.outcome
                return None
            self.selection.restrict(self.feasibility.feasible)
            self._restricted = True
        ask = self.selection.ask()
        if ask is None:
            self._outcome = self.selection.outcome
        return ask


def _judge(limit: Limit, values: NDArray[np.float64], error: float) -> Verdict:
    used = len(values)
    excess = limit.excess(values)
    reach = boundary(error, used - 1) * float(excess.var(ddof=1)) / limit.tolerance
    width = max(0.0, (reach - limit.tolerance * used) / (2 * used))
    mean = float(excess.mean())
    if mean <= -width:
        return Verdict.FEASIBLE
    return Verdict.INFEASIBLE if mean >= width else Verdict.UNDECIDED
