"""The values people write: durations, rates, shares, times of day.

Each reader takes what the file holds and returns a number or raises :class:`ValueError` with a
reason that names what was found and what is allowed; each writer returns the shortest text that
reads back to the same number.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import durationpy

from trsim.scenario.problems import shown

SECOND_MS = 1_000
DAY_MS = 86_400_000
LONGEST_MS = 36_500 * DAY_MS
"""Longest duration anywhere, a hundred years [ms]; up to here floats hold it to the microsecond."""
FASTEST = 1e12
"""Highest rate anywhere [1/s]."""

_NUMBER = r"[0-9]{1,15}(?:\.[0-9]{1,6})?"
DURATION_PATTERN = "".join(f"(?:{_NUMBER}{unit})?" for unit in ("w", "d", "h", "m(?!s)", "s", "ms"))
"""A number with a unit, or several from the long to the short; also matches the empty text."""
_DURATION = re.compile(DURATION_PATTERN)
_UNITS_MS = {"w": 7 * DAY_MS, "d": DAY_MS, "h": 3_600_000, "m": 60_000, "s": SECOND_MS, "ms": 1}

RATE_PATTERN = rf"{_NUMBER}/(?:ms|[smhdw])"
_RATE = re.compile(RATE_PATTERN)

PERCENT_PATTERN = rf"{_NUMBER}%"
_PERCENT = re.compile(PERCENT_PATTERN)

_LONG_UNITS = {
    "msecs?|milliseconds?": "ms",
    "secs?|seconds?": "s",
    "mins?|minutes?": "m",
    "hrs?|hours?": "h",
    "days?": "d",
    "weeks?": "w",
}
"""How people spell units besides, for advice."""

CLOCK_PATTERN = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,3})?)?|24:00"
_CLOCK = re.compile(CLOCK_PATTERN)
DATE_PATTERN = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
MOMENT_PATTERN = rf"{DATE_PATTERN}(?:[T ](?:{CLOCK_PATTERN}))?"
_MOMENT = re.compile(MOMENT_PATTERN)


def duration(value: object) -> dt.timedelta:
    """Return a duration, exact to the microsecond.

    Raises
    ------
    ValueError
        Unless it is a text such as ``"1h30m"``, ``"250ms"`` or ``"2.5s"``, at most 36,500 days.

    Examples
    --------
    >>> duration("1h30m"), duration("250ms")
    (datetime.timedelta(seconds=5400), datetime.timedelta(microseconds=250000))
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        raise ValueError(
            f"a duration needs a unit (found {shown(value)}; write {value:g}s for seconds; "
            "units are ms s m h d w)"
        )
    if not isinstance(value, str) or not value or not _DURATION.fullmatch(value):
        meant = _usual(value).removeprefix("pt") if isinstance(value, str) else ""
        advice = "units are ms s m h d w, long ones first"
        if str(value).startswith("-"):
            advice = f"negative is not possible; {advice}"
        elif meant and _DURATION.fullmatch(meant):
            advice = f"write {meant}"
        raise ValueError(
            f"must be a duration such as 30s or 1h30m (found {shown(value)}; {advice})"
        )
    try:
        result: dt.timedelta = durationpy.from_str(value)
    except durationpy.DurationError:  # beyond what a timedelta holds
        result = dt.timedelta.max
    if result > dt.timedelta(milliseconds=LONGEST_MS):
        raise ValueError(f"a duration is at most 36500d (found {shown(value)})")
    return result


def duration_ms(value: object) -> int:
    """Return a duration in whole milliseconds.

    Raises
    ------
    ValueError
        If it is no duration, or finer than a millisecond.

    Examples
    --------
    >>> duration_ms("1m0.25s")
    60250
    """
    milliseconds, rest = divmod(duration(value), dt.timedelta(milliseconds=1))
    if rest:
        raise ValueError(f"must be whole milliseconds (found {shown(value)})")
    return milliseconds


def duration_text(milliseconds: int | Decimal) -> str:
    """Return the duration as it would be written in a file.

    Examples
    --------
    >>> duration_text(5_400_000), duration_text(60_250), duration_text(0)
    ('1h30m', '1m0.25s', '0s')
    """
    rest = Decimal(milliseconds)
    if 0 < rest < SECOND_MS:
        return f"{_decimal_text(rest)}ms"
    text = ""
    for unit in ("h", "m"):
        whole, rest = divmod(rest, _UNITS_MS[unit])
        text += f"{whole:f}{unit}" if whole else ""
    return text + (f"{_decimal_text(rest / SECOND_MS)}s" if rest or not text else "")


