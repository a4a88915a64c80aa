"""Two or more settings on the same customers, to a Comparison."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trsim.analysis.comparison import Comparison, check_comparable
from trsim.errors import UsageError
from trsim.experiments.evaluate import Evaluator, Job
from trsim.experiments.figures import study_of
from trsim.experiments.run import Plan, plan, whole_number
from trsim.model import Model

FEWEST: Final = 10
"""So many replications are made of each setting if nobody says how many.

A scenario that is made to be looked at asks for one run, and one pair tells nothing of chance.
With ten the half-width of an interval is uncertain by a quarter itself, which is enough to see
what is large; precision is had by asking for more.
"""


def compare(
    settings: Mapping[str, Model],
    *,
    replications: int | None = None,
    seed: int | None = None,
    until_s: float | None = None,
    evaluator: Evaluator | None = None,
) -> Comparison:
    """Simulate settings with the same draws and return them side by side.

    Parameters
    ----------
    settings : mapping of str to Model
        Two compiled scenarios at least, by names of your own; the first is the base with which
        the others are compared.
    replications : int, optional
        Of each setting, >= 1; left out: as the base says, but at least 10.
    seed : int, optional
        Root seed of all settings, >= 0; left out: the base's.
    until_s : float, optional
        End of each run, beyond the warm-up [s]; left out: the horizon.
    evaluator : Evaluator, optional
        What does the work; left out: this process.

    Returns
    -------
    Comparison
        Replication i of a setting is the same whatever it is compared with.

    Raises
    ------
    UsageError
        An option is out of bounds, there are fewer than two settings, or they differ in their
        horizons, warm-ups or definitions of the service level.
    ExperimentError
        Some replications could not be done.
    """
    plans, n = planned(settings, replications, seed, until_s)
    jobs = [Job(each, number) for each in plans.values() for number in range(n)]
    figures = iter((evaluator or Evaluator()).evaluate(jobs))
    return Comparison(
        {name: study_of(each, [next(figures) for _ in range(n)]) for name, each in plans.items()}
    )


def planned(
    settings: Mapping[str, Model],
    replications: int | None,
    seed: int | None,
    until_s: float | None,
) -> tuple[dict[str, Plan], int]:
    """Return what is run for each setting, and how often, once it is known to be comparable.

    The parameters, and what is raised, are those of :func:`compare`.
    """
    if len(settings) < 2:
        raise UsageError(f"a comparison needs two settings at least, not {len(settings)}")
    base = next(iter(settings.values()))
    wanted = max(base.replications, FEWEST) if replications is None else replications
    n = whole_number("replications", wanted, 1)
    plans = {
        name: plan(model, base.seed if seed is None else seed, until_s)
        for name, model in settings.items()
    }
    check_comparable({name: each.criteria for name, each in plans.items()})
    return plans, n
