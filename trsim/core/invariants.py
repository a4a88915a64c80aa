"""What must hold of the ledger after every command and every deadline, one function each.

A function's name is the invariant's name and the first line of its docstring the statement; a
breach raises :class:`InvariantBroken` with the facts.  The functions scan everything: they are
for tests and for hunting faults, never for a run that has to be fast.  What must hold of the rows
is in :mod:`trsim.core.chronicle`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from typing import Final

from trsim.core.deadlines import target_deadline
from trsim.core.ledger import NO_DEADLINE, NO_TIMER, Ledger
from trsim.core.router import Router
from trsim.core.spec import WorkspaceSpec
from trsim.core.states import LIVE_RESERVATION, ReservationStatus, TaskStatus

PENDING, ACCEPTED, WRAPPING = LIVE_RESERVATION
MOST_RESERVED_WORKERS: Final = 50
"""Upper bound of a queue's reserved workers (Twilio, "TaskQueues resource")."""


class InvariantBroken(AssertionError):
    """Something that always holds does not: a mistake of trsim.

    Parameters
    ----------
    invariant : callable
        The function that states it.
    **facts
        What was found.
    """

    def __init__(self, invariant: Callable[..., object], **facts: object) -> None:
        self.name = invariant.__name__
        self.statement = (invariant.__doc__ or "").partition("\n")[0]
        self.facts = facts
        found = ", ".join(f"{name} = {value!r}" for name, value in facts.items())
        super().__init__(f"{self.name}: {self.statement}  Found: {found}")


class State:
    """A ledger with what its reservations amount to, counted afresh.

    Parameters
    ----------
    ledger : Ledger
        The state to look at.
    spec : WorkspaceSpec
        What the ledger was made for.
    router : Router
        The router that is attached to the ledger.
    now_ms : int
        The present instant [ms].
    """

    def __init__(self, ledger: Ledger, spec: WorkspaceSpec, router: Router, now_ms: int) -> None:
        self.ledger, self.spec, self.router, self.now_ms = ledger, spec, router, now_ms
        self.live_by_task: dict[int, list[int]] = defaultdict(list)
        self.live_by_worker: list[list[int]] = [[] for _ in spec.workers]
        self.load = [0] * (len(spec.workers) * len(spec.channels))
        self.accepted = [0] * len(self.load)
        for reservation, status in ledger.reservation_status.items():
            if status in LIVE_RESERVATION:
                task = ledger.reservation_task[reservation]
                worker = ledger.reservation_worker[reservation]
                place = worker * len(spec.channels) + ledger.task_channel[task]
                self.live_by_task[task].append(reservation)
                self.live_by_worker[worker].append(reservation)
                self.load[place] += 1
                self.accepted[place] += status == ACCEPTED

    def statuses(self, task: int) -> list[int]:
        """Return the statuses of a task's live reservations."""
        return [self.ledger.reservation_status[r] for r in self.live_by_task.get(task, ())]

    def waiting_tasks(self) -> list[int]:
        """Return the pending tasks."""
        return [t for t, s in self.ledger.task_status.items() if s == TaskStatus.PENDING]


def a_task_status_follows_from_its_reservations(state: State) -> None:
    """A task is reserved, assigned or wrapping by its live reservations, else it has none."""
    for task, status in state.ledger.task_status.items():
        found = state.statuses(task)
        if status == TaskStatus.RESERVED:
            holds = bool(found) and all(s == PENDING for s in found)
        elif status in (TaskStatus.ASSIGNED, TaskStatus.WRAPPING):
            holds = found == [ACCEPTED if status == TaskStatus.ASSIGNED else WRAPPING]
        else:
            holds = not found
        if not holds:
            invariant = a_task_status_follows_from_its_reservations
            raise InvariantBroken(invariant, task=task, status=status, reservations=found)


def a_task_has_one_winner(state: State) -> None:
    """At most one reservation of a task is accepted or wrapping, and it is the task's holder."""
    ledger = state.ledger
    for task, holder in ledger.task_holder.items():
        live = state.live_by_task.get(task, ())
        winners = [r for r in live if ledger.reservation_status[r] != PENDING]
        if winners != ([holder] if holder >= 0 else []):
            raise InvariantBroken(
                a_task_has_one_winner, task=task, holder=holder, reservations=winners
            )


