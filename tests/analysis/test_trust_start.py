"""A visible warm-up: found by MSER-5, and believed only where it matters.

Measured with 400 seeds at a load of 80 % over at least 8 h from empty: an alarm in 2 % of the runs
with 5 workers, 1.8 % with 20 and 0.8 % with one over 40 h.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.load_desk import HOUR_MS, constant, desk, found, rates, runs
from tests.analysis.test_trust_load import stable_rates
from trsim.analysis.trust import over_replications
from trsim.analysis.trust_kinds import Caveat, Doubt
from trsim.analysis.trust_start import beginning
from trsim.model import Model
from trsim.world.arrivals import PoissonArrivals
from trsim.world.distributions import Uniform


def test_a_long_run_hides_its_warm_up() -> None:
    # 2 % stated; standard error 1 point for 200 runs.
    assert stable_rates().get(Doubt.WARM_UP, 0) <= 0.05
    assert rates(desk(constant(0.8, 5), 5, 40), 10).get(Doubt.WARM_UP, 0) == 0


def test_a_short_run_shows_its_warm_up() -> None:
    # 100 workers, calls of 5 min: after 10 min of 60 the desk is about as full as it gets.
    texts = []
    for result in runs(desk(constant(0.8, 100), 100, 1), 5):
        (caveat,) = found(result, Doubt.WARM_UP)
        assert "the run begins empty and all of it is counted: in its first " in caveat.text
        texts.append(caveat.text)
    assert texts[1].endswith("leave that time out as warm_up, or let the run last longer")


def of_two_rates() -> PoissonArrivals:
    rate = constant(0.8, 100).pieces[0][1]
    return PoissonArrivals(((0, rate), (HOUR_MS // 2, rate * 1.01)))


@pytest.mark.parametrize(
    "model",
    [
        desk(constant(0.8, 100), 100, 1, warm_up_h=0.25),
        desk(of_two_rates(), 100, 1),
        desk(PoissonArrivals(constant(0.8, 100).pieces, Uniform(0.9, 1.1)), 100, 1),
        desk(constant(0.8, 100), 100, 1, shifts_h=((0, 1),)),
        desk(constant(0.01, 100), 100, 1),
    ],
    ids=["warm-up left out", "other rates", "busyness", "shifts", "hardly any tasks"],
)
def test_where_no_steady_state_is_meant_or_it_is_seen_to_nothing_is_said(model: Model) -> None:
    assert Doubt.WARM_UP not in rates(model, 3)


def test_the_cut_by_hand() -> None:
    # 0 4 4 4 | without a cut: Σ (y - 3)² = 12, over 16; cut 1: 0 over 9.
    start = beginning(np.array([0.0, 4.0, 4.0, 4.0]))
    assert start == (1, 0.0, 4.0, 4.0, 3.0)
    assert start.stands_out
    # 5 4 4 4: higher than the rest, so that it does not begin empty.
    assert not beginning(np.array([5.0, 4.0, 4.0, 4.0])).stands_out
    # 3.99 4 4 4: lowers the mean by 0.06 % only.
    assert not beginning(np.array([3.99, 4.0, 4.0, 4.0])).stands_out
    # 1 and 2 are cut, but the 1.4 of a later stretch is lower than their 1.5.
    later_lower = np.array([1.0, 2.0, *[9.0] * 10, 1.4, 1.4, *[9.0] * 10])
    assert beginning(later_lower).batches == 2
    assert not beginning(later_lower).stands_out


def test_the_cut_agrees_with_its_formula() -> None:
    values = np.random.Generator(np.random.Philox(3)).normal(size=60).cumsum()
    errors = [
        ((values[d:] - values[d:].mean()) ** 2).sum() / (60 - d) ** 2 for d in range(60 // 2 + 1)
    ]
    assert beginning(values).batches == int(np.argmin(errors))


@pytest.mark.parametrize(
    ("showing", "replications", "told"),
    [(1, 1, True), (1, 2, False), (2, 2, True), (2, 8, True), (2, 9, False), (3, 12, True)],
)
def test_few_of_many_replications_show_a_warm_up_by_chance(
    showing: int, replications: int, told: bool
) -> None:
    warm_up = (Caveat(Doubt.WARM_UP, "the run begins empty"),)
    caveats = over_replications([warm_up] * showing + [()] * (replications - showing))
    assert (Doubt.WARM_UP in {caveat.doubt for caveat in caveats}) == told


def test_a_run_that_does_not_settle_must_last_longer() -> None:
    # At a load of 1 the queue wanders; where it rises late a cut at a third or more says so.
    texts = [
        caveat.text
        for result in runs(desk(constant(1.0, 5), 5, 20), 10)
        for caveat in found(result, Doubt.WARM_UP)
    ]
    unsettled = [text for text in texts if "let the run last several times longer" in text]
    assert unsettled
    shares = [int(text.split(" % of it)")[0].rsplit("(", 1)[1]) for text in unsettled]
    assert min(shares) >= 33
