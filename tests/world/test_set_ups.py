"""Set-ups: how long they take and which fail, from the task's own uniforms."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.world.setting import assert_count
from trsim.world.distributions import Constant, Exponential
from trsim.world.draws import Draws, Purpose, to_ms
from trsim.world.plan import SetUpPlan
from trsim.world.set_ups import SetUp


def set_up(stream: str = "calls", **laws: Any) -> SetUp:
    return SetUp(SetUpPlan(**laws), Draws(7, 0), stream)


def uniform(purpose: Purpose, number: int, attempt: int, place: int) -> float:
    return Draws(7, 0).source(purpose, "calls").at(number, attempt, place)


@given(st.integers(0, 5_000), st.integers(0, 5), st.integers(0, 3))
def test_each_offer_has_its_own_uniforms(number: int, attempt: int, place: int) -> None:
    found = set_up(delay=Exponential(30.0), failure_probability=0.4)
    offer = (number, attempt, place)
    expected_s = Exponential(30.0).quantile(uniform(Purpose.SET_UP_DELAY, *offer))
    assert found.delay_ms(*offer) == to_ms(expected_s, Purpose.SET_UP_DELAY)
    assert found.fails(*offer) == (uniform(Purpose.SET_UP_FAILURE, *offer) < 0.4)


def test_the_order_of_questions_does_not_matter() -> None:
    forward, backward = (set_up(delay=Exponential(30.0), failure_probability=0.5) for _ in "12")
    offers = [(number, attempt, 0) for number in range(40) for attempt in range(3)]
    first = {offer: (forward.delay_ms(*offer), forward.fails(*offer)) for offer in offers}
    last = {
        offer: (backward.fails(*offer), backward.delay_ms(*offer)) for offer in reversed(offers)
    }
    assert first == {offer: (delay_ms, fails) for offer, (fails, delay_ms) in last.items()}
    assert len({delay_ms for delay_ms, _ in first.values()}) == len(offers)


def test_share_of_failures() -> None:
    found = set_up(failure_probability=0.02)
    assert_count(sum(found.fails(number, 0, 0) for number in range(50_000)), 1_000.0)


def test_a_greater_share_fails_wherever_the_smaller_one_did() -> None:
    few, many = set_up(failure_probability=0.1), set_up(failure_probability=0.3)
    failed = [number for number in range(2_000) if few.fails(number, 0, 0)]
    assert len(failed) > 100
    assert all(many.fails(number, 0, 0) for number in failed)


def test_streams_do_not_share_uniforms() -> None:
    calls, chats = set_up("calls", delay=Exponential(9.0)), set_up("chats", delay=Exponential(9.0))
    pairs = [(calls.delay_ms(number, 0, 0), chats.delay_ms(number, 0, 0)) for number in range(50)]
    assert all(one != other for one, other in pairs)


def test_certainties() -> None:
    nothing, lost = set_up(), set_up(delay=Constant(2.5), failure_probability=1.0)
    assert {(nothing.delay_ms(k, 0, 0), nothing.fails(k, 0, 0)) for k in range(50)} == {(0, False)}
    assert {(lost.delay_ms(k, 0, 0), lost.fails(k, 0, 0)) for k in range(50)} == {(2_500, True)}
