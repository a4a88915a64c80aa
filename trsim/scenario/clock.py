"""Instants: offsets from the start, times of day, dates; and the calendar that relates them.

A time of day that a clock change skips means the instant at the offset before the change (02:30
becomes 03:30), and one that occurs twice means the first of the two (RFC 5545, section 3.3.5).
Local times are turned into UTC before they are subtracted: ten hours of a night may last nine.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from trsim.scenario.problems import shown
from trsim.scenario.values import DAY_MS, clock_ms, duration_ms, duration_text, moment

_ONE_MS = dt.timedelta(milliseconds=1)
_CLOCK = r"[0-9]{1,2}:[0-9]{2}(?::[0-9.]*)?"
_OFF = r"[0-9]{1,2}:?(?:[0-9]{2})?"
# Behind a time alone, a minus rather makes a span of two times.
_ZONED = re.compile(rf".*{_CLOCK} ?(?:Z|\+{_OFF})|.*[0-9]-[0-9]+[T ]{_CLOCK} ?-{_OFF}")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,3}")


@dataclass(frozen=True, slots=True)
class Offset:
    """A time since the start of the run."""

    ms: int

    def __str__(self) -> str:
        return duration_text(self.ms)


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A wall-clock time, as milliseconds since midnight; 24:00 ends the day."""

    ms: int

    def __str__(self) -> str:
        minutes, rest = divmod(self.ms, 60_000)
        seconds = f":{rest / 1000:06.3f}".rstrip("0").rstrip(".") if rest else ""
        return f"{minutes // 60:02d}:{minutes % 60:02d}{seconds}"


@dataclass(frozen=True, slots=True)
class Moment:
    """A date with a wall-clock time."""

    local: dt.datetime

    def __str__(self) -> str:
        text = self.local.isoformat(timespec="milliseconds")
        return text.removesuffix(".000").removesuffix(":00")


Instant: TypeAlias = Offset | TimeOfDay | Moment


def instant(value: object) -> Instant:
    """Return the instant that a value of a file spells.

    Raises
    ------
    ValueError
        Unless it is a duration, a time of day such as ``"08:00"``, or a date with a time.

    Examples
    --------
    >>> instant("1h"), instant("08:00")
    (Offset(ms=3600000), TimeOfDay(ms=28800000))
    """
    if isinstance(value, str):
        of_day = clock_ms(value)
        if of_day is not None:
            return TimeOfDay(of_day)
        date = moment(value)
        if date is not None:
            return Moment(date)
        refuse_zone(value)
        if ":" in value:
            raise ValueError(f"must be a time of day such as 08:00 (found {shown(value)})")
    return Offset(duration_ms(value))


def refuse_zone(text: str) -> None:
    """Refuse a time that says how far it is from UTC.

    Raises
    ------
    ValueError
        If there is a Z or an offset such as +01:00 behind the time.
    """
    if _ZONED.fullmatch(text[:100]):
        raise ValueError(
            f"a zone behind a time is not read; the zone goes into time_zone (found {shown(text)})"
        )


def zone(value: object) -> str:
    """Return the name of a time zone after looking it up.

    Raises
    ------
    ValueError
        If the IANA data base has no zone of this name.
    """
    if isinstance(value, str) and _ZONE.fullmatch(value):
        try:
            zoneinfo.ZoneInfo(value)
        except (zoneinfo.ZoneInfoNotFoundError, OSError, ValueError):
            pass
        else:
            return value
    raise ValueError(
        f"there is no time zone of this name (found {shown(value)}; "
        "a name is such as Europe/Vienna)"
    )


@dataclass(frozen=True, slots=True)
class Calendar:
    """Relates wall-clock times to the time since the start.

    Parameters
    ----------
    start : datetime
        Local wall-clock label of time 0, without zone.
    time_zone : str, optional
        IANA name; without one, clocks never change.
    """

    start: dt.datetime
    time_zone: str | None = None

    def offset_ms(self, local: dt.datetime) -> int:
        """Return the time from the start to a local time [ms], negative before it.

        Examples
        --------
        >>> night = Calendar(dt.datetime(2026, 3, 28, 22), "Europe/Vienna")
        >>> night.offset_ms(dt.datetime(2026, 3, 29, 8)) / 3_600_000
        9.0
        """
        return (self._universal(local) - self._universal(self.start)) // _ONE_MS

    def first_ms(self, time: TimeOfDay) -> int:
        """Return the first time at or after the start at which clocks show a time of day [ms]."""
        midnight = self._midnight()
        for day in range(3):
            offset = self.offset_ms(midnight + dt.timedelta(days=day, milliseconds=time.ms))
            if offset >= 0:
                return offset
        raise AssertionError("a time of day comes within two days")

    def at_ms(self, when: Instant) -> int:
        """Return when an instant comes [ms since the start]."""
        if isinstance(when, Offset):
            return when.ms
        return self.first_ms(when) if isinstance(when, TimeOfDay) else self.offset_ms(when.local)

    def daily(self, begin: TimeOfDay, end: TimeOfDay, horizon_ms: int) -> Iterator[tuple[int, int]]:
        """Yield the spans from one time of day to another, on every day of the run.

        Parameters
        ----------
        begin, end : TimeOfDay
            A span whose end is not after its begin ends on the next day.
        horizon_ms : int
            End of the run [ms].

        Yields
        ------
        tuple of (int, int)
            Start and end [ms since the start], cut to the run, in time order.
        """
        span_days = 0 if end.ms > begin.ms else 1
        # A day has 23 to 25 hours; one more on either side costs nothing.
        for day in range(-1, horizon_ms // DAY_MS + 3):
            midnight = self._midnight() + dt.timedelta(days=day)
            first = self.offset_ms(midnight + dt.timedelta(milliseconds=begin.ms))
            last = self.offset_ms(midnight + dt.timedelta(days=span_days, milliseconds=end.ms))
            first, last = max(first, 0), min(last, horizon_ms)
            if first < last:
                yield first, last

    def _midnight(self) -> dt.datetime:
        return self.start.replace(hour=0, minute=0, second=0, microsecond=0)

    def _universal(self, local: dt.datetime) -> dt.datetime:
        if self.time_zone is None:
            return local
        aware = local.replace(tzinfo=zoneinfo.ZoneInfo(self.time_zone), fold=0)
        return aware.astimezone(dt.UTC).replace(tzinfo=None)
