"""The router: TaskRouter's workflows and selection over compiled tables.

:func:`compile_routing` answers once everything that does not change during a run: which worker
belongs to which queue, which targets follow one another, which pools can serve which line.  A
:class:`WorkflowRouter` then only reads tables and compares the heads of lines and pools.

Sources: Twilio, "Workflow configuration", "Task evaluation", "TaskQueues resource".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trsim.core.deadlines import target_deadline
from trsim.core.ledger import Ledger, Places
from trsim.core.router import Placement
from trsim.core.spec import WorkspaceSpec
from trsim.errors import UnknownObject
from trsim.routing.expressions import Expression
from trsim.routing.selection import Selection
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


@dataclass(frozen=True, slots=True)
class WorkflowSteps:
    """A workflow over the common numbering of steps."""

    filters: tuple[FilterRange, ...]
    default_step: int | None


@dataclass(frozen=True, slots=True)
class CompiledRouting:
    """Everything about routing that does not change during a run; picklable.

    Targets of all workflows are numbered through as *steps*: workflows in their order, filters
    from the top, targets in order, then the default filter.
    """

    places: Places
    step_queue: tuple[int, ...]
    step_priority: tuple[int, ...]
    step_limit_ms: tuple[int, ...]
    step_labels: tuple[str, ...]
    """For people: workflow, filter and position of each step."""
    step_lines: tuple[tuple[int, ...], ...]
    """Line of each step by channel."""
    line_offers: tuple[int, ...]
    """``max_reserved_workers`` of each line's queue."""
    workflows: tuple[WorkflowSteps, ...]
    attribute_sets: tuple[Mapping[str, object], ...]
    queue_members: tuple[tuple[int, ...], ...]
    """Workers of each queue, by ``target_workers``."""


def compile_routing(
    spec: WorkspaceSpec,
    documents: Sequence[WorkflowDocument],
    target_workers: Sequence[Expression],
    worker_attributes: Sequence[Mapping[str, object]],
    attribute_sets: Sequence[Mapping[str, object]],
) -> CompiledRouting:
    """Compile workflow documents and queue memberships to tables.

    Parameters
    ----------
    spec : WorkspaceSpec
        The workspace the numbers refer to.
    documents : sequence of WorkflowDocument
        One for each workflow.
    target_workers : sequence of Expression
        One for each queue.
    worker_attributes : sequence of mapping
        One for each worker, with ``friendly_name`` and the like already under the attributes.
    attribute_sets : sequence of mapping
        The attribute sets that tasks can have.
    """
    n_channels = len(spec.channels)
    steps = _Steps()
    workflows = tuple(
        steps.add_workflow(workflow.name, document)
        for workflow, document in zip(spec.workflows, documents, strict=True)
    )
    members = tuple(
        tuple(w for w, attributes in enumerate(worker_attributes) if expression.matches(attributes))
        for expression in target_workers
    )
    return CompiledRouting(
        places=_places(members, len(worker_attributes), n_channels),
        step_queue=tuple(steps.queue),
        step_priority=tuple(steps.priority),
        step_limit_ms=tuple(steps.limit_ms),
        step_labels=tuple(steps.labels),
        step_lines=tuple(
            tuple(queue * n_channels + channel for channel in range(n_channels))
            for queue in steps.queue
        ),
        line_offers=tuple(
            queue.max_reserved_workers for queue in spec.queues for _ in range(n_channels)
        ),
        workflows=workflows,
        attribute_sets=tuple(attribute_sets),
        queue_members=members,
    )


class _Steps:
    """Numbers targets through while workflows are compiled."""

    def __init__(self) -> None:
        self.queue: list[int] = []
        self.priority: list[int] = []
        self.limit_ms: list[int] = []
        self.labels: list[str] = []

    def add_workflow(self, name: str, document: WorkflowDocument) -> WorkflowSteps:
        ranges = []
        for filter_ in document.filters:
            first, sum_ms = len(self.queue), 0
            for position, target in enumerate(filter_.targets):
                sum_ms += (target.timeout_s or 0) * 1000
                limit_ms = NO_TIMEOUT if target.timeout_s is None else sum_ms
                self.add(target, limit_ms, f"{name} / {filter_.name} / target {position}")
            ranges.append(FilterRange(filter_.expression, first, len(self.queue), sum_ms))
        default_step = None
        if document.default is not None:
            default_step = len(self.queue)
            self.add(document.default, NO_TIMEOUT, f"{name} / default filter")
        return WorkflowSteps(tuple(ranges), default_step)

    def add(self, target: Target, limit_ms: int, label: str) -> None:
        self.queue.append(target.queue)
        self.priority.append(-1 if target.priority is None else target.priority)
        self.limit_ms.append(limit_ms)
        self.labels.append(label)


