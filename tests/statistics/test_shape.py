"""Whole seconds, SIDs and sums."""

from __future__ import annotations

import numpy as np
import pytest

from trsim.core.sids import sid
from trsim.statistics.shape import SplitCounts, SplitSides, WaitDuration, whole_seconds


@pytest.mark.parametrize(
    ("total_ms", "count", "seconds"),
    [
        (0, 0, 0),
        (0, 3, 0),
        (499, 1, 0),
        (500, 1, 1),
        (1_499, 1, 1),
        (2_500, 1, 3),
        (24_000, 2, 12),
        (25_000, 2, 13),  # 12.5 s
        (24_999, 2, 12),
        (10_000, 3, 3),
        (10_001, 4, 3),  # 2.50025 s
        (9_999, 4, 2),
    ],
)
def test_halves_are_rounded_up(total_ms: int, count: int, seconds: int) -> None:
    assert whole_seconds(total_ms, count) == seconds


def test_each_figure_is_rounded_by_itself() -> None:
    durations = np.array([1_400, 1_400, 12_500], dtype=np.int64)
    # 15.3 s in all, 5.1 s on the mean; of rounded figures the sum would be 15, too, but the
    # longest of 12.5 s shows as 13.
    assert WaitDuration.of(durations) == WaitDuration(avg=5, min=1, max=13, total=15)


def test_of_nothing_all_figures_are_zero() -> None:
    assert WaitDuration.of(np.empty(0, dtype=np.int64)) == WaitDuration(0, 0, 0, 0)


def test_a_sid_is_two_letters_and_32_hexadecimal_digits() -> None:
    assert sid("WK", 0) == "WK" + 32 * "0"
    assert sid("WQ", 255) == "WQ" + 30 * "0" + "ff"


def test_objects_inside_objects_become_plain() -> None:
    sides = SplitSides(above=SplitCounts(1, 2), below=SplitCounts(3, 4))
    assert sides.to_dict() == {
        "above": {"tasks_canceled": 1, "reservations_accepted": 2},
        "below": {"tasks_canceled": 3, "reservations_accepted": 4},
    }
