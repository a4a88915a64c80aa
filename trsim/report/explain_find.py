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
    count = 0
    for streams, numbers, events, tasks in log.parts("stream", "number", "event", "task"):
        places = np.flatnonzero((streams == stream) & (numbers == number))
        if places.size:
            first = places[0]
            return int(tasks[first]) if events[first] == EventType.TASK_CREATED else None
        count += int(np.count_nonzero(streams == stream))
    name = log.names.streams[stream]
    known = f"its tasks are {name}/0 … {name}/{count - 1}" if count else "it had no task"
    raise UsageError(f"there is no task {name}/{number} in the run; {known}")


def name_of(log: EventLog, task: int) -> str:
    """Return a task as stream and number, empty if it belongs to no stream.

    Raises
    ------
    UsageError
        There is no such task in the run.
    """
    count = 0
    for events, tasks, streams, numbers in log.parts("event", "task", "stream", "number"):
        is_created = events == EventType.TASK_CREATED
        places = np.flatnonzero(is_created & (tasks == task))
        if places.size:
            stream, number = int(streams[places[0]]), int(numbers[places[0]])
            return "" if stream == NOTHING else f"{log.names.streams[stream]}/{number}"
        count += int(np.count_nonzero(is_created))
    known = f"its tasks are 0 … {count - 1}" if count else "it had no task"
    raise UsageError(f"there is no task {task} in the run; {known}")


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
