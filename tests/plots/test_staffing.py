"""States of workers, and staff and queue over time, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.diary import AVAILABLE, OFFLINE, Diary
from tests.plots.desk import CRITERIA, four_tasks, no_row, result_of
from tests.plots.drawn import ends, steps
from trsim.analysis.sample import Criteria, Observation
from trsim.plots.staffing import staffing, staffing_numbers
from trsim.plots.states import WorkerState, worker_states
from trsim.plots.view import View

TWENTY = View(interval_ms=20_000)


def told(spans: object) -> list[tuple[int, str, int, int]]:
    assert isinstance(spans, tuple)
    rows = zip(*(column.tolist() for column in spans), strict=True)
    return [(who, WorkerState(state).label, start, end) for who, state, start, end in rows]


def test_every_worker_is_in_one_state_at_every_instant() -> None:
    seen = Observation(four_tasks().log, 100_000)
    assert told(worker_states(seen)) == [
        (0, "available", 0, 10_000),
        (0, "ringing", 10_000, 14_000),
        (0, "talking", 14_000, 34_000),
        (0, "wrapping up", 34_000, 44_000),
        (0, "available", 44_000, 60_000),
        (0, "ringing", 60_000, 75_000),
        (0, "missed an offer", 75_000, 100_000),
        (1, "away", 0, 70_000),
        (1, "available", 70_000, 75_000),
        (1, "ringing", 75_000, 79_000),
        (1, "talking", 79_000, 90_000),
        (1, "available", 90_000, 100_000),
    ]


def test_off_duty_is_told_from_away_where_shifts_are_known() -> None:
    seen = Observation(four_tasks().log, 100_000)
    assert told(worker_states(seen, (-1, OFFLINE)))[7] == (1, "off", 0, 70_000)
    assert told(worker_states(seen, (OFFLINE, -1)))[7] == (1, "away", 0, 70_000)


def test_talking_comes_before_wrapping_up_before_ringing() -> None:
    diary = Diary(bob=AVAILABLE)
    one, two = diary.create(0), diary.create(0)
    first, second = diary.offer(0, one), diary.offer(0, two)
    diary.accept(10, first)
    diary.wrap_up(20, one)
    diary.accept(30, second)
    diary.complete(40, one)
    diary.complete(50, two)
    spans = told(worker_states(Observation(diary.log, 100)))
    assert spans[:5] == [
        (0, "ringing", 0, 10),
        (0, "talking", 10, 20),
        (0, "wrapping up", 20, 30),
        (0, "talking", 30, 50),
        (0, "available", 50, 100),
    ]


def test_no_worker_has_no_state() -> None:
    assert told(worker_states(Observation(no_row().log, 100))) == []


def test_staff_and_queue_by_interval() -> None:
    numbers = staffing_numbers(four_tasks(), TWENTY)
    assert numbers.edges_ms.tolist() == [0, 20_000, 40_000, 60_000, 80_000, 100_000]
    assert numbers.created.tolist() == [1, 1, 0, 1, 1]
    assert numbers.waiting.tolist() == [0.2, 1.0, 0.5, 0.95, 0.25]
    assert numbers.most_waiting.tolist() == [1, 1, 1, 1, 1]
    assert numbers.staff["busy"].tolist() == [0.3, 1.0, 0.2, 0.05, 0.5]
    assert numbers.staff["reserved"].tolist() == [0.2, 0.0, 0.0, 0.95, 0.0]
    assert numbers.staff["available"].tolist() == [0.5, 0.0, 0.8, 0.25, 0.5]
    assert numbers.staff["away"].tolist() == [1.0, 1.0, 1.0, 0.75, 1.0]
    assert sum(numbers.staff.values(), np.zeros(5)).tolist() == pytest.approx([2] * 5)


def test_the_offered_load_is_what_would_be_in_hand() -> None:
    numbers = staffing_numbers(four_tasks(), TWENTY)
    # 30 s and 11 s were handled, so each task counts for 20.5 s from its creation.
    assert numbers.handle_time_s == 20.5
    assert numbers.offered_load is not None
    assert numbers.offered_load.tolist() == [0.5, 1.525, 0.025, 1.0, 0.275]
    assert staffing_numbers(no_row(), TWENTY).offered_load is None


def test_off_duty_is_nobody() -> None:
    numbers = staffing_numbers(four_tasks(), View(interval_ms=20_000, off_activities=(-1, OFFLINE)))
    assert numbers.staff["away"].tolist() == [0, 0, 0, 0.25, 1.0]


def test_the_figure_shows_these_numbers() -> None:
    figure = staffing(four_tasks(), TWENTY)
    waiting, workers, arrivals = figure.axes
    assert steps(waiting)[0] == [0.2, 1.0, 0.5, 0.95, 0.25]
    tops = steps(workers)
    assert tops[0] == [0.3, 1.0, 0.2, 0.05, 0.5]
    assert tops[1] == pytest.approx([0.5, 1.0, 0.2, 1.0, 0.5])
    assert tops[3] == pytest.approx([2] * 5)
    assert tops[4] == [0.5, 1.525, 0.025, 1.0, 0.275]
    assert steps(arrivals) == [[1, 1, 0, 1, 1]]
    assert ends(arrivals) == [0, 20, 40, 60, 80, 100]
    assert arrivals.get_ylabel() == "tasks created\n[per 20s]"
    assert "20.5 s" in figure.get_supxlabel()


def test_the_warm_up_is_marked() -> None:
    criteria = Criteria(warm_up_ms=30_000, horizon_ms=100_000, threshold_ms=20_000)
    marked = staffing(four_tasks(criteria), TWENTY)
    assert [text.get_text() for text in marked.axes[0].texts] == ["warm-up "]
    assert not staffing(result_of(four_tasks().log, CRITERIA), TWENTY).axes[0].texts
