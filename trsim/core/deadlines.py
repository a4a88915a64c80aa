"""When the core has to wake: one calendar of deadlines, and how each deadline is computed.

Nothing is ever removed from the calendar; a deadline whose object has moved on is *stale* and is
dropped when it comes to the front.  The workspace says which entry is stale.

Sources: Twilio, "Workflows resource" (reservation timeout), "Task evaluation" (target deadlines
follow the task's age), "Tasks resource" (time to live, removal).
"""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush

from trsim.core.codes import DEADLINE_PURGE
from trsim.core.ordering import DeadlineClass

ASSIGNED_LIFE_MS = 86_400_000
"""A task is removed this long after its assignment [ms]."""
TERMINAL_LIFE_MS = 300_000
"""A completed or canceled task is forgotten this long after its end [ms]."""
DIRECT_LIFE_MS = 60_000
"""A directly routed task is canceled this long after its creation if nobody was reserved [ms]."""

Deadline = tuple[int, int, int]
"""(instant [ms], :class:`~trsim.core.ordering.DeadlineClass`, number of the subject); tuples
compare in exactly the order in which deadlines of one instant fire."""


def target_deadline(created_ms: int, offset_ms: int, limit_ms: int) -> int:
    """Return the instant at which a target times out [ms].

    Parameters
    ----------
    created_ms : int
        When the task was created [ms].
    offset_ms : int
        Age at which the current filter began to count [ms].
    limit_ms : int
        Sum of the timeouts of the filter's targets up to and including this one [ms].

    Notes
    -----
    Twilio, "Task evaluation": timeouts are compared with the task's age, not with the time spent
    in the target, and add up along the filter.
    """
    return created_ms + offset_ms + limit_ms


NEVER_MS = 2**62
"""Later than everything: the calendar's last entry, so that it is never empty [ms]."""


class Calendar:
    """Deadlines in firing order.

    Most deadlines of a class lie a fixed time ahead, so they are armed in the order in which they
    fire.  Each class keeps them in a *lane*, first come first, and only a lane's first entry
    takes part in the heap; a deadline that overtakes its lane goes into the heap itself.  So the
    heap stays small however many tasks are alive.

    Attributes
    ----------
    entries : list of Deadline
        The heap; never empty, for it ends with an entry at :data:`NEVER_MS`.
    """

    __slots__ = ("_lanes", "entries")

    def __init__(self) -> None:
        self.entries: list[Deadline] = [(NEVER_MS, DEADLINE_PURGE, -1)]
        self._lanes: tuple[deque[Deadline], ...] = tuple(deque() for _ in DeadlineClass)

    def arm(self, at_ms: int, kind: int, subject: int) -> None:
        """Add a deadline."""
        entry = (at_ms, kind, subject)
        lane = self._lanes[kind]
        if not lane:
            lane.append(entry)
            heappush(self.entries, entry)
        elif entry < lane[-1]:
            heappush(self.entries, entry)
        else:
            lane.append(entry)

    def pop(self) -> Deadline:
        """Remove and return the first deadline."""
        entry = heappop(self.entries)
        lane = self._lanes[entry[1]]
        if lane and lane[0] is entry:
            lane.popleft()
            if lane:
                heappush(self.entries, lane[0])
        return entry
