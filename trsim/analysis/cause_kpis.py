"""KPIs of where waiting comes from: the parts of waits, per task and as shares of all waiting.

Each part is defined in :data:`trsim.analysis.attribution.WAIT_PARTS`.  Unlike the means of
:mod:`trsim.analysis.wait_kpis` these figures include the waits that go on at the horizon, up to
there.  So the parts add up to ``wait_per_task``, and their shares to one, without a remainder.
"""

from __future__ import annotations

from typing import Final

from trsim.analysis.attribution import WAIT_PARTS
from trsim.analysis.kpi import NO_FIGURE, Kind, Kpi, Measure, ratio, seconds
from trsim.analysis.sample import Sample

CAUSES: Final = {
    "wait_ringing": "ringing",
    "wait_set_up": "setup",
    "wait_lost_offers": "lost_offers",
    "wait_for_deadline": "for_deadline",
    "wait_nobody_free": "nobody_free",
    "wait_held_back": "held_back",
}
"""Name of the KPI of each part of a wait, in the order of :data:`WAIT_PARTS`."""
assert tuple(CAUSES.values()) == tuple(WAIT_PARTS), "every part of a wait has its KPI"
_COUNTED = "over all offered tasks, waits that go on at the horizon up to there"


def share_name(kpi: str) -> str:
    """Return the name of the KPI that tells a part of the wait as a share."""
    return f"{kpi}_share"


def _per_task(column: str) -> Measure:
    def measure(sample: Sample) -> tuple[int, int]:
        if sample.waits is None:
            return NO_FIGURE
        return seconds(getattr(sample.waits, column).sum(), len(sample.waits))

    return measure


def _of_all_waiting(column: str) -> Measure:
    def measure(sample: Sample) -> tuple[int, int]:
        if sample.waits is None:
            return NO_FIGURE
        return ratio(getattr(sample.waits, column).sum(), sample.waits.wait_ms.sum())

    return measure


def _mean(name: str, part: str) -> Kpi:
    text = f"Part of a task's wait: {WAIT_PARTS[part].text}."
    formula = f"time of that kind, summed {_COUNTED} / offered"
    return Kpi(name, "s", Kind.POOLED, text, formula, _per_task(f"{part}_ms"))


def _share(name: str, part: str) -> Kpi:
    text = f"Share of all waiting: {WAIT_PARTS[part].label} ({name})."
    formula = f"{name} / wait_per_task"
    return Kpi(share_name(name), "share", Kind.POOLED, text, formula, _of_all_waiting(f"{part}_ms"))


CAUSE_KPIS: Final = (
    Kpi(
        "wait_per_task",
        "s",
        Kind.POOLED,
        "Mean wait of all offered tasks, waits that go on at the horizon up to there.",
        "sum of (assigned, canceled, removed or horizon, - created) / offered; the sum of the six "
        "parts that follow",
        _per_task("wait_ms"),
    ),
    *(_mean(name, part) for name, part in CAUSES.items()),
    *(_share(name, part) for name, part in CAUSES.items()),
)
