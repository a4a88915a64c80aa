"""What happened within a window: one function for each kind of object.

An event counts if it happened in the window, whenever its task was created.  Waits are counted
from the creation of the task and belong to the queue, workflow and window in which they ended.

Sources: Twilio, "Workspace Statistics", "TaskQueue Statistics", "Workflow Statistics" and "Worker
Statistics" resources.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trsim.core.events import NOTHING, EventType
from trsim.core.sids import sid
from trsim.eventlog import EventLog
from trsim.statistics.shape import (
    ActivityDuration,
    Figures,
    Ints,
    SplitCounts,
    SplitSides,
    WaitDuration,
    summed_up,
)
from trsim.statistics.window import Query, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReservationCounts(Figures):
    """Reservations that reached a status in the window, and the window."""

    start_time: str
    """Begin of the window in UTC, ISO 8601; what is stamped with it does not count."""
    end_time: str
    """End of the window in UTC, ISO 8601; what is stamped with it counts."""
    reservations_created: int
    reservations_accepted: int
    reservations_rejected: int
    reservations_timed_out: int
    reservations_canceled: int
    reservations_rescinded: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _TaskCounts(_ReservationCounts):
    """What workspace, queue and workflow have in common."""

    tasks_canceled: int
    tasks_completed: int
    tasks_deleted: int
    """Removed through the API, or by the system a day after assignment."""
    tasks_moved: int
    """Moved from one queue to another; a queue counts those that left it."""
    avg_task_acceptance_time: int
    """Mean time from creation to acceptance [s]."""
    wait_duration_until_accepted: WaitDuration
    """Creation to acceptance."""
    wait_duration_until_canceled: WaitDuration
    """Creation to cancellation."""
    split_by_wait_time: Mapping[str, SplitSides]
    """By threshold [s]; empty unless thresholds were asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceCumulativeStatistics(_TaskCounts):
    """What happened in the workspace."""

    tasks_created: int
    tasks_timed_out_in_workflow: int
    """Left the last target of their workflow by timeout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskQueueCumulativeStatistics(_TaskCounts):
    """What happened to tasks while they were in a queue."""

    tasks_entered: int
    """Entries into the queue; a task that comes back counts again."""
    wait_duration_in_queue_until_accepted: WaitDuration
    """Latest entry into this queue to acceptance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowCumulativeStatistics(_TaskCounts):
    """What happened to the tasks of a workflow."""

    tasks_entered: int
    """Entries into the workflow; a directly routed task makes none."""
    tasks_timed_out_in_workflow: int
    """Left its last target by timeout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkersCumulativeStatistics(_ReservationCounts):
    """What one worker, or all workers, did."""

    activity_durations: tuple[ActivityDuration, ...]
    """One for each activity; stays are cut to the window, and empty ones are none."""


def workspace_cumulative(log: EventLog, query: Query) -> WorkspaceCumulativeStatistics:
    """Return what happened in the workspace.

    Parameters
    ----------
    log : EventLog
        All rows of a run.
    query : Query
        Window, channel and thresholds.
    """
    found = _Selection(log, query)
    return WorkspaceCumulativeStatistics(
        **_task_fields(found, query),
        tasks_created=found.count(EventType.TASK_CREATED),
        tasks_timed_out_in_workflow=found.count(EventType.WORKFLOW_TIMEOUT),
    )


def task_queue_cumulative(log: EventLog, query: Query, queue: int) -> TaskQueueCumulativeStatistics:
    """Return what happened to tasks while they were in a queue.

    Parameters
    ----------
    log : EventLog
        All rows of a run.
    query : Query
        Window, channel and thresholds.
    queue : int
        Number of the queue.
    """
    found = _Selection(log, query, "queue", queue)
    return TaskQueueCumulativeStatistics(
        **_task_fields(found, query),
        tasks_entered=found.count(EventType.TASK_QUEUE_ENTERED),
        wait_duration_in_queue_until_accepted=WaitDuration.of(found.queue_waits_ms()),
    )


def workflow_cumulative(log: EventLog, query: Query, workflow: int) -> WorkflowCumulativeStatistics:
    """Return what happened to the tasks of a workflow.

    Parameters
    ----------
    log : EventLog
        All rows of a run.
    query : Query
        Window, channel and thresholds.
    workflow : int
        Number of the workflow.
    """
    found = _Selection(log, query, "workflow", workflow)
    return WorkflowCumulativeStatistics(
        **_task_fields(found, query),
        tasks_entered=found.count(EventType.WORKFLOW_ENTERED),
        tasks_timed_out_in_workflow=found.count(EventType.WORKFLOW_TIMEOUT),
    )


def workers_cumulative(log: EventLog, query: Query) -> WorkersCumulativeStatistics:
    """Return what all workers did.

    Parameters
    ----------
    log : EventLog
        All rows of a run.
    query : Query
        Window, and the channel whose reservations count.  A worker has one activity on all
        channels, so durations do not depend on it; thresholds play no part.
    """
    return WorkersCumulativeStatistics(
        **_reservation_fields(_Selection(log, query), query),
        activity_durations=_activity_durations(log, query.window),
    )


def worker_cumulative(log: EventLog, query: Query, worker: int) -> WorkersCumulativeStatistics:
    """Return what one worker did.

    Parameters
    ----------
    log : EventLog
        All rows of a run.
    query : Query
        As in :func:`workers_cumulative`.
    worker : int
        Number of the worker.
    """
    return WorkersCumulativeStatistics(
        **_reservation_fields(_Selection(log, query, "worker", worker), query),
        activity_durations=_activity_durations(log, query.window, worker),
    )


class _Selection:
    """The rows that count, and the waits that ended with them."""

    def __init__(
        self, log: EventLog, query: Query, column: str | None = None, number: int = NOTHING
    ) -> None:
        records = log.records
        kept = query.window.covers(records["at_ms"])
        if query.channel != NOTHING:
            kept &= records["channel"] == query.channel
        if column is not None:
            kept &= records[column] == number
        self._all = records
        self._places = np.flatnonzero(kept)
        self._rows = records[self._places]
        self._event = np.ascontiguousarray(self._rows["event"])
        self._counts = np.bincount(self._event, minlength=len(EventType))

    def count(self, *events: EventType) -> int:
        """Return how many rows are of one of some types."""
        return int(sum(self._counts[event] for event in events))

    def waits_ms(self, event: EventType) -> Ints:
        """Return the age of the task at each row of a type [ms], shape (n_rows,)."""
        rows = self._rows[self._event == event]
        created = self._all[self._all["event"] == EventType.TASK_CREATED]
        # Tasks are numbered in the order of their creation, so the numbers are sorted.
        places = np.searchsorted(created["task"], rows["task"])
        waits: Ints = rows["at_ms"] - created["at_ms"][places]
        return waits

    def queue_waits_ms(self) -> Ints:
        """Return the time in its queue of each accepted task [ms], shape (n_accepted,)."""
        accepted = self._event == EventType.RESERVATION_ACCEPTED
        entries = np.flatnonzero(self._all["event"] == EventType.TASK_QUEUE_ENTERED)
        # Sorted by task, then by place in the log, the entry before a row is the last one that
        # its task made before it.
        entered = self._by_task(entries)
        order = np.argsort(entered)
        wanted = self._by_task(self._places[accepted])
        before = np.searchsorted(entered[order], wanted) - 1
        since = self._all["at_ms"][entries[order][before]]
        waits: Ints = self._rows["at_ms"][accepted] - since
        return waits

    def _by_task(self, places: NDArray[np.intp]) -> Ints:
        task: Ints = self._all["task"][places].astype(np.int64)
        return task * self._all.size + places


def _reservation_fields(found: _Selection, query: Query) -> dict[str, Any]:
    return {
        "start_time": query.window.start_time,
        "end_time": query.window.end_time,
        "reservations_created": found.count(EventType.RESERVATION_CREATED),
        "reservations_accepted": found.count(EventType.RESERVATION_ACCEPTED),
        "reservations_rejected": found.count(EventType.RESERVATION_REJECTED),
        "reservations_timed_out": found.count(EventType.RESERVATION_TIMEOUT),
        "reservations_canceled": found.count(EventType.RESERVATION_CANCELED),
        "reservations_rescinded": found.count(EventType.RESERVATION_RESCINDED),
    }


def _task_fields(found: _Selection, query: Query) -> dict[str, Any]:
    accepted = found.waits_ms(EventType.RESERVATION_ACCEPTED)
    canceled = found.waits_ms(EventType.TASK_CANCELED)
    until_accepted = WaitDuration.of(accepted)
    return {
        **_reservation_fields(found, query),
        "tasks_canceled": found.count(EventType.TASK_CANCELED),
        "tasks_completed": found.count(EventType.TASK_COMPLETED),
        "tasks_deleted": found.count(EventType.TASK_DELETED, EventType.TASK_SYSTEM_DELETED),
        "tasks_moved": found.count(EventType.TASK_QUEUE_MOVED),
        "avg_task_acceptance_time": until_accepted.avg,
        "wait_duration_until_accepted": until_accepted,
        "wait_duration_until_canceled": WaitDuration.of(canceled),
        "split_by_wait_time": {
            str(threshold_s): _split(accepted, canceled, 1_000 * threshold_s)
            for threshold_s in query.split_by_wait_time
        },
    }


def _split(accepted_ms: Ints, canceled_ms: Ints, threshold_ms: int) -> SplitSides:
    accepted = int(np.count_nonzero(accepted_ms <= threshold_ms))
    canceled = int(np.count_nonzero(canceled_ms <= threshold_ms))
    return SplitSides(
        above=SplitCounts(canceled_ms.size - canceled, accepted_ms.size - accepted),
        below=SplitCounts(canceled, accepted),
    )


def _activity_durations(
    log: EventLog, window: Window, worker: int = NOTHING
) -> tuple[ActivityDuration, ...]:
    """Return the time spent in each activity, by all workers or by one."""
    records = log.records
    moves = (EventType.WORKER_CREATED, EventType.WORKER_ACTIVITY_UPDATE)
    rows = records[np.isin(records["event"], moves)]
    if worker != NOTHING:
        rows = rows[rows["worker"] == worker]
    rows = rows[np.argsort(rows["worker"], kind="stable")]
    start = rows["at_ms"]
    last = np.diff(rows["worker"], append=NOTHING) != 0
    # A worker's last stay goes on at the end of the run, which no window outlasts.
    end = np.where(last, window.end_ms, np.roll(start, -1))
    lengths = np.minimum(end, window.end_ms) - np.maximum(start, window.start_ms)
    return tuple(
        ActivityDuration(
            sid("WA", activity),
            name,
            *summed_up(lengths[(rows["activity"] == activity) & (lengths > 0)]),
        )
        for activity, name in enumerate(log.names.activities)
    )
