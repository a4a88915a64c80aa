"""Every KPI, worked out by hand for the log of :func:`tests.analysis.diary.busy_hour`.

Waits that ended (s):  0: 4 (assigned)  1: 60 (assigned)  2: 15 (hung up)  3: 30 (operator)
6: 2 (assigned).  Open: 4 (pending, age 60), 5 (reserved, age 15).
"""

from __future__ import annotations

import pytest

from tests.analysis.diary import BREAK, BUSY_HOUR_ENDS_MS, Diary, busy_hour, criteria
from trsim.analysis.cause_kpis import CAUSE_KPIS
from trsim.analysis.cost_kpis import COST_KPIS
from trsim.analysis.kpis import KPIS, definition, definitions_text, measure
from trsim.core.events import EventType
from trsim.core.states import Reason
from trsim.errors import UsageError

# A log alone does not tell where waits come from; tests.analysis.test_cause_kpis has a model.
UNKNOWN = [kpi.name for kpi in CAUSE_KPIS]
COSTS = [kpi.name for kpi in COST_KPIS]
EXPECTED: dict[str, float | None] = {
    **dict.fromkeys(UNKNOWN, None),
    "offered": 7,
    "refused": 1,
    "assigned": 3,  # 0, 1, 6
    "completed": 2,  # 0, 1
    "canceled": 2,
    "canceled_hangup": 1,
    "canceled_operator": 1,
    "canceled_ttl": 0,
    "canceled_workflow_timeout": 0,
    "canceled_workflow_skipped": 0,
    "canceled_no_matching_filter": 0,
    "canceled_assignment_limit": 0,
    "canceled_ttl_or_assignment_limit": 0,
    "canceled_routing_target": 0,
    "silently_canceled": 0,
    "removed": 0,
    "open": 3,  # 4, 5, 6
    "open_pending": 1,
    "open_reserved": 1,
    "open_assigned": 1,
    "open_wrapping": 0,
    "mean_talk_time": (10 + 25) / 2,  # 6 still talks
    "mean_wrap_up_time": 6,  # 14 to 20; task 1 had none
    "mean_handle_time": (16 + 25) / 2,
    "mean_wait": (4 + 60 + 15 + 30 + 2) / 5,
    "asa": (4 + 60 + 2) / 3,
    # Sorted 2 4 15 30 60: ranks 3, 4, 5, 5, 5.
    "wait_p50": 15,
    "wait_p80": 30,
    "wait_p90": 60,
    "wait_p95": 60,
    "wait_p99": 60,
    "max_wait": 60,
    "longest_open_wait": 60,
    "wait_to_first_offer": (0 + 25 + 0 + 5 + 0) / 5,  # tasks 0, 1, 4, 5, 6
    # t = 20: G = 2 (4, 2); N = 3; L = 1 (15); task 5 is 15 s old and left out, so A = 6.
    "service_level": 2 / 6,
    "service_level_offered": 2 / 6,
    "service_level_answered": 2 / 3,
    "service_level_excluding_short": 2 / 5,
    "service_level_including_short": 3 / 6,
    "abandonment": 1 / 7,
    # Waiting: 4 + 60 + 15 + 30 + 60 + 15 + 2 = 186 s in 100 s; of these reserved:
    # 0: 4, 1: 20 + 3, 4: 6, 5: 10, 6: 2 = 45 s.
    "mean_queue_length": 1.86,
    "mean_pending": 1.41,
    # 1, 2, 3 wait from 20 to 25; 1, 3, 4 from 40 to 50; never four.
    "max_queue_length": 3,
    "reservations_created": 6,
    "reservations_accepted": 3,
    "reservations_rejected": 1,
    "reservations_timed_out": 1,
    "reservations_canceled": 0,
    "reservations_rescinded": 0,
    "reservations_open": 1,
    "setups": 0,
    "offers_per_task": 6 / 7,
    "accept_share": 3 / 5,
    "reject_share": 1 / 5,
    "timeout_share": 1 / 5,
    "mean_answer_time": (4 + 3 + 2) / 3,
    "mean_ringing_time": (4 + 20 + 6 + 3 + 2) / 5,
    "mean_setup_time": None,  # nothing was set up
    # Ann: busy 4-20, 65-90, 93-100 = 48; ringing 0-4, 40-46, 62-65, 91-93 = 15;
    #      Break 46-60 = 14 away; idle 20-40, 60-62, 90-91 = 23.       48 + 15 + 14 + 23 = 100
    # Bob: Offline 0-28 and Missed 50-80 = 58 away; ringing 30-50, 90-100 = 30;
    #      idle 28-30, 80-90 = 12.                                          58 + 30 + 12 = 100
    "occupancy": 48 / (48 + 15 + 23 + 30 + 12),
    "ringing_share": 45 / (48 + 45 + 35),
    "concurrency": 1,
    "busy_time": 48,
    "setup_time": 0,
    "ringing_time": 45,
    "idle_time": 35,
    "away_time": 72,
    "lost_ringing_time": 20 + 6,  # missed and rejected; the open one may still be accepted
    "absent_after_timeout": 30,
    "absent_after_reject": 14,
    # Task 1 was offered to Bob, then to Ann: to nobody twice.
    "reoffered_same_worker": 0,
    "reoffered_same_worker_share": 0,
    # Ann has all 48 s of work: (48 - 0) / (2 · 48).  She has 4 of 6 offers: (4 - 2) / (2 · 6).
    "gini_load": 1 / 2,
    "gini_offers": 1 / 6,
}


