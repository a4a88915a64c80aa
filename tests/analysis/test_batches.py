"""Batch means: batches add up to the run, and give intervals only where they are independent."""

from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.load_desk import constant, desk
from trsim.analysis.batches import BATCHED, looks_dependent, von_neumann
from trsim.analysis.intervals import mean_interval, ratio_interval
from trsim.analysis.kpi import Kind
from trsim.analysis.kpis import definition
from trsim.analysis.results import Result
from trsim.analysis.trust_kinds import Doubt
from trsim.errors import UsageError
from trsim.experiments.run import run


@pytest.fixture(scope="module")
def steady() -> Result:
    return run(desk(constant(0.6, 5), 5, 20, warm_up_h=1), seed=2)


def test_batches_add_up_to_the_run(steady: Result) -> None:
    batches = steady.batch_means(20)
    assert batches.batch_ms == 19 * 3_600_000 // 20
    for name in BATCHED:
        if name not in batches.runs[0] or name.startswith("wait_p"):
            continue
        parts = [run[name][0] for run in batches.runs]
        wholes = [run[name][1] for run in batches.runs]
        part, whole = steady.measures[name]
        if definition(name).kind is Kind.POOLED:
            assert (sum(parts), sum(wholes)) == (part, whole), name
        else:
            assert sum(parts) / 20 == part, name


def test_intervals_are_those_of_the_batches(steady: Result) -> None:
    created_s = steady.tasks["created_s"].to_numpy()
    edges = 3600 + 19 * 3600 / 20 * np.arange(21)
    counts, _ = np.histogram(created_s[created_s >= 3600], edges)
    expected = mean_interval([(20 * int(count), 1) for count in counts])
    table = steady.kpis(batches=20)
    offered = table["offered"]
    assert offered.estimate == counts.sum()
    assert offered.half_width == pytest.approx(expected.half_width)
    assert offered.n == 20
    assert table.note == "1 run, 20 batches of 57 min, 95 % confidence intervals"
    batches = steady.batch_means(20)
    if "asa" not in batches.dependent:
        expected = ratio_interval([run["asa"] for run in batches.runs])
        assert table["asa"].half_width == expected.half_width


def test_what_belongs_to_time_or_to_the_end_has_no_interval(steady: Result) -> None:
    table = steady.kpis(batches=20)
    alone = steady.kpis()
    for name in ("occupancy", "open", "max_wait", "mean_queue_length", "gini_load"):
        assert table[name] == alone[name]
        assert table[name].half_width is None


def test_dependent_batches_give_no_interval_and_a_caveat() -> None:
    # At 95 % of the capacity queues last for hours, batches of six minutes are too short.
    batches = run(desk(constant(0.95, 5), 5, 6), seed=1).batch_means(60)
    assert "asa" in batches.dependent
    assert batches.table()["asa"].half_width is None
    assert batches.table()["asa"].estimate is not None
    (caveat,) = batches.caveats
    assert caveat.doubt is Doubt.BATCHES_DEPEND
    assert "a longer run" in caveat.text


def test_von_neumann_by_hand() -> None:
    # Squares of steps 4 · 1, Σ (x - mean)² = 10: C = 1 - 4 / 20 = 0.8; √(3 / 24) = 0.35355.
    assert von_neumann([1, 2, 3, 4, 5]) == pytest.approx(0.8 / 0.353553, rel=1e-5)
    assert von_neumann([1, -1, 1, -1]) < 0
    assert von_neumann([3.0] * 12) == 0.0


def test_independent_batches_are_refused_one_time_in_twenty() -> None:
    draws = np.random.default_rng(5)
    tries = 1_000
    refused = 0
    for _ in range(tries):
        values = [(int(x), 100) for x in draws.normal(1e6, 1e5, 20)]
        refused += looks_dependent(Kind.POOLED, values)
    # Binomial(1000, 0.05) leaves 24 … 78 once in 10,000; the normal approximation adds little.
    assert 24 <= refused <= 78


def test_autocorrelated_batches_are_found() -> None:
    draws = np.random.default_rng(6)
    found = 0
    for _ in range(200):
        x = np.zeros(20)
        for place in range(1, 20):
            x[place] = 0.7 * x[place - 1] + draws.normal()
        found += looks_dependent(Kind.AVERAGED, [(int(1e6 * each), 1) for each in x])
    assert found > 140


@pytest.mark.parametrize("batches", [0, 9, True, 12.5])
def test_too_few_batches_are_refused(steady: Result, batches: int) -> None:
    with pytest.raises(UsageError, match="whole number >= 10"):
        steady.kpis(batches=batches)


def test_empty_batches_are_refused(steady: Result) -> None:
    with pytest.raises(UsageError, match="have no tasks"):
        steady.batch_means(100_000)


@pytest.mark.deep
def test_intervals_cover_the_expected_service_level() -> None:
    model = desk(constant(0.6, 5), 5, 41, warm_up_h=1)
    whole, values = [], []
    for seed in range(80):
        result = run(model, seed=seed)
        whole.append(result.measures["service_level"])
        values.append(result.kpis(batches=20)["service_level"])
    truth = ratio_interval(whole).estimate
    assert truth is not None
    ends = [(v.low, v.high) for v in values if v.low is not None and v.high is not None]
    missed = sum(not low <= truth <= high for low, high in ends)
    # One in twenty is refused; of 76 intervals 4 miss on average, 13 or more once in 5,000 times.
    assert len(ends) >= 60
    assert missed <= 12
