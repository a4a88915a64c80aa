"""The life of one task: bars, answers, deadlines."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from tests.analysis.diary import Diary
from tests.plots.desk import four_tasks, no_task, result_of
from tests.plots.drawn import labels, names
from trsim.analysis.results import Result
from trsim.core.events import EventType
from trsim.core.states import TaskStatus
from trsim.errors import UsageError
from trsim.plots.life_line import MOST_LANES, task_life
from trsim.plots.lives import Life, read_life
from trsim.plots.view import View


def life_of(result: Result, task: int) -> Life:
    life = read_life(result, task)
    assert life is not None
    return life


def bars(life: Life) -> list[tuple[str, str, int, int]]:
    return [(life.lanes[bar.lane], bar.kind, bar.start_ms, bar.end_ms) for bar in life.bars]


def test_a_task_that_is_offered_twice() -> None:
    life = life_of(four_tasks(), 2)
    assert (life.name, life.created_ms, life.end_ms, life.end) == (
        "calls/2",
        60_000,
        90_000,
        "completed",
    )
    assert bars(life) == [
        ("billing", "reserved", 60_000, 75_000),
        ("Ann", "ringing", 60_000, 75_000),
        ("billing", "reserved", 75_000, 79_000),
        ("Bob", "ringing", 75_000, 79_000),
        ("Bob", "talking", 79_000, 90_000),
    ]
    answers = [(life.lanes[mark.lane], mark.kind, mark.at_ms) for mark in life.answers]
    assert answers == [("Ann", "timeout", 75_000), ("Bob", "accepted", 79_000)]
    assert [(life.lanes[mark.lane], mark.at_ms) for mark in life.deadlines] == [
        ("Ann", 80_000),
        ("Bob", 95_000),
    ]


def test_a_task_that_wraps_up() -> None:
    assert bars(life_of(four_tasks(), 0))[2:] == [
        ("Ann", "talking", 14_000, 34_000),
        ("Ann", "wrapping up", 34_000, 44_000),
    ]


def test_a_task_that_hangs_up() -> None:
    life = life_of(four_tasks(), 1)
    assert bars(life) == [("billing", "pending", 20_000, 50_000)]
    assert life.end == "canceled: hangup"


def test_a_task_that_waits_still() -> None:
    life = life_of(four_tasks(), 3)
    assert bars(life) == [("sales", "pending", 95_000, 100_000)]
    assert (life.end_ms, life.end) == (100_000, "open at the horizon")


def test_a_task_that_moves_on() -> None:
    diary = Diary()
    task = diary.create(0)
    diary.reject(300, diary.offer(100, task))
    diary.move(500, task, queue=1)
    diary.remove(900, task)
    assert bars(life_of(result_of(diary.log), 0)) == [
        ("billing", "pending", 0, 100),
        ("billing", "reserved", 100, 300),
        ("Ann", "ringing", 100, 300),
        ("billing", "pending", 300, 500),
        ("sales", "pending", 500, 900),
    ]
    assert life_of(result_of(diary.log), 0).end == "deleted"


def test_a_set_up_and_a_task_routed_to_a_worker() -> None:
    diary = Diary()
    pending = {"task": 0, "task_status": TaskStatus.PENDING}
    diary.write(0, EventType.TASK_CREATED, worker=0, until_ms=86_400_000, **pending)
    reserved = {"task": 0, "reservation": 0, "worker": 0, "task_status": TaskStatus.RESERVED}
    open_row = {**reserved, "reservation_status": 0}
    diary.write(50, EventType.RESERVATION_CREATED, until_ms=20_050, **open_row)
    diary.write(80, EventType.RESERVATION_ON_HOLD, **open_row)
    talking = {**reserved, "task_status": TaskStatus.ASSIGNED, "reservation_status": 1}
    diary.write(120, EventType.RESERVATION_ACCEPTED, **talking)
    assert bars(life_of(result_of(diary.log), 0)) == [
        ("routed directly", "pending", 0, 50),
        ("routed directly", "reserved", 50, 120),
        ("Ann", "ringing", 50, 80),
        ("Ann", "set-up", 80, 120),
        ("Ann", "talking", 120, 100_000),
    ]


def test_the_figure_shows_lanes_marks_and_how_it_ended() -> None:
    figure = task_life(four_tasks(), View(task=2))
    (axes,) = figure.axes
    assert labels(axes) == ["billing", "Ann", "Bob"]
    assert figure.get_suptitle() == "Life of calls/2: completed"
    marks = {line.get_label(): line for line in axes.lines}
    deadlines = marks["deadline"]
    assert np.asarray(deadlines.get_xdata()).tolist() == [80, 95]
    assert np.asarray(deadlines.get_ydata()).tolist() == [1, 2]
    assert np.asarray(marks["timeout"].get_xdata()).tolist() == [75]
    assert names(axes) == ["reserved", "ringing", "talking", "deadline", "accepted", "timeout"]
    low, high = axes.get_xlim()
    assert low < 60
    assert high > 95
    assert "time to live: 24h" in figure.get_supxlabel()


def test_a_window_zooms_in() -> None:
    (axes,) = task_life(four_tasks(), View(task=2, from_ms=74_000, to_ms=80_000)).axes
    assert axes.get_xlim() == (74, 80)


def test_many_lanes_are_cut_off_and_the_figure_says_so() -> None:
    diary = Diary()
    task = diary.create(0)
    for queue in range(40):
        diary.move(queue + 1, task, queue=queue)
    figure = task_life(result_of(diary.log), View())
    assert len(labels(figure.axes[0])) == MOST_LANES
    assert "the last 10 of 40 lanes are left out" in figure.get_supxlabel()


def test_the_clock_is_that_of_the_scenario() -> None:
    view = View(start=dt.datetime(2026, 3, 2, 8), task=2)
    (axes,) = task_life(four_tasks(), view).axes
    assert [text.get_text() for text in axes.get_xticklabels()][:2] == ["08:01:00", "08:01:10"]
    assert axes.get_xlabel() == "time of day from 2026-03-02 [h:min:s]"


def test_a_task_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match=r"there is no task 4 .* 0 … 3"):
        task_life(four_tasks(), View(task=4))
    with pytest.raises(UsageError, match="it had no task"):
        task_life(no_task(), View(task=0))
    assert task_life(no_task()).get_suptitle() == "No task was created"
