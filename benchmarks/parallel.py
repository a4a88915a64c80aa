"""32 replications in four processes beside the same ones in this process, in one run.

Usage, in the project's folder: ``python -m benchmarks.parallel [--tasks 5000] [--rounds 3]``

Prints seconds of wall clock of both and their ratio (median over the rounds, each of which does
both).  The processes are started before the clock: an experiment starts them once.  Processor time
cannot show this, so it needs an idle machine with at least as many cores as processes.
"""

from __future__ import annotations

import argparse
import statistics
import time
from contextlib import closing

from benchmarks.w3 import model
from trsim.experiments.evaluate import Evaluator, Job
from trsim.experiments.run import plan
from trsim.model import Model
from trsim.parallel.processes import Processes, cores


def main() -> None:
    """Do both, round by round, and print the comparison."""
    parser = argparse.ArgumentParser(description="speed-up of several processes")
    parser.add_argument("--tasks", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--replications", type=int, default=32)
    parser.add_argument("--processes", type=int, default=4)
    options = parser.parse_args()
    if cores() < options.processes:
        print(f"this machine has only {cores()} cores for {options.processes} processes")
    compiled = model(options.tasks)
    ratios = []
    with closing(Processes(options.processes)) as backend:
        several = Evaluator(backend=backend)
        # The processes start, and import what they need.
        several.evaluate(_jobs(compiled, 0, 2 * options.processes))
        for seed in range(1, options.rounds + 1):
            jobs = _jobs(compiled, seed, options.replications)
            begin_s = time.perf_counter()
            side_by_side = several.evaluate(jobs)
            middle_s = time.perf_counter()
            one_by_one = Evaluator().evaluate(jobs)
            end_s = time.perf_counter()
            assert side_by_side == one_by_one, "the same figures, wherever they come from"
            ratios.append((end_s - middle_s) / (middle_s - begin_s))
            print(
                f"round {seed}: one process {end_s - middle_s:.2f} s,"
                f" {options.processes} processes {middle_s - begin_s:.2f} s,"
                f" ratio {ratios[-1]:.2f}"
            )
    print(
        f"speed-up of {options.replications} replications in {options.processes} processes:"
        f" {statistics.median(ratios):.2f}"
    )


def _jobs(compiled: Model, seed: int, n: int) -> list[Job]:
    planned = plan(compiled, seed, None)
    return [Job(planned, number) for number in range(n)]


if __name__ == "__main__":
    main()
