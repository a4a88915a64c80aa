"""Who was in a queue: its expression, applied to the workers as they were."""

from __future__ import annotations

from trsim.core.replay import replay
from trsim.eventlog import EventLog
from trsim.model import Model
from trsim.routing.eligibility import Eligibility


def members_at(log: EventLog, model: Model, queue: int, at_ms: int) -> tuple[int, ...]:
    """Return the workers of a queue after every row stamped with an instant or before it.

    Parameters
    ----------
    log : EventLog
        All rows of a run.
    model : Model
        The model that was run.
    queue : int
        Number of the queue.
    at_ms : int
        The instant [ms since the start of the run].

    Returns
    -------
    tuple of int
        Numbers of the workers whose attributes meet the queue's expression, in whatever activity.
    """
    records = log.records
    # Membership depends on workers and queues alone, so rows of tasks need not be folded.
    standing = records[(records["at_ms"] <= at_ms) & (records["task"] < 0)]
    facts = replay(model.spec, standing.tolist())
    return tuple(Eligibility(model.routing, facts).queue_members(queue))
