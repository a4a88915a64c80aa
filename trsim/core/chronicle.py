"""What must hold of the rows, one after the other: transitions, time, matching and accounting.

A :class:`Chronicle` is fed with every row, told when a command or deadline is done, and closed at
the end.  It knows the state from :mod:`trsim.core.replay` alone, never from the ledger, and the
legal moves from a table of its own, so that a slip in the core's tables does not hide itself.
Statements about the state are in :mod:`trsim.core.invariants`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from trsim.core.deadlines import ASSIGNED_LIFE_MS, TERMINAL_LIFE_MS
from trsim.core.events import EventType, Row
from trsim.core.invariants import ACCEPTED, PENDING, WRAPPING, InvariantBroken
from trsim.core.ordering import task_key, worker_key
from trsim.core.replay import Replay
from trsim.core.router import Router
from trsim.core.spec import WorkspaceSpec
from trsim.core.states import (
    LIVE_RESERVATION,
    REMOVED,
    Reason,
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
    _E.TASK_UPDATED: Move(_pairs((_T.COMPLETED, _T.COMPLETED))),
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
    n_tasks, n_reservations = len(state.task_status), len(state.reservation_status)
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
    created, offered = row.task == len(state.task_status), -1
    before = ABSENT if created else state.task_status[row.task]
    after = REMOVED if row.task_status < 0 else row.task_status
    legal = (before, after) in move.task
    if row.reservation >= 0:
        known = row.reservation < len(state.reservation_status)
        offered = state.reservation_status[row.reservation] if known else ABSENT
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
    if not failing or state.task_status[row.task] != TaskStatus.RESERVED:
        return
    last = state.task_open_reservations[row.task] == 1
    if last != (row.task_status == TaskStatus.PENDING):
        invariant = the_last_failure_returns_the_task
        raise InvariantBroken(invariant, row=row, open=state.task_open_reservations[row.task])


def only_free_workers_of_the_queue_are_asked(row: Row, state: Replay, place: Place) -> None:
    """A worker who is asked belongs to the queue, is available and has a slot (or no work)."""
    if not place.may_ask(state, row.worker, row.channel, row.step):
        load = state.channel_load[row.worker * place.n_channels + row.channel]
        activity = state.worker_activity[row.worker]
        invariant = only_free_workers_of_the_queue_are_asked
        raise InvariantBroken(invariant, row=row, activity=activity, load=load)


def the_first_task_gets_the_idlest_worker(row: Row, state: Replay, place: Place) -> None:
    """No task the worker could serve precedes this one; no eligible worker precedes this one."""
    key = task_key(row.priority, row.task)
    for task, status in enumerate(state.task_status):
        other = task_key(state.task_priority[task], task)
        if status != TaskStatus.PENDING or other >= key or task == row.task:
            continue
        if place.may_ask(state, row.worker, state.task_channel[task], state.task_step[task]):
            raise InvariantBroken(the_first_task_gets_the_idlest_worker, row=row, passed_over=task)
    chosen = worker_key(state.worker_idle_ms[row.worker], row.worker)
    first, size = state.task_first_reservation[row.task], state.task_reservations[row.task]
    in_batch = state.task_status[row.task] == TaskStatus.RESERVED
    batch = state.reservation_worker[first : first + size] if in_batch else []
    for worker, idle_ms in enumerate(state.worker_idle_ms):
        if worker in batch or worker_key(idle_ms, worker) >= chosen:
            continue
        if place.may_ask(state, worker, row.channel, row.step):
            invariant = the_first_task_gets_the_idlest_worker
            raise InvariantBroken(invariant, row=row, passed_over_worker=worker)


def deadlines_are_exact(row: Row, due_ms: int | None) -> None:
    """What a deadline brings about is stamped with the deadline, to the millisecond."""
    if row.at_ms != due_ms:
        raise InvariantBroken(deadlines_are_exact, row=row, due_ms=due_ms)


def nothing_happens_after_its_deadline(row: Row, due_ms: int) -> None:
    """An offer is answered, and a task assigned, at its deadline at the latest."""
    if row.at_ms > due_ms:
        raise InvariantBroken(nothing_happens_after_its_deadline, row=row, due_ms=due_ms)


def a_command_leaves_nothing_half_done(task: int, status: int, offers: list[int]) -> None:
    """After it losers are rescinded, ended tasks hold nobody and reserved ones ask somebody."""
    expected: tuple[list[int], ...] = ([],)
    if status == TaskStatus.RESERVED:
        expected = (offers,) if offers and set(offers) == {PENDING} else ()
    elif status == TaskStatus.ASSIGNED:
        expected = ([ACCEPTED],)
    elif status == TaskStatus.WRAPPING:
        expected = ([WRAPPING],)
    if offers not in expected:
        raise InvariantBroken(
            a_command_leaves_nothing_half_done, task=task, status=status, offers=offers
        )


def the_core_wakes_at_the_earliest_deadline(woken_ms: int | None, due_ms: int | None) -> None:
    """The next wake-up is the minimum over all deadlines that count, purges left aside."""
    if woken_ms != due_ms:
        raise InvariantBroken(
            the_core_wakes_at_the_earliest_deadline, woken_ms=woken_ms, due_ms=due_ms
        )


def no_deadline_was_missed(due_ms: int | None, now_ms: int) -> None:
    """No deadline that counts lies strictly before the present."""
    if due_ms is not None and due_ms < now_ms:
        raise InvariantBroken(no_deadline_was_missed, due_ms=due_ms, now_ms=now_ms)


def the_accounts_balance(account: str, left: object, right: object) -> None:
    """Two ways of adding up the same thing give the same whole number."""
    if left != right:
        raise InvariantBroken(the_accounts_balance, account=account, left=left, right=right)


class Place:
    """Who may be asked for what, by the specification and the layout of the routing."""

    def __init__(self, spec: WorkspaceSpec, router: Router) -> None:
        self._spec, self._router = spec, router
        self.n_channels = len(spec.channels)

    def may_ask(self, state: Replay, worker: int, channel: int, step: int) -> bool:
        """Whether a worker may be offered a task of a channel that stands in a step."""
        spec, places = self._spec, self._router.places
        pool = places.worker_pool[worker * self.n_channels + channel]
        if pool < 0 or self._router.line(step, channel) not in places.pool_lines[pool]:
            return False
        if not spec.activities[state.worker_activity[worker]].available:
            return False
        if not spec.multi_task_enabled:
            return not state.worker_reservations[worker]
        load = state.channel_load[worker * self.n_channels + channel]
        of_worker = spec.workers[worker]
        return of_worker.channel_available[channel] and load < of_worker.capacity[channel]


class Chronicle:
    """Checks rows as they come.

    Parameters
    ----------
    spec : WorkspaceSpec
        The workspace that writes the rows.
    router : Router
        A router of the same workspace.

    Attributes
    ----------
    state : Replay
        The state after the latest row.
    """

    def __init__(self, spec: WorkspaceSpec, router: Router) -> None:
        self.state = Replay(spec)
        self._place = Place(spec, router)
        self._last_ms = 0
        self._turned_ms: list[int] = []  # when each task was last assigned, ended or given back
        self._touched: set[int] = set()
        self._rows: Counter[int] = Counter()
        self._entered: Counter[int] = Counter()
        self._left: Counter[int] = Counter()

    def feed(self, values: Sequence[int]) -> None:
        """Check a row against everything before it, and fold it in."""
        row, state = Row._make(values), self.state
        the_clock_never_goes_back(row, self._last_ms)
        numbers_have_no_gaps(row, state)
        only_legal_moves(row, state)
        the_last_failure_returns_the_task(row, state)
        self._check_time(row)
        if row.event == EventType.RESERVATION_CREATED:
            only_free_workers_of_the_queue_are_asked(row, state, self._place)
            the_first_task_gets_the_idlest_worker(row, state, self._place)
        self._account(row)
        state.apply(values)
        self._last_ms = row.at_ms

    def settle(self, now_ms: int, next_deadline_ms: int | None) -> None:
        """Check what must hold once a command, or all deadlines of a step, are done."""
        state = self.state
        for task in sorted(self._touched):
            first, size = state.task_first_reservation[task], state.task_reservations[task]
            batch = state.reservation_status[first : first + size] if first >= 0 else []
            offers = [status for status in batch if status in LIVE_RESERVATION]
            a_command_leaves_nothing_half_done(task, state.task_status[task], offers)
        self._touched.clear()
        due_ms = self.next_deadline()
        the_core_wakes_at_the_earliest_deadline(next_deadline_ms, due_ms)
        no_deadline_was_missed(due_ms, now_ms)

    def next_deadline(self) -> int | None:
        """Return the earliest deadline that counts, from the rows alone [ms]."""
        state = self.state
        found = [
            state.reservation_expires_ms[r]
            for r, status in enumerate(state.reservation_status)
            if status == PENDING
        ]
        for task, status in enumerate(state.task_status):
            if status in (TaskStatus.PENDING, TaskStatus.RESERVED):
                found.append(state.task_ttl_ms[task])
                if status == TaskStatus.PENDING and state.task_deadline_ms[task] >= 0:
                    found.append(state.task_deadline_ms[task])
            elif status in (TaskStatus.ASSIGNED, TaskStatus.WRAPPING):
                found.append(self._turned_ms[task] + ASSIGNED_LIFE_MS)
        return min(found, default=None)

    def close(self) -> None:
        """Check the sums over everything that was fed."""
        state, rows = self.state, self._rows
        live = Counter(status for status in state.reservation_status if status in LIVE_RESERVATION)
        ended = sum(rows[event] for event in _ENDS)
        created = rows[EventType.RESERVATION_CREATED]
        the_accounts_balance("reservations", created, ended + live.total())
        accepted = rows[EventType.RESERVATION_ACCEPTED]
        holding = sum(
            status in (TaskStatus.ASSIGNED, TaskStatus.WRAPPING) for status in state.task_status
        )
        the_accounts_balance("tasks held", holding, live[ACCEPTED] + live[WRAPPING])
        the_accounts_balance("tasks", rows[EventType.TASK_CREATED], len(state.task_status))
        the_accounts_balance("batches", sum(state.task_attempts) >= accepted, True)
        inside = Counter(
            state.task_queue[task]
            for task, status in enumerate(state.task_status)
            if status in (TaskStatus.PENDING, TaskStatus.RESERVED)
        )
        the_accounts_balance("queues", self._entered, inside + self._left)

    def _check_time(self, row: Row) -> None:
        state = self.state
        if row.event == EventType.RESERVATION_TIMEOUT:
            deadlines_are_exact(row, state.reservation_expires_ms[row.reservation])
        elif row.event in (EventType.RESERVATION_ACCEPTED, EventType.RESERVATION_REJECTED):
            nothing_happens_after_its_deadline(row, state.reservation_expires_ms[row.reservation])
        elif row.event == EventType.TASK_QUEUE_TIMEOUT:
            due_ms = state.task_deadline_ms[row.task]
            # While a task is reserved its deadline waits for the failure of the last offer.
            deadlines_are_exact(
                row, max(due_ms, self._turned_ms[row.task]) if due_ms >= 0 else None
            )
        elif row.event == EventType.TASK_SYSTEM_DELETED:
            deadlines_are_exact(row, self._turned_ms[row.task] + ASSIGNED_LIFE_MS)
        elif row.event == EventType.TASK_PURGED:
            deadlines_are_exact(row, self._turned_ms[row.task] + TERMINAL_LIFE_MS)
        elif row.event == EventType.TASK_CANCELED and row.reason == Reason.TTL:
            deadlines_are_exact(row, state.task_ttl_ms[row.task])
        if row.event == EventType.RESERVATION_ACCEPTED:
            nothing_happens_after_its_deadline(row, state.task_ttl_ms[row.task])

    def _account(self, row: Row) -> None:
        self._rows[row.event] += 1
        if row.task < 0:
            return
        self._touched.add(row.task)
        if row.event == EventType.TASK_CREATED:
            self._turned_ms.append(row.at_ms)
        elif row.event in _TURNS or (
            row.reservation >= 0 and row.task_status == TaskStatus.PENDING
        ):
            self._turned_ms[row.task] = row.at_ms
        if row.event == EventType.TASK_QUEUE_ENTERED:
            self._entered[row.queue] += 1
        elif row.event in (
            EventType.TASK_QUEUE_MOVED,
            EventType.RESERVATION_ACCEPTED,
            EventType.TASK_CANCELED,
        ):
            self._left[row.queue] += 1
        elif row.event == EventType.TASK_DELETED:
            inside = self.state.task_status[row.task] in (TaskStatus.PENDING, TaskStatus.RESERVED)
            self._left[row.queue] += inside


_ENDS: Final = (
    EventType.RESERVATION_REJECTED,
    EventType.RESERVATION_TIMEOUT,
    EventType.RESERVATION_CANCELED,
    EventType.RESERVATION_RESCINDED,
    EventType.RESERVATION_COMPLETED,
)
_TURNS: Final = (
    EventType.RESERVATION_ACCEPTED,
    EventType.TASK_COMPLETED,
    EventType.TASK_CANCELED,
)
