"""MSER-5 against its definition."""

from __future__ import annotations

import numpy as np
import pytest

from trsim.analysis.truncation import mser5, truncation_errors


def test_errors_are_those_of_the_definition() -> None:
    batches = np.random.default_rng(1).normal(1e6, 1.0, 30)
    expected = [
        sum((y - batches[d:].mean()) ** 2 for y in batches[d:]) / (30 - d) ** 2 for d in range(30)
    ]
    assert truncation_errors(batches) == pytest.approx(np.array(expected), rel=1e-6, abs=1e-12)


def test_a_beginning_that_differs_is_cut_in_whole_batches() -> None:
    draws = np.random.default_rng(2)
    values = draws.normal(10, 1, 500)
    values[:33] = 0
    cut = mser5(values)
    assert cut is not None
    assert 35 <= cut <= 60
    assert cut % 5 == 0


def test_values_that_are_all_equal_are_kept() -> None:
    assert mser5(np.full(100, 3.0)) == 0


def test_a_trend_is_refused() -> None:
    assert mser5(np.arange(200, dtype=np.float64)) is None
