"""Writes event logs by hand for the statistics: what a test says happened, and nothing else.

Times are in milliseconds.  A book knows no rules; it only remembers what every row of a task has
to repeat (queue, workflow, channel, status, priority), so that a test reads as a story.
"""

from __future__ import annotations

from typing import Any

from trsim.core.events import NOTHING, EventType, Row
from trsim.core.states import ReservationStatus, TaskStatus
from trsim.eventlog import EventLog, Names

AVAILABLE, OFFLINE, BREAK = range(3)
SUPPORT, SALES = range(2)
FRONT_DOOR, BACK_DOOR = range(2)
VOICE, CHAT = range(2)
ANN, BOB, CAT = range(3)
NAMES = Names(
    activities=("Available", "Offline", "Break"),
    available=(True, False, False),
    channels=("voice", "chat"),
    queues=("support", "sales"),
    workflows=("front_door", "back_door"),
    workers=("Ann", "Bob", "Cat"),
)
EMPTY = Row(*(NOTHING,) * len(Row._fields))
_ENDS = {
    EventType.RESERVATION_REJECTED: ReservationStatus.REJECTED,
    EventType.RESERVATION_TIMEOUT: ReservationStatus.TIMEOUT,
    EventType.RESERVATION_CANCELED: ReservationStatus.CANCELED,
    EventType.RESERVATION_RESCINDED: ReservationStatus.RESCINDED,
}


class Book:
    """A log in the making."""

    def __init__(self) -> None:
        self.log = EventLog(NAMES)
        self.tasks: list[dict[str, int]] = []
        self.offers: list[dict[str, int]] = []

    def write(self, at_ms: int, event: EventType, **columns: int) -> None:
        self.log.append(tuple(EMPTY._replace(at_ms=at_ms, event=event, **columns)))

    def worker(self, at_ms: int, worker: int, activity: int, *, new: bool = False) -> None:
        event = EventType.WORKER_CREATED if new else EventType.WORKER_ACTIVITY_UPDATE
        self.write(at_ms, event, worker=worker, activity=activity)

    def create(self, at_ms: int, queue: int = SUPPORT, **columns: int) -> int:
        """Create a task that enters a workflow and a queue; return its number."""
        state = {
            "task": len(self.tasks),
            "workflow": FRONT_DOOR,
            "channel": VOICE,
            "priority": 0,
            "task_status": TaskStatus.PENDING,
            **columns,
        }
        self.tasks.append(state)
        task = state["task"]
        self.row(at_ms, EventType.TASK_CREATED, task)
        self.row(at_ms, EventType.WORKFLOW_ENTERED, task)
        self._enter(at_ms, task, queue)
        return task

    def row(self, at_ms: int, event: EventType, task: int, **changes: int) -> None:
        """Write a row of a task, after changing its state."""
        self.tasks[task].update(changes)
        self.write(at_ms, event, **self.tasks[task])

    def move(self, at_ms: int, task: int, queue: int) -> None:
        self.row(at_ms, EventType.TASK_QUEUE_TIMEOUT, task)
        self.row(at_ms, EventType.TASK_QUEUE_MOVED, task)
        self._enter(at_ms, task, queue)

    def offer(self, at_ms: int, task: int, worker: int) -> int:
        self.offers.append({"reservation": len(self.offers), "worker": worker, "task": task})
        self.tasks[task]["task_status"] = TaskStatus.RESERVED
        offer = len(self.offers) - 1
        self._offer_row(at_ms, EventType.RESERVATION_CREATED, offer, ReservationStatus.PENDING)
        return offer

    def end(
        self, at_ms: int, event: EventType, offer: int, leads_to: int = TaskStatus.PENDING
    ) -> None:
        """End an offer without acceptance; the task goes to a status."""
        self.tasks[self.offers[offer]["task"]]["task_status"] = leads_to
        self._offer_row(at_ms, event, offer, _ENDS[event])

    def accept(self, at_ms: int, offer: int) -> None:
        self.tasks[self.offers[offer]["task"]]["task_status"] = TaskStatus.ASSIGNED
        event = EventType.RESERVATION_ACCEPTED
        self._offer_row(at_ms, event, offer, ReservationStatus.ACCEPTED)

    def wrap_up(self, at_ms: int, offer: int) -> None:
        task = self.offers[offer]["task"]
        self.row(at_ms, EventType.TASK_WRAPUP, task, task_status=TaskStatus.WRAPPING)
        self._offer_row(at_ms, EventType.RESERVATION_WRAPUP, offer, ReservationStatus.WRAPPING)

    def complete(self, at_ms: int, offer: int) -> None:
        task = self.offers[offer]["task"]
        self.row(at_ms, EventType.TASK_COMPLETED, task, task_status=TaskStatus.COMPLETED)
        self._offer_row(at_ms, EventType.RESERVATION_COMPLETED, offer, ReservationStatus.COMPLETED)
        self.row(at_ms, EventType.TASK_UPDATED, task)

    def cancel(self, at_ms: int, task: int) -> None:
        self.row(at_ms, EventType.TASK_CANCELED, task, task_status=TaskStatus.CANCELED)

    def remove(self, at_ms: int, event: EventType, task: int) -> None:
        self.row(at_ms, event, task, task_status=NOTHING)

    def _enter(self, at_ms: int, task: int, queue: int) -> None:
        self.row(at_ms, EventType.WORKFLOW_TARGET_MATCHED, task, queue=queue)
        self.row(at_ms, EventType.TASK_QUEUE_ENTERED, task)

    def _offer_row(self, at_ms: int, event: EventType, offer: int, status: int) -> None:
        columns: dict[str, Any] = {**self.offers[offer], "reservation_status": status}
        columns.update(self.tasks[columns["task"]])
        self.write(at_ms, event, **columns)


