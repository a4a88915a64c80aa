"""What the tasks and workers of a scenario make of its routing: who is served by whom, and who not.

Looks at the configurations in force at the start.  Workers count with all attributes and in all
activities they could have.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from trsim.routing.expression_scopes import follow
from trsim.routing.expressions import Expression
from trsim.routing.plan import RoutingPlan
from trsim.routing.worker_views import sees_channels
from trsim.routing.workflow import Target, WorkflowDocument
from trsim.routing.workflow_conditions import missing_lists, never
from trsim.scenario.compile_workspace import Roster
from trsim.scenario.lint_findings import Suspicion
from trsim.scenario.lint_staff import Staff
from trsim.scenario.mixes import canonical
from trsim.scenario.problems import Path, shown
from trsim.scenario.schema import ScenarioBlock
from trsim.scenario.schema_tasks import task_of
from trsim.world.plan import StreamPlan, WorldPlan

_CERTAIN = 1e-9
_MOST_PAIRS = 200_000
"""Pairs of task and worker that one target expression is tried on before it is left alone."""


class _Share(NamedTuple):
    """Tasks of a stream with the same attributes."""

    attributes: Mapping[str, Any]
    weight: float


class RoutingLint:
    """Looks at a compiled scenario.

    Parameters
    ----------
    scenario : ScenarioBlock
        What it says.
    names : Roster
        Its names with their numbers.
    plan : RoutingPlan
        Its documents, expressions and attributes.
    world : WorldPlan
        Its streams.
    """

    def __init__(
        self, scenario: ScenarioBlock, names: Roster, plan: RoutingPlan, world: WorldPlan
    ) -> None:
        self._scenario = scenario
        self._plan = plan
        self._queues = list(scenario.task_queues)
        self._workflows = list(scenario.workflows)
        self._staff = Staff(scenario, names)
        self._streams = world.streams
        self._shares = [
            tuple(_shares(scenario, plan, name, stream))
            for name, stream in zip(scenario.tasks, world.streams, strict=True)
        ]

    def suspicions(self) -> Iterator[Suspicion]:
        """Yield everything that is suspicious."""
        unserved = frozenset(self._unserved())
        used = self._used()
        for queue, name in enumerate(self._queues):
            if queue in unserved:
                more = "" if queue in used else ", and no workflow uses it"
                reason = f"no worker is eligible for this queue{more}"
                yield Suspicion(("task_queues", name), reason, "unserved-queue")
        yield from self._unmatched()
        yield from self._priorities()
        for number, workflow in enumerate(self._workflows):
            document = self._plan.configurations[number]
            for path, tasks, target in self._targets(number, document):
                where: Path = ("workflows", workflow, "configuration", "task_routing", *path)
                lacking = list(_lists(target, tasks, where))
                yield from lacking
                yield from _unnamed(target, tasks, where)
                if target.queue not in unserved and not lacking:
                    yield from self._unsatisfied(target, tasks, where)

    def _used(self) -> frozenset[int]:
        targets = (
            target for document in self._plan.configurations for target in _targets_of(document)
        )
        direct = (stream.target_queue for stream in self._streams)
        return frozenset((*(target.queue for target in targets), *direct))

    def _unserved(self) -> Iterator[int]:
        """Yield the queues that no worker is ever eligible for."""
        changed = {
            entry.task_queue
            for entry in self._scenario.timetable
            if entry.target_workers is not None
        }
        for queue, name in enumerate(self._queues):
            if name not in changed and next(self._members(queue), None) is None:
                yield queue

    def _members(self, queue: int, *others: Expression) -> Iterator[Mapping[str, Any]]:
        """Yield who is eligible for a queue, as its expression and others see them."""
        expression = self._plan.queue_expressions[queue]
        for view in self._staff.views(expression, *others):
            if expression.matches(view):
                yield view

    def _entering(self, workflow: int) -> Iterator[_Share]:
        """Yield the tasks that enter a workflow."""
        for stream, shares in zip(self._streams, self._shares, strict=True):
            if stream.workflow == workflow and not _is_direct(stream):
                yield from shares

    def _targets(
        self, workflow: int, document: WorkflowDocument
    ) -> Iterator[tuple[Path, list[_Share], Target]]:
        """Yield path, possible tasks and target for all targets that tasks can come to."""
        entering = list(self._entering(workflow))
        for number, rule in enumerate(document.filters):
            tasks = [share for share in entering if rule.expression.matches(share.attributes)]
            for position, target in enumerate(rule.targets if tasks else ()):
                yield ("filters", number, "targets", position), tasks, target
        if document.default is not None:
            tasks = [
                share
                for share in entering
                if not any(rule.expression.matches(share.attributes) for rule in document.filters)
            ]
            if tasks:
                yield ("default_filter",), tasks, document.default

    def _unmatched(self) -> Iterator[Suspicion]:
        """Yield streams with tasks that no filter takes."""
        for name, stream, shares in zip(
            self._scenario.tasks, self._streams, self._shares, strict=True
        ):
            document = self._plan.configurations[stream.workflow]
            lost = math.fsum(
                share.weight
                for share in shares
                if not any(rule.expression.matches(share.attributes) for rule in document.filters)
            )
            if lost <= _CERTAIN or _is_direct(stream):
                continue
            part = "all" if lost > 1 - _CERTAIN else f"{lost:.3g}"
            if document.default is None:
                reason = (
                    f"{part} of its tasks are refused: no filter of the workflow matches, and it "
                    "has no default_filter"
                )
                yield Suspicion(("tasks", name), reason, "refused-tasks")
            elif document.filters:
                reason = f"{part} of its tasks match no filter and go to the default filter"
                yield Suspicion(("tasks", name), reason, "default-filter-reached", is_note=True)

    def _priorities(self) -> Iterator[Suspicion]:
        """Yield LIFO queues whose tasks have priorities."""
        for queue, name in enumerate(self._queues):
            if self._scenario.task_queues[name].task_order == "LIFO" and self._prioritized(queue):
                reason = "a LIFO queue ignores priorities, and tasks come to it with some"
                path = ("task_queues", name, "task_order")
                yield Suspicion(path, reason, "lifo-ignores-priority")

    def _prioritized(self, queue: int) -> bool:
        """Return whether tasks can be in a queue with a priority above 0."""
        by_workflow: set[int] = set()
        for number in range(len(self._workflows)):
            targets = list(_targets_of(self._plan.configurations[number]))
            if any(target.queue == queue and target.priority for target in targets):
                return True
            if any(target.queue == queue for target in targets):
                by_workflow.add(number)
        return any(
            stream.priority > 0
            and (
                stream.target_queue == queue
                if _is_direct(stream)
                else stream.workflow in by_workflow
            )
            for stream in self._streams
        )

    def _unsatisfied(self, target: Target, tasks: list[_Share], path: Path) -> Iterator[Suspicion]:
        """Yield a target whose expression is false for every task and every worker."""
        expression = target.expression
        if expression is None or never(expression) or sees_channels(expression):
            return
        pairs = (
            (share.attributes, view)
            for view in self._members(target.queue, expression)
            for share in tasks
        )
        tried = list(islice(pairs, _MOST_PAIRS + 1))
        if len(tried) > _MOST_PAIRS:
            return
        if not any(expression.matches_pair(task, worker) for task, worker in tried):
            queue = shown(self._queues[target.queue])
            reason = f"is false for every task of the scenario and every worker of {queue}"
            yield Suspicion((*path, "expression"), reason, "unserved-target")


def _shares(
    scenario: ScenarioBlock, plan: RoutingPlan, name: str, stream: StreamPlan
) -> Iterator[_Share]:
    """Yield the attribute sets of a stream with their probabilities.

    Those that the timetable gives single tasks come with probability 0.
    """
    block = scenario.tasks[name]
    for entry in scenario.timetable:
        stream_name = None if entry.task is None else task_of(entry.task)[0]
        if stream_name == name and entry.attributes is not None:
            yield _Share(entry.attributes, 0.0)
    rows = block.arrivals.rows if block.arrivals.process == "trace" else None
    if not rows or all(row.attributes is None for row in rows):
        for number, weight in zip(stream.attribute_sets, stream.attribute_weights, strict=True):
            yield _Share(plan.attribute_sets[number], weight)
        return
    counted: dict[str, tuple[Mapping[str, Any], int]] = {}
    for row in rows:
        attributes: Mapping[str, Any] = {**block.attributes, **(row.attributes or {})}
        key = canonical(attributes)
        counted[key] = (attributes, counted.get(key, (attributes, 0))[1] + 1)
    for attributes, count in counted.values():
        yield _Share(attributes, count / len(rows))


def _is_direct(stream: StreamPlan) -> bool:
    return stream.target_queue >= 0 or stream.target_worker >= 0


def _targets_of(document: WorkflowDocument) -> Iterator[Target]:
    for rule in document.filters:
        yield from rule.targets
    if document.default is not None:
        yield document.default


def _lists(target: Target, tasks: list[_Share], path: Path) -> Iterator[Suspicion]:
    """Yield the lists of a NOT IN that some tasks lack."""
    if target.expression is None:
        return
    for reference in missing_lists(target.expression):
        if reference.path[0] != "task":
            continue
        found = [isinstance(follow(t.attributes, reference.path[1:]), list) for t in tasks]
        if not all(found):
            name = shown(str(reference))
            reason = (
                f"some of the tasks that come here have no list {name}: NOT IN is false for them"
                if any(found)
                else f"no task that comes here has a list {name}: NOT IN is false for all of them"
            )
            yield Suspicion((*path, "expression"), reason, "task-without-list")


def _unnamed(target: Target, tasks: list[_Share], path: Path) -> Iterator[Suspicion]:
    """Yield a known worker's target to which tasks come that name nobody."""
    known = target.known_worker
    if known is None:
        return
    named = [isinstance(follow(task.attributes, known.path), str) for task in tasks]
    if not any(named):
        key = "known_worker_friendly_name" if known.by_name else "known_worker_sid"
        reason = "no task that comes here names a worker: the target asks nobody"
        yield Suspicion((*path, key), reason, "known-worker-unnamed")
