"""What the parts of a timeline share: the task, the facts so far, and the entries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from trsim.core.ledger import Ledger
from trsim.core.states import TaskStatus
from trsim.report.explain_entry import Entry, Kind, Vocabulary
from trsim.report.explain_people import People
from trsim.report.explain_way import Way
from trsim.routing.router import WorkflowRouter


class Scene:
    """One task among all others, at the instant up to which the log has been read.

    Parameters
    ----------
    words : Vocabulary
    ledger : Ledger
        Nothing has happened in it yet.
    task : int
        Number of the task.

    Attributes
    ----------
    entries : list of Entry
        What has been told.
    """

    def __init__(self, words: Vocabulary, ledger: Ledger, task: int) -> None:
        self.words = words
        self.ledger = ledger
        self.task = task
        self.created_ms = 0
        self.people = People(words, ledger)
        self.way = Way(words, ledger)
        self.entries: list[Entry] = []
        self._router = WorkflowRouter(words.model.routing)
        self._router.attach(ledger)

    @property
    def is_pending(self) -> bool:
        """Whether the task waits and nobody is asked."""
        return self.ledger.task_status[self.task] == TaskStatus.PENDING

    def add(self, at_ms: int, kind: Kind, text: str, details: Iterable[str | None] = ()) -> None:
        """Tell something; details that are None are left out."""
        kept = tuple(detail for detail in details if detail is not None)
        self.entries.append(Entry(at_ms, at_ms - self.created_ms, kind, text, kept))

    def amend(self, text: str) -> None:
        """Add to the latest entry what follows from it."""
        last = self.entries[-1]
        self.entries[-1] = replace(last, text=f"{last.text}; {text}")

    def ahead(self) -> list[tuple[int, int]]:
        """Return number and priority of the waiting tasks that go before it in its queue."""
        ledger, task = self.ledger, self.task
        queue, channel = ledger.task_queue[task], ledger.task_channel[task]
        if queue < 0:
            return []
        place = self._router.place_of_task(task)
        return [
            (other, ledger.task_priority[other])
            for other, status in ledger.task_status.items()
            if status == TaskStatus.PENDING
            and ledger.task_queue[other] == queue
            and ledger.task_channel[other] == channel
            and self._router.place_of_task(other) < place
        ]
