"""The shape of a router: what the core asks when a task needs a place or a worker.

The core never decides who is next, and a router never changes anything but the order it keeps in
the ledger's waiting lines and pools.  Which pools serve which line is compiled once, so nothing
ever scans all workers or all tasks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from trsim.core.ledger import Ledger, Places


class Placement(NamedTuple):
    """A target that a task enters."""

    step: int
    offset_ms: int
    """Age from which the filter's timeouts count [ms]."""


class Router(Protocol):
    """Decisions of a workflow, and the choice of task and worker."""

    @property
    def places(self) -> Places:
        """Layout of lines and pools."""

    @property
    def step_queue(self) -> Sequence[int]:
        """Queue of each target."""

    @property
    def step_priority(self) -> Sequence[int]:
        """Priority that entering a target gives, -1 for none."""

    @property
    def step_limit_ms(self) -> Sequence[int]:
        """Sum of the filter's timeouts up to and including a target [ms], -1: has none."""

    def line(self, step: int, channel: int) -> int:
        """Return the line in which a task of this channel waits for this target."""

    def first(self, workflow: int, attributes: int) -> Placement | None:
        """Return the target a new task enters; None: no filter matches, the task is refused."""

    def after_deadline(self, ledger: Ledger, task: int, now_ms: int) -> Placement | None:
        """Return where a task goes whose target's deadline has passed; None: off the end."""

    def next_target(self, ledger: Ledger, task: int, now_ms: int) -> Placement | None:
        """Return the next target of the same filter that can still be tried; None: no such."""

    def next_match(self, ledger: Ledger) -> tuple[int, list[int]] | None:
        """Take the task that is served first out of its line, and its workers out of their pools.

        Returns the task and the workers to be asked, best first; None if nothing matches.
        """
