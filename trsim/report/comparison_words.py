"""Differences in words: a sentence for each figure, and why waits differ."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction as Exact
from typing import Final

from trsim.analysis.comparison import Difference, Verdict
from trsim.analysis.comparison_causes import Cause, WaitChange
from trsim.analysis.intervals import Interval
from trsim.analysis.kpis import CAUSES

_MOST_DECIMALS: Final = 4
_SUBJECTS: Final = {
    "service_level": "the service level",
    "mean_wait": "the mean wait",
    "asa": "the average speed of answer",
}
_WAITING: Final = {
    "wait_ringing": "ringing at the one who takes the task",
    "wait_set_up": "being connected",
    "wait_lost_offers": "ringing for nothing",
    "wait_for_deadline": "waiting for a deadline",
    "wait_nobody_free": "with nobody free",
    "wait_held_back": "held back",
}
assert tuple(_WAITING) == tuple(CAUSES), "every part of a wait has its words"


def decimals(interval: Interval, unit: str) -> int:
    """Return how many decimals a difference is told with.

    The half-width shows a digit, and no end of the interval looks as if it were 0.

    Examples
    --------
    >>> decimals(Interval(-0.021, 0.003, 20), "share"), decimals(Interval(0.02, 0.006, 9), "s")
    (1, 3)
    """
    scale = _scale(unit)
    reach = (interval.half_width or abs(interval.estimate or 0.0)) * scale
    if not reach:
        return 1
    places = 0 if reach >= 50 else min(max(1, -math.floor(math.log10(reach))), _MOST_DECIMALS)
    ends = [abs(end) * scale for end in (interval.low, interval.high) if end]
    while places < _MOST_DECIMALS and any(end < 0.5 * 10**-places for end in ends):
        places += 1
    return places


def level(value: float | None, unit: str, places: int) -> str:
    """Return a figure with its unit, a dash where there is none.

    Examples
    --------
    >>> level(0.0834, "share", 1), level(12.0, "tasks", 1)
    ('8.3 %', '12.0')
    """
    if value is None:
        return "-"
    return f"{_scale(unit) * value:,.{places}f}{_LEVELS.get(unit, '')}"


def change(value: float, unit: str, places: int) -> str:
    """Return a difference with its sign and unit; shares are told in percentage points.

    Examples
    --------
    >>> change(-0.0213, "share", 1), change(0.0, "s", 1), change(3.0, "tasks", 0)
    ('-2.1 pp', '0.0 s', '+3')
    """
    return f"{_signed(value, unit, places)}{_CHANGES.get(unit, '')}"


def reach(interval: Interval, unit: str, places: int) -> str:
    """Return the interval of a difference, nothing where there is none."""
    if interval.low is None or interval.high is None:
        return ""
    ends = (_signed(end, unit, places) for end in (interval.low, interval.high))
    return " to ".join(ends)


_LEVELS: Final = {"share": " %", "s": " s", "worker s": " s"}
_CHANGES: Final = {"share": " pp", "s": " s", "worker s": " s"}
_LONG_UNITS: Final = {"share": " percentage points", "s": " s", "worker s": " s of worker time"}


def _scale(unit: str) -> int:
    return 100 if unit == "share" else 1


def _signed(value: float, unit: str, places: int) -> str:
    text = f"{_scale(unit) * value:+,.{places}f}"
    # What rounds to nothing has no sign.
    return text if any(c in "123456789" for c in text) else text[1:]


def sentence(difference: Difference) -> str:
    """Return a difference as a sentence.

    Returns
    -------
    str
        Such as "Abandonment falls by 2.1 percentage points (1.8 to 2.4): 6.3 % instead of 8.4 %."
    """
    unit, interval = difference.unit, difference.interval
    subject = _SUBJECTS.get(difference.kpi, difference.kpi)
    places = decimals(interval, unit)
    base, other = (level(value, unit, places) for value in (difference.base, difference.other))
    if interval.estimate is None:
        return _begun(f"{subject}: nothing can be compared, {other} beside {base}.")
    if difference.verdict is Verdict.SAME:
        return _begun(f"{subject} is the same in every replication: {base}.")
    if interval.half_width is None:
        return _begun(
            f"{subject} is {other} instead of {base}; how far chance reaches is not known."
        )
    if not difference.told_apart:
        told = f"{change(interval.estimate, unit, places)} ({reach(interval, unit, places)})"
        return _begun(f"{subject} cannot be told apart: {other} and {base}, {told}.")
    verb = "falls" if interval.estimate < 0 else "rises"
    by = f"{_size(interval, unit, places)}{_LONG_UNITS.get(unit, '')}"
    return _begun(
        f"{subject} {verb} by {by} ({_sizes(interval, unit, places)}): {other} instead of {base}."
    )


def why_waits_differ(why: WaitChange) -> tuple[str, ...]:
    """Return what customers wait more and less for, the largest contribution first.

    Returns
    -------
    tuple of str
        Sentences; none if nobody waits longer or shorter.  The parts named in the first add up
        to its whole, apart from rounding.
    """
    whole = why.whole.interval
    found = []
    parts = _by_size(why.parts)
    if parts:
        # All with the same decimals, so that the parts can be added up.
        places = max(1, min(2, decimals(whole, "s")))
        visible = [cause for cause in parts if round(_size_of(cause), places)] or parts
        found.append(f"{_whole(whole, places)}: {_listed(visible, places)}.")
    spent = [text for cause in _by_size(why.worker_time) if (text := _spent(cause))]
    if spent:
        found.append(f"For each task workers spend {', '.join(spent)}.")
    return tuple(found)


def _whole(interval: Interval, places: int) -> str:
    assert interval.estimate is not None, "a wait without tasks has no causes"
    text = f"{_more(interval, places)} on average"
    if interval.half_width is None:
        return f"Customers wait {text}"
    if _unclear(interval):
        return (
            f"How long customers wait cannot be told apart, {text} ({reach(interval, 's', places)})"
        )
    return f"Customers wait {text} ({_sizes(interval, 's', places)})"


def _listed(parts: list[Cause], places: int) -> str:
    """Return the parts, those that chance may have made apart."""
    clear, unclear = (
        ", ".join(
            f"{_more(cause.interval, places)} {_WAITING[cause.kpi]}"
            for cause in parts
            if _unclear(cause.interval) is wanted
        )
        for wanted in (False, True)
    )
    apart = f"cannot be told apart: {unclear}" if unclear else ""
    return "; ".join(filter(None, [clear, apart]))


def _spent(cause: Cause) -> str:
    """Return what a cause took of the workers' time, nothing if that rounds to nothing."""
    interval = cause.interval
    places = max(1, min(2, decimals(interval, "s")))
    if not round(_size_of(cause), places):
        return ""
    text = f"{_more(interval, places)} {cause.label}"
    if interval.half_width is None:
        return text
    if _unclear(interval):
        return f"{text} ({reach(interval, 's', places)}, cannot be told apart)"
    return f"{text} ({_sizes(interval, 's', places)})"


