"""The service level by interval, worked out by hand and by the KPI."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.plots.desk import CRITERIA, four_tasks, many_tasks
from tests.plots.drawn import names, steps
from trsim.analysis.kpis import SERVICE_LEVELS
from trsim.plots.service import service_level, service_level_numbers
from trsim.plots.view import View

TWENTY = View(interval_ms=20_000, goal=0.8)


def test_in_time_and_counted_by_interval_of_creation() -> None:
    # The second task hangs up after 30 s; the last one has waited 5 s and is undecided.
    numbers = service_level_numbers(four_tasks(), TWENTY)
    assert numbers.in_time.tolist() == [1, 0, 0, 1, 0]
    assert numbers.counted.tolist() == [1, 1, 0, 1, 0]


@pytest.mark.parametrize("name", SERVICE_LEVELS)
def test_one_interval_is_the_kpi(name: str) -> None:
    criteria = replace(CRITERIA, service_level=name, threshold_ms=30_000)
    result = four_tasks(criteria)
    numbers = service_level_numbers(result, View(interval_ms=100_000))
    share = numbers.in_time[0] / numbers.counted[0]
    assert share == result.kpis()["service_level"].estimate


def test_intervals_add_up() -> None:
    result = many_tasks(2_000)
    numbers = service_level_numbers(result)
    in_time, counted = result.measures["service_level"]
    assert numbers.counted.size == 48
    assert (numbers.in_time.sum(), numbers.counted.sum()) == (in_time, counted)


def test_the_figure_says_definition_goal_and_counts() -> None:
    figure = service_level(four_tasks(), TWENTY)
    level, counts = figure.axes
    shares = np.asarray(level.lines[0].get_ydata(), dtype=float)
    assert np.asarray(level.lines[0].get_xdata()).tolist() == [10, 30, 50, 70, 90]
    assert shares[[0, 1, 3]].tolist() == [1.0, 0.0, 1.0]
    assert np.isnan(shares[[2, 4]]).all()
    assert names(level) == ["service level", "goal: 0.8"]
    assert steps(counts) == [[1, 0, 0, 1, 0], [1, 1, 0, 1, 0]]
    note = figure.get_supxlabel().replace("\n", " ")
    assert "definition: offered, G / A; threshold: 20s" in note
    assert "all of the window: 2 of 3" in note
