"""When the core wakes: how deadlines are computed; none is lost, early, late or a ghost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.setting import Branch, Flow, Queue, Setting, Step, Worker
from trsim.core import commands
from trsim.core.deadlines import (
    ASSIGNED_LIFE_MS,
    NEVER_MS,
    TERMINAL_LIFE_MS,
    Calendar,
    Deadline,
    target_deadline,
)
from trsim.core.events import EventType, Row
from trsim.core.ordering import DeadlineClass
from trsim.core.workspace import Workspace
from trsim.core.writer import RowTuple

STEPS = (Step(0, timeout_s=10), Step(1, timeout_s=20), Step(0))
CREATE = commands.CreateTask(0, 0, 0, ttl_ms=100_000)


def setting(*steps: Step, activity: int = 1) -> Setting:
    return Setting(
        available=(True, False),
        timeout_activity=1,
        n_channels=1,
        n_kinds=1,
        queues=(Queue((0,)), Queue(())),
        flows=(Flow(5_000, (Branch((0,), steps),)),),
        workers=(Worker(activity),),
    )


def started(*steps: Step, activity: int = 1) -> tuple[Workspace, list[RowTuple]]:
    rows: list[RowTuple] = []
    return setting(*steps, activity=activity).workspace(rows.append), rows


def stamps(rows: list[RowTuple], event: EventType) -> list[int]:
    return [row[0] for row in rows if row[1] == event]


def test_a_target_deadline_follows_creation_offset_and_the_sum_of_timeouts() -> None:
    assert target_deadline(1_000, 7_000, 30_000) == 38_000


def test_the_calendar_orders_by_instant_then_class_then_number() -> None:
    calendar = Calendar()
    calendar.arm(5, DeadlineClass.TTL, 0)
    calendar.arm(5, DeadlineClass.RESERVATION, 9)
    calendar.arm(5, DeadlineClass.RESERVATION, 8)
    calendar.arm(4, DeadlineClass.EXPIRY, 7)
    assert sorted(calendar.entries) == [
        (4, DeadlineClass.EXPIRY, 7),
        (5, DeadlineClass.RESERVATION, 8),
        (5, DeadlineClass.RESERVATION, 9),
        (5, DeadlineClass.TTL, 0),
        (NEVER_MS, DeadlineClass.PURGE, -1),
    ]


@given(st.lists(st.tuples(st.integers(0, 20), st.sampled_from(DeadlineClass), st.integers(0, 3))))
def test_the_calendar_gives_deadlines_back_in_order(deadlines: list[Deadline]) -> None:
    calendar = Calendar()
    for deadline in deadlines:
        calendar.arm(*deadline)
    assert [calendar.pop() for _ in deadlines] == sorted(deadlines)
    assert calendar.entries == [(NEVER_MS, DeadlineClass.PURGE, -1)]


@given(
    st.lists(
        st.one_of(
            st.none(),  # take the first one out
            st.tuples(st.integers(0, 9), st.sampled_from(DeadlineClass), st.integers(0, 3)),
        )
    )
)
def test_the_calendar_keeps_order_while_deadlines_come_and_go(
    steps: list[Deadline | None],
) -> None:
    calendar, kept = Calendar(), []
    for step in steps:
        if step is not None:
            calendar.arm(*step)
            kept.append(step)
        elif kept:
            assert calendar.entries[0] == min(kept)
            assert calendar.pop() == min(kept)
            kept.remove(min(kept))


def test_an_empty_workspace_never_wakes() -> None:
    workspace, rows = started(*STEPS)
    assert workspace.next_deadline() is None
    workspace.advance(10**12)
    assert len(rows) == 1


def test_the_next_deadline_is_the_earliest_that_counts() -> None:
    workspace, rows = started(*STEPS)
    workspace.handle(CREATE, 1_000)
    assert workspace.next_deadline() == 11_000
    workspace.advance(11_001)
    assert workspace.next_deadline() == 31_000
    workspace.advance(31_001)
    assert workspace.next_deadline() == 101_000  # the last target has no timeout
    workspace.advance(200_000)
    assert workspace.next_deadline() is None
    assert stamps(rows, EventType.TASK_QUEUE_TIMEOUT) == [11_000, 31_000]
    assert stamps(rows, EventType.TASK_CANCELED) == [101_000]


def test_while_reserved_only_offer_and_time_to_live_count() -> None:
    workspace, _ = started(*STEPS, activity=0)
    workspace.handle(CREATE, 0)
    assert workspace.next_deadline() == 5_000
    workspace.handle(commands.RejectReservation(0, 1), 4_000)
    assert workspace.next_deadline() == 10_000  # armed again, for it was dropped or not


def test_an_answered_offer_has_no_timer_any_more() -> None:
    workspace, rows = started(*STEPS, activity=0)
    workspace.handle(CREATE, 0)
    workspace.handle(commands.AcceptReservation(0), 3_000)
    assert workspace.next_deadline() == 3_000 + ASSIGNED_LIFE_MS
    workspace.advance(200_000)
    assert stamps(rows, EventType.RESERVATION_TIMEOUT) == []
    assert stamps(rows, EventType.TASK_CANCELED) == []  # neither target nor time to live


@pytest.mark.parametrize("wrapping", [False, True])
def test_a_task_is_removed_a_day_after_its_assignment(wrapping: bool) -> None:
    workspace, rows = started(*STEPS, activity=0)
    workspace.handle(CREATE, 0)
    workspace.handle(commands.AcceptReservation(0), 3_000)
    if wrapping:
        workspace.handle(commands.WrapUpTask(0), 60_000)
    workspace.advance(3_000 + ASSIGNED_LIFE_MS)
    assert stamps(rows, EventType.TASK_SYSTEM_DELETED) == []
    workspace.advance(3_000 + ASSIGNED_LIFE_MS + 1)
    assert stamps(rows, EventType.TASK_SYSTEM_DELETED) == [3_000 + ASSIGNED_LIFE_MS]
    assert stamps(rows, EventType.RESERVATION_CANCELED) == [3_000 + ASSIGNED_LIFE_MS]
    workspace.advance(2 * ASSIGNED_LIFE_MS)
    assert stamps(rows, EventType.TASK_PURGED) == []


def test_forgetting_needs_no_waking_and_has_its_own_stamp() -> None:
    workspace, rows = started(*STEPS)
    workspace.handle(CREATE, 0)
    workspace.handle(commands.CancelTask(0), 1_000)
    assert workspace.next_deadline() is None
    workspace.advance(1_000 + TERMINAL_LIFE_MS)
    assert stamps(rows, EventType.TASK_PURGED) == []
    workspace.advance(10**9)
    assert stamps(rows, EventType.TASK_PURGED) == [1_000 + TERMINAL_LIFE_MS]


def test_a_deleted_task_is_not_forgotten_once_more() -> None:
    workspace, rows = started(*STEPS)
    workspace.handle(CREATE, 0)
    workspace.handle(commands.CancelTask(0), 1_000)
    workspace.handle(commands.DeleteTask(0), 2_000)
    workspace.advance(10**9)
    assert stamps(rows, EventType.TASK_PURGED) == []


def test_forgetting_keeps_its_place_among_the_deadlines() -> None:
    workspace, rows = started(Step(0, timeout_s=400), activity=1)
    workspace.handle(CREATE, 0)
    workspace.handle(commands.CancelTask(0), 100_000)  # forgotten at 400,000
    workspace.handle(CREATE._replace(ttl_ms=1_000_000), 100_000)  # leaves its target at 500,000
    workspace.handle(CREATE._replace(ttl_ms=300_000), 100_000)  # ends at 400,000
    workspace.advance(10**6)
    kinds = [Row._make(row) for row in rows if row[0] >= 400_000]
    assert [(row.at_ms, row.event, row.task) for row in kinds][:3] == [
        (400_000, EventType.TASK_CANCELED, 2),
        (400_000, EventType.TASK_PURGED, 0),
        (500_000, EventType.TASK_QUEUE_TIMEOUT, 1),
    ]


def test_a_deadline_seen_while_reserved_is_not_lost() -> None:
    workspace, rows = started(Step(0, timeout_s=4), activity=0)
    workspace.handle(CREATE, 0)
    workspace.advance(4_500)  # the target's deadline passes under the open offer
    assert stamps(rows, EventType.TASK_QUEUE_TIMEOUT) == []
    workspace.advance(5_001)
    assert stamps(rows, EventType.TASK_QUEUE_TIMEOUT) == [5_000]
