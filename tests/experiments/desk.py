"""A small model, put together by hand: two workers, one queue, calls that give up."""

from __future__ import annotations

from trsim.core.spec import (
    ActivitySpec,
    ChannelSpec,
    QueueSpec,
    WorkerSpec,
    WorkflowSpec,
    WorkspaceSpec,
)
from trsim.model import Model
from trsim.routing.compiled import compile_routing
from trsim.routing.expressions import Scope, parse_expression
from trsim.routing.plan import RoutingPlan
from trsim.routing.workflow_reader import read_workflow
from trsim.world.arrivals import PoissonArrivals
from trsim.world.distributions import Exponential
from trsim.world.plan import BehaviorPlan, StreamPlan, WorkerPlan, WorldPlan

SPEC = WorkspaceSpec(
    activities=(ActivitySpec("Available", True), ActivitySpec("Missed", False)),
    channels=(ChannelSpec("voice"),),
    queues=(QueueSpec("support"),),
    workflows=(WorkflowSpec("front_door", reservation_timeout_ms=15_000),),
    workers=(WorkerSpec("Ann", 0, (1,), (True,)), WorkerSpec("Bob", 0, (1,), (True,))),
    timeout_activity=1,
)


def desk(horizon_ms: int = 3_600_000, warm_up_ms: int = 600_000, replications: int = 3) -> Model:
    document, problems = read_workflow(
        {"task_routing": {"default_filter": {"queue": "support"}}}, {"support": 0}
    )
    assert document is not None
    assert not problems
    attribute_sets = ({"product": "billing"},)
    plan = RoutingPlan(
        configurations=(document,),
        configuration_names=("front_door",),
        queue_expressions=(parse_expression("1==1", Scope.WORKER),),
        attribute_sets=attribute_sets,
        worker_attribute_sets=({},),
    )
    return Model(
        name="Desk",
        spec=SPEC,
        routing=compile_routing(SPEC, plan),
        world=WorldPlan(
            streams=(
                StreamPlan(
                    name="calls",
                    workflow=0,
                    channel=0,
                    arrivals=PoissonArrivals(((0, 1 / 60),)),
                    talk_time=Exponential(mean=60.0),
                    attribute_sets=(0,),
                    attribute_weights=(1.0,),
                    wrap_up_time=Exponential(mean=10.0),
                    patience=Exponential(mean=90.0),
                ),
            ),
            behaviors=(
                BehaviorPlan(
                    name="phone",
                    answer_delay=Exponential(mean=5.0),
                    no_answer_probability=0.1,
                    reject_probability=0.05,
                    after_timeout=Exponential(mean=120.0),
                ),
            ),
            workers=(WorkerPlan("Ann", 0, 0), WorkerPlan("Bob", 0, 0)),
        ),
        horizon_ms=horizon_ms,
        warm_up_ms=warm_up_ms,
        seed=7,
        replications=replications,
        digest="0" * 64,
    )