def figures(diary: Diary, horizon_ms: int, **limits: int) -> dict[str, float | None]:
    sample = diary.seen(horizon_ms).whole(criteria(horizon_ms, **limits))
    return {
        name: part / whole if whole else None for name, (part, whole) in measure(sample).items()
    }


@pytest.mark.parametrize("name", [kpi.name for kpi in KPIS if kpi.name not in COSTS])
def test_every_kpi_has_the_value_worked_out_by_hand(name: str) -> None:
    found = figures(busy_hour(), BUSY_HOUR_ENDS_MS)
    if EXPECTED[name] is None:
        assert found[name] is None
    else:
        assert found[name] == pytest.approx(EXPECTED[name], abs=0, rel=1e-12)


def test_an_empty_log_has_counts_of_zero_and_no_means() -> None:
    found = figures(Diary(), 50_000)
    assert found["offered"] == 0
    for name in ("mean_wait", "asa", "wait_p50", "max_wait", "longest_open_wait", "abandonment"):
        assert found[name] is None
    for name in ("offers_per_task", "accept_share", "mean_answer_time", "mean_talk_time"):
        assert found[name] is None
    assert found["service_level"] is None
    assert found["occupancy"] == 0  # Ann was there and had nothing to do
    assert found["concurrency"] is None


def test_a_wait_of_exactly_the_threshold_is_in_time() -> None:
    diary = Diary()
    diary.accept(20_000, diary.offer(0, diary.create(0)))
    assert figures(diary, 30_000)["service_level_offered"] == 1
    assert figures(diary, 30_000, threshold_ms=19_999)["service_level_offered"] == 0


def test_a_hangup_at_exactly_the_threshold_is_short() -> None:
    diary = Diary()
    diary.cancel(20_000, diary.create(0))
    assert figures(diary, 30_000)["service_level_including_short"] == 1
    assert figures(diary, 30_000, threshold_ms=19_999)["service_level_including_short"] == 0
    # A - L is empty: there is nobody of whom the share could be said.
    assert figures(diary, 30_000)["service_level_excluding_short"] is None


def test_an_open_task_counts_as_offered_only_if_it_is_older_than_the_threshold() -> None:
    diary = Diary()
    diary.create(0)
    at_threshold = figures(diary, 20_000)
    assert at_threshold["service_level_offered"] is None
    assert at_threshold["offered"] == 1
    assert figures(diary, 20_001)["service_level_offered"] == 0


def test_a_task_in_talk_at_the_horizon_is_answered_and_not_open_in_the_service_level() -> None:
    diary = Diary()
    diary.accept(1_000, diary.offer(0, diary.create(0)))
    found = figures(diary, 5_000)
    assert found["service_level_offered"] == 1
    assert found["open_assigned"] == 1
    assert found["mean_talk_time"] is None


def test_only_hangups_are_short_and_abandoned() -> None:
    diary = Diary()
    for reason in (Reason.TTL, Reason.OPERATOR, Reason.WORKFLOW_TIMEOUT):
        diary.cancel(1_000, diary.create(0), reason)
    found = figures(diary, 30_000)
    assert found["abandonment"] == 0
    assert found["service_level_including_short"] == 0
    assert (found["canceled"], found["canceled_ttl"]) == (3, 1)
    assert found["canceled_workflow_timeout"] == 1


