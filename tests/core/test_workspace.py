"""The door to the core: its clock, its answers, and which instants it stamps."""

from __future__ import annotations

from typing import cast

import pytest

from tests.core.setting import Branch, Flow, Queue, Setting, Step, Worker
from tests.core.test_lifecycle import snapshot
from trsim.core import commands
from trsim.core.events import EventType, Row
from trsim.core.writer import RowTuple
from trsim.errors import ClockError, InvalidCommand

SETTING = Setting(
    available=(True, False, False),
    timeout_activity=1,
    n_channels=1,
    n_kinds=2,
    queues=(Queue((0, 1), max_reserved=2),),
    flows=(Flow(5_000, (Branch((0,), (Step(0, timeout_s=60),)),)),),
    workers=(Worker(0), Worker(0)),
)
CREATE = commands.CreateTask(0, 0, 0)


def test_workers_are_recorded_first_with_the_start() -> None:
    rows: list[RowTuple] = []
    SETTING.workspace(rows.append, start_ms=1_000)
    created = [Row._make(row) for row in rows]
    assert [(row.at_ms, row.event, row.worker, row.activity) for row in created] == [
        (1_000, EventType.WORKER_CREATED, 0, 0),
        (1_000, EventType.WORKER_CREATED, 1, 0),
    ]


def test_nothing_happens_before_the_start() -> None:
    workspace = SETTING.workspace(lambda row: None, start_ms=1_000)
    with pytest.raises(ClockError) as caught:
        workspace.handle(CREATE, 999)
    assert (caught.value.now_ms, caught.value.bound_ms) == (999, 1_000)
    assert workspace.handle(CREATE, 1_000) == 0


def test_time_never_goes_back() -> None:
    workspace = SETTING.workspace(lambda row: None)
    workspace.handle(CREATE, 2_000)
    with pytest.raises(ClockError, match="cannot go on at 1999 ms: time has already reached 2000"):
        workspace.handle(CREATE, 1_999)
    assert workspace.handle(CREATE, 2_000) == 1


def test_after_advancing_the_last_instant_closed_is_the_floor() -> None:
    workspace = SETTING.workspace(lambda row: None)
    workspace.advance(3_000)
    with pytest.raises(ClockError):
        workspace.handle(CREATE, 2_998)
    assert workspace.handle(CREATE, 2_999) == 0
    workspace.advance(1_000)  # long ago: nothing to do, nothing undone
    with pytest.raises(ClockError):
        workspace.handle(CREATE, 2_998)


def test_an_unfired_deadline_bars_the_way() -> None:
    rows: list[RowTuple] = []
    workspace = SETTING.workspace(rows.append)
    workspace.handle(CREATE, 0)
    before, seen = snapshot(workspace), len(rows)
    with pytest.raises(ClockError) as caught:
        workspace.handle(commands.AcceptReservation(0), 5_001)
    assert caught.value.bound_ms == 5_000
    assert snapshot(workspace) == before
    assert len(rows) == seen
    workspace.handle(commands.AcceptReservation(0), 5_000)


def test_an_unfired_forgetting_bars_the_way_too() -> None:
    # Fired after the command, its row would be stamped with a time that has gone by.
    rows: list[RowTuple] = []
    workspace = SETTING.workspace(rows.append)
    workspace.handle(CREATE, 0)
    workspace.handle(commands.CancelTask(0), 0)
    with pytest.raises(ClockError) as caught:
        workspace.handle(CREATE, 300_001)
    assert caught.value.bound_ms == 300_000
    workspace.advance(300_001)
    workspace.handle(CREATE, 300_001)
    stamps = [row[0] for row in rows]
    assert stamps == sorted(stamps)


def test_a_forgetting_without_an_object_bars_nothing() -> None:
    workspace = SETTING.workspace(lambda row: None)
    workspace.handle(CREATE, 0)
    workspace.handle(commands.CancelTask(0), 0)
    workspace.handle(commands.DeleteTask(0), 1)
    assert workspace.handle(CREATE, 300_001) == 1


def test_deadlines_are_stamped_with_their_own_instants() -> None:
    rows: list[RowTuple] = []
    workspace = SETTING.workspace(rows.append)
    workspace.handle(CREATE, 0)
    workspace.advance(1_000_000)
    later = [(row[0], EventType(row[1]).label) for row in rows if row[0] > 0]
    assert later == [
        (5_000, "reservation.timeout"),
        (5_000, "worker.activity.update"),
        (5_000, "reservation.timeout"),
        (5_000, "worker.activity.update"),
        (60_000, "task-queue.timeout"),
        (60_000, "workflow.timeout"),
        (60_000, "task.canceled"),
        (360_000, "task.purged"),
    ]


def test_advancing_to_an_instant_leaves_its_deadlines_for_later() -> None:
    workspace = SETTING.workspace(lambda row: None)
    workspace.handle(CREATE, 0)
    workspace.advance(5_000)
    assert workspace.next_deadline() == 5_000
    workspace.handle(commands.AcceptReservation(1), 5_000)


def test_it_answers_with_the_number_of_the_task_created() -> None:
    workspace = SETTING.workspace(lambda row: None)
    assert workspace.handle(CREATE, 0) == 0
    assert workspace.handle(CREATE._replace(attributes=1), 0) is None  # refused: no filter
    assert workspace.handle(CREATE, 0) == 1
    assert workspace.handle(commands.AcceptReservation(0), 0) is None


def test_what_is_no_command_is_refused() -> None:
    workspace = SETTING.workspace(lambda row: None)
    with pytest.raises(InvalidCommand, match="is not a command"):
        workspace.handle(cast(commands.Command, ("accept", 0)), 0)


def test_a_batch_has_consecutive_numbers_and_one_count() -> None:
    rows: list[RowTuple] = []
    workspace = SETTING.workspace(rows.append)
    workspace.handle(CREATE, 0)
    ledger = workspace.ledger
    assert (ledger.task_first_reservation[0], ledger.task_reservations[0]) == (0, 2)
    assert (ledger.task_attempts[0], ledger.task_open_reservations[0]) == (1, 2)
    workspace.handle(commands.RejectReservation(0), 1)
    workspace.handle(commands.RejectReservation(1), 2)  # both are asked again
    assert (ledger.task_first_reservation[0], ledger.task_reservations[0]) == (2, 2)
    assert (ledger.task_attempts[0], ledger.task_open_reservations[0]) == (2, 2)
    offers = [Row._make(row) for row in rows if row[1] == EventType.RESERVATION_CREATED]
    assert [(row.reservation, row.worker, row.until_ms) for row in offers] == [
        (0, 0, 5_000),
        (1, 1, 5_000),
        (2, 0, 5_002),
        (3, 1, 5_002),
    ]


def test_single_tasking_needs_activities_for_its_queues() -> None:
    broken = Setting(
        available=(True, False),
        timeout_activity=1,
        n_channels=1,
        n_kinds=1,
        queues=(Queue((0,)),),
        flows=SETTING.flows,
        workers=(Worker(0),),
        multi_task=False,
    )
    with pytest.raises(AssertionError, match="single-tasking"):
        broken.workspace(lambda row: None)


@pytest.mark.parametrize("reject", [False, True])
def test_entering_the_present_activity_is_no_event(reject: bool) -> None:
    rows: list[RowTuple] = []
    workspace = SETTING.workspace(rows.append)
    workspace.handle(commands.SetActivity(0, 2), 0)
    seen = len(rows)
    workspace.handle(commands.SetActivity(0, 2, reject), 1)
    assert len(rows) == seen
