"""Doubt about chance: too few replications for the figures that decide."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Final

from trsim.analysis.intervals import replications_for
from trsim.analysis.kpi_table import KpiTable, KpiValue
from trsim.analysis.trust_kinds import Caveat, Doubt, some

FEWEST: Final = 5
"""With fewer replications the width of an interval is itself off by more than a third."""
MAIN_KPIS: Final = ("service_level", "abandonment", "asa", "mean_wait", "wait_p95", "occupancy")
"""Figures that decisions are made by, all shares or times."""
WIDE_SHARE: Final = 0.05
"""Half-width that is too much for a share: ± 5 percentage points.  A bound relative to the
share would call every abandonment near 0 imprecise."""
WIDE_TIME: Final = 0.1
"""Half-width that is too much for a time, as a share of the time."""
LEAST_TIME_S: Final = 1.0
"""Times known to the second are precise enough, however short [s]."""


_ROUNDING: Final = 1e-9
"""Half widths up to this are what rounding leaves of equal figures."""


def chance_doubts(replications: int, table: KpiTable | None = None) -> Iterator[Caveat]:
    """Yield at most one doubt: chance may have made the figures what they are.

    Parameters
    ----------
    replications : int
        How many runs there were, >= 1.
    table : KpiTable, optional
        Their figures; left out, the widths of intervals are not looked at.

    Notes
    -----
    The standard deviation of n normal replications is known to about a share 1 / √(2 (n - 1))
    of itself, its asymptotic relative standard error (Kendall and Stuart, "The advanced theory
    of statistics", volume 1, chapter 10): 50 % for 3 replications, 35 % for 5.
    """
    if replications == 1:
        yield Caveat(
            Doubt.ONE_REPLICATION,
            "one replication says nothing about chance: run several to get intervals",
        )
        return
    if table is not None and not any((value.half_width or 0.0) > _ROUNDING for value in table):
        return  # Nothing in the model is left to chance.
    parts = [] if table is None else [*_wide_parts(table)]
    if replications < FEWEST:
        error = 1 / math.sqrt(2 * (replications - 1))
        parts.append(
            f"after {replications} replications the widths of intervals are uncertain by about "
            f"{100 * error:.0f} % themselves"
        )
    if parts:
        confidence = 0.95 if table is None else table.confidence
        half = max(FEWEST, replications_for(replications, 0.5, confidence))
        yield Caveat(
            Doubt.FEW_REPLICATIONS,
            f"{'; '.join(parts)}: another seed may show another picture; about {half:,} "
            "replications would halve the widths",
        )


def _wide_parts(table: KpiTable) -> Iterable[str]:
    wide = [
        f"{value.name} {_text(value)}"
        for value in (table[name] for name in MAIN_KPIS)
        if _is_wide(value)
    ]
    if wide:
        yield f"intervals are wide after {table.replications:,} replications ({some(wide)})"


def _is_wide(value: KpiValue) -> bool:
    if value.estimate is None or value.half_width is None:
        return False
    if value.unit == "share":
        return value.half_width > WIDE_SHARE
    return value.half_width > max(WIDE_TIME * value.estimate, LEAST_TIME_S)


def _text(value: KpiValue) -> str:
    estimate, half_width = value.estimate or 0.0, value.half_width or 0.0
    if value.unit == "share":
        return f"{100 * estimate:.1f} % ± {100 * half_width:.1f} points"
    return f"{estimate:,.1f} s ± {half_width:,.1f} s"
