"""A pilot: replications of which only the way they begin is looked at."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from trsim.analysis.trust_start import constant_load
from trsim.analysis.warm_up import WarmUp, mean_series, series_of, warm_up_of
from trsim.errors import UsageError
from trsim.experiments.run import Progress, plan, whole_number
from trsim.model import Model

MOST_PILOT: Final = 20
"""More replications hardly change where the mean settles."""


def pilot_warm_up(
    model: Model,
    *,
    replications: int = 10,
    seed: int | None = None,
    progress: Progress | None = None,
) -> WarmUp:
    """Return the warm-up that MSER-5 finds in the mean of some replications.

    Parameters
    ----------
    model : Model
        A compiled scenario; the warm-up it may have is not looked at.
    replications : int
        How many, >= 1; of more than 20 the first 20 are taken.
    seed : int, optional
        Root seed, >= 0; left out: the model's.
    progress : callable, optional
        Called now and then with the share of the work done, 0 … 1.

    Raises
    ------
    UsageError
        The load is not constant, so that there is no steady state, or an option is out of bounds.
    """
    if not constant_load(model):
        raise UsageError(
            f"MSER-5 looks for a steady state, and {model.name!r} has none: arrivals, staff or a "
            "timetable change through the run; give warm_up in the scenario, if it needs one"
        )
    n = min(MOST_PILOT, whole_number("replications", replications, 1))
    planned = plan(replace(model, warm_up_ms=0), seed, None)
    runs = []
    for number in range(n):
        runs.append(series_of(planned.simulate(number, None)))
        if progress is not None:
            progress((number + 1) / n)
    return warm_up_of(mean_series(runs))
