"""Workload W3 on trsim's engine and on an idiomatic SimPy model, in one run.

Usage, in the project's folder: ``python -m benchmarks.w3 [--tasks 30000] [--rounds 5]``

Prints tasks per processor second of both and their ratio (median over the rounds, each of which
runs both), and what both say of the model, to show that they model the same.  The idiomatic model
keeps no log; trsim writes its full event log.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import numpy as np

from benchmarks import idiomatic_simpy as peer
from trsim.core.events import EventType
from trsim.core.spec import (
    ActivitySpec,
    ChannelSpec,
    IdleKey,
    QueueSpec,
    RoutingRules,
    WorkerSpec,
    WorkflowSpec,
    WorkspaceSpec,
)
from trsim.core.states import Reason
from trsim.drivers.simpy_driver import simulate
from trsim.eventlog import EventLog
from trsim.experiments.run import names_of
from trsim.model import Model
from trsim.routing.compiled import compile_routing
from trsim.routing.expressions import Scope, parse_expression
from trsim.routing.plan import RoutingPlan
from trsim.routing.workflow_reader import read_workflow
from trsim.world.arrivals import PoissonArrivals
from trsim.world.distributions import Exponential
from trsim.world.plan import BehaviorPlan, StreamPlan, WorkerPlan, WorldPlan

T = TypeVar("T")
AVAILABLE, AWAY = 0, 1
KINDS = [("A", "B"), ("A",), ("B",)]
SKILLS = [KINDS[0]] * 70 + [KINDS[1]] * 15 + [KINDS[2]] * 15


def model(tasks: int, crowd: int = 1, **wishes: str) -> Model:
    """Return W3 as a model whose horizon sees about ``tasks`` arrivals.

    Parameters
    ----------
    tasks : int
        Expected number of tasks.
    crowd : int
        Workers and arrivals are this many times those of W3.
    **wishes : str
        Further keys of every target, such as ``order_by``.
    """
    skills_of = SKILLS * crowd
    activities = (ActivitySpec("Available", available=True), ActivitySpec("Away", available=False))
    spec = WorkspaceSpec(
        activities=activities,
        channels=(ChannelSpec("default"),),
        queues=(QueueSpec("A"), QueueSpec("B")),
        workflows=(WorkflowSpec("front_door", int(peer.TIMEOUT * 1000)),),
        workers=tuple(
            WorkerSpec(f"worker-{i}", AVAILABLE, (1,), (True,), attributes=KINDS.index(skills))
            for i, skills in enumerate(skills_of)
        ),
        timeout_activity=AWAY,
        rules=RoutingRules(idle_key=IdleKey.SINCE_FREE),
    )
    sets = [{"skill": skill, "high": high} for skill in "AB" for high in (True, False)]
    filters = [
        {
            "expression": f"skill == '{kind['skill']}' AND high == {str(kind['high']).lower()}",
            "targets": [{"queue": kind["skill"], "priority": int(bool(kind["high"])), **wishes}],
        }
        for kind in sets
    ]
    document, problems = read_workflow({"task_routing": {"filters": filters}}, {"A": 0, "B": 1})
    assert document is not None, problems
    plan = RoutingPlan(
        configurations=(document,),
        configuration_names=("front_door",),
        queue_expressions=tuple(
            parse_expression(f"skills HAS '{skill}'", Scope.WORKER) for skill in "AB"
        ),
        attribute_sets=tuple(sets),
        worker_attribute_sets=tuple(
            {"skills": list(skills), "level": len(skills)} for skills in KINDS
        ),
    )
    high = peer.HIGH_PRIORITY_SHARE / 2
    stream = StreamPlan(
        name="calls",
        workflow=0,
        channel=0,
        arrivals=PoissonArrivals(pieces=((0, crowd * peer.ARRIVAL_RATE),)),
        talk_time=Exponential(peer.MEAN_TALK),
        wrap_up_time=Exponential(peer.MEAN_WRAP_UP),
        patience=Exponential(peer.MEAN_PATIENCE),
        attribute_sets=(0, 1, 2, 3),
        attribute_weights=(high, 0.5 - high, high, 0.5 - high),
    )
    behavior = BehaviorPlan(
        name="desk",
        answer_delay=Exponential(peer.MEAN_ANSWER),
        no_answer_probability=peer.NO_ANSWER,
        reject_probability=peer.REJECT,
        after_timeout=Exponential(peer.MEAN_AWAY),
    )
    workers = tuple(
        WorkerPlan("worker", i, 0, duty_activity=AVAILABLE, off_activity=AWAY)
        for i in range(len(skills_of))
    )
    return Model(
        name="W3",
        spec=spec,
        routing=compile_routing(spec, plan),
        world=WorldPlan((stream,), (behavior,), workers),
        horizon_ms=int(1000 * tasks / (crowd * peer.ARRIVAL_RATE)),
    )


def processor_seconds(work: Callable[[], T]) -> tuple[float, T]:
    """Return the processor time that a call takes [s], and its result."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def run_trsim(compiled: Model, seed: int) -> EventLog:
    """Run trsim's engine once and return its full log."""
    log = EventLog(names_of(compiled))
    simulate(compiled, log, seed=seed)
    return log


def describe(log: EventLog) -> tuple[float, float, float]:
    """Return mean wait [s], share abandoned and reservations a task of a log."""
    event, task, at_ms = log.column("event"), log.column("task"), log.column("at_ms")
    created_ms = np.zeros(int(task.max()) + 1, dtype=np.int64)
    created = event == EventType.TASK_CREATED
    created_ms[task[created]] = at_ms[created]
    hung_up = (event == EventType.TASK_CANCELED) & (log.column("reason") == Reason.HANGUP)
    ended = (event == EventType.RESERVATION_ACCEPTED) | hung_up
    waits = at_ms[ended] - created_ms[task[ended]]
    offers = int((event == EventType.RESERVATION_CREATED).sum())
    count = int(created.sum())
    return float(waits.mean()) / 1000, float(hung_up.sum()) / count, offers / count


def main() -> None:
    """Run both, round by round, and print the comparison."""
    parser = argparse.ArgumentParser(description="W3: trsim beside idiomatic SimPy")
    parser.add_argument("--tasks", type=int, default=30_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    ratios = []
    compiled = model(options.tasks)
    for seed in range(1, options.rounds + 1):
        our_s, log = processor_seconds(partial(run_trsim, compiled, seed))
        their_s, centre = processor_seconds(partial(peer.run, options.tasks, seed))
        created = int((log.column("event") == EventType.TASK_CREATED).sum())
        ours, theirs = created / our_s, options.tasks / their_s
        ratios.append(ours / theirs)
        wait_s, abandoned, offers = describe(log)
        their_wait_s = sum(centre.waits) / len(centre.waits)
        print(
            f"round {seed}: trsim {ours:7,.0f} tasks/s, SimPy {theirs:7,.0f} tasks/s"
            f" | mean wait {wait_s:.2f} and {their_wait_s:.2f} s"
            f" | abandoned {abandoned:.2%} and {centre.abandoned / options.tasks:.2%}"
            f" | offers a task {offers:.3f} and {centre.reservations / options.tasks:.3f}"
            f" | {len(log) / created:.1f} rows a task"
        )
    ratio = statistics.median(ratios)
    print(f"ratio of tasks per processor second, trsim to idiomatic SimPy: {ratio:.2f}")


if __name__ == "__main__":
    main()
