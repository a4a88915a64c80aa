from __future__ import annotations

from collections import Counter

import pytest

from tests.experiments.small_desk import small_desk
from trsim.errors import UsageError
from trsim.experiments.designs import Design, design_named, points_of, saltelli_rows
from trsim.experiments.parameters import parameters_of

TEXTS = ("workflows.calls.task_reservation_timeout=5s..36s", "workers.agent.count=2..5")
PARAMETERS = parameters_of(small_desk(), TEXTS, default_points=4)


def points(design: Design, samples: int = 16) -> tuple[tuple[object, ...], ...]:
    return points_of(design, PARAMETERS, samples=samples, seed=1)


def test_a_grid_has_every_combination_in_order() -> None:
    found = points(Design.GRID)
    assert len(found) == 16
    assert found[:5] == (("5s", 2), ("5s", 3), ("5s", 4), ("5s", 5), ("15s", 2))


def test_one_at_a_time_goes_to_the_ends() -> None:
    expected = ((None, None), ("5s", None), ("36s", None), (None, 2), (None, 5))
    assert points(Design.ONE_AT_A_TIME) == expected


def test_a_latin_hypercube_covers_each_range_evenly() -> None:
    found = points(Design.LHS, samples=32)
    # 32 whole seconds, 32 samples: each once.  Four counts: each eight times.
    assert len({timeout for timeout, _ in found}) == 32
    assert Counter(count for _, count in found) == {2: 8, 3: 8, 4: 8, 5: 8}


def test_a_sobol_sequence_is_balanced_and_follows_the_seed() -> None:
    found = points(Design.SOBOL, samples=32)
    assert Counter(count for _, count in found) == {2: 8, 3: 8, 4: 8, 5: 8}
    assert found == points(Design.SOBOL, samples=32)
    other = points_of(Design.SOBOL, PARAMETERS, samples=32, seed=2)
    assert found != other


def test_rows_of_a_saltelli_design_mix_two_samples() -> None:
    rows = saltelli_rows(PARAMETERS, 8, 1)
    first, second, one, two = rows[:8], rows[8:16], rows[16:24], rows[24:]
    assert one == tuple((b[0], a[1]) for a, b in zip(first, second, strict=True))
    assert two == tuple((a[0], b[1]) for a, b in zip(first, second, strict=True))
    assert set(points(Design.SALTELLI, samples=8)) == set(rows)


def test_what_no_design_can_do_is_refused() -> None:
    with pytest.raises(UsageError, match="power of two"):
        points(Design.SOBOL, samples=6)
    with pytest.raises(UsageError, match="nothing is varied"):
        points_of(Design.GRID, (), samples=1, seed=1)
    with pytest.raises(UsageError, match="points; at most"):
        points(Design.LHS, samples=10_000_000)
    with pytest.raises(UsageError, match="designs are grid"):
        design_named("gird")
