"""Intervals in tables end where the figure does, and say how far chance reaches all the same."""

from __future__ import annotations

import pytest

from tests.analysis.diary import criteria
from trsim.analysis.intervals import mean_interval, ratio_interval
from trsim.analysis.kpi import Fraction, Kind
from trsim.analysis.kpi_table import table_of
from trsim.analysis.kpis import KPIS


@pytest.mark.parametrize(
    ("name", "runs", "low", "high"),
    [
        # 9/10 and 10/10: 0.95 ± 12.706 · 0.05.
        ("service_level", [(9, 10), (10, 10)], 0.95 - 12.7062 * 0.05, 1.0),
        ("abandonment", [(0, 10), (1, 10)], 0.0, 0.05 + 12.7062 * 0.05),
        ("service_level", [(1, 10), (9, 10)], 0.0, 1.0),
        ("gini_load", [(9, 10), (10, 10)], 0.95 - 12.7062 * 0.05, 1.0),
        # 0 and 10: 5 ± 12.706 · 5, beyond 1 without harm.
        ("asa", [(0, 1), (10, 1)], 0.0, 5 + 12.7062 * 5),
        ("canceled", [(0, 1), (10, 1)], 0.0, 5 + 12.7062 * 5),
        ("cost_of_staff", [(0, 1), (10, 1)], 0.0, 5 + 12.7062 * 5),
        ("busy_time", [(100, 1), (101, 1)], 100.5 - 12.7062 * 0.5, 100.5 + 12.7062 * 0.5),
    ],
)
def test_intervals_stay_within_what_is_possible(
    name: str, runs: list[Fraction], low: float, high: float
) -> None:
    measures = [{name: run} for run in runs]
    (value,) = table_of(measures, criteria(1), 0.95)
    assert value.low == pytest.approx(low, rel=1e-5, abs=1e-5)
    assert value.high == pytest.approx(high, rel=1e-5, abs=1e-5)
    uncut = (ratio_interval if value.definition.kind is Kind.POOLED else mean_interval)(runs)
    assert value.estimate == uncut.estimate
    assert value.half_width == uncut.half_width


def test_every_unit_has_its_bounds() -> None:
    # A new unit must be looked at: may its figures be negative, or have an upper bound?
    units = {"tasks", "share", "s", "reservations", "index", "worker s", "money"}
    assert {kpi.unit for kpi in KPIS} == units


def test_frame_and_dictionary_agree() -> None:
    runs = [{"service_level": (9, 10)}, {"service_level": (10, 10)}]
    table = table_of(runs, criteria(1), 0.95)
    (row,) = table.as_dict()["kpis"]
    frame = table.to_frame()
    for end in ("estimate", "low", "high", "half_width"):
        assert frame[end].tolist() == [row[end]]
    assert row["high"] == 1.0
