"""The best of several candidates, by a fully sequential procedure under common random numbers.

The procedure is KN++ (Kim and Nelson 2006, "On the asymptotic validity of fully sequential
selection procedures for steady-state simulation", Operations Research 54(3)), with the boundary of
KN (Kim and Nelson 2001, "A fully sequential procedure for indifference-zone selection in
simulation", ACM TOMACS 11(3)) for as many degrees of freedom as the variances have at that look,
so that a short first stage keeps the promise, too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trsim.errors import UsageError
from trsim.search.procedure import (
    Ask,
    Look,
    Outcome,
    boundary,
    check_candidate,
    check_confidence,
    check_count,
    check_observations,
    check_positive,
)

FIRST_STAGE: Final = 10
"""Replications before the first look, unless told otherwise."""
STEP: Final = 5
"""Replications between two looks, unless told otherwise."""


class Selection:
    """Finds the candidate with the smallest mean.

    Parameters
    ----------
    candidates : int
        How many there are, >= 1.
    indifference : float
        The smallest difference of means that matters, > 0, in the unit of the observations.
    confidence : float
        The promise, 1/2 <= confidence < 1: with this probability the best candidate is selected if
        all others are worse by at least the indifference.
    first_stage : int, optional
        Replications before the first look, >= 2.
    step : int, optional
        Replications of every survivor between two looks, >= 1.  It must not depend on how many
        processes there are, or the result would.
    max_observations : int, optional
        Budget over all candidates; left out: none.

    Notes
    -----
    *Procedure.*  At a look with r replications, candidate i is dropped if some survivor l has
    mean(i) - mean(l) > W(r), W = max(0, δ / (2 r) · (h² S² / δ² - r)), with S² the sample variance
    of the r paired differences of i and l.  h² is the boundary for an error of β = α / (k - 1),
    which holds whatever the dependence between candidates is (Bonferroni).

    *Assumptions.*  Replications are independent, and differences normal, or averages of enough
    replications to be nearly so.  The variances are those of all replications so far, so that the
    promise is an asymptotic one (δ → 0); the tests measure it where r is small.

    *Ties.*  Candidates whose differences are all exactly zero cannot be told apart by any number of
    replications.  The search ends with the outcome ``TIED`` when only such are left, and ``best``
    is the first of them.

    *Refinement.*  Candidates cannot be added to a search, because the error is shared among those
    that were there.  A second round is another ``Selection`` over the winner and the new
    candidates, on replications that the first has not seen.  Give each round
    ``shared_confidence(confidence, 2)``: if the best of all candidates is better by the
    indifference, it wins its rounds with the confidence.  If several are closer than that, each
    round loses at most one indifference with its confidence.  Replications that the first round
    has seen must not be used again in the second: the winner won because it was lucky in them.
    """

    def __init__(
        self,
        candidates: int,
        *,
        indifference: float,
        confidence: float,
        first_stage: int = FIRST_STAGE,
        step: int = STEP,
        max_observations: int | None = None,
    ) -> None:
        check_count("candidates", candidates, 1)
        check_positive("indifference", indifference)
        check_confidence(confidence)
        check_count("first_stage", first_stage, 2)
        check_count("step", step, 1)
        if confidence < 0.5:
            raise UsageError(f"a promise needs a confidence of at least 0.5, not {confidence!r}")
        if max_observations is not None:
            check_count("max_observations", max_observations, 1)
        self.indifference: Final = indifference
        self._candidates: Final = candidates
        self._error: Final = (1 - confidence) / max(candidates - 1, 1)
        self._step: Final = step
        self._max_observations: Final = max_observations
        self._wanted = first_stage
        self._told: list[NDArray[np.float64]] = [np.empty(0) for _ in range(candidates)]
        self._asked = [0] * candidates
        self._survivors: tuple[int, ...] = tuple(range(candidates))
        self._outcome = Outcome.SELECTED if candidates == 1 else Outcome.OPEN
        self._eliminated_at: dict[int, int] = {}
        self._eliminated_by: dict[int, int] = {}
        self._looks: list[Look] = []

    def ask(self) -> Ask | None:
        """Return what is wanted next; None once the search has ended.

        Asking again before everything was told returns the same.
        """
        while self._outcome is Outcome.OPEN and self._is_told():
            self._look()
        if self._outcome is not Outcome.OPEN:
            return None
        asked = list(self._asked)
        for candidate in self._survivors:
            asked[candidate] = max(asked[candidate], self._wanted)
        if self._max_observations is not None and sum(asked) > self._max_observations:
            self._outcome = Outcome.BUDGET
            return None
        self._asked = asked
        return Ask(dict.fromkeys(self._survivors, self._wanted))

    def tell(self, candidate: int, observations: Sequence[float]) -> None:
        """Take all observations of a candidate so far, those of replications 0 … n - 1.

        Parameters
        ----------
        candidate : int
        observations : sequence of float
            At least as many as were asked for; a look at r replications uses the first r.

        Raises
        ------
        UsageError
            There is no such candidate, or some observation is not a finite number.
        """
        check_candidate(candidate, self._candidates)
        check_observations(candidate, observations)
        self._told[candidate] = np.asarray(observations, dtype=np.float64)

    def restrict(self, candidates: Sequence[int]) -> None:
        """Drop all other candidates before the first look; the error stays shared among all.

        Raises
        ------
        UsageError
            The search has looked already, or nothing would be left.
        """
        kept = tuple(each for each in self._survivors if each in candidates)
        if self._looks or not kept:
            raise UsageError("a search is restricted before its first look, to some candidates")
        self._survivors = kept
        if len(kept) == 1:
            self._outcome = Outcome.SELECTED

    @property
    def outcome(self) -> Outcome:
        """How the search stands: ``OPEN``, ``SELECTED``, ``TIED`` or ``BUDGET``."""
        return self._outcome

    @property
    def finished(self) -> bool:
        """Whether the search has ended."""
        return self._outcome is not Outcome.OPEN

    @property
    def promise_kept(self) -> bool:
        """Whether ``best`` is what was promised: the search ended before its budget."""
        return self._outcome in (Outcome.SELECTED, Outcome.TIED)

    @property
    def survivors(self) -> tuple[int, ...]:
        """Candidates that were not dropped, ascending."""
        return self._survivors

    @property
    def best(self) -> int:
        """The survivor with the smallest mean so far; the first of several."""
        if len(self._survivors) == 1:
            return self._survivors[0]
        used = min(len(self._told[each]) for each in self._survivors)
        if not used:
            return self._survivors[0]
        return min(self._survivors, key=lambda each: (self._told[each][:used].mean(), each))

    @property
    def eliminated_at(self) -> Mapping[int, int]:
        """Candidates that were dropped, and after how many replications, in their order."""
        return dict(self._eliminated_at)

    @property
    def eliminated_by(self) -> Mapping[int, int]:
        """Candidates that were dropped, and the survivor that was most clearly better."""
        return dict(self._eliminated_by)

    @property
    def looks(self) -> tuple[Look, ...]:
        """Every look so far."""
        return tuple(self._looks)

    @property
    def observations_used(self) -> int:
        """Observations that were asked for, over all candidates."""
        return sum(self._asked)

    def _is_told(self) -> bool:
        return all(len(self._told[each]) >= self._wanted for each in self._survivors)

    def _look(self) -> None:
        used = self._wanted
        survivors = np.array(self._survivors)
        values = np.stack([self._told[each][:used] for each in self._survivors])
        means = values.mean(axis=1)
        variances = paired_variances(values)
        delta = self.indifference
        reach = boundary(self._error, used - 1) * variances / delta**2 - used
        width = np.maximum(0.0, delta / (2 * used) * reach)
        worse = means[:, None] - means[None, :] - width
        out = (worse > 0).any(axis=1)
        for index in np.flatnonzero(out):
            self._eliminated_at[int(survivors[index])] = used
            self._eliminated_by[int(survivors[index])] = int(survivors[worse[index].argmax()])
        left = ~out
        self._survivors = tuple(int(each) for each in survivors[left])
        self._looks.append(Look(used, self._survivors))
        if len(self._survivors) == 1:
            self._outcome = Outcome.SELECTED
        elif not width[np.ix_(left, left)].any():
            # No width is left, so those that remain have the same mean to the last digit.
            self._outcome = Outcome.TIED
        self._wanted = used + self._step


def select(observe: Callable[[int, int], float], selection: Selection) -> Selection:
    """Drive a search to its end with a function, and return it.

    Parameters
    ----------
    observe : callable
        Called with candidate and replication, each pair once; returns the observation.
    selection : Selection
        The search.
    """
    known: dict[int, list[float]] = {}
    while (ask := selection.ask()) is not None:
        for candidate, wanted in ask.replications.items():
            values = known.setdefault(candidate, [])
            values += [observe(candidate, number) for number in range(len(values), wanted)]
            selection.tell(candidate, values)
    return selection


def paired_variances(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sample variances of the differences of all pairs.

    Parameters
    ----------
    values : ndarray, shape (n_candidates, n_replications)
        Paired observations, at least two of each.

    Returns
    -------
    ndarray, shape (n_candidates, n_candidates)
        Exactly zero on the diagonal, and for two candidates with equal observations.
    """
    result = np.empty((len(values), len(values)))
    # A covariance matrix would leave rounding errors where differences are exactly zero.
    for index, row in enumerate(values):
        result[index] = (values - row).var(axis=1, ddof=1)
    return result


