"""Which way figures are better."""

from __future__ import annotations

import pytest

from trsim.analysis.directions import Direction, direction_of
from trsim.analysis.kpis import CAUSES, KPIS, share_name
from trsim.errors import UsageError


def test_every_figure_has_a_direction() -> None:
    found = {kpi.name: direction_of(kpi.name) for kpi in KPIS}
    assert set(found.values()) == set(Direction)
    assert found["service_level"] is found["value_of_answered"] is Direction.HIGHER
    assert found["abandonment"] is found["asa"] is found["cost_of_staff"] is Direction.LOWER
    assert found["occupancy"] is found["offered"] is Direction.NEITHER


def test_all_service_levels_have_one_direction() -> None:
    names = [kpi.name for kpi in KPIS if kpi.name.startswith("service_level")]
    assert len(names) == 5
    assert {direction_of(name) for name in [*names, "service_level@45s"]} == {Direction.HIGHER}


def test_a_part_of_a_wait_is_better_short_but_its_share_says_nothing() -> None:
    assert {direction_of(kpi) for kpi in CAUSES} == {Direction.LOWER}
    assert {direction_of(share_name(kpi)) for kpi in CAUSES} == {Direction.NEITHER}


def test_an_unknown_figure_is_corrected() -> None:
    with pytest.raises(UsageError, match="did you mean 'abandonment'"):
        direction_of("abandonmet")
