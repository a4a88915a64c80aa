from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trsim.scenario.values import (
    LONGEST_MS,
    clock_ms,
    duration,
    duration_ms,
    duration_text,
    moment,
    probability,
    rate,
    rate_text,
    seconds_text,
)


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("250ms", 250),
        ("1s", 1_000),
        ("0s", 0),
        ("0.001s", 1),
        ("1m", 60_000),
        ("1h30m", 5_400_000),
        ("2.5h", 9_000_000),
        ("1d", 86_400_000),
        ("1w2d3h4m5s6ms", 788_645_006),
        ("0.1s0.9ms", None),
        ("1m0.25s", 60_250),
        ("36500d", LONGEST_MS),
    ],
)
def test_durations(text: str, milliseconds: int | None) -> None:
    if milliseconds is None:
        with pytest.raises(ValueError, match="whole milliseconds"):
            duration_ms(text)
    else:
        assert duration_ms(text) == milliseconds


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", "1", "1.5", "s", "5 s", " 5s", "5s ", "5S", "5sec", "5 min", "1h 30m", "-5s"),
        *("+5s", "1e3s", "1.s", ".5s", "5mm", "5y", "5us", "5ns", "1h1h", "30m1h", "1h30", "PT5S"),
        *("0:30", "5,5s", "٣s", "5s\n", "0x5s", "1_000s", "nan", "infs", "1000000000000000s"),
        *("0.0000001s", "36500d1ms", "999999999999999w"),
        *(0, 5, 1.5, None, True, [], {}, float("nan")),
    ],
    ids=repr,
)
def test_what_is_no_duration(value: object) -> None:
    with pytest.raises(ValueError, match="duration"):
        duration(value)


def test_a_bare_number_gets_advice() -> None:
    with pytest.raises(ValueError, match="write 90s for seconds"):
        duration(90)
    with pytest.raises(ValueError, match="write 90/h for an hourly rate"):
        rate(90)
    with pytest.raises(ValueError, match="write 5% for per cent"):
        probability(5)


@given(st.integers(0, LONGEST_MS))
def test_durations_are_written_as_they_are_read(milliseconds: int) -> None:
    assert duration_ms(duration_text(milliseconds)) == milliseconds


@given(st.integers(0, LONGEST_MS * 1000))
def test_seconds_are_written_as_they_are_read(microseconds: int) -> None:
    seconds = float(Decimal(microseconds) / 1_000_000)
    assert duration(seconds_text(seconds)).total_seconds() == seconds


@given(st.integers(0, 10**12), st.integers(0, 6), st.sampled_from(["ms", "s", "m", "h", "d", "w"]))
def test_rates_are_written_as_they_are_read(digits: int, scale: int, unit: str) -> None:
    text = f"{Decimal(digits).scaleb(-scale):f}/{unit}"
    try:
        per_second = rate(text)
    except ValueError:
        assert digits > 10**9
        return
    assert rate(rate_text(per_second)) == per_second


def test_rates() -> None:
    assert rate("90/h") == 0.025
    assert rate("1.5/m") == 0.025
    assert rate("0.02/s") == 0.02
    assert rate("0/h") == 0
    assert rate_text(0.0) == "0/h"
    for value in ("90", "90/", "/h", "90/y", "90 /h", "-1/h", "90/hour", "1e3/h", 90, None):
        with pytest.raises(ValueError, match="must be a rate"):
            rate(value)


def test_probabilities() -> None:
    for text, value in (("5%", 0.05), ("0%", 0), ("100%", 1), ("12.5%", 0.125), (1, 1), (0.3, 0.3)):
        assert probability(text) == value
    for wrong in ("101%", "5 %", "-5%", "0.05", -0.01, 1.01, True, None, "", "%", float("nan")):
        with pytest.raises(ValueError, match="must be a probability"):
            probability(wrong)


def test_clock_times() -> None:
    assert clock_ms("00:00") == 0
    assert clock_ms("23:59:59.999") == 86_399_999
    assert clock_ms("24:00") == 86_400_000
    for wrong in ("8:00", "08:60", "25:00", "24:01", "0800", "08:00:60", "08:00:00.1234", " 08:00"):
        assert clock_ms(wrong) is None


def test_moments() -> None:
    assert str(moment("2026-03-02")) == "2026-03-02 00:00:00"
    assert str(moment("2026-03-02 08:00:00.5")) == "2026-03-02 08:00:00.500000"
    assert str(moment("2026-12-31T24:00")) == "2027-01-01 00:00:00"
    assert moment("2026-03-02T08:00+01:00") is None
    for wrong in ("2026-02-29", "2026-13-01", "0000-01-01", "9999-12-31T24:00"):
        with pytest.raises(ValueError, match="no such date"):
            moment(wrong)