def equal_allocation(
    observations: Sequence[Sequence[float]], *, indifference: float, confidence: float
) -> int:
    """Return how many replications of every candidate an equal allocation needs for the promise.

    Parameters
    ----------
    observations : sequence of sequence of float
        First stage: n >= 2 paired observations of each of at least two candidates.
    indifference : float
        The smallest difference of means that matters, > 0.
    confidence : float
        Probability of selecting the best if it is better by the indifference.

    Notes
    -----
    The two-stage procedure of Clark and Yang (1986, "A Bonferroni selection procedure when using
    common random numbers with unknown variances", Winter Simulation Conference): all candidates
    get N = max(n, ⌈(t S / δ)²⌉) replications, S² the largest variance of the differences of a
    pair and t the 1 - α / (k - 1) quantile of Student's law with n - 1 degrees of freedom; the
    candidate with the smallest mean is selected.
    """
    from scipy.special import stdtrit

    check_positive("indifference", indifference)
    check_confidence(confidence)
    values = np.asarray(observations, dtype=np.float64)
    candidates, used = len(values), len(observations[0])
    t = float(stdtrit(used - 1, 1 - (1 - confidence) / (candidates - 1)))
    largest = float(paired_variances(values).max())
    return max(used, math.ceil(t * t * largest / indifference**2))
