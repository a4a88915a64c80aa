"""Costs, worked out for the desk of :mod:`tests.analysis.test_attribution`.

Ann talks from 4 to 64 s and Bob from 34 to 94 s, of 300 s.
"""

from __future__ import annotations

from typing import Any

import pytest

import trsim
from tests.analysis.test_attribution import desk, stream, worker
from trsim.analysis.cost_kpis import COST_KPIS
from trsim.analysis.kpi_table import KpiTable
from trsim.model import Prices

COSTS = [kpi.name for kpi in COST_KPIS]


def table_of(ann: dict[str, Any], **tasks: Any) -> KpiTable:
    workers = {"Ann": worker("first", **ann), "Bob": worker("second")}
    model = desk(workers=workers, tasks={"calls": stream(0, 10, **tasks)})
    return trsim.run(model).kpis()


def test_whoever_has_no_shifts_is_paid_throughout() -> None:
    table = table_of({"wage": "36/h"})
    assert table["cost_of_staff"].estimate == pytest.approx(36 * 300 / 3600)
    assert table["cost_per_assigned"].estimate == pytest.approx(3 / 2)
    assert table["cost_of_staff"].unit == "money"


def test_only_time_after_the_warm_up_is_paid() -> None:
    workers = {"Ann": worker("first", wage="36/h"), "Bob": worker("second", wage="72/h")}
    table = trsim.run(desk(workers=workers)).kpis(warm_up_s=200)
    assert table["cost_of_staff"].estimate == pytest.approx((36 + 72) * 100 / 3600)
    assert table["cost_per_assigned"].estimate is None


def test_shifts_are_paid_and_work_beyond_their_ends() -> None:
    early = [{"from": "0s", "to": "30s"}, {"from": "200s", "to": "220s"}]
    table = table_of({"wage": "1/s", "shifts": early})
    # On shift 0-30, with the first call in hand until 64, and 200-220.
    assert table["cost_of_staff"].estimate == pytest.approx(64 + 20)


def test_tasks_have_values_and_hang_ups_costs() -> None:
    table = table_of({}, value=8, abandonment_cost=2.5, patience="6s")
    # The first one is taken after 4 s, the second one hangs up after 6 s.
    assert table["value_of_answered"].estimate == 8
    assert table["cost_of_abandoned"].estimate == 2.5
    assert "cost_of_staff" not in table


def test_streams_differ_in_value() -> None:
    tasks = {"calls": stream(0, 10, value=8), "late": stream(150, value=0.1), "free": stream(200)}
    result = trsim.run(desk(tasks=tasks))
    assert result.kpis()["value_of_answered"].estimate == pytest.approx(2 * 8 + 0.1)
    by_stream = result.by_stream().set_index(["stream", "kpi"])["estimate"]
    assert by_stream["late", "value_of_answered"] == 0.1
    assert by_stream["free", "value_of_answered"] == 0
    by_queue = result.by_queue().set_index(["queue", "kpi"])["estimate"]
    assert by_queue["second", "value_of_answered"] == 8


def test_what_is_not_given_is_left_out() -> None:
    table = trsim.run(desk()).kpis()
    assert not [name for name in COSTS if name in table]
    # Whoever asks all the same, a goal for example, gets a figure without an estimate.
    assert table["cost_of_staff"].estimate is None


def test_replications_pool_the_cost_of_a_task() -> None:
    workers = {"Ann": worker("first", wage="36/h"), "Bob": worker("second")}
    study = trsim.replicate(desk(workers=workers), replications=2)
    value = study.kpis()["cost_per_assigned"]
    assert value.estimate == pytest.approx(1.5)
    assert value.half_width == pytest.approx(0)


def test_prices_are_kept_by_worker_and_by_stream() -> None:
    workers = {"crew": worker("first", count=2, wage="36/h"), "Bob": worker("second")}
    model = desk(workers=workers, tasks={"calls": stream(0, value=8), "late": stream(1)})
    assert model.prices == Prices((0.01, 0.01, None), (8, None), (None, None))


def test_a_wage_is_written_as_it_was_read() -> None:
    content = {
        "trsim": 1,
        "horizon": "1m",
        "task_queues": {"first": {}},
        "workflows": {
            "main": {"configuration": {"task_routing": {"default_filter": {"queue": "first"}}}}
        },
        "behaviors": {"phone": {"answer_delay": "4s"}},
        "workers": {"Ann": {"behavior": "phone", "wage": "28.50/h"}},
        "tasks": {"calls": {**stream(0), "value": 8, "abandonment_cost": 2.5}},
    }
    text = trsim.Scenario.from_dict(content).to_yaml()
    assert "wage: 28.5/h" in text
    assert "abandonment_cost: 2.5" in text


@pytest.mark.parametrize("wage", [25, "25", "-1/h", "25 EUR/h"], ids=repr)
def test_a_wage_needs_its_time(wage: object) -> None:
    with pytest.raises(trsim.ScenarioError, match="wage"):
        desk(workers={"Ann": worker("first", wage=wage)})


def test_a_value_is_not_negative() -> None:
    with pytest.raises(trsim.ScenarioError, match="value: must be a number >= 0"):
        desk(tasks={"calls": stream(0, value=-1)})
