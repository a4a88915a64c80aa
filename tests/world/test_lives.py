"""The life of a task: what follows from each row, by hand."""

from __future__ import annotations

import pytest

from tests.world.setting import (
    BREAK,
    Columns,
    behavior,
    consequences,
    created,
    ended,
    is_meant,
    offer,
    row,
    stream,
    world,
)
from trsim.core.commands import (
    AcceptReservation,
    CancelTask,
    CompleteTask,
    RejectReservation,
    WrapUpTask,
)
from trsim.core.events import EventType
from trsim.core.states import Reason, TaskStatus
from trsim.world.arrivals import Arrival
from trsim.world.distributions import Constant, Exponential
from trsim.world.draws import Draws, Purpose
from trsim.world.due import Due, Guard
from trsim.world.plan import CancelEntry, ScriptedAnswer, WorkerPlan
from trsim.world.recorded_arrivals import TraceArrivals
from trsim.world.world import World

FIRST = 3  # ranks 0 … 2 belong to two workers and a stream


def reactions(made: World, *rows: tuple[int, ...]) -> list[Due]:
    return [due for one in rows for due in consequences(made, one)]


def test_a_plain_life() -> None:
    made = world(streams=(stream(wrap_up_time=Constant(7.0), patience=Constant(90.0)),))
    assert reactions(
        made,
        created(0, at_ms=1_000),
        offer(0, 0, at_ms=1_000),
        ended(EventType.RESERVATION_ACCEPTED, 0, 0, at_ms=6_000),
        row(EventType.TASK_WRAPUP, 66_000, task=0),
        row(EventType.TASK_COMPLETED, 73_000, task=0),
    ) == [
        Due(91_000, FIRST, CancelTask(0, Reason.HANGUP), Guard.TASK_OPEN, 0),
        Due(6_000, FIRST + 1, AcceptReservation(0), Guard.RESERVATION_PENDING, 0),
        Due(66_000, FIRST + 2, WrapUpTask(0), Guard.TASK_HELD, 0),
        Due(73_000, FIRST + 3, CompleteTask(0), Guard.TASK_HELD, 0),
    ]


def test_without_wrap_up_the_talk_completes_the_task() -> None:
    made = world()
    found = reactions(made, created(0), ended(EventType.RESERVATION_ACCEPTED, 0, 0, 4_000))
    assert found == [Due(64_000, FIRST, CompleteTask(0), Guard.TASK_HELD, 0)]


def test_wrap_up_of_zero_seconds_is_passed_through() -> None:
    made = world(streams=(stream(wrap_up_time=Constant(0.0)),))
    accepted = ended(EventType.RESERVATION_ACCEPTED, 0, 0, 0)
    found = reactions(made, created(0), accepted, row(EventType.TASK_WRAPUP, 60_000, task=0))
    assert [(due.at_ms, due.command) for due in found] == [
        (60_000, WrapUpTask(0)),
        (60_000, CompleteTask(0)),
    ]


@pytest.mark.parametrize(("delay_s", "answers"), [(19.999, 1), (20.0, 1), (20.001, 0)])
def test_an_answer_at_the_deadline_counts(delay_s: float, answers: int) -> None:
    made = world(behaviors=(behavior(answer_delay=Constant(delay_s)),))
    found = reactions(made, created(0, 500), offer(0, 0, at_ms=500, timeout_ms=20_000))
    assert len(found) == answers


def test_attempts_and_places_in_the_batch() -> None:
    law = Exponential(3.0)
    made = world(behaviors=(behavior(answer_delay=law),))
    uniform = Draws(7, 0).source(Purpose.ANSWER_DELAY, "calls").at
    rejected, missed = EventType.RESERVATION_REJECTED, EventType.RESERVATION_TIMEOUT
    canceled = EventType.RESERVATION_CANCELED
    steps = [
        (created(0, number=40), None),
        # A batch of two; the next comes only when both are over.
        (offer(0, 0, timeout_ms=10**6), (0, 0)),
        (offer(0, 1, worker=1, timeout_ms=10**6), (0, 1)),
        (ended(rejected, 0, 0, 50), None),
        (ended(missed, 0, 1, 90), None),
        # Reservation numbers go on, also within the same instant.
        (offer(0, 2, at_ms=90, timeout_ms=10**6), (1, 0)),
        (ended(canceled, 0, 2, 90), None),
        (offer(0, 7, at_ms=90, timeout_ms=10**6), (2, 0)),
        (offer(0, 8, at_ms=90, timeout_ms=10**6), (2, 1)),
        (offer(0, 9, at_ms=90, timeout_ms=10**6), (2, 2)),
    ]
    for one, key in steps:
        found = consequences(made, one)
        if key is None:
            assert not found
        else:
            expected_ms = int(law.quantile(uniform(40, *key)) * 1000 + 0.5)
            assert [due.at_ms - one[0] for due in found] == [expected_ms]


