"""The simulating of ``trsim run``: replications, as many as it takes, batches, a pilot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from trsim.cli.streams import talk, visible
from trsim.errors import UsageError

if TYPE_CHECKING:
    from trsim.analysis.study import Study
    from trsim.experiments.precision import Stopping
    from trsim.model import Model

WORTH_PROCESSES: Final = 10
"""With fewer replications starting processes may take longer than the work."""


@dataclass(frozen=True, slots=True)
class Work:
    """How a model is to be run.

    Attributes
    ----------
    seed, replications : int or None
        None: as the scenario says.
    processes : int or None
        None: one for each core, if there is enough to do.
    precision : tuple of str
        What must be reached, such as ``asa=0.5s``.
    max_replications : int or None
        When to give up.
    batches : int or None
        Into how many parts the one run is cut.
    quiet : bool
        Whether nothing is told.
    """

    seed: int | None
    replications: int | None
    processes: int | None
    precision: tuple[str, ...]
    max_replications: int | None
    batches: int | None
    quiet: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """A study, and which of the precisions it lacks, in words."""

    study: Study
    missing: tuple[str, ...] = ()


def check(work: Work, model: Model) -> Stopping | None:
    """Return when to stop, None for a given number of replications; before anything is run.

    Raises
    ------
    UsageError
        Options do not go together, or are out of bounds.
    """
    n = model.replications if work.replications is None else work.replications
    if work.batches is not None:
        from trsim.analysis.batches import FEWEST

        if work.precision:
            raise UsageError(
                "--precision asks for replications and --batches for one run: choose one"
            )
        if n > 1:
            says = "the scenario says" if work.replications is None else "you ask for"
            raise UsageError(
                f"--batches cuts one run, but {says} {n:,} replications, which give intervals "
                "without batches: leave out --batches, or add -n 1"
            )
        if work.batches < FEWEST:
            raise UsageError(
                f"--batches must be >= {FEWEST}, not {work.batches}: fewer do not show whether "
                "they are independent; 20 are usual"
            )
    if not work.precision:
        if work.max_replications is not None:
            raise UsageError("--max-replications goes with --precision, such as asa=0.5s")
        return None
    from trsim.experiments.precision import MOST_REPLICATIONS, stopping

    return stopping(
        model,
        _precisions(work.precision),
        replications=work.replications,
        max_replications=(
            MOST_REPLICATIONS if work.max_replications is None else work.max_replications
        ),
    )


def _precisions(texts: tuple[str, ...]) -> dict[str, str | float]:
    wanted: dict[str, str | float] = {}
    for text in texts:
        kpi, sign, width = text.partition("=")
        if not sign or not kpi.strip() or not width.strip():
            raise UsageError(
                f"--precision is KPI=HALF-WIDTH, such as service_level=1% or asa=0.5s, not {text!r}"
            )
        if kpi.strip() in wanted:
            raise UsageError(f"--precision names {kpi.strip()} twice")
        wanted[kpi.strip()] = width.strip()
    return wanted


def simulated(model: Model, work: Work, stop: Stopping | None, log_file: str | None) -> Outcome:
    """Return what was asked for.

    Raises
    ------
    UsageError
        The run cannot be cut into batches, or the scenario lacks a figure.
    """
    if stop is not None:
        return _until(model, work, stop, log_file)
    study = _replicated(model, work, log_file)
    if work.batches is not None:
        study = replace(study, batches=study.results[0].batch_means(work.batches))
    return Outcome(study)


def _replicated(model: Model, work: Work, log_file: str | None) -> Study:
    from trsim.cli.work import evaluator
    from trsim.experiments.replicate import replicate_plan
    from trsim.experiments.run import plan

    n = work.replications or model.replications
    processes = _processes(work, n)
    with (
        _told(quiet=work.quiet) as progress,
        evaluator(processes=processes, quiet=True) as does,
    ):
        return replicate_plan(
            plan(model, work.seed, None),
            replications=n,
            progress=progress,
            keep=1 if log_file is None else log_file,
            evaluator=does,
        )


def _until(model: Model, work: Work, stop: Stopping, log_file: str | None) -> Outcome:
    from trsim.cli.work import evaluator
    from trsim.experiments.precision import replicate_until
    from trsim.experiments.run import plan

    planned = plan(model, work.seed, None)
    with evaluator(processes=_processes(work, stop.first), quiet=work.quiet) as does:
        first = planned.simulate(0, None, log_file)
        reached = replicate_until(planned, stop, evaluator=does, first=first)
    if reached.last and not work.quiet:
        wanted = ", ".join(map(str, stop.precisions))
        last = f"; {reached.last} came last" if len(stop.precisions) > 1 else ""
        n = reached.study.replications
        talk(visible(f"precise enough after {n:,} replications ({wanted}){last}"))
    return Outcome(reached.study, reached.missing)


def _processes(work: Work, replications: int) -> int | None:
    if work.processes is not None:
        return work.processes
    return None if replications >= WORTH_PROCESSES else 1


@contextmanager
def _told(*, quiet: bool) -> Iterator[Callable[[float], None]]:
    """Give a function that takes the share of the work done, and stops if that is asked."""
    from trsim.cli.progress import progress_bar
    from trsim.cli.stopping import stop_if_asked

    with progress_bar(quiet=quiet) as show_progress:

        def progress(done: float) -> None:
            stop_if_asked()
            if show_progress is not None:
                show_progress(done)

        yield progress


def found_warm_up(model: Model, work: Work, plot: str | None) -> int:
    """Return the warm-up that a pilot of the replications shows [ms]; draw it, if that is wanted.

    Raises
    ------
    UsageError
        The system has no steady state, or the pilot does not reach it.
    OutputError
        The plot cannot be written.
    """
    from trsim.analysis.trust_kinds import span_text
    from trsim.experiments.pilot import MOST_PILOT, pilot_warm_up

    if plot is not None:
        from trsim.plots.canvas import format_of

        format_of(plot)
    given = model.replications if work.replications is None else work.replications
    n = min(max(given, 10 if work.precision else 1), MOST_PILOT)
    with _told(quiet=work.quiet) as progress:
        found = pilot_warm_up(model, replications=n, seed=work.seed, progress=progress)
    if plot is not None:
        from trsim.plots.canvas import save_figure
        from trsim.plots.warm_up import warm_up

        path = save_figure(warm_up(found, model.name), plot)
        if not work.quiet:
            talk(visible(f"wrote {path}"))
    if found.cut_ms is None:
        raise UsageError(
            f"MSER-5 finds no warm-up in the mean of {n} replications of "
            f"{span_text(model.horizon_ms)}: the least error lies in the last half, so the run "
            "has not settled; let it last longer (horizon), check whether the staff can do the "
            "work, or give warm_up in the scenario"
        )
    if not work.quiet:
        of = "1 replication" if n == 1 else f"{n} replications"
        if found.cut_ms:
            talk(f"deleted the first {span_text(found.cut_ms)}, MSER-5 over {of}")
        else:
            talk(f"deleted nothing, MSER-5 over {of}: the runs are settled from the start")
        if model.warm_up_ms:
            talk(f"the scenario's own warm_up of {span_text(model.warm_up_ms)} is not used")
    return found.cut_ms
