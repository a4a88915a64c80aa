"""The comparison itself: it rejects what is wrong and does not believe what it cannot see."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.analytic.comparison import (
    FALSE_ALARM,
    Estimate,
    compare,
    estimate,
    not_above,
    not_below,
)
from tests.analytic.figures import Figure


def drawn(mean: float, replications: int, sd: float = 1.0) -> list[Figure]:
    """Return ratios around a mean, with wholes that differ."""
    draws = np.random.default_rng(1)
    wholes = draws.integers(50, 150, replications)
    parts = mean * wholes + sd * draws.standard_normal(replications) * 10
    return [(float(part), float(whole)) for part, whole in zip(parts, wholes, strict=True)]


def test_the_false_alarm_rate_is_one_in_a_million() -> None:
    assert pytest.approx(1e-6, rel=0.05) == FALSE_ALARM


def test_a_figure_is_a_ratio_of_totals() -> None:
    assert estimate([(1.0, 1.0), (9.0, 3.0)]).mean == 2.5


def test_the_standard_error_is_that_of_repeated_experiments() -> None:
    draws = np.random.default_rng(7)
    means, errors = [], []
    for _ in range(2_000):
        wholes = draws.poisson(100, 20)
        parts = [float(draws.exponential(3.0, whole).sum()) for whole in wholes]
        found = estimate(list(zip(parts, wholes.astype(float).tolist(), strict=True)))
        means.append(found.mean)
        errors.append(found.standard_error)
    assert float(np.mean(errors)) == pytest.approx(float(np.std(means)), rel=0.08)


def test_right_figures_agree_and_wrong_ones_do_not() -> None:
    runs = drawn(5.0, 40)
    assert compare("wait", runs, 5.0, 0.05).agrees
    assert not compare("wait", runs, 5.0 * 1.05, 0.05).agrees
    assert not compare("wait", runs, 5.0 / 1.05, 0.05).agrees


def test_a_wide_interval_is_not_believed() -> None:
    verdict = compare("wait", drawn(5.0, 40, sd=20.0), 5.0, 0.05)
    assert verdict.agrees
    assert not verdict.sees
    assert "BLIND" in str(verdict)


def test_few_replications_need_a_larger_distance() -> None:
    few = compare("wait", drawn(5.0, 4), 5.2, 1.0)
    t = (few.measured.mean - 5.2) / few.measured.standard_error
    assert abs(few.score) < abs(t)


def test_an_interval_is_met_where_both_overlap() -> None:
    runs = drawn(5.0, 40)
    reference = {"half_width": 0.05, "confidence": 0.95}
    assert compare("wait", runs, {"mean": 5.05, **reference}, 0.1).agrees
    assert not compare("wait", runs, {"mean": 5.4, **reference}, 0.1).agrees


def test_without_any_spread_only_the_exact_value_agrees() -> None:
    assert compare("share", [(1.0, 4.0)] * 3, 0.25, 0.01).agrees
    assert not compare("share", [(1.0, 4.0)] * 3, 0.26, 0.01).agrees


def test_bounds_allow_for_chance_only() -> None:
    measured = Estimate(mean=0.10, standard_error=0.01, replications=50)
    assert not_above(measured, 0.09)
    assert not not_above(measured, 0.03)
    assert not_below(measured, 0.11)
    assert not not_below(measured, 0.17)
    assert math.isclose(measured.half_width(0.95), 0.0201, rel_tol=0.01)
