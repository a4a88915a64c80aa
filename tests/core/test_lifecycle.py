"""The tables, exhaustively: every joint state of a task and its reservation × every command.

Each joint state is reached in a real workspace.  What a legal command does is written down here,
apart from the core's tables; everything not written down has to be refused without a trace.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from itertools import product
from typing import NamedTuple

import pytest

from tests.core.setting import Branch, Flow, Queue, Setting, Step, Worker
from trsim.core import commands
from trsim.core.events import EventType, Row
from trsim.core.ledger import Ledger
from trsim.core.lifecycle import (
    GONE,
    ILLEGAL,
    JOINT_TABLE,
    RESERVATION_NEXT,
    RESERVATION_TABLE,
    TASK_NEXT,
    TASK_TABLE,
    Siblings,
)
from trsim.core.states import (
    REMOVED,
    TERMINAL_RESERVATION,
    ReservationStatus,
    ReservationStep,
    TaskStatus,
    TaskStep,
)
from trsim.core.workspace import Workspace
from trsim.core.writer import RowTuple
from trsim.errors import CommandError, IllegalTransition, InvalidCommand, UnknownObject

AVAILABLE, OFFLINE, AWAY = 0, 1, 2
SETTING = Setting(
    available=(True, False, False),
    timeout_activity=OFFLINE,
    n_channels=1,
    n_kinds=1,
    queues=(Queue((0, 1), max_reserved=2),),
    flows=(Flow(5_000, (Branch((0,), (Step(0),)),)),),
    workers=(Worker(OFFLINE), Worker(OFFLINE)),
)
CREATE = commands.CreateTask(0, 0, 0)


class Play:
    """A workspace with one task, number 0, and at most one batch, reservations 0 and 1."""

    def __init__(self) -> None:
        self.rows: list[RowTuple] = []
        self.workspace = SETTING.workspace(self.rows.append)
        self.now_ms = 0

    def do(self, *asked: commands.Command) -> Play:
        for command in asked:
            self.now_ms += 1
            self.workspace.advance(self.now_ms)
            self.workspace.handle(command, self.now_ms)
        return self

    def wait(self, duration_ms: int) -> Play:
        self.now_ms += duration_ms
        self.workspace.advance(self.now_ms)
        return self

    def offered(self, *workers: int) -> Play:
        """Offer the task to workers, who then go offline: no later offer blurs the picture."""
        self.do(*(commands.SetActivity(worker, AVAILABLE) for worker in workers), CREATE)
        return self.do(*(commands.SetActivity(worker, OFFLINE) for worker in workers))


def _accepted() -> Play:
    return Play().offered(0).do(commands.AcceptReservation(0))


def _completed() -> Play:
    return _accepted().do(commands.CompleteTask(0))


JOINT_STATES: dict[tuple[str, str], Callable[[], Play]] = {
    ("pending", "none"): lambda: Play().do(CREATE),
    ("pending", "rejected"): lambda: Play().offered(0).do(commands.RejectReservation(0)),
    ("pending", "timeout"): lambda: Play().offered(0).wait(6_000),
    ("pending", "canceled"): lambda: Play().offered(0).do(commands.CancelReservation(0)),
    ("reserved", "pending"): lambda: Play().offered(0),
    ("reserved", "rejected"): lambda: Play().offered(0, 1).do(commands.RejectReservation(0)),
    ("reserved", "canceled"): lambda: Play().offered(0, 1).do(commands.CancelReservation(0)),
    ("assigned", "accepted"): _accepted,
    ("assigned", "rescinded"): lambda: Play().offered(0, 1).do(commands.AcceptReservation(1)),
    ("assigned", "rejected"): lambda: (
        Play().offered(0, 1).do(commands.RejectReservation(0), commands.AcceptReservation(1))
    ),
    ("wrapping", "wrapping"): lambda: _accepted().do(commands.WrapUpTask(0)),
    ("completed", "completed"): _completed,
    ("canceled", "none"): lambda: Play().do(CREATE, commands.CancelTask(0)),
    ("canceled", "canceled"): lambda: Play().offered(0).do(commands.CancelTask(0)),
    ("removed", "none"): lambda: Play().do(CREATE, commands.DeleteTask(0)),
    ("removed", "canceled"): lambda: Play().offered(0).do(commands.DeleteTask(0)),
    ("removed", "completed"): lambda: _completed().wait(300_001),
}
"""Task and its reservation 0, by name, and how to get there."""

COMMANDS: dict[str, commands.Command] = {
    "create": CREATE,
    "accept": commands.AcceptReservation(0),
    "reject": commands.RejectReservation(0),
    "cancel reservation": commands.CancelReservation(0),
    "wrap up": commands.WrapUpTask(0),
    "complete": commands.CompleteTask(0),
    "cancel task": commands.CancelTask(0),
    "delete": commands.DeleteTask(0),
    "set activity": commands.SetActivity(0, AWAY),
}


class Outcome(NamedTuple):
    """What a legal command makes of task and reservation, and the rows it writes."""

    task: str
    reservation: str
    rows: tuple[str, ...]


_CREATED = (
    "task.created",
    "workflow.entered",
    "workflow.target-matched",
    "task-queue.entered",
)
_ENDED = ("task.completed", "reservation.completed", "task.updated")
LEGAL: dict[tuple[str, str, str], Outcome] = {
    ("reserved", "pending", "accept"): Outcome("assigned", "accepted", ("reservation.accepted",)),
    ("reserved", "pending", "reject"): Outcome("pending", "rejected", ("reservation.rejected",)),
    ("reserved", "pending", "cancel reservation"): Outcome(
        "pending", "canceled", ("reservation.canceled",)
    ),
    ("assigned", "accepted", "wrap up"): Outcome(
        "wrapping", "wrapping", ("task.wrapup", "reservation.wrapup")
    ),
    ("assigned", "rescinded", "wrap up"): Outcome(
        "wrapping", "rescinded", ("task.wrapup", "reservation.wrapup")
    ),
    ("assigned", "rejected", "wrap up"): Outcome(
        "wrapping", "rejected", ("task.wrapup", "reservation.wrapup")
    ),
    ("assigned", "accepted", "complete"): Outcome("completed", "completed", _ENDED),
    ("assigned", "rescinded", "complete"): Outcome("completed", "rescinded", _ENDED),
    ("assigned", "rejected", "complete"): Outcome("completed", "rejected", _ENDED),
    ("wrapping", "wrapping", "complete"): Outcome("completed", "completed", _ENDED),
}
for _task, _reservation in JOINT_STATES:
    LEGAL[_task, _reservation, "create"] = Outcome(_task, _reservation, _CREATED)
    LEGAL[_task, _reservation, "set activity"] = Outcome(
        _task, _reservation, ("worker.activity.update",)
    )
    if _task in ("pending", "reserved"):
        # In the batch of two it is the other reservation that ends with the task.
        _offers = ("reservation.canceled",) if _task == "reserved" else ()
        _after = "canceled" if _reservation == "pending" else _reservation
        LEGAL[_task, _reservation, "cancel task"] = Outcome(
            "canceled", _after, ("task.canceled", *_offers)
        )
    if _task != "removed":
        _live = _task in ("reserved", "assigned", "wrapping")
        _ends = _reservation in ("pending", "accepted", "wrapping")
        LEGAL[_task, _reservation, "delete"] = Outcome(
            "removed",
            "canceled" if _ends else _reservation,
            ("task.deleted", *(("reservation.canceled",) if _live else ())),
        )

ALLOWED = {
    "accept": ("pending",),
    "reject": ("pending",),
    "cancel reservation": ("pending",),
    "wrap up": ("assigned",),
    "complete": ("assigned", "wrapping"),
    "cancel task": ("pending", "reserved"),
}
POSSIBLE = {
    "task": {
        "pending": {"reserve", "cancel", "delete"},
        "reserved": {"release", "assign", "cancel", "delete"},
        "assigned": {"wrap up", "complete", "delete", "expire"},
        "wrapping": {"complete", "delete", "expire"},
        "completed": {"delete", "purge"},
        "canceled": {"delete", "purge"},
    },
    "reservation": {
        "pending": {"accept", "reject", "time out", "cancel", "rescind"},
        "accepted": {"wrap up", "complete", "cancel"},
        "wrapping": {"complete", "cancel"},
    },
}


def snapshot(workspace: Workspace) -> dict[str, object]:
    """Return a deep copy of every column of a ledger, and the next deadline."""
    columns = {name: deepcopy(getattr(workspace.ledger, name)) for name in Ledger.__slots__}
    return {**columns, "next_deadline": workspace.next_deadline()}


def joint_state(play: Play) -> tuple[str, str]:
    """Return what the rows say last of task 0 and of its first reservation."""
    rows = [Row._make(row) for row in play.rows]
    task = [row.task_status for row in rows if row.task == 0][-1]
    offers = [row.reservation_status for row in rows if row.reservation == 0]
    ledger = play.workspace.ledger
    assert ledger.task_status.get(0, -1) == task
    if task >= 0 and offers:
        assert ledger.reservation_status[0] == offers[-1]
    return (
        "removed" if task < 0 else TaskStatus(task).label,
        ReservationStatus(offers[-1]).label if offers else "none",
    )


CASES = [(*joint, name) for joint, name in product(JOINT_STATES, COMMANDS)]


@pytest.mark.parametrize("joint", JOINT_STATES)
def test_the_joint_states_are_reached(joint: tuple[str, str]) -> None:
    assert joint_state(JOINT_STATES[joint]()) == joint


@pytest.mark.parametrize("case", [case for case in CASES if case in LEGAL], ids=" / ".join)
def test_a_legal_command_does_what_the_table_says(case: tuple[str, str, str]) -> None:
    play = JOINT_STATES[case[:2]]()
    seen = len(play.rows)
    play.do(COMMANDS[case[2]])
    expected = LEGAL[case]
    assert joint_state(play) == (expected.task, expected.reservation)
    rows = [Row._make(row) for row in play.rows[seen:]]
    assert tuple(EventType(row.event).label for row in rows) == expected.rows
    assert {row.at_ms for row in rows} == {play.now_ms}


@pytest.mark.parametrize("case", [case for case in CASES if case not in LEGAL], ids=" / ".join)
def test_an_illegal_command_is_refused_without_a_trace(case: tuple[str, str, str]) -> None:
    task, reservation, command = case
    play = JOINT_STATES[task, reservation]()
    play.wait(1)
    before, seen = snapshot(play.workspace), len(play.rows)
    with pytest.raises(CommandError) as caught:
        play.workspace.handle(COMMANDS[command], play.now_ms)
    assert snapshot(play.workspace) == before
    assert len(play.rows) == seen

    of_reservation = command in ("accept", "reject", "cancel reservation")
    error = caught.value
    if task == "removed" or (of_reservation and reservation == "none"):
        assert isinstance(error, UnknownObject)
        assert (error.kind, error.identity) == ("reservation" if of_reservation else "task", 0)
        assert error.http_status == 404
        return
    assert isinstance(error, IllegalTransition)
    kind, status = ("reservation", reservation) if of_reservation else ("task", task)
    assert error.subject == ("reservation 0 of task 0" if of_reservation else "task 0")
    assert error.status == status
    assert error.command == command.removesuffix(" reservation").removesuffix(" task")
    assert error.allowed == ALLOWED[command]
    assert set(error.possible) == POSSIBLE[kind].get(status, set())
    gone = command == "accept" and reservation == "rescinded"
    assert error.http_status == (410 if gone else 400)


def test_an_error_names_object_status_command_and_what_is_allowed() -> None:
    play = JOINT_STATES["assigned", "accepted"]()
    with pytest.raises(IllegalTransition) as caught:
        play.do(commands.CancelTask(0))
    assert str(caught.value) == (
        "cannot cancel task 0: it is assigned; only pending or reserved allows that; "
        "possible now: wrap up, complete, delete, expire"
    )


WRONG_VALUES: dict[str, tuple[commands.Command, type[CommandError]]] = {
    "workflow": (CREATE._replace(workflow=1), UnknownObject),
    "negative workflow": (CREATE._replace(workflow=-1), UnknownObject),
    "channel": (CREATE._replace(channel=1), UnknownObject),
    "negative channel": (CREATE._replace(channel=-1), UnknownObject),
    "attribute set": (CREATE._replace(attributes=1), UnknownObject),
    "negative attribute set": (CREATE._replace(attributes=-1), UnknownObject),
    "priority": (CREATE._replace(priority=2**31), InvalidCommand),
    "negative priority": (CREATE._replace(priority=-1), InvalidCommand),
    "time to live": (CREATE._replace(ttl_ms=0), InvalidCommand),
    "long time to live": (CREATE._replace(ttl_ms=1_209_600_001), InvalidCommand),
    "task": (commands.CompleteTask(1), UnknownObject),
    "negative task": (commands.DeleteTask(-1), UnknownObject),
    "reservation": (commands.AcceptReservation(1), UnknownObject),
    "negative reservation": (commands.RejectReservation(-1), UnknownObject),
    "activity of a rejection": (commands.RejectReservation(0, 3), UnknownObject),
    "worker": (commands.SetActivity(2, 0), UnknownObject),
    "negative worker": (commands.SetActivity(-1, 0), UnknownObject),
    "activity": (commands.SetActivity(0, 3), UnknownObject),
    "negative activity": (commands.SetActivity(0, -1), UnknownObject),
    "rejecting into availability": (commands.SetActivity(0, AVAILABLE, True), InvalidCommand),
}


@pytest.mark.parametrize("name", WRONG_VALUES)
def test_wrong_values_are_refused_without_a_trace(name: str) -> None:
    command, kind = WRONG_VALUES[name]
    play = JOINT_STATES["reserved", "pending"]()
    before, seen = snapshot(play.workspace), len(play.rows)
    with pytest.raises(kind):
        play.workspace.handle(command, play.now_ms)
    assert snapshot(play.workspace) == before
    assert len(play.rows) == seen


def test_bounds_are_inclusive() -> None:
    play = Play()
    play.do(CREATE._replace(priority=2**31 - 1, ttl_ms=1_209_600_000), CREATE._replace(ttl_ms=1))
    assert play.workspace.ledger.task_status == dict.fromkeys((0, 1), TaskStatus.PENDING)


def test_the_compiled_tables_are_the_tables() -> None:
    for status, step in product(TaskStatus, TaskStep):
        target = TASK_TABLE[status].get(step, ILLEGAL)
        assert TASK_NEXT[status][step] == (GONE if target is None else target)
    for offer, move in product(ReservationStatus, ReservationStep):
        assert RESERVATION_NEXT[offer][move] == RESERVATION_TABLE[offer].get(move, ILLEGAL)
    assert TASK_NEXT[REMOVED] == [ILLEGAL] * len(TaskStep)


def test_terminal_reservations_have_no_way_out() -> None:
    assert {status for status in ReservationStatus if not RESERVATION_TABLE[status]} == (
        TERMINAL_RESERVATION
    )


@pytest.mark.parametrize("siblings", Siblings)
@pytest.mark.parametrize("step", JOINT_TABLE)
def test_what_the_end_of_a_reservation_does_to_its_task(
    step: ReservationStep, siblings: Siblings
) -> None:
    play = Play().offered(0, 1)
    others_open = siblings is Siblings.OTHERS_OPEN
    if not others_open:
        play.do(commands.RejectReservation(1))
    if step is ReservationStep.TIME_OUT:
        # Both of a batch have the same timer: the first row shows the task still reserved.
        play.wait(6_000)
        timeouts = [row for row in play.rows if row[1] == EventType.RESERVATION_TIMEOUT]
        status = Row._make(timeouts[0]).task_status
    else:
        asked: dict[ReservationStep, commands.Command] = {
            ReservationStep.ACCEPT: commands.AcceptReservation(0),
            ReservationStep.REJECT: commands.RejectReservation(0),
            ReservationStep.CANCEL: commands.CancelReservation(0),
        }
        play.do(asked[step])
        status = play.workspace.ledger.task_status[0]
    consequence = JOINT_TABLE[step][siblings]
    expected = {
        TaskStep.ASSIGN: TaskStatus.ASSIGNED,
        TaskStep.RELEASE: TaskStatus.PENDING,
        None: TaskStatus.RESERVED,
    }
    assert status == expected[consequence]
    assert (consequence is None) == (others_open and step is not ReservationStep.ACCEPT)
