"""From a checked scenario to a model: names become numbers, clock times milliseconds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trsim.model import Model
from trsim.routing.router import CompiledRouting, compile_routing
from trsim.scenario.compile_workspace import Roster, roster, workspace_spec
from trsim.scenario.compile_world import AttributeTable, world_plan
from trsim.scenario.documents import documents, queue_expression
from trsim.scenario.lint import warnings_of
from trsim.scenario.nodes import Node
from trsim.scenario.schema import ScenarioBlock
from trsim.scenario.timeline import Timeline


def compile_scenario(scenario: ScenarioBlock, source: Node, digest: str) -> Model:
    """Return the model of a scenario that has no problems.

    Parameters
    ----------
    scenario : ScenarioBlock
        What it says.
    source : Node
        The same with places, for warnings.
    digest : str
        SHA-256 of what it says.
    """
    timeline = Timeline(scenario)
    names = roster(scenario, timeline)
    table = AttributeTable()
    world = world_plan(scenario, names, timeline, table)
    spec = workspace_spec(scenario, names)
    routing: CompiledRouting = compile_routing(
        spec,
        tuple(documents(source)),
        tuple(queue_expression(queue.target_workers) for queue in scenario.task_queues.values()),
        tuple(_worker_attributes(names)),
        tuple(table.sets),
    )
    assert not timeline.problems, f"instants are checked on loading: {timeline.problems}"
    warnings = warnings_of(scenario, source, routing, world)
    return Model(
        name=scenario.name,
        spec=spec,
        routing=routing,
        world=world,
        attribute_sets=tuple(table.sets),
        horizon_ms=scenario.horizon,
        warm_up_ms=scenario.warm_up,
        seed=scenario.seed,
        replications=scenario.replications,
        start=None if scenario.start is None else scenario.start.local.isoformat(),
        service_level_threshold_ms=scenario.kpis.service_level_threshold,
        service_level_definition=scenario.kpis.service_level_definition,
        goals=tuple(scenario.goals.items()),
        digest=digest,
        warnings=tuple(str(warning) for warning in warnings),
    )


def _worker_attributes(names: Roster) -> Iterator[Mapping[str, object]]:
    """Yield what queue expressions can see of each worker; attributes lie over the extras."""
    activities = list(names.activities)
    for number, member in enumerate(names.members):
        yield {
            "sid": f"WK{number:032x}",
            "friendly_name": member.name,
            "activity_sid": f"WA{member.activity:032x}",
            "activity_name": activities[member.activity],
            **member.block.attributes,
        }
