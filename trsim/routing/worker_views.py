"""What expressions see of a worker: its attributes over what the workspace knows of it.

Sources: Twilio, "Workflow configuration" and "TaskQueues resource" (names beside the attributes),
"Multitasking" (worker channels in expressions).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trsim.core.ledger import Ledger
from trsim.core.sids import sid
from trsim.routing.compiled import CompiledRouting
from trsim.routing.expressions import Expression, Scope

Attributes = Mapping[str, object]

_IDENTITY = frozenset(("sid", "friendly_name"))
_ACTIVITY = frozenset(("activity_sid", "activity_name"))


def available_percentage(capacity: int, load: int) -> int:
    """Return ``available_capacity_percentage``, rounded down.

    Parameters
    ----------
    capacity : int
        The channel's configured capacity.
    load : int
        Reservations on it that are pending, accepted or wrapping.

    Examples
    --------
    >>> [available_percentage(c, r) for c, r in [(1, 0), (1, 1), (3, 1), (4, 2), (0, 0), (1, 2)]]
    [100, 0, 66, 50, 0, 0]
    """
    return 0 if load >= capacity else 100 * (capacity - load) // capacity


class WorkerViews:
    """The mappings that expressions read, one for each worker.

    Parameters
    ----------
    routing : CompiledRouting
        Names and attribute sets.
    ledger : Ledger
        Activities, attributes and loads, as they are when an expression is asked.
    """

    def __init__(self, routing: CompiledRouting, ledger: Ledger) -> None:
        self._routing = routing
        self._ledger = ledger
        self._of_queue: dict[int, tuple[int, int, Attributes]] = {}

    def attributes(self, worker: int) -> Attributes:
        """Return a worker's own attributes."""
        return self._routing.plan.worker_attribute_sets[self._ledger.worker_attributes[worker]]

    def for_queue(self, worker: int) -> Attributes:
        """Return what the expression of a queue sees."""
        activity = self._ledger.worker_activity[worker]
        number = self._ledger.worker_attributes[worker]
        known = self._of_queue.get(worker)
        if known is not None and known[0] == activity and known[1] == number:
            return known[2]
        view = {
            "sid": sid("WK", worker),
            "friendly_name": self._routing.workers[worker],
            "activity_sid": sid("WA", activity),
            "activity_name": self._routing.activities[activity],
            **self._routing.plan.worker_attribute_sets[number],
        }
        self._of_queue[worker] = (activity, number, view)
        return view

    def for_target(self, worker: int) -> Attributes:
        """Return what the expression of a target sees under ``worker.``."""
        channels = _Channels(self._routing.channels, self._ledger, worker)
        return {"channel": channels, **self.for_queue(worker)}


class _Channels(Mapping[str, Mapping[str, int]]):
    """``worker.channel``: the worker's channels by unique name, as they are now."""

    def __init__(self, names: tuple[str, ...], ledger: Ledger, worker: int) -> None:
        self._names = names
        self._ledger = ledger
        self._first = worker * ledger.n_channels

    def __getitem__(self, name: str) -> Mapping[str, int]:
        if name not in self._names:
            raise KeyError(name)
        ledger, place = self._ledger, self._first + self._names.index(name)
        capacity = ledger.channel_capacity[place]
        return {
            "configured_capacity": capacity,
            "assigned_tasks": ledger.channel_assigned[place],
            "available_capacity_percentage": available_percentage(
                capacity, ledger.channel_load[place]
            ),
        }

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def worker_names(expression: Expression) -> tuple[str, ...]:
    """Return the first names under which an expression looks at workers."""
    if expression.scope is Scope.PAIR:
        return tuple(name[1] for name in expression.names if name[0] == "worker")
    return tuple(name[0] for name in expression.names)


def sees_identity(expression: Expression) -> bool:
    """Whether workers with equal attributes can differ for an expression."""
    return any(name in _IDENTITY for name in worker_names(expression))


def sees_activity(expression: Expression) -> bool:
    """Whether an expression looks at the worker's activity."""
    return any(name in _ACTIVITY for name in worker_names(expression))


def sees_channels(expression: Expression) -> bool:
    """Whether the expression of a target looks at the worker's channels."""
    return expression.scope is Scope.PAIR and "channel" in worker_names(expression)