def seconds_text(seconds: float) -> str:
    """Return a duration of so many seconds as it would be written in a file."""
    return duration_text(Decimal(repr(seconds)) * SECOND_MS)


def _decimal_text(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rate(value: object) -> float:
    """Return a rate [1/s].

    Raises
    ------
    ValueError
        Unless it is a text such as ``"90/h"``, at most 1e12 a second.

    Examples
    --------
    >>> rate("90/h")
    0.025
    """
    if isinstance(value, str) and _RATE.fullmatch(value):
        number, unit = value.split("/")
        result = float(Decimal(number) * SECOND_MS / _UNITS_MS[unit])
        if result > FASTEST:
            raise ValueError(f"a rate is at most {FASTEST:g}/s (found {shown(value)})")
        return result
    advice = "units are ms s m h d w"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        advice = f"write {value:g}/h for an hourly rate; {advice}"
    elif isinstance(value, str):
        meant = _usual(value.replace("per", "/"))
        advice = f"write {meant}" if _RATE.fullmatch(meant) else advice
    raise ValueError(f"must be a rate such as 90/h (found {shown(value)}; {advice})")


def rate_text(per_second: float) -> str:
    """Return the rate as it would be written in a file.

    Examples
    --------
    >>> rate_text(0.025), rate_text(0.02 / 86_400)
    ('90/h', '0.02/d')
    """
    for unit in ("h", "m", "s", "d", "w", "ms"):
        number = round(Decimal(repr(per_second)) * _UNITS_MS[unit] / SECOND_MS, 6)
        text = f"{_decimal_text(number)}/{unit}"
        if number < 10**15 and rate(text) == per_second:
            return text
    raise AssertionError(f"a rate was read from a text, but {per_second!r} has none")


def probability(value: object) -> float:
    """Return a probability.

    Raises
    ------
    ValueError
        Unless it is a number 0 … 1 or a text such as ``"5%"``.

    Examples
    --------
    >>> probability("5%"), probability(0.05)
    (0.05, 0.05)
    """
    result = -1.0
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        result = float(value)
    elif isinstance(value, str) and _PERCENT.fullmatch(value):
        result = float(Decimal(value[:-1]) / 100)
    if not 0 <= result <= 1:
        advice = ""
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 1 < value <= 100:
            advice = f"; write {value:g}% for per cent"
        elif isinstance(value, str) and _PERCENT.fullmatch(_usual(value)):
            advice = f"; write {_usual(value)}" if _usual(value) != value else ""
        raise ValueError(f"must be a probability, 0 … 1 or 5% (found {shown(value)}{advice})")
    return result


def _usual(text: str) -> str:
    """Return a text as it was probably meant: no blanks, short units, a decimal point."""
    text = re.sub(r"(?<=[0-9]),(?=[0-9])", ".", "".join(text[:100].lower().split()))
    for spellings, unit in _LONG_UNITS.items():
        text = re.sub(rf"(?<![a-z])(?:{spellings})(?![a-z])", unit, text)
    return text


def clock_ms(text: str) -> int | None:
    """Return a time of day as the time since midnight [ms], None if it is none.

    Examples
    --------
    >>> clock_ms("08:30"), clock_ms("24:00"), clock_ms("8:30")
    (30600000, 86400000, None)
    """
    if not _CLOCK.fullmatch(text):
        return None
    hours, minutes, *seconds = text.split(":")
    result = int(hours) * _UNITS_MS["h"] + int(minutes) * _UNITS_MS["m"]
    return result + (int(Decimal(seconds[0]) * SECOND_MS) if seconds else 0)


def moment(text: str) -> dt.datetime | None:
    """Return a date with or without a time of day, None if the text is neither.

    Raises
    ------
    ValueError
        If it looks like a date that no calendar has.

    Examples
    --------
    >>> moment("2026-03-02T08:00")
    datetime.datetime(2026, 3, 2, 8, 0)
    """
    if not _MOMENT.fullmatch(text):
        return None
    try:
        day = dt.datetime.fromisoformat(text[:10])
        return day + dt.timedelta(milliseconds=clock_ms(text[11:] or "00:00") or 0)
    except (ValueError, OverflowError):
        raise ValueError(f"there is no such date (found {shown(text)})") from None
