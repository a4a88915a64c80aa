"""What a KPI is computed from: the counted tasks and reservations, and time in a window."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from trsim.analysis.attribution import WaitShares, attribute_waits
from trsim.analysis.spans import Flags, Ints, Spans, clipped, most_at_once, union_ms
from trsim.analysis.tables import ReservationTable, TaskTable, read_tables
from trsim.analysis.workers import WorkerTable, paid_time, read_workers
from trsim.core.events import NOTHING, EventType
from trsim.eventlog import EventLog
from trsim.model import Model, Prices

NO_PRICES = Prices()
"""Of a run whose model is not known."""


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
    """Workers within the window; None where the sample is a part of the tasks."""
    waits: WaitShares | None = None
    """Waits of the tasks, split into parts; None where the model is not known."""
    prices: Prices = NO_PRICES
    """What the scenario says of wages and values."""
    paid_ms: Ints | None = None
    """Time on duty of each worker within the window [ms]; None where there are no wages, or where
    the sample is a part of the tasks."""

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
    model : Model, optional
        The model that was run; without it nothing can be said of where waits come from, nor of
        costs.
    """

    def __init__(self, log: EventLog, horizon_ms: int, model: Model | None = None) -> None:
        self.log = log
        self.horizon_ms = horizon_ms
        self.model = model
        self.tasks, self.reservations = read_tables(log)
        self.queue_of_stay, self.stays = read_queue_stays(log, self.tasks, horizon_ms)
        records = log.records
        self._refusals = records[records["event"] == EventType.TASK_REFUSED]

    def refused(self, criteria: Criteria, stream: int | None = None) -> int:
        """Return how many tasks were refused from the warm-up on, of one stream or of all."""
        rows = self._refusals[self._refusals["at_ms"] >= criteria.warm_up_ms]
        return len(rows if stream is None else rows[rows["stream"] == stream])

    @cached_property
    def waits(self) -> WaitShares | None:
        """The waits of all tasks, split into parts; None where the model is not known."""
        if self.model is None:
            return None
        return attribute_waits(self.log, self.model, self.horizon_ms)

    def refused_with(self, attributes: Flags, criteria: Criteria) -> int:
        """Return how many tasks with some attribute sets were refused from the warm-up on.

        Parameters
        ----------
        attributes : ndarray, shape (n_attribute_sets,)
            Which sets are meant.
        criteria : Criteria
        """
        rows = self._refusals[self._refusals["at_ms"] >= criteria.warm_up_ms]
        sets = rows["attributes"][rows["attributes"] >= 0]
        return int(np.count_nonzero(attributes[sets]))

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
        return self.of_tasks(tasks, self.refused(criteria, stream), criteria)

    def of_tasks(self, tasks: Flags, refused: int, criteria: Criteria) -> Sample:
        """Return the sample of some tasks, their reservations and their waiting.

        Parameters
        ----------
        tasks : ndarray, shape (n_tasks,)
            Which tasks are meant.
        refused : int
            Tasks like these that were refused.
        criteria : Criteria
        """
        chosen = (tasks, tasks[self.reservations.place], tasks[self.stays.owner])
        return self._sample(criteria, chosen, refused, None)

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
        waits, model = self.waits, self.model
        prices = NO_PRICES if model is None else model.prices
        paid = None
        if (
            model is not None
            and workers is not None
            and any(w is not None for w in prices.wages_per_s)
        ):
            paid = paid_time(model.world, self.reservations, (low, high), self.horizon_ms)
        return Sample(
            criteria=criteria,
            tasks=self.tasks.where(tasks & counted),
            reservations=asked.where(counted[asked.place]),
            refused=refused,
            waiting=clipped(waiting, low, high),
            reserved_ms=int(union_ms(asking, len(self.tasks)).sum()),
            workers=workers,
            waits=None if waits is None else waits.where(tasks & counted),
            prices=prices,
            paid_ms=paid,
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
