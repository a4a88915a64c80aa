"""Which texts are numbers, and how numbers are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trsim.routing.expression_numbers import MAX_NUMBER_LENGTH, number_text, plain_number


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("-7", -7), ("007", 7), ("2.50", 2.5), ("-0.5", -0.5), ("12345678901234567", None)],
)
def test_plain_numbers(text: str, number: float | None) -> None:
    found = plain_number(text)
    assert found == (int(text) if number is None else number)
    assert isinstance(found, float) == ("." in text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        ".",
        "5.",
        ".5",
        "-.5",
        "+5",
        "1e3",
        " 5",
        "5 ",
        "1,000",
        "1_000",
        "0x1",
        "٣",
        "²",
        "--1",
        "1.2.3",
        "1.-2",
        "nan",
        "inf",
        "NaN",
        "5\n",
        "1.5_0",
        "one",
    ],
)
def test_other_texts_are_no_numbers(text: str) -> None:
    assert plain_number(text) is None


def test_a_number_has_a_limited_length() -> None:
    longest = "9" * MAX_NUMBER_LENGTH
    assert plain_number(longest) == int(longest)
    assert plain_number(longest + "9") is None
    assert plain_number("1." + "0" * (MAX_NUMBER_LENGTH - 2)) == 1.0


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (5, "5"),
        (5.0, "5"),
        (-0.0, "0"),
        (0.25, "0.25"),
        (-3, "-3"),
        (1e300, str(int(1e300))),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
        (1 << 1023, str(1 << 1023)),
    ],
)
def test_numbers_as_text(number: float, text: str) -> None:
    assert number_text(number) == text


def test_a_number_too_long_to_write_has_no_text() -> None:
    assert number_text(1 << 1024) is None
    assert number_text(-(10**5000)) is None


@given(st.integers(-(10**40), 10**40))
def test_whole_numbers_survive_the_way_through_text(number: int) -> None:
    assert plain_number(number_text(number) or "") == number
