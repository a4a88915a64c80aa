"""What a reason to doubt a result is: its kind, and its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

MOST_NAMED = 3
"""Of streams, queues and targets in a warning only so many are named."""


class Doubt(Enum):
    """Kinds of reasons to doubt a result."""

    NO_TASKS = "no tasks"
    """Nothing was offered, so there is nothing to measure."""
    ALL_CENSORED = "all waits open"
    """No wait ended before the horizon."""
    MOSTLY_OPEN = "mostly open"
    """More than half of the tasks are not done at the horizon."""
    REFUSED = "refused tasks"
    """Tasks that no filter took."""
    WORKFLOW_ENDS_ALL = "all canceled by the workflow"
    """Whatever ended was canceled at the end of its workflow, or matched no filter."""
    NEVER_TRIED = "steps never tried"
    """Targets of workflows to which no task came."""
    PING_PONG = "ping-pong"
    """A task was reserved over and over."""
    DRAINED = "drained pool"
    """Nobody could be asked for the last part of the run, while tasks waited."""
    UNSTABLE = "unstable load"
    """The number of waiting tasks grew through the run."""
    OVERLOADED = "more work than staff"
    """The offered tasks brought more work than the staff could do."""
    MOSTLY_LOST = "mostly given up"
    """More than half of the customers gave up before an answer."""
    LONG_OPEN_WAITS = "percentiles beyond what was seen"
    """The tasks that wait at the horizon move the percentiles of the waits."""
    WARM_UP = "warm-up visible"
    """A run under constant load begins emptier than it goes on, and all of it is counted."""
    OTHER_CUSTOMERS = "other customers"
    """Settings that are compared did not meet the same customers."""
    ONE_REPLICATION = "one replication"
    """Chance cannot be told from effect."""
    BATCHES_DEPEND = "batches hang together"
    """Batches of one run are too much alike to give intervals."""
    FEW_REPLICATIONS = "too few replications"
    """The intervals are wide, or their own width is hardly known."""


@dataclass(frozen=True, slots=True)
class Caveat:
    """One reason to doubt a result, in words."""

    doubt: Doubt
    text: str

    def __str__(self) -> str:
        return self.text


def some(names: Sequence[str]) -> str:
    """Return names for a sentence, of many only the first.

    Examples
    --------
    >>> some(["a", "b", "c", "d"])
    'a; b; c and 1 more'
    """
    left = len(names) - MOST_NAMED
    return "; ".join(names[:MOST_NAMED]) + (f" and {left:,} more" if left > 0 else "")


def tasks_text(count: int) -> str:
    """Return a number of tasks in words.

    Examples
    --------
    >>> tasks_text(1), tasks_text(1200)
    ('1 task', '1,200 tasks')
    """
    return "1 task" if count == 1 else f"{count:,} tasks"


def span_text(ms: float) -> str:
    """Return a duration for a sentence, in the unit that suits its length.

    Examples
    --------
    >>> span_text(14_000), span_text(900_000), span_text(28_800_000)
    ('14 s', '15 min', '8 h')
    """
    if ms < 120_000:
        return f"{ms / 1000:.3g} s"
    return f"{ms / 60_000:.3g} min" if ms < 7_200_000 else f"{ms / 3_600_000:.3g} h"
