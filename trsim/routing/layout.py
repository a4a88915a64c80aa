"""Which lines and pools there are, and who belongs where.

Tasks without special wishes wait in one line for each queue and channel; workers of the same
queues share one *common* pool on each channel, which serves the lines of all their queues.  A
target with an expression, an ``order_by`` or a known worker, and a task routed to a worker, get a
line and a pool of their own, one for each combination of the values that its wishes look at.

Sources: Twilio, "TaskQueues resource", "Workflow configuration".
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import partial
from operator import eq

from trsim.core.ledger import Ledger
from trsim.routing.compiled import CompiledRouting
from trsim.routing.eligibility import Eligibility
from trsim.routing.lines import Line, Pool
from trsim.routing.presence import Presence
from trsim.routing.wishes import Wishes
from trsim.routing.worker_order import WorkerOrder
from trsim.routing.worker_views import sees_activity
from trsim.routing.workflow import OrderClause

MOST_IDLE_LINES = 1_000
"""Lines of special targets kept although nobody waits in them."""


class Layout:
    """The lines and pools of a run.

    Parameters
    ----------
    routing : CompiledRouting
        Targets and queues.
    ledger : Ledger
        The facts.
    refresh : callable
        Brings a worker's place in a pool up to date.

    Attributes
    ----------
    eligibility : Eligibility
        Who may be asked for what.
    presence : Presence
        Counts of workers for ``skip_if``.
    pools : list of list of Pool
        The pools of each worker, on channels that ever had a task.
    seen_activity : list of int
        The activity of each worker when it was last looked at.
    """

    def __init__(
        self, routing: CompiledRouting, ledger: Ledger, refresh: Callable[[Pool, int], None]
    ) -> None:
        self._routing = routing
        self._ledger = ledger
        self._refresh = refresh
        self.eligibility = Eligibility(routing, ledger)
        self.presence = Presence(routing, ledger.activity_available)
        n_workers = len(ledger.worker_activity)
        self.pools: list[list[Pool]] = [[] for _ in range(n_workers)]
        self.seen_activity = list(ledger.worker_activity)
        self._queues: list[tuple[int, ...]] = [()] * n_workers
        self._channels: list[int] = []  # those that ever had a task
        self._common: dict[tuple[tuple[int, ...], int], Pool] = {}
        self._plain: dict[tuple[int, int], Line] = {}
        self._special: dict[Hashable, Line] = {}
        self._by_step: dict[tuple[int, int, int], Line] = {}
        self._orders: dict[tuple[int, tuple[OrderClause, ...]], WorkerOrder] = {}
        self._most_special = MOST_IDLE_LINES
        expressions = routing.plan.queue_expressions
        self._queues_see_activities = any(sees_activity(e) for e in expressions)
        for worker in range(n_workers):
            self._queues[worker] = self._queues_of(worker)
            self.presence.count(self._queues[worker], ledger.worker_activity[worker], 1)

    def line_of(self, task: int) -> Line:
        """Return the line in which a task waits, as it stands now."""
        ledger = self._ledger
        channel, step = ledger.task_channel[task], ledger.task_step[task]
        if step >= 0:
            return self.line_in(step, channel, ledger.task_attributes[task])
        if channel not in self._channels:
            self._open_channel(channel)
        worker = ledger.task_target_worker[task]
        if worker >= 0:
            return self._worker_line(worker, channel, ledger.task_ignores_capacity[task])
        return self._plain_line(ledger.task_queue[task], channel)

    def line_in(self, step: int, channel: int, attributes: int) -> Line:
        """Return the line in which tasks of a channel and an attribute set wait in a target."""
        if channel not in self._channels:
            self._open_channel(channel)
        key = (step, channel, attributes)
        line = self._by_step.get(key)
        if line is None:
            line = self._by_step[key] = self._step_line(*key)
        return line

    def is_ready(self, pool: Pool, worker: int) -> bool:
        """Whether a worker who belongs to a pool may be asked now."""
        if pool.is_unconditional:
            return True
        if not self._ledger.can_take(worker, pool.channel):
            return False
        return pool.test is None or pool.test(worker)

    def place(self, worker: int) -> None:
        """Work out anew where a worker belongs, whose attributes, activity or queues changed."""
        activity = self._ledger.worker_activity[worker]
        before, after = self._queues[worker], self._queues_of(worker)
        self.presence.count(before, self.seen_activity[worker], -1)
        self.presence.count(after, activity, 1)
        self.seen_activity[worker] = activity
        self._queues[worker] = after
        for pool in self.pools[worker]:
            pool.current.pop(worker, None)
        self.pools[worker] = []
        for channel in self._channels:
            self._join_common_pool(worker, channel)
        for line in self._special.values():
            pool = line.pools[0]
            if pool.admits is not None and pool.admits(worker):
                self.pools[worker].append(pool)
        for (queue, _), order in self._orders.items():
            if (queue in before or queue in after) and order.look_again(self._members(queue)):
                self._sort_again(order)

    def activity_changed(self, worker: int) -> None:
        """Take note of a worker's new activity, on which queues or counts can depend."""
        if self._queues_see_activities:
            self.place(worker)
            return
        queues, activity = self._queues[worker], self._ledger.worker_activity[worker]
        self.presence.count(queues, self.seen_activity[worker], -1)
        self.presence.count(queues, activity, 1)
        self.seen_activity[worker] = activity

    def _queues_of(self, worker: int) -> tuple[int, ...]:
        queues = range(len(self._ledger.queue_expression))
        return tuple(queue for queue in queues if self.eligibility.in_queue(worker, queue))

    def _members(self, queue: int) -> list[int]:
        return [worker for worker, queues in enumerate(self._queues) if queue in queues]

    def _open_channel(self, channel: int) -> None:
        """Begin with a channel that sees its first task; unused ones cost nothing."""
        self._channels.append(channel)
        for worker in range(len(self.pools)):
            self._join_common_pool(worker, channel)
            if self._queues[worker]:
                self._refresh(self.pools[worker][-1], worker)

    def _join_common_pool(self, worker: int, channel: int) -> None:
        queues = self._queues[worker]
        if not queues:
            return
        pool = self._common.get((queues, channel))
        if pool is None:
            pool = self._common[queues, channel] = Pool(channel)
            for queue in queues:
                line = self._plain_line(queue, channel)
                line.pools.append(pool)
                pool.lines.append(line)
        self.pools[worker].append(pool)

    def _plain_line(self, queue: int, channel: int) -> Line:
        line = self._plain.get((queue, channel))
        if line is None:
            line = Line(queue, is_lifo=self._routing.queue_is_lifo[queue])
            self._plain[queue, channel] = line
        return line

    def _worker_line(self, worker: int, channel: int, is_unconditional: bool) -> Line:
        """Return the line of tasks routed to a worker."""
        key = ("worker", worker, channel, is_unconditional)
        line = self._special.get(key)
        if line is None:
            pool = Pool(channel, admits=partial(eq, worker), is_unconditional=is_unconditional)
            line = self._add_special(key, Line(-1, is_lifo=False), pool, (worker,))
        return line

    def _step_line(self, step: int, channel: int, attributes: int) -> Line:
        """Return the line of tasks with these attributes in a target."""
        target = self._routing.steps[step]
        queue = target.queue
        if target.expression is None and target.known_worker is None and not target.order_by:
            return self._plain_line(queue, channel)
        wishes = Wishes(target, self._routing.plan.attribute_sets[attributes], self.eligibility)
        key = (channel, target.order_by, wishes.key)
        line = self._special.get(key)
        if line is None:
            pool = Pool(
                channel,
                admits=wishes.admit,
                test=wishes.hold_now if wishes.depend_on_the_moment else None,
                order=self._order(queue, target.order_by) if target.order_by else None,
            )
            line = Line(queue, is_lifo=self._routing.queue_is_lifo[queue])
            line = self._add_special(key, line, pool, self._members(queue))
        return line

    def _order(self, queue: int, clauses: tuple[OrderClause, ...]) -> WorkerOrder:
        order = self._orders.get((queue, clauses))
        if order is None:
            order = WorkerOrder(clauses, self.eligibility.views.attributes)
            order.look_again(self._members(queue))
            self._orders[queue, clauses] = order
        return order

    def _add_special(self, key: Hashable, line: Line, pool: Pool, workers: Iterable[int]) -> Line:
        if len(self._special) >= self._most_special:
            self._drop_idle_lines()
        self._special[key] = line
        line.pools.append(pool)
        pool.lines.append(line)
        for worker in workers:
            if pool.admits is not None and pool.admits(worker):
                self.pools[worker].append(pool)
                self._refresh(pool, worker)
        return line

    def _drop_idle_lines(self) -> None:
        """Forget lines of their own in which nobody waits; they are made again when needed."""
        self._special = {key: line for key, line in self._special.items() if line.waiting}
        self._by_step = {key: line for key, line in self._by_step.items() if line.waiting}
        for worker, pools in enumerate(self.pools):
            self.pools[worker] = [p for p in pools if p.admits is None or p.lines[0].waiting]
        self._most_special = max(MOST_IDLE_LINES, 2 * len(self._special))

    def _sort_again(self, order: WorkerOrder) -> None:
        """Sort the pools of an order anew, because other clauses count than before."""
        for line in self._special.values():
            pool = line.pools[0]
            if pool.order is order:
                workers = list(pool.current)
                pool.current.clear()
                pool.ready.clear()
                for worker in workers:
                    self._refresh(pool, worker)
