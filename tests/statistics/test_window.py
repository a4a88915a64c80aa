"""Windows: their edges, their stamps, what cannot be asked for."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import numpy as np
import pytest

from trsim.errors import UsageError
from trsim.statistics import Query, Window

INSTANTS = np.array([0, 1, 999, 1_000, 1_001, 2_000, 2_001], dtype=np.int64)


@pytest.mark.parametrize(
    ("start_ms", "end_ms", "inside"),
    [
        (1_000, 2_000, [1_001, 2_000]),
        (0, 1_000, [0, 1, 999, 1_000]),
        (1, 999, [999]),
        (2_000, 9_000, [2_001]),
    ],
)
def test_a_window_is_open_where_it_begins_and_closed_where_it_ends(
    start_ms: int, end_ms: int, inside: list[int]
) -> None:
    assert INSTANTS[Window(start_ms, end_ms).covers(INSTANTS)].tolist() == inside


def test_windows_that_follow_each_other_share_nothing_and_miss_nothing() -> None:
    parts = [Window(0, 999), Window(999, 1_000), Window(1_000, 2_001)]
    assert np.sum([part.covers(INSTANTS) for part in parts], axis=0).tolist() == [1] * 7


@pytest.mark.parametrize(("start_ms", "end_ms"), [(5, 5), (6, 5), (-1, 5), (0, 0)])
def test_a_window_has_a_length_and_lies_in_the_run(start_ms: int, end_ms: int) -> None:
    with pytest.raises(UsageError, match=f"found {start_ms} ms to {end_ms} ms"):
        Window(start_ms, end_ms)


def test_bounds_are_stamped_in_utc() -> None:
    vienna = zoneinfo.ZoneInfo("Europe/Vienna")
    # Clocks go forward at 2 o'clock: 22:00 is UTC+1, the morning after UTC+2.
    night = dt.datetime(2026, 3, 28, 22, tzinfo=vienna)
    window = Window(1_500, 36_000_000, night)
    assert window.start_time == "2026-03-28T21:00:01.500Z"
    assert window.end_time == "2026-03-29T07:00:00Z"


def test_a_run_without_a_start_begins_with_the_epoch() -> None:
    window = Window(0, 90_000)
    assert (window.start_time, window.end_time) == ("1970-01-01T00:00:00Z", "1970-01-01T00:01:30Z")


def test_an_origin_needs_a_zone() -> None:
    with pytest.raises(UsageError, match="needs a time zone"):
        Window(0, 1, dt.datetime(2026, 3, 28))


@pytest.mark.parametrize(
    ("thresholds", "found"), [((10, -1), "-1 s"), ((10, 20, 10), "10 s")], ids=["negative", "twice"]
)
def test_thresholds_are_distinct_and_not_negative(thresholds: tuple[int, ...], found: str) -> None:
    with pytest.raises(UsageError, match=f"found {found}"):
        Query(Window(0, 1), split_by_wait_time=thresholds)
