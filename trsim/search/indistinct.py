"""Which candidates cannot be told from the best, by intervals that hold together.

Source: Nelson and Matejcik (1995), "Using common random numbers for indifference-zone selection and
multiple comparisons in simulation", Management Science 41(12).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trsim.errors import UsageError
from trsim.search.procedure import check_candidate, check_confidence, check_observations


@dataclass(frozen=True, slots=True)
class AgainstBest:
    """How much worse than the selected candidate another one is.

    Attributes
    ----------
    candidate : int
    difference : float
        Mean of its observations minus those of the selected candidate.
    half_width : float
        Of the interval around the difference; all intervals hold together.
    replications : int
        Pairs of observations it rests on.
    """

    candidate: int
    difference: float
    half_width: float
    replications: int

    @property
    def distinct(self) -> bool:
        """Whether it is worse beyond doubt: its whole interval lies above zero.

        An interval that is zero and has no width is that of a candidate that behaved alike in
        every replication.
        """
        return self.difference > self.half_width


def against_best(
    observations: Mapping[int, Sequence[float]], selected: int, *, confidence: float
) -> tuple[AgainstBest, ...]:
    """Compare all candidates with the selected one.

    Parameters
    ----------
    observations : mapping of int to sequence of float
        Of each candidate, those of replications 0 … n - 1, at least two; where numbers differ,
        a pair of candidates is compared over the replications that both have.
    selected : int
        The selected candidate.
    confidence : float
        Of all intervals together, 0 < confidence < 1.

    Returns
    -------
    tuple of AgainstBest
        In the order of the mapping, without the selected candidate.

    Raises
    ------
    UsageError
        The selected candidate is not there, or a candidate has too few observations.

    Notes
    -----
    Each interval is a paired t interval with the error (1 - confidence) / (k - 1) (Bonferroni).
    The best candidate is among those that are not distinct with the confidence, whichever candidate
    was selected: it is lost only if its difference to some other one lies above its interval,
    and k - 1 such events have this chance together.  Numbers of replications that a sequential
    procedure has chosen make this an approximation.
    """
    from scipy.special import stdtrit

    check_confidence(confidence)
    if selected not in observations:
        raise UsageError(f"the selected candidate {selected} has no observations")
    for candidate, values in observations.items():
        check_candidate(candidate, candidate + 1)
        check_observations(candidate, values)
        if len(values) < 2:
            raise UsageError(f"candidate {candidate} has fewer than two observations")
    others = [candidate for candidate in observations if candidate != selected]
    error = (1 - confidence) / max(len(others), 1)
    base = np.asarray(observations[selected], dtype=np.float64)
    compared = []
    for candidate in others:
        own = np.asarray(observations[candidate], dtype=np.float64)
        used = min(len(own), len(base))
        differences = own[:used] - base[:used]
        t = float(stdtrit(used - 1, 1 - error / 2))
        half_width = t * float(differences.std(ddof=1)) / math.sqrt(used)
        compared.append(AgainstBest(candidate, float(differences.mean()), half_width, used))
    return tuple(compared)


def indistinct(
    observations: Mapping[int, Sequence[float]], selected: int, *, confidence: float
) -> tuple[int, ...]:
    """Return the candidates that cannot be told from the selected one, itself included, ascending.

    Parameters and errors are those of :func:`against_best`.
    """
    compared = against_best(observations, selected, confidence=confidence)
    return tuple(sorted([selected, *(each.candidate for each in compared if not each.distinct)]))
