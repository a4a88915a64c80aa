"""Figures that lose their meaning where a queue grows."""

from __future__ import annotations

import json

import pytest

from tests.analysis.load_desk import constant, desk
from trsim.analysis.growth import GROWING_KPIS, grows
from trsim.analysis.kpi_table import Missing
from trsim.analysis.trust_kinds import Caveat, Doubt
from trsim.experiments.replicate import replicate
from trsim.experiments.run import run

GREW = (Caveat(Doubt.UNSTABLE, "it grew"),)
BUSY = (Caveat(Doubt.OVERLOADED, "too much"),)


@pytest.mark.parametrize(
    ("runs", "growing", "expected"),
    [(1, 1, True), (2, 1, False), (2, 2, True), (10, 1, False), (20, 2, True), (30, 2, False)],
)
def test_a_tenth_of_the_runs_and_two_of_several(runs: int, growing: int, expected: bool) -> None:
    assert grows([GREW] * growing + [()] * (runs - growing)) is expected


def test_more_work_than_staff_alone_leaves_averages() -> None:
    assert not grows([BUSY] * 5)
    assert not grows([])


def test_a_study_withholds_averages_and_keeps_the_exact_numbers() -> None:
    study = replicate(desk(constant(1.5, 5), 5, 8), replications=2)
    table = study.kpis()
    marked = {value.name for value in table if value.missing is Missing.GROWS}
    assert {"mean_wait", "asa", "wait_p95", "mean_queue_length", "max_wait"} <= marked
    assert marked <= GROWING_KPIS
    for name in marked:
        value = table[name]
        assert (value.estimate, value.low, value.high, value.half_width) == (None,) * 4
    assert table["service_level"].estimate is not None
    assert study.kpi("asa") == table["asa"]
    rows = {row["name"]: row for row in json.loads(json.dumps(table.as_dict()))["kpis"]}
    assert rows["asa"]["missing"] == "grows"
    assert rows["offered"]["missing"] is None
    frame = study.per_replication()
    part, whole = study.fractions("asa")[1]
    kept = frame[(frame["kpi"] == "asa") & (frame["replication"] == 1)]["value"]
    assert kept.to_list() == [part / whole]
    groups = study.by_queue().set_index("kpi")
    assert groups.loc["mean_wait", "missing"] == "grows"
    assert "grows" in table.to_html()


def test_one_run_withholds_them_too() -> None:
    assert run(desk(constant(1.5, 5), 5, 8)).kpis()["asa"].missing is Missing.GROWS
    assert run(desk(constant(0.5, 5), 5, 8)).kpis()["asa"].missing is None
