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
from trsim.core.ledger import NO_DEADLINE, NOT_READY, Ledger
from trsim.core.ordering import task_key, worker_key
from trsim.core.router import Router
from trsim.core.spec import WorkspaceSpec
from trsim.core.states import LIVE_RESERVATION, REMOVED, ReservationStatus, TaskStatus

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
        Layout of steps, lines and pools.
    """

    def __init__(self, ledger: Ledger, spec: WorkspaceSpec, router: Router) -> None:
        self.ledger, self.spec, self.router = ledger, spec, router
        self.live_by_task: dict[int, list[int]] = defaultdict(list)
        self.live_by_worker: list[list[int]] = [[] for _ in spec.workers]
        self.load = [0] * (len(spec.workers) * len(spec.channels))
        self.accepted = [0] * len(self.load)
        for reservation, status in enumerate(ledger.reservation_status):
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

    def is_free(self, worker: int, channel: int) -> bool:
        """Whether a worker could be offered a task of the channel, by the specification alone."""
        ledger, spec = self.ledger, self.spec
        if not spec.activities[ledger.worker_activity[worker]].available:
            return False
        if not spec.multi_task_enabled:
            return not self.live_by_worker[worker]
        capacity, switch = spec.workers[worker].capacity, spec.workers[worker].channel_available
        load = self.load[worker * len(spec.channels) + channel]
        return switch[channel] and load < capacity[channel]

    def waiting_tasks(self) -> list[int]:
        """Return the pending tasks."""
        return [t for t, s in enumerate(self.ledger.task_status) if s == TaskStatus.PENDING]


def a_task_status_follows_from_its_reservations(state: State) -> None:
    """A task is reserved, assigned or wrapping by its live reservations, else it has none."""
    for task, status in enumerate(state.ledger.task_status):
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
    for task, holder in enumerate(ledger.task_holder):
        live = state.live_by_task.get(task, ())
        winners = [r for r in live if ledger.reservation_status[r] != PENDING]
        if winners != ([holder] if holder >= 0 else []):
            raise InvariantBroken(
                a_task_has_one_winner, task=task, holder=holder, reservations=winners
            )


def no_worker_holds_two_accepted_reservations_beyond_capacity(state: State) -> None:
    """A worker's accepted reservations on a channel never outnumber the channel's capacity."""
    for place, accepted in enumerate(state.accepted):
        worker, channel = divmod(place, len(state.spec.channels))
        capacity = state.spec.workers[worker].capacity[channel]
        if accepted > (capacity if state.spec.multi_task_enabled else 1):
            invariant = no_worker_holds_two_accepted_reservations_beyond_capacity
            raise InvariantBroken(
                invariant, worker=worker, channel=channel, accepted=accepted, capacity=capacity
            )


def load_stays_within_capacity(state: State) -> None:
    """Pending, accepted and wrapping reservations on a channel fit its capacity, 0 if it is off."""
    if not state.spec.multi_task_enabled:
        return
    for place, load in enumerate(state.load):
        worker, channel = divmod(place, len(state.spec.channels))
        row = state.spec.workers[worker]
        capacity = row.capacity[channel] if row.channel_available[channel] else 0
        if load > capacity:
            raise InvariantBroken(
                load_stays_within_capacity,
                worker=worker,
                channel=channel,
                load=load,
                capacity=capacity,
            )


def single_tasking_means_one_reservation(state: State) -> None:
    """In a single-tasking workspace a worker has at most one live reservation."""
    if state.spec.multi_task_enabled:
        return
    for worker, live in enumerate(state.live_by_worker):
        if len(live) > 1:
            invariant = single_tasking_means_one_reservation
            raise InvariantBroken(invariant, worker=worker, reservations=live)


def every_number_names_something(state: State) -> None:
    """Every number in the ledger names an object that exists."""
    ledger, spec = state.ledger, state.spec
    n_tasks, n_reservations = len(ledger.task_status), len(ledger.reservation_status)
    n_steps = len(state.router.step_queue)
    for name, low, high in (
        ("task_status", 0, REMOVED + 1),
        ("task_workflow", 0, len(spec.workflows)),
        ("task_channel", 0, len(spec.channels)),
        ("task_step", 0, n_steps),
        ("task_queue", 0, len(spec.queues)),
        ("task_line", 0, state.router.places.n_lines),
        ("task_first_reservation", -1, n_reservations),
        ("task_holder", -1, n_reservations),
        ("reservation_status", 0, len(ReservationStatus)),
        ("reservation_task", 0, n_tasks),
        ("reservation_worker", 0, len(spec.workers)),
        ("reservation_previous_activity", 0, len(spec.activities)),
        ("worker_activity", 0, len(spec.activities)),
    ):
        column: list[int] = getattr(ledger, name)
        count = {"task": n_tasks, "reservation": n_reservations}.get(name.partition("_")[0])
        if (count is not None and len(column) != count) or not all(low <= n < high for n in column):
            raise InvariantBroken(every_number_names_something, column=name, numbers=column)


def a_batch_is_one_offer_to_several(state: State) -> None:
    """A batch has 1 … the queue's limit of reservations, distinct workers and one deadline."""
    ledger = state.ledger
    for task, first in enumerate(ledger.task_first_reservation):
        size, attempts = ledger.task_reservations[task], ledger.task_attempts[task]
        if first < 0:
            holds = attempts == 0
        else:
            batch = range(first, first + size)
            most = state.spec.queues[ledger.task_queue[task]].max_reserved_workers
            if ledger.task_status[task] not in (TaskStatus.RESERVED, TaskStatus.ASSIGNED):
                most = MOST_RESERVED_WORKERS  # it may have left the queue of its last batch
            limit = state.spec.rules.assignment_limit
            holds = (
                1 <= size <= most <= MOST_RESERVED_WORKERS
                and all(ledger.reservation_task[r] == task for r in batch)
                and len({ledger.reservation_worker[r] for r in batch}) == size
                and len({ledger.reservation_expires_ms[r] for r in batch}) == 1
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
    fresh_open = [0] * len(ledger.task_status)
    for task, live in state.live_by_task.items():
        fresh_open[task] = sum(ledger.reservation_status[r] == PENDING for r in live)
    for name, kept, fresh in (
        ("worker_reservations", ledger.worker_reservations, state.live_by_worker),
        ("channel_load", ledger.channel_load, state.load),
        ("task_open_reservations", ledger.task_open_reservations, fresh_open),
    ):
        if kept != fresh:
            invariant = counts_agree_with_the_reservations
            raise InvariantBroken(invariant, column=name, kept=kept, fresh=fresh)


def a_task_stands_where_its_step_says(state: State) -> None:
    """Queue, line and deadline of a task are those of its step."""
    ledger, router = state.ledger, state.router
    for task, step in enumerate(ledger.task_step):
        limit_ms = router.step_limit_ms[step]
        created_ms, offset_ms = ledger.task_created_ms[task], ledger.task_offset_ms[task]
        deadline_ms = NO_DEADLINE
        if limit_ms >= 0:
            deadline_ms = target_deadline(created_ms, offset_ms, limit_ms)
        line = router.line(step, ledger.task_channel[task])
        expected = (router.step_queue[step], line, deadline_ms)
        found = (ledger.task_queue[task], ledger.task_line[task], ledger.task_deadline_ms[task])
        if found != expected:
            invariant = a_task_stands_where_its_step_says
            raise InvariantBroken(invariant, task=task, expected=expected, found=found)


def lines_hold_every_waiting_task(state: State) -> None:
    """Every pending task is in the line of its step, under its present key, and lines are heaps."""
    ledger = state.ledger
    for task in state.waiting_tasks():
        key = task_key(ledger.task_priority[task], task)
        if key not in ledger.waiting[ledger.task_line[task]]:
            invariant = lines_hold_every_waiting_task
            raise InvariantBroken(invariant, task=task, line=ledger.task_line[task], key=key)
    for line, entries in enumerate(ledger.waiting):
        if not _is_heap(entries):
            raise InvariantBroken(lines_hold_every_waiting_task, line=line, entries=entries)


def pools_hold_exactly_the_free_workers(state: State) -> None:
    """Pools of a channel in use hold those who may be asked, with their idleness, and no others."""
    ledger, n_channels = state.ledger, len(state.spec.channels)
    for place, pool in enumerate(ledger.worker_pool):
        worker, channel = divmod(place, n_channels)
        noted, idle_ms = ledger.ready_idle_ms[place], ledger.worker_idle_ms[worker]
        if pool >= 0 and channel in ledger.channels_in_use and state.is_free(worker, channel):
            holds = noted == idle_ms and worker_key(idle_ms, worker) in ledger.ready[pool]
        else:
            holds = noted == NOT_READY
        if not holds:
            raise InvariantBroken(
                pools_hold_exactly_the_free_workers,
                worker=worker,
                channel=channel,
                idle_ms=idle_ms,
                noted=noted,
            )
    for pool, entries in enumerate(ledger.ready):
        if not _is_heap(entries):
            raise InvariantBroken(pools_hold_exactly_the_free_workers, pool=pool, entries=entries)


def no_free_worker_beside_a_task_it_could_serve(state: State) -> None:
    """Work conservation: no pending task waits while a worker of its queue may be asked."""
    ledger, places = state.ledger, state.router.places
    n_channels = len(state.spec.channels)
    for task in state.waiting_tasks():
        line, channel = ledger.task_line[task], ledger.task_channel[task]
        for worker in range(len(state.spec.workers)):
            pool = places.worker_pool[worker * n_channels + channel]
            serves = pool >= 0 and line in places.pool_lines[pool]
            if serves and state.is_free(worker, channel):
                invariant = no_free_worker_beside_a_task_it_could_serve
                raise InvariantBroken(invariant, task=task, worker=worker, channel=channel)


def nothing_is_left_to_match(state: State) -> None:
    """After matching no line is marked as one that may have gained a match."""
    if state.ledger.stirred:
        raise InvariantBroken(nothing_is_left_to_match, stirred=state.ledger.stirred)


def numbers_follow_time(state: State) -> None:
    """A task or reservation with a higher number was not created earlier."""
    ledger = state.ledger
    if any(a > b for a, b in pairwise(ledger.task_created_ms)):
        raise InvariantBroken(numbers_follow_time, task_created_ms=ledger.task_created_ms)
    for task, created_ms in enumerate(ledger.task_created_ms):
        if ledger.task_ttl_ms[task] <= created_ms:
            raise InvariantBroken(numbers_follow_time, task=task, created_ms=created_ms)
    for reservation, task in enumerate(ledger.reservation_task):
        if ledger.reservation_expires_ms[reservation] <= ledger.task_created_ms[task]:
            raise InvariantBroken(numbers_follow_time, task=task, reservation=reservation)


INVARIANTS: Final[tuple[Callable[[State], None], ...]] = (
    every_number_names_something,
    a_task_status_follows_from_its_reservations,
    a_task_has_one_winner,
    no_worker_holds_two_accepted_reservations_beyond_capacity,
    load_stays_within_capacity,
    single_tasking_means_one_reservation,
    a_batch_is_one_offer_to_several,
    counts_agree_with_the_reservations,
    a_task_stands_where_its_step_says,
    lines_hold_every_waiting_task,
    pools_hold_exactly_the_free_workers,
    no_free_worker_beside_a_task_it_could_serve,
    nothing_is_left_to_match,
    numbers_follow_time,
)
"""All of them, in the order in which they are checked."""


def check_structure(ledger: Ledger, spec: WorkspaceSpec, router: Router) -> None:
    """Check every invariant of the ledger.

    Parameters
    ----------
    ledger : Ledger
        The state between two commands.
    spec : WorkspaceSpec
        What the ledger was made for.
    router : Router
        The router of the same workspace.

    Raises
    ------
    InvariantBroken
        With the facts, for the first invariant that does not hold.
    """
    state = State(ledger, spec, router)
    for invariant in INVARIANTS:
        invariant(state)


def _is_heap(entries: list[tuple[int, int]]) -> bool:
    return all(entries[(i - 1) // 2] <= entries[i] for i in range(1, len(entries)))
