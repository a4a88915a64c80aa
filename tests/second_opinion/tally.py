"""Rows counted one after the other, in plain loops: who is where, when they came, when they left.

Nothing of ``trsim/analysis`` is used.  A :class:`Crowd` keeps both sides of Little's law apart: the
area under the number present, which only knows how many there are, and the spans of the single
members, which only know when each of them came and left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from trsim.core.events import EventType, Row
from trsim.core.states import Reason, ReservationStatus, TaskStatus

ANSWERS = {
    EventType.RESERVATION_ACCEPTED: "accepted",
    EventType.RESERVATION_REJECTED: "rejected",
    EventType.RESERVATION_TIMEOUT: "timed_out",
    EventType.RESERVATION_CANCELED: "canceled",
    EventType.RESERVATION_RESCINDED: "rescinded",
}
REMOVALS = (EventType.TASK_DELETED, EventType.TASK_SYSTEM_DELETED)
IN_HAND = (ReservationStatus.ACCEPTED, ReservationStatus.WRAPPING)


class Crowd:
    """Members that come and leave, and the area under their number.

    Parameters
    ----------
    low, high : int
        The window over which the area is taken [ms].
    """

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high
        self.area = 0
        self.number = 0
        self.most = 0
        self.inside: dict[int, int] = {}
        self.spans: list[tuple[int, int]] = []
        self._since = 0

    def comes(self, member: int, at_ms: int) -> None:
        """Count a member from now on, unless it is there already."""
        if member in self.inside:
            return
        self._goes_on(at_ms)
        self.number += 1
        self.inside[member] = at_ms

    def leaves(self, member: int, at_ms: int) -> None:
        """Count a member no longer, if it was there."""
        if member not in self.inside:
            return
        self._goes_on(at_ms)
        self.number -= 1
        self.spans.append((self.inside.pop(member), at_ms))

    def close(self) -> None:
        """End the window; who is inside stays inside."""
        self._goes_on(self.high)
        self.spans += [(came, self.high) for came in self.inside.values()]

    def spent(self) -> int:
        """Return the times of the members inside the window, one by one [ms]."""
        return sum(max(0, min(left, self.high) - max(came, self.low)) for came, left in self.spans)

    def _goes_on(self, at_ms: int) -> None:
        lasted = max(0, min(at_ms, self.high) - max(self._since, self.low))
        if lasted:
            self.area += lasted * self.number
            self.most = max(self.most, self.number)
        self._since = at_ms


class Tally:
    """What a log says, row by row.

    Parameters
    ----------
    rows : iterable of Row
        All rows of a run.
    low, high : int
        The window in which time is measured [ms].
    """

    def __init__(self, rows: Iterable[Row], low: int, high: int) -> None:
        self.low, self.high = low, high
        self.created_ms: dict[int, int] = {}
        self.group: dict[int, tuple[int, int]] = {}
        self.status: dict[int, int | str] = {}
        self.reason: dict[int, str] = {}
        self.ever_assigned: set[int] = set()
        self.task_of: dict[int, int] = {}
        self.answer: dict[int, str] = {}
        self.held: dict[int, str] = {}
        self.queue: dict[int, int] = {}
        self.entries: Counter[int] = Counter()
        self.exits: Counter[int] = Counter()
        self.crowds: dict[str, Crowd] = {}
        for row in rows:
            if row.task >= 0:
                self._task(row)
            if row.reservation >= 0:
                self._offer(row)
        for crowd in self.crowds.values():
            crowd.close()

    def crowd(self, name: str) -> Crowd:
        """Return a crowd by name, an empty one if nobody was ever in it."""
        return self.crowds.setdefault(name, Crowd(self.low, self.high))

    def _task(self, row: Row) -> None:
        task, event = row.task, row.event
        if event == EventType.TASK_CREATED:
            self.created_ms[task] = row.at_ms
            self.group[task] = (row.stream, row.channel)
        if event == EventType.TASK_QUEUE_ENTERED:
            self._moves(task, row.queue, row.at_ms)
        if event == EventType.TASK_CANCELED:
            self.reason[task] = Reason(row.reason).label
        if event == EventType.RESERVATION_ACCEPTED:
            self.ever_assigned.add(task)
        if event in REMOVALS and self.status[task] not in ("completed", "canceled"):
            self._becomes(task, "removed", row.at_ms)
        elif row.task_status >= 0 and self.status.get(task) != "removed":
            self._becomes(task, TaskStatus(row.task_status).label, row.at_ms)

    def _becomes(self, task: int, status: str, at_ms: int) -> None:
        before = self.status.get(task)
        self.status[task] = status
        if before == status:
            return
        if before is not None:
            self.crowd(f"task {before}").leaves(task, at_ms)
        self.crowd(f"task {status}").comes(task, at_ms)
        if status in ("pending", "reserved"):
            self.crowd("waiting").comes(task, at_ms)
        else:
            self.crowd("waiting").leaves(task, at_ms)
            self._moves(task, -1, at_ms)

    def _moves(self, task: int, queue: int, at_ms: int) -> None:
        """Let a task wait in another queue, or in none."""
        before = self.queue.pop(task, -1)
        if before >= 0:
            self.exits[before] += 1
            self.crowd(f"queue {before}").leaves(task, at_ms)
        if queue >= 0:
            self.entries[queue] += 1
            self.queue[task] = queue
            self.crowd(f"queue {queue}").comes(task, at_ms)

    def _offer(self, row: Row) -> None:
        offer, event, at_ms = row.reservation, row.event, row.at_ms
        if event == EventType.RESERVATION_CREATED:
            self.task_of[offer] = row.task
        if event == EventType.RESERVATION_ON_HOLD:
            self.held[offer] = "open"
        if event in ANSWERS and offer not in self.answer:
            self.answer[offer] = ANSWERS[EventType(event)]
            if offer in self.held:
                self.held[offer] = self.answer[offer]
        asked, ringing = self.crowd("offers pending"), self.crowd("offers ringing")
        in_hand = self.crowd("offers in hand")
        mine = self.crowd(f"worker {row.worker} in hand")
        if row.reservation_status == ReservationStatus.PENDING:
            asked.comes(offer, at_ms)
            if event != EventType.RESERVATION_ON_HOLD:
                ringing.comes(offer, at_ms)
            else:
                ringing.leaves(offer, at_ms)
            return
        asked.leaves(offer, at_ms)
        ringing.leaves(offer, at_ms)
        for crowd in (in_hand, mine):
            if row.reservation_status in IN_HAND:
                crowd.comes(offer, at_ms)
            else:
                crowd.leaves(offer, at_ms)
