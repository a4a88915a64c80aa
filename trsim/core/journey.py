"""A task's way through its workflow: entering targets, leaving them, falling off the end.

Which target comes next is the router's answer; what entering and leaving it changes is here.

Sources: Twilio, "Workflow configuration", "Task evaluation".
"""

from __future__ import annotations

from collections import deque

from trsim.core.codes import (
    DEADLINE_REOFFER,
    DEADLINE_TARGET,
    EVENT_TASK_QUEUE_MOVED,
    EVENT_TASK_QUEUE_TIMEOUT,
    EVENT_WORKFLOW_SKIPPED,
    EVENT_WORKFLOW_TIMEOUT,
    TASK_PENDING,
)
from trsim.core.deadlines import Calendar, target_deadline
from trsim.core.endings import Endings
from trsim.core.ledger import NO_DEADLINE, Ledger
from trsim.core.router import Placement, Router
from trsim.core.spec import FailureRule, RoutingRules
from trsim.core.states import Reason
from trsim.core.writer import Writer


class Journey:
    """Moves tasks between the targets of their workflows.

    Attributes
    ----------
    unsettled : deque of (int, int)
        Tasks, with their targets, that came into a target with ``skip_if`` or came back to it:
        it is looked at once no worker could be reserved.
    """

    __slots__ = (
        "_advance_on_failure",
        "_calendar",
        "_endings",
        "_ledger",
        "_rest_ms",
        "_router",
        "_writer",
        "unsettled",
    )

    def __init__(
        self,
        rules: RoutingRules,
        router: Router,
        writer: Writer,
        endings: Endings,
        calendar: Calendar,
    ) -> None:
        self._advance_on_failure = rules.on_reservation_failure is FailureRule.ADVANCE
        self._rest_ms = rules.reoffer_delay_ms
        self._router = router
        self._ledger: Ledger = writer.ledger
        self._writer = writer
        self._endings = endings
        self._calendar = calendar
        self.unsettled: deque[tuple[int, int]] = deque()

    def begin(self, task: int, placement: Placement | None, now_ms: int) -> None:
        """Let a new task enter its first target, or wait where it is routed directly."""
        if placement is not None:
            self.enter(task, placement, now_ms)
        else:
            self._wait(task)

    def evaluate_again(self, task: int, now_ms: int) -> None:
        """Start a pending task's workflow again from the top."""
        self._go(task, self._router.from_top(task, now_ms), now_ms)

    def leave_at_deadline(self, task: int, now_ms: int) -> None:
        """Leave a target whose deadline has come, for the next one or for good (T10)."""
        self._writer.task_row(now_ms, EVENT_TASK_QUEUE_TIMEOUT, task)
        self._go(task, self._router.after_timeout(task, now_ms), now_ms)

    def release_at_deadline(self, task: int, now_ms: int) -> None:
        """Let a task go on whose target's deadline has ended its offers."""
        if self._has_to_start_again(task):
            self.evaluate_again(task, now_ms)
        else:
            self.leave_at_deadline(task, now_ms)

    def skip_next(self, now_ms: int) -> bool:
        """Look at tasks whose ``skip_if`` counts now, until one of them leaves its target.

        Returns
        -------
        bool
            Whether one left, so that there may be something to match.
        """
        ledger, router = self._ledger, self._router
        while self.unsettled:
            task, step = self.unsettled.popleft()
            if ledger.task_status.get(task) != TASK_PENDING or ledger.task_step[task] != step:
                continue
            if not ledger.task_is_resting[task] and router.is_skipped(task):
                self._go(task, router.after_skip(task, now_ms), now_ms)
                return True
        return False

    def rest(self, task: int, now_ms: int) -> int:
        """Offer a task to nobody for a while; return until when [ms], -1 if not at all."""
        if not self._rest_ms:
            return -1
        until_ms = now_ms + self._rest_ms
        self._ledger.task_is_resting[task] = True
        self._ledger.task_rest_ms[task] = until_ms
        self._calendar.arm(until_ms, DEADLINE_REOFFER, task)
        return until_ms

    def resume(self, task: int, now_ms: int) -> None:
        """Decide where a task goes on whose last open offer has failed.

        The target's deadline is looked at here and not while the task is reserved, so a task can
        leave its target late and pass over others whose deadline went by meanwhile.
        """
        ledger, router = self._ledger, self._router
        step = ledger.task_step[task]
        if step < 0:
            self._wait(task)
            return
        if self._has_to_start_again(task):
            self.evaluate_again(task, now_ms)
            return
        if self._advance_on_failure:
            placement = router.next_target(task, now_ms)
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
        self._wait(task)

    def offer_again(self, task: int) -> None:
        """Let a task be offered again whose rest is over."""
        self._ledger.task_is_resting[task] = False
        self._wait(task)

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
        if router.step_priority[step] >= 0:
            ledger.task_priority[task] = router.step_priority[step]
        self._set_deadline(task, router.step_limit_ms[step])
        self._writer.entered(now_ms, task, queue != left)
        self._wait(task)

    def _has_to_start_again(self, task: int) -> bool:
        """Whether the task goes by another configuration than that of the target it is in."""
        ledger = self._ledger
        present = self._router.step_configuration[ledger.task_step[task]]
        return present != ledger.task_configuration[task]

    def _wait(self, task: int) -> None:
        """Take a place in line, unless the task rests: then its turn comes at the end of that."""
        if self._ledger.task_is_resting[task]:
            return
        self._router.task_waits(task)
        step = self._ledger.task_step[task]
        if step >= 0 and self._router.step_can_be_skipped[step]:
            self.unsettled.append((task, step))

    def _go(self, task: int, outcome: Placement | Reason, now_ms: int) -> None:
        """Enter the next target, or end."""
        if isinstance(outcome, Placement):
            self.enter(task, outcome, now_ms)
            return
        if outcome is Reason.WORKFLOW_TIMEOUT:
            self._writer.task_row(now_ms, EVENT_WORKFLOW_TIMEOUT, task)
        elif outcome is Reason.WORKFLOW_SKIPPED:
            self._writer.task_row(now_ms, EVENT_WORKFLOW_SKIPPED, task)
        self._endings.cancel(task, outcome, now_ms)

    def _set_deadline(self, task: int, limit_ms: int) -> None:
        ledger = self._ledger
        if limit_ms < 0:
            ledger.task_deadline_ms[task] = NO_DEADLINE
            return
        created_ms, offset_ms = ledger.task_created_ms[task], ledger.task_offset_ms[task]
        deadline_ms = target_deadline(created_ms, offset_ms, limit_ms)
        ledger.task_deadline_ms[task] = deadline_ms
        self._calendar.arm(deadline_ms, DEADLINE_TARGET, task)
