"""One line of a task's timeline, and the words that all of its modules share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from trsim.core.events import NOTHING
from trsim.model import Model
from trsim.report.wording import Clock, printable
from trsim.routing.compiled import FilterRange
from trsim.scenario.values import duration_text

FEW_NAMES = 3
"""Most names in a list, unless everybody is asked for."""


class Kind(Enum):
    """What an entry tells; the value is what JSON and the printed timeline show."""

    CREATED = "created"
    REFUSED = "refused"
    ENTERED = "entered"
    """It enters a target, or waits where it is routed directly."""
    WAITS = "waits"
    """It has its place in a target, and nobody is asked."""
    RESERVED = "reserved"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    MISSED = "missed"
    ON_HOLD = "on hold"
    OFFER_CANCELED = "offer canceled"
    RESCINDED = "rescinded"
    DEADLINE = "deadline"
    """The timeout of its target is looked at, and has passed."""
    SKIPPED = "skipped"
    WORKFLOW_ENDS = "workflow ends"
    UPDATED = "updated"
    EVALUATED_AGAIN = "evaluated again"
    NOT_RESERVED = "not reserved"
    CANCELED = "canceled"
    WRAPPING = "wrapping"
    COMPLETED = "completed"
    DELETED = "deleted"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that befell a task, and why.

    Attributes
    ----------
    at_ms : int
        When [ms since the start of the run].
    age_ms : int
        The task's age then [ms].
    kind : Kind
    text : str
        What happened, in one line.
    details : tuple of str
        Why it happened, and what else was the case, a line each.
    """

    at_ms: int
    age_ms: int
    kind: Kind
    text: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Spells what the numbers of a model stand for.

    Attributes
    ----------
    model : Model
    clock : Clock
        How instants are spelled.
    everybody : bool
        Whether lists name everybody, however long they get.
    """

    model: Model
    clock: Clock
    everybody: bool = False

    def workflow(self, workflow: int) -> str:
        """Return a workflow's name."""
        return printable(self.model.spec.workflows[workflow].name)

    def worker(self, worker: int) -> str:
        """Return a worker's name."""
        return printable(self.model.spec.workers[worker].name)

    def queue(self, queue: int) -> str:
        """Return a queue's name."""
        return printable(self.model.spec.queues[queue].name)

    def channel(self, channel: int) -> str:
        """Return a channel's name."""
        return printable(self.model.spec.channels[channel].name)

    def activity(self, activity: int) -> str:
        """Return an activity's name."""
        return printable(self.model.spec.activities[activity].name)

    def configuration(self, configuration: int) -> str:
        """Return what people call a configuration."""
        return printable(self.model.routing.plan.configuration_names[configuration])

    def task_of(self, stream: int, number: int) -> str:
        """Return a task as stream and number, empty if it belongs to no stream."""
        if stream == NOTHING:
            return ""
        return f"{printable(self.model.world.streams[stream].name)}/{number}"

    def target(self, step: int) -> str:
        """Return which target a step is, counted from 1 within its filter."""
        present = self.model.routing.step_filter[step]
        if present is None:
            return "the default filter"
        count = present.end - present.first
        which = "the target" if count == 1 else f"target {step - present.first + 1} of {count}"
        return f"{which} of {self.filter(present)}"

    def filter(self, one: FilterRange) -> str:
        """Return which filter it is: its name, or where it stands, counted from 1."""
        routing = self.model.routing
        filters = routing.configurations[routing.step_configuration[one.first]].filters
        place = filters.index(one)
        if one.name == f"filter {place}":  # it was given no name
            return f"filter {place + 1} of {len(filters)}" if len(filters) > 1 else "the filter"
        return f"filter {printable(one.name)}"

    def workers(self, workers: Sequence[int]) -> str:
        """Return the names of a few workers, or how many they are."""
        return self.listed([self.worker(worker) for worker in workers])

    def listed(self, names: Sequence[str]) -> str:
        """Return a list of names, cut unless everybody is wanted.

        Raises
        ------
        AssertionError
            If there is no name.
        """
        assert names, "an empty list is not worth a line"
        shown, left = list(names), 0
        if not self.everybody and len(shown) > FEW_NAMES + 1:
            shown, left = shown[:FEW_NAMES], len(shown) - FEW_NAMES
        return ", ".join(shown) + (f" and {left} more" if left else "")


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> counted(1, "worker"), counted(2, "worker")
    ('1 worker', '2 workers')
    """
    return f"{number} {noun}" if number == 1 else f"{number:,} {noun}s"


def spelled(span_ms: int) -> str:
    """Return a duration as scenario files spell it."""
    return duration_text(span_ms)
