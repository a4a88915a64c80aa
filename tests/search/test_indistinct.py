"""Intervals against the selected candidate."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import stdtrit

from tests.search.campaign import upper_limit
from trsim.errors import UsageError
from trsim.search.indistinct import against_best, indistinct


def test_intervals_by_hand() -> None:
    observations = {4: [0.0] * 10, 7: [1.0, 3.0] * 5, 9: [0.0, 0.2] * 10}
    first, second = against_best(observations, 4, confidence=0.9)
    t = float(stdtrit(9, 1 - 0.1 / 4))
    assert (first.candidate, first.replications, first.difference) == (7, 10, 2.0)
    assert first.half_width == pytest.approx(t * math.sqrt(10 / 9 / 10))
    assert first.distinct
    assert (second.candidate, second.replications) == (9, 10)
    assert second.distinct
    assert indistinct(observations, 4, confidence=0.9) == (4,)


def test_identical_candidates_cannot_be_told_apart() -> None:
    values = list(np.random.default_rng(1).standard_normal(20))
    assert indistinct({0: values, 1: values, 2: [9.0] * 20}, 1, confidence=0.95) == (0, 1)


def test_one_candidate_stands_alone() -> None:
    assert against_best({3: [1.0, 2.0]}, 3, confidence=0.95) == ()


def test_refusals() -> None:
    with pytest.raises(UsageError, match="has no observations"):
        indistinct({0: [1.0, 2.0]}, 1, confidence=0.95)
    with pytest.raises(UsageError, match="fewer than two"):
        indistinct({0: [1.0, 2.0], 1: [1.0]}, 0, confidence=0.95)


def test_the_best_is_hardly_ever_told_from_itself() -> None:
    """Whoever is selected, here the smallest mean of twelve noisy pairs; at most one in 1,000."""
    kept = []
    for number in range(300):
        values = np.random.default_rng([5, number]).standard_normal((6, 12))
        values[1:] += 0.3
        selected = int(values.mean(axis=1).argmin())
        left = indistinct({i: list(row) for i, row in enumerate(values)}, selected, confidence=0.9)
        kept.append(0 in left)
    assert upper_limit(sum(kept), len(kept)) >= 0.9
