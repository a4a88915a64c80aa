"""Every plot can be drawn of every run: empty, tiny, huge; and the file stays small."""

from __future__ import annotations

import io
from collections.abc import Callable

import matplotlib
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tests.experiments.desk import desk
from tests.plots.desk import four_tasks, many_tasks, no_row, no_task, one_task
from trsim.analysis.results import Result
from trsim.errors import UsageError
from trsim.experiments.run import run
from trsim.plots import PLOTS, View
from trsim.plots.canvas import svg_bytes

OF_A_LOG = [name for name in PLOTS if name != "wait_attribution"]
"""Plots that need no model."""
LARGEST_SVG = 500_000


def axes_of(figure: Figure) -> list[Axes]:
    return list(figure.axes)


@pytest.fixture(scope="module")
def simulated() -> Result:
    return run(desk())


@pytest.mark.parametrize("name", OF_A_LOG)
@pytest.mark.parametrize("made", [no_row, no_task, one_task, four_tasks])
def test_every_plot_of_a_small_run(name: str, made: Callable[[], Result]) -> None:
    figure = PLOTS[name].draw(made(), View())
    drawn = svg_bytes(figure)
    assert drawn.startswith(b"<?xml")
    assert len(drawn) < LARGEST_SVG
    for axes in axes_of(figure):
        assert axes.get_yticks().size == 0 or axes.get_ylabel() or name == "task_life"
    assert axes_of(figure)[-1].get_xlabel()


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_of_a_simulated_run(name: str, simulated: Result) -> None:
    view = View(model=desk(), goal=0.8)
    drawn = svg_bytes(PLOTS[name].draw(simulated, view))
    assert len(drawn) < LARGEST_SVG
    assert drawn == svg_bytes(PLOTS[name].draw(simulated, view)), "the same run, the same bytes"


@pytest.mark.parametrize("name", OF_A_LOG)
def test_every_plot_of_a_big_run(name: str, big: Result) -> None:
    assert len(svg_bytes(PLOTS[name].draw(big, View()))) < LARGEST_SVG


@pytest.fixture(scope="module")
def big() -> Result:
    return many_tasks(30_000)


@pytest.mark.deep
@pytest.mark.parametrize("name", OF_A_LOG)
def test_every_plot_of_a_million_tasks(name: str, huge: Result) -> None:
    assert len(svg_bytes(PLOTS[name].draw(huge, View()))) < LARGEST_SVG


@pytest.fixture(scope="module")
def huge() -> Result:
    return many_tasks(1_000_000)


@pytest.mark.parametrize("name", OF_A_LOG)
def test_nobodys_settings_change(name: str) -> None:
    with matplotlib.rc_context({"font.size": 31, "axes.grid": False}):
        before = dict(matplotlib.rcParams)
        figure = PLOTS[name].draw(one_task(), View())
        assert dict(matplotlib.rcParams) == before
        assert all(axes.xaxis.label.get_fontsize() == 9 for axes in axes_of(figure))


def test_nothing_stays_open() -> None:
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    for name in OF_A_LOG:
        PLOTS[name].draw(one_task(), View()).savefig(io.BytesIO(), format="png")
    assert plt.get_fignums() == before


@pytest.mark.parametrize("name", [name for name in OF_A_LOG if name != "task_life"])
def test_an_empty_window_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="window"):
        PLOTS[name].draw(one_task(), View(from_ms=50_000, to_ms=50_000))


def test_each_plot_says_in_a_line_what_it_shows() -> None:
    assert len({plot.text for plot in PLOTS.values()}) == len(PLOTS)
    assert all(20 < len(plot.text) < 90 for plot in PLOTS.values())
