"""How evenly work is spread, and tasks that come back to the same worker."""

from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.diary import AVAILABLE, Diary, criteria
from trsim.analysis.fairness_kpis import gini
from trsim.analysis.kpis import measure


def figure(diary: Diary, name: str, horizon_ms: int = 100_000) -> float | None:
    part, whole = measure(diary.seen(horizon_ms).whole(criteria(horizon_ms)))[name]
    return part / whole if whole else None


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([5, 5, 5], 0),
        ([0, 0, 9], 2 / 3),
        ([7], 0),
        # Differences 1, 2, 3, 1, 2, 1 twice each: 20 / 16 = 1.25; over twice the mean 2.5.
        ([4, 2, 1, 3], 0.25),
    ],
)
def test_gini_is_half_of_the_relative_mean_difference(amounts: list[int], expected: float) -> None:
    part, whole = gini(np.array(amounts))
    assert part / whole == expected
    pairs = [abs(one - other) for one in amounts for other in amounts]
    mean = sum(amounts) / len(amounts)
    assert part / whole == pytest.approx(sum(pairs) / len(pairs) / (2 * mean))


def test_gini_of_nothing_is_no_figure() -> None:
    assert gini(np.array([], dtype=np.int64))[1] == 0
    assert gini(np.array([0, 0]))[1] == 0


def test_whoever_was_never_there_is_left_out() -> None:
    alone = Diary()
    alone.accept(4_000, alone.offer(0, alone.create(0)))
    assert figure(alone, "gini_load") == 0
    assert figure(alone, "gini_offers") == 0
    beside_bob = Diary(bob=AVAILABLE)
    beside_bob.accept(4_000, beside_bob.offer(0, beside_bob.create(0)))
    assert figure(beside_bob, "gini_load") == 1 / 2
    assert figure(beside_bob, "gini_offers") == 1 / 2


def test_a_task_that_comes_back_to_the_same_worker_counts_once() -> None:
    diary = Diary(bob=AVAILABLE)
    often = diary.create(0)
    for at_ms in (0, 2_000, 4_000):
        diary.reject(at_ms + 1_000, diary.offer(at_ms, often))
    shared = diary.create(10_000)
    diary.reject(11_000, diary.offer(10_000, shared, worker=0))
    diary.accept(13_000, diary.offer(11_000, shared, worker=1))
    diary.create(20_000)
    assert figure(diary, "reoffered_same_worker") == 1
    assert figure(diary, "reoffered_same_worker_share") == 1 / 3


def test_without_offers_nothing_came_back() -> None:
    diary = Diary()
    diary.create(0)
    assert figure(diary, "reoffered_same_worker") == 0
    assert figure(diary, "gini_offers") is None
    assert figure(Diary(), "reoffered_same_worker_share") is None
