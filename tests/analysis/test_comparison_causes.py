"""Why waits differ: parts that add up."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from tests.experiments.calls import calls
from tests.experiments.desk import desk
from trsim.analysis.comparison import Comparison
from trsim.analysis.comparison_causes import wait_change
from trsim.analysis.kpis import CAUSES
from trsim.core.spec import WorkflowSpec
from trsim.experiments.compare import compare
from trsim.model import Model


def patient_offers(model: Model, timeout_ms: int) -> Model:
    """Return the model with another reservation timeout."""
    workflow = WorkflowSpec("front_door", reservation_timeout_ms=timeout_ms)
    return replace(model, spec=replace(model.spec, workflows=(workflow,)))


@pytest.fixture(scope="module")
def timeouts() -> Comparison:
    settings = {f"{each} s": patient_offers(desk(), 1000 * each) for each in (15, 5, 40)}
    return compare(settings, replications=4)


@pytest.mark.parametrize("name", ["5 s", "40 s"])
def test_the_parts_add_up_to_the_difference_of_the_wait_exactly(
    timeouts: Comparison, name: str
) -> None:
    why = wait_change(timeouts, name)
    assert why is not None
    assert why.whole.exact
    assert sum((part.exact or Fraction(0)) for part in why.parts) == why.whole.exact
    assert sum(bool(part.exact) for part in why.parts) >= 3, "or little was added up"
    estimates = [part.interval.estimate or 0.0 for part in why.parts]
    assert sum(estimates) == pytest.approx(why.whole.interval.estimate, abs=1e-12)
    # The exact difference is what the totals of all replications say.
    totals = [
        Fraction(
            sum(part for part, _ in timeouts.studies[each].fractions("wait_per_task")),
            sum(whole for _, whole in timeouts.studies[each].fractions("wait_per_task")),
        )
        for each in ("15 s", name)
    ]
    assert why.whole.exact == totals[1] - totals[0]
    assert [part.kpi for part in why.parts] == list(CAUSES)


def test_causes_worked_out_by_hand() -> None:
    comparison = compare({"slow": calls("6s"), "fast": calls("4s")}, replications=2)
    why = wait_change(comparison)
    assert why is not None
    assert why.whole.exact == -4
    parts = {part.kpi: part.exact for part in why.parts if part.exact}
    assert parts == {"wait_ringing": -2, "wait_nobody_free": -2}
    assert [cause.exact for cause in why.worker_time] == [0, 0, 0]


def test_worker_time_is_told_for_each_offered_task(timeouts: Comparison) -> None:
    why = wait_change(timeouts, "5 s")
    assert why is not None
    lost = {cause.kpi: cause for cause in why.worker_time}["absent_after_timeout"]
    total, tasks = (
        [
            sum(Fraction(*each) for each in timeouts.studies[name].fractions(kpi))
            for name in ("15 s", "5 s")
        ]
        for kpi in ("absent_after_timeout", "offered")
    )
    assert lost.exact == total[1] / tasks[1] - total[0] / tasks[0]
    assert lost.interval.estimate == pytest.approx(float(lost.exact))


def test_without_tasks_there_are_no_causes() -> None:
    silent = desk()
    (stream,) = silent.world.streams
    none = replace(stream, arrivals=replace(stream.arrivals, pieces=((0, 0.0),)))  # type: ignore[type-var]
    empty = replace(silent, world=replace(silent.world, streams=(none,)))
    assert wait_change(compare({"a": empty, "b": empty}, replications=2)) is None
