"""Small workspaces from a workflow document, queue expressions and workers' attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trsim.core import commands
from trsim.core.events import EventType, Row
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
from trsim.routing.compiled import CompiledRouting, compile_routing
from trsim.routing.expressions import Scope, parse_expression
from trsim.routing.plan import RoutingPlan
from trsim.routing.router import WorkflowRouter
from trsim.routing.workflow_reader import read_workflow

AVAILABLE, OFFLINE = 0, 1
Attributes = Mapping[str, object]


@dataclass
class Centre:
    """A workspace that is put together when it is first needed."""

    queues: dict[str, str]
    """Expression of each queue."""
    configurations: list[dict[str, Any]]
    """Values of ``task_routing``; the first one is in force, later ones can be put in force."""
    tasks: Sequence[Attributes] = ({},)
    workers: Sequence[Attributes] = ({},)
    lifo: tuple[str, ...] = ()
    channels: tuple[str, ...] = ("voice",)
    capacity: int = 1
    rules: RoutingRules = field(default_factory=RoutingRules)
    expressions: tuple[str, ...] = ()
    """Further queue expressions, numbered behind those of the queues."""
    more_workers: Sequence[Attributes] = ()
    """Attribute sets that workers can get later, numbered behind the workers' own."""
    prefer: TaskOrder = TaskOrder.FIFO
    rows: list[tuple[int, ...]] = field(default_factory=list)

    def spec(self) -> WorkspaceSpec:
        """Return the specification; workers begin in the available activity."""
        n = len(self.channels)
        return WorkspaceSpec(
            activities=(ActivitySpec("Available", True), ActivitySpec("Offline", False)),
            channels=tuple(ChannelSpec(name) for name in self.channels),
            queues=tuple(
                QueueSpec(name, order=TaskOrder.LIFO if name in self.lifo else TaskOrder.FIFO)
                for name in self.queues
            ),
            workflows=(WorkflowSpec("flow", 20_000),),
            workers=tuple(
                WorkerSpec(f"Worker {i}", AVAILABLE, (self.capacity,) * n, (True,) * n, i)
                for i in range(len(self.workers))
            ),
            timeout_activity=OFFLINE,
            prioritize_queue_order=self.prefer,
            rules=self.rules,
        )

    def routing(self) -> CompiledRouting:
        """Return the compiled routing."""
        numbers = {name: number for number, name in enumerate(self.queues)}
        documents = []
        for routing in self.configurations:
            document, problems = read_workflow({"task_routing": routing}, numbers)
            assert document is not None, problems
            documents.append(document)
        plan = RoutingPlan(
            configurations=tuple(documents),
            configuration_names=tuple(f"flow {i}" for i in range(len(documents))),
            queue_expressions=tuple(
                parse_expression(text, Scope.WORKER)
                for text in (*self.queues.values(), *self.expressions)
            ),
            attribute_sets=tuple(self.tasks),
            worker_attribute_sets=(*self.workers, *self.more_workers),
        )
        return compile_routing(self.spec(), plan)

    def __post_init__(self) -> None:
        self.router = WorkflowRouter(self.routing())
        self.workspace = Workspace(self.spec(), self.router, self.rows.append)
        self.ledger = self.workspace.ledger

    def do(self, command: commands.Command, at_ms: int = 0) -> int | None:
        """Let time pass up to an instant, and carry out a command."""
        self.workspace.advance(at_ms)
        return self.workspace.handle(command, at_ms)

    def create(
        self,
        kind: int = 0,
        at_ms: int = 0,
        target_worker: int = -1,
        ignore_capacity: bool = True,
    ) -> int:
        """Create a task with one of the attribute sets, and return its number."""
        command = commands.CreateTask(
            0, 0, kind, target_worker=target_worker, ignore_capacity=ignore_capacity
        )
        task = self.do(command, at_ms)
        assert task is not None
        return task

    def absent(self, *workers: int) -> None:
        """Send workers away."""
        for worker in workers:
            self.do(commands.SetActivity(worker, OFFLINE), max(0, self._now_ms()))

    def asked(self) -> list[tuple[int, int]]:
        """Return the pairs of task and worker that were reserved, in order."""
        rows = map(Row._make, self.rows)
        return [(r.task, r.worker) for r in rows if r.event == EventType.RESERVATION_CREATED]

    def _now_ms(self) -> int:
        return max(row[0] for row in self.rows)
