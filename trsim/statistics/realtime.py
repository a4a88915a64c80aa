"""The state at an instant: one function for each kind of object.

It is the state after every row stamped with the instant or before it, as a client sees it who
asks once all that happens at the instant has happened.  A waiting task is a pending one: while
somebody is reserved for it, it does not wait.

Sources: Twilio, "Workspace Statistics", "TaskQueue Statistics", "Workflow Statistics" and "Worker
Statistics" resources.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from trsim.core.events import NOTHING, EventType
from trsim.core.sids import sid
from trsim.core.states import TaskStatus
from trsim.eventlog import EventLog, Names
from trsim.statistics.shape import ActivityStatistic, Figures, Ints, whole_seconds

_OPEN: Final = (TaskStatus.PENDING, TaskStatus.RESERVED, TaskStatus.ASSIGNED, TaskStatus.WRAPPING)
_UNASSIGNED: Final = (TaskStatus.PENDING, TaskStatus.RESERVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _TaskState(Figures):
    """What workspace, queue and workflow have in common."""

    total_tasks: int
    """Pending, reserved, assigned and wrapping tasks."""
    tasks_by_status: Mapping[str, int]
    """By all six statuses; completed and canceled tasks count until they are purged."""
    tasks_by_priority: Mapping[str, int]
    """Pending and reserved tasks by priority, from the lowest."""
    longest_task_waiting_age: int
    """Time since the creation of the oldest pending task [s]; 0 without one."""
    longest_task_waiting_sid: str | None
    """The oldest pending task, the first one among equals; None without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceRealTimeStatistics(_TaskState):
    """The state of the workspace."""

    activity_statistics: tuple[ActivityStatistic, ...]
    """Workers by activity."""
    total_workers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskQueueRealTimeStatistics(_TaskState):
    """The state of a queue; ended tasks count for the queue in which they ended."""

    longest_relative_task_age_in_queue: int
    """Longest time since a pending task entered this queue [s]; 0 without one."""
    longest_relative_task_sid_in_queue: str | None
    """The pending task that entered it first; None without one."""
    total_eligible_workers: int
    """Workers of the queue, in whatever activity."""
    total_available_workers: int
    """Workers of the queue in an available activity, even if they have no capacity left."""
    activity_statistics: tuple[ActivityStatistic, ...]
    """Workers of the queue by activity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowRealTimeStatistics(_TaskState):
    """The state of a workflow's tasks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkersRealTimeStatistics(Figures):
    """The state of all workers."""

    activity_statistics: tuple[ActivityStatistic, ...]
    """Workers by activity."""
    total_workers: int


def workspace_real_time(
    log: EventLog, at_ms: int, *, channel: int = NOTHING
) -> WorkspaceRealTimeStatistics:
    """Return the state of the workspace.

    Parameters
    ----------
    log : EventLog
        All rows of a run.
    at_ms : int
        The instant [ms since the start of the run], not after its end.
    channel : int
        Number of the TaskChannel whose tasks count, -1 for all.
    """
    activity = _worker_activities(log, at_ms)
    return WorkspaceRealTimeStatistics(
        **_task_fields(_last_rows(log, at_ms, channel), log, at_ms),
        activity_statistics=_activity_statistics(log.names, activity),
        total_workers=_present(activity),
    )


def task_queue_real_time(
    log: EventLog, at_ms: int, queue: int, members: Sequence[int], *, channel: int = NOTHING
) -> TaskQueueRealTimeStatistics:
    """Return the state of a queue.

    Parameters
    ----------
    log : EventLog
        All rows of a run.
    at_ms : int
        The instant [ms since the start of the run], not after its end.
    queue : int
        Number of the queue.
    members : sequence of int
        Workers of the queue at the instant, as :func:`~trsim.statistics.membership.members_at`
        gives them.
    channel : int
        Number of the TaskChannel whose tasks count, -1 for all.  A worker has one activity on
        all channels, so workers count whatever it is.
    """
    tasks = _last_rows(log, at_ms, channel)
    tasks = tasks[tasks["queue"] == queue]
    pending = tasks["task"][tasks["task_status"] == TaskStatus.PENDING]
    entered = _since_ms(log, at_ms, EventType.TASK_QUEUE_ENTERED, pending)
    age, oldest = _oldest(pending, entered, at_ms)
    activity = _worker_activities(log, at_ms)[np.asarray(members, dtype=np.intp)]
    available = np.asarray(log.names.available, dtype=np.bool_)
    return TaskQueueRealTimeStatistics(
        **_task_fields(tasks, log, at_ms),
        longest_relative_task_age_in_queue=age,
        longest_relative_task_sid_in_queue=oldest,
        total_eligible_workers=len(members),
        total_available_workers=int(np.count_nonzero(available[activity])),
        activity_statistics=_activity_statistics(log.names, activity),
    )


