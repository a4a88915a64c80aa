from __future__ import annotations

import pytest

from tests.experiments.small_desk import small_desk
from trsim.scenario.quantities import Kind, number_of, typed_value_at, value_at, written


@pytest.mark.parametrize(
    ("value", "kind", "number"),
    [
        ("1m30s", Kind.DURATION, 90.0),
        ("90/h", Kind.RATE, 90.0),
        ("2/m", Kind.RATE, 120.0),
        (45, Kind.WHOLE, 45),
        (0.5, Kind.NUMBER, 0.5),
        ("5%", Kind.NUMBER, 0.05),
    ],
)
def test_numbers_of_written_values(value: object, kind: Kind, number: float) -> None:
    found = number_of(value)
    assert found is not None
    assert found[0] is kind
    assert found[1] == pytest.approx(number)
    assert number_of(written(kind, found[1])) is not None


def test_what_is_no_number() -> None:
    values: tuple[object, ...] = (True, "red", None, {}, [])
    assert [number_of(value) for value in values] == [None] * 5


def test_values_are_written_or_by_default() -> None:
    desk = small_desk()
    assert value_at(desk, ("workflows", "calls", "task_reservation_timeout")) == "20s"
    assert value_at(desk, ("workflows", "shop", "task_reservation_timeout")) == "2m"
    assert value_at(desk, ("workflows", "none", "x")) is None
    busyness = ("tasks", "calls", "arrivals", "busyness")
    assert value_at(desk, busyness) == 1
    assert not isinstance(typed_value_at(desk, busyness), int)
