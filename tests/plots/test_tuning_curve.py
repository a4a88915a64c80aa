"""The curve of a tuning and its Pareto set: numbers first, then what is drawn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.analysis.tuning_case import QUESTION, tuning
from trsim.errors import UsageError
from trsim.plots.pareto import draw_pareto, pareto_numbers
from trsim.plots.tuning_curve import curve_numbers, draw_tuning_curve


def test_numbers_of_the_curve_are_in_per_cent() -> None:
    numbers = curve_numbers(tuning())
    assert list(numbers.numbers) == [5, 15, 20, 24, 30, 60]
    assert numbers.estimates == pytest.approx((31, 17.3, 16.8, 16.7, 16.9, 19))
    assert numbers.highs[1] - numbers.lows[1] == pytest.approx(0.8)


def test_the_curve_shows_what_is_named() -> None:
    axes = draw_tuning_curve(tuning()).axes[0]
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [
        "as good,\nas far as can be told",
        "most capacity,\nby theory (22.2 s)",
        "recommended",
        "today",
        "tried",
    ]
    assert "[s]" in axes.get_xlabel()
    assert "[%]" in axes.get_ylabel()


def test_several_parameters_have_no_curve() -> None:
    two = replace(QUESTION, parameters=QUESTION.parameters * 2)
    with pytest.raises(UsageError, match="one tuned parameter"):
        curve_numbers(tuning(question=two))


def test_the_pareto_set_leaves_out_what_lies_far_away() -> None:
    numbers = pareto_numbers(tuning())
    assert numbers.unbeaten == (3, 4, 5)
    assert numbers.second == pytest.approx((29, 54.8, 54.5, 54.7, 55.3, 56.2))
    figure = draw_pareto(tuning())
    axes = figure.axes[0]
    assert axes.get_xlim()[1] < 31
    note = figure._supxlabel  # type: ignore[attr-defined]
    assert note is not None
    assert "1 beaten points lie outside" in " ".join(note.get_text().split())


def test_without_two_figures_there_is_no_pareto_set() -> None:
    with pytest.raises(UsageError):
        pareto_numbers(tuning(pareto=None))
