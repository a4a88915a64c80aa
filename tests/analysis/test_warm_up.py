"""The series of a pilot, and where it is cut."""

from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.load_desk import constant, desk
from trsim.analysis.warm_up import SLOTS, Series, mean_series, series_of, warm_up_of
from trsim.experiments.run import run


def series(waiting: list[float], busy: list[float]) -> Series:
    edges = np.arange(len(waiting) + 1) * 1000
    return Series(edges, np.array(waiting), np.array(busy))


def test_the_series_add_up_to_the_figures_of_the_run() -> None:
    result = run(desk(constant(0.8, 5), 5, 2), seed=1)
    found = series_of(result)
    assert found.waiting.shape == (SLOTS,)
    part, whole = result.measures["mean_queue_length"]
    assert found.waiting.mean() == pytest.approx(part / whole)
    part, _ = result.measures["busy_time"]
    assert found.busy.mean() * 7200 == pytest.approx(part / 1000)


def test_the_later_of_both_cuts_is_taken() -> None:
    noise = [1.0, 1.1] * 50
    early = [0.0] * 10 + noise[:90]
    late = [0.0] * 25 + noise[:75]
    assert warm_up_of(series(early, late)).cut_ms == 25_000
    assert warm_up_of(series(late, early)).cut_ms == 25_000
    found = warm_up_of(series(early, noise))
    assert (found.cut_ms, found.share) == (10_000, 0.1)


def test_a_run_that_does_not_settle_has_no_cut() -> None:
    rising = [float(k) for k in range(100)]
    found = warm_up_of(series(rising, [1.0] * 100))
    assert (found.cut_ms, found.share) == (None, None)


def test_replications_are_averaged_slot_by_slot() -> None:
    both = mean_series([series([1.0, 2.0], [0.0, 4.0]), series([3.0, 2.0], [2.0, 0.0])])
    assert both.waiting.tolist() == [2.0, 2.0]
    assert both.busy.tolist() == [1.0, 2.0]
    assert both.replications == 2
