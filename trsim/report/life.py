"""What befell one task, told row by row: the sentences of a story.

A sentence is a word for what happened (TaskRouter's own where it has one) and a text.  Rows that
only repeat what their neighbors say, such as ``task.updated``, are passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from trsim.core.events import NOTHING, EventType, Row
from trsim.core.states import Reason, ReservationStatus, TaskStatus
from trsim.eventlog import Names
from trsim.report.wording import Clock, printable
from trsim.scenario.values import duration_text


class Sentence(NamedTuple):
    """One line of a story."""

    position: int
    """Place of the row it tells, so that sentences can be put in order."""
    at_ms: int
    word: str
    text: str


_ENDS = {
    Reason.HANGUP: "the customer hung up",
    Reason.OPERATOR: "an operator canceled it",
    Reason.TTL: "its time to live ended",
    Reason.WORKFLOW_TIMEOUT: "the last target of the workflow timed out",
    Reason.WORKFLOW_SKIPPED: "the last target was skipped and there is no default filter",
    Reason.ASSIGNMENT_LIMIT: "it was reserved as often as the workspace allows",
}

Teller = Callable[["TaskLife", int, Row], Iterator[Sentence]]


class TaskLife:
    """Tells the rows of one task.

    Parameters
    ----------
    names : Names
        What the numbers of the log stand for.
    clock : Clock
        How instants are spelled.
    """

    def __init__(self, names: Names, clock: Clock) -> None:
        self._names = names
        self._clock = clock
        self._created_ms = 0
        self._accepted_ms = 0
        self._holder = NOTHING
        self._asked_ms: dict[int, int] = {}
        self.task_status = TaskStatus.PENDING
        """Status after the latest row that was told."""
        self.removed = False
        """Whether the task is gone."""

    def tell(self, position: int, row: Row) -> Iterator[Sentence]:
        """Yield what there is to say about a row of the task."""
        teller = _TELLERS.get(EventType(row.event))
        if teller is not None:
            yield from teller(self, position, row)
        if row.task_status == NOTHING:
            self.removed = True
        else:
            self.task_status = TaskStatus(row.task_status)

    def _created(self, position: int, row: Row) -> Iterator[Sentence]:
        self._created_ms = row.at_ms
        workflow = printable(self._names.workflows[row.workflow])
        text = f"it enters workflow {workflow} with priority {row.priority} (task pending)"
        yield Sentence(position, row.at_ms, "Created", text)

    def _target(self, position: int, row: Row) -> Iterator[Sentence]:
        text = f"it waits in queue {printable(self._names.queues[row.queue])}"
        if row.priority > 0:
            text += f" with priority {row.priority}"
        if row.until_ms != NOTHING:
            text += f", there until {self._clock.label(row.until_ms)}"
        yield Sentence(position, row.at_ms, "Queued", text)

    def _target_timeout(self, position: int, row: Row) -> Iterator[Sentence]:
        queue = printable(self._names.queues[row.queue])
        yield Sentence(
            position, row.at_ms, "Target timed out", f"nobody took it in queue {queue} in time"
        )

    def _reserved(self, position: int, row: Row) -> Iterator[Sentence]:
        self._asked_ms[row.reservation] = row.at_ms
        limit = duration_text(row.until_ms - row.at_ms)
        text = (
            f"{self._worker(row)} is asked and has {limit} to answer, until "
            f"{self._clock.label(row.until_ms)} {self._statuses(row)}"
        )
        yield Sentence(position, row.at_ms, "Reserved", text)

    def _accepted(self, position: int, row: Row) -> Iterator[Sentence]:
        self._accepted_ms, self._holder = row.at_ms, row.worker
        worker, wait = self._worker(row), duration_text(row.at_ms - self._created_ms)
        text = f"{worker} accepts after {self._pondered(row)} (reservation accepted)"
        yield Sentence(position, row.at_ms, "Accepted", text)
        text = f"{worker} has the task, {wait} after its creation (task assigned)"
        yield Sentence(position, row.at_ms, "Assigned", text)

    def _rejected(self, position: int, row: Row) -> Iterator[Sentence]:
        text = f"{self._worker(row)} turns it down after {self._pondered(row)}"
        yield Sentence(position, row.at_ms, "Rejected", f"{text} {self._statuses(row)}")
        yield from self._returned(position, row)

    def _missed(self, position: int, row: Row) -> Iterator[Sentence]:
        text = f"{self._worker(row)} did not answer within {self._pondered(row)}"
        yield Sentence(position, row.at_ms, "Missed", f"{text} {self._statuses(row)}")
        yield from self._returned(position, row)

    def _withdrawn(self, position: int, row: Row) -> Iterator[Sentence]:
        text = f"{self._worker(row)} is no longer asked: somebody else accepted"
        yield Sentence(position, row.at_ms, "Rescinded", f"{text} (reservation rescinded)")

    def _offer_canceled(self, position: int, row: Row) -> Iterator[Sentence]:
        over = row.task_status in (NOTHING, TaskStatus.CANCELED)
        why = "the task is over" if over else "the offer could not be delivered"
        asked = "is no longer asked" if self._holder != row.worker else "no longer has the task"
        text = f"{self._worker(row)} {asked}: {why} {self._statuses(row)}"
        yield Sentence(position, row.at_ms, "Offer canceled", text)
        if not over:
            yield from self._returned(position, row)

    def _returned(self, position: int, row: Row) -> Iterator[Sentence]:
        if row.task_status == TaskStatus.PENDING:
            text = "nobody else is being asked; it waits again, its age kept (task pending)"
            yield Sentence(position, row.at_ms, "Returned", text)

    def _wrap_up(self, position: int, row: Row) -> Iterator[Sentence]:
        worker = printable(self._names.workers[self._holder])
        talk = duration_text(row.at_ms - self._accepted_ms)
        text = f"the conversation ended after {talk}; {worker} does after-work (task wrapping)"
        yield Sentence(position, row.at_ms, "Wrapping", text)

    def _completed(self, position: int, row: Row) -> Iterator[Sentence]:
        worker = printable(self._names.workers[self._holder])
        span = duration_text(row.at_ms - self._accepted_ms)
        text = f"{worker} is done, {span} after accepting (task completed)"
        yield Sentence(position, row.at_ms, "Completed", text)

    def _canceled(self, position: int, row: Row) -> Iterator[Sentence]:
        span = duration_text(row.at_ms - self._created_ms)
        why = _ENDS.get(Reason(row.reason), Reason(row.reason).text)
        text = f"{why}, {span} after its creation (task canceled)"
        yield Sentence(position, row.at_ms, "Canceled", text)

    def _deleted(self, position: int, row: Row) -> Iterator[Sentence]:
        yield Sentence(position, row.at_ms, "Deleted", "it was removed through the API")

    def _expired(self, position: int, row: Row) -> Iterator[Sentence]:
        text = "the system removed it, as it was assigned for too long"
        yield Sentence(position, row.at_ms, "System-deleted", text)

    def _worker(self, row: Row) -> str:
        return printable(self._names.workers[row.worker])

    def _pondered(self, row: Row) -> str:
        return duration_text(row.at_ms - self._asked_ms.get(row.reservation, row.at_ms))

    @staticmethod
    def _statuses(row: Row) -> str:
        reservation = ReservationStatus(row.reservation_status).label
        if row.task_status == NOTHING:
            return f"(reservation {reservation})"
        return f"(reservation {reservation}, task {TaskStatus(row.task_status).label})"


_TELLERS: dict[EventType, Teller] = {
    EventType.TASK_CREATED: TaskLife._created,
    EventType.WORKFLOW_TARGET_MATCHED: TaskLife._target,
    EventType.TASK_QUEUE_TIMEOUT: TaskLife._target_timeout,
    EventType.RESERVATION_CREATED: TaskLife._reserved,
    EventType.RESERVATION_ACCEPTED: TaskLife._accepted,
    EventType.RESERVATION_REJECTED: TaskLife._rejected,
    EventType.RESERVATION_TIMEOUT: TaskLife._missed,
    EventType.RESERVATION_CANCELED: TaskLife._offer_canceled,
    EventType.RESERVATION_RESCINDED: TaskLife._withdrawn,
    EventType.TASK_WRAPUP: TaskLife._wrap_up,
    EventType.TASK_COMPLETED: TaskLife._completed,
    EventType.TASK_CANCELED: TaskLife._canceled,
    EventType.TASK_DELETED: TaskLife._deleted,
    EventType.TASK_SYSTEM_DELETED: TaskLife._expired,
}
