"""From a checked scenario to the workspace specification."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from trsim.core.spec import (
    ActivitySpec,
    ChannelSpec,
    DeadlineRule,
    FailureRule,
    IdleKey,
    QueueSpec,
    RedriveBase,
    RoutingRules,
    TaskOrder,
    WorkerSpec,
    WorkflowSpec,
    WorkspaceSpec,
)
from trsim.scenario.names import (
    ACTIVITY_SID,
    BUSY,
    RESERVED,
    WORKER_SID,
    all_activities,
    expanded_names,
)
from trsim.scenario.schema import ScenarioBlock
from trsim.scenario.schema_people import WorkerBlock, WorkerChannelBlock
from trsim.scenario.schema_workspace import (
    DEFAULT_CHANNELS,
    RoutingRulesBlock,
    TaskChannelBlock,
    TaskQueueBlock,
)
from trsim.scenario.timeline import Span, Timeline


@dataclass(frozen=True, slots=True)
class Member:
    """A worker, alone or of a group."""

    name: str
    group: str
    index: int
    """Number within the group, from 0."""
    activity: int
    """Activity at the start."""
    block: WorkerBlock
    spans: tuple[Span, ...] | None


@dataclass(frozen=True)
class Roster:
    """Names of a scenario with their numbers, and its workers one by one."""

    activities: dict[str, int]
    available: tuple[bool, ...]
    duty_activity: int
    """The first available activity."""
    off_activity: int
    channels: dict[str, int]
    queues: dict[str, int]
    workflows: dict[str, int]
    behaviors: dict[str, int]
    streams: dict[str, int]
    members: tuple[Member, ...]
    activity_sids: tuple[tuple[str, int], ...]
    """SIDs that the scenario gives activities, with their numbers."""
    worker_sids: Mapping[str, str]
    """SIDs that the scenario gives workers, by name."""

    def crew(self, name: str) -> Sequence[int]:
        """Return the number of a worker, or those of all workers of a group."""
        return self._crews[name]

    @cached_property
    def _crews(self) -> dict[str, list[int]]:
        crews: dict[str, list[int]] = {}
        for number, member in enumerate(self.members):
            crews.setdefault(member.group, []).append(number)
            if member.block.count is not None:
                crews[member.name] = [number]
        return crews

    def with_sid(self, worker: str, attributes: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the attributes of a worker with the SID that the scenario gives it, if any."""
        sid = self.worker_sids.get(worker)
        return attributes if sid is None else {**attributes, "sid": sid}


def roster(scenario: ScenarioBlock, timeline: Timeline) -> Roster:
    """Return the numbers of all names of a scenario."""
    workspace = scenario.workspace
    named = all_activities(workspace.activities, multi_task=workspace.multi_task_enabled)
    activities = _numbered(named)
    available = tuple(named.values())
    duty = available.index(True)
    off = activities[workspace.default_activity]
    sids = {sid: name for flow in scenario.workflows.values() for sid, name in flow.sids.items()}
    return Roster(
        activities=activities,
        available=available,
        duty_activity=duty,
        off_activity=off,
        channels=_numbered((*DEFAULT_CHANNELS, *scenario.task_channels)),
        queues=_numbered(scenario.task_queues),
        workflows=_numbered(scenario.workflows),
        behaviors=_numbered(scenario.behaviors),
        streams=_numbered(scenario.tasks),
        members=tuple(_members(scenario, timeline, activities, (duty, off))),
        activity_sids=tuple(
            (sid, activities[name]) for sid, name in sids.items() if sid.startswith(ACTIVITY_SID)
        ),
        worker_sids={name: sid for sid, name in sids.items() if sid.startswith(WORKER_SID)},
    )


