"""Which way a key figure is better: the one place that says so."""

from __future__ import annotations

from enum import Enum
from typing import Final

from trsim.analysis.kpis import CAUSES, KPIS, definition, share_name


class Direction(Enum):
    """Which of two values of a figure is the better one."""

    LOWER = "lower"
    HIGHER = "higher"
    NEITHER = "neither"
    """It tells what happens, and whether that is good depends on other figures."""


_HIGHER: Final = (
    *("assigned", "completed", "accept_share", "value_of_answered"),
    *("service_level", "service_level_offered", "service_level_answered"),
    *("service_level_excluding_short", "service_level_including_short"),
)
_LOWER: Final = (
    # Tasks that nobody served, or has served yet.
    *("refused", "canceled", "canceled_hangup", "canceled_operator", "canceled_ttl"),
    *("canceled_workflow_timeout", "canceled_workflow_skipped", "canceled_no_matching_filter"),
    *("canceled_assignment_limit", "canceled_ttl_or_assignment_limit", "canceled_routing_target"),
    *("silently_canceled", "removed", "open", "open_pending", "open_reserved", "abandonment"),
    # Waits.
    *("mean_wait", "asa", "wait_p50", "wait_p80", "wait_p90", "wait_p95", "wait_p99", "max_wait"),
    *("longest_open_wait", "wait_to_first_offer"),
    *("mean_queue_length", "mean_pending", "max_queue_length", "wait_per_task", *CAUSES),
    # Offers that fail, and what they cost.
    *("reservations_rejected", "reservations_timed_out", "offers_per_task", "reject_share"),
    *("timeout_share", "mean_setup_time", "reoffered_same_worker", "reoffered_same_worker_share"),
    *("lost_ringing_time", "absent_after_timeout", "absent_after_reject"),
    *("gini_load", "gini_offers"),
    *("cost_of_staff", "cost_of_abandoned", "cost_per_assigned"),
)
_NEITHER: Final = (
    # Given from outside, or a stage on the way.
    *("offered", "open_assigned", "open_wrapping"),
    *("mean_talk_time", "mean_wrap_up_time", "mean_handle_time"),
    # How a wait divides says nothing about its length.
    *map(share_name, CAUSES),
    # A short timeout cuts late answers off: what is left looks faster and is not.
    *("mean_answer_time", "mean_ringing_time"),
    *("reservations_created", "reservations_accepted", "reservations_canceled"),
    *("reservations_rescinded", "reservations_open", "setups"),
    # Work in hand is cost to one and service to another.
    *("occupancy", "ringing_share", "concurrency", "busy_time", "setup_time", "ringing_time"),
    *("idle_time", "away_time"),
)
_DIRECTIONS: Final = {
    **dict.fromkeys(_HIGHER, Direction.HIGHER),
    **dict.fromkeys(_LOWER, Direction.LOWER),
    **dict.fromkeys(_NEITHER, Direction.NEITHER),
}
assert sorted((*_HIGHER, *_LOWER, *_NEITHER)) == sorted(kpi.name for kpi in KPIS), (
    "every KPI has one direction"
)


def direction_of(name: str) -> Direction:
    """Return which way a KPI is better.

    Parameters
    ----------
    name : str
        Such as ``asa`` or ``service_level@20s``.

    Raises
    ------
    UsageError
        There is no such KPI.

    Examples
    --------
    >>> direction_of("service_level@20s").value, direction_of("abandonment").value
    ('higher', 'lower')
    """
    definition(name)
    return _DIRECTIONS[name.partition("@")[0]]
