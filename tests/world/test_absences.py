"""Absences: when workers come back, and when an intended return is no longer meant."""

from __future__ import annotations

from typing import Any

from tests.world.setting import (
    AVAILABLE,
    BREAK,
    MISSED,
    OFFLINE,
    Columns,
    behavior,
    consequences,
    created,
    ended,
    is_meant,
    moved,
    offer,
    world,
)
from trsim.core.commands import SetActivity
from trsim.core.events import EventType
from trsim.core.spec import RoutingRules
from trsim.world.distributions import Constant, Exponential
from trsim.world.draws import Draws, Purpose, to_ms
from trsim.world.due import Due, Guard
from trsim.world.plan import Shift, WorkerPlan
from trsim.world.world import World

NOTHING = Columns()


def with_returns(
    shifts: tuple[Shift, ...] | None = None, rules: RoutingRules | None = None, **changes: Any
) -> World:
    """Two workers who come back 60 s after a miss."""
    habits = behavior(**({"after_timeout": Constant(60.0)} | changes))
    workers = tuple(
        WorkerPlan("agent", index, 0, shifts=shifts, off_activity=OFFLINE) for index in range(2)
    )
    made = world(behaviors=(habits,), workers=workers, rules=rules)
    consequences(made, created(0))
    return made


def miss(made: World, at_ms: int, worker: int = 0) -> Due | None:
    """Let an offer to a worker time out, with the rows that the core writes."""
    found = consequences(made, ended(EventType.RESERVATION_TIMEOUT, 0, 0, at_ms, worker))
    consequences(made, moved(worker, MISSED, at_ms))
    return found[0] if found else None


def test_a_miss_and_the_way_back() -> None:
    made = with_returns()
    back = miss(made, 20_000)
    assert back == Due(80_000, 3, SetActivity(0, AVAILABLE), Guard.STILL_AWAY, 0, 0)
    assert is_meant(made, back, NOTHING)
    consequences(made, moved(0, AVAILABLE, 80_000))
    assert not is_meant(made, back, NOTHING)


def test_a_second_miss_restarts_the_delay() -> None:
    made = with_returns()
    first = miss(made, 20_000)
    # Already away: the core writes no row of activity.
    second = consequences(made, ended(EventType.RESERVATION_TIMEOUT, 0, 1, 50_000))[0]
    assert first is not None
    assert not is_meant(made, first, NOTHING)
    assert is_meant(made, second, NOTHING)
    assert (second.at_ms, second.stamp) == (110_000, 1)


def test_a_second_miss_without_return_ends_the_first_intention() -> None:
    made = with_returns(reject_probability=1.0, reject_activity=MISSED, after_reject=Constant(9.0))
    made._absences._delays[0, "agent"] = (None, made._absences._delays[0, "agent"][1])
    consequences(made, offer(0, 0))
    back = consequences(made, ended(EventType.RESERVATION_REJECTED, 0, 0, 5_000))[0]
    consequences(made, moved(0, MISSED, 5_000))
    assert is_meant(made, back, NOTHING)
    assert not consequences(made, ended(EventType.RESERVATION_TIMEOUT, 0, 1, 9_000))
    assert not is_meant(made, back, NOTHING)


def test_workers_are_away_one_by_one() -> None:
    made = with_returns()
    first, other = miss(made, 20_000), miss(made, 30_000, worker=1)
    assert first is not None
    assert other is not None
    consequences(made, moved(1, BREAK, 40_000))
    assert is_meant(made, first, NOTHING)
    assert not is_meant(made, other, NOTHING)


def test_never_back_without_a_law() -> None:
    assert miss(with_returns(after_timeout=None), 20_000) is None


def test_the_end_of_the_shift_comes_first() -> None:
    shifts = (Shift(0, 50_000, AVAILABLE), Shift(100_000, 200_000, AVAILABLE))
    made = with_returns(shifts)
    back = miss(made, 20_000)
    assert back is not None
    assert back.command == SetActivity(0, OFFLINE)  # at 80 s nobody is on duty
    consequences(made, moved(0, OFFLINE, 50_000))
    assert not is_meant(made, back, NOTHING)


def test_back_to_what_is_prescribed_at_that_moment() -> None:
    shifts = (Shift(0, 50_000, AVAILABLE), Shift(80_000, 200_000, BREAK))
    back = miss(with_returns(shifts), 20_000)
    assert back is not None
    assert (back.at_ms, back.command) == (80_000, SetActivity(0, BREAK))


def test_who_left_in_between_is_not_called_back() -> None:
    # An operator moves the worker out of the timeout activity and later into it again.
    made = with_returns()
    back = miss(made, 20_000)
    assert back is not None
    consequences(made, moved(0, AVAILABLE, 30_000))
    consequences(made, moved(0, MISSED, 40_000))
    assert not is_meant(made, back, NOTHING)


