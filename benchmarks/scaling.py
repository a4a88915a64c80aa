"""What a task costs among many workers, beside what it costs among few.

Usage, in the project's folder: ``python -m benchmarks.scaling [--tasks 20000] [--crowd 100]``

Runs workload W3 with 100 workers and with ``crowd`` times as many, arrivals scaled alike, in plain
queues, with a target expression, with one that looks at the workers' load, and with ``order_by``.
Prints the processor time of one further task in each (the difference between a long and a short
run, so that setting up many workers does not count), and the ratio.  The last line is the time
that one task takes that its only worker turns down until the limit of 1,000 assignments.
"""

from __future__ import annotations

import argparse
from functools import partial

from benchmarks.w3 import model, processor_seconds, run_trsim
from trsim.core.commands import CreateTask, RejectReservation, SetActivity
from trsim.core.workspace import Workspace
from trsim.errors import CommandError
from trsim.model import Model
from trsim.routing.router import WorkflowRouter

WISHES = {
    "plain queues": {},
    "target expression": {"expression": "task.skill IN worker.skills"},
    "expression on load": {
        "expression": "worker.channel.default.available_capacity_percentage == 100"
    },
    "order_by": {"order_by": "worker.level ASC"},
}


def task_seconds(tasks: int, crowd: int, wishes: dict[str, str]) -> float:
    """Return the processor time of one further task [s]."""
    spent = []
    for count in (tasks, 2 * tasks):
        compiled = model(count, crowd, **wishes)
        run_s, _ = processor_seconds(partial(run_trsim, compiled, 1))
        spent.append(run_s)
    return (spent[1] - spent[0]) / tasks


def ping_pong(compiled: Model) -> tuple[float, int]:
    """Return how long a task takes that is always turned down [s], and its assignments."""
    workspace = Workspace(compiled.spec, WorkflowRouter(compiled.routing), lambda row: None)
    for worker in range(1, len(compiled.spec.workers)):
        workspace.handle(SetActivity(worker, 1), 0)

    def refuse_until_the_end() -> int:
        workspace.handle(CreateTask(0, 0, 0), 0)
        offers = 0
        while True:
            try:
                workspace.handle(RejectReservation(offers), 0)
            except CommandError:
                return offers
            offers += 1

    return processor_seconds(refuse_until_the_end)


def main() -> None:
    """Run all kinds of targets, and print the comparison."""
    parser = argparse.ArgumentParser(description="what a task costs among many workers")
    parser.add_argument("--tasks", type=int, default=20_000)
    parser.add_argument("--crowd", type=int, default=100)
    options = parser.parse_args()
    for name, wishes in WISHES.items():
        few_s = task_seconds(options.tasks, 1, wishes)
        many_s = task_seconds(options.tasks, options.crowd, wishes)
        print(
            f"{name:20} {100:>7,} workers {1e6 * few_s:6.1f} µs a task"
            f" | {100 * options.crowd:>7,} workers {1e6 * many_s:6.1f} µs a task"
            f" | ratio {many_s / few_s:.2f}"
        )
    spent_s, offers = ping_pong(model(1))
    print(f"one task turned down {offers:,} times: {1e3 * spent_s:.1f} ms")


if __name__ == "__main__":
    main()
