"""What happens to workers: activities, load, and from when they count as idle.

Sources: Twilio, "Activity resource", "Reservations resource" and "Multitasking".
"""

from __future__ import annotations

from trsim.core.codes import (
    EVENT_WORKER_ACTIVITY_UPDATE,
)
from trsim.core.ledger import Ledger
from trsim.core.spec import IdleKey, WorkspaceSpec
from trsim.core.writer import Writer


class Workers:
    """Changes of workers that follow from reservations and commands."""

    __slots__ = ("_idle_from_end", "_ledger", "_spec", "_writer")

    def __init__(self, spec: WorkspaceSpec, ledger: Ledger, writer: Writer) -> None:
        assert spec.multi_task_enabled or all(
            queue.reservation_activity >= 0 and queue.assignment_activity >= 0
            for queue in spec.queues
        ), "single-tasking moves workers to activities of the queue, which has none"
        self._spec = spec
        self._ledger = ledger
        self._writer = writer
        self._idle_from_end = spec.rules.idle_key is IdleKey.SINCE_FREE

    def enter_activity(self, worker: int, activity: int, now_ms: int) -> None:
        """Move a worker; no row and no change where the activity is the present one."""
        ledger = self._ledger
        if activity == ledger.worker_activity[worker]:
            return
        ledger.worker_activity[worker] = activity
        if self._idle_from_end and ledger.activity_available[activity]:
            ledger.worker_idle_ms[worker] = now_ms
        self._writer.worker_row(now_ms, EVENT_WORKER_ACTIVITY_UPDATE, worker)

    def hold(self, reservation: int, now_ms: int) -> None:
        """Take a slot for a new reservation."""
        ledger = self._ledger
        worker, task = ledger.reservation_worker[reservation], ledger.reservation_task[reservation]
        ledger.worker_reservations[worker].append(reservation)
        ledger.channel_load[worker * ledger.n_channels + ledger.task_channel[task]] += 1
        if not self._idle_from_end:
            ledger.worker_idle_ms[worker] = now_ms

    def show_offer(self, worker: int, task: int, now_ms: int) -> None:
        """Single-tasking: enter the queue's reservation activity, after the offer's row."""
        queue = self._spec.queues[self._ledger.task_queue[task]]
        self.enter_activity(worker, queue.reservation_activity, now_ms)

    def show_assignment(self, worker: int, task: int, now_ms: int) -> None:
        """Single-tasking: enter the queue's assignment activity, after the acceptance's row."""
        queue = self._spec.queues[self._ledger.task_queue[task]]
        self.enter_activity(worker, queue.assignment_activity, now_ms)

    def free(self, reservation: int, now_ms: int) -> None:
        """Give back the slot of a reservation that ended.

        The caller refreshes the worker once its activity is settled.
        """
        ledger = self._ledger
        worker = ledger.reservation_worker[reservation]
        channel = ledger.task_channel[ledger.reservation_task[reservation]]
        ledger.worker_reservations[worker].remove(reservation)
        ledger.channel_load[worker * ledger.n_channels + channel] -= 1
        if self._idle_from_end:
            ledger.worker_idle_ms[worker] = now_ms

    def restore_activity(self, reservation: int, now_ms: int) -> None:
        """Single-tasking: back to the activity the worker had before the offer."""
        ledger = self._ledger
        if not ledger.multi_task:
            worker = ledger.reservation_worker[reservation]
            self.enter_activity(worker, ledger.reservation_previous_activity[reservation], now_ms)
