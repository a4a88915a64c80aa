"""Reasons to doubt a result appear when they should, and only then."""

from __future__ import annotations

import pytest

from tests.analysis.diary import MISSED, Diary, busy_hour, criteria
from trsim.analysis.steps import RoutingFacts, StepPlace
from trsim.analysis.trust import caveats, over_replications
from trsim.analysis.trust_kinds import Caveat, Doubt


def doubts(diary: Diary, horizon_ms: int, warm_up_ms: int = 0) -> set[Doubt]:
    limits = criteria(horizon_ms, warm_up_ms=warm_up_ms)
    return {caveat.doubt for caveat in caveats(diary.seen(horizon_ms), limits)}


def served() -> Diary:
    diary = Diary()
    task = diary.create(0)
    diary.accept(1_000, diary.offer(0, task))
    diary.complete(2_000, task)
    return diary


def test_a_sound_run_has_no_caveats() -> None:
    assert doubts(served(), 10_000) == set()


def test_nothing_offered() -> None:
    assert doubts(Diary(), 10_000) == {Doubt.NO_TASKS}
    assert doubts(served(), 10_000, warm_up_ms=500) == {Doubt.NO_TASKS}


def test_all_waits_open() -> None:
    diary = Diary()
    diary.create(0)
    assert doubts(diary, 10_000) == {Doubt.ALL_CENSORED}


def test_more_than_half_open() -> None:
    diary = served()
    diary.create(5_000)
    assert doubts(diary, 10_000) == set()  # exactly half
    diary.create(5_000)
    assert doubts(diary, 10_000) == {Doubt.MOSTLY_OPEN}


def test_refused_tasks_count_from_the_warm_up_on() -> None:
    diary = served()
    diary.refuse(3_000)
    assert doubts(diary, 10_000) == {Doubt.REFUSED}
    diary.accept(5_000, diary.offer(5_000, diary.create(5_000)))
    diary.complete(6_000, 1)
    assert doubts(diary, 10_000, warm_up_ms=4_000) == set()


def reserved_often(times: int) -> Diary:
    """Return a task that is accepted when it is reserved for the so-and-so-manieth time."""
    diary = Diary()
    task = diary.create(0)
    for _ in range(times - 1):
        diary.reject(1_000, diary.offer(1_000, task))
    diary.accept(2_000, diary.offer(2_000, task))
    diary.complete(3_000, task)
    return diary


def ping_pong(diary: Diary, limit: int | None) -> list[str]:
    facts = RoutingFacts(assignment_limit=limit)
    found = caveats(diary.seen(10_000), criteria(10_000), facts)
    return [caveat.text for caveat in found if caveat.doubt is Doubt.PING_PONG]


@pytest.mark.parametrize(("times", "expected"), [(100, set()), (101, {Doubt.PING_PONG})])
def test_ping_pong(times: int, expected: set[Doubt]) -> None:
    assert doubts(reserved_often(times), 10_000) == expected


@pytest.mark.parametrize(
    ("times", "limit", "said"),
    [
        (120, 1000, "task 0 as often as 120; at 1,000 it would be canceled"),
        (120, None, "task 0 as often as 120; there is no limit"),
        (10, 10, "more than 9 times, task 0 as often as 10; that is the limit of 10"),
    ],
    ids=["below the limit", "no limit", "at a low limit"],
)
def test_ping_pong_names_task_number_and_limit(times: int, limit: int | None, said: str) -> None:
    (text,) = ping_pong(reserved_often(times), limit)
    assert said in text


def test_a_low_limit_that_is_not_reached_is_no_ping_pong() -> None:
    assert ping_pong(reserved_often(9), 10) == []


def test_a_batch_counts_once_towards_ping_pong() -> None:
    diary = Diary(bob=0)
    task = diary.create(0)
    for _ in range(60):  # 120 offers
        one, two = diary.offer(1_000, task, 0), diary.offer(1_000, task, 1)
        diary.reject(1_000, one)
        diary.reject(1_000, two)
    assert diary.seen(10_000).tasks.batches.tolist() == [60]
    assert ping_pong(diary, 1000) == []


