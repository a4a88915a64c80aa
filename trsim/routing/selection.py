"""Which waiting task goes first, and which free workers get it: heads of lines and pools compared.

Entries that no longer stand for anything are dropped when they come to the front.

Sources: Twilio, "Queue ordering" (priority, then age, across FIFO queues) and "Order workers".
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop

from trsim.core.codes import TASK_PENDING
from trsim.core.ledger import NOT_READY, Ledger, Places

Key = tuple[int, int]
"""A place in an order and the task or worker that has it; smallest first."""


class Selection:
    """Chooses among waiting tasks and among free workers.

    Parameters
    ----------
    places : Places
        Layout of lines and pools.
    line_offers : sequence of int
        How many workers are asked at the same time, by line.
    """

    def __init__(self, places: Places, line_offers: Sequence[int]) -> None:
        self.places = places
        by_line: list[list[int]] = [[] for _ in range(places.n_lines)]
        for pool, lines in enumerate(places.pool_lines):
            for line in lines:
                by_line[line].append(pool)
        self._line_pools = tuple(tuple(pools) for pools in by_line)
        self._line_offers = line_offers

    def next_match(self, ledger: Ledger) -> tuple[int, list[int]] | None:
        """Take the first task that has a free worker out of its line, and workers for it.

        A line without a waiting task or a free worker is struck from ``ledger.stirred``; the
        others stay there, for they may match again.

        Returns
        -------
        (int, list of int) or None
            The task and its workers, the longest idle first; None if nothing matches.
        """
        stirred = ledger.stirred
        best: Key | None = None
        best_line = best_pool = -1
        for line in tuple(stirred):
            head = self._first_waiting(ledger, line)
            if head is None or (best is not None and head > best):
                if head is None:
                    stirred.remove(line)
                continue
            pool = self._first_ready(ledger, line)
            if pool is None:
                stirred.remove(line)
            else:
                best, best_line, best_pool = head, line, pool
        if best is None:
            return None
        entries = ledger.waiting[best_line]
        heappop(entries)
        if not entries:
            stirred.remove(best_line)
        return best[1], self._take_workers(ledger, best_line, best_pool)

    def _take_workers(self, ledger: Ledger, line: int, pool: int | None) -> list[int]:
        """Take workers for a line out of their pools, the first one from ``pool``."""
        channel, most = ledger.line_channel[line], self._line_offers[line]
        taken: list[int] = []
        while pool is not None:
            worker = heappop(ledger.ready[pool])[1]
            ledger.ready_idle_ms[worker * ledger.n_channels + channel] = NOT_READY
            taken.append(worker)
            if len(taken) == most:
                break
            pool = self._first_ready(ledger, line)
        return taken

    def _first_waiting(self, ledger: Ledger, line: int) -> Key | None:
        """Return the key of a line's first task, dropping entries that stand for nothing."""
        entries, status = ledger.waiting[line], ledger.task_status
        while entries:
            head = entries[0]
            task = head[1]
            if (
                status[task] == TASK_PENDING
                and ledger.task_line[task] == line
                and ledger.task_priority[task] == -head[0]
            ):
                return head
            heappop(entries)
        return None

    def _first_ready(self, ledger: Ledger, line: int) -> int | None:
        """Return the pool whose first worker comes first for a line, dropping stale entries."""
        ready_idle_ms, n_channels = ledger.ready_idle_ms, ledger.n_channels
        channel = ledger.line_channel[line]
        best: Key | None = None
        best_pool = None
        for pool in self._line_pools[line]:
            entries = ledger.ready[pool]
            while entries:
                head = entries[0]
                if ready_idle_ms[head[1] * n_channels + channel] == head[0]:
                    if best is None or head < best:
                        best, best_pool = head, pool
                    break
                heappop(entries)
        return best_pool
