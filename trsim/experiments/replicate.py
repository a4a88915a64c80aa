"""Independent replications of a model, to a Study."""

from __future__ import annotations

from contextlib import closing
from os import PathLike

from trsim.analysis.results import Result
from trsim.analysis.study import Study
from trsim.errors import ExperimentError
from trsim.experiments.evaluate import Evaluator, Job
from trsim.experiments.figures import Figures, figures_of, study_of
from trsim.experiments.run import Plan, Progress, plan, whole_number
from trsim.model import Model
from trsim.parallel.backend import Lost


def replicate(
    model: Model,
    *,
    replications: int | None = None,
    seed: int | None = None,
    until_s: float | None = None,
    keep: int | str | PathLike[str] = 1,
    evaluator: Evaluator | None = None,
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
    keep : int, str or PathLike
        How many of the first replications are kept with their logs, >= 0.  Of the others only
        the figures stay, so that memory does not grow with the number of replications.  Or a
        Parquet file: it takes the log of the first replication while that runs, and nothing of
        it is kept in memory.
    evaluator : Evaluator, optional
        Does the replications that are not kept, see :func:`trsim.workplace`; left out: this
        process does.

    Returns
    -------
    Study
        Replication number i is the same whatever the number of replications.

    Raises
    ------
    UsageError
        An option is out of bounds.
    ExperimentError
        A replication could not be done: its process died.
    """
    wanted = model.replications if replications is None else replications
    planned = plan(model, seed, until_s)
    return replicate_plan(planned, replications=wanted, keep=keep, evaluator=evaluator)


def replicate_plan(
    planned: Plan,
    *,
    replications: int,
    progress: Progress | None = None,
    keep: int | str | PathLike[str] = 1,
    evaluator: Evaluator | None = None,
) -> Study:
    """Simulate a plan several times with independent draws.

    Parameters
    ----------
    planned : Plan
        The model with all questions answered.
    replications : int
        How many runs, >= 1.
    progress : callable, optional
        Called now and then with the share of all the work that is done, 0 … 1.
    keep : int, str or PathLike
        As :func:`replicate` has it.  What is kept is simulated in this process.
    evaluator : Evaluator, optional
        Does the replications that are not kept; left out: this process does.

    Raises
    ------
    UsageError
        An option is out of bounds.
    ExperimentError
        A replication could not be done: its process died.
    """
    n = whole_number("replications", replications, 1)
    log_file = None if isinstance(keep, int) else keep
    n_kept = min(n, whole_number("keep", keep, 0) if isinstance(keep, int) else 1)
    evaluator = Evaluator() if evaluator is None else evaluator
    kept: list[Result] = []
    figures: dict[int, Figures] = {}

    def simulate_kept() -> None:
        for number in range(n_kept):
            told = _part(progress, len(figures), n)
            kept.append(planned.simulate(number, told, None if number else log_file))
            figures[number] = figures_of(kept[-1])

    if evaluator.backend.workers == 1:
        simulate_kept()
    with closing(evaluator.stream([Job(planned, number) for number in range(n_kept, n)])) as rest:
        for index, answer in rest:
            if isinstance(answer, Lost):
                raise ExperimentError(
                    f"replication {n_kept + index} of {planned.model.name!r} could not be done: "
                    f"{answer.reason}"
                )
            figures[n_kept + index] = answer
            if progress is not None:
                progress(len(figures) / n)
            if not kept:
                # The workers have more to do, and this process has nothing better to do.
                simulate_kept()
    if not kept:
        simulate_kept()
    return study_of(planned, [figures[number] for number in range(n)], tuple(kept))


def _part(progress: Progress | None, n_done: int, n: int) -> Progress | None:
    """Return a progress for one replication that reports the share of all of them."""
    if progress is None:
        return None
    return lambda done: progress((n_done + done) / n)
