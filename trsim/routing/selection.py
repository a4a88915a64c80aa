"""Which waiting task goes first, and which free workers get it: heads of lines and pools compared.

Entries that no longer stand for anything are dropped when they come to the front.

Sources: Twilio, "Queue ordering" (priority, then age, across FIFO queues) and "Order workers".
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop

from trsim.core.ledger import NOT_READY, Ledger, Places

LinePools = tuple[tuple[int, ...], ...]
"""By line: the pools that can serve it."""


def pools_by_line(places: Places) -> LinePools:
    """Return the pools that can serve each line."""
    by_line: list[list[int]] = [[] for _ in range(places.n_lines)]
    for pool, lines in enumerate(places.pool_lines):
        for line in lines:
            by_line[line].append(pool)
    return tuple(tuple(pools) for pools in by_line)


def next_task(ledger: Ledger, line_pools: LinePools) -> tuple[int, int] | None:
    """Take the first task, over all lines that may have a match, out of its line.

    A line without a waiting task or a free worker is struck from ``ledger.stirred``; the others
    stay there, for they may match again.
    """
    stirred = ledger.stirred
    best: tuple[int, int] | None = None
    best_line = -1
    for line in tuple(stirred):
        head = _first_waiting(ledger, line)
        if head is None or not _has_worker(ledger, line_pools[line], line):
            stirred.remove(line)
        elif best is None or head < best:
            best, best_line = head, line
    if best is None:
        return None
    heappop(ledger.waiting[best_line])
    return best[1], best_line


def take_workers(ledger: Ledger, pools: Sequence[int], line: int, most: int) -> list[int]:
    """Take up to ``most`` free workers of some pools, the longest idle first."""
    channel = ledger.line_channel[line]
    taken: list[int] = []
    while len(taken) < most:
        best: tuple[int, int] | None = None
        best_pool = -1
        for pool in pools:
            head = _first_ready(ledger, pool, channel)
            if head is not None and (best is None or head < best):
                best, best_pool = head, pool
        if best is None:
            break
        heappop(ledger.ready[best_pool])
        worker = best[1]
        ledger.ready_idle_ms[worker * ledger.n_channels + channel] = NOT_READY
        taken.append(worker)
    return taken


def _first_waiting(ledger: Ledger, line: int) -> tuple[int, int] | None:
    """Return the key of the first task of a line, dropping entries that stand for nothing."""
    entries = ledger.waiting[line]
    while entries:
        if ledger.is_waiting(line, entries[0]):
            return entries[0]
        heappop(entries)
    return None


def _has_worker(ledger: Ledger, pools: Sequence[int], line: int) -> bool:
    channel = ledger.line_channel[line]
    return any(_first_ready(ledger, pool, channel) is not None for pool in pools)


def _first_ready(ledger: Ledger, pool: int, channel: int) -> tuple[int, int] | None:
    """Return the key of the first free worker of a pool, dropping entries that are out of date."""
    entries = ledger.ready[pool]
    while entries:
        idle_ms, worker = entry = entries[0]
        place = worker * ledger.n_channels + channel
        if ledger.ready_idle_ms[place] == idle_ms:
            if ledger.can_take(worker, channel):
                return entry
            ledger.ready_idle_ms[place] = NOT_READY
        heappop(entries)
    return None