def test_uniforms_belong_to_the_task_and_laws_to_the_worker() -> None:
    keen = behavior("keen", answer_delay=Exponential(3.0))
    slow = behavior("slow", answer_delay=Exponential(6.0))
    workers = tuple(WorkerPlan("agent", index, index) for index in range(2))
    made = world(behaviors=(keen, slow), workers=workers)
    fast_ms, slow_ms = (
        reactions(made, created(task, number=5), offer(task, task, worker=task))[0].at_ms
        for task in (0, 1)
    )
    assert abs(slow_ms - 2 * fast_ms) <= 1


def test_rejections_name_the_activity() -> None:
    rejecting = behavior(reject_probability=1.0, reject_activity=BREAK)
    made = world(behaviors=(rejecting,))
    found = reactions(made, created(0), offer(0, 0))
    command = RejectReservation(0, BREAK)
    assert found == [Due(5_000, FIRST, command, Guard.RESERVATION_PENDING, 0)]


def test_scripts_belong_to_the_worker() -> None:
    answers = (ScriptedAnswer(None), ScriptedAnswer(True, 4_000), ScriptedAnswer(False, 20_001))
    made = world(behaviors=(behavior(answers=answers),))
    rows = [created(task) for task in range(5)]
    first = [offer(task, task, worker=0) for task in range(4)]
    other = [offer(4, 4, worker=1)]
    found = [tuple(due[0:3:2] for due in consequences(made, one)) for one in rows + first + other]
    assert found[5:] == [
        (),  # nobody reacts
        ((4_000, AcceptReservation(1)),),
        (),  # later than the offer stands
        ((5_000, AcceptReservation(3)),),  # from here on the laws
        (),  # the other worker begins at the top
    ]


def test_balking_comes_before_patience() -> None:
    made = world(streams=(stream(balk_probability=1.0, patience=Constant(0.0)),))
    hang_up = CancelTask(0, Reason.HANGUP)
    assert reactions(made, created(0, 300)) == [
        Due(300, FIRST, hang_up, Guard.NEVER_RESERVED, 0),
        Due(300, FIRST + 1, hang_up, Guard.TASK_OPEN, 0),
    ]


def test_who_is_offered_at_once_does_not_balk() -> None:
    made = world(streams=(stream(balk_probability=1.0),))
    due = reactions(made, created(0))[0]
    view = Columns(task_status=[TaskStatus.PENDING], task_attempts=[0])
    assert is_meant(made, due, view)
    view.task_status[0], view.task_attempts[0] = TaskStatus.RESERVED, 1
    assert not is_meant(made, due, view)


def test_operators_cancel_by_stream_and_number() -> None:
    timetable = (CancelEntry(900, 0, 3), CancelEntry(400, 0, 3), CancelEntry(500, 1, 3))
    made = world(streams=(stream("calls"), stream("mails")), timetable=timetable)
    assert reactions(made, created(0, 450, number=2)) == []
    # The entry of 400 ms is over when the task comes; that of the other stream is another task's.
    assert reactions(made, created(1, 450, number=3)) == [
        Due(900, 0, CancelTask(1, Reason.OPERATOR), Guard.TASK_OPEN, 1)
    ]
    assert [due.rank for due in reactions(made, created(2, 500, number=3, stream=1))] == [2]


def test_a_trace_is_followed() -> None:
    rows = (Arrival(0, talk_time_ms=10, wrap_up_time_ms=20, patience_ms=30), Arrival(5))
    made = world(streams=(stream(arrivals=TraceArrivals(rows)),))
    assert len(list(made.arrivals(0))) == 2
    found = reactions(
        made,
        created(0),
        ended(EventType.RESERVATION_ACCEPTED, 0, 0, 0),
        row(EventType.TASK_WRAPUP, 10, task=0),
        created(1, 5),
        ended(EventType.RESERVATION_ACCEPTED, 1, 1, 5),
    )
    assert [(due.at_ms, due.command) for due in found] == [
        (30, CancelTask(0, Reason.HANGUP)),
        (10, WrapUpTask(0)),
        (30, CompleteTask(0)),
        (60_005, CompleteTask(1)),
    ]


def test_ended_and_refused_tasks_are_forgotten() -> None:
    rows = (Arrival(0, talk_time_ms=10),)
    entry = CancelEntry(900, 0, 0)
    for last in (
        EventType.TASK_COMPLETED,
        EventType.TASK_CANCELED,
        EventType.TASK_DELETED,
        EventType.TASK_SYSTEM_DELETED,
    ):
        made = world()
        reactions(made, created(0), row(last, 5, task=0))
        assert not made._lives._lives
        assert reactions(made, offer(0, 0), row(EventType.TASK_WRAPUP, 9, task=0)) == []
    made = world(streams=(stream(arrivals=TraceArrivals(rows)),), timetable=(entry,))
    list(made.arrivals(0))
    reactions(made, row(EventType.TASK_REFUSED, 0, stream=0, number=0))
    assert not made._streams[0]._given
    assert not made._lives._cancels


def test_tasks_of_no_stream_have_no_consequences() -> None:
    made = world(streams=(stream(patience=Constant(5.0)),))
    accepted = ended(EventType.RESERVATION_ACCEPTED, 0, 0, 9)
    assert reactions(made, created(0, stream=-1), offer(0, 0), accepted) == []
    assert reactions(made, row(EventType.TASK_REFUSED, 0)) == []
