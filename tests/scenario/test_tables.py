from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario.desk import load, problems, spoiled
from trsim.world.arrivals import Arrival
from trsim.world.mixed import Empirical
from trsim.world.plan import StreamPlan
from trsim.world.recorded_arrivals import CountArrivals, TraceArrivals

OLD = "{process: poisson, rate: 60/h}"
QUARTER = 900_000


def table(folder: Path, text: str) -> None:
    (folder / "data.csv").write_text(text, encoding="utf-8")


def stream(folder: Path, *edits: tuple[str, str]) -> StreamPlan:
    scenario = load(spoiled(*edits), folder)
    again = load(scenario.to_yaml(), folder)
    assert again == scenario
    assert "data.csv" not in scenario.to_yaml()
    return scenario.compile().world.streams[0]


def counts(folder: Path, more: str = "", *edits: tuple[str, str]) -> CountArrivals:
    text = f"{{process: counts, file: data.csv, column: calls, interval: 15m{more}}}"
    found = stream(folder, (OLD, text), *edits).arrivals
    assert isinstance(found, CountArrivals)
    return found


def test_counts_follow_each_other(tmp_path: Path) -> None:
    table(tmp_path, "day,calls\nmon,3\nmon,0\n\nmon,12\n")
    assert counts(tmp_path) == CountArrivals((3, 0, 12), QUARTER)


def test_counts_with_clock_times_begin_at_the_start(tmp_path: Path) -> None:
    table(tmp_path, "time;calls\n07:45;9\n08:00;3\n08:15;0\n08:45;12\n")
    assert counts(tmp_path, ", time_column: time") == CountArrivals((3, 0, 0, 12), QUARTER)


def test_counts_with_offsets(tmp_path: Path) -> None:
    table(tmp_path, "time,calls\n15m,3\n1h,4\n")
    assert counts(tmp_path, ", time_column: time") == CountArrivals((0, 3, 0, 0, 4), QUARTER)


def test_counts_of_another_day_are_played_on_the_first(tmp_path: Path) -> None:
    table(
        tmp_path,
        "time,calls\n2025-11-03T08:00,1\n2025-11-04T08:00,2\n2025-11-04 08:15,3\n"
        "2025-11-05T08:00,4\n",
    )
    found = counts(tmp_path, ", time_column: time, date: 2025-11-04")
    assert found == CountArrivals((2, 3), QUARTER)


def test_counts_with_dates(tmp_path: Path) -> None:
    table(tmp_path, "time,calls\n2026-03-01T08:00,1\n2026-03-02T08:00,2\n2026-03-02T08:30,3\n")
    assert counts(tmp_path, ", time_column: time") == CountArrivals((2, 0, 3), QUARTER)


def test_counts_on_the_day_clocks_change(tmp_path: Path) -> None:
    table(tmp_path, "time,calls\n2026-03-29T01:45,1\n2026-03-29T03:00,2\n")
    edits = (
        ("2026-03-02T08:00", "2026-03-29T01:30"),
        ("seed: 3\n", "seed: 3\ntime_zone: Europe/Vienna\n"),
    )
    assert counts(tmp_path, ", time_column: time", *edits) == CountArrivals((0, 1, 2), QUARTER)


def test_observed_values(tmp_path: Path) -> None:
    table(tmp_path, "id,talk\n1,90\n2,2m\n3,0.5\n")
    edit = (
        "patience: 3m",
        "patience: {distribution: empirical, file: data.csv, column: talk, unit: s}",
    )
    assert stream(tmp_path, edit).patience == Empirical((90.0, 120.0, 0.5))


def test_a_trace(tmp_path: Path) -> None:
    table(
        tmp_path,
        '"at",channel,priority,talk_time,wrap_up_time,patience,attributes.tier,attributes.n\n'
        "60,,,,,,,\n08:00:30,chat,3,61.5,0,1m,gold,3\n",
    )
    found = stream(tmp_path, (OLD, "{process: trace, file: data.csv, unit: s}")).arrivals
    assert found == TraceArrivals(
        (Arrival(30_000, 3, 3, 61_500, 0, 60_000, 1), Arrival(60_000, *[None] * 6))
    )


