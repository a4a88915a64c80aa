"""Axes, names and files."""

from __future__ import annotations

import datetime as dt
import struct
from pathlib import Path

import pytest

from tests.plots.desk import four_tasks, one_task, result_of
from trsim.errors import OutputError, UsageError
from trsim.plots import PLOTS, View, save_figure
from trsim.plots.canvas import panels, plain, time_axis

MARCH = dt.datetime(2026, 3, 2, 8)


def ticks(view: View, low_ms: int, high_ms: int) -> tuple[list[str], str]:
    _, (axes,) = panels((1,))
    time_axis(axes, view, low_ms, high_ms)
    return [text.get_text() for text in axes.get_xticklabels()], axes.get_xlabel()


@pytest.mark.parametrize(
    ("high_ms", "first", "last", "unit"),
    [
        (4, "0", "0.004", "s"),
        (100_000, "0", "100", "s"),
        (300_000, "0", "5", "min"),
        (14 * 3_600_000, "0", "14", "h"),
        (28 * 86_400_000, "0", "25", "d"),
    ],
)
def test_without_a_clock_the_unit_suits(high_ms: int, first: str, last: str, unit: str) -> None:
    shown, label = ticks(View(), 0, high_ms)
    assert (shown[0], shown[-1], label) == (first, last, f"time since the start [{unit}]")
    assert 2 < len(shown) < 13


def test_with_a_clock_ticks_are_round_by_the_clock() -> None:
    shown, label = ticks(View(start=MARCH + dt.timedelta(minutes=20)), 0, 8 * 3_600_000)
    assert shown == ["09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00", "16:00"]
    assert label == "time of day from 2026-03-02 [h:min]"


def test_a_new_day_shows_its_date() -> None:
    shown, _ = ticks(View(start=MARCH.replace(hour=18)), 0, 10 * 3_600_000)
    assert shown[6] == "00:00\n03 Mar"
    assert shown[7] == "01:00"


def test_many_days_show_dates() -> None:
    shown, _ = ticks(View(start=MARCH), 0, 9 * 86_400_000)
    assert shown[:2] == ["03 Mar", "04 Mar"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("from $5 to $9", r"from \$5 to \$9"),
        ("red\x1b[31m\n", r"red\x1b[31m\n"),
        ("x" * 40, "x" * 31 + "…"),
    ],
)
def test_names_are_shown_as_they_are(name: str, shown: str) -> None:
    assert plain(name) == shown


def test_a_name_that_would_be_a_formula_is_a_name() -> None:
    figure = PLOTS["offers_per_task"].draw(
        result_of(four_tasks().log, name="$\\frac{$ 客服"), View()
    )
    text = figure.get_suptitle()
    assert text == r"Offers per task: \$\frac{\$ 客服"


def test_names_in_other_scripts_can_be_drawn(tmp_path: Path) -> None:
    figure = PLOTS["offers_per_task"].draw(
        result_of(four_tasks().log, name="$\\frac{$ 客服"), View()
    )
    save_figure(figure, tmp_path / "x.png")
    assert "$\\frac{$ 客服".encode() in save_figure(figure, tmp_path / "x.svg").read_bytes()


def test_files_have_the_format_of_their_ending(tmp_path: Path) -> None:
    figure = PLOTS["staffing"].draw(one_task(), View())
    png = save_figure(figure, tmp_path / "a.PNG").read_bytes()
    assert png.startswith(b"\x89PNG")
    assert struct.unpack(">II", png[16:24]) == (1_200, 930)
    assert b"<svg" in save_figure(figure, str(tmp_path / "a.svg")).read_bytes()


def test_equal_figures_are_equal_files(tmp_path: Path) -> None:
    for name in ("staffing", "worker_gantt"):
        for kind in ("png", "svg"):
            one, two = (
                save_figure(PLOTS[name].draw(four_tasks(), View()), tmp_path / f"{n}.{kind}")
                for n in (1, 2)
            )
            assert one.read_bytes() == two.read_bytes()


def test_another_format_is_refused(tmp_path: Path) -> None:
    figure = PLOTS["staffing"].draw(one_task(), View())
    with pytest.raises(UsageError, match=r"ends in \.png or \.svg"):
        save_figure(figure, tmp_path / "a.gif")
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    figure = PLOTS["staffing"].draw(one_task(), View())
    with pytest.raises(OutputError, match=r"cannot write .*gone"):
        save_figure(figure, tmp_path / "gone" / "a.svg")
