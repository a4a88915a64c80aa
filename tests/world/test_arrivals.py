"""Poisson and renewal arrivals: counts by interval, also next to jumps, busyness, identity."""

from __future__ import annotations

import math
from collections import Counter
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.world.setting import FALSE_ALARM, assert_count, assert_mean
from trsim.errors import UsageError
from trsim.world.arrivals import (
    DAY_MS,
    Arrival,
    ArrivalProcess,
    PoissonArrivals,
    RenewalArrivals,
)
from trsim.world.distributions import Constant, Exponential
from trsim.world.draws import Draws, Purpose
from trsim.world.gamma import Gamma
from trsim.world.mixed import Empirical

HOUR_MS = 3_600_000


def stamps(
    process: ArrivalProcess, horizon_ms: int, replication: int = 0, stream: str = "calls"
) -> list[int]:
    return [a.at_ms for a in process.arrivals(Draws(7, replication), stream, horizon_ms)]


def test_each_arrival_by_hand() -> None:
    # Two pieces, 0.5/s then 2/s from 10 s on: 5 units of cumulative rate before the jump.
    process = PoissonArrivals(((0, 0.5), (10_000, 2.0)))
    uniform = Draws(7, 0).source(Purpose.ARRIVAL, "calls").at
    expected, units = [], 0.0
    for k in range(50):
        units -= math.log(1 - uniform(k))
        expected.append(units / 0.5 * 1000 if units < 5 else 10_000 + (units - 5) / 2.0 * 1000)
    found = stamps(process, 10**6)[:50]
    assert found == [int(at) for at in expected]


