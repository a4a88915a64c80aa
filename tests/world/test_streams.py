"""One stream: what its tasks are like, by their number, or as a trace lays down."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.world.setting import assert_count, stream
from trsim.core.commands import CreateTask
from trsim.errors import UsageError
from trsim.world.arrivals import Arrival
from trsim.world.distributions import Constant, Exponential
from trsim.world.draws import Draws, Purpose
from trsim.world.due import Due
from trsim.world.recorded_arrivals import TimedArrivals, TraceArrivals
from trsim.world.streams import Stream


def running(place: int = 0, replication: int = 0, **changes: Any) -> Stream:
    return Stream(place, stream(**changes), (), Draws(7, replication))


def test_creations_carry_the_stream_and_the_number() -> None:
    made = running(
        place=3, workflow=1, channel=2, priority=4, ttl_ms=900, arrivals=TimedArrivals((5, 5, 70))
    )
    found = list(made.creations(10**9, rank=12))
    assert [due.at_ms for due in found] == [5, 5, 70]
    assert {due.rank for due in found} == {12}
    assert found[2] == Due(70, 12, CreateTask(1, 2, 0, 4, 900, 3, 2))
    assert type(found[2]) is Due
    assert type(found[2].command) is CreateTask


def test_creations_carry_the_lead_and_the_routing_target() -> None:
    rows = (Arrival(5, channel=1, priority=2), Arrival(6))
    waiting = running(arrivals=TraceArrivals(rows), lead_ms=300_000, target_queue=4)
    assert [due.command for due in waiting.creations(10**9, 0)] == [
        CreateTask(0, 1, 0, 2, stream=0, number=0, lead_ms=300_000, target_queue=4),
        CreateTask(0, 0, 0, 0, stream=0, number=1, lead_ms=300_000, target_queue=4),
    ]
    direct = running(arrivals=TimedArrivals((5,)), target_worker=3, ignore_capacity=False)
    assert [due.command for due in direct.creations(10**9, 0)] == [
        CreateTask(0, 0, 0, stream=0, number=0, target_worker=3, ignore_capacity=False)
    ]


def test_attribute_sets_by_their_weights() -> None:
    mixed: dict[str, Any] = {"attribute_sets": (7, 8, 9), "attribute_weights": (0.1, 0.0, 0.9)}
    made = running(arrivals=TimedArrivals(tuple(range(20_000))), **mixed)
    commands = [due.command for due in made.creations(10**9, 0)]
    sets = Counter(c.attributes for c in commands if isinstance(c, CreateTask))
    assert set(sets) == {7, 9}
    assert_count(sets[7], 2_000.0)
    u = Draws(7, 0).source(Purpose.ATTRIBUTES, "calls").at(0)
    first = commands[0]
    assert isinstance(first, CreateTask)
    assert first.attributes == (7 if u < 0.1 else 9)


def test_a_trace_goes_before_the_laws() -> None:
    rows = (
        Arrival(0),
        Arrival(1, channel=5, priority=9, attributes=3),
        Arrival(2, talk_time_ms=10, wrap_up_time_ms=20, patience_ms=30),
    )
    made = running(arrivals=TraceArrivals(rows), patience=Constant(1.0))
    commands = [due.command for due in made.creations(10**9, 0)]
    assert commands[0] == CreateTask(0, 0, 0, stream=0, number=0)
    assert commands[1] == CreateTask(0, 5, 3, priority=9, stream=0, number=1)
    given = [made.take_given(number) for number in range(3)]
    assert given == [None, rows[1], rows[2]]
    assert made.take_given(2) is None
    assert [made.talk_ms(2, row) for row in given] == [60_000, 60_000, 10]
    assert [made.has_wrap_up(row) for row in given] == [False, False, True]
    assert [made.wrap_up_ms(2, row) for row in given] == [0, 0, 20]
    assert [made.patience_ms(2, row) for row in given] == [1_000, 1_000, 30]


def test_what_is_not_given_is_not_drawn() -> None:
    made = running()
    assert made.patience_ms(0, None) is None
    assert not made.has_wrap_up(None)
    assert not any(made.balks(number) for number in range(100))


def test_wrap_up_of_zero_seconds_is_still_wrap_up() -> None:
    assert running(wrap_up_time=Constant(0.0)).has_wrap_up(None)


def test_balking() -> None:
    made = running(balk_probability=0.1)
    balkers = [number for number in range(20_000) if made.balks(number)]
    assert_count(len(balkers), 2_000.0)
    uniform = Draws(7, 0).source(Purpose.BALK, "calls").at
    assert balkers == [number for number in range(20_000) if uniform(number) < 0.1]


def test_each_kind_of_time_has_its_own_uniforms() -> None:
    law = Exponential(60.0)
    made = running(talk_time=law, wrap_up_time=law, patience=law)
    triples = [
        (made.talk_ms(k, None), made.wrap_up_ms(k, None), made.patience_ms(k, None))
        for k in range(50)
    ]
    assert all(len(set(triple)) == 3 for triple in triples)
    again = running(talk_time=law, wrap_up_time=law, patience=law)
    assert [again.patience_ms(k, None) for k in reversed(range(50))] == [
        triple[2] for triple in reversed(triples)
    ]


def test_impossible_weights() -> None:
    with pytest.raises(UsageError, match="calls: weights must have a positive finite sum"):
        running(attribute_weights=(0.0,))