def workflow_real_time(
    log: EventLog, at_ms: int, workflow: int, *, channel: int = NOTHING
) -> WorkflowRealTimeStatistics:
    """Return the state of a workflow's tasks.

    Parameters
    ----------
    log : EventLog
        All rows of a run.
    at_ms : int
        The instant [ms since the start of the run], not after its end.
    workflow : int
        Number of the workflow.
    channel : int
        Number of the TaskChannel whose tasks count, -1 for all.
    """
    tasks = _last_rows(log, at_ms, channel)
    tasks = tasks[tasks["workflow"] == workflow]
    return WorkflowRealTimeStatistics(**_task_fields(tasks, log, at_ms))


def workers_real_time(log: EventLog, at_ms: int) -> WorkersRealTimeStatistics:
    """Return the state of all workers.

    Parameters
    ----------
    log : EventLog
        All rows of a run.
    at_ms : int
        The instant [ms since the start of the run], not after its end.
    """
    activity = _worker_activities(log, at_ms)
    return WorkersRealTimeStatistics(
        activity_statistics=_activity_statistics(log.names, activity),
        total_workers=_present(activity),
    )


def _up_to(log: EventLog, at_ms: int) -> NDArray[np.void]:
    """Return the rows stamped with an instant or before it; rows are in the order of time."""
    records = log.records
    return records[: np.searchsorted(records["at_ms"], at_ms, side="right")]


def _last_rows(log: EventLog, at_ms: int, channel: int) -> NDArray[np.void]:
    """Return the last row of each task that is there, in the order of their numbers.

    Every row of a task shows its status, queue and priority, so the last one tells its state.
    """
    rows = _up_to(log, at_ms)
    rows = rows[rows["task"] >= 0]
    _, back = np.unique(rows["task"][::-1], return_index=True)
    last = rows[rows.size - 1 - back]
    last = last[last["task_status"] >= 0]
    return last if channel == NOTHING else last[last["channel"] == channel]


def _since_ms(
    log: EventLog, at_ms: int, event: EventType, tasks: NDArray[np.signedinteger]
) -> Ints:
    """Return when each task had its last event of a type up to an instant [ms]."""
    rows = _up_to(log, at_ms)
    rows = rows[rows["event"] == event]
    numbers, back = np.unique(rows["task"][::-1], return_index=True)
    since: Ints = rows["at_ms"][rows.size - 1 - back][np.searchsorted(numbers, tasks)]
    return since


def _oldest(tasks: NDArray[np.signedinteger], since_ms: Ints, at_ms: int) -> tuple[int, str | None]:
    """Return age [s] and SID of the task with the earliest instant, the first among equals."""
    if not tasks.size:
        return 0, None
    first = int(np.argmin(since_ms))
    return whole_seconds(at_ms - int(since_ms[first])), sid("WT", int(tasks[first]))


def _task_fields(tasks: NDArray[np.void], log: EventLog, at_ms: int) -> dict[str, Any]:
    status = np.ascontiguousarray(tasks["task_status"])
    by_status = np.bincount(status, minlength=len(TaskStatus))
    priorities, counts = np.unique(
        tasks["priority"][np.isin(status, _UNASSIGNED)], return_counts=True
    )
    pending = tasks["task"][status == TaskStatus.PENDING]
    created = _since_ms(log, at_ms, EventType.TASK_CREATED, pending)
    age, oldest = _oldest(pending, created, at_ms)
    return {
        "total_tasks": int(sum(by_status[status] for status in _OPEN)),
        "tasks_by_status": {status.label: int(by_status[status]) for status in TaskStatus},
        "tasks_by_priority": {
            str(priority): int(count) for priority, count in zip(priorities, counts, strict=True)
        },
        "longest_task_waiting_age": age,
        "longest_task_waiting_sid": oldest,
    }


def _worker_activities(log: EventLog, at_ms: int) -> Ints:
    """Return the activity of each worker, shape (n_workers,); -1 for one not there yet."""
    rows = _up_to(log, at_ms)
    rows = rows[
        np.isin(rows["event"], (EventType.WORKER_CREATED, EventType.WORKER_ACTIVITY_UPDATE))
    ]
    workers, back = np.unique(rows["worker"][::-1], return_index=True)
    activity = np.full(len(log.names.workers), NOTHING, dtype=np.int64)
    activity[workers] = rows["activity"][rows.size - 1 - back]
    return activity


def _present(activity: Ints) -> int:
    return int(np.count_nonzero(activity != NOTHING))


def _activity_statistics(names: Names, activity: Ints) -> tuple[ActivityStatistic, ...]:
    counts = np.bincount(activity[activity != NOTHING], minlength=len(names.activities))
    return tuple(
        ActivityStatistic(sid("WA", number), name, int(counts[number]))
        for number, name in enumerate(names.activities)
    )
