"""What is legal in a scenario and probably not meant."""

from __future__ import annotations

import math
from collections.abc import Iterator

from trsim.errors import Problem
from trsim.routing.router import CompiledRouting
from trsim.scenario.documents import document_warnings
from trsim.scenario.laws import distribution
from trsim.scenario.lint_times import too_late
from trsim.scenario.names import all_activities
from trsim.scenario.nodes import Node
from trsim.scenario.places import place_of
from trsim.scenario.problems import Path, problem_at, shown
from trsim.scenario.processes import mean_rate
from trsim.scenario.schema import ScenarioBlock
from trsim.scenario.schema_people import BehaviorBlock, WorkerChannelBlock
from trsim.scenario.timeline import Timeline
from trsim.world.plan import WorldPlan

_NEARLY_ONE = 1 - 2**-40
_CERTAIN = 1e-9


def warnings_of(
    scenario: ScenarioBlock, source: Node, routing: CompiledRouting, world: WorldPlan
) -> list[Problem]:
    """Return what is suspicious about a scenario, in the order of its places."""
    warnings = list(document_warnings(source))
    for path, reason in (
        *_away_for_good(scenario),
        *_refused(scenario, routing, world),
        *_unserved(scenario, routing),
        *_overload(scenario),
        *too_late(scenario),
        *_idle_settings(scenario),
    ):
        warnings.append(problem_at(place_of(source, path), path, reason))
    return sorted(warnings, key=lambda p: (p.file, p.line, p.column, p.path))


def _away_for_good(scenario: ScenarioBlock) -> Iterator[tuple[Path, str]]:
    """Workers who miss an offer and never come back (TaskRouter's own behavior)."""
    workspace = scenario.workspace
    activities = all_activities(workspace.activities, multi_task=workspace.multi_task_enabled)
    if activities[workspace.timeout_activity]:
        return
    shortest_ms = min(flow.task_reservation_timeout for flow in scenario.workflows.values())
    brought_back = {
        entry.worker
        for entry in scenario.timetable
        if entry.worker is not None and activities.get(entry.activity or "", False)
    }
    left_alone = {
        worker.behavior for name, worker in scenario.workers.items() if name not in brought_back
    }
    for name, behavior in scenario.behaviors.items():
        if (
            name in left_alone
            and behavior.return_delay.after_timeout is None
            and _can_miss(behavior, shortest_ms)
        ):
            yield (
                ("behaviors", name),
                "a worker who misses an offer never comes back: there is no "
                f"return_delay.after_timeout, and {shown(workspace.timeout_activity)} is not "
                "available",
            )


def _can_miss(behavior: BehaviorBlock, timeout_ms: int) -> bool:
    if behavior.no_answer_probability > 0 or any(a.no_answer for a in behavior.answers):
        return True
    law = behavior.answer_delay
    is_mixture = law.distribution == "mixture"
    return is_mixture or distribution(law).quantile(_NEARLY_ONE) * 1000 > timeout_ms


def _refused(
    scenario: ScenarioBlock, routing: CompiledRouting, world: WorldPlan
) -> Iterator[tuple[Path, str]]:
    """Streams with tasks that no filter takes."""
    for name, stream in zip(scenario.tasks, world.streams, strict=True):
        workflow = routing.workflows[stream.workflow]
        if workflow.default_step is not None:
            continue
        matching = [rule.expression for rule in workflow.filters]
        lost = math.fsum(
            weight
            for number, weight in zip(stream.attribute_sets, stream.attribute_weights, strict=True)
            if not any(rule.matches(routing.attribute_sets[number]) for rule in matching)
        )
        if lost > _CERTAIN:
            share = "all" if lost > 1 - _CERTAIN else f"{lost:.3g}"
            yield (
                ("tasks", name),
                f"{share} of its tasks are refused: no filter of the workflow matches, and it has "
                "no default_filter",
            )


def _unserved(scenario: ScenarioBlock, routing: CompiledRouting) -> Iterator[tuple[Path, str]]:
    """Queues that nobody serves."""
    used = set(routing.step_queue)
    for number, (name, members) in enumerate(
        zip(scenario.task_queues, routing.queue_members, strict=True)
    ):
        if not members:
            more = "" if number in used else ", and no workflow uses it"
            yield ("task_queues", name), f"no worker is eligible for this queue{more}"


def _overload(scenario: ScenarioBlock) -> Iterator[tuple[Path, str]]:
    """Channels on which more work arrives than workers can do, and nobody gives up."""
    timeline = Timeline(scenario)
    load: dict[str, float] = {}
    first: dict[str, str] = {}
    for name, stream in scenario.tasks.items():
        if stream.patience is None and stream.talk_time is not None:
            handle_s = distribution(stream.talk_time).mean
            if stream.wrap_up_time is not None:
                handle_s += distribution(stream.wrap_up_time).mean
            channel = stream.task_channel
            rate = mean_rate(stream.arrivals, timeline)
            load[channel] = load.get(channel, 0.0) + (rate * handle_s if rate > 0 else 0.0)
            first.setdefault(channel, name)
    plain = WorkerChannelBlock()
    for channel, offered in load.items():
        capacity = 0
        for worker in scenario.workers.values():
            setting = worker.channels.get(channel, plain)
            capacity += (worker.count or 1) * (setting.capacity if setting.available else 0)
        if offered > 0 and offered >= capacity:
            yield (
                ("tasks", first[channel]),
                f"nobody gives up, and the offered load on {shown(channel)} is {offered:.4g} "
                f"erlang for {capacity} tasks at once: the queue grows without bound",
            )


def _idle_settings(scenario: ScenarioBlock) -> Iterator[tuple[Path, str]]:
    """Settings that have no effect."""
    if not scenario.workspace.multi_task_enabled:
        return
    for name, queue in scenario.task_queues.items():
        for key in ("reservation_activity", "assignment_activity"):
            if getattr(queue, key) is not None:
                yield ("task_queues", name, key), "has no effect while multi_task_enabled is true"
