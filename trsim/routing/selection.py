"""Which waiting task goes first, and which free workers get it: heads of lines and pools compared.

Entries that no longer stand for anything are dropped when they come to the front.

Sources: Twilio, "Queue ordering" (priority, then age, across FIFO queues) and "Order workers".
"""

from __future__ import annotations

from heapq import heappop, heappush

from trsim.core.codes import TASK_PENDING
from trsim.core.ledger import Ledger
from trsim.core.ordering import TaskKey, fifo_key, lifo_key, worker_key
from trsim.routing.compiled import CompiledRouting
from trsim.routing.layout import Layout
from trsim.routing.lines import Line, Pool, WorkerKey
from trsim.routing.worker_order import WorkerOrder


class Selection:
    """Chooses among waiting tasks and among free workers.

    Parameters
    ----------
    routing : CompiledRouting
        Targets and queues.

    Attributes
    ----------
    stirred : list of Line
        Lines that may have gained a match, each once.
    """

    _ledger: Ledger
    _layout: Layout

    def __init__(self, routing: CompiledRouting) -> None:
        self.stirred: list[Line] = []
        self._routing = routing
        self._keys: dict[int, TaskKey] = {}  # the place of each waiting task
        self._fifo_rank, self._lifo_rank = routing.fifo_rank, 1 - routing.fifo_rank

    def attach(self, ledger: Ledger) -> None:
        """Take a workspace's facts, before anything happens."""
        self._ledger = ledger
        self._layout = Layout(self._routing, ledger, self._refresh)

    def task_waits(self, task: int) -> None:
        """Put a pending task into its place among those that wait, or into a new one."""
        line = self._layout.line_of(task)
        self._keys[task] = key = self._task_key(task, line.is_lifo)
        heappush(line.waiting, key)
        if not line.is_stirred:
            line.is_stirred = True
            self.stirred.append(line)

    def worker_changed(self, worker: int) -> None:
        """Take note that a worker's activity, load, capacity or idleness changed."""
        layout = self._layout
        if layout.seen_activity[worker] != self._ledger.worker_activity[worker]:
            layout.activity_changed(worker)
        for pool in layout.pools[worker]:
            self._refresh(pool, worker)

    def attributes_changed(self, worker: int) -> None:
        """Take note that a worker's attributes changed."""
        self._layout.place(worker)
        self.worker_changed(worker)

    def queue_changed(self, queue: int) -> None:
        """Take note that a queue's expression changed, which can concern every worker."""
        for worker in range(len(self._ledger.worker_activity)):
            self.attributes_changed(worker)

    def can_match(self) -> bool:
        """Whether some waiting task has a worker who may be asked now."""
        return self._first_match() is not None

    def next_match(self) -> tuple[int, list[int]] | None:
        """Take the first task that has a free worker out of its line, and workers for it.

        Returns
        -------
        (int, list of int) or None
            The task and its workers, the best one first; None if nothing matches.
        """
        found = self._first_match()
        if found is None:
            return None
        line, pool = found
        task = heappop(line.waiting)[-1]
        del self._keys[task]
        if not line.waiting:
            self._settle(line)
        return task, self._take_workers(line, pool)

    def is_eligible(self, worker: int, task: int) -> bool:
        """Whether the worker may be asked for the task, worked out afresh."""
        return self._layout.eligibility.is_eligible(worker, task)

    def place_of_task(self, task: int) -> TaskKey:
        """Return the task's place among all that wait, smallest first."""
        queue = self._ledger.task_queue[task]
        return self._task_key(task, queue >= 0 and self._routing.queue_is_lifo[queue])

    def place_of_worker(self, worker: int, task: int) -> WorkerKey:
        """Return the worker's place among those who may be asked for the task."""
        ledger, eligibility, order = self._ledger, self._layout.eligibility, None
        step = ledger.task_step[task]
        if step >= 0 and self._routing.steps[step].order_by:
            order = WorkerOrder(self._routing.steps[step].order_by, eligibility.views.attributes)
            order.look_again(eligibility.queue_members(ledger.task_queue[task]))
        return self._worker_key(worker, ledger.task_channel[task], order)

    def _task_key(self, task: int, is_lifo: bool) -> TaskKey:
        ledger = self._ledger
        start_ms = ledger.task_start_ms[task]
        if is_lifo:
            return lifo_key(self._lifo_rank, start_ms, ledger.task_created_ms[task], task)
        return fifo_key(self._fifo_rank, ledger.task_priority[task], start_ms, task)

    def _worker_key(self, worker: int, channel: int, order: WorkerOrder | None) -> WorkerKey:
        idle_ms = self._ledger.idle_ms(worker, channel)
        return worker_key(idle_ms, worker) if order is None else order.key(worker, idle_ms)

    def _first_match(self) -> tuple[Line, Pool] | None:
        """Return the line whose first task goes first, and the pool with its first worker.

        A line without a waiting task or a free worker is no longer stirred; the others stay so,
        for they may match again.
        """
        best: TaskKey | None = None
        found: tuple[Line, Pool] | None = None
        for line in tuple(self.stirred):
            head = self._first_waiting(line)
            if head is None:
                self._settle(line)
            elif best is None or head < best:
                pool = self._first_ready(line)
                if pool is None:
                    self._settle(line)
                else:
                    best, found = head, (line, pool)
        return found

    def _settle(self, line: Line) -> None:
        line.is_stirred = False
        self.stirred.remove(line)

    def _take_workers(self, line: Line, pool: Pool | None) -> list[int]:
        """Take workers for a line out of their pools, the first one from `pool`."""
        most = 1 if line.queue < 0 else self._ledger.queue_max_reserved[line.queue]
        taken: list[int] = []
        while pool is not None:
            worker = heappop(pool.ready)[-1]
            del pool.current[worker]
            taken.append(worker)
            if len(taken) == most:
                break
            pool = self._first_ready(line)
        return taken

    def _first_waiting(self, line: Line) -> TaskKey | None:
        """Return the key of a line's first task, dropping entries that stand for nothing."""
        entries, status, keys = line.waiting, self._ledger.task_status, self._keys
        while entries:
            head = entries[0]
            task = head[-1]
            if keys.get(task) is head:
                if status.get(task) == TASK_PENDING:
                    return head
                del keys[task]
            heappop(entries)
        return None

    def _first_ready(self, line: Line) -> Pool | None:
        """Return the pool whose first worker comes first for a line, dropping stale entries."""
        best: WorkerKey | None = None
        best_pool = None
        for pool in line.pools:
            entries, current = pool.ready, pool.current
            while entries:
                head = entries[0]
                if current.get(head[-1]) is head:
                    if best is None or head < best:
                        best, best_pool = head, pool
                    break
                heappop(entries)
        return best_pool

    def _refresh(self, pool: Pool, worker: int) -> None:
        """Put a worker into its present place in a pool, or take it out."""
        current = pool.current
        if not self._layout.is_ready(pool, worker):
            current.pop(worker, None)
            return
        key = self._worker_key(worker, pool.channel, pool.order)
        if current.get(worker) == key:
            return
        current[worker] = key
        heappush(pool.ready, key)
        for line in pool.lines:
            if line.waiting and not line.is_stirred:
                line.is_stirred = True
                self.stirred.append(line)
