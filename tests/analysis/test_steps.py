"""Visits to targets: how they begin, the six ways in which they end, and who is counted."""

from __future__ import annotations

from tests.analysis.diary import Diary, busy_hour, criteria
from trsim.analysis.steps import StepCounts, StepPlace, read_steps
from trsim.core.events import EventType
from trsim.core.states import Reason

NOBODY = StepCounts(*(0,) * len(StepCounts._fields))


def steps(diary: Diary, warm_up_ms: int = 0) -> tuple[StepCounts, ...]:
    limits = criteria(100_000, warm_up_ms=warm_up_ms)
    return read_steps(diary.seen(100_000), limits, 2)


def test_each_way_to_end_a_visit() -> None:
    diary = Diary()
    diary.accept(1_000, diary.offer(0, diary.create(0)))
    diary.move(2_000, diary.create(0), 1)
    diary.go_on(3_000, diary.create(0), 1)
    diary.cancel(4_000, diary.create(0))
    diary.remove(5_000, diary.create(0))
    diary.create(0)
    first, second = steps(diary)
    assert first == NOBODY._replace(
        entered=6, reserved=1, offers=1, accepted=1, timed_out=1, moved_on=1, canceled=1, removed=1,
        open=1,
    )  # fmt: skip
    assert second == NOBODY._replace(entered=2, open=2)


def test_the_end_of_a_workflow_is_a_timeout_or_a_skip_and_no_other_cancellation() -> None:
    diary = Diary()
    diary.end_workflow(1_000, diary.create(0))
    diary.skip_out(2_000, diary.create(0))
    diary.cancel(3_000, diary.create(0), Reason.NO_MATCHING_FILTER)
    first, _ = steps(diary)
    expected = NOBODY._replace(entered=3, timed_out=1, moved_on=1, canceled=1, workflow_ended=2)
    assert first == expected


def test_an_evaluation_from_the_top_that_ends_the_workflow_is_no_timeout_of_the_target() -> None:
    diary = Diary()
    diary.cancel(1_000, diary.create(0), Reason.WORKFLOW_TIMEOUT)
    assert steps(diary)[0] == NOBODY._replace(entered=1, moved_on=1, workflow_ended=1)


def test_landing_in_the_same_target_is_another_visit() -> None:
    diary = Diary()
    diary.match_again(1_000, diary.create(0))
    assert steps(diary)[0] == NOBODY._replace(entered=2, moved_on=1, open=1)


def test_what_comes_after_an_acceptance_is_no_matter_of_the_target() -> None:
    diary = Diary()
    done, gone = diary.create(0), diary.create(0)
    diary.accept(1_000, diary.offer(0, done))
    diary.complete(2_000, done)
    diary.remove(3_000, done)
    diary.accept(5_000, diary.offer(4_000, gone))
    diary.remove(9_000, gone, EventType.TASK_SYSTEM_DELETED)
    assert steps(diary)[0] == NOBODY._replace(entered=2, reserved=2, offers=2, accepted=2)


def test_a_batch_is_reserved_once() -> None:
    diary = Diary(bob=0)
    task = diary.create(0)
    diary.offer(0, task, 0)
    diary.accept(1_000, diary.offer(0, task, 1))
    assert steps(diary)[0] == NOBODY._replace(entered=1, reserved=1, offers=2, accepted=1)


def test_directly_routed_tasks_visit_nothing() -> None:
    # Target 1 is the last one: a number of -1 must not be taken for it.
    diary = Diary()
    diary.accept(1_000, diary.offer(0, diary.route_to_worker(0, worker=0)))
    diary.accept(3_000, diary.offer(2_000, diary.route_to_queue(2_000, queue=1)))
    diary.cancel(5_000, diary.route_to_queue(4_000, queue=1), Reason.ROUTING_TARGET)
    assert steps(diary) == (NOBODY, NOBODY)


def test_only_tasks_from_the_warm_up_on_are_counted() -> None:
    # Of the seven tasks 3, 4, 5 and 6 are created from 20 s on; all stay in the first target.
    first, second = steps(busy_hour(), warm_up_ms=20_000)
    expected = NOBODY._replace(entered=4, reserved=3, offers=3, accepted=1, canceled=1, open=2)
    assert (first, second) == (expected, NOBODY)


def test_an_empty_log_has_empty_steps() -> None:
    assert steps(Diary()) == (NOBODY, NOBODY)
    assert read_steps(busy_hour().seen(100_000), criteria(100_000), 0) == ()


def test_a_place_is_spelled_for_a_sentence() -> None:
    assert StepPlace("main", "Bills", 0, "sales").label == "Bills, target 1"  # counted from 1
    place = StepPlace("main", "default filter", 0, "sales", is_default=True)
    assert place.label == "default filter"
