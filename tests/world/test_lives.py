"""The life of a task: what follows from each row, by hand."""

from __future__ import annotations

from typing import Any

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
    on_hold,
    row,
    stream,
    world,
)
from trsim.core.commands import (
    AcceptReservation,
    CancelReservation,
    CancelTask,
    Command,
    CompleteTask,
    HoldReservation,
    RejectReservation,
    SetActivity,
    UpdateTask,
    WrapUpTask,
)
from trsim.core.events import EventType
from trsim.core.states import Reason, ReservationStatus, TaskStatus
from trsim.world.arrivals import Arrival
from trsim.world.distributions import Constant, Exponential
from trsim.world.draws import Draws, Purpose
from trsim.world.due import Due, Guard
from trsim.world.plan import (
    CancelEntry,
    ScriptedAnswer,
    SetUpPlan,
    StandingEntry,
    UpdateEntry,
    WorkerPlan,
)
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


@pytest.mark.parametrize(
    ("plan", "first", "then"),
    [
        (SetUpPlan(), AcceptReservation(0), None),
        (SetUpPlan(failure_probability=1.0), CancelReservation(0), None),
        (SetUpPlan(Constant(0.0)), AcceptReservation(0), None),
        (SetUpPlan(Constant(0.0004), 1.0), CancelReservation(0), None),  # rounds to 0 ms
        (SetUpPlan(Constant(40.0)), HoldReservation(0), AcceptReservation(0)),
        (SetUpPlan(Constant(40.0), 1.0), HoldReservation(0), CancelReservation(0)),
    ],
    ids=["none", "fails-at-once", "zero", "zero-and-fails", "holds", "holds-and-fails"],
)
def test_a_set_up_on_its_channel(plan: SetUpPlan, first: Command, then: Command | None) -> None:
    made = world(set_ups=(plan, SetUpPlan(Constant(9.0))))
    found = reactions(made, created(0, 1_000), offer(0, 0, at_ms=1_000))
    assert found == [Due(6_000, FIRST, first, Guard.RESERVATION_PENDING, 0)]
    if then is not None:
        # 40 s on hold, longer than the offer would have stood.
        assert reactions(made, on_hold(0, 0, 6_000)) == [
            Due(46_000, FIRST + 1, then, Guard.RESERVATION_PENDING, 0)
        ]


def test_the_channel_of_the_task_decides_on_the_set_up() -> None:
    made = world(set_ups=(SetUpPlan(), SetUpPlan(Constant(9.0))))
    assert reactions(made, created(0), offer(0, 0, channel=0))[0].command == AcceptReservation(0)
    assert reactions(made, created(1), offer(1, 1, channel=1))[0].command == HoldReservation(1)
    assert reactions(made, on_hold(1, 1, 5_000, channel=1))[0].at_ms == 14_000


def test_set_ups_are_drawn_by_attempt_and_place() -> None:
    law = Exponential(30.0)
    made = world(set_ups=(SetUpPlan(law, 0.5), SetUpPlan()))
    delay = Draws(7, 0).source(Purpose.SET_UP_DELAY, "calls").at
    failure = Draws(7, 0).source(Purpose.SET_UP_FAILURE, "calls").at
    reactions(made, created(3, number=40))
    outcomes = set()
    reservation = 0
    for attempt in range(12):
        reactions(made, offer(3, reservation), offer(3, reservation + 1, worker=1))
        # Both workers take it; their set-ups run side by side, the second one's first.
        for place in (1, 0):
            due = reactions(made, on_hold(3, reservation + place, 5_000))[0]
            key = (40, attempt, place)
            assert due.at_ms == 5_000 + int(law.quantile(delay(*key)) * 1000 + 0.5)
            fails = failure(*key) < 0.5
            outcomes.add(fails)
            expected = (CancelReservation if fails else AcceptReservation)(reservation + place)
            assert due.command == expected
        for place in (0, 1):
            canceled = ended(EventType.RESERVATION_CANCELED, 3, reservation + place, 9_000)
            assert not reactions(made, canceled)
        reservation += 2
    assert outcomes == {True, False}


