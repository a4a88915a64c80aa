"""Whether something intended earlier is still meant when its instant comes.

Only what the core's state decides is looked at here; whether a worker is still away is known to
:mod:`trsim.world.absences`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from trsim.core.codes import (
    RESERVATION_PENDING,
    TASK_ASSIGNED,
    TASK_PENDING,
    TASK_RESERVED,
    TASK_WRAPPING,
)
from trsim.world.due import Guard

_OPEN = (TASK_PENDING, TASK_RESERVED)
_HELD = (TASK_ASSIGNED, TASK_WRAPPING)
_UNFINISHED = (*_OPEN, *_HELD)


class View(Protocol):
    """What guards read of the core's state; every column is indexed by number.

    The core's :class:`~trsim.core.ledger.Ledger` is one.
    """

    @property
    def reservation_status(self) -> Mapping[int, int]:
        """Status of each reservation whose task is not removed."""

    @property
    def task_status(self) -> Mapping[int, int]:
        """Status of each task that is not removed."""

    @property
    def task_attempts(self) -> Mapping[int, int]:
        """Batches of reservations made so far for each such task."""


Condition = Callable[[int, int], bool]
"""Whether something is still meant, told by its subject and its stamp."""


def conditions(view: View, still_away: Condition) -> tuple[Condition, ...]:
    """Return the condition of every guard, in the order of :class:`~trsim.world.due.Guard`.

    Parameters
    ----------
    view : View
        The core's state; its columns are read when a condition is asked, not now.
    still_away : callable
        Whether an absence, told by worker and number, still lasts.
    """
    reservations, tasks, attempts = view.reservation_status, view.task_status, view.task_attempts

    def always(_subject: int, _stamp: int) -> bool:
        return True

    def reservation_pending(subject: int, _stamp: int) -> bool:
        return reservations.get(subject) == RESERVATION_PENDING

    def never_reserved(subject: int, _stamp: int) -> bool:
        return tasks.get(subject) == TASK_PENDING and not attempts[subject]

    def task_open(subject: int, _stamp: int) -> bool:
        return tasks.get(subject) in _OPEN

    def task_held(subject: int, _stamp: int) -> bool:
        return tasks.get(subject) in _HELD

    def task_unfinished(subject: int, _stamp: int) -> bool:
        return tasks.get(subject) in _UNFINISHED

    by_guard = {
        Guard.ALWAYS: always,
        Guard.RESERVATION_PENDING: reservation_pending,
        Guard.NEVER_RESERVED: never_reserved,
        Guard.TASK_OPEN: task_open,
        Guard.TASK_HELD: task_held,
        Guard.STILL_AWAY: still_away,
        Guard.TASK_UNFINISHED: task_unfinished,
    }
    return tuple(by_guard[guard] for guard in Guard)