def single_tasking_means_one_reservation(state: State) -> None:
    """In a single-tasking workspace a worker has one live reservation that minds its load."""
    if state.spec.multi_task_enabled:
        return
    ledger = state.ledger
    for worker, live in enumerate(state.live_by_worker):
        minding = [r for r in live if not ledger.task_ignores_capacity[ledger.reservation_task[r]]]
        if len(minding) > 1:
            invariant = single_tasking_means_one_reservation
            raise InvariantBroken(invariant, worker=worker, reservations=minding)


def every_number_names_something(state: State) -> None:
    """Every number in the ledger names an object that exists."""
    ledger, spec = state.ledger, state.spec
    alive = {"task": ledger.task_status.keys(), "reservation": ledger.reservation_status.keys()}
    n_reservations = ledger.reservations_created
    n_steps, catalog = len(state.router.step_queue), state.router.catalog
    for name, low, high in (
        ("task_status", 0, len(TaskStatus)),
        ("task_workflow", 0, len(spec.workflows)),
        ("task_channel", 0, len(spec.channels)),
        ("task_configuration", -1, catalog.configurations),
        ("task_attributes", 0, catalog.attribute_sets),
        ("task_step", -1, n_steps),
        ("task_queue", -1, len(spec.queues)),
        ("task_target_worker", -1, len(spec.workers)),
        ("task_first_reservation", -1, n_reservations),
        ("task_holder", -1, n_reservations),
        ("reservation_status", 0, len(ReservationStatus)),
        ("reservation_task", 0, ledger.tasks_created),
        ("reservation_worker", 0, len(spec.workers)),
        ("reservation_previous_activity", 0, len(spec.activities)),
        ("worker_activity", 0, len(spec.activities)),
        ("worker_attributes", 0, catalog.worker_attribute_sets),
        ("queue_expression", 0, catalog.queue_expressions),
        ("queue_max_reserved", 1, MOST_RESERVED_WORKERS + 1),
        ("workflow_configuration", 0, catalog.configurations),
    ):
        column: dict[int, int] | list[int] = getattr(ledger, name)
        subjects = alive.get(name.partition("_")[0])
        numbers = column.values() if isinstance(column, dict) else column
        complete = not isinstance(column, dict) or column.keys() == subjects
        if not complete or not all(low <= number < high for number in numbers):
            raise InvariantBroken(every_number_names_something, column=name, numbers=column)


def a_batch_is_one_offer_to_several(state: State) -> None:
    """A batch has 1 … 50 reservations, distinct workers and one deadline but for those on hold."""
    ledger = state.ledger
    for task, first in ledger.task_first_reservation.items():
        size, attempts = ledger.task_reservations[task], ledger.task_attempts[task]
        if first < 0:
            holds = attempts == 0
        else:
            batch = range(first, first + size)
            limit = state.spec.rules.assignment_limit
            holds = (
                1 <= size <= MOST_RESERVED_WORKERS
                and all(ledger.reservation_task[r] == task for r in batch)
                and len({ledger.reservation_worker[r] for r in batch}) == size
                and len({ledger.reservation_expires_ms[r] for r in batch} - {NO_TIMER}) <= 1
                and 1 <= attempts <= (attempts if limit is None else limit)
                and all(first <= r < first + size for r in state.live_by_task.get(task, ()))
            )
        if not holds:
            raise InvariantBroken(
                a_batch_is_one_offer_to_several,
                task=task,
                first=first,
                size=size,
                attempts=attempts,
            )


def counts_agree_with_the_reservations(state: State) -> None:
    """Loads, lists of workers' reservations and counts of open ones equal a fresh count."""
    ledger = state.ledger
    fresh_open = dict.fromkeys(ledger.task_status, 0)
    for task, live in state.live_by_task.items():
        fresh_open[task] = sum(ledger.reservation_status[r] == PENDING for r in live)
    for name, kept, fresh in (
        ("worker_reservations", ledger.worker_reservations, state.live_by_worker),
        ("channel_load", ledger.channel_load, state.load),
        ("channel_assigned", ledger.channel_assigned, state.accepted),
        ("task_open_reservations", ledger.task_open_reservations, fresh_open),
    ):
        if kept != fresh:
            invariant = counts_agree_with_the_reservations
            raise InvariantBroken(invariant, column=name, kept=kept, fresh=fresh)


