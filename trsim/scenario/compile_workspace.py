"""From a checked scenario to the workspace specification."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

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
from trsim.scenario.names import BUSY, RESERVED, all_activities, expanded_names
from trsim.scenario.schema import ScenarioBlock
from trsim.scenario.schema_people import WorkerBlock, WorkerChannelBlock
from trsim.scenario.schema_workspace import DEFAULT_CHANNELS, TaskQueueBlock
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

    def workers(self) -> dict[str, int]:
        """Return the numbers of the workers by name."""
        return _numbered(member.name for member in self.members)


def roster(scenario: ScenarioBlock, timeline: Timeline) -> Roster:
    """Return the numbers of all names of a scenario."""
    workspace = scenario.workspace
    named = all_activities(workspace.activities, multi_task=workspace.multi_task_enabled)
    activities = _numbered(named)
    available = tuple(named.values())
    duty = available.index(True)
    off = activities[workspace.default_activity]
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
    )


def workspace_spec(scenario: ScenarioBlock, names: Roster) -> WorkspaceSpec:
    """Return the specification of the workspace."""
    workspace = scenario.workspace
    rules = workspace.routing_rules
    return WorkspaceSpec(
        activities=tuple(
            ActivitySpec(name, available)
            for name, available in zip(names.activities, names.available, strict=True)
        ),
        channels=tuple(names.channels),
        queues=tuple(
            _queue(name, queue, names, multi_task=workspace.multi_task_enabled)
            for name, queue in scenario.task_queues.items()
        ),
        workflows=tuple(
            WorkflowSpec(name, workflow.task_reservation_timeout)
            for name, workflow in scenario.workflows.items()
        ),
        workers=tuple(_worker(member, names.channels) for member in names.members),
        timeout_activity=names.activities[workspace.timeout_activity],
        multi_task_enabled=workspace.multi_task_enabled,
        rules=RoutingRules(
            on_reservation_failure=FailureRule(rules.on_reservation_failure),
            idle_key=IdleKey(rules.idle_key),
            assignment_limit=rules.assignment_limit,
        ),
    )


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
    if multi_task:
        return QueueSpec(name, queue.max_reserved_workers)
    return QueueSpec(
        name,
        queue.max_reserved_workers,
        reservation_activity=_activity(queue.reservation_activity, RESERVED, names),
        assignment_activity=_activity(queue.assignment_activity, BUSY, names),
    )


def _activity(named: str | None, default: str, names: Roster) -> int:
    if named is not None:
        return names.activities[named]
    by_lower = {name.lower(): number for name, number in names.activities.items()}
    return by_lower[default.lower()]


def _worker(member: Member, channels: dict[str, int]) -> WorkerSpec:
    plain = WorkerChannelBlock()
    settings = [member.block.channels.get(channel, plain) for channel in channels]
    return WorkerSpec(
        name=member.name,
        activity=member.activity,
        capacity=tuple(setting.capacity for setting in settings),
        channel_available=tuple(setting.available for setting in settings),
    )
