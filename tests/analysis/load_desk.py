"""A desk with as much work as one likes: Poisson calls, exponential talk, all workers alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from trsim.analysis.results import Result
from trsim.analysis.trust_kinds import Caveat, Doubt
from trsim.core.spec import (
    ActivitySpec,
    ChannelSpec,
    QueueSpec,
    WorkerSpec,
    WorkflowSpec,
    WorkspaceSpec,
)
from trsim.experiments.run import run
from trsim.model import Model
from trsim.routing.compiled import compile_routing
from trsim.routing.expressions import Scope, parse_expression
from trsim.routing.plan import RoutingPlan
from trsim.routing.workflow_reader import read_workflow
from trsim.world.arrivals import ArrivalProcess, PoissonArrivals
from trsim.world.distributions import Constant, Exponential
from trsim.world.plan import BehaviorPlan, Shift, StreamPlan, WorkerPlan, WorldPlan

TALK_S = 300.0
HOUR_MS = 3_600_000
Spans = tuple[tuple[float, float], ...] | None


def constant(load: float, workers: int) -> PoissonArrivals:
    """Return arrivals that keep so many workers busy for some share of their time."""
    return PoissonArrivals(((0, load * workers / TALK_S),))


def desk(
    arrivals: ArrivalProcess,
    workers: int,
    hours: float,
    *,
    warm_up_h: float = 0,
    patience_s: float | None = None,
    shifts_h: Spans = None,
) -> Model:
    """Return a model of M/M/c, if the arrivals are Poisson and nothing else is given."""
    spec = WorkspaceSpec(
        activities=(ActivitySpec("Available", True), ActivitySpec("Offline", False)),
        channels=(ChannelSpec("voice"),),
        queues=(QueueSpec("support"),),
        workflows=(WorkflowSpec("front_door", reservation_timeout_ms=15_000),),
        workers=tuple(
            WorkerSpec(f"worker {n}", int(shifts_h is not None), (1,), (True,))
            for n in range(workers)
        ),
        timeout_activity=1,
    )
    document, problems = read_workflow(
        {"task_routing": {"default_filter": {"queue": "support"}}}, {"support": 0}
    )
    assert document is not None
    assert not problems
    plan = RoutingPlan(
        configurations=(document,),
        configuration_names=("front_door",),
        queue_expressions=(parse_expression("1==1", Scope.WORKER),),
        attribute_sets=({},),
        worker_attribute_sets=({},),
    )
    calls = StreamPlan(
        name="calls",
        workflow=0,
        channel=0,
        arrivals=arrivals,
        talk_time=Exponential(mean=TALK_S),
        attribute_sets=(0,),
        attribute_weights=(1.0,),
        patience=None if patience_s is None else Exponential(mean=patience_s),
    )
    shifts = None
    if shifts_h is not None:
        shifts = tuple(Shift(round(a * HOUR_MS), round(b * HOUR_MS), 0) for a, b in shifts_h)
    world = WorldPlan(
        streams=(calls,),
        behaviors=(BehaviorPlan("at once", Constant(0.0)),),
        workers=tuple(WorkerPlan("all", n, 0, shifts, 0, 1) for n in range(workers)),
    )
    return Model(
        name="Desk",
        spec=spec,
        routing=compile_routing(spec, plan),
        world=world,
        horizon_ms=round(hours * HOUR_MS),
        warm_up_ms=round(warm_up_h * HOUR_MS),
    )


def runs(model: Model, seeds: int) -> Iterator[Result]:
    """Run a model with the seeds 0, 1, …"""
    return (run(model, seed=seed) for seed in range(seeds))


def found(result: Result, doubt: Doubt) -> list[Caveat]:
    return [caveat for caveat in result.run_caveats if caveat.doubt is doubt]


def rates(model: Model, seeds: int) -> dict[Doubt, float]:
    """Return the share of runs with each doubt that any of them has."""
    counts = Counter(caveat.doubt for result in runs(model, seeds) for caveat in result.run_caveats)
    return {doubt: count / seeds for doubt, count in counts.items()}
