"""The Model: a scenario compiled to what an engine runs.  Frozen and picklable."""

from __future__ import annotations

from dataclasses import dataclass

from trsim.core.spec import WorkspaceSpec
from trsim.routing.compiled import CompiledRouting
from trsim.world.plan import WorldPlan


@dataclass(frozen=True, slots=True)
class Prices:
    """What staff costs and what tasks are worth, in the scenario's own currency.

    Attributes
    ----------
    wages_per_s : tuple of (float or None)
        Wage of each worker [money/s], >= 0; None: not given.
    values : tuple of (float or None)
        What an assigned task of each stream is worth [money], >= 0; None: not given.
    abandonment_costs : tuple of (float or None)
        What each hang-up of a stream costs [money], >= 0; None: not given.
    """

    wages_per_s: tuple[float | None, ...] = ()
    values: tuple[float | None, ...] = ()
    abandonment_costs: tuple[float | None, ...] = ()


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
    prices: Prices = Prices()
    """Used by the figures of cost alone; no run depends on it."""
