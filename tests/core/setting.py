"""Small workspaces for tests: a short description, from which specification and plan are made.

Expressions are texts here.  Membership of queues and filters by kind can be given as numbers,
which become expressions too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from trsim.core.spec import (
    ActivitySpec,
    ChannelSpec,
    QueueSpec,
    RoutingRules,
    TaskOrder,
    WorkerSpec,
    WorkflowSpec,
    WorkspaceSpec,
)
from trsim.core.workspace import Workspace
from trsim.core.writer import RowTuple
from trsim.routing.compiled import CompiledRouting, compile_routing
from trsim.routing.expressions import Expression, Scope, parse_expression
from trsim.routing.plan import RoutingPlan
from trsim.routing.router import WorkflowRouter
from trsim.routing.workflow import Filter, KnownWorker, OrderClause, Target, WorkflowDocument

parsed = lru_cache(maxsize=None)(parse_expression)


@dataclass(frozen=True)
class Step:
    """A target: queue, priority on entry, timeout, and who of the queue is asked."""

    queue: int
    priority: int | None = None
    timeout_s: int | None = None
    expression: str | None = None
    skip_if: str | None = None
    order_by: tuple[OrderClause, ...] = ()
    known_worker: KnownWorker | None = None

    def target(self) -> Target:
        """Return it as the router takes it."""
        return Target(
            self.queue,
            self.priority,
            self.timeout_s,
            _optional(self.expression, Scope.PAIR),
            _optional(self.skip_if, Scope.PRESENCE),
            self.order_by,
            self.known_worker,
        )


@dataclass(frozen=True)
class Branch:
    """A filter: the kinds of task it takes, and its targets."""

    kinds: tuple[int, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Flow:
    """A workflow; of one that only takes another's place the reservation timeout is not used."""

    reservation_timeout_ms: int
    branches: tuple[Branch, ...]
    default: Step | None = None

    def document(self) -> WorkflowDocument:
        """Return it as the router takes it."""
        filters = tuple(
            Filter(
                f"b{i}",
                parsed(f"kind IN {list(branch.kinds)}", Scope.TASK),
                tuple(step.target() for step in branch.steps),
            )
            for i, branch in enumerate(self.branches)
        )
        return WorkflowDocument(filters, self.default.target() if self.default else None)


@dataclass(frozen=True)
class Queue:
    """A queue and who is in it."""

    members: tuple[int, ...]
    max_reserved: int = 1
    reservation_activity: int = -1
    assignment_activity: int = -1
    expression: str | None = None
    """Who is in it, instead of a list of the workers' attribute ``number``."""
    order: TaskOrder = TaskOrder.FIFO

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
    """A small workspace; worker *i* begins with attribute set *i*."""

    available: tuple[bool, ...]
    """Availability of each activity."""
    timeout_activity: int
    n_channels: int
    n_kinds: int
    """Number of attribute sets of tasks; each has its ``kind``, its own number."""
    queues: tuple[Queue, ...]
    flows: tuple[Flow, ...]
    workers: tuple[Worker, ...]
    multi_task: bool = True
    rules: RoutingRules = field(default_factory=RoutingRules)
    later_flows: tuple[Flow, ...] = ()
    """Configurations that can be put in force later."""
    later_expressions: tuple[str, ...] = ()
    """Expressions that queues can get later."""
    task_attributes: tuple[Mapping[str, object], ...] = ()
    """What each kind of task has besides its ``kind``; empty: nothing."""
    worker_attributes: tuple[Mapping[str, object], ...] = ()
    """Attribute sets of workers; empty: each has its ``number``."""
    activity_sids: tuple[tuple[str, int], ...] = ()
    optimized_channels: tuple[int, ...] = ()
    prioritize: TaskOrder = TaskOrder.FIFO

    def spec(self) -> WorkspaceSpec:
        """Return the specification of the workspace."""
        return WorkspaceSpec(
            activities=tuple(ActivitySpec(f"a{i}", yes) for i, yes in enumerate(self.available)),
            channels=tuple(
                ChannelSpec(f"c{i}", i in self.optimized_channels) for i in range(self.n_channels)
            ),
            queues=tuple(
                QueueSpec(
                    f"q{i}",
                    q.max_reserved,
                    q.order,
                    q.reservation_activity,
                    q.assignment_activity,
                )
                for i, q in enumerate(self.queues)
            ),
            workflows=tuple(
                WorkflowSpec(f"f{i}", flow.reservation_timeout_ms)
                for i, flow in enumerate(self.flows)
            ),
            workers=tuple(
                WorkerSpec(f"w{i}", w.activity, w.capacity, w.open_channels, i)
                for i, w in enumerate(self.workers)
            ),
            timeout_activity=self.timeout_activity,
            multi_task_enabled=self.multi_task,
            prioritize_queue_order=self.prioritize,
            rules=self.rules,
        )

    def plan(self) -> RoutingPlan:
        """Return what routing is made of."""
        further = self.task_attributes or ({},) * self.n_kinds
        flows = (*self.flows, *self.later_flows)
        texts = (*(queue.target_workers for queue in self.queues), *self.later_expressions)
        return RoutingPlan(
            configurations=tuple(flow.document() for flow in flows),
            configuration_names=tuple(f"configuration {i}" for i in range(len(flows))),
            queue_expressions=tuple(parsed(text, Scope.WORKER) for text in texts),
            attribute_sets=tuple({"kind": i, **more} for i, more in enumerate(further)),
            worker_attribute_sets=self.worker_attributes
            or tuple({"number": i} for i in range(len(self.workers))),
            activity_sids=self.activity_sids,
        )

    def routing(self) -> CompiledRouting:
        """Return the compiled routing for the core."""
        return compile_routing(self.spec(), self.plan())

    def workspace(self, record: Callable[[RowTuple], object], start_ms: int = 0) -> Workspace:
        """Return a workspace of the core in this setting."""
        return Workspace(self.spec(), WorkflowRouter(self.routing()), record, start_ms=start_ms)


def _optional(text: str | None, scope: Scope) -> Expression | None:
    return None if text is None else parsed(text, scope)
