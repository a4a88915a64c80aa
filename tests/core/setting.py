"""Small workspaces for tests: a description both the core and the naive model are built from.

Queue membership and filters are plain sets here; for the core they become expressions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from trsim.core.spec import (
    ActivitySpec,
    FailureRule,
    IdleKey,
    QueueSpec,
    RoutingRules,
    WorkerSpec,
    WorkflowSpec,
    WorkspaceSpec,
)
from trsim.core.workspace import Workspace
from trsim.core.writer import RowTuple
from trsim.routing.expressions import Scope, parse_expression
from trsim.routing.router import CompiledRouting, WorkflowRouter, compile_routing
from trsim.routing.workflow import Filter, Target, WorkflowDocument

Choice = TypeVar("Choice")


@dataclass(frozen=True)
class Step:
    """A target: queue, priority on entry and timeout."""

    queue: int
    priority: int | None = None
    timeout_s: int | None = None


@dataclass(frozen=True)
class Branch:
    """A filter: the kinds of task it takes, and its targets."""

    kinds: tuple[int, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Flow:
    """A workflow."""

    reservation_timeout_ms: int
    branches: tuple[Branch, ...]
    default: Step | None = None


@dataclass(frozen=True)
class Queue:
    """A queue and who is in it."""

    members: tuple[int, ...]
    max_reserved: int = 1
    reservation_activity: int = -1
    assignment_activity: int = -1
    expression: str | None = None
    """Who is in it, by ``number``, instead of a list that is long."""

    @property
    def target_workers(self) -> str:
        """The expression that the core is given."""
        return self.expression or f"number IN {list(self.members)}"


@dataclass(frozen=True)
class Worker:
    """A worker: activity at the start, capacity and switch of each channel."""

    activity: int
    capacity: tuple[int, ...] = (1,)
    open_channels: tuple[bool, ...] = (True,)


@dataclass(frozen=True)
class Setting:
    """A small workspace; tasks have one attribute, their kind."""

    available: tuple[bool, ...]
    """Availability of each activity."""
    timeout_activity: int
    n_channels: int
    n_kinds: int
    queues: tuple[Queue, ...]
    flows: tuple[Flow, ...]
    workers: tuple[Worker, ...]
    multi_task: bool = True
    advance_on_failure: bool = False
    idle_from_end: bool = False
    assignment_limit: int | None = 1000

    def spec(self) -> WorkspaceSpec:
        """Return the specification for the core."""
        return WorkspaceSpec(
            activities=tuple(ActivitySpec(f"a{i}", yes) for i, yes in enumerate(self.available)),
            channels=tuple(f"c{i}" for i in range(self.n_channels)),
            queues=tuple(
                QueueSpec(f"q{i}", q.max_reserved, q.reservation_activity, q.assignment_activity)
                for i, q in enumerate(self.queues)
            ),
            workflows=tuple(
                WorkflowSpec(f"f{i}", flow.reservation_timeout_ms)
                for i, flow in enumerate(self.flows)
            ),
            workers=tuple(
                WorkerSpec(f"w{i}", w.activity, w.capacity, w.open_channels)
                for i, w in enumerate(self.workers)
            ),
            timeout_activity=self.timeout_activity,
            multi_task_enabled=self.multi_task,
            rules=RoutingRules(
                FailureRule.ADVANCE if self.advance_on_failure else FailureRule.STAY,
                IdleKey.SINCE_FREE if self.idle_from_end else IdleKey.LAST_RESERVED,
                self.assignment_limit,
            ),
        )

    def routing(self) -> CompiledRouting:
        """Return the compiled routing for the core."""
        return compile_routing(
            self.spec(),
            [_document(flow) for flow in self.flows],
            [parse_expression(queue.target_workers, Scope.WORKER) for queue in self.queues],
            [{"number": i} for i in range(len(self.workers))],
            [{"kind": i} for i in range(self.n_kinds)],
        )

    def workspace(self, record: Callable[[RowTuple], object], start_ms: int = 0) -> Workspace:
        """Return a workspace of the core in this setting."""
        return Workspace(self.spec(), WorkflowRouter(self.routing()), record, start_ms=start_ms)


def _document(flow: Flow) -> WorkflowDocument:
    filters = tuple(
        Filter(
            f"b{i}",
            parse_expression(f"kind IN {list(branch.kinds)}", Scope.TASK),
            tuple(Target(step.queue, step.priority, step.timeout_s) for step in branch.steps),
        )
        for i, branch in enumerate(flow.branches)
    )
    default = None
    if flow.default is not None:
        default = Target(flow.default.queue, flow.default.priority)
    return WorkflowDocument(filters, default)


class Chooser(Protocol):
    """Where the random parts of a test come from: a seed or Hypothesis."""

    def choice(self, options: Sequence[Choice]) -> Choice:
        """Return one of the options."""

    def number(self, low: int, high: int) -> int:
        """Return a whole number from low to high."""


def random_setting(chooser: Chooser) -> Setting:
    """Return a small workspace in which much can go wrong."""
    choice, number = chooser.choice, chooser.number
    n_workers, n_queues = number(1, 5), number(1, 3)
    n_channels, n_kinds = number(1, 2), number(1, 3)
    available = (True, False, *(choice((True, False)) for _ in range(number(0, 2))))
    activities = range(len(available))

    def step(last: bool) -> Step:
        queue, priority = number(0, n_queues - 1), choice((None, None, 0, 1, 7))
        return Step(queue, priority, None if last and choice((True, False)) else number(1, 6))

    def branch() -> Branch:
        kinds = tuple(kind for kind in range(n_kinds) if choice((True, True, False)))
        n_steps = number(1, 3)
        return Branch(kinds, tuple(step(last=i == n_steps - 1) for i in range(n_steps)))

    def flow() -> Flow:
        branches = tuple(branch() for _ in range(number(0, 3)))
        default = Step(number(0, n_queues - 1), choice((None, 3))) if choice((0, 1)) else None
        if not branches and default is None:
            default = Step(0)
        return Flow(1000 * number(1, 6), branches, default)

    def worker() -> Worker:
        capacity = tuple(choice((0, 1, 1, 2, 3)) for _ in range(n_channels))
        switched_on = tuple(choice((True, True, True, False)) for _ in range(n_channels))
        return Worker(choice((0, 0, 0, *activities)), capacity, switched_on)

    return Setting(
        available=available,
        timeout_activity=choice((1, 1, *activities)),
        n_channels=n_channels,
        n_kinds=n_kinds,
        queues=tuple(
            Queue(
                tuple(w for w in range(n_workers) if choice((True, True, False))),
                number(1, 4),
                choice((1, *activities)),
                choice((1, *activities)),
            )
            for _ in range(n_queues)
        ),
        flows=tuple(flow() for _ in range(number(1, 2))),
        workers=tuple(worker() for _ in range(n_workers)),
        multi_task=choice((True, True, False)),
        advance_on_failure=choice((True, False)),
        idle_from_end=choice((True, False)),
        assignment_limit=choice((None, 1000, 1, 2, 3)),
    )
