"""What a row may do to its task and its reservation: the legal moves, once more and by row.

Written down apart from the core's tables, so that a slip in those does not hide itself.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from trsim.core.events import EventType, Row
from trsim.core.invariants import ACCEPTED, PENDING, WRAPPING, InvariantBroken
from trsim.core.replay import Replay
from trsim.core.states import (
    LIVE_RESERVATION,
    REMOVED,
    ReservationStatus,
    TaskStatus,
)

ABSENT: Final = -1
"""In moves: before the object was created."""


class Move(NamedTuple):
    """What a type of row may do to its task and its reservation: pairs (before, after)."""

    task: frozenset[tuple[int, int]]
    reservation: frozenset[tuple[int, int]] = frozenset()


def _pairs(*pairs: tuple[int, int]) -> frozenset[tuple[int, int]]:
    return frozenset((int(before), int(after)) for before, after in pairs)


_T, _R, _E = TaskStatus, ReservationStatus, EventType
_STILL_PENDING: Final = Move(_pairs((_T.PENDING, _T.PENDING)))
_FAILS: Final = ((_T.RESERVED, _T.PENDING), (_T.RESERVED, _T.RESERVED))
MOVES: Final[dict[int, Move]] = {
    _E.TASK_CREATED: Move(_pairs((ABSENT, _T.PENDING))),
    _E.WORKFLOW_ENTERED: _STILL_PENDING,
    _E.WORKFLOW_TARGET_MATCHED: _STILL_PENDING,
    _E.TASK_QUEUE_ENTERED: _STILL_PENDING,
    _E.TASK_QUEUE_TIMEOUT: _STILL_PENDING,
    _E.TASK_QUEUE_MOVED: _STILL_PENDING,
    _E.WORKFLOW_TIMEOUT: _STILL_PENDING,
    _E.WORKFLOW_SKIPPED: _STILL_PENDING,
    _E.RESERVATION_CREATED: Move(
        _pairs((_T.PENDING, _T.RESERVED), (_T.RESERVED, _T.RESERVED)), _pairs((ABSENT, PENDING))
    ),
    _E.RESERVATION_ON_HOLD: Move(_pairs((_T.RESERVED, _T.RESERVED)), _pairs((PENDING, PENDING))),
    _E.RESERVATION_FAILED: _STILL_PENDING,
    _E.RESERVATION_ACCEPTED: Move(_pairs((_T.RESERVED, _T.ASSIGNED)), _pairs((PENDING, ACCEPTED))),
    _E.RESERVATION_REJECTED: Move(_pairs(*_FAILS), _pairs((PENDING, _R.REJECTED))),
    _E.RESERVATION_TIMEOUT: Move(_pairs(*_FAILS), _pairs((PENDING, _R.TIMEOUT))),
    _E.RESERVATION_CANCELED: Move(
        _pairs(*_FAILS, (_T.CANCELED, _T.CANCELED), (REMOVED, REMOVED)),
        _pairs(*((live, _R.CANCELED) for live in LIVE_RESERVATION)),
    ),
    _E.RESERVATION_RESCINDED: Move(
        _pairs((_T.ASSIGNED, _T.ASSIGNED)), _pairs((PENDING, _R.RESCINDED))
    ),
    _E.RESERVATION_WRAPUP: Move(_pairs((_T.WRAPPING, _T.WRAPPING)), _pairs((ACCEPTED, WRAPPING))),
    _E.RESERVATION_COMPLETED: Move(
        _pairs((_T.COMPLETED, _T.COMPLETED)),
        _pairs((ACCEPTED, _R.COMPLETED), (WRAPPING, _R.COMPLETED)),
    ),
    _E.TASK_WRAPUP: Move(_pairs((_T.ASSIGNED, _T.WRAPPING))),
    _E.TASK_COMPLETED: Move(_pairs((_T.ASSIGNED, _T.COMPLETED), (_T.WRAPPING, _T.COMPLETED))),
    _E.TASK_UPDATED: Move(
        _pairs(*((s, s) for s in (_T.PENDING, _T.RESERVED, _T.ASSIGNED, _T.WRAPPING, _T.COMPLETED)))
    ),
    _E.TASK_CANCELED: Move(_pairs((_T.PENDING, _T.CANCELED), (_T.RESERVED, _T.CANCELED))),
    _E.TASK_DELETED: Move(_pairs(*((status, REMOVED) for status in _T))),
    _E.TASK_SYSTEM_DELETED: Move(_pairs((_T.ASSIGNED, REMOVED), (_T.WRAPPING, REMOVED))),
    _E.TASK_PURGED: Move(_pairs((_T.COMPLETED, REMOVED), (_T.CANCELED, REMOVED))),
}
"""By type of row; types that are missing concern no task."""


def the_clock_never_goes_back(row: Row, last_ms: int) -> None:
    """Rows are stamped in order."""
    if row.at_ms < last_ms:
        raise InvariantBroken(the_clock_never_goes_back, row=row, last_ms=last_ms)


def numbers_have_no_gaps(row: Row, state: Replay) -> None:
    """Tasks and reservations are numbered 0, 1, 2 … as they are created; no other is mentioned."""
    n_tasks, n_reservations = state.tasks_created, state.reservations_created
    holds = row.task < n_tasks and row.reservation < n_reservations
    if row.event == EventType.TASK_CREATED:
        holds = row.task == n_tasks
    elif row.event == EventType.RESERVATION_CREATED:
        holds = row.task < n_tasks and row.reservation == n_reservations
    if not holds:
        raise InvariantBroken(numbers_have_no_gaps, row=row, tasks=n_tasks, offers=n_reservations)


def only_legal_moves(row: Row, state: Replay) -> None:
    """Statuses change along the two automata, by the row that the change belongs to."""
    move = MOVES.get(row.event)
    if move is None:
        if row.task >= 0 or row.reservation >= 0:
            raise InvariantBroken(only_legal_moves, row=row)
        return
    created, offered = row.task == state.tasks_created, -1
    before = ABSENT if created else state.task_status.get(row.task, REMOVED)
    after = REMOVED if row.task_status < 0 else row.task_status
    legal = (before, after) in move.task
    if row.reservation >= 0:
        offered = state.reservation_status.get(row.reservation, ABSENT)
        legal = legal and (offered, row.reservation_status) in move.reservation
        if row.event == EventType.RESERVATION_CANCELED and offered != PENDING:
            legal = legal and after == REMOVED  # work in hand ends only with its task
    if not legal or (row.reservation < 0) != (not move.reservation):
        raise InvariantBroken(only_legal_moves, row=row, before=before, reservation_before=offered)


def the_last_failure_returns_the_task(row: Row, state: Replay) -> None:
    """A reserved task is pending again exactly when the last pending offer of its batch failed."""
    failing = row.reservation >= 0 and row.reservation_status in (
        ReservationStatus.REJECTED,
        ReservationStatus.TIMEOUT,
        ReservationStatus.CANCELED,
    )
    if not failing or state.task_status.get(row.task) != TaskStatus.RESERVED:
        return
    last = state.task_open_reservations[row.task] == 1
    if last != (row.task_status == TaskStatus.PENDING):
        invariant = the_last_failure_returns_the_task
        raise InvariantBroken(invariant, row=row, open=state.task_open_reservations[row.task])
