"""The story of a few tasks: what befell each, in numbered sentences.

The words are TaskRouter's: Created, Worker available, Reserved, Accepted, Assigned.  The log has
one row for an acceptance; the story makes two sentences of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from trsim.core.events import NOTHING, EventType, Row
from trsim.core.states import TERMINAL_TASK, Reason
from trsim.eventlog import EventLog, Names
from trsim.report.life import Sentence, TaskLife
from trsim.report.wording import Clock, printable

MOST_TASKS = 3
"""More tasks than this are not told."""
MOST_SENTENCES = 60
"""Of a longer life, only the beginning and the end are told."""
_LAST_SENTENCES = 20

_FREEING = frozenset(
    {
        EventType.RESERVATION_REJECTED,
        EventType.RESERVATION_TIMEOUT,
        EventType.RESERVATION_CANCELED,
        EventType.RESERVATION_RESCINDED,
        EventType.RESERVATION_COMPLETED,
    }
)
_SETTINGS = frozenset(
    {
        EventType.WORKER_ATTRIBUTES_UPDATE,
        EventType.WORKER_CAPACITY_UPDATE,
        EventType.WORKER_CHANNEL_AVAILABILITY_UPDATE,
    }
)
_FAILED = frozenset({EventType.RESERVATION_REJECTED, EventType.RESERVATION_TIMEOUT})


def story(
    log: EventLog,
    *,
    tasks: Sequence[int] | None = None,
    start: str | None = None,
    horizon_ms: int | None = None,
) -> str:
    """Return what befell a few tasks, each in numbered sentences.

    Parameters
    ----------
    log : EventLog
        The run.
    tasks : sequence of int, optional
        Numbers of the tasks; the first :data:`MOST_TASKS` if left out, and never more.
    start : str, optional
        Wall-clock label of time 0, ISO 8601; left out, times count from the start of the run.
    horizon_ms : int, optional
        End of the run, for a last word on tasks that are still open [ms].
    """
    created = np.unique(log.column("task")[log.column("event") == EventType.TASK_CREATED])
    chosen = [int(task) for task in (created if tasks is None else tasks)][:MOST_TASKS]
    rows = _rows_of(log, chosen)
    clock = Clock.for_instants(start, [*_instants(rows), horizon_ms or 0])
    parts = [
        "\n".join([_title(log.names, rows, task), *_numbered(sentences, clock)])
        for task in chosen
        for sentences in [_sentences(log.names, rows, task, clock, horizon_ms)]
    ]
    parts.extend(_refusals(log))
    if tasks is None and created.size > MOST_TASKS:
        left = created.size - MOST_TASKS
        parts.append(f"{left:,} more tasks are not told.")
    return "\n\n".join(parts or ["No task was created."]) + "\n"


def number_of_tasks(log: EventLog) -> int:
    """Return how many tasks were created."""
    return int(np.count_nonzero(log.column("event") == EventType.TASK_CREATED))


def _rows_of(log: EventLog, tasks: list[int]) -> list[Row]:
    """Return the rows of the tasks, of all workers asked for one of them, and of re-evaluations."""
    records = log.records
    own = np.isin(records["task"], tasks)
    workers = np.unique(records["worker"][own])
    kept = own | np.isin(records["worker"], workers[workers != NOTHING])
    kept |= records["event"] == EventType.WORKFLOW_REEVALUATED
    return [Row(*values) for values in records[kept].tolist()]


def _instants(rows: list[Row]) -> Iterator[int]:
    """Yield every instant that a story of the rows may name [ms]."""
    for row in rows:
        yield row.at_ms
        # The end of the time to live is a day away and is not told.
        if row.event != EventType.TASK_CREATED and row.until_ms != NOTHING:
            yield row.until_ms


def _title(names: Names, rows: list[Row], task: int) -> str:
    row = next(r for r in rows if r.task == task and r.event == EventType.TASK_CREATED)
    title = f"Task {task}"
    if row.stream != NOTHING:
        title += f" ({printable(names.streams[row.stream])}/{row.number})"
    return f"{title}, channel {printable(names.channels[row.channel])}"


def _sentences(
    names: Names, rows: list[Row], task: int, clock: Clock, horizon_ms: int | None
) -> list[Sentence]:
    """Return what there is to say about a task, in the order of events."""
    life = TaskLife(names, clock)
    workers = _Workers(names, clock)
    told: list[Sentence] = []
    for position, row in enumerate(rows):
        if row.task == task:
            if row.event == EventType.TASK_CREATED:
                workers.begin(position)
            if row.event == EventType.RESERVATION_CREATED:
                told.extend(workers.introduce(position, row))
            told.extend(life.tell(position, row))
        elif row.event == EventType.WORKFLOW_REEVALUATED:
            told.extend(life.tell(position, row))
        if life.waits or row.event not in _SETTINGS:
            told.extend(workers.follow(position, row, task))
    if horizon_ms is not None and life.task_status not in TERMINAL_TASK and not life.removed:
        text = f"the task is still {life.task_status.label}"
        told.append(Sentence(len(rows), horizon_ms, "End of run", text))
    return sorted(told, key=lambda sentence: sentence.position)


class _Workers:
    """Knows since when each worker has been available, and says so when it matters."""

    def __init__(self, names: Names, clock: Clock) -> None:
        self._names = names
        self._clock = clock
        self._available: dict[int, Sentence] = {}
        self._activity: dict[int, int] = {}
        self._told: dict[int, int] = {}  # worker to the position of what was told last
        self._begin = 0
        self._failed: tuple[int, int] | None = None  # worker and instant of the latest failure

    def begin(self, position: int) -> None:
        """Remember where the task's life begins."""
        self._begin = position

    def introduce(self, position: int, row: Row) -> Iterator[Sentence]:
        """Yield how the worker who is asked came to be available, unless that was told."""
        since = self._available.get(row.worker)
        told = self._told.get(row.worker, self._begin)
        if since is not None and since.position > told:
            yield since
        elif row.worker not in self._told and since is None and row.worker in self._activity:
            activity = printable(self._names.activities[self._activity[row.worker]])
            text = f"{self._name(row.worker)} is in {activity}, and is asked all the same"
            yield Sentence(position, row.at_ms, "Worker unavailable", text)
        elif row.worker not in self._told:
            text = f"{self._name(row.worker)} is available"
            if since is not None and since.at_ms < row.at_ms:
                text += f" since {self._clock.label(since.at_ms)}"
            yield Sentence(position, row.at_ms, "Worker available", text)
        self._told[row.worker] = position

    def follow(self, position: int, row: Row, task: int) -> Iterator[Sentence]:
        """Take note of a row; yield that a worker has to leave after failing this task."""
        if row.event in (EventType.WORKER_CREATED, EventType.WORKER_ACTIVITY_UPDATE):
            name = self._name(row.worker)
            self._activity[row.worker] = row.activity
            activity = printable(self._names.activities[row.activity])
            text = f"{name} goes to {activity}"
            if self._names.available[row.activity]:
                available = Sentence(position, row.at_ms, "Worker available", text)
                self._available[row.worker] = available
            else:
                self._available.pop(row.worker, None)
                if self._failed == (row.worker, row.at_ms):
                    yield Sentence(position, row.at_ms, "Worker unavailable", text)
            self._failed = None
        elif row.event in _SETTINGS and row.worker in self._told:
            yield Sentence(position, row.at_ms, "Worker updated", self._setting(row))
        elif row.task == task:
            self._failed = (row.worker, row.at_ms) if row.event in _FAILED else self._failed
        elif row.event in _FREEING and row.worker in self._available:
            text = f"{self._name(row.worker)} is free again, after task {row.task}"
            self._available[row.worker] = Sentence(position, row.at_ms, "Worker available", text)

    def _setting(self, row: Row) -> str:
        """Return what a row says about a worker's attributes or channel."""
        name = self._name(row.worker)
        if row.event == EventType.WORKER_ATTRIBUTES_UPDATE:
            return f"{name} has other attributes now"
        channel = printable(self._names.channels[row.channel])
        if row.event == EventType.WORKER_CAPACITY_UPDATE:
            return f"{name} has capacity {row.value} on channel {channel} now"
        return f"{name}'s channel {channel} is switched {'on' if row.value else 'off'}"

    def _name(self, worker: int) -> str:
        return printable(self._names.workers[worker])


def _numbered(sentences: list[Sentence], clock: Clock) -> Iterator[str]:
    times = max(len(clock.label(sentence.at_ms)) for sentence in sentences)
    words = max(len(sentence.word) for sentence in sentences)
    first_left_out, last_left_out = MOST_SENTENCES - _LAST_SENTENCES, len(sentences)
    if len(sentences) > MOST_SENTENCES:
        last_left_out -= _LAST_SENTENCES
    else:
        first_left_out = last_left_out
    for number, sentence in enumerate(sentences):
        if first_left_out <= number < last_left_out:
            if number == first_left_out:
                yield f"      ({last_left_out - first_left_out:,} lines are left out here)"
            continue
        label = clock.label(sentence.at_ms)
        text = f"{number + 1:4}  {label:<{times}}  {sentence.word:<{words}}  {sentence.text}"
        yield text


def _refusals(log: EventLog) -> Iterator[str]:
    refused = log.records[log.column("event") == EventType.TASK_REFUSED]
    if refused.size:
        reason = Reason.NO_MATCHING_FILTER.text
        many = "1 task was" if refused.size == 1 else f"{refused.size:,} tasks were"
        yield f"{many} refused: {reason}."
