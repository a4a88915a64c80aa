"""The life of one task as bars in lanes: its targets, and the workers who were asked."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from trsim.analysis.results import Result
from trsim.core.events import NOTHING, EventType, Row
from trsim.core.states import Reason, ReservationStatus, TaskStatus
from trsim.errors import UsageError

_WAITING: dict[int, str] = {TaskStatus.PENDING: "pending", TaskStatus.RESERVED: "reserved"}
_HOLDING: dict[int, str] = {
    ReservationStatus.PENDING: "ringing",
    ReservationStatus.ACCEPTED: "talking",
    ReservationStatus.WRAPPING: "wrapping up",
}
_ANSWERS = {
    EventType.RESERVATION_ACCEPTED: "accepted",
    EventType.RESERVATION_REJECTED: "rejected",
    EventType.RESERVATION_TIMEOUT: "timeout",
    EventType.RESERVATION_CANCELED: "canceled",
    EventType.RESERVATION_RESCINDED: "rescinded",
}
_DEADLINES = {
    EventType.WORKFLOW_TARGET_MATCHED: "target's deadline",
    EventType.RESERVATION_CREATED: "reservation's deadline",
}
_ENDS = {
    EventType.TASK_COMPLETED: "completed",
    EventType.TASK_CANCELED: "canceled",
    EventType.TASK_DELETED: "deleted",
    EventType.TASK_SYSTEM_DELETED: "removed by the system",
}
_ROUTED = -1
"""Stands for the lane of a task that is in no target."""


class Bar(NamedTuple):
    """Something that lasted."""

    lane: int
    kind: str
    start_ms: int
    end_ms: int


class Mark(NamedTuple):
    """Something at an instant: an answer, or a deadline."""

    lane: int
    kind: str
    at_ms: int


class Life(NamedTuple):
    """One task."""

    name: str
    created_ms: int
    end_ms: int
    """Its end, or the horizon."""
    end: str
    """How it ended, in words."""
    lanes: tuple[str, ...]
    bars: tuple[Bar, ...]
    answers: tuple[Mark, ...]
    deadlines: tuple[Mark, ...]
    until_ms: int
    """End of its time to live."""


def read_life(result: Result, task: int | None) -> Life | None:
    """Return the life of a task.

    Parameters
    ----------
    result : Result
    task : int or None
        Number of the task in creation order; None: the first one.

    Returns
    -------
    Life or None
        None if no task is named and there is none.

    Raises
    ------
    UsageError
        There is no such task.
    """
    records = result.log.records
    created = records["task"][records["event"] == EventType.TASK_CREATED]
    if task is None and not created.size:
        return None
    number = int(created[0]) if task is None else task
    if not (created == number).any():
        known = f"its tasks are 0 … {created.size - 1:,}" if created.size else "it had no task"
        raise UsageError(f"there is no task {number} in the run; {known}")
    rows = [Row(*row.tolist()) for row in records[np.flatnonzero(records["task"] == number)]]
    teller = _Teller(result)
    for row in rows:
        teller.take(row)
    return teller.life()


class _Teller:
    """Collects the bars of a task's rows as they come."""

    def __init__(self, result: Result) -> None:
        self._result = result
        self._lanes: dict[tuple[str, int], int] = {}
        self._labels: list[str] = []
        self._bars: list[Bar] = []
        self._answers: list[Mark] = []
        self._deadlines: list[Mark] = []
        self._open: dict[int, tuple[int, str, int]] = {}  # lane, kind, since; by reservation
        self._created: Row | None = None
        self._end: tuple[int, str] | None = None

    def take(self, row: Row) -> None:
        """Let a row of the task add to its life."""
        if row.event == EventType.TASK_CREATED:
            self._created = row
        if self._end is None and row.event in _ENDS:
            self._end = (row.at_ms, self._ending(row))
        self._wait(row)
        if row.reservation != NOTHING:
            kind = _HOLDING.get(row.reservation_status)
            if row.event == EventType.RESERVATION_ON_HOLD:
                kind = "set-up"
            self._follow(row.reservation, row.at_ms, kind, ("worker", row.worker))
            if row.event in _ANSWERS:
                lane = self._lane(("worker", row.worker))
                self._answers.append(Mark(lane, _ANSWERS[EventType(row.event)], row.at_ms))
        if row.event in _DEADLINES and row.until_ms != NOTHING:
            on = ("step", row.step) if row.reservation == NOTHING else ("worker", row.worker)
            kind = _DEADLINES[EventType(row.event)]
            self._deadlines.append(Mark(self._lane(on), kind, row.until_ms))

    def life(self) -> Life:
        """Return what has been collected, cut off at the horizon."""
        created = self._created
        assert created is not None, "every task is created"
        horizon = self._result.horizon_ms
        for key in list(self._open):
            self._close(key, horizon)
        at_ms, how = self._end or (horizon, "open at the horizon")
        name = f"task {created.task}"
        if created.stream != NOTHING:
            name = f"{self._result.names.streams[created.stream]}/{created.number}"
        return Life(
            name=name,
            created_ms=created.at_ms,
            end_ms=at_ms,
            end=how,
            lanes=tuple(self._labels),
            bars=tuple(sorted(self._bars, key=lambda bar: (bar.start_ms, bar.lane))),
            answers=tuple(self._answers),
            deadlines=tuple(self._deadlines),
            until_ms=created.until_ms,
        )

    def _wait(self, row: Row) -> None:
        """Go on with the bar of waiting as the task's status and target say."""
        kind = _WAITING.get(row.task_status)
        if kind is not None and row.step == NOTHING and not self._is_direct():
            return  # a workflow is being entered, which takes no time
        self._follow(_ROUTED, row.at_ms, kind, ("step", row.step))

    def _is_direct(self) -> bool:
        created = self._created
        return created is not None and not created.worker == created.queue == NOTHING

    def _follow(self, key: int, at_ms: int, kind: str | None, on: tuple[str, int]) -> None:
        """Go on with a bar, or end it and begin another one."""
        now = self._open.get(key)
        if now is not None and kind == now[1] and self._lanes.get(on) == now[0]:
            return
        self._close(key, at_ms)
        if kind is not None:
            self._open[key] = (self._lane(on), kind, at_ms)

    def _close(self, key: int, at_ms: int) -> None:
        if key in self._open:
            lane, kind, since = self._open.pop(key)
            if since < at_ms:
                self._bars.append(Bar(lane, kind, since, at_ms))

    def _lane(self, on: tuple[str, int]) -> int:
        if on not in self._lanes:
            self._lanes[on] = len(self._labels)
            self._labels.append(self._label(*on))
        return self._lanes[on]

    def _label(self, what: str, number: int) -> str:
        names, places = self._result.names, self._result.routing.places
        if what == "worker":
            return names.workers[number]
        if number == NOTHING:
            return "routed directly"
        if number < len(places):
            return f"{places[number].label} → {places[number].queue}"
        return names.steps[number] if number < len(names.steps) else f"target {number}"

    @staticmethod
    def _ending(row: Row) -> str:
        how = _ENDS[EventType(row.event)]
        if row.event == EventType.TASK_CANCELED and row.reason != NOTHING:
            return f"{how}: {Reason(row.reason).text}"
        return how
