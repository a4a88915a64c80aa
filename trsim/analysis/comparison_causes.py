"""Why waits differ between two settings: the difference split by what was waited for.

The parts of a wait are those of :mod:`trsim.analysis.attribution`.  In each setting they add up to
the wait without a remainder, so their differences add up to the difference of the waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction as Exact
from typing import Final

from trsim.analysis.attribution import WAIT_PARTS
from trsim.analysis.comparison import Comparison
from trsim.analysis.intervals import Interval
from trsim.analysis.kpi import Fraction, Kind
from trsim.analysis.kpis import CAUSES
from trsim.analysis.paired import paired_difference
from trsim.analysis.study import Study

WHOLE: Final = "wait_per_task"
"""The KPI that is split: the mean wait of all offered tasks, open waits up to the horizon."""
WORKER_TIME: Final = {
    "lost_ringing_time": "ringing for nothing",
    "absent_after_timeout": "unavailable after misses",
    "absent_after_reject": "unavailable after rejections",
}
"""Worker time that failed offers cost, and that waiting customers miss."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What one cause adds to the difference of two settings.

    Attributes
    ----------
    kpi : str
        The figure that tells the cause.
    label : str
        Its name for people.
    exact : Fraction or None
        Difference of the estimates, other minus base [s per offered task], without rounding;
        None where a setting was offered no task.
    interval : Interval
        The same with how far chance reaches [s per offered task].
    """

    kpi: str
    label: str
    exact: Exact | None
    interval: Interval


@dataclass(frozen=True, slots=True)
class WaitChange:
    """The difference of the mean wait of two settings, by causes.

    Attributes
    ----------
    whole : Cause
        Of the wait of all offered tasks.
    parts : tuple of Cause
        Of each part of the wait; their exact differences add up to that of the whole.
    worker_time : tuple of Cause
        Worker time that failed offers cost [worker s per offered task].  It is no part of the
        wait; it makes customers wait because somebody is missing.
    """

    whole: Cause
    parts: tuple[Cause, ...]
    worker_time: tuple[Cause, ...]


def wait_change(
    comparison: Comparison, of: str | None = None, *, confidence: float = 0.95
) -> WaitChange | None:
    """Return why the wait of a setting differs from that of the base.

    Parameters
    ----------
    comparison : Comparison
    of : str, optional
        Name of the setting; left out: the only one beside the base.
    confidence : float
        Of the intervals, 0 < confidence < 1.

    Returns
    -------
    WaitChange or None
        None where nothing is known of causes, because no task was offered.

    Raises
    ------
    UsageError
        There is no such setting, or ``confidence`` is out of bounds.
    """
    first = comparison.studies[comparison.base]
    second = comparison.studies[comparison.setting(of)]

    def cause(kpi: str, label: str) -> Cause:
        base, other = _per_task(first, kpi), _per_task(second, kpi)
        interval = paired_difference(Kind.POOLED, base, other, confidence)
        return Cause(kpi, label, _exact(base, other), interval)

    whole = cause(WHOLE, "wait")
    if whole.exact is None:
        return None
    return WaitChange(
        whole,
        tuple(cause(kpi, WAIT_PARTS[part].label) for kpi, part in CAUSES.items()),
        tuple(cause(kpi, label) for kpi, label in WORKER_TIME.items()),
    )


def _per_task(study: Study, kpi: str) -> list[Fraction]:
    """Return a time of each replication as total [ms] and offered tasks times 1000."""
    values = study.fractions(kpi)
    if kpi not in WORKER_TIME:
        return values
    tasks = [count for count, _ in study.fractions("offered")]
    return [(total, whole * count) for (total, whole), count in zip(values, tasks, strict=True)]


def _exact(first: list[Fraction], second: list[Fraction]) -> Exact | None:
    wholes = [sum(whole for _, whole in values) for values in (first, second)]
    if not all(wholes):
        return None
    base, other = (
        Exact(sum(part for part, _ in values), whole)
        for values, whole in zip((first, second), wholes, strict=True)
    )
    return other - base
