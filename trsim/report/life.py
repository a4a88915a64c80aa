"""What befell one task, told row by row: the sentences of a story.

A sentence is a word for what happened (TaskRouter's own where it has one) and a text.  Rows that
only repeat what their neighbors say, such as ``task.updated`` after a completion, are passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from trsim.core.events import NOTHING, EventType, Row
from trsim.core.states import Reason, ReservationStatus, TaskStatus
from trsim.eventlog import Names
from trsim.report.wording import Clock, printable, shortened
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
    Reason.NO_MATCHING_FILTER: "evaluated again, it matches no filter",
    Reason.TTL_OR_ASSIGNMENT_LIMIT: "its time to live ended, or it was reserved too often",
    Reason.ROUTING_TARGET: "it was routed directly, and not reserved in time",
}
assert set(_ENDS) == set(Reason) - {Reason.NONE}, "every reason has its words"
_WAITING = (TaskStatus.PENDING, TaskStatus.RESERVED)
_MOST_ATTRIBUTES = 60
"""Attributes are cut off after so many characters."""

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
        self._held_ms: dict[int, int] = {}  # by reservation: since when it is on hold
        self._workflow = NOTHING  # none where the task is routed directly
        self._target_ends_ms = NOTHING
        self.task_status = TaskStatus.PENDING
        """Status after the latest row that was told."""
        self.removed = False
        """Whether the task is gone."""

    @property
    def waits(self) -> bool:
        """Whether the task waits, after the latest row that was told."""
        return not self.removed and self.task_status in _WAITING

    def tell(self, position: int, row: Row) -> Iterator[Sentence]:
        """Yield what there is to say about a row of the task, or of its workflow."""
        if row.event == EventType.WORKFLOW_REEVALUATED:
            yield from self._evaluated_again(position, row)
            return
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
        if max(row.queue, row.worker) != NOTHING:
            text = f"it is routed {self._destination(row)}, with priority {row.priority}"
            text += " (task pending)"
        else:
            self._workflow = row.workflow
        if row.offset_ms > 0:
            text += f"; its wait counts from {duration_text(row.offset_ms)} before"
        yield Sentence(position, row.at_ms, "Created", text)

    def _destination(self, row: Row) -> str:
        if row.queue != NOTHING:
            return f"straight to queue {printable(self._names.queues[row.queue])}"
        text = f"straight to {self._worker(row)}"
        return f"{text}, whatever the activity and load there" if row.value == 1 else text

    def _evaluated_again(self, position: int, row: Row) -> Iterator[Sentence]:
        if row.workflow != self._workflow or not self.waits:
            return
        text = f"workflow {printable(self._names.workflows[row.workflow])} was updated; "
        if self.task_status == TaskStatus.PENDING:
            text += "the task starts again from the top"
        else:
            text += "the task starts again from the top should its offers fail"
        yield Sentence(position, row.at_ms, "Workflow updated", text)

    def _updated(self, position: int, row: Row) -> Iterator[Sentence]:
        if row.attributes == NOTHING:
            return  # TaskRouter announces a completion once more in this way
        attributes = printable(self._names.attribute_sets[row.attributes])
        shown = shortened(attributes, _MOST_ATTRIBUTES)
        text = f"it has attributes {shown} and priority {row.priority} now"
        yield Sentence(position, row.at_ms, "Updated", text)

    def _target(self, position: int, row: Row) -> Iterator[Sentence]:
        self._target_ends_ms = row.until_ms
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
        if row.reservation in self._held_ms:
            text = f"{worker} is connected after {self._held(row)} (reservation accepted)"
        yield Sentence(position, row.at_ms, "Accepted", text)
        text = f"{worker} has the task, {wait} after its creation (task assigned)"
        yield Sentence(position, row.at_ms, "Assigned", text)

    def _on_hold(self, position: int, row: Row) -> Iterator[Sentence]:
        self._held_ms[row.reservation] = row.at_ms
        text = f"{self._worker(row)} takes it after {self._pondered(row)}; the connection is being"
        text += " made, and the time to answer no longer runs"
        yield Sentence(position, row.at_ms, "On hold", f"{text} {self._statuses(row)}")

    def _not_reserved(self, position: int, row: Row) -> Iterator[Sentence]:
        span = duration_text(row.at_ms - self._created_ms)
        text = f"routed directly, it must be reserved within {span} of its creation, and was not"
        yield Sentence(position, row.at_ms, "Not reserved", text)

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
        why = "the task is over"
        if not over:
            why = "the offer could not be delivered"
            if row.at_ms == self._target_ends_ms:
                why = "the time of its target is over"
            elif row.reservation in self._held_ms:
                why = f"the connection failed after {self._held(row)}"
        asked = "is no longer asked" if self._holder != row.worker else "no longer has the task"
        text = f"{self._worker(row)} {asked}: {why} {self._statuses(row)}"
        yield Sentence(position, row.at_ms, "Offer canceled", text)
        if not over:
            yield from self._returned(position, row)

    def _returned(self, position: int, row: Row) -> Iterator[Sentence]:
        if row.task_status == TaskStatus.PENDING:
            text = "nobody else is being asked; it waits again, its age kept (task pending)"
            if row.until_ms != NOTHING:
                text += f", and is offered to nobody until {self._clock.label(row.until_ms)}"
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

    def _held(self, row: Row) -> str:
        return duration_text(row.at_ms - self._held_ms[row.reservation])

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
    EventType.RESERVATION_ON_HOLD: TaskLife._on_hold,
    EventType.RESERVATION_FAILED: TaskLife._not_reserved,
    EventType.RESERVATION_ACCEPTED: TaskLife._accepted,
    EventType.RESERVATION_REJECTED: TaskLife._rejected,
    EventType.RESERVATION_TIMEOUT: TaskLife._missed,
    EventType.RESERVATION_CANCELED: TaskLife._offer_canceled,
    EventType.RESERVATION_RESCINDED: TaskLife._withdrawn,
    EventType.TASK_UPDATED: TaskLife._updated,
    EventType.TASK_WRAPUP: TaskLife._wrap_up,
    EventType.TASK_COMPLETED: TaskLife._completed,
    EventType.TASK_CANCELED: TaskLife._canceled,
    EventType.TASK_DELETED: TaskLife._deleted,
    EventType.TASK_SYSTEM_DELETED: TaskLife._expired,
}
