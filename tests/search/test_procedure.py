"""What all procedures check."""

from __future__ import annotations

import pytest

from trsim.errors import UsageError
from trsim.search.procedure import boundary, check_count, shared_confidence


@pytest.mark.parametrize("value", [0, -1, True, 1.5, "3"])
def test_counts_are_whole_numbers(value: object) -> None:
    with pytest.raises(UsageError, match="parts must be a whole number >= 1"):
        check_count("parts", value, 1)  # type: ignore[arg-type]


def test_a_share_of_the_confidence() -> None:
    assert shared_confidence(0.9, 4) == pytest.approx(0.975)
    with pytest.raises(UsageError):
        shared_confidence(0.0, 2)


def test_boundaries_fall_with_the_degrees_of_freedom() -> None:
    values = [boundary(0.01, degrees) for degrees in (1, 2, 5, 10, 100, 10_000)]
    assert values == sorted(values, reverse=True)
