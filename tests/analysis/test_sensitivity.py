from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.stats import qmc

from tests.analysis.swept_desk import swept_desk
from trsim.analysis.kpi import Kind
from trsim.analysis.paired import paired_difference
from trsim.analysis.sensitivity import influences, leading, sobol_indices, tornado
from trsim.errors import UsageError


def design(inputs: int, rows: int) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Return samples A and B of the unit cube, and A with each column of B."""
    shares = qmc.Sobol(d=2 * inputs, seed=4).random(rows)
    a, b = shares[:, :inputs], shares[:, inputs:]
    mixed = []
    for column in range(inputs):
        ab = a.copy()
        ab[:, column] = b[:, column]
        mixed.append(ab)
    return a, b, mixed


def ishigami(shares: np.ndarray) -> np.ndarray:
    x = math.pi * (2 * shares - 1)
    values: np.ndarray = (
        np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    )
    return values


def test_indices_of_ishigamis_function() -> None:
    # Ishigami and Homma (1990), a = 7, b = 0.1: the parts of the variance in closed form.
    a, b = 7.0, 0.1
    whole = a**2 / 8 + b * math.pi**4 / 5 + b**2 * math.pi**8 / 18 + 0.5
    one = 0.5 * (1 + b * math.pi**4 / 5) ** 2 / whole
    two = a**2 / 8 / whole
    both = 8 * b**2 * math.pi**8 / 225 / whole
    first_sample, second_sample, mixed = design(3, 4096)
    first, total = sobol_indices(
        ishigami(first_sample), ishigami(second_sample), [ishigami(each) for each in mixed]
    )
    assert [each.estimate for each in first] == pytest.approx([one, two, 0.0], abs=0.03)
    assert [each.estimate for each in total] == pytest.approx([one + both, two, both], abs=0.03)
    for index, exact in zip((*first, *total), (one, two, 0, one + both, two, both), strict=True):
        assert index.low - 0.02 <= exact <= index.high + 0.02


def test_indices_of_a_linear_function_are_its_squared_weights() -> None:
    def linear(shares: np.ndarray) -> np.ndarray:
        values: np.ndarray = 3 * shares[:, 0] + 4 * shares[:, 1]
        return values

    a, b, mixed = design(2, 2048)
    first, total = sobol_indices(linear(a), linear(b), [linear(each) for each in mixed])
    assert [each.estimate for each in first] == pytest.approx([9 / 25, 16 / 25], abs=0.01)
    assert [each.estimate for each in total] == pytest.approx([9 / 25, 16 / 25], abs=0.01)


def test_estimates_are_those_of_scipy() -> None:
    a, b, mixed = (ishigami(x) if not isinstance(x, list) else np.array([ishigami(y) for y in x])
                   for x in design(3, 64))  # fmt: skip
    ours = sobol_indices(a, b, mixed)
    values: Any = {"f_A": a[None, :], "f_B": b[None, :], "f_AB": mixed[:, None, :]}
    theirs = stats.sobol_indices(func=values, n=64)
    pairs = zip(ours, (theirs.first_order, theirs.total_order), strict=True)
    for own, other in pairs:
        assert [each.estimate for each in own] == pytest.approx(np.ravel(other).tolist())


def test_values_are_left_as_they_are_and_intervals_repeat() -> None:
    a, b, mixed = design(2, 64)
    values = [each.sum(axis=1) for each in (a, b, *mixed)]
    kept = [each.copy() for each in values]
    once = sobol_indices(values[0], values[1], values[2:])
    assert all((x == y).all() for x, y in zip(values, kept, strict=True))
    assert sobol_indices(values[0], values[1], values[2:]) == once


def test_a_constant_has_no_influences() -> None:
    with pytest.raises(UsageError, match="the same at every point"):
        sobol_indices([1.0] * 4, [1.0] * 4, [[1.0] * 4])
    with pytest.raises(UsageError, match="between 0 and 1"):
        sobol_indices([1.0, 2.0], [1.0, 2.0], [[1.0, 2.0]], confidence=1.0)


def test_a_tornado_has_paired_differences_from_the_scenario() -> None:
    # Points: as is, low and high of x, low and high of y; two replications of (part, whole).
    base = [(10, 100), (20, 100)]
    runs = [base, [(5, 100), (15, 100)], [(12, 100), (20, 100)],
            [(10, 100), (21, 100)], [(50, 100), (62, 100)]]  # fmt: skip
    swept = swept_desk(
        "one_at_a_time", [(None, None), (1, None), (9, None), (None, 2), (None, 8)], runs
    )
    found = tornado(swept, "abandonment")
    assert [swing.label for swing in found.swings] == ["y", "x"]
    assert found.base.estimate == 0.15
    wide, narrow = found.swings
    assert (wide.values, narrow.values) == (("2", "8"), ("1", "9"))
    assert [d.estimate for d in narrow.differences] == pytest.approx([-0.05, 0.01])
    assert narrow.differences[0].half_width == pytest.approx(0.0, abs=1e-12)
    assert wide.differences[1] == paired_difference(Kind.POOLED, base, runs[4])
    assert wide.width == pytest.approx(0.41)


def test_designs_are_not_mistaken_for_each_other() -> None:
    swept = swept_desk("grid", [(1, 1)], [[(1, 2)]])
    with pytest.raises(UsageError, match="need the design saltelli"):
        influences(swept, "abandonment")
    with pytest.raises(UsageError, match="needs the design one_at_a_time"):
        tornado(swept, "abandonment")


def test_influences_go_by_the_rows_of_the_design() -> None:
    # Four rows a sample; y = x alone.  Abandonment is x / 100, whatever y is.
    a, b = [(1, 1), (2, 1), (3, 2), (4, 2)], [(4, 2), (3, 1), (2, 2), (1, 1)]
    one = [(q[0], p[1]) for p, q in zip(a, b, strict=True)]
    two = [(p[0], q[1]) for p, q in zip(a, b, strict=True)]
    rows = [*a, *b, *one, *two]
    points = list(dict.fromkeys(rows))
    swept = swept_desk("saltelli", points, [[(x, 100)] for x, _ in points],
                       tuple(points.index(row) for row in rows))  # fmt: skip
    found = influences(swept, "abandonment")
    assert [item.label for item in found.items] == ["x", "y"]
    assert found.items[1].total.estimate == 0.0
    assert (found.mean, found.samples) == (0.025, 4)
    assert found.deviation == pytest.approx(math.sqrt(1.25) / 100)


def test_names_are_cut_to_what_tells_them_apart() -> None:
    assert leading(["workers.a.count"]) == ["count"]
    assert leading(["workers.a.count", "workers.b.count"]) == ["a.count", "b.count"]
