from __future__ import annotations

from typing import Any

import pytest

from tests.experiments.small_desk import small_desk
from trsim.errors import UsageError
from trsim.experiments.designs import Design
from trsim.experiments.evaluate import Evaluator
from trsim.experiments.replicate import replicate
from trsim.experiments.sweep import Sampling, planned_sweep, sweep, sweep_of
from trsim.parallel.backend import Lost
from trsim.parallel.serial import Serial

VARY = {"workflows.calls.task_reservation_timeout": "5s,30s", "workers.agent.count": [3, 4]}


def test_every_point_is_what_its_scenario_gives_alone() -> None:
    swept = sweep(small_desk(), VARY, replications=2)
    assert [point.values for point in swept.points] == [
        ("5s", 3), ("5s", 4), ("30s", 3), ("30s", 4),
    ]  # fmt: skip
    changed = small_desk().replace(
        {"workflows.calls.task_reservation_timeout": "30s", "workers.agent.count": 3}
    )
    alone = replicate(changed.compile(), replications=2)
    study = swept.points[2].study
    assert study is not None
    assert study.fingerprints == alone.fingerprints
    assert study.fractions("abandonment") == alone.fractions("abandonment")


def test_the_frame_has_a_row_for_each_replication() -> None:
    swept = sweep(small_desk(), VARY, replications=2, seed=9)
    frame = swept.to_frame()
    assert list(frame["point"]) == [0, 0, 1, 1, 2, 2, 3, 3]
    assert list(frame["replication"]) == [0, 1] * 4
    assert list(frame["workflows.calls.task_reservation_timeout"]) == [5.0] * 4 + [30.0] * 4
    assert list(frame["workers.agent.count"]) == [3, 3, 4, 4] * 2
    assert set(frame["seed"]) == {9}
    study = swept.points[1].study
    assert study is not None
    part, whole = study.fractions("asa")[1]
    assert frame["asa"][3] == part / whole
    assert "service_level@20s" in frame


def test_tables_have_the_intervals_of_studies() -> None:
    swept = sweep(small_desk(), VARY, replications=3)
    table = swept.table(["mean_wait"], confidence=0.9)
    study = swept.points[3].study
    assert study is not None
    expected = study.kpi("mean_wait", confidence=0.9)
    assert table["estimate"][3] == expected.estimate
    assert table["half_width"][3] == expected.half_width
    best = swept.best("mean_wait")
    assert swept.figure(best, "mean_wait").estimate == table["estimate"].min()  # type: ignore[union-attr]
    with pytest.raises(UsageError, match="neither more nor less"):
        swept.best("occupancy")
    assert "4 points, 3 replications each" in swept._repr_html_()


def test_what_is_lost_is_told_and_the_rest_is_there() -> None:
    planned = planned_sweep(small_desk(), VARY, replications=2)
    done: dict[int, Any] = dict(Evaluator().stream(planned.jobs))
    done[3] = Lost("the worker died")
    swept = sweep_of(planned, done)
    assert swept.failed == (
        "point 1 (workflows.calls.task_reservation_timeout=5s, workers.agent.count=4), "
        "replication 1: the worker died",
    )
    assert swept.points[1].replications == (0,)
    assert len(swept.to_frame()) == 7


def test_points_that_the_scenario_refuses_are_told_before_anything_runs() -> None:
    class Idle(Serial):
        def run(self, work: Any, pieces: Any) -> Any:
            raise AssertionError("nothing may run")

    with pytest.raises(UsageError, match=r"refuses workers.agent.count=0: .*at least 1"):
        sweep(small_desk(), ["workers.agent.count=0..2"], evaluator=Evaluator(backend=Idle()))
    with pytest.raises(UsageError, match="cannot be varied"):
        sweep(small_desk(), ["seed=1..2"])
    with pytest.raises(UsageError, match="replications must be"):
        sweep(small_desk(), VARY, replications=0)


def test_rows_of_a_saltelli_design_lead_to_their_points() -> None:
    sampling = Sampling(Design.SALTELLI, 4)
    planned = planned_sweep(small_desk(), ["workers.agent.count=2..4"], replications=1,
                            sampling=sampling)  # fmt: skip
    swept = sweep_of(planned, {})
    assert len(swept.rows) == 12
    assert len(swept.points) <= 3
    # With one parameter, A with the column of B is B.
    assert swept.rows[4:8] == swept.rows[8:]
