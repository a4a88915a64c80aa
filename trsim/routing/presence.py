"""How many workers of a queue are in which activity: what ``skip_if`` looks at.

Sources: Twilio, "Workflow configuration: worker presence"; activity counts, capacity does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from trsim.core.sids import sid
from trsim.routing.compiled import CompiledRouting


class Presence:
    """Counts of workers by queue and activity, kept for queues with a ``skip_if``.

    Parameters
    ----------
    routing : CompiledRouting
        Targets and names.
    activity_available : sequence of bool
        Whether each activity is an available one.
    """

    def __init__(self, routing: CompiledRouting, activity_available: list[bool]) -> None:
        self._available = activity_available
        counted = {target.queue for target in routing.steps if target.skip_if is not None}
        n_activities = len(activity_available)
        self._counts = {queue: [0] * n_activities for queue in sorted(counted)}
        sids = [(sid("WA", number), number) for number in range(n_activities)]
        self._sids = (*sids, *routing.plan.activity_sids)

    def count(self, queues: Iterable[int], activity: int, change: int) -> None:
        """Count a worker of some queues in (+1) or out (-1) of an activity."""
        for queue in queues:
            counts = self._counts.get(queue)
            if counts is not None:
                counts[activity] += change

    def of_queue(self, queue: int) -> Mapping[str, object]:
        """Return what a ``skip_if`` of a target with this queue sees."""
        counts = self._counts[queue]
        available = sum(n for n, yes in zip(counts, self._available, strict=True) if yes)
        by_sid = {sid: counts[activity] for sid, activity in self._sids}
        own = {"available": available, "unavailable": sum(counts) - available}
        return {"workers": {**by_sid, **own}}