def _places(members: Sequence[Sequence[int]], n_workers: int, n_channels: int) -> Places:
    """Lay out lines (queue by queue, channel by channel) and pools (workers of equal queues)."""
    queues_of: list[list[int]] = [[] for _ in range(n_workers)]
    for queue, workers in enumerate(members):
        for worker in workers:
            queues_of[worker].append(queue)
    pool_of: dict[tuple[tuple[int, ...], int], int] = {}
    worker_pool: list[int] = []
    for queues in queues_of:
        for channel in range(n_channels):
            key = (tuple(queues), channel)
            worker_pool.append(pool_of.setdefault(key, len(pool_of)) if queues else -1)
    pool_lines = tuple(
        tuple(queue * n_channels + channel for queue in queues) for queues, channel in pool_of
    )
    line_channel = tuple(range(n_channels)) * len(members)
    return Places(len(line_channel), len(pool_of), tuple(worker_pool), pool_lines, line_channel)


class WorkflowRouter(Selection):
    """Answers the core's questions for one run.

    Implements :class:`trsim.core.router.Router`.
    """

    def __init__(self, routing: CompiledRouting) -> None:
        super().__init__(routing.places, routing.line_offers)
        self.step_queue = routing.step_queue
        self.step_priority = routing.step_priority
        self.step_limit_ms = routing.step_limit_ms
        self._routing = routing
        self._first: dict[tuple[int, int], Placement | None] = {}
        self._matching: dict[tuple[int, int], tuple[FilterRange, ...]] = {}

    def line(self, step: int, channel: int) -> int:
        """Return the line in which a task of this channel waits for this target."""
        return self._routing.step_lines[step][channel]

    def first(self, workflow: int, attributes: int) -> Placement | None:
        """Return the target a new task enters; None: it is refused."""
        key = (workflow, attributes)
        if key not in self._first:
            matching = self._matching_filters(workflow, attributes)
            step = self._routing.workflows[workflow].default_step
            if matching:
                step = matching[0].first
            self._first[key] = None if step is None else Placement(step, 0)
        return self._first[key]

    def after_deadline(self, ledger: Ledger, task: int, now_ms: int) -> Placement | None:
        """Return where a task goes whose target's deadline has passed.

        Targets whose own deadline is already reached are passed over.  After the last target the
        next matching filter below is used, never the default filter, and its timeouts go on
        counting where the filter's sum ends.
        """
        placement = self.next_target(ledger, task, now_ms)
        if placement is not None:
            return placement
        step, offset_ms = ledger.task_step[task], ledger.task_offset_ms[task]
        workflow, attributes = ledger.task_workflow[task], ledger.task_attributes[task]
        for candidate in self._matching_filters(workflow, attributes):
            if candidate.first <= step < candidate.end:
                offset_ms += candidate.total_ms
            elif candidate.first > step:
                steps = range(candidate.first, candidate.end)
                found = self._open_step(steps, ledger.task_created_ms[task], offset_ms, now_ms)
                if found is not None:
                    return Placement(found, offset_ms)
                offset_ms += candidate.total_ms
        return None

    def next_target(self, ledger: Ledger, task: int, now_ms: int) -> Placement | None:
        """Return the next target of the task's filter that can still be tried."""
        step, offset_ms = ledger.task_step[task], ledger.task_offset_ms[task]
        workflow, attributes = ledger.task_workflow[task], ledger.task_attributes[task]
        for candidate in self._matching_filters(workflow, attributes):
            if candidate.first <= step < candidate.end:
                steps = range(step + 1, candidate.end)
                found = self._open_step(steps, ledger.task_created_ms[task], offset_ms, now_ms)
                return None if found is None else Placement(found, offset_ms)
        return None

    def _open_step(self, steps: range, created_ms: int, offset_ms: int, now_ms: int) -> int | None:
        """Return the first step whose deadline lies ahead, or that has none."""
        for step in steps:
            limit_ms = self.step_limit_ms[step]
            if limit_ms < 0 or target_deadline(created_ms, offset_ms, limit_ms) > now_ms:
                return step
        return None

    def _matching_filters(self, workflow: int, attributes: int) -> tuple[FilterRange, ...]:
        """Return the filters of a workflow that hold for an attribute set, from the top."""
        key = (workflow, attributes)
        found = self._matching.get(key)
        if found is None:
            sets = self._routing.attribute_sets
            if not 0 <= attributes < len(sets):
                raise UnknownObject("attribute set", attributes)
            filters = self._routing.workflows[workflow].filters
            found = tuple(f for f in filters if f.expression.matches(sets[attributes]))
            self._matching[key] = found
        return found
