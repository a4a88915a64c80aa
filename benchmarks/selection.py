"""How many replications a search for the best timeout takes, beside an equal allocation.

Usage, in the project's folder: ``python -m benchmarks.selection [--hours 24] [--points 0.1]``

Both promise the same for ``scenarios/support_desk.yaml``: of 12 reservation timeouts from 5 s to
90 s, the one with the least abandonment is found with probability 0.95, if it is better than all
others by so many percentage points.  The sequential search (KN++, common random numbers) drops
timeouts as soon as they are clearly worse.  The equal allocation (Clark and Yang 1986, common
random numbers as well) works out from the first stage, the same one, how many replications all
timeouts need.  The last line leaves out the timeout that was worst in the first stage, which varies
most, for the equal allocation only, as if one had known.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import trsim
from benchmarks.w3 import processor_seconds
from trsim.analysis.kpis import definition
from trsim.analysis.linear import contributions
from trsim.experiments.evaluate import Evaluator, Job
from trsim.experiments.figures import Figures
from trsim.experiments.run import Plan, plan
from trsim.search.sequential import FIRST_STAGE, Selection, equal_allocation

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


def print_ratio(name: str, candidates: int, each: int, used: int) -> None:
    """Print what an equal allocation needs, and what share of it the search has used."""
    total = candidates * each
    print(f"{name}: {each} of each, {total} in all; sequential: {used}, {used / total:.0%}")


def main() -> None:
    """Search, and print the comparison."""
    parser = argparse.ArgumentParser(description="replications of a search for a timeout")
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--points", type=float, default=0.1)
    options = parser.parse_args()
    selection = Selection(
        len(TIMEOUTS_S), indifference=options.points, confidence=CONFIDENCE, max_observations=600
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
    print_ratio("equal allocation", len(first), equal, selection.observations_used)
    first.remove(max(first, key=sum))
    fewer = equal_allocation(first, indifference=options.points, confidence=CONFIDENCE)
    print_ratio("without the worst timeout", len(first), fewer, selection.observations_used)


if __name__ == "__main__":
    main()
