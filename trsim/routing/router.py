"""The router: TaskRouter's workflows and selection, for one run.

:func:`~trsim.routing.compiled.compile_routing` answers once everything that does not change; a
:class:`WorkflowRouter` reads those tables and keeps tasks and workers in order.

Sources: Twilio, "Workflow configuration", "Task evaluation", "TaskQueues resource".
"""

from __future__ import annotations

from trsim.core.router import Catalog, Placement
from trsim.core.states import Reason
from trsim.routing.compiled import CompiledRouting
from trsim.routing.selection import Selection
from trsim.routing.traversal import Traversal
from trsim.routing.worker_views import sees_channels


class WorkflowRouter(Selection):
    """Answers the core's questions for one run.

    Implements :class:`trsim.core.router.Router`.

    Parameters
    ----------
    routing : CompiledRouting
        Everything that does not change during the run.
    """

    def __init__(self, routing: CompiledRouting) -> None:
        super().__init__(routing)
        plan, steps = routing.plan, routing.steps
        self.catalog = Catalog(
            configurations=len(plan.configurations),
            queue_expressions=len(plan.queue_expressions),
            attribute_sets=len(plan.attribute_sets),
            worker_attribute_sets=len(plan.worker_attribute_sets),
        )
        self.step_queue = tuple(target.queue for target in steps)
        self.step_priority = tuple(
            -1 if target.priority is None else target.priority for target in steps
        )
        self.step_limit_ms = routing.step_limit_ms
        self.step_configuration = routing.step_configuration
        self.step_can_be_skipped = tuple(target.skip_if is not None for target in steps)
        self.watches_work = any(
            target.expression is not None and sees_channels(target.expression) for target in steps
        )
        self._traversal = Traversal(routing)

    def first(self, configuration: int, attributes: int) -> Placement | None:
        """Return the target a new task enters; None: no filter matches, the task is refused."""
        return self._traversal.first(configuration, attributes)

    def from_top(self, task: int, now_ms: int) -> Placement | Reason:
        """Return where a task goes that is evaluated again, or why it ends."""
        return self._traversal.from_top(self._ledger, task, now_ms)

    def after_timeout(self, task: int, now_ms: int) -> Placement | Reason:
        """Return where a task goes whose target's deadline has passed, or why it ends."""
        return self._traversal.after_timeout(self._ledger, task, now_ms)

    def after_skip(self, task: int, now_ms: int) -> Placement | Reason:
        """Return where a task goes whose target is skipped, or why it ends."""
        return self._traversal.after_skip(self._ledger, task, now_ms)

    def next_target(self, task: int, now_ms: int) -> Placement | None:
        """Return the next target of the same filter that can still be tried; None: no such."""
        return self._traversal.next_target(self._ledger, task, now_ms)

    def is_skipped(self, task: int) -> bool:
        """Whether the ``skip_if`` of the task's target holds now."""
        target = self._routing.steps[self._ledger.task_step[task]]
        if target.skip_if is None:
            return False
        return target.skip_if.matches(self._layout.presence.of_queue(target.queue))
