"""A task's way through its workflow: entering targets, leaving them, falling off the end.

Which target comes next is the router's answer; what entering and leaving it changes is here.

Sources: Twilio, "Workflow configuration", "Task evaluation".
"""

from __future__ import annotations

from trsim.core.codes import (
    DEADLINE_TARGET,
    EVENT_TASK_QUEUE_MOVED,
    EVENT_TASK_QUEUE_TIMEOUT,
    EVENT_WORKFLOW_TIMEOUT,
)
from trsim.core.deadlines import Calendar, target_deadline
from trsim.core.endings import Endings
from trsim.core.ledger import NO_DEADLINE
from trsim.core.router import Placement, Router
from trsim.core.spec import FailureRule, RoutingRules
from trsim.core.states import Reason
from trsim.core.writer import Writer


class Journey:
    """Moves tasks between the targets of their workflows."""

    __slots__ = ("_advance_on_failure", "_calendar", "_endings", "_ledger", "_router", "_writer")

    def __init__(
        self,
        rules: RoutingRules,
        router: Router,
        writer: Writer,
        endings: Endings,
        calendar: Calendar,
    ) -> None:
        self._advance_on_failure = rules.on_reservation_failure is FailureRule.ADVANCE
        self._router = router
        self._ledger = writer.ledger
        self._writer = writer
        self._endings = endings
        self._calendar = calendar

    def leave_at_deadline(self, task: int, now_ms: int) -> None:
        """Leave a target whose deadline has come, for the next one or for good (T10)."""
        writer = self._writer
        writer.task_row(now_ms, EVENT_TASK_QUEUE_TIMEOUT, task)
        placement = self._router.after_deadline(self._ledger, task, now_ms)
        if placement is None:
            writer.task_row(now_ms, EVENT_WORKFLOW_TIMEOUT, task)
            self._endings.cancel(task, Reason.WORKFLOW_TIMEOUT, now_ms)
        else:
            self.enter(task, placement, now_ms)

    def resume(self, task: int, now_ms: int) -> None:
        """Decide where a task goes on whose last open offer has failed.

        The target's deadline is looked at here and not while the task is reserved, so a task can
        leave its target late and pass over others whose deadline went by meanwhile.
        """
        ledger = self._ledger
        if self._advance_on_failure:
            placement = self._router.next_target(ledger, task, now_ms)
            if placement is not None:
                self.enter(task, placement, now_ms)
                return
        deadline_ms = ledger.task_deadline_ms[task]
        if deadline_ms != NO_DEADLINE and deadline_ms <= now_ms:
            self.leave_at_deadline(task, now_ms)
            return
        if deadline_ms != NO_DEADLINE:
            # The entry may have been dropped as stale while the task was reserved.
            self._calendar.arm(deadline_ms, DEADLINE_TARGET, task)
        ledger.queue_task(task)

    def enter(self, task: int, placement: Placement, now_ms: int) -> None:
        """Enter a target: queue, priority, deadline, line."""
        ledger, router = self._ledger, self._router
        step = placement.step
        queue, left = router.step_queue[step], ledger.task_queue[task]
        if left >= 0 and queue != left:
            self._writer.task_row(now_ms, EVENT_TASK_QUEUE_MOVED, task)
        ledger.task_step[task] = step
        ledger.task_offset_ms[task] = placement.offset_ms
        ledger.task_queue[task] = queue
        ledger.task_line[task] = router.line(step, ledger.task_channel[task])
        if router.step_priority[step] >= 0:
            ledger.task_priority[task] = router.step_priority[step]
        self._set_deadline(task, router.step_limit_ms[step])
        self._writer.entered(now_ms, task, queue != left)
        ledger.queue_task(task)

    def _set_deadline(self, task: int, limit_ms: int) -> None:
        ledger = self._ledger
        if limit_ms < 0:
            ledger.task_deadline_ms[task] = NO_DEADLINE
            return
        created_ms, offset_ms = ledger.task_created_ms[task], ledger.task_offset_ms[task]
        deadline_ms = target_deadline(created_ms, offset_ms, limit_ms)
        ledger.task_deadline_ms[task] = deadline_ms
        self._calendar.arm(deadline_ms, DEADLINE_TARGET, task)
