"""What is legal in a scenario and probably not meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from trsim.errors import Problem
from trsim.routing.compiled import CompiledRouting
from trsim.scenario.compile_workspace import roster
from trsim.scenario.laws import distribution
from trsim.scenario.lint_documents import document_suspicions
from trsim.scenario.lint_findings import Finding, Suspicion, finding_at
from trsim.scenario.lint_routing import RoutingLint
from trsim.scenario.lint_times import too_late
from trsim.scenario.names import all_activities
from trsim.scenario.nodes import Node
from trsim.scenario.places import place_of
from trsim.scenario.problems import file_text, shown
from trsim.scenario.processes import mean_rate
from trsim.scenario.schema import ScenarioBlock
from trsim.scenario.schema_people import BehaviorBlock, WorkerChannelBlock
from trsim.scenario.timeline import Timeline
from trsim.world.plan import WorldPlan

_NEARLY_ONE = 1 - 2**-40


def warnings_of(
    scenario: ScenarioBlock, source: Node, routing: CompiledRouting, world: WorldPlan
) -> list[Problem]:
    """Return what is suspicious about a scenario, in the order of its places.

    The warnings of :func:`findings_of`, whole: a file that lies deep down cuts none of them off.
    """
    found = findings_of(scenario, source, routing, world)
    problems = [
        replace(finding.problem, file=file_text(finding.problem.file))
        for finding in found
        if finding.level == "warning"
    ]
    return sorted(problems, key=lambda p: (p.file, p.line, p.column, p.path))


def findings_of(
    scenario: ScenarioBlock, source: Node, routing: CompiledRouting, world: WorldPlan
) -> list[Finding]:
    """Return warnings and notes about a scenario, in the order of their places.

    Parameters
    ----------
    scenario : ScenarioBlock
        A scenario that has no problems.
    source : Node
        The same with places.
    routing : CompiledRouting
        Its routing.
    world : WorldPlan
        Its streams.
    """
    findings = []
    for one in _suspicions(scenario, source, routing, world):
        level = "note" if one.is_note else "warning"
        place = place_of(source, one.path)
        findings.append(finding_at(place, one.path, one.reason, level, one.rule))
    return sorted(findings, key=lambda finding: finding.place)


def _suspicions(
    scenario: ScenarioBlock, source: Node, routing: CompiledRouting, world: WorldPlan
) -> Iterator[Suspicion]:
    names = roster(scenario, Timeline(scenario))
    yield from document_suspicions(scenario, source)
    yield from RoutingLint(scenario, names, routing.plan, world).suspicions()
    yield from _away_for_good(scenario)
    yield from _overload(scenario)
    yield from too_late(scenario)
    yield from _idle_settings(scenario)


def _away_for_good(scenario: ScenarioBlock) -> Iterator[Suspicion]:
    """Workers who miss an offer and never come back (TaskRouter's own behavior)."""
    workspace = scenario.workspace
    activities = all_activities(workspace.activities, multi_task=workspace.multi_task_enabled)
    if activities[workspace.timeout_activity]:
        return
    offers_ms = [flow.task_reservation_timeout for flow in scenario.workflows.values()]
    offers_ms += [entry.task_reservation_timeout or offers_ms[0] for entry in scenario.timetable]
    shortest_ms = min(offers_ms)
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
            reason = (
                "a worker who misses an offer never comes back: there is no "
                f"return_delay.after_timeout, and {shown(workspace.timeout_activity)} is not "
                "available"
            )
            yield Suspicion(("behaviors", name), reason, "no-return-after-miss")


def _can_miss(behavior: BehaviorBlock, timeout_ms: int) -> bool:
    if behavior.no_answer_probability > 0 or any(a.no_answer for a in behavior.answers):
        return True
    law = behavior.answer_delay
    is_mixture = law.distribution == "mixture"
    return is_mixture or distribution(law).quantile(_NEARLY_ONE) * 1000 > timeout_ms


def _overload(scenario: ScenarioBlock) -> Iterator[Suspicion]:
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
            reason = (
                f"nobody gives up, and the offered load on {shown(channel)} is {offered:.4g} "
                f"erlang for {capacity} tasks at once: the queue grows without bound"
            )
            yield Suspicion(("tasks", first[channel]), reason, "unstable-load")


def _idle_settings(scenario: ScenarioBlock) -> Iterator[Suspicion]:
    """Settings that have no effect."""
    if not scenario.workspace.multi_task_enabled:
        return
    for name, queue in scenario.task_queues.items():
        for key in ("reservation_activity", "assignment_activity"):
            if getattr(queue, key) is not None:
                path = ("task_queues", name, key)
                reason = "has no effect while multi_task_enabled is true"
                yield Suspicion(path, reason, "idle-setting")
