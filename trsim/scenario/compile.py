"""From a checked scenario to a model: names become numbers, clock times milliseconds."""

from __future__ import annotations

from trsim.model import Model, Prices
from trsim.routing.compiled import compile_routing
from trsim.scenario.compile_routing import RoutingTables
from trsim.scenario.compile_workspace import Roster, roster, workspace_spec
from trsim.scenario.compile_world import world_plan
from trsim.scenario.documents import documents
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
    tables = RoutingTables(scenario, documents(source))
    # Workers' sets first: those of the timetable are numbered after them.
    spec = workspace_spec(scenario, names, tables.workers.number)
    world = world_plan(scenario, names, timeline, tables)
    routing = compile_routing(spec, tables.plan(names))
    assert not timeline.problems, f"instants are checked on loading: {timeline.problems}"
    warnings = warnings_of(scenario, source, routing, world)
    return Model(
        name=scenario.name,
        spec=spec,
        routing=routing,
        world=world,
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
        prices=_prices(scenario, names),
    )


def _prices(scenario: ScenarioBlock, names: Roster) -> Prices:
    return Prices(
        wages_per_s=tuple(member.block.wage for member in names.members),
        values=tuple(stream.value for stream in scenario.tasks.values()),
        abandonment_costs=tuple(stream.abandonment_cost for stream in scenario.tasks.values()),
    )
