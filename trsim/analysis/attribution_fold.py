"""How long tasks were pending, and for which of their targets somebody was free meanwhile.

The log is folded into a ledger, over which a second :class:`~trsim.routing.layout.Layout` keeps
lines and pools as the router did during the run.  Pending tasks that stand in the same target with
the same attributes form a *group*.  A group watches the line of its target and the lines that its
tasks would have in the targets ahead, and measures time while somebody is free for one of them.  So
a change costs as much as lines it empties or fills, however many tasks wait.

A ledger made of rows is whole once the rows of an instant are all in, and a state that lasts no
time adds nothing to any duration.  So everything is looked at once, at the end of each instant.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from trsim.analysis.spans import Ints
from trsim.core.codes import (
    EVENT_TASK_CREATED,
    EVENT_TASK_QUEUE_EXPRESSION_UPDATED,
    EVENT_WORKER_ATTRIBUTES_UPDATE,
    TASK_PENDING,
)
from trsim.core.events import EventType
from trsim.core.replay import Replay
from trsim.eventlog import EventLog
from trsim.model import Model
from trsim.routing.compiled import NO_TIMEOUT, CompiledRouting
from trsim.routing.layout import Layout
from trsim.routing.lines import Line, Pool

_TELLING = (
    EventType.TASK_CREATED,
    EventType.WORKFLOW_TARGET_MATCHED,
    EventType.RESERVATION_CREATED,
    EventType.RESERVATION_ACCEPTED,
    EventType.RESERVATION_REJECTED,
    EventType.RESERVATION_TIMEOUT,
    EventType.RESERVATION_CANCELED,
    EventType.RESERVATION_RESCINDED,
    EventType.RESERVATION_WRAPUP,
    EventType.RESERVATION_COMPLETED,
    EventType.TASK_UPDATED,
    EventType.TASK_CANCELED,
    EventType.TASK_DELETED,
    EventType.TASK_SYSTEM_DELETED,
    EventType.WORKER_CREATED,
    EventType.WORKER_ACTIVITY_UPDATE,
    EventType.WORKER_ATTRIBUTES_UPDATE,
    EventType.WORKER_CAPACITY_UPDATE,
    EventType.WORKER_CHANNEL_AVAILABILITY_UPDATE,
    EventType.TASK_QUEUE_EXPRESSION_UPDATED,
)
"""Rows that change who waits where, or who is free.

