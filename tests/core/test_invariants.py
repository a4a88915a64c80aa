"""Every invariant notices its breach: a healthy state with one fact spoilt, one test each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from tests.core.setting import Branch, Flow, Queue, Setting, Step, Worker
from trsim.core import commands
from trsim.core.invariants import INVARIANTS, InvariantBroken, check_structure
from trsim.core.ledger import Ledger
from trsim.core.spec import RoutingRules
from trsim.core.states import ReservationStatus, TaskStatus
from trsim.core.workspace import Workspace
from trsim.routing.router import WorkflowRouter

MULTI = Setting(
    available=(True, False),
    timeout_activity=1,
    n_channels=1,
    n_kinds=2,
    queues=(Queue((0, 1, 2), max_reserved=2), Queue(())),
    flows=(Flow(5_000, (Branch((0,), (Step(0, timeout_s=9),)), Branch((1,), (Step(1),)))),),
    workers=(Worker(0, (2,)), Worker(0, (1,)), Worker(0, (3,))),
    rules=RoutingRules(assignment_limit=3),
)
SINGLE = Setting(
    available=(True, False),
    timeout_activity=1,
    n_channels=1,
    n_kinds=2,
    queues=(Queue((0, 1, 2), 2, 1, 1), Queue((), 1, 1, 1)),
    flows=MULTI.flows,
    workers=MULTI.workers,
    multi_task=False,
)


class Healthy:
    """A workspace with a reserved, an assigned and a waiting task, 0, 1 and 2."""

    def __init__(self, setting: Setting) -> None:
        self.spec = setting.spec()
        self.router = WorkflowRouter(setting.routing())
        workspace = Workspace(self.spec, self.router, lambda row: None)
        workspace.handle(commands.CreateTask(0, 0, 0), 0)
        workspace.handle(commands.CreateTask(0, 0, 0), 1)
        workspace.handle(commands.AcceptReservation(2), 2)
        workspace.handle(commands.CreateTask(0, 0, 1), 3)
        self.workspace, self.ledger = workspace, workspace.ledger

    def check(self) -> None:
        check_structure(self.ledger, self.spec, self.router, now_ms=3)


@pytest.mark.parametrize("setting", [MULTI, SINGLE], ids=["multi", "single"])
def test_a_healthy_state_passes(setting: Setting) -> None:
    Healthy(setting).check()


def _spoil(column: str, index: int, value: object) -> Callable[[Ledger], None]:
    def spoil(ledger: Ledger) -> None:
        getattr(ledger, column)[index] = value

    return spoil


def _lost_wake_up(ledger: Ledger) -> None:
    # Task 0's batch vanishes without a match being tried.
    for reservation in (0, 1):
        ledger.reservation_status[reservation] = ReservationStatus.REJECTED
        worker = ledger.reservation_worker[reservation]
        ledger.worker_reservations[worker].remove(reservation)
        ledger.channel_load[worker] -= 1
    ledger.task_open_reservations[0] = 0
    ledger.task_status[0] = TaskStatus.PENDING


def _one_worker_twice(ledger: Ledger) -> None:
    ledger.reservation_worker[1] = 0


BREACHES: dict[str, tuple[str, Callable[[Ledger], None]]] = {
    "no such worker": ("every_number_names_something", _spoil("reservation_worker", 3, 3)),
    "negative activity": ("every_number_names_something", _spoil("worker_activity", 0, -1)),
    "pending, yet reserved": (
        "a_task_status_follows_from_its_reservations",
        _spoil("task_status", 0, TaskStatus.PENDING),
    ),
    "assigned, yet nobody accepted": (
        "a_task_status_follows_from_its_reservations",
        _spoil("task_status", 0, TaskStatus.ASSIGNED),
    ),
    "loser not rescinded": (
        "a_task_status_follows_from_its_reservations",
        _spoil("reservation_status", 3, ReservationStatus.PENDING),
    ),
    "canceled, yet offers open": (
        "a_task_status_follows_from_its_reservations",
        _spoil("task_status", 0, TaskStatus.CANCELED),
    ),
    "holder forgotten": ("a_task_has_one_winner", _spoil("task_holder", 1, -1)),
    "one worker asked twice": ("a_batch_is_one_offer_to_several", _one_worker_twice),
    "timers differ": (
        "a_batch_is_one_offer_to_several",
        _spoil("reservation_expires_ms", 1, 6_000),
    ),
    "more attempts than allowed": (
        "a_batch_is_one_offer_to_several",
        _spoil("task_attempts", 0, 4),
    ),
    "batch of three": ("a_batch_is_one_offer_to_several", _spoil("task_reservations", 0, 3)),
    "load miscounted": ("counts_agree_with_the_reservations", _spoil("channel_load", 0, 0)),
    "open offers miscounted": (
        "counts_agree_with_the_reservations",
        _spoil("task_open_reservations", 0, 1),
    ),
    "reservation unknown to its worker": (
        "counts_agree_with_the_reservations",
        _spoil("worker_reservations", 0, []),
    ),
    "wrong queue": ("a_task_stands_where_its_step_says", _spoil("task_queue", 2, 0)),
    "wrong deadline": ("a_task_stands_where_its_step_says", _spoil("task_deadline_ms", 0, 9_001)),
    "free worker beside a waiting task": (
        "no_free_worker_beside_a_task_it_could_serve",
        _lost_wake_up,
    ),
    "created in the future of a later one": (
        "numbers_follow_time",
        _spoil("task_created_ms", 2, 0),
    ),
}


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_noticed_by_name(breach: str) -> None:
    name, spoil = BREACHES[breach]
    state = Healthy(MULTI)
    spoil(state.ledger)
    with pytest.raises(InvariantBroken) as caught:
        state.check()
    assert caught.value.name == name
    assert caught.value.facts


def test_single_tasking_notices_a_second_reservation() -> None:
    state = Healthy(SINGLE)
    state.workspace.handle(commands.CreateTask(0, 0, 0), 3)
    state.workspace.handle(commands.SetActivity(2, 1), 3)
    state.ledger.reservation_worker[0] = 1
    with pytest.raises(InvariantBroken) as caught:
        state.check()
    assert caught.value.name == "single_tasking_means_one_reservation"


def test_a_line_left_to_look_at_is_noticed() -> None:
    state = Healthy(MULTI)
    cast(Any, state.router).stirred.append(1)  # whatever it is: there has to be nothing
    with pytest.raises(InvariantBroken) as caught:
        state.check()
    assert caught.value.name == "nothing_is_left_to_match"


def test_every_invariant_has_a_breach_here_and_a_statement() -> None:
    here = {name for name, _ in BREACHES.values()}
    here |= {"single_tasking_means_one_reservation", "nothing_is_left_to_match"}
    assert here == {invariant.__name__ for invariant in INVARIANTS}
    assert all(invariant.__doc__ for invariant in INVARIANTS)


def test_the_message_has_name_statement_and_facts() -> None:
    broken = InvariantBroken(INVARIANTS[1], task=3, status=1)
    assert str(broken) == (
        "a_task_status_follows_from_its_reservations: A task is reserved, assigned or wrapping "
        "by its live reservations, else it has none.  Found: task = 3, status = 1"
    )