def busy_day() -> EventLog:
    """Return two minutes in which everything happens at least once.

    ====  ========  ==========  ===============================================================
    task  queue     channel     life [s]
    ====  ========  ==========  ===============================================================
    0     support   voice       created 0, Ann asked 1, rejects 4, Bob asked 4, accepts 7, wraps
                                 up 60, completed 70, purged 110
    1     support   voice       created 0, to sales at 10, Ann and Cat asked 12, Cat accepts 17
    2     support   voice       created 20, Ann asked 20, hung up 32.5 while asked
    3     sales     chat        created 30 in the back door, priority 5, Bob asked 90, misses 100
    4     support   voice       created 40, falls out of the front door at 50
    5     support   chat        created 45, deleted 80
    6     support   voice       created 50, priority 2, waits on
    7     sales     chat        created 61, system-deleted 115
    8     support   voice       created 65, priority 2, Ann asked 100
    ====  ========  ==========  ===============================================================

    Ann is available from 0 on; Bob too, on a break from 100 on; Cat is offline until 12.
    """
    book = Book()
    for worker, activity in ((ANN, AVAILABLE), (BOB, AVAILABLE), (CAT, OFFLINE)):
        book.worker(0, worker, activity, new=True)
    book.create(0)
    book.create(0)
    first = book.offer(1_000, 0, ANN)
    book.end(4_000, EventType.RESERVATION_REJECTED, first)
    second = book.offer(4_000, 0, BOB)
    book.accept(7_000, second)
    book.move(10_000, 1, SALES)
    book.worker(12_000, CAT, AVAILABLE)
    batch = book.offer(12_000, 1, ANN), book.offer(12_000, 1, CAT)
    book.accept(17_000, batch[1])
    book.end(17_000, EventType.RESERVATION_RESCINDED, batch[0], TaskStatus.ASSIGNED)
    book.create(20_000)
    third = book.offer(20_000, 2, ANN)
    book.create(30_000, SALES, workflow=BACK_DOOR, channel=CHAT, priority=5)
    book.cancel(32_500, 2)
    book.end(32_500, EventType.RESERVATION_CANCELED, third, TaskStatus.CANCELED)
    book.create(40_000)
    book.create(45_000, channel=CHAT)
    book.row(50_000, EventType.TASK_QUEUE_TIMEOUT, 4)
    book.row(50_000, EventType.WORKFLOW_TIMEOUT, 4)
    book.cancel(50_000, 4)
    book.create(50_000, priority=2)
    book.wrap_up(60_000, second)
    book.create(61_000, SALES, channel=CHAT)
    book.create(65_000, priority=2)
    book.complete(70_000, second)
    book.remove(80_000, EventType.TASK_DELETED, 5)
    missed = book.offer(90_000, 3, BOB)
    book.end(100_000, EventType.RESERVATION_TIMEOUT, missed)
    book.worker(100_000, BOB, BREAK)
    book.offer(100_000, 8, ANN)
    book.remove(110_000, EventType.TASK_PURGED, 0)
    book.remove(115_000, EventType.TASK_SYSTEM_DELETED, 7)
    return book.log
