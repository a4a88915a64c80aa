"""Bars of what tasks waited for."""

from __future__ import annotations

import pytest
from matplotlib.container import BarContainer

from tests.experiments.desk import desk
from tests.plots.desk import four_tasks
from tests.plots.drawn import labels, names
from trsim.errors import UsageError
from trsim.experiments.run import run
from trsim.plots.attribution import attribution_bars, wait_attribution
from trsim.plots.view import View

PARTS = {"nobody free": [6_000, 6_000, 0], "nothing": [0, 0, 0], "ringing": [3_000, 2_000, 1_000]}


def test_bars_are_seconds_per_task_and_shares_of_the_wait() -> None:
    (axes,) = attribution_bars(["all", "billing", "sales"], PARTS, [3, 2, 1]).axes
    bars = [box for box in axes.containers if isinstance(box, BarContainer)]
    widths = [[patch.get_width() for patch in box.patches] for box in bars]
    assert widths == [[2.0, 3.0, 0.0], [1.0, 1.0, 1.0]]
    assert [patch.get_x() for patch in bars[1].patches] == [2.0, 3.0, 0.0]
    assert [text.get_text() for text in axes.texts] == ["67 %", "75 %", "", "33 %", "25 %", "100 %"]
    assert labels(axes) == ["all (3)", "billing (2)", "sales (1)"]
    assert names(axes) == ["nobody free", "ringing"]


def test_a_group_without_tasks_has_no_bar() -> None:
    (axes,) = attribution_bars(["all"], {"ringing": [0]}, [0]).axes
    assert not axes.containers


def test_arrays_must_have_a_value_for_each_group() -> None:
    with pytest.raises(UsageError, match="ringing must have one value for each of 1 groups"):
        attribution_bars(["all"], {"ringing": [1, 2]}, [1])
    with pytest.raises(UsageError, match="tasks must have one value"):
        attribution_bars(["all"], {}, [])


def test_bars_of_a_run_are_as_long_as_the_mean_wait() -> None:
    model = desk()
    result = run(model)
    (axes,) = wait_attribution(result, View(model=model)).axes
    bars = [box for box in axes.containers if isinstance(box, BarContainer)]
    length = sum(box.patches[0].get_width() for box in bars)
    tasks = result.tasks[result.tasks["counted"]]
    so_far = (result.horizon_ms / 1000 - tasks["created_s"]).where(tasks["wait_s"].isna(), 0)
    assert length == pytest.approx((tasks["wait_s"].fillna(0) + so_far).mean())
    assert labels(axes) == [f"all ({len(tasks)})", f"support ({len(tasks)})"]


def test_a_log_alone_does_not_say_it() -> None:
    with pytest.raises(UsageError, match="only with the model"):
        wait_attribution(four_tasks())
