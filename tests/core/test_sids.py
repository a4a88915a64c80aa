"""String identifiers."""

from __future__ import annotations

import pytest

from trsim.core.sids import sid


@pytest.mark.parametrize("number", [0, 26, 300, 2**70])
def test_a_sid_is_a_kind_and_32_digits_that_can_be_read_back(number: int) -> None:
    name = sid("WK", number)
    assert len(name) == 34
    assert name.startswith("WK")
    assert int(name[2:], 16) == number