PLACES = (
    StepPlace("main", "Bills", 0, "billing"),
    StepPlace("main", "Bills", 1, "sales"),
    StepPlace("main", "Mail", 0, "sales"),
    StepPlace("main", "default filter", 0, "sales", is_default=True),
    StepPlace("main (2)", "Bills", 0, "billing"),
)


def never_tried(diary: Diary, places: tuple[StepPlace, ...] = PLACES) -> list[str]:
    found = caveats(diary.seen(10_000), criteria(10_000), RoutingFacts(places))
    return [caveat.text for caveat in found if caveat.doubt is Doubt.NEVER_TRIED]


def test_targets_that_were_never_tried_are_named() -> None:
    # Neither the default filter nor a configuration that no task came in with is missed.
    (text,) = never_tried(served())
    assert text.startswith("2 targets were never tried (main: Bills, target 2; main: Mail, target")
    assert never_tried(Diary()) == []


def test_a_single_target_that_was_never_tried() -> None:
    diary = served()
    diary.create(5_000, queue=1)
    (text,) = never_tried(diary)
    assert text.startswith("1 target was never tried (main: Mail, target 1): the run says nothing")
    assert never_tried(diary, PLACES[:2]) == []


def test_everything_canceled_by_the_workflow() -> None:
    diary = Diary()
    diary.end_workflow(1_000, diary.create(0))
    diary.skip_out(2_000, diary.create(0))
    assert doubts(diary, 10_000) == {Doubt.WORKFLOW_ENDS_ALL}
    diary.create(3_000)  # still open: says nothing
    assert Doubt.WORKFLOW_ENDS_ALL in doubts(diary, 10_000)
    diary.cancel(4_000, diary.create(3_000))  # hung up
    assert Doubt.WORKFLOW_ENDS_ALL not in doubts(diary, 10_000)


def test_one_assignment_is_enough_to_believe_in_the_workflow() -> None:
    diary = Diary()
    diary.end_workflow(1_000, diary.create(0))
    diary.accept(3_000, diary.offer(2_000, diary.create(2_000)))
    assert doubts(diary, 10_000) == set()


def test_a_drained_pool_needs_somebody_waiting() -> None:
    diary = served()
    diary.activity(3_000, 0, MISSED)
    assert doubts(diary, 10_000) == set()
    diary.create(4_000)
    assert Doubt.DRAINED in doubts(diary, 10_000)
    diary.activity(9_500, 0, 0)  # back just before the end
    assert Doubt.DRAINED not in doubts(diary, 10_000)


def test_a_worker_with_work_in_hand_is_not_gone() -> None:
    diary = Diary()
    diary.accept(1_000, diary.offer(0, diary.create(0)))
    diary.activity(2_000, 0, MISSED)
    diary.create(3_000)
    diary.accept(4_000, diary.offer(4_000, diary.create(4_000)))
    assert Doubt.DRAINED not in doubts(diary, 10_000)


def test_texts_name_the_figures() -> None:
    diary = busy_hour()
    (caveat,) = caveats(diary.seen(100_000), criteria(100_000))
    assert str(caveat).startswith("no filter of their workflow took 1 task (1 of mails):")


def test_refused_tasks_are_told_by_stream() -> None:
    diary = served()
    for stream in (0, 1, 1):
        diary.refuse(3_000, stream=stream)
    (caveat,) = caveats(diary.seen(10_000), criteria(10_000))
    assert "took 3 tasks (1 of calls; 2 of mails)" in caveat.text


def test_replications_share_caveats() -> None:
    open_tasks, refused = Caveat(Doubt.MOSTLY_OPEN, "open"), Caveat(Doubt.REFUSED, "refused")
    found = over_replications([(open_tasks,), (refused, open_tasks), ()])
    assert [caveat.text for caveat in found] == [
        "in 2 of 3 replications: open",
        "in 1 of 3 replications: refused",
        "after 3 replications the widths of intervals are uncertain by about 50 % themselves: "
        "another seed may show another picture; about 5 replications would halve the widths",
    ]
    assert over_replications([()] * 5) == ()
    (single,) = over_replications([()])
    assert single.doubt is Doubt.ONE_REPLICATION