def a_task_stands_where_its_step_says(state: State) -> None:
    """Queue and deadline of a task are those of its step; routed directly it has no deadline."""
    ledger, router = state.ledger, state.router
    for task, step in ledger.task_step.items():
        queue, deadline_ms = ledger.task_queue[task], NO_DEADLINE
        if step >= 0:
            queue, limit_ms = router.step_queue[step], router.step_limit_ms[step]
            created_ms, offset_ms = ledger.task_created_ms[task], ledger.task_offset_ms[task]
            if limit_ms >= 0:
                deadline_ms = target_deadline(created_ms, offset_ms, limit_ms)
        expected = (queue, deadline_ms, step < 0)
        is_direct = ledger.task_configuration[task] < 0
        found = (ledger.task_queue[task], ledger.task_deadline_ms[task], is_direct)
        if found != expected:
            invariant = a_task_stands_where_its_step_says
            raise InvariantBroken(invariant, task=task, expected=expected, found=found)


def no_free_worker_beside_a_task_it_could_serve(state: State) -> None:
    """Work conservation: no task that may be offered waits while a worker may be asked for it."""
    ledger = state.ledger
    for task in state.waiting_tasks():
        if ledger.task_rest_ms[task] >= state.now_ms or state.spec.rules.routing_latency_ms:
            continue
        for worker in range(len(state.spec.workers)):
            if state.router.is_eligible(worker, task):
                invariant = no_free_worker_beside_a_task_it_could_serve
                raise InvariantBroken(invariant, task=task, worker=worker)


def nothing_is_left_to_match(state: State) -> None:
    """After matching no line is marked as one that may have gained a match."""
    if state.router.stirred and not state.spec.rules.routing_latency_ms:
        raise InvariantBroken(nothing_is_left_to_match, stirred=state.router.stirred)


def numbers_follow_time(state: State) -> None:
    """A task or reservation with a higher number was not created earlier."""
    ledger = state.ledger
    if any(a > b for a, b in pairwise(ledger.task_created_ms.values())):
        raise InvariantBroken(numbers_follow_time, task_created_ms=ledger.task_created_ms)
    for task, created_ms in ledger.task_created_ms.items():
        if ledger.task_ttl_ms[task] <= created_ms:
            raise InvariantBroken(numbers_follow_time, task=task, created_ms=created_ms)
    for reservation, task in ledger.reservation_task.items():
        expires_ms = ledger.reservation_expires_ms[reservation]
        if NO_TIMER != expires_ms <= ledger.task_created_ms[task]:
            raise InvariantBroken(numbers_follow_time, task=task, reservation=reservation)


INVARIANTS: Final[tuple[Callable[[State], None], ...]] = (
    every_number_names_something,
    a_task_status_follows_from_its_reservations,
    a_task_has_one_winner,
    single_tasking_means_one_reservation,
    a_batch_is_one_offer_to_several,
    counts_agree_with_the_reservations,
    a_task_stands_where_its_step_says,
    no_free_worker_beside_a_task_it_could_serve,
    nothing_is_left_to_match,
    numbers_follow_time,
)
"""All of them, in the order in which they are checked."""


def check_structure(ledger: Ledger, spec: WorkspaceSpec, router: Router, now_ms: int) -> None:
    """Check every invariant of the ledger.

    Parameters
    ----------
    ledger : Ledger
        The state between two commands.
    spec : WorkspaceSpec
        What the ledger was made for.
    router : Router
        The router that is attached to the ledger.
    now_ms : int
        The present instant [ms].

    Raises
    ------
    InvariantBroken
        With the facts, for the first invariant that does not hold.
    """
    state = State(ledger, spec, router, now_ms)
    for invariant in INVARIANTS:
        invariant(state)
