"""Arrivals by given numbers, given instants, and given rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.world.laws import assert_refused
from tests.world.setting import assert_uniform
from trsim.world.arrivals import Arrival, ArrivalProcess
from trsim.world.draws import Draws
from trsim.world.recorded_arrivals import CountArrivals, TimedArrivals, TraceArrivals


def stamps(process: ArrivalProcess, horizon_ms: int = 10**12, replication: int = 0) -> list[int]:
    return [a.at_ms for a in process.arrivals(Draws(7, replication), "calls", horizon_ms)]


@given(st.lists(st.integers(0, 30), max_size=8), st.integers(1, 5_000), st.integers(0, 9_000))
def test_each_interval_has_its_number(counts: list[int], interval_ms: int, start_ms: int) -> None:
    found = stamps(CountArrivals(tuple(counts), interval_ms, start_ms))
    assert found == sorted(found)
    intervals = Counter((at - start_ms) // interval_ms for at in found)
    assert [intervals[place] for place in range(len(counts))] == counts


def test_instants_are_uniform_within() -> None:
    found = stamps(CountArrivals((0, 5_000), 10**9))
    assert_uniform([(at - 10**9) / 10**9 for at in found])


def test_another_number_leaves_later_tasks_their_place() -> None:
    # The 3rd and 4th task keep their uniforms, whatever the length of the interval.
    short, long = (stamps(CountArrivals((2, 2), interval_ms)) for interval_ms in (1_000, 2_000))
    assert [at // 2 for at in long] == short


def test_counts_end_at_the_horizon() -> None:
    process = CountArrivals((50, 50, 50), 1_000)
    assert stamps(process, 1_500) == [at for at in stamps(process) if at < 1_500]
    assert len(stamps(process, 2_000)) == 100


def test_given_instants() -> None:
    process = TimedArrivals((0, 5, 5, 900))
    assert stamps(process) == [0, 5, 5, 900]
    assert stamps(process, 900) == [0, 5, 5]
    assert stamps(process, replication=3) == [0, 5, 5, 900]


def test_given_rows() -> None:
    rows = (Arrival(3), Arrival(8, priority=5, talk_time_ms=700), Arrival(8, attributes=2))
    found = list(TraceArrivals(rows).arrivals(Draws(7, 0), "calls", 10**9))
    assert found == list(rows)
    assert list(TraceArrivals(rows).arrivals(Draws(7, 0), "calls", 8)) == [Arrival(3)]


REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: CountArrivals((1, -1), 5), r"counts\[1\] must be a whole number >= 0; found -1"),
    (lambda: CountArrivals((1,), 0), "interval_ms must be a whole number >= 1; found 0"),
    (lambda: CountArrivals((1,), 5, -1), "start_ms must be a whole number >= 0; found -1"),
    (lambda: TimedArrivals((5, 4)), "at: times must be in order; time 1 is 4 ms, after 5 ms"),
    (lambda: TimedArrivals((-5,)), "time 0 must be a whole number >= 0; found -5"),
    (lambda: TraceArrivals((Arrival(5), Arrival(4))), "trace: times must be in order"),
    (
        lambda: TraceArrivals((Arrival(5, patience_ms=-1),)),
        r"trace: rows\[0\].patience_ms must be a whole number >= 0; found -1",
    ),
]


@pytest.mark.parametrize(("make", "message"), REFUSED)
def test_refusals(make: Callable[[], object], message: str) -> None:
    assert_refused(make, message)