@pytest.mark.parametrize(
    ("text", "block", "expected"),
    [
        (
            "calls\n3\nmany\n",
            "counts",
            "data.csv:3:1: tasks.calls.arrivals.file: in column 'calls': must be a whole",
        ),
        (
            "calls\n3\n-1\n",
            "counts",
            "data.csv:3:1: tasks.calls.arrivals.file: in column 'calls': must be a whole",
        ),
        (
            "calls\n3\n1.5\n",
            "counts",
            "data.csv:3:1: tasks.calls.arrivals.file: in column 'calls': must be a whole",
        ),
        (
            "a,calls\nx,3\ny,\n",
            "counts",
            "data.csv:3:3: tasks.calls.arrivals.file: in column 'calls': must be a whole",
        ),
        ("", "counts", "data.csv:1:1: tasks.calls.arrivals.file: the file is empty"),
        (
            "cals\n3\n",
            "counts",
            "desk.yaml:37:57: tasks.calls.arrivals.column: 'data.csv': the file "
            "has no column 'calls' (did you mean 'cals'?)",
        ),
        ("calls,calls\n3,4\n", "counts", "arrivals.file: the column 'calls' is there twice"),
        (
            "a,calls\n3\n",
            "counts",
            "data.csv:2:1: tasks.calls.arrivals.file: has 1 cell, the first line 2",
        ),
        ('calls\n"3\n', "counts", "cannot be read as CSV"),
        ("calls\n\x00\n", "counts", "arrivals.file: the control character U+0000"),
        ("time,calls\n08:07,3\n", "timed", "in column 'time': does not begin an interval"),
        ("time,calls\n8:00,3\n", "timed", "in column 'time': must be a time of day"),
        (
            "time,calls\n08:00,3\n08:00,4\n",
            "timed",
            "two rows are for one interval; the first is in line 2",
        ),
        ("at\n5\n", "trace", "in column 'at': a bare number needs the unit of the file"),
        ("at,talk\n5s,3s\n", "trace", "has an unknown column 'talk' (did you mean 'talk_time'?)"),
        ("talk_time\n5s\n", "trace", "the file has no column 'at'"),
        (
            "at,channel\n5s,vioce\n",
            "trace",
            "data.csv:2:4: tasks.calls.arrivals.rows[0].channel: there is no task channel 'vioce'",
        ),
        ("at,priority\n5s,high\n", "trace", "in column 'priority': must be a whole number"),
        (
            "at,talk_time\n5s,soon\n",
            "trace",
            "data.csv:2:4: tasks.calls.arrivals.rows[0].talk_time",
        ),
        ("at,talk_time\n,5s\n", "trace", "in column 'at': is empty"),
        ("at\n2026-03-01\n", "trace", "tasks.calls.arrivals.rows[0].at: lies before"),
    ],
)
def test_problems_are_placed(
    text: str, block: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    table(tmp_path, text)
    blocks = {
        "counts": "{process: counts, file: data.csv, column: calls, interval: 15m}",
        "timed": "{process: counts, file: data.csv, column: calls, interval: 15m, "
        "time_column: time}",
        "trace": "{process: trace, file: data.csv}",
    }
    (problem,) = problems(spoiled((OLD, blocks[block])), Path())
    assert expected in str(problem)


def test_clock_times_in_a_table_need_a_start(tmp_path: Path) -> None:
    table(tmp_path, "time,calls\n08:00,3\n")
    text = "{process: counts, file: data.csv, column: calls, interval: 15m, time_column: time}"
    found = problems(spoiled((OLD, text), ("start: 2026-03-02T08:00\n", "")), tmp_path)
    assert any(
        problem.line == 2 and "a time of day needs start" in problem.reason for problem in found
    )


def test_what_a_table_says_counts_for_equality(tmp_path: Path) -> None:
    text = "{process: counts, file: data.csv, column: calls, interval: 15m}"
    table(tmp_path, "calls\n3\n")
    first = load(spoiled((OLD, text)), tmp_path)
    table(tmp_path, "calls\n4\n")
    assert load(spoiled((OLD, text)), tmp_path) != first
