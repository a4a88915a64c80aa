from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.swept_desk import swept_desk
from tests.plots.drawn import names
from trsim.errors import UsageError
from trsim.plots.curves import MOST_LINES, kpi_curves, kpi_lines

GRID = [(x, y) for x in (3, 1, 2) for y in (5, 6)]
RUNS = [[(10 * x, 100), (10 * x + y, 100)] for x, y in GRID]
KPIS = ["abandonment"]


def test_lines_go_up_the_first_parameter() -> None:
    lines = kpi_lines(swept_desk("grid", GRID, RUNS), "abandonment")
    assert list(lines) == ["5", "6"]
    assert [(at, found.estimate) for at, found in lines["5"]] == [
        (1.0, 0.125), (2.0, 0.225), (3.0, 0.325),
    ]  # fmt: skip


def test_lines_differ_without_color_and_bands_are_intervals() -> None:
    swept = swept_desk("grid", GRID, RUNS)
    figure = kpi_curves(swept, KPIS)
    (axes,) = figure.axes
    lines = [line for line in axes.lines if len(line.get_xdata()) == 3]  # type: ignore[arg-type]
    assert names(axes) == ["5", "6"]
    assert len({line.get_linestyle() for line in lines}) == 2
    assert list(lines[0].get_ydata()) == pytest.approx([12.5, 22.5, 32.5])  # type: ignore[arg-type]
    found = swept.figure(swept.points[0], "abandonment")
    assert found is not None
    band = np.asarray(axes.collections[0].get_paths()[0].vertices)
    assert band[:, 1].max() == pytest.approx(100 * max(
        f.high for _, f in kpi_lines(swept, "abandonment")["5"] if f.high is not None
    ))  # fmt: skip
    assert axes.get_ylabel() == "abandonment\n[%]"


def test_one_parameter_needs_no_legend() -> None:
    figure = kpi_curves(swept_desk("grid", [(1,), (2,)], RUNS[:2]), KPIS)
    assert names(figure.axes[0]) == []
    assert figure.axes[0].get_xlabel() == "x"


def test_what_cannot_be_told_apart_is_refused() -> None:
    many = [(1, y) for y in range(MOST_LINES + 1)]
    with pytest.raises(UsageError, match="draw a heat map"):
        kpi_curves(swept_desk("grid", many, [[(1, 2)]] * len(many)), KPIS)
    with pytest.raises(UsageError, match="one or two parameters"):
        kpi_curves(swept_desk("grid", [(1, 2, 3)], [[(1, 2)]]), KPIS)
    with pytest.raises(UsageError, match="has a figure asa"):
        kpi_curves(swept_desk("grid", GRID, RUNS), ["asa"])
