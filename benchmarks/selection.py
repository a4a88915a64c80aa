"""How many replications a search for the best timeout takes, beside an equal allocation.

Usage, in the project's folder: ``python -m benchmarks.selection [--hours 24] [--points 0.3]``

Both promise the same for ``scenarios/support_desk.yaml``: of 12 reservation timeouts from 5 s to
90 s, the one with the least abandonment is found with probability 0.95, if it is better than all
others by so many percentage points.  The sequential search (KN++, common random numbers) drops
timeouts as soon as they are clearly worse.  The equal allocation (Clark and Yang 1986, common
random numbers as well) works out from the first stage, the same one, how many replications all
timeouts need; the last line gives it the 0.75 quantile of the pairs' variances and knowledge of
them, which no procedure has.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from statistics import NormalDist

import numpy as np

import trsim
from benchmarks.w3 import processor_seconds
from trsim.analysis.kpis import definition
from trsim.analysis.linear import contributions
from trsim.experiments.evaluate import Evaluator, Job
from trsim.experiments.figures import Figures
from trsim.experiments.run import Plan, plan
from trsim.search.sequential import FIRST_STAGE, Selection, equal_allocation, paired_variances

SCENARIO = Path(__file__).parents[1] / "scenarios" / "support_desk.yaml"
TIMEOUT = "workflows.front_door.task_reservation_timeout"
TIMEOUTS_S = [round(5 + 85 * step / 11) for step in range(12)]
KPI = "abandonment"
CONFIDENCE = 0.95


def plans(hours: float) -> list[Plan]:
    """Return what is run, one plan a timeout."""
    scenario = trsim.load_scenario(SCENARIO)
    models = [scenario.replace({TIMEOUT: f"{timeout}s"}).compile() for timeout in TIMEOUTS_S]
    return [plan(model, None, 3600 * hours) for model in models]


def percent(figures: Sequence[Figures]) -> list[float]:
    """Return the contributions of replications to the abandonment [percentage points]."""
    fractions = [each.fraction(KPI) for each in figures]
    return [100 * each for each in contributions(definition(KPI).kind, fractions)]


def search(settings: Sequence[Plan], selection: Selection) -> list[list[Figures]]:
    """Drive a search to its end, and return the replications of every setting."""
    evaluator = Evaluator()
    known: list[list[Figures]] = [[] for _ in settings]
    while (ask := selection.ask()) is not None:
        for candidate, wanted in ask.replications.items():
            figures = known[candidate]
            jobs = [Job(settings[candidate], number) for number in range(len(figures), wanted)]
            figures += evaluator.evaluate(jobs)
            selection.tell(candidate, percent(figures))
    return known


def main() -> None:
    """Search, and print the comparison."""
    parser = argparse.ArgumentParser(description="replications of a search for a timeout")
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--points", type=float, default=0.3)
    options = parser.parse_args()
    selection = Selection(
        len(TIMEOUTS_S), indifference=options.points, confidence=CONFIDENCE, max_observations=2_000
    )
    settings = plans(options.hours)
    spent_s, known = processor_seconds(lambda: search(settings, selection))
    for candidate, timeout in enumerate(TIMEOUTS_S):
        values = percent(known[candidate])
        at = selection.eliminated_at.get(candidate)
        fate = f"dropped after {at}" if at else "left"
        print(f"{timeout:3} s  abandonment {np.mean(values):6.3f} %  n {len(values):3}  {fate}")
    print(
        f"{selection.outcome.value}: {TIMEOUTS_S[selection.best]} s, {spent_s:.0f} s of processor"
    )
    first = [percent(figures[:FIRST_STAGE]) for figures in known]
    equal = equal_allocation(first, indifference=options.points, confidence=CONFIDENCE)
    pairs = paired_variances(np.array(first))[np.triu_indices(len(first), 1)]
    z = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / (len(first) - 1))
    favored = int(np.ceil(z**2 * np.quantile(pairs, 0.75) / options.points**2))
    used = selection.observations_used
    for name, each in (("equal allocation", equal), ("equal allocation, favored", favored)):
        total = len(TIMEOUTS_S) * each
        print(f"{name}: {each} of each, {total} in all; sequential: {used}, {used / total:.0%}")


if __name__ == "__main__":
    main()
