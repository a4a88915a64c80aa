"""Finds a task in a log, and the shortest clock for its timeline."""

from __future__ import annotations

import numpy as np

from trsim.core.events import NOTHING, EventType
from trsim.errors import UsageError
from trsim.eventlog import EventLog
from trsim.model import Model
from trsim.report.wording import Clock


def find_task(log: EventLog, stream: int, number: int) -> int | None:
    """Return the number of a task in creation order; None if it was refused.

    Parameters
    ----------
    log : EventLog
    stream : int
        The task's stream.
    number : int
        Its number there, from 0.

    Raises
    ------
    UsageError
        There is no such task in the run.
    """
    of_stream = (log.column("stream") == stream) & (log.column("number") == number)
    places = np.flatnonzero(of_stream)
    if places.size:
        row = log.records[places[0]]
        return int(row["task"]) if row["event"] == EventType.TASK_CREATED else None
    count = int(np.count_nonzero(log.column("stream") == stream))
    name = log.names.streams[stream]
    numbers = f"its tasks are {name}/0 … {name}/{count - 1}" if count else "it had no task"
    raise UsageError(f"there is no task {name}/{number} in the run; {numbers}")


def name_of(log: EventLog, task: int) -> str:
    """Return a task as stream and number, empty if it belongs to no stream.

    Raises
    ------
    UsageError
        There is no such task in the run.
    """
    is_created = log.column("event") == EventType.TASK_CREATED
    places = np.flatnonzero(is_created & (log.column("task") == task))
    if not places.size:
        count = int(np.count_nonzero(is_created))
        numbers = f"its tasks are 0 … {count - 1}" if count else "it had no task"
        raise UsageError(f"there is no task {task} in the run; {numbers}")
    row = log.records[places[0]]
    if row["stream"] == NOTHING:
        return ""
    return f"{log.names.streams[int(row['stream'])]}/{int(row['number'])}"


def clock_for(model: Model, log: EventLog, task: int | None) -> Clock:
    """Return the shortest clock for the timeline of a task.

    Parameters
    ----------
    model : Model
    log : EventLog
    task : int or None
        None: it was refused.
    """
    records = log.records
    instants = [model.horizon_ms - 1]
    if task is not None:
        own = records[records["task"] == task]
        instants += own["at_ms"].tolist()
        # The end of the time to live is told as an age.
        told = own["until_ms"][own["event"] != EventType.TASK_CREATED]
        instants += told[told >= 0].tolist()
    exact = any(at_ms % 1000 for at_ms in instants[1:])
    clock = Clock.for_instants(model.start, [at_ms - at_ms % 1000 for at_ms in instants])
    return Clock(clock.start, exact, clock.long)