The others say nothing about that, or what one of these says in the same instant, too.
"""
_CHUNK_ROWS = 1 << 16
_MARK = (0, 0, 0, 0)
"""Stands in a line for the groups that watch it, so that the layout does not forget the line."""
_PLACE = (0,)
"""The place of every worker in a pool: here it only matters whether there is one."""


class PendingTimes(NamedTuple):
    """How long each task was pending [ms]; arrays of shape (n_tasks,), by number of the task."""

    pending_ms: Ints
    """All of it."""
    held_back_ms: Ints
    """Somebody was free for it in its own target."""
    for_deadline_ms: Ints
    """Nobody was, but somebody was free for it in a target that its deadline leads to."""


def fold_pending(log: EventLog, model: Model, horizon_ms: int) -> PendingTimes:
    """Return how long tasks were pending, and who was free meanwhile.

    Parameters
    ----------
    log : EventLog
        All rows of a run.
    model : Model
        The model that was run.
    horizon_ms : int
        End of the run, after the last row [ms].
    """
    fold = _Fold(model)
    for row in _telling_rows(log):
        fold.take(row)
    return fold.close(horizon_ms)


def targets_ahead(routing: CompiledRouting) -> tuple[tuple[int, ...], ...]:
    """Return for each step the steps of its filter to which deadlines lead from there.

    These are the later ones up to the first that has no timeout, and none for a step that has no
    timeout itself, because that one is never left by a deadline.
    """
    ahead = []
    for step, of in enumerate(routing.step_filter):
        end = step
        while of is not None and end + 1 < of.end and routing.step_limit_ms[end] != NO_TIMEOUT:
            end += 1
        ahead.append(tuple(range(step + 1, end + 1)))
    return tuple(ahead)


def _telling_rows(log: EventLog) -> Iterator[tuple[int, ...]]:
    events = np.ascontiguousarray(log.column("event"))
    is_telling = np.isin(events, _TELLING)
    is_telling &= (events != EventType.TASK_UPDATED) | (log.column("attributes") >= 0)
    places = np.flatnonzero(is_telling)
    for first in range(0, places.size, _CHUNK_ROWS):
        yield from log.records[places[first : first + _CHUNK_ROWS]].tolist()


class _Watch:
    """A line that groups watch, and whether somebody is free for it."""

    __slots__ = ("groups", "is_free")

    def __init__(self, line: Line) -> None:
        self.groups: dict[_Group, None] = {}
        self.is_free = _is_free(line)


class _Group:
    """Tasks that are pending in the same target with the same attributes."""

    __slots__ = (
        "ahead",
        "for_deadline_ms",
        "held_back_ms",
        "key",
        "lines",
        "n_tasks",
        "present",
        "since_ms",
    )

    def __init__(self, key: tuple[int, ...], now_ms: int) -> None:
        self.key = key
        self.n_tasks = 0
        self.since_ms = now_ms
        self.held_back_ms = 0  # while the group has existed, as are all its times
        self.for_deadline_ms = 0
        self.lines: list[Line] = []
        self.present: _Watch
        self.ahead: list[_Watch]

    def advance(self, now_ms: int) -> None:
        """Let time pass in which all that is watched stayed as it is."""
        passed_ms = now_ms - self.since_ms
        self.since_ms = now_ms
        if not passed_ms:
            return
        if self.present.is_free:
            self.held_back_ms += passed_ms
        elif any(watch.is_free for watch in self.ahead):
            self.for_deadline_ms += passed_ms


class _Stay(NamedTuple):
    """A task's time in a group, and the group's times when it came."""

    group: _Group
    since_ms: int
    held_back_ms: int
    for_deadline_ms: int


class _Fold:
    """Who waits and who is free, instant by instant."""

    def __init__(self, model: Model) -> None:
        self._ledger = Replay(model.spec)
        self._layout = Layout(model.routing, self._ledger, self._refresh)
        self._ahead = targets_ahead(model.routing)
        self._groups: dict[tuple[int, ...], _Group] = {}
        self._watches: dict[Line, _Watch] = {}
        self._stays: dict[int, _Stay] = {}
        self._times: dict[int, list[int]] = {}  # of tasks that have ever been pending
        self._now_ms = 0
        # What the rows of the present instant concern, and pools as they were before it:
        self._tasks: dict[int, None] = {}
        self._workers: dict[int, None] = {}
        self._moved: dict[int, None] = {}  # workers whose attributes or queues changed
        self._touched: dict[Pool, bool] = {}

    def take(self, row: tuple[int, ...]) -> None:
        """Take in one row; what it means is looked at when its instant is over."""
        at_ms, event, task, _, worker = row[:5]
        if at_ms != self._now_ms:
            self._settle()
            self._now_ms = at_ms
        self._ledger.apply(row)
        if task >= 0:
            self._tasks[task] = None
        if worker >= 0 and event != EVENT_TASK_CREATED:
            self._workers[worker] = None
        if event == EVENT_WORKER_ATTRIBUTES_UPDATE:
            self._moved[worker] = None
        elif event == EVENT_TASK_QUEUE_EXPRESSION_UPDATED:
            everybody = dict.fromkeys(range(len(self._ledger.worker_activity)))
            self._workers |= everybody
            self._moved |= everybody

    def close(self, horizon_ms: int) -> PendingTimes:
        """Cut everything off at the horizon, and return the times."""
        self._settle()
        for task in tuple(self._stays):
            self._leave(task, horizon_ms)
        times = np.zeros((len(PendingTimes._fields), self._ledger.tasks_created), np.int64)
        for task, parts in self._times.items():
            times[:, task] = parts
        return PendingTimes(*times)

    def _settle(self) -> None:
        """Bring workers, lines and tasks up to date at the end of an instant."""
        moved_any = False
        for worker in self._workers:
            moved_any |= self._place(worker)
        self._workers.clear()
        self._moved.clear()
        if moved_any:
            # Workers can have left pools, and pools can have been filled anew, unseen by us.
            for line in tuple(self._watches):
                self._look_at(line)
        else:
            for pool, was_free in self._touched.items():
                if was_free != bool(pool.current):
                    for line in pool.lines:
                        self._look_at(line)
        for task in self._tasks:
            self._follow(task)
        self._tasks.clear()
        self._touched.clear()  # new lines have touched pools, which is no change

    def _place(self, worker: int) -> bool:
        """Bring a worker's places up to date; return whether its pools are others now."""
        layout = self._layout
        before = layout.pools[worker]
        if worker in self._moved:
            layout.place(worker)
        elif layout.seen_activity[worker] != self._ledger.worker_activity[worker]:
            layout.activity_changed(worker)
        for pool in layout.pools[worker]:
            self._refresh(pool, worker)
        return layout.pools[worker] is not before

    def _refresh(self, pool: Pool, worker: int) -> None:
        """Put a worker into a pool, or take it out."""
        current = pool.current
        can_be_asked = self._layout.is_ready(pool, worker)
        if can_be_asked == (worker in current):
            return
        self._touched.setdefault(pool, bool(current))
        if can_be_asked:
            current[worker] = _PLACE
        else:
            del current[worker]

    def _look_at(self, line: Line) -> None:
        """Take note of whether somebody is free for a line, if it is watched."""
        watch = self._watches.get(line)
        if watch is None or watch.is_free == _is_free(line):
            return
        for group in watch.groups:
            group.advance(self._now_ms)
        watch.is_free = not watch.is_free

    def _follow(self, task: int) -> None:
        """Let a task leave its group or come into one, by its status and place."""
        # The ledger forgets removed tasks.
        is_pending = self._ledger.task_status.get(task) == TASK_PENDING
        stay = self._stays.get(task)
        if stay is not None:
            if is_pending and self._key(task) == stay.group.key:
                return
            self._leave(task, self._now_ms)
        if is_pending:
            self._come(task)

    def _key(self, task: int) -> tuple[int, ...]:
        """Return what tasks of one group have in common."""
        ledger = self._ledger
        step, channel = ledger.task_step[task], ledger.task_channel[task]
        if step >= 0:
            return step, channel, ledger.task_attributes[task]
        to = ledger.task_queue[task], ledger.task_target_worker[task]
        return step, channel, *to, ledger.task_ignores_capacity[task]

    def _come(self, task: int) -> None:
        key, now_ms = self._key(task), self._now_ms
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = self._new_group(key, task)
        group.advance(now_ms)
        group.n_tasks += 1
        self._stays[task] = _Stay(group, now_ms, group.held_back_ms, group.for_deadline_ms)

    def _leave(self, task: int, now_ms: int) -> None:
        stay = self._stays.pop(task)
        group = stay.group
        group.advance(now_ms)
        times = self._times.setdefault(task, [0, 0, 0])
        times[0] += now_ms - stay.since_ms
        times[1] += group.held_back_ms - stay.held_back_ms
        times[2] += group.for_deadline_ms - stay.for_deadline_ms
        group.n_tasks -= 1
        if not group.n_tasks:
            self._drop(group)

    def _new_group(self, key: tuple[int, ...], task: int) -> _Group:
        group, ledger = _Group(key, self._now_ms), self._ledger
        step, channel = ledger.task_step[task], ledger.task_channel[task]
        group.present = self._watch(group, self._layout.line_of(task))
        group.ahead = []
        for later in self._ahead[step] if step >= 0 else ():
            line = self._layout.line_in(later, channel, ledger.task_attributes[task])
            group.ahead.append(self._watch(group, line))
        return group

    def _watch(self, group: _Group, line: Line) -> _Watch:
        watch = self._watches.get(line)
        if watch is None:
            watch = self._watches[line] = _Watch(line)
            line.waiting.append(_MARK)
        if line not in group.lines:
            group.lines.append(line)
            watch.groups[group] = None
        return watch

    def _drop(self, group: _Group) -> None:
        """Forget a group in which nobody is pending; its lines may then be forgotten, too."""
        del self._groups[group.key]
        for line in group.lines:
            watch = self._watches[line]
            del watch.groups[group]
            if not watch.groups:
                del self._watches[line]
                line.waiting.clear()


def _is_free(line: Line) -> bool:
    return any(pool.current for pool in line.pools)
