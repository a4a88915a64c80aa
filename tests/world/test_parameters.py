"""Checks of numbers that no law's own tests reach."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trsim.errors import UsageError
from trsim.world.parameters import check_instant, check_number, cumulative_shares


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=9).filter(any))
def test_shares_end_at_one(weights: list[float]) -> None:
    ends = cumulative_shares("mix", tuple(weights))
    assert ends[-1] == 1.0
    assert list(ends) == sorted(ends)


@pytest.mark.parametrize("value", [True, 1.0, "1", None, -1])
def test_an_instant_is_a_whole_number(value: object) -> None:
    with pytest.raises(UsageError, match="must be a whole number >= 0; found"):
        check_instant("shift", "start", value)


@pytest.mark.parametrize("value", [10**400, -(10**400), 1e308])
def test_numbers_beyond_bounds(value: object) -> None:
    with pytest.raises(UsageError, match="must be a finite number; found"):
        check_number("law", "mean", value)
