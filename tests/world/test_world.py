"""The world as a whole: openings, ranks, and that nothing moves when something is added."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from tests.world.setting import (
    AVAILABLE,
    BREAK,
    OFFLINE,
    behavior,
    consequences,
    created,
    ended,
    offer,
    openings,
    plan,
    row,
    stream,
    world,
)
from trsim.core.commands import (
    CreateTask,
    SetActivity,
    SetCapacity,
    SetChannelAvailable,
    SetWorkerAttributes,
    UpdateQueue,
    UpdateWorkflow,
)
from trsim.core.events import EventType
from trsim.world.distributions import Exponential
from trsim.world.due import Due, Guard
from trsim.world.plan import (
    CancelEntry,
    SetUpPlan,
    Shift,
    StandingCommand,
    StandingEntry,
    StreamPlan,
    TimetableEntry,
    UpdateEntry,
    WorkerPlan,
)
from trsim.world.recorded_arrivals import TimedArrivals
from trsim.world.world import World

SHIFTS = (Shift(0, 500, AVAILABLE), Shift(700, 900, BREAK))


def on_shift(index: int, group: str = "agent") -> WorkerPlan:
    return WorkerPlan(group, index, 0, shifts=SHIFTS, off_activity=OFFLINE)


def test_openings_and_their_ranks() -> None:
    timetable = (
        StandingEntry(800, SetActivity(1, BREAK)),
        CancelEntry(10, 0, 0),
        StandingEntry(200, SetActivity(0, BREAK, reject_pending=True)),
        StandingEntry(200, SetActivity(0, AVAILABLE)),
    )
    made = world(
        timetable=timetable,
        workers=(on_shift(0), on_shift(1)),
        streams=(stream("a", arrivals=TimedArrivals((1, 1))), stream("b")),
    )
    entries, shifts, calls, mails = openings(made, 2)
    assert [(due.at_ms, due.rank, due.command) for due in entries] == [
        (200, 2, SetActivity(0, BREAK, reject_pending=True)),
        (200, 3, SetActivity(0, AVAILABLE)),
        (800, 0, SetActivity(1, BREAK)),
    ]
    assert [(due.at_ms, due.rank, due.command) for due in shifts] == [
        (at_ms, 4 + worker, SetActivity(worker, activity))
        for at_ms, activity in ((500, OFFLINE), (700, BREAK), (900, OFFLINE))
        for worker in (0, 1)
    ]
    assert [(due.at_ms, due.rank) for due in calls] == [(1, 6), (1, 6)]
    assert {due.rank for due in mails} == {7}
    # The cancel keeps its place in the timetable; what follows from then on is counted.
    assert [due.rank for due in consequences(made, created(0))] == [1]
    assert [due.rank for due in consequences(made, offer(0, 0))] == [8]


def test_operators_act_on_workers_queues_and_workflows() -> None:
    commands: tuple[StandingCommand, ...] = (
        SetActivity(1, BREAK),
        SetWorkerAttributes(0, 3),
        SetCapacity(0, 1, 4),
        SetChannelAvailable(1, 0, False),
        UpdateQueue(0, max_reserved_workers=2),
        UpdateWorkflow(0, reservation_timeout_ms=15_000, re_evaluate_tasks=True),
    )
    entries: tuple[TimetableEntry, ...] = tuple(StandingEntry(600, command) for command in commands)
    tasks = (CancelEntry(600, 0, 0), UpdateEntry(600, 0, 0, priority=1))
    made = world(timetable=(*tasks, *entries))
    # Two entries about tasks hold the first two places.
    assert list(made.timetable()) == [
        Due(600, rank, command) for rank, command in enumerate(commands, start=2)
    ]
    assert [due.rank for due in consequences(made, created(0))] == [0, 1]


def test_openings_are_sorted_end_before_the_horizon_and_are_always_meant() -> None:
    timetable = tuple(StandingEntry(at, SetActivity(0, BREAK)) for at in (900, 100, 600, 599))
    made = world(horizon_ms=600, timetable=timetable, workers=(on_shift(0), on_shift(1)))
    for opening in openings(made, 1):
        found = list(opening)
        assert found == sorted(found, key=lambda due: due.at_ms)
        assert all(0 <= due.at_ms < 600 and due.guard is Guard.ALWAYS for due in found)


def life(made: World, task: int, number: int, place: int = 0) -> list[tuple[int, Any]]:
    """Instants and guards of what follows from the rows of a task that is offered twice."""
    rows = [
        created(task, number=number, stream=place),
        offer(task, 2 * task),
        ended(EventType.RESERVATION_TIMEOUT, task, 2 * task, 20_000),
        offer(task, 2 * task + 1, at_ms=20_000),
        ended(EventType.RESERVATION_ACCEPTED, task, 2 * task + 1, 30_000),
        row(EventType.TASK_WRAPUP, 90_000, task=task),
    ]
    return [(due.at_ms, due.guard) for one in rows for due in consequences(made, one)]


def busy(name: str) -> StreamPlan:
    law = Exponential(60.0)
    return stream(name, talk_time=law, wrap_up_time=law, patience=law, balk_probability=0.3)


HABITS = behavior(
    answer_delay=Exponential(6.0), no_answer_probability=0.3, after_timeout=Exponential(30.0)
)


def test_adding_a_stream_or_a_worker_shifts_nothing() -> None:
    workers = (WorkerPlan("agent", 0, 0), WorkerPlan("agent", 1, 0))
    small = world(streams=(busy("calls"),), behaviors=(HABITS,), workers=workers)
    large = world(
        streams=(busy("mails"), busy("calls")),
        behaviors=(HABITS, behavior("other")),
        workers=(*workers, WorkerPlan("agent", 2, 0), WorkerPlan("expert", 0, 1)),
    )

    def creations(made: World, place: int) -> list[tuple[int, int]]:
        return [
            (due.at_ms, due.command.number)
            for due in made.arrivals(place)
            if isinstance(due.command, CreateTask)
        ]

    assert creations(small, 0) == creations(large, 1) != creations(large, 0)
    for number in range(50):
        # In the larger world the task has another number of its own, and others came before.
        consequences(large, created(1_000 + number, number=number, stream=0))
        assert life(small, number, number) == life(large, 100 + number, number, place=1)


def test_the_order_of_lives_does_not_matter() -> None:
    forward, backward = (world(streams=(busy("calls"),), behaviors=(HABITS,)) for _ in range(2))
    # Absences count occasions of the worker, which this is not about.
    keep = {Guard.TASK_OPEN, Guard.TASK_HELD, Guard.RESERVATION_PENDING, Guard.NEVER_RESERVED}
    one = {k: [d for d in life(forward, k, k) if d[1] in keep] for k in range(200)}
    other = {k: [d for d in life(backward, k, k) if d[1] in keep] for k in reversed(range(200))}
    assert one == other


@pytest.mark.parametrize("other", [(8, 0), (7, 1)])
def test_seeds_and_replications_differ(other: tuple[int, int]) -> None:
    ours = world(streams=(busy("calls"),))
    theirs = world(*other, streams=(busy("calls"),))
    assert list(ours.arrivals(0)) != list(theirs.arrivals(0))
    assert [life(ours, k, k) for k in range(5)] != [life(theirs, k, k) for k in range(5)]


def test_reactions_by_event_type() -> None:
    made = world(streams=(busy("calls"),))
    assert made.reactions[EventType.TASK_CREATED] is not None
    assert made.reactions[EventType.WORKER_ACTIVITY_UPDATE] is not None
    assert made.reactions[EventType.RESERVATION_ON_HOLD] is not None
    for event in (
        EventType.TASK_PURGED,
        EventType.RESERVATION_FAILED,
        EventType.WORKER_CAPACITY_UPDATE,
        EventType.WORKFLOW_REEVALUATED,
    ):
        assert made.reactions[event] is None


def test_a_plan_is_a_value() -> None:
    laid_down = plan(streams=(busy("calls"),), behaviors=(HABITS,), workers=(on_shift(0),))
    assert pickle.loads(pickle.dumps(laid_down)) == laid_down


def test_there_is_one_set_up_for_each_channel() -> None:
    with pytest.raises(AssertionError, match="one set-up per channel"):
        world(set_ups=(SetUpPlan(),))


def test_ranks_of_consequences_follow_creation() -> None:
    made = world(streams=(busy("calls"),), behaviors=(HABITS,))
    dues: list[Due] = []
    for task in range(20):
        dues += consequences(made, created(task))
        dues += consequences(made, offer(task, task))
    assert [due.rank for due in dues] == list(range(3, 3 + len(dues)))
