"""The SimPy engine: processes that wait, and hand over what they waited for.

Each process is named after what it models and does nothing but wait; every rule is in the core,
every duration in the world.  A wait is one entry of SimPy's calendar, never a condition or an
interrupt: a process whose wait has lost its meaning finds that out when it wakes and ends.

SimPy orders its calendar by (time, priority, order of scheduling).  The priority of a wait is the
rank of what is due, so simultaneous wakes come in the order of :mod:`trsim.core.ordering` and the
order of scheduling never decides.  Time is the integer millisecond count throughout.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any

import simpy
from simpy.events import EventPriority

from trsim.core.events import FIELDS
from trsim.core.workspace import Workspace
from trsim.eventlog import Recorder
from trsim.model import Model
from trsim.routing.router import WorkflowRouter
from trsim.world.due import Due, Guard
from trsim.world.world import World

_FIRST_RANK = 1
"""SimPy starts processes with priority 0; everything due comes after that."""
_CLOSING = 2**62
"""Priority of the clock: an instant is closed once no command stamped with it is left."""
_PROGRESS_EVERY = 2_000
"""Tasks between two calls of ``on_progress``."""

_ROWS_AT_ONCE = 500
"""Rows handed to the recorder together."""
_EVENT = FIELDS.index("event")
_TASK_HELD = Guard.TASK_HELD

Waiting = Generator[simpy.Event, Any, None]


class _Wake(simpy.Event):
    """A wait until an instant, with its place among the wakes of that instant."""

    def __init__(self, env: simpy.Environment, at_ms: int, priority: int) -> None:
        # As simpy.Timeout does, but with the priority that Timeout does not take.
        self.env = env
        self.callbacks = []
        self._value = None
        self._ok = True
        self._defused = False
        env.schedule(self, EventPriority(priority), at_ms - env.now)


class _Simulation:
    """One run: the workspace, the world, and the processes between them."""

    def __init__(
        self,
        model: Model,
        recorder: Recorder,
        seed: int,
        replication: int,
        horizon_ms: int,
    ) -> None:
        self._env = simpy.Environment()
        self._world = World(
            model.world, model.spec, seed=seed, replication=replication, horizon_ms=horizon_ms
        )
        self._recorder = recorder
        self._rows: list[tuple[int, ...]] = []  # not handed to the recorder yet
        self._seen = 0  # rows of these that the world has reacted to
        router = WorkflowRouter(model.routing)
        self._workspace = Workspace(model.spec, router, self._rows.append)
        self._reactions = self._world.reactions
        self._deadlines = self._workspace.deadlines
        self._conditions = self._world.conditions(self._workspace.ledger)
        self._clock_ms = horizon_ms  # instant at which the clock wakes next
        self._horizon_ms = horizon_ms
        self._followers: dict[Guard, Callable[[Due], Waiting]] = {
            Guard.RESERVATION_PENDING: self.reservation,
            Guard.TASK_OPEN: self.patience,
            Guard.NEVER_RESERVED: self.balking,
            Guard.STILL_AWAY: self.worker_return,
            Guard.TASK_UNFINISHED: self.operator_call,
            Guard.ALWAYS: self.operator_call,
        }

    def run(self, streams: int, on_progress: Callable[[int], None] | None) -> None:
        """Start the standing processes and let time pass until the horizon."""
        env = self._env
        for stream in range(streams):
            env.process(self.task_creation(self._world.arrivals(stream), on_progress))
        env.process(self.worker_availability(self._world.shift_changes()))
        env.process(self.operators(self._world.timetable()))
        self._rearm_clock()
        env.run(until=self._horizon_ms)
        # The horizon is half open: what is stamped with it does not happen.
        self._workspace.advance(self._horizon_ms)
        self._recorder.extend(self._rows)

    def task_creation(
        self, arrivals: Iterator[Due], on_progress: Callable[[int], None] | None
    ) -> Waiting:
        """Tasks of one stream are created, one after the other."""
        for count, arrival in enumerate(arrivals):
            yield self._until(arrival)
            self._hand_over(arrival)
            if on_progress is not None and count % _PROGRESS_EVERY == 0:
                on_progress(arrival.at_ms)

    def worker_availability(self, changes: Iterator[Due]) -> Waiting:
        """Workers come on duty and leave, as the shift plan says."""
        for change in changes:
            yield self._until(change)
            self._hand_over(change)

    def operators(self, timetable: Iterator[Due]) -> Waiting:
        """Operators act on workers, queues and workflows, as the timetable says."""
        for entry in timetable:
            yield self._until(entry)
            self._hand_over(entry)

    def operator_call(self, call: Due) -> Waiting:
        """An operator acts on a task that came into being during the run."""
        yield self._until(call)
        self._hand_over(call)

    def reservation(self, answer: Due) -> Waiting:
        """A worker is asked, and after a while accepts or rejects; then perhaps works.

        That nobody answers needs no process: the timeout is the core's deadline.  An answer that
        puts the offer on hold is followed by another process like this one, which waits for the
        set-up.
        """
        yield self._until(answer)
        talk_end = self._hand_over(answer)
        if talk_end is not None:
            yield from self.work(talk_end)

    def work(self, talk_end: Due) -> Waiting:
        """The worker talks, then wraps up."""
        yield self._until(talk_end)
        wrap_up_end = self._hand_over(talk_end)
        if wrap_up_end is not None:
            yield self._until(wrap_up_end)
            self._hand_over(wrap_up_end)

    def patience(self, hang_up: Due) -> Waiting:
        """The customer waits, and gives up."""
        yield self._until(hang_up)
        self._hand_over(hang_up)

    def balking(self, hang_up: Due) -> Waiting:
        """The customer leaves at once because nobody is there."""
        yield self._until(hang_up)
        self._hand_over(hang_up)

    def worker_return(self, comeback: Due) -> Waiting:
        """A worker who missed an offer comes back after a while."""
        yield self._until(comeback)
        self._hand_over(comeback)

    def clock(self, at_ms: int) -> Waiting:
        """The core is woken at its next deadline, after all commands of that instant."""
        yield _Wake(self._env, at_ms, _CLOSING)
        if at_ms == self._clock_ms:
            self._clock_ms = self._horizon_ms
        self._workspace.advance(at_ms + 1)
        self._react()
        self._rearm_clock()

    def _until(self, due: Due) -> simpy.Event:
        return _Wake(self._env, due.at_ms, _FIRST_RANK + due.rank)

    def _hand_over(self, due: Due) -> Due | None:
        """Advance, guard, handle; return what the task's own worker waits for next, if anything."""
        at_ms, _, command, guard, subject, stamp = due
        self._workspace.advance(at_ms)
        if self._conditions[guard](subject, stamp):
            self._workspace.handle(command, at_ms)
        follow_up = self._react()
        if self._deadlines[0][0] < self._clock_ms:
            self._rearm_clock()
        return follow_up

    def _react(self) -> Due | None:
        """Start a process for everything that follows from the latest rows."""
        rows, reactions = self._rows, self._reactions
        follow_up = None
        for row in rows[self._seen :]:
            reaction = reactions[row[_EVENT]]
            if reaction is not None:
                for due in reaction(row):
                    if due.guard is _TASK_HELD:
                        follow_up = due
                    elif due.at_ms < self._horizon_ms:
                        self._env.process(self._followers[due.guard](due))
        if len(rows) >= _ROWS_AT_ONCE:
            self._recorder.extend(rows)
            rows.clear()
        self._seen = len(rows)
        return follow_up

    def _rearm_clock(self) -> None:
        at_ms = self._workspace.next_deadline()
        if at_ms is not None and at_ms < self._clock_ms:
            self._clock_ms = at_ms
            self._env.process(self.clock(at_ms))


def simulate(
    model: Model,
    recorder: Recorder,
    *,
    seed: int,
    replication: int = 0,
    horizon_ms: int | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> None:
    """Run a model once and hand every row to a recorder.

    Parameters
    ----------
    model : Model
        What to run.
    recorder : Recorder
        Receives the rows in order.
    seed : int
        Root seed.
    replication : int
        Number of the replication, from 0; different numbers are independent runs.
    horizon_ms : int, optional
        End of the simulated span [ms]; the model's horizon if left out.
    on_progress : callable, optional
        Called now and then with the simulated time [ms].
    """
    span_ms = model.horizon_ms if horizon_ms is None else horizon_ms
    simulation = _Simulation(model, recorder, seed, replication, span_ms)
    simulation.run(len(model.world.streams), on_progress)


__all__ = ["simulate"]
