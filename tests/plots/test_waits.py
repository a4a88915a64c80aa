"""Waits as a histogram and as shares over time, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.plots.desk import four_tasks, no_task, result_of
from tests.plots.drawn import ends, names, steps
from trsim.analysis.sample import Criteria
from trsim.plots.view import View
from trsim.plots.wait_numbers import (
    ASSIGNED,
    HUNG_UP,
    MOST_POINTS,
    OPEN,
    OUTCOMES,
    Waits,
    read_waits,
    wait_histogram,
    wait_survival_numbers,
)
from trsim.plots.waits import wait_distribution, wait_survival


def waits(*found: tuple[int, int]) -> Waits:
    wait, outcome = np.array(found, dtype=np.int64).reshape(-1, 2).T
    return Waits(wait, outcome, np.zeros_like(wait))


def line(axes: Any, number: int) -> tuple[list[float], list[float]]:
    return axes.lines[number].get_xdata().tolist(), axes.lines[number].get_ydata().tolist()


def test_waits_and_what_ended_them() -> None:
    found = read_waits(four_tasks(), View())
    assert found.wait_ms.tolist() == [4_000, 30_000, 19_000, 5_000]
    assert [OUTCOMES[outcome] for outcome in found.outcome] == [
        "assigned",
        "hung up",
        "assigned",
        "waiting still",
    ]
    assert found.offers.tolist() == [1, 0, 2, 0]


def test_only_counted_tasks_of_the_window() -> None:
    criteria = Criteria(warm_up_ms=15_000, horizon_ms=100_000, threshold_ms=20_000)
    assert read_waits(four_tasks(criteria), View()).wait_ms.tolist() == [30_000, 19_000, 5_000]
    view = View(from_ms=20_000, to_ms=60_000)
    assert read_waits(four_tasks(), view).wait_ms.tolist() == [30_000]


def test_the_histogram_of_the_figure() -> None:
    (axes,) = wait_distribution(four_tasks()).axes
    assigned, hung_up, still = steps(axes)
    assert ends(axes) == list(range(31))
    assert [place for place, count in enumerate(assigned) if count] == [3, 18]
    assert [place for place, count in enumerate(hung_up) if count] == [3, 18, 29]
    assert [place for place, count in enumerate(still) if count] == [3, 4, 18, 29]
    assert names(axes) == ["assigned: 2", "hung up: 1", "waiting still: 1", "threshold: 20s"]
    assert axes.get_ylabel() == "tasks [per 1s of wait]"


def test_a_bin_ends_with_its_end() -> None:
    numbers = wait_histogram(
        waits((0, ASSIGNED), (1_000, ASSIGNED), (1_001, ASSIGNED), (40_000, 0))
    )
    assert numbers.counts[ASSIGNED, :2].tolist() == [2, 1]
    assert numbers.counts[ASSIGNED, -1] == 1
    assert numbers.longer == 0


def test_few_long_waits_go_into_the_last_bin() -> None:
    many = [(10_000, ASSIGNED)] * 1_000 + [(900_000, HUNG_UP)] * 2
    numbers = wait_histogram(waits(*many))
    assert numbers.edges_ms[-1] == 10_000
    assert numbers.longer == 2
    assert numbers.counts[HUNG_UP, -1] == 2
    assert numbers.counts.sum() == 1_002


def test_nobody_waits() -> None:
    assert wait_histogram(read_waits(no_task(), View())).counts.sum() == 0
    curve = wait_survival_numbers(read_waits(no_task(), View()))
    assert (curve.at_ms.tolist(), curve.waiting.tolist()) == ([0], [1.0])


def test_open_waits_are_censored() -> None:
    # At risk: 4, 4, 3 (one is censored at 5 s), 2, 1.
    curve = wait_survival_numbers(read_waits(four_tasks(), View()))
    assert curve.at_ms.tolist() == [0, 4_000, 5_000, 19_000, 30_000]
    assert curve.waiting.tolist() == [1.0, 0.75, 0.75, 0.375, 0.0]
    assert curve.ended[ASSIGNED].tolist() == [0.0, 0.25, 0.25, 0.625, 0.625]
    assert curve.ended[HUNG_UP].tolist() == [0.0, 0.0, 0.0, 0.0, 0.375]
    assert not curve.thinned


def test_the_curves_of_the_figure() -> None:
    (axes,) = wait_survival(four_tasks()).axes
    assert line(axes, 0) == ([0, 4, 5, 19, 30], [1.0, 0.75, 0.75, 0.375, 0.0])
    assert line(axes, 1)[1] == [0.0, 0.25, 0.25, 0.625, 0.625]
    assert names(axes) == ["still waiting", "assigned", "hung up", "threshold: 20s"]


def test_several_runs_have_a_line_each_that_differs_without_color() -> None:
    runs = [result_of(four_tasks().log, name=name) for name in ("now", "with $5 more")]
    figure = wait_survival(runs)
    (axes,) = figure.axes
    assert line(axes, 0) == line(axes, 1)
    assert names(axes)[:2] == ["now, seed 7, run 0", r"with \$5 more, seed 7, run 0"]
    assert axes.lines[0].get_linestyle() != axes.lines[1].get_linestyle()


def test_long_curves_are_thinned_and_true_where_they_are_drawn() -> None:
    lengths = np.arange(1, 5_001) * 10
    curve = wait_survival_numbers(waits(*((int(wait), ASSIGNED) for wait in lengths)))
    assert curve.thinned
    assert curve.at_ms.size <= MOST_POINTS
    exact = 1 - np.searchsorted(lengths, curve.at_ms, side="right") / 5_000
    assert curve.waiting.tolist() == pytest.approx(exact.tolist(), abs=1e-9)
    assert curve.shown_ms == pytest.approx(49_900, abs=60)


def test_shares_add_up_to_one() -> None:
    some = waits((0, HUNG_UP), (0, ASSIGNED), (7, 2), (7, OPEN), (9, 3), (9, ASSIGNED), (11, OPEN))
    curve = wait_survival_numbers(some)
    total = curve.waiting + curve.ended.sum(axis=0)
    assert total.tolist() == pytest.approx([1.0] * curve.at_ms.size)
