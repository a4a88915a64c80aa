"""The order of things: inside one instant, among waiting tasks, among free workers.

Every engine takes its order from here and from nowhere else.

Inside one instant (TaskRouter documents no order; ours follows live observations that a
reservation timer beats a target deadline of the same instant):

1. commands, in the creation order of what the world intends (live: order of arrival);
2. the classes of :class:`DeadlineClass` in their order, inside a class by the number of the
   reservation or task, which is creation order.

An acceptance at the exact instant of expiry therefore wins.
"""

from __future__ import annotations

from enum import IntEnum


class DeadlineClass(IntEnum):
    """Classes of deadlines in the order in which they fire inside one instant."""

    RESERVATION = 0
    """An offer expires; the subject is a reservation."""
    TARGET = 1
    """A workflow target times out; the subject is a task."""
    TTL = 2
    """A task's time to live ends; the subject is a task."""
    EXPIRY = 3
    """24 h after assignment; the subject is a task."""
    REOFFER = 4
    """The time in which a task is offered to nobody ends; the subject is a task."""
    DIRECT = 5
    """60 s after the creation of a directly routed task; the subject is that task."""
    ROUTING = 6
    """A routing pass is due; the subject is 0."""
    PURGE = 7
    """300 s after the end; the subject is a task."""


TaskKey = tuple[int, int, int, int]
"""A place among all waiting tasks, smallest first; it ends with the number of the task."""


def fifo_key(rank: int, priority: int, start_ms: int, task: int) -> TaskKey:
    """Return the key by which waiting tasks of FIFO queues are served, smallest first.

    Higher priority first, then the earlier start of waiting, then the earlier creation; task
    numbers are creation order.

    Parameters
    ----------
    rank : int
        Place of the FIFO queues among the two kinds, 0 or 1.
    priority : int
        The task's priority.
    start_ms : int
        From when its wait counts [ms], which may lie before its creation.
    task : int
        Its number.

    Notes
    -----
    Twilio, "Queue ordering"; across queues priority wins over age.

    Examples
    --------
    >>> sorted([fifo_key(0, 0, 10, 1), fifo_key(0, 5, 20, 2), fifo_key(0, 5, 15, 3)])
    [(0, -5, 15, 3), (0, -5, 20, 2), (0, 0, 10, 1)]
    """
    return (rank, -priority, start_ms, task)


def lifo_key(rank: int, start_ms: int, created_ms: int, task: int) -> TaskKey:
    """Return the key by which waiting tasks of LIFO queues are served, smallest first.

    The later start of waiting first, then the later creation; of tasks created in the same
    instant the first one first.  Priorities play no part.

    Parameters
    ----------
    rank : int
        Place of the LIFO queues among the two kinds, 0 or 1.
    start_ms, created_ms : int
        From when its wait counts, and when it was created [ms].
    task : int
        Its number.

    Notes
    -----
    Twilio, "Queue ordering: last in, first out".

    Examples
    --------
    >>> sorted([lifo_key(1, 10, 10, 0), lifo_key(1, 20, 20, 1), lifo_key(1, 20, 20, 2)])
    [(1, -20, -20, 1), (1, -20, -20, 2), (1, -10, -10, 0)]
    """
    return (rank, -start_ms, -created_ms, task)


def worker_key(idle_ms: int, worker: int) -> tuple[int, int]:
    """Return the key by which free workers are chosen, smallest first.

    The longest idle first, then the worker created first.  ``idle_ms`` is the instant the idle
    time counts from under the workspace's ``idle_key`` rule; -1 (never) precedes everything.

    Notes
    -----
    Twilio, "Order workers": without ``order_by`` the worker longest without an assignment.
    """
    return (idle_ms, worker)
