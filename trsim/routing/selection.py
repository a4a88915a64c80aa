"""Which waiting task goes first, and which free workers get it: heads of lines and pools compared.

Entries that no longer stand for anything are dropped when they come to the front.

Sources: Twilio, "Queue ordering" (priority, then age, across FIFO queues) and "Order workers".
"""

from __future__ import annotations

from heapq import heappop

from trsim.core.ledger import NOT_READY, Ledger, Places

Key = tuple[int, int]
"""A place in an order and the task or worker that has it; smallest first."""


class Selection:
    """Chooses among waiting tasks and among free workers.

    Parameters
    ----------
    places : Places
        Layout of lines and pools.
    """

    def __init__(self, places: Places) -> None:
        self.places = places
        by_line: list[list[int]] = [[] for _ in range(places.n_lines)]
        for pool, lines in enumerate(places.pool_lines):
            for line in lines:
                by_line[line].append(pool)
        self._line_pools = tuple(tuple(pools) for pools in by_line)

    def next_task(self, ledger: Ledger) -> tuple[int, int] | None:
        """Take the first task, over all lines that may have a match, out of its line.

        A line without a waiting task or a free worker is struck from ``ledger.stirred``; the
        others stay there, for they may match again.
        """
        stirred = ledger.stirred
        best: Key | None = None
        best_line = -1
        for line in tuple(stirred):
            head = self._first_waiting(ledger, line)
            if head is None or self._first_ready(ledger, line) is None:
                stirred.remove(line)
            elif best is None or head < best:
                best, best_line = head, line
        if best is None:
            return None
        entries = ledger.waiting[best_line]
        heappop(entries)
        if not entries:
            stirred.remove(best_line)
        return best[1], best_line

    def take_workers(self, ledger: Ledger, line: int, most: int) -> list[int]:
        """Take up to ``most`` free workers for a line out of their pools, longest idle first."""
        channel = ledger.line_channel[line]
        taken: list[int] = []
        while len(taken) < most:
            pool = self._first_ready(ledger, line)
            if pool is None:
                break
            worker = heappop(ledger.ready[pool])[1]
            ledger.ready_idle_ms[worker * ledger.n_channels + channel] = NOT_READY
            taken.append(worker)
        return taken

    def _first_waiting(self, ledger: Ledger, line: int) -> Key | None:
        """Return the key of a line's first task, dropping entries that stand for nothing."""
        entries = ledger.waiting[line]
        while entries:
            if ledger.is_waiting(line, entries[0]):
                return entries[0]
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
