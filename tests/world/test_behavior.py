"""Replies: who answers, what and when, from the task's own uniforms."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.world.setting import assert_count, behavior
from trsim.world.behavior import Replies, Reply, Script
from trsim.world.distributions import Constant, Exponential
from trsim.world.draws import Draws, Purpose, to_ms
from trsim.world.plan import ScriptedAnswer


def replies(**changes: Any) -> Replies:
    return Replies(behavior(**changes), Draws(7, 0), "calls")


def uniform(purpose: Purpose, number: int, attempt: int = 0, place: int = 0) -> float:
    return Draws(7, 0).source(purpose, "calls").at(number, attempt, place)


@given(st.integers(0, 5_000), st.integers(0, 5), st.integers(0, 3))
def test_the_outcome_of_each_offer(number: int, attempt: int, place: int) -> None:
    laws = {"answer_delay": Exponential(6.0), "reject_delay": Exponential(2.0)}
    found = replies(no_answer_probability=0.2, reject_probability=0.3, **laws)
    offer = (number, attempt, place)
    answer_ms = to_ms(
        Exponential(6.0).quantile(uniform(Purpose.ANSWER_DELAY, *offer)), Purpose.ANSWER_DELAY
    )
    reject_ms = to_ms(
        Exponential(2.0).quantile(uniform(Purpose.REJECT_DELAY, *offer)), Purpose.REJECT_DELAY
    )
    u = uniform(Purpose.ANSWER_OUTCOME, *offer)
    expected: Reply | None = (True, answer_ms)
    if u < 0.2:
        expected = None
    elif u < 0.5:
        expected = (False, reject_ms)
    assert found.to_offer(*offer) == expected


def test_shares_of_all_offers() -> None:
    found = replies(no_answer_probability=0.05, reject_probability=0.03)
    outcomes = [found.to_offer(k, 0, 0) for k in range(50_000)]
    assert_count(outcomes.count(None), 2_500.0)
    assert_count(outcomes.count((False, 5_000)), 1_500.0)
    assert outcomes.count((True, 5_000)) == 50_000 - outcomes.count(None) - outcomes.count(
        (False, 5_000)
    )


def test_without_a_law_of_its_own_a_rejection_takes_as_long_as_an_answer() -> None:
    found = replies(reject_probability=1.0, answer_delay=Exponential(6.0))
    u = uniform(Purpose.ANSWER_DELAY, 3, 1, 0)
    expected_ms = to_ms(Exponential(6.0).quantile(u), Purpose.ANSWER_DELAY)
    assert found.to_offer(3, 1, 0) == (False, expected_ms)


@pytest.mark.parametrize(
    ("clock_s", "expected"), [(4.999, (False, 4_999)), (5.0, (True, 5_000)), (9.0, (True, 5_000))]
)
def test_the_clock_rejects_only_strictly_before_the_answer(
    clock_s: float, expected: tuple[bool, int]
) -> None:
    assert replies(reject_clock=Constant(clock_s)).to_offer(0, 0, 0) == expected


def test_the_clock_is_compared_in_whole_milliseconds() -> None:
    found = replies(reject_clock=Constant(5.0004), answer_delay=Constant(5.0003))
    assert found.to_offer(0, 0, 0) == (True, 5_000)
    found = replies(reject_clock=Constant(5.0001), answer_delay=Constant(5.0003))
    assert found.to_offer(0, 0, 0) == (True, 5_000)


def test_with_a_clock_there_is_no_probability_of_rejecting() -> None:
    found = replies(reject_clock=Constant(60.0), reject_probability=1.0, no_answer_probability=0.5)
    kinds = {found.to_offer(k, 0, 0) for k in range(100)}
    assert kinds == {None, (True, 5_000)}


def test_certainties() -> None:
    assert {replies(no_answer_probability=1.0).to_offer(k, 0, 0) for k in range(50)} == {None}
    rejecting = replies(reject_probability=1.0, reject_delay=Constant(0.0))
    assert {rejecting.to_offer(k, 0, 0) for k in range(50)} == {(False, 0)}


def test_a_script_is_followed_once() -> None:
    script = Script((ScriptedAnswer(None), ScriptedAnswer(True, 4_000), ScriptedAnswer(False, 0)))
    assert [script.take() for _ in range(3)] == [None, (True, 4_000), (False, 0)]
    assert script.is_over()
