"""Waits that were cut short: by hang-ups, and by the horizon."""

from __future__ import annotations

from tests.analysis.diary import Diary, criteria
from trsim.analysis.trust_kinds import Caveat, Doubt
from trsim.analysis.trust_waits import wait_doubts

END_MS = 1_000_000


def doubts(diary: Diary, warm_up_ms: int = 0) -> list[Caveat]:
    return list(wait_doubts(diary.seen(END_MS), criteria(END_MS, warm_up_ms=warm_up_ms)))


def answered(diary: Diary, at_ms: int, wait_ms: int) -> None:
    task = diary.create(at_ms)
    diary.accept(at_ms + wait_ms, diary.offer(at_ms, task))
    diary.complete(at_ms + wait_ms, task)


def test_most_customers_gave_up() -> None:
    diary = Diary()
    answered(diary, 0, 1_000)
    diary.cancel(2_000, diary.create(1_000))
    assert doubts(diary) == []  # exactly half
    diary.cancel(4_000, diary.create(3_000))
    (caveat,) = doubts(diary)
    assert caveat.doubt is Doubt.MOSTLY_LOST
    assert caveat.text.startswith("2 of 3 tasks offered (67 %) were given up before an answer: ")
    assert "asa tells of 1 only" in caveat.text
    assert doubts(diary, warm_up_ms=3_500) == []


def still_waiting(open_tasks: int, age_ms: int) -> Diary:
    """Return 100 tasks: the open ones of an age, all others answered after 10 s."""
    diary = Diary()
    for _ in range(100 - open_tasks):
        answered(diary, 0, 10_000)
    for _ in range(open_tasks):
        diary.create(END_MS - age_ms)
    return diary


def test_a_percentile_that_open_waits_move() -> None:
    # Of 100 waits 5 lie beyond the 95th: with 6 open for 60 s it is 60 s at least.  Of 90 % no
    # more than 6 of 10 are open, and for 99 % there are too few tasks.
    (caveat,) = doubts(still_waiting(6, 60_000))
    assert caveat.doubt is Doubt.LONG_OPEN_WAITS
    assert caveat.text.startswith(
        "6 of 100 tasks still wait at the horizon, the oldest for 60 s; with the waits they have "
        "reached, wait_p95 is 10 s, but at least 60 s: "
    )


def test_several_percentiles() -> None:
    (caveat,) = doubts(still_waiting(21, 300_000))
    for percent in (80, 90, 95):
        assert f"wait_p{percent} is 10 s, but at least 5 min" in caveat.text
    assert "wait_p50" not in caveat.text


def test_few_or_young_open_waits_move_nothing() -> None:
    assert doubts(still_waiting(5, 60_000)) == []
    assert doubts(still_waiting(20, 10_900)) == []


def test_of_few_tasks_no_percentile_is_doubted() -> None:
    diary = Diary()
    answered(diary, 0, 1_000)
    diary.create(0)
    assert doubts(diary) == []
