"""``trsim run``: simulate a scenario and show what came out."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
from rich_click import RichCommand

from trsim.cli.loading import load
from trsim.errors import LimitExceeded, UsageError

if TYPE_CHECKING:
    from trsim.analysis.study import Study
    from trsim.model import Model
    from trsim.report.goals import Judgment


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What follows ``trsim run``."""

    scenario: str | None
    seed: int | None
    replications: int | None
    settings: tuple[str, ...]
    until: str | None
    out: str | None
    as_json: bool
    trace: bool
    story: bool
    quiet: bool
    definitions: bool


class _DurationType(click.ParamType[str]):
    """A duration as scenario files spell it, checked and left as it is."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from trsim.scenario.values import duration_ms

        try:
            duration_ms(value)
        except ValueError as problem:
            self.fail(str(problem))
        return str(value)


@click.command("run", cls=RichCommand)
@click.argument("scenario", metavar="SCENARIO", required=False)
@click.option("--seed", type=click.IntRange(min=0), help="Root seed; wins over the scenario's.")
@click.option(
    "--replications",
    "-n",
    type=click.IntRange(min=1),
    help="Independent runs; two or more give intervals.",
)
@click.option(
    "--set",
    "settings",
    metavar="PATH=VALUE",
    multiple=True,
    envvar="TRSIM_RUN_SET",
    help="Change a value of the scenario, for example --set workers.agent.count=45.",
)
@click.option(
    "--until",
    "until",
    type=_DurationType(),
    envvar="TRSIM_RUN_UNTIL",
    help="Simulate up to here instead of the horizon, e.g. 2h.",
)
@click.option("--out", metavar="DIR", help="Keep scenario, event log, tables and KPIs here.")
@click.option(
    "--json", "as_json", is_flag=True, envvar="TRSIM_RUN_JSON", help="Print one JSON document."
)
@click.option("--trace", is_flag=True, help="Print one line for each event of the first run.")
@click.option("--story", is_flag=True, help="Tell the lives of the first three tasks.")
@click.option("--definitions", is_flag=True, help="Print what each KPI means.")
@click.option("--quiet", "-q", is_flag=True, help="No progress and no remarks.")
def run(**options: Any) -> None:
    """Simulate SCENARIO and show waits, service level, reservations and workers.

    Ends with exit code 3 if a goal of the scenario is missed.
    """
    _run(RunOptions(**options))


def _run(options: RunOptions) -> None:
    if options.scenario is None:
        if not options.definitions:
            raise click.UsageError("Missing argument 'SCENARIO'.", click.get_current_context())
        _show_definitions()
        return
    if options.as_json + options.trace + (options.story or options.definitions) > 1:
        raise UsageError("--json and --trace stand alone: choose one of them, or none")
    from trsim.cli.streams import talk, visible

    scenario, model = load(options.scenario, options.settings, options.until)
    if not options.quiet:
        for warning in model.warnings:
            talk(visible(f"warning: {warning}"))
    if options.out is not None:
        from trsim.experiments.runfolder import check_run_folder

        check_run_folder(options.out)
    if options.out is None:
        _tell(_simulated(model, options, None), model, options)
        return
    import tempfile

    from trsim.experiments.runfolder import write_run_folder

    # The log goes to disk while the run goes on: its length must not need memory.
    with tempfile.TemporaryDirectory(prefix="trsim-") as scratch:
        study = _simulated(model, options, os.path.join(scratch, "events.parquet"))
        folder = write_run_folder(options.out, study, scenario.to_yaml())
        if not options.quiet:
            talk(visible(f"wrote {folder}"))
        _tell(study, model, options)


def _tell(study: Study, model: Model, options: RunOptions) -> None:
    """Print what was asked for.

    Raises
    ------
    LimitExceeded
        A goal is missed.
    """
    from trsim.report.goals import judge

    judgments = judge(model.goals, study.kpis())
    _present(study, model, judgments, options)
    missed = [judgment.goal for judgment in judgments if not judgment.met]
    if missed:
        raise LimitExceeded(f"goal missed: {', '.join(missed)}")


def _simulated(model: Model, options: RunOptions, log_file: str | None) -> Study:
    from trsim.cli.progress import progress_bar
    from trsim.cli.stopping import stop_if_asked
    from trsim.experiments.replicate import replicate

    with progress_bar(quiet=options.quiet) as show_progress:

        def progress(done: float) -> None:
            stop_if_asked()
            if show_progress is not None:
                show_progress(done)

        return replicate(
            model,
            seed=options.seed,
            replications=options.replications,
            progress=progress,
            keep=1 if log_file is None else log_file,
        )


def _present(
    study: Study, model: Model, judgments: tuple[Judgment, ...], options: RunOptions
) -> None:
    """Write what was asked for to standard output."""
    from trsim.cli.streams import show, write

    first = study.results[0]
    if options.as_json:
        from trsim.report.document import json_document

        write(json_document(study, judgments=judgments, warnings=model.warnings))
        return
    if options.trace:
        from trsim.report.trace import trace_lines

        for line in trace_lines(first.log, start=model.start):
            write(f"{line}\n")
        return
    from trsim.report.story import MOST_TASKS, number_of_tasks, story

    few = study.replications == 1 and 0 < number_of_tasks(first.log) <= MOST_TASKS
    if options.story or few:
        told = story(first.log, start=model.start, horizon_ms=first.horizon_ms)
        write(f"{told}\n")
    from trsim.report.tables import overview

    show(overview(study, judgments))
    if options.definitions:
        write("\n")
        _show_definitions()


def _show_definitions() -> None:
    from trsim.cli.streams import data_width, write
    from trsim.report.definitions import definitions

    write(definitions(max(40, min(data_width(), 100))) + "\n")
