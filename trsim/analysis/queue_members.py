"""When workers belonged to queues, as queues' expressions and workers' attributes change."""

from __future__ import annotations

import numpy as np

from trsim.analysis.spans import Spans
from trsim.core.events import EventType
from trsim.core.replay import Replay
from trsim.eventlog import EventLog
from trsim.model import Model
from trsim.routing.eligibility import Eligibility
from trsim.routing.worker_views import sees_activity

_CHANGES = (
    EventType.WORKER_CREATED,
    EventType.WORKER_ATTRIBUTES_UPDATE,
    EventType.WORKER_ACTIVITY_UPDATE,
    EventType.TASK_QUEUE_EXPRESSION_UPDATED,
)
"""Rows that can bring workers into queues or take them out."""


def read_members(log: EventLog, model: Model, horizon_ms: int) -> tuple[Spans, ...]:
    """Return when each worker belonged to each queue, in whatever activity.

    Parameters
    ----------
    log : EventLog
        All rows of a run.
    model : Model
        The model that was run.
    horizon_ms : int
        End of the run [ms].

    Returns
    -------
    tuple of Spans
        One for each queue; owners are workers.
    """
    ledger = Replay(model.spec)
    eligibility = Eligibility(model.routing, ledger)
    looks_at_activity = any(map(sees_activity, model.routing.plan.queue_expressions))
    queues = range(len(log.names.queues))
    since: list[dict[int, int]] = [{} for _ in queues]
    stays: list[list[tuple[int, int, int]]] = [[] for _ in queues]
    # By then all rows of an instant are in: states that last no time are left out.
    changed: dict[int, None] = {}
    now_ms = 0

    def settle() -> None:
        for worker in changed:
            for queue in queues:
                is_member = eligibility.in_queue(worker, queue)
                if is_member and worker not in since[queue]:
                    since[queue][worker] = now_ms
                elif not is_member and worker in since[queue]:
                    stays[queue].append((worker, since[queue].pop(worker), now_ms))
        changed.clear()

    for row in log.records[np.isin(log.column("event"), _CHANGES)].tolist():
        at_ms, event, worker = row[0], row[1], row[4]
        if at_ms != now_ms:
            settle()
            now_ms = at_ms
        ledger.apply(row)
        if event == EventType.TASK_QUEUE_EXPRESSION_UPDATED:
            changed.update(dict.fromkeys(range(len(model.spec.workers))))
        elif event != EventType.WORKER_ACTIVITY_UPDATE or looks_at_activity:
            changed[worker] = None
    settle()
    for queue in queues:
        stays[queue] += [(worker, start, horizon_ms) for worker, start in since[queue].items()]
    return tuple(Spans(*np.array(found, dtype=np.int64).reshape(-1, 3).T.copy()) for found in stays)
