"""What cannot be averaged: figures of waiting in a system that never settles.

A queue that gets more than its staff can do grows for as long as the run lasts.  Its mean wait and
its mean length then say how long the run was, and nothing else; an interval around them would
cover nothing that exists (Law, "Simulation Modeling and Analysis", 5th edition, section 9.3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from trsim.analysis.kpi_table import KpiTable, KpiValue, Missing
from trsim.analysis.trust_kinds import Caveat, Doubt

GROWING_KPIS: Final = frozenset(
    {
        "mean_wait",
        "asa",
        "wait_p50",
        "wait_p80",
        "wait_p90",
        "wait_p95",
        "wait_p99",
        "max_wait",
        "longest_open_wait",
        "wait_to_first_offer",
        "mean_queue_length",
        "mean_pending",
        "max_queue_length",
        "wait_per_task",
        "wait_for_deadline",
        "wait_nobody_free",
    }
)
"""Waits and lengths, which have no long-run average where a queue grows.  Counts, shares, and times
that workers take have one, or are facts of the run."""
LEAST_SHARE: Final = 0.1
"""Share of the replications that must have grown; two at least, where there are several.  At a load
that equals the capacity 1 run in 100 is taken for growing by chance."""


def grows(run_caveats: Sequence[Sequence[Caveat]]) -> bool:
    """Return whether waits and lengths of a system have lost their meaning.

    Parameters
    ----------
    run_caveats : sequence of sequences of Caveat
        Reasons to doubt each replication.

    Notes
    -----
    More work than staff (``OVERLOADED``) without a growing queue is not enough: hang-ups then hold
    the queue at a length of its own, and its average exists.
    """
    growing = sum(
        any(caveat.doubt is Doubt.UNSTABLE for caveat in caveats) for caveats in run_caveats
    )
    n = len(run_caveats)
    return growing >= max(min(n, 2), LEAST_SHARE * n) if n else False


def without_averages(table: KpiTable) -> KpiTable:
    """Return the table with the figures that have lost their meaning marked as growing."""
    return replace(table, values=tuple(map(without_average, table.values)))


def marked(tables: Mapping[str, KpiTable]) -> dict[str, KpiTable]:
    """Return tables by name, each :func:`without_averages`."""
    return {name: without_averages(table) for name, table in tables.items()}


def without_average(value: KpiValue) -> KpiValue:
    """Return a figure marked as growing, if it is one that loses its meaning where queues grow.

    One that nothing is known of stays as it is.
    """
    if value.name not in GROWING_KPIS or value.estimate is None:
        return value
    return replace(
        value, estimate=None, low=None, high=None, half_width=None, missing=Missing.GROWS
    )