def _by_size(causes: Iterable[Cause]) -> list[Cause]:
    """Return the causes that differ, the largest first."""
    return sorted(filter(_size_of, causes), key=_size_of, reverse=True)


def _size_of(cause: Cause) -> Exact:
    return abs(Exact(0) if cause.exact is None else cause.exact)


def _unclear(interval: Interval) -> bool:
    low, high = interval.low, interval.high
    return low is not None and high is not None and low <= 0 <= high


def _more(interval: Interval, places: int) -> str:
    return f"{_size(interval, 's', places)} s {'less' if (interval.estimate or 0) < 0 else 'more'}"


def _size(interval: Interval, unit: str, places: int) -> str:
    return f"{_scale(unit) * abs(interval.estimate or 0.0):,.{places}f}"


def _sizes(interval: Interval, unit: str, places: int) -> str:
    """Return the ends of an interval that lies on one side of 0, without the sign."""
    assert interval.low is not None, "there is an interval"
    assert interval.high is not None, "there is an interval"
    ends = sorted(_scale(unit) * abs(end) for end in (interval.low, interval.high))
    return " to ".join(f"{end:,.{places}f}" for end in ends)


def _begun(text: str) -> str:
    """Return a sentence that begins with a capital, unless it begins with the name of a KPI."""
    return text if "_" in text.split(" ", maxsplit=1)[0] else text[0].upper() + text[1:]
