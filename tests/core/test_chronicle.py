"""The checker of rows notices every kind of forged history."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.core.setting import Branch, Flow, Queue, Setting, Step, Worker
from trsim.core import commands
from trsim.core.chronicle import Chronicle
from trsim.core.events import EventType, Row
from trsim.core.invariants import InvariantBroken
from trsim.core.lifecycle import TASK_TABLE
from trsim.core.moves import MOVES
from trsim.core.states import REMOVED, ReservationStatus, TaskStatus
from trsim.core.writer import RowTuple
from trsim.routing.router import WorkflowRouter

SETTING = Setting(
    available=(True, False),
    timeout_activity=1,
    n_channels=1,
    n_kinds=1,
    queues=(Queue((0, 1), max_reserved=2),),
    flows=(Flow(5_000, (Branch((0,), (Step(0, timeout_s=30),)),)),),
    workers=(Worker(0), Worker(0), Worker(0)),
)
CREATE = commands.CreateTask(0, 0, 0, ttl_ms=40_000)


def history() -> list[Row]:
    """Return the rows of a short day: an offer refused, one accepted, one missed, a timeout."""
    rows: list[RowTuple] = []
    workspace = SETTING.workspace(rows.append)
    steps: list[tuple[int, commands.Command]] = [
        (0, CREATE),
        (1_000, commands.RejectReservation(0)),
        (2_000, commands.AcceptReservation(1)),
        (3_000, CREATE._replace(priority=4)),
        (3_000, CREATE),
        (9_000, commands.WrapUpTask(0)),
        (10_000, commands.CompleteTask(0)),
    ]
    for now_ms, command in steps:
        workspace.advance(now_ms)
        workspace.handle(command, now_ms)
    workspace.advance(10**6)
    return [Row._make(row) for row in rows]


def read(rows: list[Row]) -> None:
    chronicle = Chronicle(SETTING.spec(), WorkflowRouter(SETTING.routing()))
    for row in rows:
        chronicle.feed(row)
    chronicle.close()


def test_the_true_history_passes() -> None:
    read(history())


def find(rows: list[Row], event: EventType) -> int:
    return next(i for i, row in enumerate(rows) if row.event == event)


def _forge(event: EventType, **fields: int) -> Callable[[list[Row]], None]:
    def forge(rows: list[Row]) -> None:
        place = find(rows, event)
        rows[place] = rows[place]._replace(**fields)

    return forge


def _later(event: EventType) -> Callable[[list[Row]], None]:
    def forge(rows: list[Row]) -> None:
        place = find(rows, event)
        rows[place:] = [row._replace(at_ms=row.at_ms + 1) for row in rows[place:]]

    return forge


def _drop(event: EventType) -> Callable[[list[Row]], None]:
    def forge(rows: list[Row]) -> None:
        del rows[find(rows, event)]

    return forge


E, T, R = EventType, TaskStatus, ReservationStatus
FORGERIES: dict[str, tuple[str, Callable[[list[Row]], None]]] = {
    "time goes back": ("the_clock_never_goes_back", _forge(E.TASK_COMPLETED, at_ms=8_999)),
    "a task number is skipped": ("numbers_have_no_gaps", _forge(E.TASK_CREATED, task=1)),
    "an offer number is used twice": (
        "numbers_have_no_gaps",
        _drop(E.RESERVATION_CREATED),
    ),
    "a task is completed unassigned": ("only_legal_moves", _drop(E.RESERVATION_ACCEPTED)),
    "a task ends in the wrong status": (
        "only_legal_moves",
        _forge(E.TASK_COMPLETED, task_status=T.CANCELED),
    ),
    "an offer ends in the wrong status": (
        "only_legal_moves",
        _forge(E.RESERVATION_REJECTED, reservation_status=R.TIMEOUT),
    ),
    "a worker row names a task": ("only_legal_moves", _forge(E.WORKER_ACTIVITY_UPDATE, task=0)),
    "returned too early": (
        "the_last_failure_returns_the_task",
        _forge(E.RESERVATION_REJECTED, task_status=T.PENDING),
    ),
    "asked outside the queue": (
        "only_eligible_workers_are_asked",
        _forge(E.RESERVATION_CREATED, worker=2),
    ),
    "asked though unavailable": (
        "only_eligible_workers_are_asked",
        _forge(E.WORKER_CREATED, activity=1),
    ),
    "passed over the idler worker": (
        "the_first_task_gets_the_best_worker",
        _forge(E.RESERVATION_CREATED, worker=1),
    ),
    "timer early or late": ("deadlines_are_exact", _later(E.RESERVATION_TIMEOUT)),
    "target left late": ("deadlines_are_exact", _later(E.TASK_QUEUE_TIMEOUT)),
    "forgotten late": ("deadlines_are_exact", _later(E.TASK_PURGED)),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_is_noticed_by_name(forgery: str) -> None:
    name, forge = FORGERIES[forgery]
    rows = history()
    forge(rows)
    with pytest.raises(InvariantBroken) as caught:
        read(rows)
    assert caught.value.name == name


def test_work_in_hand_ends_only_with_its_task() -> None:
    rows = history()
    accepted = rows[find(rows, E.RESERVATION_ACCEPTED)]
    rows.insert(
        find(rows, E.RESERVATION_ACCEPTED) + 1,
        accepted._replace(
            event=E.RESERVATION_CANCELED,
            task_status=T.ASSIGNED,
            reservation_status=R.CANCELED,
        ),
    )
    with pytest.raises(InvariantBroken) as caught:
        read(rows)
    assert caught.value.name == "only_legal_moves"


def test_an_answer_after_its_deadline_is_noticed() -> None:
    rows = history()
    place = find(rows, E.RESERVATION_ACCEPTED)
    rows[place:] = [row._replace(at_ms=row.at_ms + 3_001) for row in rows[place:]]
    with pytest.raises(InvariantBroken) as caught:
        read(rows)
    assert caught.value.name == "nothing_happens_after_its_deadline"


def chronicle_until(event: EventType) -> Chronicle:
    rows = history()
    chronicle = Chronicle(SETTING.spec(), WorkflowRouter(SETTING.routing()))
    for row in rows[: find(rows, event) + 1]:
        chronicle.feed(row)
    return chronicle


def test_a_loser_left_over_is_noticed() -> None:
    chronicle = Chronicle(SETTING.spec(), WorkflowRouter(SETTING.routing()))
    rows: list[RowTuple] = []
    workspace = SETTING.workspace(rows.append)
    workspace.handle(CREATE, 0)
    workspace.handle(commands.AcceptReservation(0), 0)
    for row in rows[:-1]:  # all but the rescission
        chronicle.feed(row)
    with pytest.raises(InvariantBroken) as caught:
        chronicle.settle(0, chronicle.next_deadline())
    assert caught.value.name == "a_command_leaves_nothing_half_done"


def test_a_wrong_wake_up_is_noticed() -> None:
    chronicle = chronicle_until(E.RESERVATION_REJECTED)
    assert chronicle.next_deadline() == 5_000
    chronicle.settle(1_000, 5_000)
    with pytest.raises(InvariantBroken) as caught:
        chronicle.settle(1_000, 30_000)
    assert caught.value.name == "the_core_wakes_at_the_earliest_deadline"


def test_a_missed_deadline_is_noticed() -> None:
    chronicle = chronicle_until(E.RESERVATION_REJECTED)
    with pytest.raises(InvariantBroken) as caught:
        chronicle.settle(5_001, 5_000)
    assert caught.value.name == "no_deadline_was_missed"


def test_a_queue_entered_and_never_left_is_noticed() -> None:
    rows = history()
    _drop(E.TASK_QUEUE_ENTERED)(rows)
    with pytest.raises(InvariantBroken) as caught:
        read(rows)
    assert caught.value.name == "the_accounts_balance"


def test_the_moves_listed_here_are_those_of_the_tables() -> None:
    listed = {pair for move in MOVES.values() for pair in move.task if pair[0] != pair[1]}
    tables = {
        (-1 if before is None else int(before), REMOVED if after is None else int(after))
        for before, steps in TASK_TABLE.items()
        for after in steps.values()
    }
    assert listed == tables
