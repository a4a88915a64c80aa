"""Routing compiled to tables: everything that is known before a run.

Targets of all configurations are numbered through as *steps*: configurations in their order,
filters from the top, targets in order, then the default filter.

Sources: Twilio, "Workflow configuration", "Task evaluation", "TaskQueues resource".
"""

from __future__ import annotations

from dataclasses import dataclass

from trsim.core.spec import RedriveBase, TaskOrder, WorkspaceSpec
from trsim.routing.expressions import Expression
from trsim.routing.plan import RoutingPlan
from trsim.routing.workflow import Target, WorkflowDocument

NO_TIMEOUT = -1
"""In ``step_limit_ms``: the target has no timeout of its own."""


@dataclass(frozen=True, slots=True)
class FilterRange:
    """The targets of one filter as a range of steps."""

    expression: Expression
    first: int
    end: int
    total_ms: int
    """Sum of the filter's timeouts [ms]."""
    name: str


@dataclass(frozen=True, slots=True)
class ConfigurationSteps:
    """A configuration over the common numbering of steps."""

    filters: tuple[FilterRange, ...]
    default_step: int | None


@dataclass(frozen=True, slots=True)
class CompiledRouting:
    """Everything about routing that does not change during a run; frozen and picklable."""

    plan: RoutingPlan
    steps: tuple[Target, ...]
    step_limit_ms: tuple[int, ...]
    """Sum of the filter's timeouts up to and including a target [ms], -1: has none."""
    step_filter: tuple[FilterRange | None, ...]
    """The filter of each step, None for a default filter."""
    step_configuration: tuple[int, ...]
    step_labels: tuple[str, ...]
    """For people: configuration, filter and position of each step."""
    configurations: tuple[ConfigurationSteps, ...]
    queue_is_lifo: tuple[bool, ...]
    fifo_rank: int
    """Place of the FIFO queues among the two kinds, 0 or 1; LIFO has the other."""
    redrive_resets: bool
    """Whether timeouts count from the present age of a task that starts again, not from 0."""
    channels: tuple[str, ...]
    activities: tuple[str, ...]
    workers: tuple[str, ...]


def compile_routing(spec: WorkspaceSpec, plan: RoutingPlan) -> CompiledRouting:
    """Compile configurations to steps.

    Parameters
    ----------
    spec : WorkspaceSpec
        The workspace that the numbers refer to.
    plan : RoutingPlan
        Documents, expressions and attributes.
    """
    assert len(plan.configurations) >= len(spec.workflows), "a workflow needs a configuration"
    assert len(plan.queue_expressions) >= len(spec.queues), "a queue needs an expression"
    steps = _Steps()
    configurations = tuple(
        steps.add_configuration(name, document)
        for name, document in zip(plan.configuration_names, plan.configurations, strict=True)
    )
    return CompiledRouting(
        plan=plan,
        steps=tuple(steps.targets),
        step_limit_ms=tuple(steps.limit_ms),
        step_filter=tuple(steps.filters),
        step_configuration=tuple(steps.configuration),
        step_labels=tuple(steps.labels),
        configurations=configurations,
        queue_is_lifo=tuple(queue.order is TaskOrder.LIFO for queue in spec.queues),
        fifo_rank=int(spec.prioritize_queue_order is TaskOrder.LIFO),
        redrive_resets=spec.rules.redrive_timeout_base is RedriveBase.RESET,
        channels=tuple(channel.name for channel in spec.channels),
        activities=tuple(activity.name for activity in spec.activities),
        workers=tuple(worker.name for worker in spec.workers),
    )


class _Steps:
    """Numbers targets through while configurations are compiled."""

    def __init__(self) -> None:
        self.targets: list[Target] = []
        self.limit_ms: list[int] = []
        self.filters: list[FilterRange | None] = []
        self.configuration: list[int] = []
        self.labels: list[str] = []
        self._configurations = 0

    def add_configuration(self, name: str, document: WorkflowDocument) -> ConfigurationSteps:
        ranges = []
        for filter_ in document.filters:
            first = len(self.targets)
            total_ms = 1000 * sum(target.timeout_s or 0 for target in filter_.targets)
            end = first + len(filter_.targets)
            found = FilterRange(filter_.expression, first, end, total_ms, filter_.name)
            ranges.append(found)
            sum_ms = 0
            for position, target in enumerate(filter_.targets):
                sum_ms += 1000 * (target.timeout_s or 0)
                limit_ms = NO_TIMEOUT if target.timeout_s is None else sum_ms
                label = f"{name} / {filter_.name} / target {position}"
                self._add(target, limit_ms, found, label)
        default_step = None
        if document.default is not None:
            default_step = len(self.targets)
            self._add(document.default, NO_TIMEOUT, None, f"{name} / default filter")
        self._configurations += 1
        return ConfigurationSteps(tuple(ranges), default_step)

    def _add(self, target: Target, limit_ms: int, of: FilterRange | None, label: str) -> None:
        self.targets.append(target)
        self.limit_ms.append(limit_ms)
        self.filters.append(of)
        self.configuration.append(self._configurations)
        self.labels.append(label)
