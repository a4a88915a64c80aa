"""What all procedures have in common: what is asked for, and how a search ended.

A procedure never calls a simulation.  It is asked what it wants (`ask`), somebody does it, and it
is told (`tell`), until it wants nothing more.  Candidates are numbered from 0, and their
observations are paired by the number of the replication: observation j of every candidate met the
same customers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from trsim.errors import UsageError


@dataclass(frozen=True, slots=True)
class Ask:
    """What a procedure wants to be told next.

    Attributes
    ----------
    replications : mapping of int to int
        Candidate, and how many observations of it are wanted, those of replications
        0 … n - 1; what is known already need not be made again.
    """

    replications: Mapping[int, int]


class Outcome(Enum):
    """How a search stands."""

    OPEN = "open"
    """More observations are wanted."""
    SELECTED = "selected"
    """One candidate is left: the promise is kept."""
    TIED = "tied"
    """Those that are left have the same mean exactly: the promise is kept by each of them."""
    DECIDED = "decided"
    """Every candidate is known to keep the limits or not."""
    INFEASIBLE = "infeasible"
    """No candidate keeps the limits."""
    BUDGET = "budget"
    """The budget is used up: nothing is promised."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the observations.

    Attributes
    ----------
    replications : int
        Of each candidate that was still in the search.
    survivors : tuple of int
        Candidates that were left after it.
    """

    replications: int
    survivors: tuple[int, ...]


def shared_confidence(confidence: float, parts: int) -> float:
    """Return the confidence of each of several parts of a search that keep it together.

    Parameters
    ----------
    confidence : float
        Of all parts together, 0 < confidence < 1.
    parts : int
        How many there are, >= 1.

    Examples
    --------
    >>> shared_confidence(0.95, 2)
    0.975
    """
    check_confidence(confidence)
    check_count("parts", parts, 1)
    return 1 - (1 - confidence) / parts


def check_confidence(confidence: float) -> None:
    """Raise :class:`UsageError` unless 0 < confidence < 1."""
    if not 0 < confidence < 1:
        raise UsageError(f"confidence must lie between 0 and 1, not be {confidence!r}")


def check_count(name: str, value: int, least: int) -> None:
    """Raise :class:`UsageError` unless the value is a whole number that is large enough."""
    whole: object = value
    if not isinstance(whole, int) or isinstance(whole, bool) or value < least:
        raise UsageError(f"{name} must be a whole number >= {least}, not {value!r}")


def check_positive(name: str, value: float) -> None:
    """Raise :class:`UsageError` unless the value is finite and > 0."""
    if not (math.isfinite(value) and value > 0):
        raise UsageError(f"{name} must be a finite number > 0, not {value!r}")


def check_candidate(candidate: int, candidates: int) -> None:
    """Raise :class:`UsageError` unless there is such a candidate."""
    if not 0 <= candidate < candidates:
        raise UsageError(f"there is no candidate {candidate}, only 0 … {candidates - 1}")


def check_observations(candidate: int, observations: Sequence[float]) -> None:
    """Raise :class:`UsageError` unless all observations are finite."""
    for replication, value in enumerate(observations):
        if not math.isfinite(value):
            raise UsageError(
                f"observation {replication} of candidate {candidate} is {value!r}; "
                f"a search needs finite numbers"
            )


def boundary(error: float, degrees: int) -> float:
    """Return h² of a comparison that may go wrong with a small probability.

    Parameters
    ----------
    error : float
        Probability that the comparison goes wrong, 0 < error < 1/2.
    degrees : int
        Degrees of freedom of the variance that stands beside it, >= 1.

    Notes
    -----
    With c = 1, Kim and Nelson (2001) have h² = 2 η ν, η = ((2β)^(-2/ν) - 1) / 2, for a variance
    with ν degrees of freedom; for ν → ∞ this falls to -2 ln(2β), the value of KN++ (Kim and
    Nelson 2006).

    Examples
    --------
    >>> round(boundary(0.05, 9), 4), round(boundary(0.05, 10**9), 4)
    (6.0129, 4.6052)
    """
    return degrees * math.expm1(-2 * math.log(2 * error) / degrees)
