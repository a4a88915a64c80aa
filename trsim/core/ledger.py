"""The state of a workspace: one plain list per fact, indexed by number.

Columns of integers rather than objects, so that the rules stay small, fast and open to
compilation.  Only :mod:`trsim.core.workspace` and the modules it is made of write here; drivers,
worlds and tests read.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappush
from typing import NamedTuple

from trsim.core.codes import (
    RESERVATION_PENDING,
    TASK_PENDING,
)
from trsim.core.commands import CreateTask
from trsim.core.ordering import task_key, worker_key
from trsim.core.spec import WorkspaceSpec

NOT_READY = -2
"""In ``ready_idle_ms``: the worker has no entry in its pool."""
NO_DEADLINE = -1
"""In ``task_deadline_ms``: the target has no timeout."""


class Places(NamedTuple):
    """Where tasks and free workers wait, as the routing lays it out.

    A *line* holds waiting tasks that the same workers can serve: one per queue and channel.  A
    *pool* holds workers that are interchangeable for routing on a channel: the same queues.
    """

    n_lines: int
    n_pools: int
    worker_pool: Sequence[int]
    """Pool by ``worker * n_channels + channel``; -1 where no queue has the worker."""
    pool_lines: Sequence[Sequence[int]]
    """Lines that a pool's workers can serve."""
    line_channel: Sequence[int]
    """Channel of each line."""


