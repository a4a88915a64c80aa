"""What a KPI is computed from: the counted tasks and reservations, and time in a window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trsim.analysis.spans import Flags, Ints, Spans, clipped, most_at_once, union_ms
from trsim.analysis.tables import ReservationTable, TaskTable, read_tables
from trsim.analysis.workers import WorkerTable, read_workers
from trsim.core.events import NOTHING, EventType
from trsim.eventlog import EventLog


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is counted, and by which measure of service.

    Attributes
    ----------
    warm_up_ms : int
        Tasks created earlier, and their reservations, are not counted; time is measured from
        here to the horizon [ms].
    horizon_ms : int
        End of the run, > ``warm_up_ms`` [ms].
    threshold_ms : int
        Longest wait that counts as in time [ms].
    service_level : str
        The definition that the KPI ``service_level`` follows: ``offered``, ``answered``,
        ``excluding_short`` or ``including_short``.
    """

    warm_up_ms: int
    horizon_ms: int
    threshold_ms: int
    service_level: str = "offered"


@dataclass(frozen=True, slots=True)
class Sample:
    """Everything a KPI may look at."""

    criteria: Criteria
    tasks: TaskTable
    """Tasks created from the warm-up on."""
    reservations: ReservationTable
    """Their reservations; :attr:`ReservationTable.place` still counts all tasks of the log."""
    refused: int
    """Tasks that no filter took, from the warm-up on."""
    waiting: Spans
    """When tasks waited (pending or reserved), within the window, whenever they were created."""
    reserved_ms: int
    """Part of that time in which somebody was reserved, on hold included, summed over tasks."""
    workers: WorkerTable | None
    """Workers within the window; None where the sample is one queue or one stream."""

    @property
    def span_ms(self) -> int:
        """Length of the window [ms]."""
        return self.criteria.horizon_ms - self.criteria.warm_up_ms

    @property
    def most_waiting(self) -> int:
        """Greatest number of tasks that waited at the same time within the window."""
        return most_at_once(self.waiting)


class Observation:
    """The tables of one log, from which samples are taken.

    Parameters
    ----------
    log : EventLog
        All rows of a run.
    horizon_ms : int
        End of the run [ms].
    """

    def __init__(self, log: EventLog, horizon_ms: int) -> None:
        self.log = log
        self.horizon_ms = horizon_ms
        self.tasks, self.reservations = read_tables(log)
        self.queue_of_stay, self.stays = read_queue_stays(log, self.tasks, horizon_ms)
        records = log.records
        self._refusals = records[records["event"] == EventType.TASK_REFUSED]

    def refused(self, criteria: Criteria, stream: int | None = None) -> int:
        """Return how many tasks were refused from the warm-up on, of one stream or of all."""
        rows = self._refusals[self._refusals["at_ms"] >= criteria.warm_up_ms]
        return len(rows if stream is None else rows[rows["stream"] == stream])

    def workers(self, criteria: Criteria) -> WorkerTable:
        """Return what the workers did within the window."""
        return read_workers(
            self.log,
            self.reservations,
            criteria.warm_up_ms,
            criteria.horizon_ms,
            self.horizon_ms,
        )

    def whole(self, criteria: Criteria) -> Sample:
        """Return the sample of the whole run."""
        everything = np.ones(len(self.tasks), dtype=np.bool_)
        every_offer = np.ones(len(self.reservations), dtype=np.bool_)
        every_stay = np.ones(self.stays.owner.size, dtype=np.bool_)
        chosen = (everything, every_offer, every_stay)
        return self._sample(criteria, chosen, self.refused(criteria), self.workers(criteria))

    def of_queue(self, queue: int, criteria: Criteria) -> Sample:
        """Return the sample of one queue, numbered from 0.

        It has the tasks whose wait ended there or that wait there still, the reservations made
        while their task was there, and the waiting while it was there.  Tasks routed to a worker
        are in no queue, and so in none of these samples.
        """
        chosen = (
            self.tasks.queue == queue,
            self.reservations.queue == queue,
            self.queue_of_stay == queue,
        )
        return self._sample(criteria, chosen, 0, None)

    def of_stream(self, stream: int, criteria: Criteria) -> Sample:
        """Return the sample of one arrival stream."""
        tasks = self.tasks.stream == stream
        chosen = (tasks, tasks[self.reservations.place], tasks[self.stays.owner])
        return self._sample(criteria, chosen, self.refused(criteria, stream), None)

    def _sample(
        self,
        criteria: Criteria,
        chosen: tuple[Flags, Flags, Flags],
        refused: int,
        workers: WorkerTable | None,
    ) -> Sample:
        tasks, offers, stays = chosen
        low, high = criteria.warm_up_ms, criteria.horizon_ms
        counted = self.tasks.created_ms >= low
        asked = self.reservations.where(offers)
        end = np.where(asked.answered_ms < 0, self.horizon_ms, asked.answered_ms)
        asking = clipped(Spans(asked.place, asked.created_ms, end), low, high)
        waiting = Spans(*(column[stays] for column in self.stays))
        return Sample(
            criteria=criteria,
            tasks=self.tasks.where(tasks & counted),
            reservations=asked.where(counted[asked.place]),
            refused=refused,
            waiting=clipped(waiting, low, high),
            reserved_ms=int(union_ms(asking, len(self.tasks)).sum()),
            workers=workers,
        )


def read_queue_stays(log: EventLog, tasks: TaskTable, horizon_ms: int) -> tuple[Ints, Spans]:
    """Return in which queues tasks waited, and when.

    Parameters
    ----------
    log : EventLog
        All rows of a run.
    tasks : TaskTable
        Its tasks.
    horizon_ms : int
        End of the run [ms].

    Returns
    -------
    queue : ndarray, shape (n_stays,)
        Queue of each stay; -1 for the whole wait of a task that is in no queue.
    stays : Spans
        From entering the queue to entering another one, or to the end of the wait, or to the
        horizon; the owner is the task's row in its table.

    Notes
    -----
    A task that is routed to a worker enters no queue.  It waits all the same, so that it counts
    for the whole run and for its stream.
    """
    records = log.records
    entered = records[records["event"] == EventType.TASK_QUEUE_ENTERED]
    entered = entered[np.argsort(entered["task"], kind="stable")]
    place = np.searchsorted(tasks.task, entered["task"]).astype(np.int64)
    start = entered["at_ms"].astype(np.int64)
    wait_ended = np.where(tasks.waiting, horizon_ms, tasks.wait_ended_ms)
    last = np.diff(place, append=-1) != 0
    end = np.where(last, wait_ended[place], np.roll(start, -1))
    outside = np.flatnonzero(tasks.queue == NOTHING)
    queue = np.concatenate([entered["queue"].astype(np.int64), np.full(outside.size, NOTHING)])
    return queue, Spans(
        np.concatenate([place, outside]),
        np.concatenate([start, tasks.created_ms[outside]]),
        np.concatenate([end, wait_ended[outside]]),
    )
