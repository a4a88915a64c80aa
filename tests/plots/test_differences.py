"""Differences with their intervals, read off the figure."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer

from tests.plots.drawn import labels, names
from trsim.analysis.comparison import Comparison
from trsim.analysis.kpi import Fraction
from trsim.analysis.results import Provenance
from trsim.analysis.sample import Criteria
from trsim.analysis.study import Study
from trsim.errors import UsageError
from trsim.plots.canvas import svg_bytes
from trsim.plots.differences import MOST_SETTINGS, differences

KPIS = ("offered", "abandonment", "occupancy", "asa", "longest_open_wait")


def study(*hung_up: int, asa: int = 5) -> Study:
    runs: list[Mapping[str, Fraction]] = [
        {
            "offered": (10, 1),
            "refused": (0, 1),
            "abandonment": (count, 10),
            "occupancy": (1, 2),
            "asa": (asa, 1),
            "longest_open_wait": (0, 0),
        }
        for count in hung_up
    ]
    return Study(
        provenance=Provenance("Desk", "0" * 64, 7),
        criteria=Criteria(
            warm_up_ms=0, horizon_ms=3_600_000, threshold_ms=20_000, service_level="offered"
        ),
        fingerprints=tuple(map(str, hung_up)),
        measures=tuple(runs),
        group_measures=({},) * len(runs),
        run_caveats=((),) * len(runs),
    )


COMPARISON = Comparison({"a": study(2, 2, 2), "$b": study(2, 1, 0, asa=8), "c": study(4, 4, 4)})


def bars(axes: Axes) -> list[tuple[float, float, float, bool]]:
    """Return center, left and right end of every interval, and whether its marker is full."""
    found = []
    for bar in axes.containers:
        assert isinstance(bar, ErrorbarContainer)
        line, _, (reach,) = bar.lines
        assert line is not None
        ((left, _), (right, _)) = reach.get_segments()[0]
        center = float(line.get_xdata()[0])  # type: ignore[index, arg-type]
        full = line.get_markerfacecolor() != "#FFFFFF"
        found.append((round(center, 6), round(float(left), 4), round(float(right), 4), full))
    return found


def test_differences_are_grouped_by_unit() -> None:
    figure = differences(COMPARISON, KPIS)
    shares, times = figure.axes
    assert labels(shares) == ["abandonment ↓"]
    assert shares.get_xlabel() == "difference [percentage points]"
    # -10 points ± t(2) times the root of 1/300, and exactly 20.
    assert bars(shares) == [(-10.0, -34.8414, 14.8414, False), (20.0, 20.0, 20.0, True)]
    assert labels(times) == ["asa ↓"]
    assert bars(times) == [(3.0, 3.0, 3.0, True), (0.0, 0.0, 0.0, False)]
    assert names(shares) == [r"\$b", "c"]
    for axes in figure.axes:
        low, high = axes.get_xlim()
        assert low < 0 < high


def test_what_is_the_same_everywhere_is_named_and_not_drawn() -> None:
    text = svg_bytes(differences(COMPARISON, KPIS)).decode()
    assert "offered, occupancy" in text
    assert "longest_open_wait" not in text, "nothing is known of it"
    same = Comparison({"a": study(1, 1), "b": study(1, 1)})
    assert len(differences(same, KPIS).axes) == 3


def test_settings_have_markers_of_their_own() -> None:
    shares = differences(COMPARISON, ("abandonment",)).axes[0]
    drawn = [bar for bar in shares.containers if isinstance(bar, ErrorbarContainer)]
    assert [bar.lines[0].get_marker() for bar in drawn] == ["o", "s"]


def test_the_same_comparison_gives_the_same_bytes() -> None:
    assert svg_bytes(differences(COMPARISON, KPIS)) == svg_bytes(differences(COMPARISON, KPIS))


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(UsageError, match="there is no difference to draw of longest_open_wait"):
        differences(COMPARISON, ("longest_open_wait",))
    many = Comparison({str(number): study(1) for number in range(MOST_SETTINGS + 2)})
    with pytest.raises(UsageError, match="5 settings beside the base at most, not 6"):
        differences(many, ("asa",))
