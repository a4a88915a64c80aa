"""The shape of a router: what the core asks when a task needs a place or a worker.

The core never decides who is next, and a router never changes a fact: it reads the ledger it is
attached to, and keeps waiting tasks and free workers in an order of its own, which the core tells
it to bring up to date.  So nothing ever has to scan all workers or all tasks.
"""

from __future__ import annotations

from collections.abc import Sequence, Sized
from typing import NamedTuple, Protocol

from trsim.core.ledger import Ledger
from trsim.core.ordering import TaskKey
from trsim.core.states import Reason


class Placement(NamedTuple):
    """A target that a task enters."""

    step: int
    offset_ms: int
    """Age from which the filter's timeouts count [ms]."""


class Catalog(NamedTuple):
    """How many of everything there is that commands name and no specification lists."""

    configurations: int
    queue_expressions: int
    attribute_sets: int
    """Of tasks."""
    worker_attribute_sets: int


class Router(Protocol):
    """Decisions of a workflow, and the choice of task and worker."""

    @property
    def catalog(self) -> Catalog:
        """What there is to be named."""

    @property
    def step_queue(self) -> Sequence[int]:
        """Queue of each target."""

    @property
    def step_priority(self) -> Sequence[int]:
        """Priority that entering a target gives, -1 for none."""

    @property
    def step_limit_ms(self) -> Sequence[int]:
        """Sum of the filter's timeouts up to and including a target [ms], -1: has none."""

    @property
    def step_configuration(self) -> Sequence[int]:
        """Configuration that each target belongs to."""

    @property
    def step_can_be_skipped(self) -> Sequence[bool]:
        """Whether a target has a ``skip_if``."""

    @property
    def stirred(self) -> Sized:
        """Lines of tasks that may have gained a match; empty: nothing can match."""

    @property
    def watches_work(self) -> bool:
        """Whether eligibility can change when a reservation is accepted or wrapped up."""

    def attach(self, ledger: Ledger) -> None:
        """Take a workspace's facts, before anything happens."""

    # -- the way through a configuration -----------------------------------------------

    def first(self, configuration: int, attributes: int) -> Placement | None:
        """Return the target a new task enters; None: no filter matches, the task is refused."""

    def from_top(self, task: int, now_ms: int) -> Placement | Reason:
        """Return where a task goes that is evaluated again, or why it ends."""

    def after_timeout(self, task: int, now_ms: int) -> Placement | Reason:
        """Return where a task goes whose target's deadline has passed, or why it ends."""

    def after_skip(self, task: int, now_ms: int) -> Placement | Reason:
        """Return where a task goes whose target is skipped, or why it ends."""

    def next_target(self, task: int, now_ms: int) -> Placement | None:
        """Return the next target of the same filter that can still be tried; None: no such."""

    def is_skipped(self, task: int) -> bool:
        """Whether the ``skip_if`` of the task's target holds now."""

    # -- who is next -------------------------------------------------------------------

    def task_waits(self, task: int) -> None:
        """Put a pending task into its place among those that wait, or into a new one."""

    def worker_changed(self, worker: int) -> None:
        """Take note that a worker's activity, load, capacity or idleness changed."""

    def attributes_changed(self, worker: int) -> None:
        """Take note that a worker's attributes changed."""

    def queue_changed(self, queue: int) -> None:
        """Take note that a queue's expression changed."""

    def can_match(self) -> bool:
        """Whether some waiting task has a worker who may be asked now."""

    def next_match(self) -> tuple[int, list[int]] | None:
        """Take the task that is served first, and workers for it, out of their places.

        Returns the task and the workers to be asked, best first; None if nothing matches.
        """

    # -- for checks, worked out afresh ---------------------------------------------------

    def is_eligible(self, worker: int, task: int) -> bool:
        """Whether the worker may be asked for the task now."""

    def place_of_task(self, task: int) -> TaskKey:
        """Return the task's place among all that wait, smallest first."""

    def place_of_worker(self, worker: int, task: int) -> tuple[int, ...]:
        """Return the worker's place among those who may be asked for the task."""
