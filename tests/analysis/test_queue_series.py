"""Queues interval by interval, for the log of :func:`tests.analysis.diary.busy_hour`."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pandas as pd
import pytest

import trsim
from tests.analysis.diary import BUSY_HOUR_ENDS_MS, Diary, busy_hour, criteria
from tests.analysis.test_attribution import bob, desk, stream
from trsim.analysis import queue_series
from trsim.analysis.queue_series import QUEUE_COLUMNS, interval_ms
from trsim.analysis.results import Provenance, Result
from trsim.errors import UsageError

# For each queue the values of [0, 50) and [50, 100) s, in the order of the table.
HALVES: dict[str, list[Any]] = {
    "arrivals": [5, 2, 0, 1],  # task 1 comes into sales at 60 s
    "offered": [4, 2, 1, 0],  # and counts there, in the interval of its creation
    "assigned": [1, 1, 1, 0],
    "abandoned": [1, 0, 0, 0],
    "in_time": [1, 1, 0, 0],
    "service_base": [4, 1, 1, 0],  # task 5 is open and younger than 20 s
    "mean_wait_s": [(4 + 15 + 30) / 3, 2, 60, math.nan],
    # Tasks 0 to 4: 4 + 45 + 15 + 30 + 10 s; tasks 1, 4, 5, 6: 10 + 50 + 15 + 2 s; task 1: 5 s.
    "mean_length": [104 / 50, 77 / 50, 0, 5 / 50],
    "max_length": [3, 3, 0, 1],
}


def result_of(diary: Diary, **limits: int) -> Result:
    about, horizon_ms = Provenance("Desk", "", 1), BUSY_HOUR_ENDS_MS
    return Result(about, 0, diary.log, criteria(horizon_ms, **limits))


@pytest.mark.parametrize("column", HALVES)
def test_both_halves_of_a_busy_hour(column: str) -> None:
    frame = result_of(busy_hour()).per_interval("50s")
    assert frame["queue"].tolist() == ["billing", "billing", "sales", "sales"]
    assert frame["start_s"].tolist() == [0, 50, 0, 50]
    assert frame["end_s"].tolist() == [50, 100, 50, 100]
    assert frame[column].tolist() == pytest.approx(HALVES[column], nan_ok=True)


def test_every_column_is_documented() -> None:
    frame = result_of(busy_hour()).queues
    assert list(frame.columns) == list(QUEUE_COLUMNS)
    # Fifteen minutes are more than the run has.
    assert frame["end_s"].tolist() == [100, 100]
    assert frame["offered"].tolist() == [6, 1]


def test_the_last_interval_may_be_shorter() -> None:
    frame = result_of(busy_hour()).per_interval(60)
    assert frame["end_s"].tolist() == [60, 100, 60, 100]
    # Tasks 4, 5 and 6 wait in billing from 60 on: 40 + 15 + 2 s in 40 s.
    assert frame["mean_length"].iloc[1] == 57 / 40


def test_a_length_is_carried_over_from_one_interval_to_the_next() -> None:
    diary = Diary()
    diary.create(5_000)
    frame = result_of(diary).per_interval("10s")
    billing = frame[frame["queue"] == "billing"]
    assert billing["max_length"].tolist() == [1] * 10
    assert billing["mean_length"].tolist() == [0.5] + [1] * 9
    assert billing["arrivals"].tolist() == [1] + [0] * 9


def test_the_warm_up_is_marked() -> None:
    frame = result_of(busy_hour(), warm_up_ms=50_000).per_interval("50s")
    assert frame["counted"].tolist() == [False, True, False, True]
    assert frame["offered"].tolist() == HALVES["offered"]


@pytest.mark.parametrize("definition", ["answered", "excluding_short", "including_short"])
def test_the_chosen_service_level_is_the_one_of_the_figures(definition: str) -> None:
    result = result_of(busy_hour())
    limits = dataclasses.replace(result.criteria, service_level=definition)
    chosen = dataclasses.replace(result, criteria=limits)
    frame = chosen.per_interval("50s")
    level = frame["in_time"].sum() / frame["service_base"].sum()
    assert level == chosen.kpis()["service_level"].estimate


def staff(frame: pd.DataFrame, queue: str) -> list[tuple[float, float]]:
    rows = frame[frame["queue"] == queue]
    pairs = zip(rows["staff_available"], rows["staff_busy"], strict=True)
    return [(round(available * 60, 6), round(busy * 60, 6)) for available, busy in pairs]


def test_staff_is_that_of_the_queue() -> None:
    # Ann talks from 4 to 64 s, Bob from 34 to 94 s.  Seconds of available and busy staff a minute:
    frame = trsim.run(desk()).per_interval("1m")
    assert staff(frame, "first") == [(60, 56), (60, 4), (60, 0), (60, 0), (60, 0)]
    assert staff(frame, "second") == [(60, 26), (60, 34), (60, 0), (60, 0), (60, 0)]


def test_whoever_changes_queues_counts_where_it_is() -> None:
    moved = desk(timetable=[bob(90, attributes={"team": "first"})])
    frame = trsim.run(moved).per_interval("1m")
    assert staff(frame, "first")[1] == (60 + 30, 4 + 4)
    assert staff(frame, "second")[1:3] == [(30, 30), (0, 0)]


def test_a_change_of_the_queue_brings_others_in() -> None:
    entry = {"at": "90s", "task_queue": "second", "target_workers": "1==1"}
    frame = trsim.run(desk(timetable=[entry])).per_interval("1m")
    assert staff(frame, "second")[1:3] == [(60 + 30, 34), (120, 0)]


def test_queues_that_look_at_activities_lose_whoever_goes() -> None:
    queues = {
        "first": {"target_workers": "activity_name == 'Available'"},
        "second": {"target_workers": "activity_name == 'Break'"},
    }
    model = desk(task_queues=queues, timetable=[bob(90, activity="Break")], tasks={})
    frame = trsim.run(model).per_interval("1m")
    assert staff(frame, "first")[1:3] == [(60 + 30, 0), (60, 0)]
    assert staff(frame, "second")[1] == (0, 0)


def test_without_the_model_nothing_is_said_of_staff() -> None:
    frame = result_of(busy_hour()).queues
    assert frame["staff_available"].isna().all()
    assert frame["staff_busy"].isna().all()


def test_tasks_routed_to_a_worker_are_in_no_queue() -> None:
    tasks = {"calls": stream(0, routing_target={"worker": "Ann"})}
    frame = trsim.run(desk(tasks=tasks)).queues
    assert frame["offered"].sum() == frame["arrivals"].sum() == 0


@pytest.mark.parametrize(
    ("interval", "milliseconds"), [("15m", 900_000), ("1h30m", 5_400_000), (0.5, 500), (60, 60_000)]
)
def test_an_interval_is_a_duration_or_seconds(interval: str | float, milliseconds: int) -> None:
    assert interval_ms(interval) == milliseconds


@pytest.mark.parametrize(
    "interval", ["", "15", "soon", "-1m", "0s", 0, -5, math.inf, math.nan, 0.0001, "1us", None]
)
def test_anything_else_is_refused(interval: Any) -> None:
    with pytest.raises(UsageError, match="an interval is a duration"):
        interval_ms(interval)


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_series, "MOST_ROWS", 3)
    with pytest.raises(UsageError, match="more than 3 rows; take longer ones"):
        result_of(busy_hour()).per_interval("50s")
