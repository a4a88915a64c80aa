"""The world in a run: what it intends from the start, and as things happen.

:meth:`World.timetable`, :meth:`World.shift_changes` and :meth:`World.arrivals` give what is laid
down beforehand (the *openings*), :attr:`World.reactions` what follows from a row of the log.  All
answer with :class:`~trsim.world.due.Due`; nothing here waits.

Places among the commands of one instant (``Due.rank``) come in creation order: one for each entry
of the timetable, one for the shift changes of each worker, one for the arrivals of each stream,
then a counter for all that follows.  So (``at_ms``, ``rank``) orders all that is due together, as
long as an engine takes the next due of an opening only once it handed over the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from heapq import merge
from itertools import count

from trsim.core.commands import SetActivity
from trsim.core.events import FIELDS, EventType
from trsim.core.spec import WorkspaceSpec
from trsim.core.writer import RowTuple
from trsim.world.absences import Absences
from trsim.world.draws import Draws
from trsim.world.due import Due
from trsim.world.guards import Condition, View, conditions
from trsim.world.lives import Lives
from trsim.world.plan import StandingEntry, WorldPlan
from trsim.world.shifts import activity_changes
from trsim.world.streams import Stream

Reaction = Callable[[RowTuple], Sequence[Due]]

_AT_MS, _EVENT, _RESERVATION, _WORKER, _ACTIVITY = (
    FIELDS.index(name) for name in ("at_ms", "event", "reservation", "worker", "activity")
)


class World:
    """Customers, workers' habits, shifts and operators of one replication.

    Parameters
    ----------
    plan : WorldPlan
        What the world is like.
    spec : WorkspaceSpec
        The workspace it surrounds.
    seed : int
        Root seed, >= 0.
    replication : int
        Number of the replication, >= 0.
    horizon_ms : int
        End of the simulated span [ms]; no opening lies at or after it.

    Attributes
    ----------
    reactions : tuple of (callable or None)
        By event type, what returns the dues that follow from a row; None where none can.
    """

    __slots__ = (
        "_absences",
        "_horizon_ms",
        "_lives",
        "_plan",
        "_streams",
        "reactions",
    )

    def __init__(
        self, plan: WorldPlan, spec: WorkspaceSpec, seed: int, replication: int, horizon_ms: int
    ) -> None:
        assert len(plan.workers) == len(spec.workers), "plan and specification differ in workers"
        assert len(plan.set_ups) in (0, len(spec.channels)), "one set-up per channel, or none"
        draws = Draws(seed, replication)
        next_rank = count(len(plan.timetable) + len(plan.workers) + len(plan.streams)).__next__
        self._plan = plan
        self._horizon_ms = horizon_ms
        self._streams = tuple(
            Stream(place, stream, plan.behaviors, draws, plan.set_ups)
            for place, stream in enumerate(plan.streams)
        )
        self._absences = Absences(plan, draws, spec, next_rank)
        self._lives = Lives(plan, self._streams, self._absences, next_rank)
        reactions = self._by_event()
        self.reactions = tuple(reactions.get(event) for event in EventType)

    def timetable(self) -> Iterator[Due]:
        """Yield what operators do to workers, queues and workflows, in time order.

        What they do to tasks is not among it: it follows from the creation of the task, and is
        dropped if its instant has passed by then.
        """
        entries = sorted(enumerate(self._plan.timetable), key=lambda item: item[1].at_ms)
        for rank, entry in entries:
            if isinstance(entry, StandingEntry) and entry.at_ms < self._horizon_ms:
                yield Due(entry.at_ms, rank, entry.command)

    def shift_changes(self) -> Iterator[Due]:
        """Yield the starts and ends of all workers' shifts in time order; none at instant 0."""
        return merge(*(self._shift_changes_of(worker) for worker in range(len(self._plan.workers))))

    def arrivals(self, stream: int) -> Iterator[Due]:
        """Yield the creations of a stream's tasks in time order, all with one rank.

        Parameters
        ----------
        stream : int
            Number of the stream in the plan.
        """
        rank = len(self._plan.timetable) + len(self._plan.workers) + stream
        return self._streams[stream].creations(self._horizon_ms, rank)

    def conditions(self, view: View) -> tuple[Condition, ...]:
        """Return, by guard, what tells whether something intended earlier is still meant.

        Parameters
        ----------
        view : View
            The core's state.

        Returns
        -------
        tuple of callable
            Each takes the subject and the stamp of a :class:`~trsim.world.due.Due`.
        """
        return conditions(view, self._absences.is_away)

    def _by_event(self) -> dict[EventType, Reaction]:
        lives = self._lives
        return {
            EventType.TASK_CREATED: lives.created,
            EventType.TASK_REFUSED: lives.refused,
            EventType.RESERVATION_CREATED: lives.offered,
            EventType.RESERVATION_ON_HOLD: lives.on_hold,
            EventType.RESERVATION_ACCEPTED: lives.accepted,
            EventType.RESERVATION_REJECTED: self._rejected,
            EventType.RESERVATION_TIMEOUT: self._missed,
            EventType.RESERVATION_CANCELED: self._withdrawn,
            EventType.RESERVATION_RESCINDED: self._withdrawn,
            EventType.TASK_WRAPUP: lives.wrapping,
            EventType.TASK_COMPLETED: lives.ended,
            EventType.TASK_CANCELED: lives.ended,
            EventType.TASK_DELETED: lives.ended,
            EventType.TASK_SYSTEM_DELETED: lives.ended,
            EventType.WORKER_ACTIVITY_UPDATE: self._moved,
        }

    def _rejected(self, row: RowTuple) -> Sequence[Due]:
        self._lives.offer_failed(row)
        due = self._absences.after_rejection(row[_WORKER], row[_RESERVATION], row[_AT_MS])
        return () if due is None else (due,)

    def _missed(self, row: RowTuple) -> Sequence[Due]:
        self._lives.offer_failed(row)
        due = self._absences.after_miss(row[_WORKER], row[_AT_MS])
        return () if due is None else (due,)

    def _withdrawn(self, row: RowTuple) -> Sequence[Due]:
        self._lives.offer_failed(row)
        self._absences.forget_rejection(row[_RESERVATION])
        return ()

    def _moved(self, row: RowTuple) -> Sequence[Due]:
        self._absences.moved(row[_WORKER], row[_ACTIVITY])
        return ()

    def _shift_changes_of(self, worker: int) -> Iterator[Due]:
        rank = len(self._plan.timetable) + worker
        for at_ms, activity in activity_changes(self._plan.workers[worker], self._horizon_ms):
            yield Due(at_ms, rank, SetActivity(worker, activity))