def test_the_warm_up_leaves_out_earlier_tasks_and_earlier_time() -> None:
    # From 20 s on: tasks 3, 4, 5, 6; of their offers 4's, 5's and 6's.
    found = figures(busy_hour(), BUSY_HOUR_ENDS_MS, warm_up_ms=20_000)
    assert found["offered"] == 4
    assert found["refused"] == 0
    assert found["assigned"] == 1
    assert found["reservations_created"] == 3
    assert found["mean_wait"] == (30 + 2) / 2
    assert found["reservations_timed_out"] == 0
    # Worker time is that of [20, 100), whoever's task it was: Ann 25 + 7 of 48 s busy.
    assert found["busy_time"] == 32
    assert found["away_time"] == 14 + 38
    assert found["lost_ringing_time"] == 26
    # Tasks 1 and 2 wait on into the window: 45 + 5 + 30 + 60 + 15 + 2 = 157 s of 80 s.
    assert found["mean_queue_length"] == 157 / 80


def test_worker_time_is_clipped_to_the_window() -> None:
    diary = Diary()
    diary.time_out(20_000, diary.offer(0, diary.create(0)))
    found = figures(diary, 50_000, warm_up_ms=10_000)
    assert found["lost_ringing_time"] == 10
    assert found["absent_after_timeout"] == 30  # never back: until the horizon
    assert found["ringing_time"] == 10


def test_a_miss_into_an_available_activity_is_no_absence() -> None:
    diary = Diary()
    diary.time_out(20_000, diary.offer(0, diary.create(0)), activity=0)
    assert figures(diary, 50_000)["absent_after_timeout"] == 0


def test_a_change_of_activity_of_another_cause_is_no_absence() -> None:
    diary = Diary()
    diary.time_out(20_000, diary.offer(0, diary.create(0)), activity=-1)
    diary.activity(20_000, 1, 2)  # Bob, at the same instant, for his own reasons
    assert figures(diary, 50_000)["absent_after_timeout"] == 0


def test_work_of_two_reservations_at_once_is_busy_once_and_held_twice() -> None:
    diary = Diary()
    one, two = diary.create(0), diary.create(0)
    diary.accept(0, diary.offer(0, one))
    diary.accept(10_000, diary.offer(10_000, two))
    diary.complete(30_000, one)
    diary.complete(40_000, two)
    found = figures(diary, 50_000)
    assert found["busy_time"] == 40
    assert found["concurrency"] == (30 + 30) / 40
    assert found["occupancy"] == 40 / 50


def test_ringing_in_an_unavailable_activity_is_not_in_the_denominator_of_occupancy() -> None:
    # Single-tasking: being asked moves the worker into an activity of its own.
    diary = Diary()
    offer = diary.offer(10_000, diary.create(10_000))
    diary.activity(10_000, 0, BREAK)
    diary.accept(20_000, offer)
    found = figures(diary, 40_000)
    assert found["occupancy"] == 20 / (20 + 10)
    assert found["ringing_share"] == 10 / (20 + 10 + 10)


def test_batches_count_each_offer_and_rescinded_ones_are_lost_ringing() -> None:
    diary = Diary(bob=0)
    task = diary.create(0)
    one, two = diary.offer(0, task, 0), diary.offer(0, task, 1)
    diary.accept(7_000, two)
    found = figures(diary, 10_000)
    assert one == 0
    assert (found["reservations_rescinded"], found["reservations_accepted"]) == (1, 1)
    assert found["offers_per_task"] == 2
    assert found["lost_ringing_time"] == 7
    assert found["mean_pending"] == 0  # two offers at once are one reserved task


def test_offers_canceled_with_their_task_or_by_a_failed_set_up() -> None:
    diary = Diary()
    hung_up, failed = diary.create(0), diary.create(0)
    diary.offer(0, hung_up)
    diary.cancel(3_000, hung_up)
    diary.fail_set_up(6_000, diary.offer(4_000, failed))
    found = figures(diary, 10_000)
    assert found["reservations_canceled"] == 2
    assert found["accept_share"] == 0
    assert found["lost_ringing_time"] == 3 + 2


