"""The rows of a log as TaskRouter's Event resources.

What a row does not say but an event does (a task's attributes, a worker's activity before) is
remembered from earlier rows, for as long as the task is known; so the memory that is needed
depends on the tasks that are open at the same time, and not on the length of a run.

Rows of our own have no counterpart and are left out; events of TaskRouter that say nothing about
the simulated part (of users, of callbacks) never come.  ``event_data`` has the names of the REST
interface, where they are in lower case (``task_sid`` for ``TaskSid``), and its values are texts.

Sources: Twilio, "Event resource" for the outer fields, "Event types" reference for the groups of
fields.  Where they are silent: the resource of a reservation's row is the reservation, of any
other row of a task the task; descriptions other than those of activity updates, offers, expired
tasks and queue expressions are ours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from trsim.core.events import NOTHING, EventType, Row
from trsim.core.sids import sid
from trsim.core.states import Reason, TaskStatus
from trsim.eventlog.names import Names

OWN_ROWS: Final = frozenset(
    {
        EventType.TASK_PURGED,
        EventType.TASK_REFUSED,
        EventType.RESERVATION_ON_HOLD,
        EventType.TASK_QUEUE_UPDATED,
        EventType.WORKFLOW_REEVALUATED,
    }
)
"""Rows that TaskRouter has no event for."""

_REMOVALS = frozenset(
    {EventType.TASK_PURGED, EventType.TASK_DELETED, EventType.TASK_SYSTEM_DELETED}
)
_KINDS = {
    "reservation": "Reservation",
    "task": "Task",
    "worker": "Worker",
    "task-queue": "TaskQueue",
    "workflow": "Workflow",
}
_STATUS_WORDS = tuple(status.label for status in TaskStatus)
_LABELS = tuple(event.label for event in EventType)


@dataclass(frozen=True, slots=True)
class Workspace:
    """What events say and a log does not.

    Attributes
    ----------
    name : str
        Name of the workspace.
    origin : datetime
        Instant of time 0, with its zone.
    attribute_sets : sequence of str
        Attribute sets of workers, each a JSON text; without them events leave the attributes of
        workers out.
    worker_attributes : sequence of int
        Number of the set that each worker begins with, one for each worker.
    expressions : sequence of str
        Texts of the queue expressions, by number; without them events leave them out.
    """

    name: str
    origin: dt.datetime
    attribute_sets: Sequence[str] = ()
    worker_attributes: Sequence[int] = ()
    expressions: Sequence[str] = ()


def taskrouter_events(
    rows: Iterable[Row], names: Names, workspace: Workspace
) -> Iterator[dict[str, Any]]:
    """Yield TaskRouter's Event resource for each row that has one, in the order of the rows.

    Parameters
    ----------
    rows : iterable of Row
        All rows of a run, from the first one on.
    names : Names
        What their numbers stand for.
    workspace : Workspace
        What events say and a log does not.

    Yields
    ------
    dict
        ``sid`` (of the row, counted from 0), ``event_type``, ``description``, ``event_date``
        (ISO 8601, UTC, whole seconds), ``event_date_ms`` (since 1970), ``resource_type``,
        ``resource_sid``, ``source``, ``workspace_sid`` and ``event_data``.
    """
    memory = _Memory(names, workspace)
    origin_ms = round(workspace.origin.timestamp() * 1000)
    workspace_sid = sid("WS", 0)
    for number, row in enumerate(rows):
        data = memory.take(row)
        if row.event in OWN_ROWS:
            continue
        kind, resource = _resource(row)
        at_ms = origin_ms + row.at_ms
        at = dt.datetime.fromtimestamp(at_ms // 1000, dt.UTC)
        yield {
            "sid": sid("EV", number),
            "event_type": _LABELS[row.event],
            "description": _description(row, kind, resource, data),
            "event_date": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "event_date_ms": at_ms,
            "resource_type": kind,
            "resource_sid": resource,
            "source": "trsim",
            "workspace_sid": workspace_sid,
            "event_data": {
                "workspace_sid": workspace_sid,
                "workspace_name": workspace.name,
                **data,
            },
        }


@dataclass(slots=True)
class _Task:
    """What later events say about a task."""

    created_ms: int
    attributes: int
    status: int
    reason: int = NOTHING


@dataclass(slots=True)
class _Worker:
    """What later events say about a worker."""

    attributes: int
    activity: int = NOTHING
    since_ms: int = 0


class _Memory:
    """What is remembered of earlier rows, and the ``event_data`` that it gives."""

    def __init__(self, names: Names, workspace: Workspace) -> None:
        self._names = names
        self._workspace = workspace
        self._tasks: dict[int, _Task] = {}
        self._removed: list[tuple[int, int]] = []  # task and instant, not forgotten yet
        initial = workspace.worker_attributes or [NOTHING] * len(names.workers)
        self._workers = [_Worker(attributes) for attributes in initial]

    def take(self, row: Row) -> dict[str, str]:
        """Return what the event of a row says, having learnt what the row says."""
        while self._removed and self._removed[0][1] < row.at_ms:
            del self._tasks[self._removed.pop(0)[0]]
        if row.task != NOTHING:
            return self._of_task(row)
        if row.worker != NOTHING:
            return self._of_worker(row)
        if row.event == EventType.TASK_QUEUE_EXPRESSION_UPDATED:
            expressions = self._workspace.expressions
            shown = {"task_queue_target_expression": expressions[row.value]} if expressions else {}
            return {**self._queue(row.queue), **shown}
        return self._workflow(row.workflow)

    def _of_task(self, row: Row) -> dict[str, str]:
        tasks = self._tasks
        if row.event == EventType.TASK_CREATED:
            tasks[row.task] = _Task(row.at_ms, row.attributes, row.task_status)
        task = tasks[row.task]
        if row.attributes != NOTHING:
            task.attributes = row.attributes
        if row.task_status != NOTHING:
            task.status = row.task_status
        if row.reason != NOTHING:
            task.reason = row.reason
        data = {
            "task_sid": sid("WT", row.task),
            "task_attributes": self._names.attribute_sets[task.attributes],
            "task_age": str((row.at_ms - task.created_ms) // 1000),
            "task_priority": str(row.priority),
            "task_assignment_status": _STATUS_WORDS[task.status],
        }
        if task.reason != NOTHING:
            data["task_canceled_reason"] = Reason(task.reason).text
        data |= self._channel(row.channel) | self._queue(row.queue) | self._workflow(row.workflow)
        if row.reservation != NOTHING:
            data["reservation_sid"] = sid("WR", row.reservation)
            data |= self._worker(row.worker)
        elif row.event in _REMOVALS:
            # In the same instant its reservations are ended, which still speak of it.
            self._removed.append((row.task, row.at_ms))
        return data

    def _of_worker(self, row: Row) -> dict[str, str]:
        worker = self._workers[row.worker]
        before, since_ms = worker.activity, worker.since_ms
        if row.activity != NOTHING:
            worker.activity, worker.since_ms = row.activity, row.at_ms
        elif row.event == EventType.WORKER_ATTRIBUTES_UPDATE:
            worker.attributes = row.value
        data = self._worker(row.worker)
        if row.event == EventType.WORKER_ACTIVITY_UPDATE and before != NOTHING:
            spent_ms = row.at_ms - since_ms
            data |= {
                "worker_time_in_previous_activity": str(spent_ms // 1000),
                "worker_time_in_previous_activity_ms": str(spent_ms),
                "worker_previous_activity_sid": sid("WA", before),
                "worker_previous_activity_name": self._names.activities[before],
            }
        data |= self._channel(row.channel)
        if row.event == EventType.WORKER_CAPACITY_UPDATE:
            data["worker_channel_configured_capacity"] = str(row.value)
        elif row.event == EventType.WORKER_CHANNEL_AVAILABILITY_UPDATE:
            data["worker_channel_available"] = "true" if row.value else "false"
        return data

    def _worker(self, number: int) -> dict[str, str]:
        worker = self._workers[number]
        data = {"worker_sid": sid("WK", number), "worker_name": self._names.workers[number]}
        if worker.attributes != NOTHING:
            data["worker_attributes"] = self._workspace.attribute_sets[worker.attributes]
        if worker.activity != NOTHING:
            data["worker_activity_sid"] = sid("WA", worker.activity)
            data["worker_activity_name"] = self._names.activities[worker.activity]
        return data

    def _channel(self, number: int) -> dict[str, str]:
        if number == NOTHING:
            return {}
        name = self._names.channels[number]
        return {"task_channel_sid": sid("TC", number), "task_channel_unique_name": name}

    def _queue(self, number: int) -> dict[str, str]:
        if number == NOTHING:
            return {}
        return {"task_queue_sid": sid("WQ", number), "task_queue_name": self._names.queues[number]}

    def _workflow(self, number: int) -> dict[str, str]:
        if number == NOTHING:
            return {}
        return {"workflow_sid": sid("WW", number), "workflow_name": self._names.workflows[number]}


def _resource(row: Row) -> tuple[str, str]:
    """Return what an event is about: kind and SID."""
    if row.reservation != NOTHING:
        return "reservation", sid("WR", row.reservation)
    if row.task != NOTHING:
        return "task", sid("WT", row.task)
    if row.worker != NOTHING:
        return "worker", sid("WK", row.worker)
    if row.queue != NOTHING:
        return "task-queue", sid("WQ", row.queue)
    return "workflow", sid("WW", row.workflow)


def _description(row: Row, kind: str, resource: str, data: dict[str, str]) -> str:
    """Return a sentence about an event, Twilio's where it is known."""
    if row.event == EventType.WORKER_ACTIVITY_UPDATE:
        return f"Worker {data['worker_name']} updated to {data['worker_activity_name']} Activity"
    if row.event == EventType.RESERVATION_CREATED:
        return (
            f"Task {data['task_sid']} assigned to Worker {data['worker_name']} "
            f"with Reservation {resource}"
        )
    if row.event == EventType.TASK_CANCELED and row.reason == Reason.TTL:
        return Reason.TTL.text
    if "task_queue_target_expression" in data:
        return (
            f"TaskQueue {resource} expression updated to '{data['task_queue_target_expression']}'"
        )
    return f"{_KINDS[kind]} {resource}: {_LABELS[row.event]}"
