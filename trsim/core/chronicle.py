"""What must hold of the rows, one after the other: transitions, time, matching and accounting.

A :class:`Chronicle` is fed with every row, told when a command or deadline is done, and closed at
the end.  It knows the state from :mod:`trsim.core.replay` alone, never from the ledger, and the
legal moves from :mod:`trsim.core.moves`.
Statements about the state are in :mod:`trsim.core.invariants`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from trsim.core.deadlines import ASSIGNED_LIFE_MS, DIRECT_LIFE_MS, TERMINAL_LIFE_MS
from trsim.core.events import EventType, Row
from trsim.core.invariants import ACCEPTED, PENDING, WRAPPING, InvariantBroken
from trsim.core.ledger import NO_TIMER
from trsim.core.moves import (
    numbers_have_no_gaps,
    only_legal_moves,
    the_clock_never_goes_back,
    the_last_failure_returns_the_task,
)
from trsim.core.replay import Replay
from trsim.core.router import Router
from trsim.core.spec import DeadlineRule, WorkspaceSpec
from trsim.core.states import (
    LIVE_RESERVATION,
    Reason,
    TaskStatus,
)


def only_eligible_workers_are_asked(row: Row, router: Router) -> None:
    """A worker who is asked belongs to the target, is available and has a slot (or no work)."""
    if not router.is_eligible(row.worker, row.task):
        raise InvariantBroken(only_eligible_workers_are_asked, row=row)


def the_first_task_gets_the_best_worker(row: Row, state: Replay, router: Router) -> None:
    """No task the worker could serve precedes this one; no eligible worker precedes this one."""
    key = router.place_of_task(row.task)
    for task, status in state.task_status.items():
        if (
            status != TaskStatus.PENDING
            or task == row.task
            or state.task_rest_ms[task] >= row.at_ms
        ):
            continue
        if router.place_of_task(task) < key and router.is_eligible(row.worker, task):
            invariant = the_first_task_gets_the_best_worker
            raise InvariantBroken(invariant, row=row, passed_over=task)
    chosen = router.place_of_worker(row.worker, row.task)
    first, size = state.task_first_reservation[row.task], state.task_reservations[row.task]
    in_batch = state.task_status[row.task] == TaskStatus.RESERVED
    batch = [state.reservation_worker[r] for r in range(first, first + size)] if in_batch else []
    for worker in range(len(state.worker_activity)):
        if worker in batch or not router.is_eligible(worker, row.task):
            continue
        if router.place_of_worker(worker, row.task) < chosen:
            invariant = the_first_task_gets_the_best_worker
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


def the_core_wakes_at_the_earliest_deadline(
    woken_ms: int | None, due_ms: tuple[int | None, ...]
) -> None:
    """The next wake-up is the minimum over all deadlines that count, purges left aside."""
    if woken_ms not in due_ms:
        raise InvariantBroken(
            the_core_wakes_at_the_earliest_deadline, woken_ms=woken_ms, due_ms=due_ms
        )


def the_core_wakes_in_time(woken_ms: int | None, due_ms: int | None) -> None:
    """No deadline lies before the next wake-up; with a routing latency it may come earlier."""
    if due_ms is not None and (woken_ms is None or woken_ms > due_ms):
        raise InvariantBroken(the_core_wakes_in_time, woken_ms=woken_ms, due_ms=due_ms)


def no_deadline_was_missed(due_ms: int | None, now_ms: int) -> None:
    """No deadline that counts lies strictly before the present."""
    if due_ms is not None and due_ms < now_ms:
        raise InvariantBroken(no_deadline_was_missed, due_ms=due_ms, now_ms=now_ms)


def the_accounts_balance(account: str, left: object, right: object) -> None:
    """Two ways of adding up the same thing give the same whole number."""
    if left != right:
        raise InvariantBroken(the_accounts_balance, account=account, left=left, right=right)


class Chronicle:
    """Checks rows as they come.

    Parameters
    ----------
    spec : WorkspaceSpec
        The workspace that writes the rows.
    router : Router
        A router of the same workspace, of its own; it is attached to the state.

    Attributes
    ----------
    state : Replay
        The state after the latest row.
    """

    def __init__(self, spec: WorkspaceSpec, router: Router) -> None:
        self.state = Replay(spec)
        self._router = router
        router.attach(self.state)
        self._latency_ms = spec.rules.routing_latency_ms
        self._releases = spec.rules.deadline_while_reserved is DeadlineRule.RELEASE
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
            only_eligible_workers_are_asked(row, self._router)
            the_first_task_gets_the_best_worker(row, state, self._router)
        self._account(row)
        state.apply(values)
        self._last_ms = row.at_ms

    def settle(self, now_ms: int, next_deadline_ms: int | None) -> None:
        """Check what must hold once a command, or all deadlines of a step, are done."""
        state = self.state
        for task in sorted(self._touched & state.task_status.keys()):
            first, size = state.task_first_reservation[task], state.task_reservations[task]
            batch = [state.reservation_status[r] for r in range(first, first + size) if first >= 0]
            offers = [status for status in batch if status in LIVE_RESERVATION]
            a_command_leaves_nothing_half_done(task, state.task_status[task], offers)
        self._touched.clear()
        due_ms = self.next_deadline()
        if self._latency_ms:
            the_core_wakes_in_time(next_deadline_ms, due_ms)
        else:
            # Whether the end of a rest at this very instant has come leaves no row.
            resting = [state.task_rest_ms[t] for t in self._pending()]
            with_rests = [due_ms, *(at_ms for at_ms in resting if at_ms > now_ms)]
            wakes = [at_ms for at_ms in with_rests if at_ms is not None]
            ending = [at_ms for at_ms in resting if at_ms == now_ms]
            choices = (min(wakes, default=None), min([*wakes, *ending], default=None))
            the_core_wakes_at_the_earliest_deadline(next_deadline_ms, choices)
        no_deadline_was_missed(due_ms, now_ms)

    def _pending(self) -> list[int]:
        statuses = self.state.task_status.items()
        return [task for task, status in statuses if status == TaskStatus.PENDING]

    def next_deadline(self) -> int | None:
        """Return the earliest deadline that counts, from the rows alone [ms]."""
        state = self.state
        found = [
            state.reservation_expires_ms[r]
            for r, status in state.reservation_status.items()
            if status == PENDING and state.reservation_expires_ms[r] != NO_TIMER
        ]
        for task, status in state.task_status.items():
            if status in (TaskStatus.PENDING, TaskStatus.RESERVED):
                found += self._deadlines_of_waiting(task)
            elif status in (TaskStatus.ASSIGNED, TaskStatus.WRAPPING):
                found.append(self._turned_ms[task] + ASSIGNED_LIFE_MS)
        return min(found, default=None)

    def _deadlines_of_waiting(self, task: int) -> list[int]:
        state = self.state
        found = [state.task_ttl_ms[task]]
        is_pending = state.task_status[task] == TaskStatus.PENDING
        if state.task_deadline_ms[task] >= 0 and (is_pending or self._releases):
            found.append(state.task_deadline_ms[task])
        is_direct = state.task_configuration[task] < 0
        if is_direct and is_pending and not state.task_attempts[task]:
            found.append(state.task_created_ms[task] + DIRECT_LIFE_MS)
        return found

    def close(self) -> None:
        """Check the sums over everything that was fed."""
        state, rows = self.state, self._rows
        statuses = state.reservation_status.values()
        live = Counter(status for status in statuses if status in LIVE_RESERVATION)
        ended = sum(rows[event] for event in _ENDS)
        created = rows[EventType.RESERVATION_CREATED]
        the_accounts_balance("reservations", created, ended + live.total())
        accepted = rows[EventType.RESERVATION_ACCEPTED]
        holding = sum(
            status in (TaskStatus.ASSIGNED, TaskStatus.WRAPPING)
            for status in state.task_status.values()
        )
        the_accounts_balance("tasks held", holding, live[ACCEPTED] + live[WRAPPING])
        the_accounts_balance("tasks", rows[EventType.TASK_CREATED], state.tasks_created)
        the_accounts_balance("offers", state.reservations_created, created)
        the_accounts_balance("acceptances", accepted <= created, True)
        inside = Counter(
            state.task_queue[task]
            for task, status in state.task_status.items()
            if status in (TaskStatus.PENDING, TaskStatus.RESERVED) and state.task_queue[task] >= 0
        )
        the_accounts_balance("queues", self._entered, inside + self._left)

    def _check_time(self, row: Row) -> None:
        state = self.state
        if row.event == EventType.RESERVATION_TIMEOUT:
            deadlines_are_exact(row, state.reservation_expires_ms[row.reservation])
        elif row.event in (EventType.RESERVATION_ACCEPTED, EventType.RESERVATION_REJECTED):
            expires_ms = state.reservation_expires_ms[row.reservation]
            if expires_ms != NO_TIMER:
                nothing_happens_after_its_deadline(row, expires_ms)
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
        elif row.event == EventType.RESERVATION_FAILED:
            deadlines_are_exact(row, state.task_created_ms[row.task] + DIRECT_LIFE_MS)
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
        if row.queue < 0:
            return
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
