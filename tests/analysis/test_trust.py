"""Reasons to doubt a result appear when they should, and only then."""

from __future__ import annotations

import pytest

from tests.analysis.diary import MISSED, Diary, busy_hour, criteria
from trsim.analysis.trust import Caveat, Doubt, caveats, over_replications


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


@pytest.mark.parametrize(("offers", "expected"), [(100, set()), (101, {Doubt.PING_PONG})])
def test_ping_pong(offers: int, expected: set[Doubt]) -> None:
    diary = Diary()
    task = diary.create(0)
    for _ in range(offers - 1):
        diary.reject(1_000, diary.offer(1_000, task))
    diary.accept(2_000, diary.offer(2_000, task))
    diary.complete(3_000, task)
    assert doubts(diary, 10_000) == expected


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
    assert str(caveat).startswith("no filter of their workflow took 1 task:")


def test_replications_share_caveats() -> None:
    open_tasks, refused = Caveat(Doubt.MOSTLY_OPEN, "open"), Caveat(Doubt.REFUSED, "refused")
    found = over_replications([(open_tasks,), (refused, open_tasks), ()])
    assert [caveat.text for caveat in found] == [
        "in 2 of 3 replications: open",
        "in 1 of 3 replications: refused",
    ]
    (single,) = over_replications([()])
    assert single.doubt is Doubt.ONE_REPLICATION
