"""Whether something intended earlier is still meant when its instant comes.

Only what the core's state decides is looked at here; whether a worker is still away is known to
:mod:`trsim.world.absences`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from trsim.core.codes import (
    RESERVATION_PENDING,
    TASK_ASSIGNED,
    TASK_PENDING,
    TASK_RESERVED,
    TASK_WRAPPING,
)
from trsim.world.due import Guard

# Bound to names of the module: looking up a member of an enum costs as much as the rest.
_ALWAYS, _NEVER_RESERVED, _TASK_OPEN = Guard.ALWAYS, Guard.NEVER_RESERVED, Guard.TASK_OPEN
_TASK_HELD, _RESERVATION_PENDING = Guard.TASK_HELD, Guard.RESERVATION_PENDING
_OPEN = (TASK_PENDING, TASK_RESERVED)
_HELD = (TASK_ASSIGNED, TASK_WRAPPING)


class View(Protocol):
    """What guards read of the core's state; every column is indexed by number.

    The core's :class:`~trsim.core.ledger.Ledger` is one.
    """

    @property
    def reservation_status(self) -> Sequence[int]:
        """Statuses of all reservations ever made."""

    @property
    def task_status(self) -> Sequence[int]:
        """Statuses of all tasks ever created, removed ones included."""

    @property
    def task_attempts(self) -> Sequence[int]:
        """Batches of reservations made so far for each task."""


def holds(guard: Guard, subject: int, view: View) -> bool:
    """Return whether a guard's condition holds.

    Parameters
    ----------
    guard : Guard
        The condition; any but :attr:`~trsim.world.due.Guard.STILL_AWAY`.
    subject : int
        Number of the task or reservation it looks at.
    view : View
        The core's state.
    """
    if guard is _RESERVATION_PENDING:
        return view.reservation_status[subject] == RESERVATION_PENDING
    if guard is _ALWAYS:
        return True
    status = view.task_status[subject]
    if guard is _TASK_HELD:
        return status in _HELD
    if guard is _TASK_OPEN:
        return status in _OPEN
    assert guard is _NEVER_RESERVED, f"{guard!r} does not look at a task"
    return status == TASK_PENDING and not view.task_attempts[subject]
