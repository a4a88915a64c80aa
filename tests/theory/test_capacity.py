"""Offers, capacity and the best timeout: by hand, by reference values, by properties."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from trsim.errors import UsageError
from trsim.theory import pickup
from trsim.theory.capacity import (
    Away,
    Offers,
    best_timeout,
    capacity,
    offer_length,
    offer_success,
    slope,
    timeout_curve,
    work_per_task,
)
from trsim.theory.pickup import SmoothLaw

REFERENCE = [
    (Offers(pickup.lognormal(4, 0.6), 90, 0.08, Away(120)), 21.237, 107.428766),
    (Offers(pickup.lognormal(4, 0.6), 90, 0.08), 8.8945, 95.7939461),
    (Offers(pickup.lognormal(8, 0.9), 120, 0.2, Away(30)), 29.125, 149.953414),
    (Offers(pickup.exponential(5), 75, 0.15, Away(60)), 22.24, 95.395),
]
"""Offers, best timeout [s] and work per task [s], worked out elsewhere to the digits shown."""


@pytest.mark.parametrize(("offers", "timeout_s", "work_s"), REFERENCE)
def test_best_timeouts_known_from_elsewhere(
    offers: Offers, timeout_s: float, work_s: float
) -> None:
    best = best_timeout(offers)
    assert best.timeout_s == pytest.approx(timeout_s, rel=5e-5)
    assert best.work_per_task_s == pytest.approx(work_s, abs=5e-4)


def test_one_offer_by_hand() -> None:
    """Half are picked up at once, a fifth is absent: exponential of mean 10 cut at 10 ln 2."""
    offers = Offers(pickup.exponential(10.0), 50.0, 0.2, Away(40.0, 0.5))
    timeout = 10 * math.log(2)
    assert offer_success(offers, timeout) == pytest.approx(0.4)
    length = 0.2 * timeout + 0.8 * 5
    assert offer_length(offers, timeout) == pytest.approx(length)
    assert work_per_task(offers, timeout) == pytest.approx(50 + (length + 0.6 * 20) / 0.4)
    assert capacity(offers, 7, timeout) == pytest.approx(7 / (50 + (length + 12) / 0.4))


def test_rejects_by_hand() -> None:
    """Pick-up and reject clocks race: rates 0.1 and 0.3, and a quarter of pick-ups is rejected."""
    away = Away(20.0)
    offers = Offers(pickup.exponential(10.0), 50.0, 0.0, Away(99.0), 0.25, 0.3, away)
    assert offer_success(offers, math.inf) == pytest.approx(0.25 * 0.75)
    assert offer_length(offers, math.inf) == pytest.approx(2.5)
    expected = 50 + (2.5 + 20 * (1 - 0.1875)) / 0.1875
    assert work_per_task(offers, math.inf) == pytest.approx(expected)
    cut = 1 - math.exp(-0.4 * 3)
    assert offer_success(offers, 3.0) == pytest.approx(0.1875 * cut)
    assert offer_length(offers, 3.0) == pytest.approx(2.5 * cut)
    rejected = (1 - 0.1875) * cut
    cost = 2.5 * cut + 99 * (1 - cut) + 20 * rejected
    assert work_per_task(offers, 3.0) == pytest.approx(50 + cost / (0.1875 * cut))


def test_one_offer_agrees_with_drawing_offers() -> None:
    """z below 4.9, as if it happened once in a million."""
    offers = Offers(pickup.gamma(6, 2), 50, 0.1, Away(60, 0.5), 0.1, 0.02, Away(20))
    random, n, timeout = np.random.default_rng(9), 400_000, 9.0
    picks = np.where(random.random(n) < 0.1, math.inf, random.gamma(2, 3, n))
    clock = np.where(np.isinf(picks), math.inf, random.exponential(50, n))
    first = np.minimum(picks, clock)
    accepted = (picks <= np.minimum(clock, timeout)) & (random.random(n) >= 0.1)
    late = first > timeout
    lengths = np.minimum(first, timeout)
    costs = lengths + 30.0 * late + 20.0 * (~late & ~accepted)
    for drawn, exact in (
        (accepted, offer_success(offers, timeout)),
        (lengths, offer_length(offers, timeout)),
        (costs - (work_per_task(offers, timeout) - 50) * accepted, 0.0),
    ):
        error = np.std(drawn) / math.sqrt(n)
        assert abs(np.mean(drawn) - exact) < 4.9 * error


def test_exponential_and_nobody_absent_never_times_out() -> None:
    for away in (Away(), Away(60.0)):
        best = best_timeout(Offers(pickup.exponential(5.0), 75.0, 0.0, away))
        assert best.timeout_s == math.inf
        assert best.work_per_task_s == pytest.approx(80.0)


def test_exponential_some_absent_and_no_time_away_is_best_cut_at_once() -> None:
    best = best_timeout(Offers(pickup.exponential(5.0), 75.0, 0.2))
    assert best.timeout_s == 0.0
    assert best.work_per_task_s == pytest.approx(75 + 5 / 0.8)


def test_rejects_at_once_cost_their_time_away() -> None:
    offers = Offers(pickup.exponential(5.0), 75.0, 0.2, Away(), 0.1, 0.01, Away(30.0))
    best = best_timeout(offers)
    assert best.timeout_s == 0.0
    assert best.work_per_task_s == pytest.approx(work_per_task(offers, 1e-7), rel=1e-6)


def test_a_constant_pick_up_time_is_waited_for_and_no_longer() -> None:
    best = best_timeout(Offers(pickup.constant(3.0), 75.0, 0.1, Away(9.0)))
    assert best.timeout_s == 3.0
    assert best.work_per_task_s == pytest.approx(75 + (3 + 0.1 * 9) / 0.9)


def test_a_law_of_points_comes_near_its_smooth_one() -> None:
    smooth, timeout_s, work_s = REFERENCE[0]
    assert isinstance(smooth.pick_up, SmoothLaw)
    points = pickup.from_quantile(smooth.pick_up.quantile)
    best = best_timeout(Offers(points, 90, 0.08, Away(120)))
    assert best.timeout_s == pytest.approx(timeout_s, rel=0.01)
    assert best.work_per_task_s == pytest.approx(work_s, rel=1e-4)


def test_edges() -> None:
    offers = Offers(pickup.uniform(2.0, 9.0), 75.0, 0.1)
    assert work_per_task(offers, 1.0) == math.inf
    assert capacity(offers, 4, 1.0) == 0.0
    assert capacity(offers, 4, math.inf) == 0.0
    assert capacity(Offers(pickup.constant(0.0), 0.0), 4, 1.0) == math.inf
    assert timeout_curve(offers, [1.0, 9.0]) == (math.inf, work_per_task(offers, 9.0))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Offers(pickup.exponential(5), -1.0),
        lambda: Offers(pickup.exponential(5), 1.0, 1.0),
        lambda: Offers(pickup.exponential(5), 1.0, 0.1, Away(), 1.5),
        lambda: Offers(pickup.exponential(5), 1.0, 0.1, Away(), 0.5, math.inf),
        lambda: Away(-1.0),
        lambda: Away(1.0, 1.1),
        lambda: offer_length(REFERENCE[0][0], -1.0),
        lambda: offer_success(REFERENCE[0][0], math.nan),
        lambda: capacity(REFERENCE[0][0], -1, 5.0),
        lambda: slope(Offers(pickup.constant(1.0), 1.0), 1.0),
    ],
    ids=range(10),
)
def test_refusals(wrong: Callable[[], object]) -> None:
    with pytest.raises(UsageError):
        wrong()


LAWS = st.one_of(
    st.builds(pickup.lognormal, st.floats(1, 20), st.floats(0.2, 1.2)),
    st.builds(pickup.gamma, st.floats(1, 20), st.floats(1.2, 8)),
    st.builds(pickup.weibull, st.floats(1, 20), st.floats(1.2, 4)),
    st.builds(pickup.exponential, st.floats(1, 20)),
)
OFFERS = st.builds(
    Offers,
    pick_up=LAWS,
    handle_s=st.floats(10, 300),
    absent=st.floats(0.01, 0.6),
    after_timeout=st.builds(Away, st.floats(1, 300), st.floats(0.1, 1)),
    reject_share=st.floats(0, 0.5),
    reject_rate=st.sampled_from([0.0, 0.02]),
    after_reject=st.builds(Away, st.floats(0, 60)),
)


@given(OFFERS)
def test_the_optimum_is_where_the_slope_is_zero(offers: Offers) -> None:
    best = best_timeout(offers)
    assert 0 < best.timeout_s < math.inf
    assert slope(offers, 0.98 * best.timeout_s) < 0 < slope(offers, 1.02 * best.timeout_s)
    assert work_per_task(offers, best.timeout_s) == best.work_per_task_s


@given(OFFERS)
def test_direct_minimization_finds_nothing_better(offers: Offers) -> None:
    best = best_timeout(offers)
    grid = np.geomspace(0.02 * best.timeout_s, 50 * best.timeout_s, 60)
    around = min(range(60), key=timeout_curve(offers, list(grid)).__getitem__)
    found = minimize_scalar(
        lambda timeout: work_per_task(offers, float(timeout)),
        bounds=(grid[max(around - 1, 0)], grid[min(around + 1, 59)]),
        method="bounded",
    )
    assert best.work_per_task_s <= found.fun * (1 + 1e-9)
    assert found.fun == pytest.approx(best.work_per_task_s, rel=1e-6)


@given(OFFERS, st.floats(0.5, 100))
def test_the_slope_has_the_sign_of_the_difference(offers: Offers, timeout: float) -> None:
    step = 1e-3 * timeout
    low, high = (work_per_task(offers, timeout + sign * step) for sign in (-1, 1))
    ratio = slope(offers, timeout) / offer_success(offers, timeout) ** 2
    if math.isfinite(low) and abs(high - low) > 1e-6 * high and low < 1e6:
        assert (high - low) / (2 * step) == pytest.approx(ratio, rel=0.05, abs=1e-3)


@given(OFFERS, st.floats(0.5, 100))
def test_time_away_only_costs(offers: Offers, timeout: float) -> None:
    free = Offers(
        offers.pick_up,
        offers.handle_s,
        offers.absent,
        reject_share=offers.reject_share,
        reject_rate=offers.reject_rate,
    )
    assert offer_length(free, timeout) == offer_length(offers, timeout) <= timeout * (1 + 1e-12)
    assert offers.handle_s < work_per_task(free, timeout) <= work_per_task(offers, timeout)
    assert 0 <= offer_success(offers, timeout) < 1 - offers.absent + 1e-12
