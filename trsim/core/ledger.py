"""The state of a workspace: one plain column per fact, indexed by number.

Columns of integers rather than objects, so that the rules stay small, fast and open to
compilation.  Those of tasks and reservations hold what is alive, and what ended a moment ago: a
removed task is forgotten with its reservations, so that memory does not grow with what has been.
Only :mod:`trsim.core.workspace` and the modules it is made of write here; routers, drivers, worlds
and tests read.
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

    Attributes
    ----------
    tasks_created, reservations_created : int
        How many there have been; the next one gets this number.
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
        "reservations_created",
        "task_attempts",
        "task_attributes",
        "task_channel",
        "task_configuration",
        "task_created_ms",
        "task_deadline_ms",
        "task_first_reservation",
        "task_holder",
        "task_ignores_capacity",
        "task_is_resting",
        "task_offers",
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
        "tasks_created",
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

        self._begin_tasks()
        self._begin_reservations()

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

    def _begin_tasks(self) -> None:
        self.tasks_created = 0
        self.task_status: dict[int, int] = {}
        self.task_workflow: dict[int, int] = {}
        self.task_configuration: dict[int, int] = {}  # that it goes by; -1: routed directly
        self.task_channel: dict[int, int] = {}
        self.task_attributes: dict[int, int] = {}
        self.task_priority: dict[int, int] = {}
        self.task_created_ms: dict[int, int] = {}
        self.task_start_ms: dict[int, int] = {}  # from when its wait counts
        self.task_ttl_ms: dict[int, int] = {}  # instant at which the time to live ends
        self.task_step: dict[int, int] = {}  # -1: routed directly
        self.task_offset_ms: dict[int, int] = {}
        self.task_deadline_ms: dict[int, int] = {}  # instant at which the target times out
        self.task_queue: dict[int, int] = {}  # -1: routed to a worker
        self.task_target_worker: dict[int, int] = {}  # the only one to be asked, -1: no such
        self.task_ignores_capacity: dict[int, bool] = {}  # of that worker
        self.task_rest_ms: dict[int, int] = {}  # until when its latest rest lasts
        self.task_is_resting: dict[int, bool] = {}  # offered to nobody until that is over
        self.task_offers: dict[int, list[int]] = {}  # all its reservations
        self.task_attempts: dict[int, int] = {}  # batches of reservations so far
        self.task_first_reservation: dict[int, int] = {}  # of the latest batch
        self.task_reservations: dict[int, int] = {}  # size of the latest batch
        self.task_open_reservations: dict[int, int] = {}  # still pending of the latest batch
        self.task_holder: dict[int, int] = {}  # the accepted or wrapping reservation, -1: none

    def _begin_reservations(self) -> None:
        self.reservations_created = 0
        self.reservation_status: dict[int, int] = {}
        self.reservation_task: dict[int, int] = {}
        self.reservation_worker: dict[int, int] = {}
        self.reservation_expires_ms: dict[int, int] = {}
        self.reservation_previous_activity: dict[int, int] = {}  # before the offer (single-tasking)

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
        task = self.tasks_created
        self.tasks_created += 1
        self.task_status[task] = TASK_PENDING
        self.task_workflow[task] = command.workflow
        self.task_configuration[task] = configuration
        self.task_channel[task] = command.channel
        self.task_attributes[task] = command.attributes
        self.task_priority[task] = command.priority
        self.task_created_ms[task] = now_ms
        self.task_start_ms[task] = now_ms - command.lead_ms
        self.task_ttl_ms[task] = now_ms + command.ttl_ms
        self.task_step[task] = -1
        self.task_offset_ms[task] = 0
        self.task_deadline_ms[task] = NO_DEADLINE
        self.task_queue[task] = command.target_queue
        self.task_target_worker[task] = command.target_worker
        self.task_ignores_capacity[task] = command.target_worker >= 0 and command.ignore_capacity
        self.task_rest_ms[task] = -1
        self.task_is_resting[task] = False
        self.task_offers[task] = []
        self.task_attempts[task] = 0
        self.task_first_reservation[task] = -1
        self.task_reservations[task] = 0
        self.task_open_reservations[task] = 0
        self.task_holder[task] = -1
        return task

    def add_reservation(self, task: int, worker: int, expires_ms: int) -> int:
        """Append a pending reservation and return its number."""
        reservation = self.reservations_created
        self.reservations_created += 1
        self.task_offers[task].append(reservation)
        self.reservation_status[reservation] = RESERVATION_PENDING
        self.reservation_task[reservation] = task
        self.reservation_worker[reservation] = worker
        self.reservation_expires_ms[reservation] = expires_ms
        self.reservation_previous_activity[reservation] = self.worker_activity[worker]
        return reservation

    def open_reservations(self, task: int) -> list[int]:
        """Return the pending reservations of a task's latest batch, in creation order."""
        first = self.task_first_reservation[task]
        batch = range(first, first + self.task_reservations[task])
        return [r for r in batch if self.reservation_status[r] == RESERVATION_PENDING]

    def forget(self, task: int) -> None:
        """Drop all that is known of a removed task and its reservations."""
        for reservation in self.task_offers[task]:
            for name in RESERVATION_COLUMNS:
                del getattr(self, name)[reservation]
        for name in TASK_COLUMNS:
            del getattr(self, name)[task]


TASK_COLUMNS = tuple(name for name in Ledger.__slots__ if name.startswith("task_"))
"""Columns indexed by task."""
RESERVATION_COLUMNS = tuple(name for name in Ledger.__slots__ if name.startswith("reservation_"))
"""Columns indexed by reservation."""
