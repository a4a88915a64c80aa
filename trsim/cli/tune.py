"""``trsim tune``: find the best value, with a promise, and put it into the scenario."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich_click import RichCommand

from trsim.cli.loading import load
from trsim.cli.work import evaluator, work_options
from trsim.errors import LimitExceeded, OutputError, UsageError

if TYPE_CHECKING:
    from trsim.analysis.tuning import Tuning
    from trsim.experiments.parameters import Parameter
    from trsim.scenario.load import Scenario

FIGURES = "figures.sqlite"
"""What a folder of ``--out`` keeps: the figures of every replication …"""
DOCUMENT = "tuning.json"
"""… the answer for programs …"""
PAGE = "tuning.html"
"""… and for people."""


@dataclass(frozen=True, slots=True)
class TuneOptions:
    """What follows ``trsim tune``."""

    scenario: str
    vary: tuple[str, ...]
    objective: str
    subject_to: tuple[str, ...]
    indifference: str | None
    confidence: float
    budget: str
    first_stage: int
    seed: int | None
    until: str | None
    as_json: bool
    plot: str | None
    report: Path | None
    apply: bool
    out: str | None
    processes: int | None
    dask: str | None
    quiet: bool


@click.command("tune", cls=RichCommand)
@click.argument("scenario", metavar="SCENARIO")
@click.option(
    "--vary",
    metavar="PATH=RANGE",
    multiple=True,
    required=True,
    help="What to tune, e.g. workflows.front_door.task_reservation_timeout=5s..90s; repeatable.",
)
@click.option(
    "--objective",
    metavar="KPI",
    required=True,
    help="What to make best: abandonment, service_level@60s, or a sum such as "
    "minimize:abandonment+0.01*mean_wait.",
)
@click.option(
    "--subject-to",
    metavar="CONDITION",
    multiple=True,
    help="What has to be kept, e.g. 'occupancy<=85%'; repeatable.",
)
@click.option(
    "--indifference",
    metavar="D",
    help="Differences of the objective that do not matter; left out: 0.5% (half a percentage "
    "point) for shares, 2 % of today's value otherwise.",
)
@click.option("--confidence", type=float, default=0.95, help="Of the promise and the intervals.")
@click.option("--budget", metavar="N|TIME", default="2000", help="Replications, or a time: 60s.")
@click.option(
    "--first-stage",
    type=click.IntRange(min=2),
    default=10,
    help="Replications of every point before the first look.",
)
@click.option("--seed", type=click.IntRange(min=0), help="Root seed; wins over the scenario's.")
@click.option("--until", metavar="T", help="Simulate up to here instead of the horizon, e.g. 2h.")
@click.option("--out", metavar="DIR", help="Keep everything here; continue what is there.")
@click.option(
    "--json", "as_json", is_flag=True, envvar="TRSIM_TUNE_JSON", help="Print one JSON document."
)
@click.option("--plot", metavar="FILE", help="Draw the curve into a .png or .svg.")
@click.option(
    "--report",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write a page for people; a page of this kind is replaced.",
)
@click.option("--apply", is_flag=True, help="Write the recommended value into SCENARIO.")
@work_options
def tune(**options: Any) -> None:
    """Find the best value of a timeout, or of anything else in SCENARIO.

    Says how sure that is, what is as good, what the change costs, and what other objectives would
    choose. Ends with exit code 3 if nothing keeps the conditions.
    """
    _tune(TuneOptions(**options))


def _tune(options: TuneOptions) -> None:
    from trsim.cli.streams import talk, visible

    _check_targets(options)
    scenario, model = load(options.scenario, (), options.until)
    if not options.quiet:
        for warning in model.warnings:
            talk(visible(f"warning: {warning}"))
    if options.apply:
        _check_apply(scenario, options)
    tuning = _tuned(scenario, options)
    _keep(tuning, options)
    _present(tuning, options)
    if options.apply:
        _apply(tuning, options)
    if tuning.recommended is None:
        raise LimitExceeded(f"nothing is recommended: {tuning.warnings[-1]}")


def _check_targets(options: TuneOptions) -> None:
    """Refuse what could not be written, before any work."""
    from trsim.cli.pages import refuse_foreign
    from trsim.report.tuning_page import GENERATOR

    if options.plot is not None:
        from trsim.plots.canvas import format_of

        format_of(options.plot)
    pages = [options.report] if options.report is not None else []
    if options.out is not None:
        pages.append(Path(options.out) / PAGE)
    for page in pages:
        refuse_foreign(page, GENERATOR, "trsim tune")


def _tuned(scenario: Scenario, options: TuneOptions) -> Tuning:
    from trsim.experiments.search_options import Search
    from trsim.experiments.tune import tune as search_best

    search = Search(
        indifference=options.indifference,
        confidence=options.confidence,
        budget=options.budget,
        seed=options.seed,
        first_stage=options.first_stage,
    )
    with ExitStack() as stack:
        store = None
        if options.out is not None:
            from trsim.experiments.ledger import Ledger

            store = stack.enter_context(Ledger(Path(options.out) / FIGURES))
        work = stack.enter_context(
            evaluator(
                processes=options.processes, dask=options.dask, quiet=options.quiet, store=store
            )
        )
        return search_best(
            scenario,
            vary=options.vary,
            objective=options.objective,
            subject_to=options.subject_to,
            search=search,
            evaluator=work,
        )


def _keep(tuning: Tuning, options: TuneOptions) -> None:
    """Write the plot, the page and what goes into the folder."""
    from trsim.cli.streams import talk, visible

    written = []
    if options.plot is not None:
        from trsim.plots.canvas import save_figure

        written.append(save_figure(_drawn(tuning), options.plot))
    pages = [options.report] if options.report is not None else []
    if options.out is not None:
        pages.append(Path(options.out) / PAGE)
        document = Path(options.out) / DOCUMENT
        _write(document, _document(tuning).encode())
        written.append(document)
    if pages:
        from trsim.cli.pages import write_page
        from trsim.report.tuning_page import tuning_page

        content = tuning_page(tuning, _command(options)).encode()
        for page in pages:
            write_page(page, content)
            written.append(page)
    if not options.quiet:
        for path in written:
            talk(visible(f"wrote {path}"))


def _drawn(tuning: Tuning) -> Any:
    if len(tuning.question.parameters) == 1:
        from trsim.plots.tuning_curve import draw_tuning_curve

        return draw_tuning_curve(tuning)
    from trsim.plots.pareto import draw_pareto

    return draw_pareto(tuning)


def _document(tuning: Tuning) -> str:
    from trsim.report.tuning_document import tuning_document

    return tuning_document(tuning)


def _write(path: Path, content: bytes) -> None:
    from trsim.eventlog.durable import replace_file

    try:
        replace_file(path, content)
    except OSError as problem:
        raise OutputError(f"cannot write {path}: {problem.strerror or problem}") from problem


def _command(options: TuneOptions) -> tuple[str, ...]:
    """Return the words that ask the same question again."""
    words = ["trsim", "tune", os.path.basename(options.scenario)]
    for text in options.vary:
        words += ["--vary", text]
    words += ["--objective", options.objective]
    for text in options.subject_to:
        words += ["--subject-to", text]
    given = {
        "--indifference": options.indifference,
        "--confidence": None if options.confidence == 0.95 else f"{options.confidence:g}",
        "--budget": None if options.budget == "2000" else options.budget,
        "--first-stage": None if options.first_stage == 10 else str(options.first_stage),
        "--seed": None if options.seed is None else str(options.seed),
        "--until": options.until,
    }
    return (
        *words,
        *(word for pair in given.items() if pair[1] is not None for word in pair if word),
    )


def _present(tuning: Tuning, options: TuneOptions) -> None:
    from trsim.cli.streams import show, write

    if options.as_json:
        write(_document(tuning))
        return
    from trsim.report.tuning_tables import tuning_overview

    show(tuning_overview(tuning))


def _parameters(scenario: Scenario, options: TuneOptions) -> tuple[Parameter, ...]:
    from trsim.experiments.parameters import parameters_of

    return parameters_of(scenario, options.vary, default_points=2)


def _check_apply(scenario: Scenario, options: TuneOptions) -> None:
    """Refuse to search for a value that could not be written afterwards."""
    from trsim.scenario.patch import patch

    parameters = _parameters(scenario, options)
    changes = {path: each.values[0] for each in parameters for path in each.paths}
    patch(options.scenario, changes)
    if not os.access(options.scenario, os.W_OK):
        raise OutputError(f"cannot write {options.scenario}: permission denied")


def _apply(tuning: Tuning, options: TuneOptions) -> None:
    """Write the recommended value into the scenario, and show the lines that changed."""
    from trsim.cli.streams import talk, visible
    from trsim.scenario.load import load_scenario
    from trsim.scenario.patch import patch

    if tuning.recommended is None or not tuning.changed:
        if not options.quiet:
            talk("nothing to apply: the scenario stays as it is")
        return
    scenario = load_scenario(options.scenario)
    values = tuning.points[tuning.recommended].values
    if options.until is None and scenario.digest != tuning.question.digest:
        raise UsageError(
            f"{options.scenario} was changed while it was tuned; nothing is written to it"
        )
    changes = {
        path: value
        for parameter, value in zip(_parameters(scenario, options), values, strict=True)
        for path in parameter.paths
    }
    patched = patch(options.scenario, changes)
    _write(Path(options.scenario), patched.content)
    if not options.quiet:
        for line in patched.lines:
            talk(visible(f"{options.scenario}:{line.line}"))
            if line.before:
                talk(visible(f"- {line.before}"))
            talk(visible(f"+ {line.after}"))
