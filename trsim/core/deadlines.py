"""When the core has to wake: one calendar of deadlines, and how each deadline is computed.

Nothing is ever removed from the calendar; a deadline whose object has moved on is *stale* and is
dropped when it comes to the front.  The workspace says which entry is stale.

Sources: Twilio, "Workflows resource" (reservation timeout), "Task evaluation" (target deadlines
follow the task's age), "Tasks resource" (time to live, removal).
"""

from __future__ import annotations

from heapq import heappush

from trsim.core.codes import (
    DEADLINE_PURGE,
)

ASSIGNED_LIFE_MS = 86_400_000
"""A task is removed this long after its assignment [ms]."""
TERMINAL_LIFE_MS = 300_000
"""A completed or canceled task is forgotten this long after its end [ms]."""

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

    Purges are kept apart: nothing can follow from one but its own row, so nobody has to be woken
    for it; :meth:`Workspace.advance` fires it, stamped with its own instant, when it passes.
    """

    __slots__ = ("entries", "purges")

    def __init__(self) -> None:
        self.entries: list[Deadline] = [(NEVER_MS, DEADLINE_PURGE, -1)]
        self.purges: list[Deadline] = [(NEVER_MS, DEADLINE_PURGE, -1)]

    def arm(self, at_ms: int, kind: int, subject: int) -> None:
        """Add a deadline."""
        heappush(self.entries, (at_ms, kind, subject))

    def arm_purge(self, at_ms: int, task: int) -> None:
        """Add the instant at which a task is forgotten."""
        heappush(self.purges, (at_ms, DEADLINE_PURGE, task))