class Ledger:
    """All facts about tasks, reservations and workers, and the order in which they wait.

    Columns named ``task_…`` are indexed by task, ``reservation_…`` by reservation, ``worker_…``
    by worker; those of a worker's channels by ``worker * n_channels + channel``.
    """

    __slots__ = (
        "activity_available",
        "channel_capacity",
        "channel_load",
        "channel_open",
        "channels_in_use",
        "line_channel",
        "multi_task",
        "n_channels",
        "pool_lines",
        "ready",
        "ready_idle_ms",
        "reservation_expires_ms",
        "reservation_previous_activity",
        "reservation_status",
        "reservation_task",
        "reservation_worker",
        "stirred",
        "task_attempts",
        "task_attributes",
        "task_channel",
        "task_created_ms",
        "task_deadline_ms",
        "task_first_reservation",
        "task_holder",
        "task_line",
        "task_offset_ms",
        "task_open_reservations",
        "task_priority",
        "task_queue",
        "task_reservations",
        "task_status",
        "task_step",
        "task_ttl_ms",
        "task_workflow",
        "waiting",
        "worker_activity",
        "worker_idle_ms",
        "worker_pool",
        "worker_reservations",
    )

    def __init__(self, spec: WorkspaceSpec, places: Places) -> None:
        n_workers, self.n_channels = len(spec.workers), len(spec.channels)
        self.multi_task = spec.multi_task_enabled
        self.activity_available = [activity.available for activity in spec.activities]

        self.task_status: list[int] = []
        self.task_workflow: list[int] = []
        self.task_channel: list[int] = []
        self.task_attributes: list[int] = []
        self.task_priority: list[int] = []
        self.task_created_ms: list[int] = []
        self.task_ttl_ms: list[int] = []  # instant at which the time to live ends
        self.task_step: list[int] = []
        self.task_offset_ms: list[int] = []
        self.task_deadline_ms: list[int] = []  # instant at which the target times out
        self.task_queue: list[int] = []
        self.task_line: list[int] = []
        self.task_attempts: list[int] = []  # batches of reservations so far
        self.task_first_reservation: list[int] = []  # a batch is first … first + reservations - 1
        self.task_reservations: list[int] = []  # size of the latest batch
        self.task_open_reservations: list[int] = []  # still pending of the latest batch
        self.task_holder: list[int] = []  # the accepted or wrapping reservation, -1: none

        self.reservation_status: list[int] = []
        self.reservation_task: list[int] = []
        self.reservation_worker: list[int] = []
        self.reservation_expires_ms: list[int] = []
        self.reservation_previous_activity: list[int] = []  # before the offer (single-tasking)

        self.worker_activity = [worker.activity for worker in spec.workers]
        self.worker_idle_ms = [-1] * n_workers  # from when idleness counts; -1: for ever
        # Reservations that are pending, accepted or wrapping, in creation order:
        self.worker_reservations: list[list[int]] = [[] for _ in spec.workers]
        self.worker_pool = places.worker_pool
        self.channel_capacity = [c for worker in spec.workers for c in worker.capacity]
        self.channel_open = [c for worker in spec.workers for c in worker.channel_available]
        self.channel_load = [0] * (n_workers * self.n_channels)
        self.channels_in_use: list[int] = []  # those that ever had a task

        self.waiting: list[list[tuple[int, int]]] = [[] for _ in range(places.n_lines)]
        self.ready: list[list[tuple[int, int]]] = [[] for _ in range(places.n_pools)]
        self.ready_idle_ms = [NOT_READY] * (n_workers * self.n_channels)
        self.pool_lines = places.pool_lines
        self.line_channel = places.line_channel
        self.stirred: list[int] = []  # lines that may have gained a match, each at most once

    def can_take(self, worker: int, channel: int) -> bool:
        """Whether activity and capacity allow the worker another offer on the channel.

        With the membership in the target's queue, which pools and lines express, this is the one
        rule of eligibility.

        Notes
        -----
        Twilio, "Multitasking": a pending, accepted or wrapping reservation takes one slot of the
        worker's channel.  In a single-tasking workspace the next offer comes only once the
        previous task is finished.  The activity must be an available one in both.
        """
        if not self.activity_available[self.worker_activity[worker]]:
            return False
        if not self.multi_task:
            return not self.worker_reservations[worker]
        place = worker * self.n_channels + channel
        return self.channel_open[place] and self.channel_load[place] < self.channel_capacity[place]

    def add_task(self, command: CreateTask, now_ms: int) -> int:
        """Append a pending task that is in no target yet, and return its number."""
        workflow, channel, attributes, priority, ttl_ms, _, _ = command
        if channel not in self.channels_in_use:
            self._open_channel(channel)
        task = len(self.task_status)
        self.task_status.append(TASK_PENDING)
        self.task_workflow.append(workflow)
        self.task_channel.append(channel)
        self.task_attributes.append(attributes)
        self.task_priority.append(priority)
        self.task_created_ms.append(now_ms)
        self.task_ttl_ms.append(now_ms + ttl_ms)
        self.task_step.append(-1)
        self.task_offset_ms.append(0)
        self.task_deadline_ms.append(NO_DEADLINE)
        self.task_queue.append(-1)
        self.task_line.append(-1)
        self.task_attempts.append(0)
        self.task_first_reservation.append(-1)
        self.task_reservations.append(0)
        self.task_open_reservations.append(0)
        self.task_holder.append(-1)
        return task

    def add_reservation(self, task: int, worker: int, expires_ms: int) -> int:
        """Append a pending reservation and return its number."""
        reservation = len(self.reservation_status)
        self.reservation_status.append(RESERVATION_PENDING)
        self.reservation_task.append(task)
        self.reservation_worker.append(worker)
        self.reservation_expires_ms.append(expires_ms)
        self.reservation_previous_activity.append(self.worker_activity[worker])
        return reservation

    def open_reservations(self, task: int) -> list[int]:
        """Return the pending reservations of a task's latest batch, in creation order."""
        first = self.task_first_reservation[task]
        batch = range(first, first + self.task_reservations[task])
        return [r for r in batch if self.reservation_status[r] == RESERVATION_PENDING]

    def queue_task(self, task: int) -> None:
        """Put a pending task into its line."""
        line = self.task_line[task]
        heappush(self.waiting[line], task_key(self.task_priority[task], task))
        if line not in self.stirred:
            self.stirred.append(line)

    def refresh_worker(self, worker: int) -> None:
        """Put a worker into the pool of every channel on which an offer is possible now.

        Called after every change of a worker's activity or load; on the other channels the
        worker's entry, if it has one, no longer stands for anything.
        """
        for channel in self.channels_in_use:
            place = worker * self.n_channels + channel
            pool = self.worker_pool[place]
            if pool < 0:
                continue
            if not self.can_take(worker, channel):
                self.ready_idle_ms[place] = NOT_READY
                continue
            idle_ms = self.worker_idle_ms[worker]
            if self.ready_idle_ms[place] != idle_ms:
                self.ready_idle_ms[place] = idle_ms
                heappush(self.ready[pool], worker_key(idle_ms, worker))
            for line in self.pool_lines[pool]:
                if self.waiting[line] and line not in self.stirred:
                    self.stirred.append(line)

    def _open_channel(self, channel: int) -> None:
        """Fill the pools of a channel that sees its first task; unused ones cost nothing."""
        self.channels_in_use.append(channel)
        for worker in range(len(self.worker_activity)):
            self.refresh_worker(worker)
