"""How much common random numbers help to tell two settings apart.

Usage, in the project's folder: ``python -m benchmarks.common_numbers [--replications 60]``

Compares the support desk with its reservation timeout and with one that is ten seconds longer,
once with the same seed and once with independent ones, and prints for abandonment, service level
and mean wait how many times smaller the variance of the difference is with the same seed.

The variance is that of the estimator: the squared standard error of the difference, from the
jackknife over pairs of replications.  Independent seeds are paired as well, which costs them
nothing: the expectation of that variance does not depend on which replications are paired.
"""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from trsim.analysis.intervals import t_quantile
from trsim.analysis.kpis import definition
from trsim.analysis.paired import paired_difference
from trsim.analysis.study import Study
from trsim.experiments.evaluate import Evaluator, Job
from trsim.experiments.figures import study_of
from trsim.experiments.run import plan
from trsim.parallel.choice import backend_for
from trsim.scenario.load import load_scenario

SCENARIO = Path(__file__).parents[1] / "scenarios" / "support_desk.yaml"
TIMEOUT = "workflows.front_door.task_reservation_timeout"
SECONDS = (20, 30)
SEED, OTHER_SEED = 7, 1_007
KPIS = ("abandonment", "service_level", "mean_wait")


def replicated(replications: int, processes: int) -> tuple[Study, Study, Study]:
    """Return the base, the other setting with the same seed, and that with another seed."""
    scenario = load_scenario(SCENARIO)
    base, other = (scenario.replace({TIMEOUT: f"{each}s"}).compile() for each in SECONDS)
    plans = [plan(base, SEED, None), plan(other, SEED, None), plan(other, OTHER_SEED, None)]
    jobs = [Job(each, number) for each in plans for number in range(replications)]
    with closing(backend_for(processes, None)) as backend:
        figures = iter(Evaluator(backend=backend).evaluate(jobs))
    first, common, independent = (
        study_of(each, [next(figures) for _ in range(replications)]) for each in plans
    )
    return first, common, independent


def half_width(kpi: str, first: Study, second: Study) -> tuple[float, float]:
    """Return the difference of a KPI and the half-width of its 95 % interval."""
    found = paired_difference(definition(kpi).kind, first.fractions(kpi), second.fractions(kpi))
    assert found.estimate is not None
    assert found.half_width is not None
    return found.estimate, found.half_width


def main() -> None:
    """Run both and print the ratios."""
    parser = argparse.ArgumentParser(description="What common random numbers save")
    parser.add_argument("--replications", type=int, default=60)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    n: int = options.replications
    first, common, independent = replicated(n, options.processes)
    print(
        f"{first.provenance.name}: reservation timeout {SECONDS[1]} s instead of {SECONDS[0]} s, "
        f"{n} replications; differences ± 95 % half-widths (t = {t_quantile(0.95, n - 1):.3f})"
    )
    for kpi in KPIS:
        share = definition(kpi).unit == "share"
        scale, unit = (100, "pp") if share else (1, "s")
        (same, narrow), (apart, wide) = (
            half_width(kpi, first, each) for each in (common, independent)
        )
        print(
            f"{kpi:13}  same seed {scale * same:+7.3f} ± {scale * narrow:.3f} {unit}"
            f"  independent seeds {scale * apart:+7.3f} ± {scale * wide:.3f} {unit}"
            f"  variance {(wide / narrow) ** 2:5.1f} times smaller"
        )


if __name__ == "__main__":
    main()
