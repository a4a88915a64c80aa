"""Long campaigns: the reference study of timeouts, and the optima of theory near saturation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.analytic.scenarios import pool
from trsim.experiments.evaluate import Evaluator
from trsim.experiments.search_options import Search
from trsim.experiments.tune import tune
from trsim.parallel.choice import backend_for
from trsim.scenario.load import Scenario, load_scenario

STUDY = Path(__file__).parents[2] / "scenarios" / "timeout_study.yaml"
TIMEOUT = "workflows.front_door.task_reservation_timeout"


@pytest.mark.deep
def test_the_reference_study_and_its_conflict() -> None:
    # Six workers, 0.06 calls/s, handling 75 s, pick-up 5 s, 15 % absent, patience 120 s, a minute
    # off after each miss: lost calls 17.26 % at 15 s, 16.75 % at 20 s, 19.18 % at 60 s, but within
    # 20 s most are answered at 60 s.
    tuning = tune(
        load_scenario(STUDY),
        vary=f"{TIMEOUT}=5s..90s",
        objective="abandonment",
        evaluator=Evaluator(backend=backend_for(2, None)),
    )
    assert tuning.recommended is not None
    best = tuning.points[tuning.recommended].numbers[0]
    assert 18 <= best <= 30
    assert tuning.promise_kept
    assert tuning.confirmation[0].is_told
    low, high = tuning.alike_range or (None, None)
    assert low is not None
    assert high is not None
    assert 15 <= low.numbers[0] <= 22 <= high.numbers[0] <= 36
    in_time = next(pick for pick in tuning.picks if pick.kpi == "service_level@20s")
    assert tuning.recommended not in in_time.alike
    assert tuning.points[in_time.best].numbers[0] >= 44
    assert tuning.theory.optimum == pytest.approx(22.24, abs=0.005)


SATURATED: tuple[tuple[str, dict[str, Any], float], ...] = (
    ("TOPT-1", {"median": 4, "sigma": 0.6, "absent": 0.08, "handle": 90, "off": 120}, 21.237),
    ("TOPT-2", {"median": 4, "sigma": 0.6, "absent": 0.08, "handle": 90, "off": 0}, 8.8945),
    ("TOPT-6", {"median": 8, "sigma": 0.9, "absent": 0.2, "handle": 120, "off": 30}, 29.125),
)


@pytest.mark.deep
@pytest.mark.parametrize(("name", "case", "optimum"), SATURATED, ids=[c[0] for c in SATURATED])
def test_near_saturation_the_tuner_agrees_with_theory(
    name: str, case: dict[str, Any], optimum: float
) -> None:
    # In overload with rare hang-ups n / h_eff tasks are served each second, so the timeout that
    # gives the most capacity serves the most tasks.
    params: dict[str, Any] = {
        "n": 6,
        "lam": 0.08,
        "handle": case["handle"],
        "answer_median": case["median"],
        "answer_sigma": case["sigma"],
        "absent": case["absent"],
        "patience": 3600.0,
        "timeout": 60.0,
    }
    if case["off"]:
        params["off"] = float(case["off"])
    scenario = Scenario.from_dict(pool(params, (7200.0, 36_000.0)))
    tuning = tune(
        scenario,
        vary=f"{TIMEOUT}=3s..63s:13",
        objective="assigned",
        search=Search(budget=2000, indifference=6.0),
        evaluator=Evaluator(backend=backend_for(2, None)),
    )
    assert tuning.theory.optimum == pytest.approx(optimum, abs=0.001)
    assert tuning.recommended is not None
    best = tuning.points[tuning.recommended]
    nearest = min(tuning.points, key=lambda point: abs(point.numbers[0] - optimum))
    assert best.objective.estimate is not None
    assert nearest.objective.estimate is not None
    assert nearest.objective.half_width is not None
    # The point nearest to theory's optimum is as good, within the indifference and chance.
    short = best.objective.estimate - nearest.objective.estimate
    assert short <= 6.0 + nearest.objective.half_width
