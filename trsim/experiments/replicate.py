"""Independent replications of a model, to a Study."""

from __future__ import annotations

from os import PathLike

from trsim.analysis.results import Result
from trsim.analysis.study import Study
from trsim.experiments.figures import Figures, figures_of, study_of
from trsim.experiments.run import Progress, plan, whole_number
from trsim.model import Model


def replicate(
    model: Model,
    *,
    replications: int | None = None,
    seed: int | None = None,
    until_s: float | None = None,
    progress: Progress | None = None,
    keep: int | str | PathLike[str] = 1,
) -> Study:
    """Simulate a model several times with independent draws.

    Parameters
    ----------
    model : Model
        A compiled scenario.
    replications : int, optional
        How many runs, >= 1; left out: as the model says.
    seed : int, optional
        Root seed, >= 0; left out: the model's.
    until_s : float, optional
        End of each run, beyond the warm-up [s]; left out: the model's horizon.
    progress : callable, optional
        Called now and then with the share of all the work that is done, 0 … 1.
    keep : int, str or PathLike
        How many of the first replications are kept with their logs, >= 0.  Of the others only
        the figures stay, so that memory does not grow with the number of replications.  Or a
        Parquet file: it takes the log of the first replication while that runs, and nothing of
        it is kept in memory.

    Returns
    -------
    Study
        Replication number i is the same whatever the number of replications.

    Raises
    ------
    UsageError
        An option is out of bounds.
    """
    wanted = model.replications if replications is None else replications
    n = whole_number("replications", wanted, 1)
    log_file = None if isinstance(keep, int) else keep
    n_kept = whole_number("keep", keep, 0) if isinstance(keep, int) else 1
    planned = plan(model, seed, until_s)
    kept: list[Result] = []
    figures: list[Figures] = []
    for number in range(n):
        result = planned.simulate(number, _part(progress, number, n), None if number else log_file)
        figures.append(figures_of(result))
        if number < n_kept:
            kept.append(result)
    return study_of(planned, figures, tuple(kept))


def _part(progress: Progress | None, number: int, n: int) -> Progress | None:
    """Return a progress for one replication that reports the share of all of them."""
    if progress is None:
        return None
    return lambda done: progress((number + done) / n)
