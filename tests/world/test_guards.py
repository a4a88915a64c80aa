"""Guards: every condition against every status."""

from __future__ import annotations

import pytest

from tests.world.setting import Columns
from trsim.core.states import REMOVED, ReservationStatus, TaskStatus
from trsim.world.due import Guard
from trsim.world.guards import conditions

TASKS = {
    Guard.TASK_OPEN: {TaskStatus.PENDING, TaskStatus.RESERVED},
    Guard.TASK_HELD: {TaskStatus.ASSIGNED, TaskStatus.WRAPPING},
    Guard.NEVER_RESERVED: {TaskStatus.PENDING},
    Guard.TASK_UNFINISHED: {
        TaskStatus.PENDING,
        TaskStatus.RESERVED,
        TaskStatus.ASSIGNED,
        TaskStatus.WRAPPING,
    },
}


def never_away(_worker: int, _stamp: int) -> bool:
    return False


def holds(guard: Guard, subject: int, view: Columns) -> bool:
    return conditions(view, never_away)[guard](subject, -1)


@pytest.mark.parametrize("guard", TASKS)
@pytest.mark.parametrize("status", [*TaskStatus, REMOVED])
def test_guards_on_tasks(guard: Guard, status: int) -> None:
    view = Columns(task_status={1: status}, task_attempts={1: 0})
    assert holds(guard, 1, view) is (status in TASKS[guard])


@pytest.mark.parametrize("status", ReservationStatus)
def test_guard_on_a_reservation(status: ReservationStatus) -> None:
    view = Columns(reservation_status={0: status})
    expected = status is ReservationStatus.PENDING
    assert holds(Guard.RESERVATION_PENDING, 0, view) is expected


def test_a_task_that_was_offered_once_does_not_balk() -> None:
    view = Columns(task_status={0: TaskStatus.PENDING}, task_attempts={0: 1})
    assert not holds(Guard.NEVER_RESERVED, 0, view)


def test_always() -> None:
    assert holds(Guard.ALWAYS, -1, Columns())


def test_the_absences_decide_whether_a_worker_is_still_away() -> None:
    asked = []

    def still_away(worker: int, stamp: int) -> bool:
        asked.append((worker, stamp))
        return True

    assert conditions(Columns(), still_away)[Guard.STILL_AWAY](3, 7)
    assert asked == [(3, 7)]
