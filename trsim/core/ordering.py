"""The order of things: inside one instant, among waiting tasks, among free workers.

Every engine takes its order from here and from nowhere else.

Inside one instant (TaskRouter documents no order; ours follows live observations that a
reservation timer beats a target deadline of the same instant):

1. commands, in the creation order of what the world intends (live: order of arrival);
2. reservation timers, 3. target deadlines, 4. times to live, 5. removals,
   inside a class by the number of the reservation or task, which is creation order.

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
    PURGE = 4
    """300 s after the end; the subject is a task."""


def task_key(priority: int, task: int) -> tuple[int, int]:
    """Return the key by which waiting tasks of FIFO queues are served, smallest first.

    Higher priority first, then the earlier creation; task numbers are creation order.

    Notes
    -----
    Twilio, "Queue ordering"; across queues priority wins over age.

    Examples
    --------
    >>> sorted([task_key(0, 1), task_key(5, 2), task_key(5, 3)])
    [(-5, 2), (-5, 3), (0, 1)]
    """
    return (-priority, task)


def worker_key(idle_ms: int, worker: int) -> tuple[int, int]:
    """Return the key by which free workers are chosen, smallest first.

    The longest idle first, then the worker created first.  ``idle_ms`` is the instant the idle
    time counts from under the workspace's ``idle_key`` rule; -1 (never) precedes everything.

    Notes
    -----
    Twilio, "Order workers": without ``order_by`` the worker longest without an assignment.
    """
    return (idle_ms, worker)
