"""What happens to workers: activities, load, and from when they count as idle.

Sources: Twilio, "Activity resource", "Reservations resource" and "Multitasking".
"""

from __future__ import annotations

from trsim.core.codes import EVENT_WORKER_ACTIVITY_UPDATE
from trsim.core.ledger import Ledger
from trsim.core.router import Router
from trsim.core.spec import IdleKey, WorkspaceSpec
from trsim.core.writer import Writer


class Workers:
    """Changes of workers that follow from reservations and commands.

    The caller ends a change with ``found_again`` once the worker's activity and load are settled.
    """

    __slots__ = ("_idle_from_end", "_ledger", "_optimized", "_spec", "_writer", "found_again")

    def __init__(self, spec: WorkspaceSpec, router: Router, writer: Writer) -> None:
        assert spec.multi_task_enabled or all(
            queue.reservation_activity >= 0 and queue.assignment_activity >= 0
            for queue in spec.queues
        ), "single-tasking moves workers to activities of the queue, which has none"
        self._spec = spec
        self._ledger: Ledger = writer.ledger
        self._writer = writer
        self._idle_from_end = spec.rules.idle_key is IdleKey.SINCE_FREE
        self._optimized = [
            c for c, channel in enumerate(spec.channels) if channel.optimized_routing
        ]
        self.found_again = router.worker_changed

    def enter_activity(self, worker: int, activity: int, now_ms: int) -> None:
        """Move a worker; no row and no change where the activity is the present one."""
        ledger = self._ledger
        if activity == ledger.worker_activity[worker]:
            return
        ledger.worker_activity[worker] = activity
        if self._idle_from_end and ledger.activity_available[activity]:
            ledger.worker_idle_ms[worker] = now_ms
            for channel in self._optimized:
                ledger.channel_idle_ms[worker * ledger.n_channels + channel] = now_ms
        self._writer.worker_row(now_ms, EVENT_WORKER_ACTIVITY_UPDATE, worker)

    def hold(self, reservation: int, now_ms: int) -> None:
        """Take a slot for a new reservation."""
        ledger = self._ledger
        worker, task = ledger.reservation_worker[reservation], ledger.reservation_task[reservation]
        place = worker * ledger.n_channels + ledger.task_channel[task]
        ledger.worker_reservations[worker].append(reservation)
        ledger.channel_load[place] += 1
        if not self._idle_from_end:
            self._idle_from(worker, place, now_ms)

    def free(self, reservation: int, now_ms: int) -> None:
        """Give back the slot of a reservation that ended."""
        ledger = self._ledger
        worker, task = ledger.reservation_worker[reservation], ledger.reservation_task[reservation]
        place = worker * ledger.n_channels + ledger.task_channel[task]
        ledger.worker_reservations[worker].remove(reservation)
        ledger.channel_load[place] -= 1
        if self._idle_from_end:
            self._idle_from(worker, place, now_ms)

    def count_assigned(self, reservation: int, change: int) -> None:
        """Count a reservation that is accepted now (+1) or no more (-1)."""
        ledger = self._ledger
        worker, task = ledger.reservation_worker[reservation], ledger.reservation_task[reservation]
        place = worker * ledger.n_channels + ledger.task_channel[task]
        ledger.channel_assigned[place] += change

    def show_offer(self, worker: int, task: int, now_ms: int) -> None:
        """Single-tasking: enter the queue's reservation activity, after the offer's row."""
        queue = self._ledger.task_queue[task]
        if queue >= 0:
            self.enter_activity(worker, self._spec.queues[queue].reservation_activity, now_ms)

    def show_assignment(self, worker: int, task: int, now_ms: int) -> None:
        """Single-tasking: enter the queue's assignment activity, after the acceptance's row."""
        queue = self._ledger.task_queue[task]
        if queue >= 0:
            self.enter_activity(worker, self._spec.queues[queue].assignment_activity, now_ms)

    def restore_activity(self, reservation: int, now_ms: int) -> None:
        """Single-tasking: back to the activity the worker had before the offer."""
        ledger = self._ledger
        if not ledger.multi_task:
            worker = ledger.reservation_worker[reservation]
            self.enter_activity(worker, ledger.reservation_previous_activity[reservation], now_ms)

    def _idle_from(self, worker: int, place: int, now_ms: int) -> None:
        ledger = self._ledger
        ledger.worker_idle_ms[worker] = now_ms
        if self._optimized:
            ledger.channel_idle_ms[place] = now_ms
