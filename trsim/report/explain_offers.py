"""The offers made for a task: who was asked and why, and how each offer ended.

Sources: Twilio, "Reservations resource", "TaskQueues resource" (multi-reservation), "Order
workers", "Workspaces resource" (timeout activity).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from trsim.core.events import NOTHING, EventType, Row
from trsim.core.ledger import NO_DEADLINE, NO_TIMER
from trsim.core.spec import DeadlineRule
from trsim.core.states import ReservationStatus, TaskStatus
from trsim.report.explain_entry import Kind, counted, spelled
from trsim.report.explain_people import Candidates
from trsim.report.explain_scene import Scene

_MOVING = (Kind.RESERVED, Kind.ACCEPTED, Kind.REJECTED, Kind.MISSED, Kind.OFFER_CANCELED)
"""Entries after which a worker can change its activity."""
_FREEING = (
    EventType.RESERVATION_COMPLETED,
    EventType.RESERVATION_REJECTED,
    EventType.RESERVATION_TIMEOUT,
    EventType.RESERVATION_CANCELED,
    EventType.RESERVATION_RESCINDED,
)
_SETTINGS = {
    EventType.WORKER_ATTRIBUTES_UPDATE: "attributes have changed",
    EventType.WORKER_CAPACITY_UPDATE: "capacity has changed",
    EventType.WORKER_CHANNEL_AVAILABILITY_UPDATE: "channel was switched",
}

_FAILED = {
    Kind.REJECTED: "rejected",
    Kind.MISSED: "missed",
    Kind.OFFER_CANCELED: "canceled",
    Kind.RESCINDED: "rescinded",
}


class Offers:
    """The offers made for one task.

    Parameters
    ----------
    scene : Scene

    Attributes
    ----------
    ends : Counter
        How many of its offers ended in which way.
    holder : int
        The worker who accepted, -1 for none.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._batch: list[Row] = []
        self._candidates = Candidates((), (), ())
        self._because: tuple[str, ...] = ()
        self._asked_ms: dict[int, int] = {}
        self._changes: dict[int, Row] = {}  # the latest row about each worker
        self._touched: dict[int, int] = {}  # when a worker was last concerned by an offer
        self.made = 0
        self.ends: Counter[Kind] = Counter()
        self.accepted_ms = NOTHING
        self.holder = NOTHING

    def note(self, row: Row) -> None:
        """Take note of a row about a worker."""
        if row.event == EventType.WORKER_ACTIVITY_UPDATE:
            at_ms = self._touched.get(row.worker)
            if at_ms == row.at_ms and self._scene.entries[-1].kind in _MOVING:
                self._scene.amend(self._moves(row))
        self._changes[row.worker] = row

    def make(self, row: Row, why: tuple[str, ...]) -> None:
        """Take note of an offer; a batch is told once it is complete.

        Parameters
        ----------
        row : Row
            The offer.
        why : tuple of str
            Further lines about the wait that ends with it.
        """
        scene = self._scene
        if scene.is_pending:
            self._candidates = scene.people.candidates(scene.task)
            obstacles = scene.people.not_eligible(self._candidates, scene.task)
            others = (f"not eligible: {line}" for line in obstacles)
            known = scene.people.about_known_worker(scene.task)
            first = (*self._change(row), *known, *self._candidates.order)
            self._because = (*first, *others, *why)
        self._batch.append(row)
        self._asked_ms[row.reservation] = row.at_ms
        self.made += 1

    def tell_batch(self) -> None:
        """Tell the offers that were made together, if there are any left to tell."""
        if not self._batch:
            return
        scene, batch = self._scene, self._batch
        words, first = scene.words, batch[0]
        workers = [row.worker for row in batch]
        limit = spelled(first.until_ms - first.at_ms)
        text = f"{words.workers(workers)} is asked and has {limit} to answer"
        if len(workers) > 1:
            text = f"{len(workers)} workers are asked at once and have {limit} to answer: "
            text += words.workers(workers)
        text += f"; until {words.clock.label(first.until_ms)}"
        scene.add(first.at_ms, Kind.RESERVED, text, self._because)
        self._touched.update((worker, first.at_ms) for worker in workers)
        self._batch = []

    def accept(self, row: Row) -> None:
        """Tell that a worker takes the task."""
        scene = self._scene
        self.accepted_ms, self.holder = row.at_ms, row.worker
        deadline_ms = scene.ledger.task_deadline_ms[scene.task]
        late = None
        if NO_DEADLINE < deadline_ms < row.at_ms:
            age = spelled(deadline_ms - scene.created_ms)
            late = f"the target's deadline, age {age}, passed during the offer and has no effect"
        text = f"{self._worker(row)} accepts after {self._pondered(row)} (task assigned)"
        if scene.ledger.reservation_expires_ms[row.reservation] == NO_TIMER:
            text = (
                f"{self._worker(row)} is connected, {self._pondered(row)} after being asked "
                "(task assigned)"
            )
        self._tell(row, Kind.ACCEPTED, text, (late,))

    def hold(self, row: Row) -> None:
        """Tell that a worker takes the task once a channel is set up."""
        text = (
            f"{self._worker(row)} accepts after {self._pondered(row)}, and a call or conversation "
            "is set up; the reservation's timer stops for good"
        )
        self._tell(row, Kind.ON_HOLD, text)

    def reject(self, row: Row) -> None:
        """Tell that a worker turns the task down."""
        text = f"{self._worker(row)} turns it down after {self._pondered(row)}"
        self._tell(row, Kind.REJECTED, text, self._then(row))

    def miss(self, row: Row) -> None:
        """Tell that a worker did not answer."""
        text = f"{self._worker(row)} did not answer within {self._pondered(row)}"
        self._tell(row, Kind.MISSED, text, self._then(row))

    def rescind(self, row: Row) -> None:
        """Tell that another worker was faster."""
        text = f"{self._worker(row)} is no longer asked: somebody else accepted"
        self._tell(row, Kind.RESCINDED, text)

    def cancel(self, row: Row) -> None:
        """Tell that an offer was withdrawn, or work in hand taken away."""
        before = self._scene.ledger.reservation_status[row.reservation]
        asked = before == ReservationStatus.PENDING
        what = "is no longer asked" if asked else "no longer has the task"
        text = f"{self._worker(row)} {what}: {self._why_canceled(row)}"
        self._tell(row, Kind.OFFER_CANCELED, text, self._then(row))

    def talk(self, row: Row) -> str:
        """Return how long the task has been in its worker's hands."""
        return spelled(row.at_ms - self.accepted_ms)

    def ends_text(self) -> str:
        """Return how many offers were made and how those that failed ended."""
        if not self.made:
            return "never offered to anybody"
        ends = [(self.ends[kind], word) for kind, word in _FAILED.items() if self.ends[kind]]
        if len(ends) == 1 and ends[0][0] == self.made:
            every = "all " if self.made > 1 else ""
            return f"{counted(self.made, 'offer')}, {every}{ends[0][1]}"
        failed = ", ".join(f"{number:,} {word}" for number, word in ends)
        return counted(self.made, "offer") + (f" ({failed})" if failed else "")

    def _why_canceled(self, row: Row) -> str:
        scene = self._scene
        if row.task_status in (NOTHING, TaskStatus.CANCELED):
            return "the task is over"
        ledger, rules = scene.ledger, scene.words.model.spec.rules
        at_deadline = ledger.task_deadline_ms[scene.task] == row.at_ms
        if at_deadline and rules.deadline_while_reserved is DeadlineRule.RELEASE:
            return "the target's deadline ends the offer (deadline_while_reserved: release)"
        if ledger.reservation_expires_ms[row.reservation] == NO_TIMER:
            return "the set-up of the channel failed"
        return "the offer could not be delivered"

    def _then(self, row: Row) -> Iterator[str]:
        """Yield what a failed offer means for the task."""
        if row.task_status == TaskStatus.RESERVED:
            yield "others are still being asked"
        elif row.until_ms != NOTHING:
            label = self._scene.words.clock.label(row.until_ms)
            span = spelled(row.until_ms - row.at_ms)
            yield f"offered to nobody until {label}, for {span} (reoffer_delay)"

    def _change(self, row: Row) -> Iterator[str]:
        """Yield what has just made the first offer of a batch possible, if that is known."""
        change = self._changes.get(row.worker)
        if change is None or change.at_ms != row.at_ms or change.task == self._scene.task:
            return
        name = self._scene.words.worker(row.worker)
        if change.event == EventType.WORKER_ACTIVITY_UPDATE:
            # Where availability plays no part, a move to elsewhere made nothing possible.
            if self._scene.words.model.spec.activities[change.activity].available:
                yield f"possible now: {self._goes(change)}"
        elif change.event in _FREEING:
            yield f"possible now: {name} is done with task {change.task}"
        elif change.event in _SETTINGS:
            yield f"possible now: {name}'s {_SETTINGS[EventType(change.event)]}"

    def _tell(
        self,
        row: Row,
        kind: Kind,
        text: str,
        details: Iterator[str] | tuple[str | None, ...] = (),
    ) -> None:
        self.ends[kind] += 1
        self._touched[row.worker] = row.at_ms
        self._scene.add(row.at_ms, kind, text, details)

    def _goes(self, row: Row) -> str:
        words = self._scene.words
        activity = words.activity(row.activity)
        name = words.worker(row.worker)
        if words.model.spec.activities[row.activity].available:
            return f"{name} goes to {activity}"
        return f"{name} goes to {activity} and is not available"

    def _moves(self, row: Row) -> str:
        """Return where an offer or its end sends a worker."""
        if self._scene.entries[-1].kind in (Kind.MISSED, Kind.REJECTED):
            return self._goes(row)
        words = self._scene.words
        return f"{words.worker(row.worker)} goes to {words.activity(row.activity)}"

    def _worker(self, row: Row) -> str:
        return self._scene.words.worker(row.worker)

    def _pondered(self, row: Row) -> str:
        return spelled(row.at_ms - self._asked_ms[row.reservation])