def test_an_offer_that_ended_on_hold_is_not_accepted() -> None:
    made = world(set_ups=(SetUpPlan(Constant(9.0)), SetUpPlan()))
    due = reactions(made, created(0), offer(0, 0), on_hold(0, 0, 5_000))[-1]
    view = Columns(reservation_status={0: ReservationStatus.PENDING})
    assert is_meant(made, due, view)
    for status in (ReservationStatus.RESCINDED, ReservationStatus.CANCELED):
        view.reservation_status[0] = status
        assert not is_meant(made, due, view)


def test_rejections_and_late_answers_know_no_set_up() -> None:
    holds = (SetUpPlan(Constant(9.0), 1.0), SetUpPlan())
    rejecting = world(set_ups=holds, behaviors=(behavior(reject_probability=1.0),))
    found = reactions(rejecting, created(0), offer(0, 0))
    assert [due.command for due in found] == [RejectReservation(0, -1)]
    late = world(set_ups=holds, behaviors=(behavior(answer_delay=Constant(20.001)),))
    assert reactions(late, created(0), offer(0, 0, timeout_ms=20_000)) == []


def test_a_scripted_acceptance_is_set_up_too() -> None:
    answers = (ScriptedAnswer(True, 4_000),)
    holds = (SetUpPlan(Constant(9.0)), SetUpPlan())
    made = world(set_ups=holds, behaviors=(behavior(answers=answers),))
    found = reactions(made, created(0), offer(0, 0), on_hold(0, 0, 4_000))
    assert [(due.at_ms, due.command) for due in found] == [
        (4_000, HoldReservation(0)),
        (13_000, AcceptReservation(0)),
    ]


def test_set_ups_leave_the_other_draws_alone() -> None:
    laws: dict[str, Any] = {
        "streams": (stream(patience=Exponential(90.0), talk_time=Exponential(60.0)),),
        "behaviors": (behavior(answer_delay=Exponential(3.0), no_answer_probability=0.2),),
    }
    plain = world(**laws)
    with_set_up = world(**laws, set_ups=(SetUpPlan(Exponential(9.0), 0.2), SetUpPlan()))

    def life(made: World, number: int) -> list[int]:
        accepted = ended(EventType.RESERVATION_ACCEPTED, number, number, 0)
        rows = created(number), offer(number, number), accepted
        return [due.at_ms for due in reactions(made, *rows)]

    assert [life(plain, k) for k in range(50)] == [life(with_set_up, k) for k in range(50)]


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
    view = Columns(task_status={0: TaskStatus.PENDING}, task_attempts={0: 0})
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


def test_operators_update_by_stream_and_number() -> None:
    timetable = (
        UpdateEntry(900, 0, 3, attributes=7),
        CancelEntry(900, 0, 3),
        StandingEntry(100, SetActivity(0, BREAK)),
        UpdateEntry(449, 0, 3, priority=9),
        UpdateEntry(450, 0, 3, priority=2),
    )
    made = world(timetable=timetable)
    assert reactions(made, created(0, 450, number=2)) == []
    # The entry of 449 ms comes before the task; that of its own instant does not.
    assert reactions(made, created(1, 450, number=3)) == [
        Due(900, 0, UpdateTask(1, 7, -1), Guard.TASK_UNFINISHED, 1),
        Due(900, 1, CancelTask(1, Reason.OPERATOR), Guard.TASK_OPEN, 1),
        Due(450, 4, UpdateTask(1, -1, 2), Guard.TASK_UNFINISHED, 1),
    ]


def test_an_update_of_an_ended_task_is_dropped() -> None:
    made = world(timetable=(UpdateEntry(900, 0, 0, priority=9),))
    due = reactions(made, created(0))[0]
    view = Columns(task_status={0: TaskStatus.WRAPPING})
    assert is_meant(made, due, view)
    view.task_status[0] = TaskStatus.COMPLETED
    assert not is_meant(made, due, view)


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
    assert not made._lives._entries


def test_tasks_of_no_stream_have_no_consequences() -> None:
    made = world(streams=(stream(patience=Constant(5.0)),))
    accepted = ended(EventType.RESERVATION_ACCEPTED, 0, 0, 9)
    assert reactions(made, created(0, stream=-1), offer(0, 0), accepted) == []
    assert reactions(made, row(EventType.TASK_REFUSED, 0)) == []
