"""What became of reservations, and offers per task, worked out by hand."""

from __future__ import annotations

import pytest
from matplotlib.container import BarContainer

from tests.analysis.diary import Diary
from tests.plots.desk import four_tasks, no_task, result_of
from tests.plots.drawn import labels, names
from trsim.analysis.sample import Criteria
from trsim.plots.outcomes import (
    MOST_OFFERS,
    offer_outcomes,
    offers_per_task,
    offers_per_task_numbers,
    outcome_flow,
)
from trsim.plots.palette import ANSWER_LOOKS
from trsim.plots.view import View


def test_outcomes_over_all_and_by_queue() -> None:
    numbers = offer_outcomes(four_tasks())
    assert numbers.groups == ("all", "billing")
    found = dict(zip(ANSWER_LOOKS, numbers.counts.tolist(), strict=True))
    assert found == {
        "accepted": [2, 2],
        "rejected": [0, 0],
        "timeout": [1, 1],
        "rescinded": [0, 0],
        "canceled": [0, 0],
        "pending": [0, 0],
    }


def test_every_outcome_has_its_place() -> None:
    diary = Diary()
    batch = diary.create(0)
    first = diary.offer(0, batch)
    diary.offer(0, batch, worker=1)
    diary.accept(1, first)  # rescinds the other one
    moved = diary.create(2)
    diary.reject(4, diary.offer(3, moved))
    diary.move(5, moved, queue=1)
    diary.offer(6, moved, worker=1)
    diary.cancel(7, moved)
    diary.offer(9, diary.create(8, queue=1))
    numbers = offer_outcomes(result_of(diary.log))
    assert numbers.groups == ("all", "billing", "sales")
    assert numbers.counts.tolist() == [
        [1, 1, 0],
        [1, 1, 0],
        [0, 0, 0],
        [1, 1, 0],
        [1, 0, 1],
        [1, 0, 1],
    ]


def test_only_reservations_of_the_window_and_of_counted_tasks() -> None:
    assert offer_outcomes(four_tasks(), View(from_ms=75_000)).counts[:, 0].sum() == 1
    criteria = Criteria(warm_up_ms=15_000, horizon_ms=100_000, threshold_ms=20_000)
    assert offer_outcomes(four_tasks(criteria)).counts[:, 0].sum() == 2


def test_bars_are_as_long_as_their_shares() -> None:
    (axes,) = outcome_flow(four_tasks()).axes
    bars = [box for box in axes.containers if isinstance(box, BarContainer)]
    widths = [[patch.get_width() for patch in box.patches] for box in bars]
    assert widths == [pytest.approx([2 / 3, 2 / 3]), pytest.approx([1 / 3, 1 / 3])]
    assert [patch.get_x() for patch in bars[1].patches] == pytest.approx([2 / 3, 2 / 3])
    assert [text.get_text() for text in axes.texts] == ["67 %", "67 %", "33 %", "33 %"]
    assert labels(axes) == ["all (3)", "billing (3)"]
    assert names(axes) == ["accepted", "timeout"]


def test_offers_per_task_by_outcome() -> None:
    numbers = offers_per_task_numbers(four_tasks())
    assert numbers.counts.tolist() == [[0, 1, 1], [1, 0, 0], [0, 0, 0], [0, 0, 0], [1, 0, 0]]
    assert (numbers.offers, numbers.most) == (3, 2)


def test_the_figure_stacks_them() -> None:
    figure = offers_per_task(four_tasks())
    (axes,) = figure.axes
    bars = [box for box in axes.containers if isinstance(box, BarContainer)]
    assert [[patch.get_height() for patch in box.patches] for box in bars] == [
        [0, 1, 1],
        [1, 0, 0],
        [1, 0, 0],
    ]
    assert [patch.get_y() for patch in bars[2].patches] == [1, 1, 1]
    assert "tasks: 4, offers: 3; 0.75 offers per task" in figure.get_supxlabel()


def test_many_offers_share_the_last_bar() -> None:
    diary = Diary()
    task = diary.create(0)
    for attempt in range(MOST_OFFERS + 5):
        diary.reject(attempt + 1, diary.offer(attempt, task))
    result = result_of(diary.log)
    assert offers_per_task_numbers(result).counts.shape == (5, MOST_OFFERS + 1)
    (axes,) = offers_per_task(result).axes
    assert axes.get_xticklabels()[-1].get_text() == "≥ 15"


def test_no_offer_has_no_outcome() -> None:
    assert offer_outcomes(no_task()).counts.tolist() == [[0]] * 6