def test_an_own_rejection_begins_an_absence() -> None:
    made = with_returns(reject_probability=1.0, reject_activity=BREAK, after_reject=Constant(30.0))
    consequences(made, offer(0, 0))
    back = consequences(made, ended(EventType.RESERVATION_REJECTED, 0, 0, 5_000))[0]
    consequences(made, moved(0, BREAK, 5_000))
    assert (back.at_ms, back.command, back.stamp) == (35_000, SetActivity(0, AVAILABLE), 0)
    assert is_meant(made, back, NOTHING)
    # A miss takes the worker elsewhere and counts from then.
    after = miss(made, 20_000)
    assert after is not None
    assert not is_meant(made, back, NOTHING)
    assert (after.at_ms, after.stamp) == (80_000, 1)


def test_an_operators_rejection_does_not() -> None:
    made = with_returns(reject_probability=1.0, reject_activity=BREAK, after_reject=Constant(30.0))
    consequences(made, offer(0, 0))
    assert not consequences(made, ended(EventType.RESERVATION_REJECTED, 0, 0, 4_000))
    # Nor does a rejection without an activity to be away in.
    made = with_returns(reject_probability=1.0)
    consequences(made, offer(0, 0))
    assert not consequences(made, ended(EventType.RESERVATION_REJECTED, 0, 0, 5_000))


def test_an_operators_rejection_in_the_same_instant_goes_before_the_workers() -> None:
    made = with_returns(reject_probability=1.0, reject_activity=BREAK, after_reject=Constant(30.0))
    consequences(made, offer(0, 0))
    # The operator moves the worker and takes its offers away: the core writes the move first.
    consequences(made, moved(0, OFFLINE, 5_000))
    (back,) = consequences(made, ended(EventType.RESERVATION_REJECTED, 0, 0, 5_000))
    assert not is_meant(made, back, NOTHING)


ONLY_AVAILABLE = RoutingRules(timeout_activity_only_if_available=True)


def test_who_stays_in_an_unavailable_activity_is_not_away() -> None:
    made = with_returns(rules=ONLY_AVAILABLE)
    consequences(made, moved(0, BREAK, 10_000))
    # The offer had been made before; its worker is not moved, so nobody has to come back.
    assert not consequences(made, ended(EventType.RESERVATION_TIMEOUT, 0, 0, 20_000))
    consequences(made, moved(0, AVAILABLE, 40_000))
    back = miss(made, 60_000)
    assert back == Due(120_000, 3, SetActivity(0, AVAILABLE), Guard.STILL_AWAY, 0, 0)
    assert is_meant(made, back, NOTHING)
    # Another offer runs out while the worker is away: the delay goes on as it was.
    assert not consequences(made, ended(EventType.RESERVATION_TIMEOUT, 0, 1, 70_000))
    assert is_meant(made, back, NOTHING)


def test_with_the_rule_the_activity_at_the_start_counts_too() -> None:
    made = with_returns(rules=ONLY_AVAILABLE)
    back = miss(made, 20_000, worker=1)
    assert back == Due(80_000, 3, SetActivity(1, AVAILABLE), Guard.STILL_AWAY, 1, 0)


def test_without_the_rule_whoever_misses_is_away() -> None:
    # Routed directly to a worker, an offer can reach somebody who is unavailable.
    made = with_returns()
    consequences(made, moved(0, BREAK, 10_000))
    back = miss(made, 20_000)
    assert back == Due(80_000, 3, SetActivity(0, AVAILABLE), Guard.STILL_AWAY, 0, 0)
    assert is_meant(made, back, NOTHING)


def test_a_failed_set_up_is_no_absence() -> None:
    made = with_returns(after_reject=Constant(9.0), reject_activity=BREAK)
    consequences(made, offer(0, 0))
    assert not consequences(made, ended(EventType.RESERVATION_CANCELED, 0, 0, 7_000))


def test_expected_rejections_are_forgotten() -> None:
    made = with_returns(reject_probability=1.0, reject_activity=BREAK, after_reject=Constant(30.0))
    for last in (
        EventType.RESERVATION_REJECTED,
        EventType.RESERVATION_CANCELED,
        EventType.RESERVATION_RESCINDED,
    ):
        consequences(made, offer(0, 0))
        assert made._absences._expected_ms
        consequences(made, ended(last, 0, 0, 5_000))
        assert not made._absences._expected_ms


def test_delays_belong_to_group_index_and_occasion() -> None:
    law = Exponential(60.0)
    made = with_returns(after_timeout=law)
    uniform = Draws(7, 0).source(Purpose.RETURN, "agent").at
    for worker, occasion in ((1, 0), (0, 0), (0, 1), (1, 1), (1, 2)):
        back = miss(made, 10**6, worker=worker)
        delay_ms = to_ms(law.quantile(uniform(worker, occasion)), Purpose.RETURN)
        assert back is not None
        assert (back.at_ms, back.stamp) == (10**6 + delay_ms, occasion)
