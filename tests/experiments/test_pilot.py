"""A pilot finds the warm-up of a system that settles, and only of that."""

from __future__ import annotations

import pytest

from tests.analysis.load_desk import constant, desk
from trsim.errors import UsageError
from trsim.experiments.pilot import pilot_warm_up


def test_a_large_desk_takes_a_few_talks_to_fill() -> None:
    # Talks last five minutes: a desk of 100 is filled by 1 - exp(-t / 5 min).
    found = pilot_warm_up(desk(constant(0.6, 100), 100, 4), replications=5, seed=1)
    assert found.series.replications == 5
    assert found.cut_ms is not None
    assert 5 * 60_000 <= found.cut_ms <= 60 * 60_000


def test_a_day_with_shifts_has_no_steady_state() -> None:
    model = desk(constant(0.6, 5), 5, 4, shifts_h=((0, 3),))
    with pytest.raises(UsageError, match="looks for a steady state"):
        pilot_warm_up(model)
