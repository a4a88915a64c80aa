"""The state of a workspace: one plain list per fact, indexed by number.

Columns of integers rather than objects, so that the rules stay small, fast and open to
compilation.  Only :mod:`trsim.core.workspace` and the modules it is made of write here; routers,
drivers, worlds and tests read.
"""

from __future__ import annotations

from trsim.core.codes import RESERVATION_PENDING, TASK_PENDING
from trsim.core.commands import CreateTask
from trsim.core.spec import WorkspaceSpec

NO_DEADLINE = -1
"""In ``task_deadline_ms``: the target has no timeout."""
NO_TIMER = -1
"""In ``reservation_expires_ms``: the reservation is on hold, its timer stopped for good."""


class Ledger:
    """All facts about tasks, reservations and workers, and the settings that can change.

    Columns named ``task_…`` are indexed by task, ``reservation_…`` by reservation, ``worker_…``
    by worker, ``queue_…`` and ``workflow_…`` likewise; those of a worker's channels
    (``channel_…``) by ``worker * n_channels + channel``.
    """

    __slots__ = (
        "activity_available",
        "channel_assigned",
        "channel_capacity",
        "channel_idle_ms",
        "channel_load",
        "channel_open",
        "multi_task",
        "n_channels",
        "optimized",
        "queue_expression",
        "queue_max_reserved",
        "reservation_expires_ms",
        "reservation_previous_activity",
        "reservation_status",
        "reservation_task",
        "reservation_worker",
        "task_attempts",
        "task_attributes",
        "task_channel",
        "task_configuration",
        "task_created_ms",
        "task_deadline_ms",
        "task_first_reservation",
        "task_holder",
        "task_ignores_capacity",
        "task_offset_ms",
        "task_open_reservations",
        "task_priority",
        "task_queue",
        "task_reservations",
        "task_rest_ms",
        "task_start_ms",
        "task_status",
        "task_step",
        "task_target_worker",
        "task_ttl_ms",
        "task_workflow",
        "worker_activity",
        "worker_attributes",
        "worker_idle_ms",
        "worker_reservations",
        "workflow_configuration",
        "workflow_timeout_ms",
    )

    def __init__(self, spec: WorkspaceSpec) -> None:
        n_workers, self.n_channels = len(spec.workers), len(spec.channels)
        self.multi_task = spec.multi_task_enabled
        self.activity_available = [activity.available for activity in spec.activities]
        self.optimized = [channel.optimized_routing for channel in spec.channels]

        self.task_status: list[int] = []
        self.task_workflow: list[int] = []
        self.task_configuration: list[int] = []  # that it goes by; -1: routed directly
        self.task_channel: list[int] = []
        self.task_attributes: list[int] = []
        self.task_priority: list[int] = []
        self.task_created_ms: list[int] = []
        self.task_start_ms: list[int] = []  # from when its wait counts, for its place in a queue
        self.task_ttl_ms: list[int] = []  # instant at which the time to live ends
        self.task_step: list[int] = []  # -1: routed directly
        self.task_offset_ms: list[int] = []
        self.task_deadline_ms: list[int] = []  # instant at which the target times out
        self.task_queue: list[int] = []  # -1: routed to a worker
        self.task_target_worker: list[int] = []  # the only one to be asked, -1: no such
        self.task_ignores_capacity: list[bool] = []  # and whatever that one's activity and load
        self.task_rest_ms: list[int] = []  # offered to nobody before this instant
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
        self.worker_attributes = [worker.attributes for worker in spec.workers]
        self.worker_idle_ms = [-1] * n_workers  # from when idleness counts; -1: for ever
        # Reservations that are pending, accepted or wrapping, in creation order:
        self.worker_reservations: list[list[int]] = [[] for _ in spec.workers]
        self.channel_capacity = [c for worker in spec.workers for c in worker.capacity]
        self.channel_open = [c for worker in spec.workers for c in worker.channel_available]
        self.channel_load = [0] * (n_workers * self.n_channels)
        self.channel_assigned = [0] * (n_workers * self.n_channels)  # accepted, not yet wrapping
        # Idleness on the channel alone, kept where routing is optimized for it:
        self.channel_idle_ms = [-1] * (n_workers * self.n_channels)

        self.queue_max_reserved = [queue.max_reserved_workers for queue in spec.queues]
        self.queue_expression = list(range(len(spec.queues)))
        self.workflow_timeout_ms = [flow.reservation_timeout_ms for flow in spec.workflows]
        self.workflow_configuration = list(range(len(spec.workflows)))

    def can_take(self, worker: int, channel: int) -> bool:
        """Whether activity and capacity allow the worker another offer on the channel.

        Who belongs to the target is routing's business; the rest of eligibility is here.

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

    def idle_ms(self, worker: int, channel: int) -> int:
        """Return from when the worker's idleness counts on a channel [ms], -1 for ever."""
        if self.optimized[channel]:
            return self.channel_idle_ms[worker * self.n_channels + channel]
        return self.worker_idle_ms[worker]

    def add_task(self, command: CreateTask, configuration: int, now_ms: int) -> int:
        """Append a pending task that is in no target yet, and return its number."""
        task = len(self.task_status)
        self.task_status.append(TASK_PENDING)
        self.task_workflow.append(command.workflow)
        self.task_configuration.append(configuration)
        self.task_channel.append(command.channel)
        self.task_attributes.append(command.attributes)
        self.task_priority.append(command.priority)
        self.task_created_ms.append(now_ms)
        self.task_start_ms.append(now_ms - command.lead_ms)
        self.task_ttl_ms.append(now_ms + command.ttl_ms)
        self.task_step.append(-1)
        self.task_offset_ms.append(0)
        self.task_deadline_ms.append(NO_DEADLINE)
        self.task_queue.append(command.target_queue)
        self.task_target_worker.append(command.target_worker)
        self.task_ignores_capacity.append(command.target_worker >= 0 and command.ignore_capacity)
        self.task_rest_ms.append(-1)
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
