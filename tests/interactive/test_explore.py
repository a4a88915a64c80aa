"""Sliders turned in Python: what runs, what is shown, and what happens without widgets."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping

import jupytext  # type: ignore[import-untyped]
import pytest
from nbclient import NotebookClient

import trsim
from tests.interactive.desk import COUNT, NO_ANSWER, TIMEOUT, desk
from trsim.errors import UsageError
from trsim.interactive.explore import explore
from trsim.interactive.knobs import knobs_of
from trsim.interactive.outcome import Outcome
from trsim.interactive.panel import Panel


def test_the_figures_of_both_settings_stand_side_by_side() -> None:
    outcome = explore(desk()).at({COUNT: 2})
    rows = {row["kpi"]: row for row in outcome.to_frame().to_dict("records")}
    wait, level = rows["mean_wait"], rows["service_level"]
    assert (wait["base"], wait["now"], wait["change"], wait["unit"]) == (31.0, 4.0, -27.0, "s")
    assert (level["base"], level["now"]) == (0.5, 1.0)
    assert outcome.changes == {COUNT: 2}
    assert outcome.scenario == desk().replace({COUNT: 2})


def test_text_says_what_was_changed_and_by_how_much() -> None:
    text = str(explore(desk()).at({COUNT: 2}))
    assert text.startswith("Desk <1>: workers.desk.count=2\n")
    assert "service_level  " in text
    assert "50.0 %    100.0 %  +50.0 points" in text
    assert "31.0 s      4.0 s       −27.0 s" in text
    assert text.endswith("1 replication of 5m, seed 3; both settings meet the same customers; "
                         "how far chance reaches is unknown")  # fmt: skip


def test_the_scenario_as_it_is_has_one_column_and_all_paths() -> None:
    text = repr(trsim.explore(desk()))
    assert "as turned" not in text
    assert text.endswith(f"can be turned:\n  {TIMEOUT}\n  {COUNT}")


def test_html_shows_names_and_not_what_they_would_be() -> None:
    html = explore(desk()).at({COUNT: 2})._repr_html_()
    assert "Desk &lt;1&gt;" in html
    assert "<1>" not in html
    assert 'src="data:image/svg+xml;base64,' in html


def test_a_known_setting_is_not_run_twice() -> None:
    explorer = explore(desk())
    assert explorer.at({COUNT: 2}) is explorer.at({COUNT: 2})
    first = explorer.at({COUNT: 2, TIMEOUT: "30s"})
    assert explorer.at({TIMEOUT: "30s", COUNT: 2}) is first
    assert explorer.at({COUNT: 3}) is not explorer.at({COUNT: 2})


def test_only_the_latest_settings_are_kept() -> None:
    explorer = explore(desk())
    first = explorer.at({COUNT: 2})
    for count in range(3, 19):
        explorer.at({COUNT: count})
    assert explorer.at({COUNT: 2}) is not first


def test_a_run_ends_after_a_day_unless_told_otherwise() -> None:
    long = desk(horizon="10d")
    assert explore(long).at({}).study.criteria.horizon_ms == 86_400_000
    assert explore(long, until_s=60).at({}).study.criteria.horizon_ms == 60_000


def test_several_replications_with_another_seed() -> None:
    study = explore(desk(), replications=3, seed=11).at({COUNT: 2}).study
    assert (study.replications, study.provenance.seed) == (3, 11)


def test_another_plot_shows_the_turned_setting() -> None:
    figure = explore(desk(), plot="staffing").at({COUNT: 2}).figure()
    assert len(figure.axes) > 1
    both = explore(desk()).at({COUNT: 2}).figure()
    (axes,) = both.axes
    labels = axes.get_legend_handles_labels()[1]
    assert [label.split(",")[0] for label in labels][:2] == ["as in the scenario", "as turned"]


def test_an_unknown_plot_is_refused() -> None:
    with pytest.raises(UsageError, match=r"no plot 'stafing'.*did you mean 'staffing'"):
        explore(desk(), plot="stafing")


def test_a_turned_slider_runs_at_once_where_nothing_can_wait() -> None:
    panel = explore(desk()).panel
    panel.sliders[COUNT].value = 2
    assert panel.changes == {COUNT: 2}
    assert panel.outcome.changes == {COUNT: 2}
    table = panel.box.children[-2].value
    assert "31.0 s" in table
    assert "4.0 s" in table
    assert panel.box.children[-1].value == panel.outcome.picture()
    panel.reset.click()
    assert panel.outcome.changes == {}
    assert panel.sliders[COUNT].value == 1


def test_sliders_show_unit_and_range() -> None:
    panel = explore(desk(), {TIMEOUT: (5, 60, 5), NO_ANSWER: [0.0, 0.5]}).panel
    slider, menu = panel.sliders[TIMEOUT], panel.sliders[NO_ANSWER]
    assert slider.description == f"{TIMEOUT} [s]"
    assert (slider.min, slider.max, slider.step, slider.value) == (5, 60, 5, 20)
    assert not slider.continuous_update
    assert menu.value == "0%"
    menu.value = 0.5
    assert panel.changes == {NO_ANSWER: 0.5}


class Counted:
    """Runs settings, and remembers which."""

    def __init__(self) -> None:
        self._explorer = explore(desk())
        self.runs: list[Mapping[str, object]] = []

    def __call__(self, changes: Mapping[str, object]) -> Outcome:
        self.runs.append(changes)
        return self._explorer.at(changes)


def test_sliders_that_move_quickly_run_once() -> None:
    counted = Counted()

    async def play() -> None:
        panel = Panel(knobs_of(desk()), counted, delay_s=0)
        for count in (2, 3, 4):
            panel.sliders[COUNT].value = count
        assert counted.runs == [{}]
        await asyncio.sleep(0)  # the timer fires
        await asyncio.sleep(0)
        assert counted.runs == [{}, {COUNT: 4}]

    asyncio.run(play())


def test_who_asks_for_the_outcome_gets_that_of_the_present_values() -> None:
    counted = Counted()

    async def play() -> None:
        panel = Panel(knobs_of(desk()), counted, delay_s=3600)
        panel.sliders[COUNT].value = 5
        assert panel.outcome.changes == {COUNT: 5}
        assert panel.outcome.changes == {COUNT: 5}

    asyncio.run(play())
    assert counted.runs == [{}, {COUNT: 5}]


def test_values_that_cannot_be_run_leave_the_figures_alone() -> None:
    panel = explore(desk(), {NO_ANSWER: [0.5, 2]}).panel
    panel.sliders[NO_ANSWER].value = 0.5
    panel.sliders[NO_ANSWER].value = 2
    assert panel.outcome.changes == {NO_ANSWER: 0.5}
    assert "must be a probability, 0 … 1 or 5% (found 2" in panel.status
    panel.sliders[NO_ANSWER].value = 0.5
    assert panel.status == ""


def test_without_widgets_the_figures_come_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    explorer = trsim.explore(desk())
    assert "31.0 s" in repr(explorer)
    with pytest.raises(UsageError, match=r"pip install 'trsim\[notebook\]'"):
        _ = explorer.panel


CELLS = """\
# %%
import trsim
from tests.interactive.desk import desk
trsim.explore(desk())
# %%
import sys
sys.modules["ipywidgets"] = None
try:
    trsim.explore(desk())
except trsim.UsageError as problem:
    print(problem)
"""


def test_in_jupyter_it_shows_sliders_or_says_what_is_missing() -> None:
    notebook = jupytext.reads(CELLS, fmt="py:percent")
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    sliders, missing = (cell["outputs"][0] for cell in notebook["cells"])
    assert "application/vnd.jupyter.widget-view+json" in sliders["data"]
    assert "31.0 s" in sliders["data"]["text/html"]
    assert missing["text"] == (
        "sliders need the package ipywidgets, which is not installed; "
        "pip install 'trsim[notebook]' installs it\n"
    )