def test_a_set_up_is_no_ringing() -> None:
    # Ann rings 0-3, sets up 3-8, talks 8-20: she is idle from 20 on.
    diary = Diary()
    task = diary.create(0)
    offer = diary.offer(0, task)
    diary.hold(3_000, offer)
    diary.accept(8_000, offer)
    diary.complete(20_000, task)
    found = figures(diary, 30_000)
    assert (found["mean_answer_time"], found["mean_ringing_time"]) == (3, 3)
    assert (found["setups"], found["mean_setup_time"]) == (1, 5)
    assert (found["ringing_time"], found["setup_time"], found["busy_time"]) == (3, 5, 12)
    assert found["lost_ringing_time"] == 0
    assert found["asa"] == 8  # the customer waits until the connection stands
    assert found["mean_pending"] == 0
    assert found["occupancy"] == 12 / 30
    assert found["ringing_share"] == 3 / (12 + 5 + 3 + 10)


def test_only_the_ringing_before_a_failed_set_up_is_lost_ringing() -> None:
    diary = Diary()
    offer = diary.offer(0, diary.create(0))
    diary.hold(2_000, offer)
    diary.fail_set_up(9_000, offer)
    found = figures(diary, 10_000)
    assert (found["lost_ringing_time"], found["setup_time"]) == (2, 7)
    assert (found["mean_setup_time"], found["reservations_canceled"]) == (7, 1)
    assert found["mean_answer_time"] is None


def test_a_set_up_that_goes_on_at_the_horizon_has_no_length_yet() -> None:
    diary = Diary()
    diary.hold(4_000, diary.offer(0, diary.create(0)))
    found = figures(diary, 10_000)
    assert (found["reservations_open"], found["setups"], found["open_reserved"]) == (1, 1, 1)
    assert found["mean_setup_time"] is None
    assert found["mean_ringing_time"] == 4
    assert (found["ringing_time"], found["setup_time"]) == (4, 6)


def test_of_several_reservations_work_comes_before_set_up_before_ringing() -> None:
    # Talk 0-20; set-up 10-30; ringing 25-40: busy 20, setting up 10, ringing 10 of 50 s.
    diary = Diary()
    first, second, third = diary.create(0), diary.create(0), diary.create(0)
    diary.accept(0, diary.offer(0, first))
    offer = diary.offer(10_000, second)
    diary.hold(10_000, offer)
    diary.complete(20_000, first)
    ringing = diary.offer(25_000, third)
    diary.fail_set_up(30_000, offer)
    diary.reject(40_000, ringing)
    found = figures(diary, 50_000)
    assert (found["busy_time"], found["setup_time"], found["ringing_time"]) == (20, 10, 10)
    assert (found["idle_time"], found["lost_ringing_time"]) == (10, 15)


def test_a_worker_without_capacity_is_idle_and_not_away() -> None:
    # Ann has no capacity from 10 to 30 s, her channel is off from 20 to 40 s; Bob is Offline.
    diary = Diary()
    capacity, channel = (
        EventType.WORKER_CAPACITY_UPDATE,
        EventType.WORKER_CHANNEL_AVAILABILITY_UPDATE,
    )
    diary.write(10_000, capacity, worker=0, channel=0, value=0)
    diary.write(20_000, channel, worker=0, channel=0, value=0)
    diary.write(30_000, capacity, worker=0, channel=0, value=2)
    diary.write(40_000, channel, worker=0, channel=0, value=1)
    diary.write(45_000, EventType.WORKER_ATTRIBUTES_UPDATE, worker=0, value=3)
    found = figures(diary, 50_000)
    assert (found["idle_time"], found["away_time"]) == (50, 50)


@pytest.mark.parametrize(
    ("reason", "kpi"),
    [(reason, f"canceled_{reason.label}") for reason in Reason if reason is not Reason.NONE],
    ids=[reason.label for reason in Reason if reason is not Reason.NONE],
)
def test_every_reason_has_its_own_count(reason: Reason, kpi: str) -> None:
    diary = Diary()
    diary.cancel(1_000, diary.create(0), reason)
    found = figures(diary, 30_000)
    counted = {name for name, value in found.items() if name.startswith("canceled_") and value}
    assert counted == {kpi}
    assert found["canceled"] == 1


