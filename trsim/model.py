"""The Model: a scenario compiled to what an engine runs.  Frozen and picklable."""

from __future__ import annotations

from dataclasses import dataclass

from trsim.core.spec import WorkspaceSpec
from trsim.routing.compiled import CompiledRouting
from trsim.world.plan import WorldPlan


@dataclass(frozen=True, slots=True)
class Model:
    """Specification, routing and world of one scenario, with nothing left to interpret."""

    name: str
    spec: WorkspaceSpec
    routing: CompiledRouting
    """Filters, targets and queues; with the plan it was made from, attribute sets included."""
    world: WorldPlan
    horizon_ms: int
    """The simulated span is [0, horizon) [ms]."""
    warm_up_ms: int = 0
    """Tasks created earlier are left out of the KPIs [ms]."""
    seed: int = 0
    replications: int = 1
    start: str | None = None
    """Wall-clock label of time 0, ISO 8601."""
    service_level_threshold_ms: int = 20_000
    service_level_definition: str = "offered"
    goals: tuple[tuple[str, str], ...] = ()
    """Pairs of KPI name and condition, for example ``("service_level", ">= 80%")``."""
    digest: str = ""
    """SHA-256 of the scenario as used, for provenance."""
    warnings: tuple[str, ...] = ()
    """What the loader found suspicious, with places."""