def test_counts_next_to_jumps() -> None:
    # Thinning with the rate of the interval before shows itself in the minutes beside a jump.
    rates = (0.2, 3.0, 0.0, 1.0, 0.05)
    process = PoissonArrivals(tuple((k * HOUR_MS, rate) for k, rate in enumerate(rates)))
    minutes: Counter[int] = Counter()
    runs = 60
    for replication in range(runs):
        minutes.update(at // 60_000 for at in stamps(process, 5 * HOUR_MS, replication))
    score, degrees = 0.0, 0
    for hour, rate in enumerate(rates):
        for minute in (0, 1, 2, 57, 58, 59):
            count, mean = minutes[hour * 60 + minute], rate * 60 * runs
            assert_count(count, mean)
            if mean:
                score, degrees = score + (count - mean) ** 2 / mean, degrees + 1
    assert stats.chi2.sf(score, degrees) > FALSE_ALARM
    assert not any(minutes[minute] for minute in range(120, 180))


def test_the_number_of_arrivals_is_poisson() -> None:
    process = PoissonArrivals(((0, 0.01),))
    counts = [len(stamps(process, HOUR_MS, replication)) for replication in range(1_000)]
    assert_mean(counts, 36.0, 36.0)
    # The dispersion index has a chi-square law.
    spread = math.fsum((count - 36.0) ** 2 for count in counts) / 36.0
    assert FALSE_ALARM / 2 < stats.chi2.cdf(spread, 1_000) < 1 - FALSE_ALARM / 2


def test_instants_are_uniform_given_their_number() -> None:
    process = PoissonArrivals(((0, 1.0), (HOUR_MS, 0.0)))
    assert (
        stats.kstest([at / HOUR_MS for at in stamps(process, 10**9)], "uniform").pvalue
        > FALSE_ALARM
    )


def test_nothing_before_the_first_piece_or_after_a_rate_of_zero() -> None:
    process = PoissonArrivals(((HOUR_MS, 0.5), (2 * HOUR_MS, 0.0)))
    found = stamps(process, 10**12)
    assert found
    assert found[0] >= HOUR_MS
    assert found[-1] < 2 * HOUR_MS
    assert stamps(PoissonArrivals(((0, 0.0),), repeat_ms=1), 10**15) == []
    assert stamps(PoissonArrivals(((0, 5e-324),)), 10**15) == []


def test_a_daily_pattern_repeats() -> None:
    process = PoissonArrivals(((8 * HOUR_MS, 0.5), (9 * HOUR_MS, 0.0)), repeat_ms=DAY_MS)
    found = stamps(process, 5 * DAY_MS)
    hours = Counter(at // HOUR_MS for at in found)
    assert set(hours) == {8, 32, 56, 80, 104}
    for count in hours.values():
        assert_count(count, 1_800.0)


def test_busyness_is_one_factor_for_each_day() -> None:
    law = Empirical((0.0, 1.0, 4.0))
    process = PoissonArrivals(((0, 0.05),), busyness=law)
    days = Counter(at // DAY_MS for at in stamps(process, 12 * DAY_MS))
    uniform = Draws(7, 0).source(Purpose.BUSYNESS, "calls").at
    for day in range(12):
        assert_count(days[day], 4_320.0 * law.quantile(uniform(day)))
    assert 0 in {law.quantile(uniform(day)) for day in range(12)}


def test_a_day_of_the_published_study() -> None:
    # ContactCenters, 13 hours with a gamma factor of shape 400: 1,660 arrivals a day, and a
    # variance of mean + mean²/400 (Avramidis, Deslauriers and L'Ecuyer 2004).
    rates = (100, 150, 150, 180, 200, 150, 150, 150, 120, 100, 80, 70, 60)
    pieces = tuple((hour * HOUR_MS, rate / 3600) for hour, rate in enumerate(rates))
    process = PoissonArrivals(pieces, busyness=Gamma(400.0, 1 / 400))
    counts = [len(stamps(process, 13 * HOUR_MS, replication)) for replication in range(300)]
    assert_mean(counts, 1_660.0, 1_660 + 1_660**2 / 400)
    mean = math.fsum(counts) / len(counts)
    spread = math.fsum((count - mean) ** 2 for count in counts) / (1_660 + 1_660**2 / 400)
    assert FALSE_ALARM / 2 < stats.chi2.cdf(spread, 299) < 1 - FALSE_ALARM / 2


@given(horizon_ms=st.integers(1, 2 * DAY_MS))
def test_the_horizon_only_cuts(horizon_ms: int) -> None:
    process = PoissonArrivals(((0, 0.002), (HOUR_MS, 0.01)), Exponential(1.0), 5 * HOUR_MS)
    longest = stamps(process, 2 * DAY_MS)
    assert stamps(process, horizon_ms) == [at for at in longest if at < horizon_ms]


def test_more_work_keeps_the_uniforms() -> None:
    # Doubling the rate halves each instant: arrival k is the same arrival.
    slow, fast = (PoissonArrivals(((0, rate),)) for rate in (0.25, 0.5))
    pairs = zip(stamps(slow, 10**8), stamps(fast, 10**8), strict=False)
    assert all(abs(late - 2 * early) <= 2 for late, early in pairs)


def test_streams_and_replications_differ() -> None:
    process = PoissonArrivals(((0, 0.1),))
    found = [
        tuple(stamps(process, 10**7)),
        tuple(stamps(process, 10**7, replication=1)),
        tuple(stamps(process, 10**7, stream="mails")),
    ]
    assert len(set(found)) == 3


def test_arrivals_are_made_one_by_one() -> None:
    endless = PoissonArrivals(((0, 1e9),)).arrivals(Draws(7, 0), "calls", 10**15)
    assert [a.at_ms for a in islice(endless, 3)] == [0, 0, 0]


def test_renewals() -> None:
    assert stamps(RenewalArrivals(Constant(0.7)), 3_500) == [700, 1400, 2100, 2800]
    found = stamps(RenewalArrivals(Gamma(2.0, 5.0)), 10**8)
    gaps = [after - before for before, after in pairwise([0, *found])]
    assert_mean(gaps, 10_000.0, 50e6)
    assert (
        stats.kstest([gap / 1000 for gap in gaps[:5_000]], "gamma", (2, 0, 5)).pvalue > FALSE_ALARM
    )


def test_batches_come_together() -> None:
    found = stamps(RenewalArrivals(Empirical((0.0, 10.0))), 10**6)
    assert len(set(found)) < len(found)
    assert found == sorted(found)


def test_an_arrival_alone_fixes_nothing() -> None:
    assert set(Arrival(5)[1:]) == {None}


def test_refusals() -> None:
    for pieces, message in (
        ((), "poisson: there must be at least one piece"),
        (((0, -1.0),), "poisson: rate of piece 0 must be >= 0; found -1.0"),
        (((0, math.nan),), "rate of piece 0 must be a finite number; found nan"),
        (((-1, 1.0),), "start of piece 0 must be a whole number >= 0; found -1"),
        (((5, 1.0), (5, 2.0)), "start of piece 1 must be a whole number >= 6; found 5"),
    ):
        with pytest.raises(UsageError, match=message):
            PoissonArrivals(pieces)
    with pytest.raises(UsageError, match="repeat_ms must be a whole number >= 6; found 5"):
        PoissonArrivals(((5, 1.0),), repeat_ms=5)
    with pytest.raises(UsageError, match="renewal: the mean gap must be at least"):
        RenewalArrivals(Constant(0.0))
