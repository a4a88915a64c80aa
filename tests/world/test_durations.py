"""Drawn durations: the law at the uniform, in whole milliseconds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trsim.world.distributions import Constant, Exponential
from trsim.world.draws import Draws, Purpose, to_ms
from trsim.world.durations import drawn_duration


@given(st.integers(0, 10**6), st.integers(0, 3), st.integers(0, 3))
def test_it_is_the_quantile_of_the_uniform(number: int, attempt: int, place: int) -> None:
    law, draws = Exponential(60.0), Draws(7, 0)
    drawn = drawn_duration(law, draws, Purpose.ANSWER_DELAY, "calls")
    u = draws.source(Purpose.ANSWER_DELAY, "calls").at(number, attempt, place)
    assert drawn(number, attempt, place) == to_ms(law.quantile(u), Purpose.ANSWER_DELAY)


def test_a_constant_needs_no_uniform() -> None:
    drawn = drawn_duration(Constant(2.5), Draws(7, 0), Purpose.TALK, "calls")
    assert {drawn(k) for k in range(5)} == {2_500}
