"""The order in which the workers of a target are asked, where ``order_by`` decides it.

Sources: Twilio, "Order workers".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from trsim.core.ordering import worker_key
from trsim.routing.expression_scopes import follow
from trsim.routing.workflow import OrderClause

HAS, LACKS = 0, 1
"""First part of a clause's key: who lacks the attribute comes last in both directions."""


class WorkerOrder:
    """Compares the workers of one queue by the clauses of an ``order_by``.

    A clause is ignored while a worker of the queue has something there that is neither a whole
    number nor missing.

    Parameters
    ----------
    clauses : tuple of OrderClause
        In the order of their weight.
    attributes : callable
        Returns the attributes of a worker.
    """

    def __init__(
        self, clauses: tuple[OrderClause, ...], attributes: Callable[[int], Mapping[str, object]]
    ) -> None:
        self._clauses = clauses
        self._attributes = attributes
        self._used = clauses

    def look_again(self, members: Iterable[int]) -> bool:
        """Work out which clauses count, and return whether others do than before.

        Parameters
        ----------
        members : iterable of int
            The workers of the queue.
        """
        used = list(self._clauses)
        for worker in members:
            attributes = self._attributes(worker)
            used = [c for c in used if _is_comparable(follow(attributes, c.path))]
        changed = tuple(used) != self._used
        self._used = tuple(used)
        return changed

    def key(self, worker: int, idle_ms: int) -> tuple[int, ...]:
        """Return a worker's key, smallest first; the idleness decides between equals."""
        attributes = self._attributes(worker)
        key: list[int] = []
        for clause in self._used:
            value = follow(attributes, clause.path)
            if isinstance(value, int):
                key += (HAS, -value if clause.descending else value)
            else:
                key += (LACKS, 0)
        return (*key, *worker_key(idle_ms, worker))


def _is_comparable(value: object) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool))