def workspace_spec(
    scenario: ScenarioBlock, names: Roster, number_of: Callable[[Mapping[str, Any]], int]
) -> WorkspaceSpec:
    """Return the specification of the workspace.

    Parameters
    ----------
    scenario : ScenarioBlock
        A scenario that has no problems.
    names : Roster
        Its names with their numbers.
    number_of : callable
        Returns the number of a worker's attribute set.
    """
    workspace = scenario.workspace
    return WorkspaceSpec(
        activities=tuple(
            ActivitySpec(name, available)
            for name, available in zip(names.activities, names.available, strict=True)
        ),
        channels=tuple(_channel(name, scenario) for name in names.channels),
        queues=tuple(
            _queue(name, queue, names, multi_task=workspace.multi_task_enabled)
            for name, queue in scenario.task_queues.items()
        ),
        workflows=tuple(
            WorkflowSpec(name, workflow.task_reservation_timeout)
            for name, workflow in scenario.workflows.items()
        ),
        workers=tuple(
            _worker(member, names, number_of(names.with_sid(member.name, member.block.attributes)))
            for member in names.members
        ),
        timeout_activity=names.activities[workspace.timeout_activity],
        multi_task_enabled=workspace.multi_task_enabled,
        prioritize_queue_order=TaskOrder(workspace.prioritize_queue_order),
        rules=_rules(workspace.routing_rules),
    )


def _rules(rules: RoutingRulesBlock) -> RoutingRules:
    return RoutingRules(
        on_reservation_failure=FailureRule(rules.on_reservation_failure),
        deadline_while_reserved=DeadlineRule(rules.deadline_while_reserved),
        redrive_timeout_base=RedriveBase(rules.redrive_timeout_base),
        idle_key=IdleKey(rules.idle_key),
        assignment_limit=rules.assignment_limit,
        reoffer_delay_ms=rules.reoffer_delay,
        routing_latency_ms=rules.routing_latency,
        timeout_activity_only_if_available=rules.timeout_activity_only_if_available,
        merged_ttl_reason=rules.merged_ttl_reason,
    )


def _channel(name: str, scenario: ScenarioBlock) -> ChannelSpec:
    settings = scenario.task_channels.get(name, TaskChannelBlock())
    return ChannelSpec(name, optimized_routing=settings.channel_optimized_routing)


def shift_activity(
    block: WorkerBlock, span: Span, activities: dict[str, int], duty_activity: int
) -> int:
    """Return the activity of a worker during a shift."""
    assert block.shifts is not None, "a span comes from a shift"
    named = block.shifts[span.number].activity
    return duty_activity if named is None else activities[named]


def _numbered(names: Iterable[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(dict.fromkeys(names))}


def _members(
    scenario: ScenarioBlock,
    timeline: Timeline,
    activities: dict[str, int],
    defaults: tuple[int, int],
) -> Iterator[Member]:
    for group, block in scenario.workers.items():
        spans = timeline.shifts(block, ("workers", group))
        activity = _at_start(block, spans, activities, defaults)
        for index, name in enumerate(expanded_names(group, block.count)):
            yield Member(name, group, index, activity, block, spans)


def _at_start(
    block: WorkerBlock,
    spans: Sequence[Span] | None,
    activities: dict[str, int],
    defaults: tuple[int, int],
) -> int:
    """Return the activity at time 0: the named one, else what the shifts say."""
    duty, off = defaults
    if block.activity is not None:
        return activities[block.activity]
    if spans is None:
        return duty
    if spans and spans[0].start_ms == 0:
        return shift_activity(block, spans[0], activities, duty)
    return off


def _queue(name: str, queue: TaskQueueBlock, names: Roster, *, multi_task: bool) -> QueueSpec:
    order = TaskOrder(queue.task_order)
    if multi_task:
        return QueueSpec(name, queue.max_reserved_workers, order)
    return QueueSpec(
        name,
        queue.max_reserved_workers,
        order,
        reservation_activity=_activity(queue.reservation_activity, RESERVED, names),
        assignment_activity=_activity(queue.assignment_activity, BUSY, names),
    )


def _activity(named: str | None, default: str, names: Roster) -> int:
    if named is not None:
        return names.activities[named]
    by_lower = {name.lower(): number for name, number in names.activities.items()}
    return by_lower[default.lower()]


def _worker(member: Member, names: Roster, attributes: int) -> WorkerSpec:
    plain = WorkerChannelBlock()
    settings = [member.block.channels.get(channel, plain) for channel in names.channels]
    return WorkerSpec(
        name=member.name,
        activity=member.activity,
        capacity=tuple(setting.capacity for setting in settings),
        channel_available=tuple(setting.available for setting in settings),
        attributes=attributes,
    )
