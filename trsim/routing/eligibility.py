"""Who may be asked for a task, and what stands in the way of the others.

The one home of the rule: queue, known worker and expression are looked at here, activity and
capacity in :meth:`~trsim.core.ledger.Ledger.can_take`.

Sources: Twilio, "TaskQueues resource" (``TargetWorkers``), "Workflow configuration" (target
expressions, known workers), "Multitasking", "Tasks resource" (``RoutingTarget``).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from trsim.core.ledger import Ledger
from trsim.routing.compiled import CompiledRouting
from trsim.routing.expression_scopes import follow
from trsim.routing.worker_views import (
    WorkerViews,
    sees_activity,
    sees_identity,
)
from trsim.routing.workflow import KnownWorker, Target

Attributes = Mapping[str, object]


class Obstacle(Enum):
    """What keeps a worker from being asked for a task."""

    OTHER_WORKER = "the task is routed to another worker"
    NOT_IN_QUEUE = "not in the queue"
    NOT_THE_KNOWN_WORKER = "not the known worker the task names"
    EXPRESSION = "the target's expression is false"
    UNAVAILABLE = "in an activity that is not available"
    CHANNEL_OFF = "the channel is switched off"
    NO_CAPACITY = "no capacity left on the channel"
    BUSY = "has a task already"


class Eligibility:
    """Works out from the facts who may be asked for a task.

    Parameters
    ----------
    routing : CompiledRouting
        Targets, expressions and attributes.
    ledger : Ledger
        The facts.
    """

    def __init__(self, routing: CompiledRouting, ledger: Ledger) -> None:
        self._routing = routing
        self._ledger = ledger
        self.views = WorkerViews(routing, ledger)
        expressions = routing.plan.queue_expressions
        self._is_plain = [not (sees_identity(e) or sees_activity(e)) for e in expressions]
        self._by_attributes: dict[tuple[int, int], bool] = {}

    def in_queue(self, worker: int, queue: int) -> bool:
        """Whether a worker belongs to a queue now."""
        number = self._ledger.queue_expression[queue]
        expression = self._routing.plan.queue_expressions[number]
        if not self._is_plain[number]:
            return expression.matches(self.views.for_queue(worker))
        key = (number, self._ledger.worker_attributes[worker])
        found = self._by_attributes.get(key)
        if found is None:
            found = self._by_attributes[key] = expression.matches(self.views.attributes(worker))
        return found

    def queue_members(self, queue: int) -> list[int]:
        """Return the workers of a queue, whatever their activity."""
        workers = range(len(self._ledger.worker_activity))
        return [worker for worker in workers if self.in_queue(worker, queue)]

    def attributes_number(self, worker: int) -> int:
        """Return the number of a worker's attribute set."""
        return self._ledger.worker_attributes[worker]

    def named(self, known: KnownWorker, attributes: Attributes) -> str | None:
        """Return the SID or the name in lower case by which a task names its worker, or None."""
        value = follow(attributes, known.path)
        if not isinstance(value, str):
            return None
        return value.lower() if known.by_name else value

    def is_known_worker(self, worker: int, known: KnownWorker, named: str | None) -> bool:
        """Whether a worker is the one that a task names."""
        if known.by_name:
            return self._routing.workers[worker].lower() == named
        return named is not None and self.views.for_queue(worker)["sid"] == named

    def expression_holds(self, target: Target, attributes: Attributes, worker: int) -> bool:
        """Whether the expression of a target holds for a task's attributes and a worker."""
        if target.expression is None:
            return True
        return target.expression.matches_pair(attributes, self.views.for_target(worker))

    def obstacles(self, worker: int, task: int) -> tuple[Obstacle, ...]:
        """Return everything that keeps a worker from being asked for a task; empty: nothing."""
        ledger = self._ledger
        chosen = ledger.task_target_worker[task]
        if chosen >= 0 and chosen != worker:
            return (Obstacle.OTHER_WORKER,)
        found = [] if chosen >= 0 else self._of_target(worker, task)
        if not ledger.task_ignores_capacity[task]:
            found += self._of_load(worker, ledger.task_channel[task])
        return tuple(found)

    def is_eligible(self, worker: int, task: int) -> bool:
        """Whether a worker may be asked for a task now."""
        return not self.obstacles(worker, task)

    def _of_target(self, worker: int, task: int) -> list[Obstacle]:
        ledger = self._ledger
        found = []
        if not self.in_queue(worker, ledger.task_queue[task]):
            found.append(Obstacle.NOT_IN_QUEUE)
        step = ledger.task_step[task]
        if step < 0:
            return found
        target = self._routing.steps[step]
        attributes = self._routing.plan.attribute_sets[ledger.task_attributes[task]]
        known = target.known_worker
        if known is not None:
            named = self.named(known, attributes)
            if not self.is_known_worker(worker, known, named):
                found.append(Obstacle.NOT_THE_KNOWN_WORKER)
        if not self.expression_holds(target, attributes, worker):
            found.append(Obstacle.EXPRESSION)
        return found

    def _of_load(self, worker: int, channel: int) -> list[Obstacle]:
        ledger = self._ledger
        if ledger.can_take(worker, channel):
            return []
        found = []
        place = worker * ledger.n_channels + channel
        if not ledger.activity_available[ledger.worker_activity[worker]]:
            found.append(Obstacle.UNAVAILABLE)
        if not ledger.multi_task:
            return [*found, *([Obstacle.BUSY] if ledger.worker_reservations[worker] else [])]
        if not ledger.channel_open[place]:
            found.append(Obstacle.CHANNEL_OFF)
        if ledger.channel_load[place] >= ledger.channel_capacity[place]:
            found.append(Obstacle.NO_CAPACITY)
        return found
