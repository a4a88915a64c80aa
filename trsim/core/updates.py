"""Changes of settings while a workspace is in operation: tasks, workers, queues, workflows.

What is already under way stays: offers stand, work in hand is finished.

Sources: Twilio, "Tasks resource", "Workers resource", "WorkerChannels resource", "TaskQueues
resource", "Workflows resource" (``ReEvaluateTasks``).
"""

from __future__ import annotations

from trsim.core.codes import (
    EVENT_TASK_QUEUE_EXPRESSION_UPDATED,
    EVENT_TASK_QUEUE_UPDATED,
    EVENT_TASK_UPDATED,
    EVENT_WORKER_ATTRIBUTES_UPDATE,
    EVENT_WORKER_CAPACITY_UPDATE,
    EVENT_WORKER_CHANNEL_AVAILABILITY_UPDATE,
    EVENT_WORKFLOW_REEVALUATED,
    EVENT_WORKFLOW_UPDATED,
    TASK_PENDING,
    TASK_RESERVED,
)
from trsim.core.commands import (
    SetCapacity,
    SetChannelAvailable,
    SetWorkerAttributes,
    UpdateQueue,
    UpdateTask,
    UpdateWorkflow,
)
from trsim.core.journey import Journey
from trsim.core.ledger import Ledger
from trsim.core.router import Router
from trsim.core.writer import Writer


class Updates:
    """Carries out changes of settings that have been checked."""

    __slots__ = ("_journey", "_ledger", "_router", "_writer")

    def __init__(self, router: Router, writer: Writer, journey: Journey) -> None:
        self._router = router
        self._writer = writer
        self._ledger: Ledger = writer.ledger
        self._journey = journey

    def task(self, command: UpdateTask, now_ms: int) -> None:
        """Change attributes or priority; a pending task with new attributes starts again."""
        ledger, router = self._ledger, self._router
        task, attributes, priority = command
        step = ledger.task_step[task]
        if attributes != -1:
            ledger.task_attributes[task] = attributes
        if priority != -1 and (step < 0 or router.step_priority[step] < 0):
            ledger.task_priority[task] = priority
        present = ledger.task_attributes[task]
        self._writer.task_row(now_ms, EVENT_TASK_UPDATED, task, attributes=present)
        if ledger.task_status[task] != TASK_PENDING:
            return
        if attributes != -1 and step >= 0:
            self._journey.evaluate_again(task, now_ms)
        elif not ledger.task_is_resting[task]:
            router.task_waits(task)

    def worker_attributes(self, command: SetWorkerAttributes, now_ms: int) -> None:
        """Replace a worker's attributes."""
        worker, attributes = command
        if self._ledger.worker_attributes[worker] == attributes:
            return
        self._ledger.worker_attributes[worker] = attributes
        self._writer.worker_setting(now_ms, EVENT_WORKER_ATTRIBUTES_UPDATE, worker, attributes)
        self._router.attributes_changed(worker)

    def capacity(self, command: SetCapacity, now_ms: int) -> None:
        """Give a worker's channel another capacity."""
        worker, channel, capacity = command
        place = worker * self._ledger.n_channels + channel
        if self._ledger.channel_capacity[place] == capacity:
            return
        self._ledger.channel_capacity[place] = capacity
        event = EVENT_WORKER_CAPACITY_UPDATE
        self._writer.worker_setting(now_ms, event, worker, capacity, channel)
        self._router.worker_changed(worker)

    def channel(self, command: SetChannelAvailable, now_ms: int) -> None:
        """Switch a worker's channel on or off."""
        worker, channel, available = command
        place = worker * self._ledger.n_channels + channel
        if self._ledger.channel_open[place] == available:
            return
        self._ledger.channel_open[place] = available
        event = EVENT_WORKER_CHANNEL_AVAILABILITY_UPDATE
        self._writer.worker_setting(now_ms, event, worker, int(available), channel)
        self._router.worker_changed(worker)

    def queue(self, command: UpdateQueue, now_ms: int) -> None:
        """Change a queue's expression or how many workers it asks at once."""
        ledger, writer = self._ledger, self._writer
        queue, expression, most = command
        if expression not in (-1, ledger.queue_expression[queue]):
            ledger.queue_expression[queue] = expression
            writer.queue_setting(now_ms, EVENT_TASK_QUEUE_EXPRESSION_UPDATED, queue, expression)
            self._router.queue_changed(queue)
        if most not in (-1, ledger.queue_max_reserved[queue]):
            ledger.queue_max_reserved[queue] = most
            writer.queue_setting(now_ms, EVENT_TASK_QUEUE_UPDATED, queue, most)

    def workflow(self, command: UpdateWorkflow, now_ms: int) -> None:
        """Change configuration or timeout for what comes after, or for waiting tasks, too."""
        ledger, writer = self._ledger, self._writer
        workflow, configuration, timeout_ms, re_evaluate = command
        if configuration != -1:
            ledger.workflow_configuration[workflow] = configuration
        if timeout_ms != -1:
            ledger.workflow_timeout_ms[workflow] = timeout_ms
        configuration = ledger.workflow_configuration[workflow]
        timeout_ms = ledger.workflow_timeout_ms[workflow]
        event = EVENT_WORKFLOW_UPDATED
        writer.workflow_setting(now_ms, event, workflow, configuration, timeout_ms)
        if re_evaluate:
            event = EVENT_WORKFLOW_REEVALUATED
            writer.workflow_setting(now_ms, event, workflow, configuration)
            self._evaluate_all_again(workflow, configuration, now_ms)

    def _evaluate_all_again(self, workflow: int, configuration: int, now_ms: int) -> None:
        """Let waiting tasks take up the configuration; reserved ones once their offers failed."""
        ledger = self._ledger
        pending = []
        for task, status in ledger.task_status.items():
            is_routed = ledger.task_configuration[task] >= 0
            if is_routed and ledger.task_workflow[task] == workflow:
                if status in (TASK_PENDING, TASK_RESERVED):
                    ledger.task_configuration[task] = configuration
                if status == TASK_PENDING:
                    pending.append(task)
        for task in pending:
            self._journey.evaluate_again(task, now_ms)
