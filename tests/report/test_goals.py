"""Goals: what a condition means in the unit of its KPI, and how it is judged."""

from __future__ import annotations

import pytest

from trsim.analysis.kpi_table import KpiTable, KpiValue
from trsim.errors import UsageError
from trsim.report.goals import condition_of, judge


@pytest.mark.parametrize(
    ("kpi", "text", "bound"),
    [
        ("service_level", ">= 80%", 0.8),
        ("service_level", ">= 0.8", 0.8),
        ("wait_p95", "< 60s", 60.0),
        ("mean_wait", "<=1m30s", 90.0),
        ("lost_ringing_time", "< 2h", 7200.0),
        ("open", "<= 5", 5.0),
    ],
)
def test_a_bound_is_read_in_the_unit_of_the_kpi(kpi: str, text: str, bound: float) -> None:
    assert condition_of(kpi, text).bound == pytest.approx(bound)


@pytest.mark.parametrize(
    ("kpi", "text", "reason"),
    [
        ("service_level", ">= 80", "must lie between 0% and 100%, or 0 and 1"),
        ("service_level", ">= 20s", "must be 80% or 0.8"),
        ("mean_wait", "< 60", "must be a duration"),
        ("mean_wait", "< 80%", "mean_wait is a time"),
        ("open", "<= 5%", "must be a plain number"),
        ("open", "== 5", "one of <= >= < >"),
        ("servce_level", ">= 80%", "did you mean 'service_level'?"),
    ],
)
def test_a_bound_that_does_not_fit_is_refused(kpi: str, text: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason.replace("?", r"\?")):
        condition_of(kpi, text)


@pytest.mark.parametrize(
    ("estimate", "half_width", "met", "doubtful"),
    [
        (0.85, 0.02, True, False),
        (0.81, 0.02, True, True),
        (0.79, 0.02, False, True),
        (0.70, 0.02, False, False),
        (0.80, None, True, False),
        (None, None, False, False),
    ],
)
def test_the_estimate_decides_and_the_interval_casts_doubt(
    estimate: float | None, half_width: float | None, met: bool, doubtful: bool
) -> None:
    (judgment,) = judge([("service_level", ">= 80%")], table_with(estimate, half_width))
    assert (judgment.met, judgment.doubtful) == (met, doubtful)
    assert judgment.goal == "service_level >= 80%"


def table_with(estimate: float | None, half_width: float | None) -> KpiTable:
    low = high = None
    if estimate is not None and half_width is not None:
        low, high = estimate - half_width, estimate + half_width
    value = KpiValue("service_level", "share", estimate, low, high, half_width, 5)
    return KpiTable((value,), 5, 0.95, "offered", 20.0, 0.0)