def test_a_task_routed_to_a_worker_is_in_no_queue() -> None:
    diary = Diary()
    direct, queued = diary.route_to_worker(0, worker=0), diary.create(0)
    diary.accept(10_000, diary.offer(6_000, direct))
    diary.cancel(30_000, queued)
    seen, limits = diary.seen(50_000), criteria(50_000)
    whole = measure(seen.whole(limits))
    assert whole["offered"] == (2, 1)
    assert whole["mean_queue_length"] == (10_000 + 30_000, 50_000)
    assert whole["mean_pending"] == (6_000 + 30_000, 50_000)
    assert whole["max_queue_length"] == (2, 1)
    # Queue 1 is the last one: a number of -1 must not be taken for it.
    queues = [measure(seen.of_queue(number, limits)) for number in range(2)]
    assert [queue["offered"][0] for queue in queues] == [1, 0]
    assert [queue["reservations_created"][0] for queue in queues] == [0, 0]
    assert [queue["mean_queue_length"][0] for queue in queues] == [30_000, 0]
    assert measure(seen.of_stream(0, limits))["mean_queue_length"] == whole["mean_queue_length"]


def test_a_task_routed_to_a_queue_counts_there() -> None:
    diary = Diary()
    diary.accept(10_000, diary.offer(6_000, diary.route_to_queue(0, queue=1)))
    found = measure(diary.seen(50_000).of_queue(1, criteria(50_000)))
    assert (found["offered"], found["assigned"], found["asa"]) == ((1, 1), (1, 1), (10_000, 1000))


def test_removed_tasks_are_counted_apart() -> None:
    diary = Diary()
    waiting, talking, done = diary.create(0), diary.create(0), diary.create(0)
    diary.accept(1_000, diary.offer(0, talking))
    diary.accept(1_000, diary.offer(0, done))
    diary.complete(2_000, done)
    diary.remove(5_000, waiting)
    diary.remove(9_000, talking, EventType.TASK_SYSTEM_DELETED)
    diary.remove(9_500, done)  # ended before: stays completed
    found = figures(diary, 10_000)
    assert (found["removed"], found["completed"], found["open"]) == (2, 1, 0)
    assert found["mean_wait"] == (5 + 1 + 1) / 3
    assert found["mean_talk_time"] == 1  # the removed conversation has no length of its own
    assert found["reservations_canceled"] == 0  # it was accepted before
    assert found["busy_time"] == 8


def test_a_state_that_lasts_no_time_is_not_the_longest_queue() -> None:
    diary = Diary()
    for _ in range(3):
        diary.accept(5_000, diary.offer(5_000, diary.create(5_000)))
    diary.create(6_000)
    assert figures(diary, 10_000)["max_queue_length"] == 1


def test_queues_and_streams_add_up_to_the_whole() -> None:
    seen = busy_hour().seen(BUSY_HOUR_ENDS_MS)
    limits = criteria(BUSY_HOUR_ENDS_MS)
    whole = measure(seen.whole(limits))
    queues = [measure(seen.of_queue(number, limits)) for number in range(2)]
    streams = [measure(seen.of_stream(number, limits)) for number in range(2)]
    for name in ("offered", "assigned", "canceled", "open", "reservations_created"):
        assert sum(part[name][0] for part in queues) == whole[name][0]
        assert sum(part[name][0] for part in streams) == whole[name][0]
    for name in ("mean_queue_length", "mean_pending"):
        assert sum(part[name][0] for part in queues) == whole[name][0]
        assert sum(part[name][0] for part in streams) == whole[name][0]
    assert "occupancy" not in queues[0]
    # Task 1 waited 5-60 in billing and 60-65 in sales, and was accepted there.
    assert queues[1]["offered"] == (1, 1)
    assert queues[1]["mean_queue_length"] == (5_000, 100_000)
    assert queues[1]["reservations_timed_out"] == (0, 1)
    assert queues[0]["reservations_timed_out"] == (1, 1)
    assert streams[1]["refused"] == (1, 1)
    assert streams[0]["refused"] == (0, 1)


def test_measures_are_plain_integers() -> None:
    sample = busy_hour().seen(BUSY_HOUR_ENDS_MS).whole(criteria(BUSY_HOUR_ENDS_MS))
    for part, whole in measure(sample).values():
        assert type(part) is int
        assert type(whole) is int


def test_every_definition_is_complete_and_printed() -> None:
    text = definitions_text()
    for kpi in KPIS:
        assert kpi.text.endswith(".")
        assert kpi.formula
        assert f"{kpi.name} [{kpi.unit}]" in text


def test_an_unknown_kpi_is_refused_with_the_nearest_name() -> None:
    assert definition("asa").unit == "s"
    with pytest.raises(UsageError, match="did you mean 'occupancy'"):
        definition("ocupancy")
    with pytest.raises(UsageError, match="KPIs are offered, "):
        definition("zzz")
