"""Cases without chance: whole numbers that a run must give exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.analytic.cases import CASES
from tests.analytic.figures import assert_conserved, observed
from tests.analytic.scenarios import Content, desk
from trsim.analysis.results import Result
from trsim.analysis.tables import TaskTable
from trsim.core.states import Reason
from trsim.experiments.run import run
from trsim.scenario.load import Scenario

TASKS = 3_000
GAP_S = 200
"""Between arrivals: longer than any wait, so that tasks never meet."""


def regular(content: Content) -> Content:
    """Return a scenario with tasks at regular instants, short to handle."""
    content["tasks"]["calls"] = {
        "arrivals": {
            "process": "renewal",
            "interarrival": f"{GAP_S}s",
        },
        "talk_time": "1s",
    }
    return content


def tasks_of(content: Content) -> tuple[Result, TaskTable]:
    result = run(Scenario.from_dict(content).compile())
    seen = observed(result)
    assert_conserved(seen, result)
    return result, seen.tasks


@pytest.mark.parametrize("idle_key", ["last_reserved", "since_free"])
def test_offers_go_round_absent_workers(idle_key: str) -> None:
    """Two of five never react but stay available: a miss moves them to the end of the line.

    Otherwise the first absent worker would be offered every task for ever.
    """
    case = CASES["ABS-5-2"]
    params = case.params
    content = regular(desk(params, (0.0, GAP_S * (TASKS + 0.9))))
    content["workspace"]["routing_rules"] = {"idle_key": idle_key}
    content["behaviors"] = {
        "present": {"answer_delay": f"{params['answer']}s"},
        "absent": {"answer_delay": "1s", "no_answer_probability": 1},
    }
    absent = params["absent_workers"]
    content["workers"] = {
        "ghost": {"count": absent, "behavior": "absent"},
        "agent": {"count": params["n"] - absent, "behavior": "present"},
    }
    _, tasks = tasks_of(content)
    assert len(tasks) == TASKS
    assert tasks.offers.sum() / TASKS == pytest.approx(case.expect["offers_per_task"], rel=1e-12)
    waits = tasks.assigned_ms - tasks.created_ms
    assert waits.mean() / 1000 == pytest.approx(case.expect["mean_wait"], rel=1e-12)


def rounds(params: Any) -> Content:
    """Return offers one after the other in a target with a deadline, to workers who stay."""
    content = regular(desk({"n": 5, "timeout": params["timeout"]}, (0.0, GAP_S * (TASKS + 0.9))))
    content["behaviors"]["desk"]["no_answer_probability"] = params["absent"]
    content["workflows"]["front_door"]["configuration"]["task_routing"] = {
        "filters": [
            {
                "expression": "1==1",
                "targets": [{"queue": "everyone", "timeout": params["deadline"]}],
            }
        ]
    }
    return content


@pytest.mark.parametrize("id_", ["ROUND-30-20", "ROUND-30-10"])
def test_deadlines_are_looked_at_between_offers(id_: str) -> None:
    case = CASES[id_]
    _, tasks = tasks_of(rounds(case.params))
    gone = tasks.reason == Reason.WORKFLOW_TIMEOUT
    assert (tasks.offers[gone] == case.expect["offers"]).all()
    left_at = tasks.ended_ms[gone] - tasks.created_ms[gone]
    assert (left_at == 1000 * case.expect["leaves_at"]).all()
    assert (gone | (tasks.assigned_ms >= 0)).all()
    share, exact = np.count_nonzero(gone) / TASKS, case.expect["p_leave"]
    assert abs(share - exact) <= 4.9 * (exact * (1 - exact) / TASKS) ** 0.5
