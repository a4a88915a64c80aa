"""``trsim run``: simulate a scenario and show what came out."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
from rich_click import RichCommand

from trsim.cli.loading import load
from trsim.cli.work import processes_option
from trsim.errors import LimitExceeded, UsageError

if TYPE_CHECKING:
    from trsim.analysis.study import Study
    from trsim.cli.run_work import Outcome, Work
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
    everything: bool
    processes: int | None
    precision: tuple[str, ...]
    max_replications: int | None
    batches: int | None
    warm_up: str | None
    plot_warm_up: str | None

    @property
    def work(self) -> Work:
        """How the scenario is to be run."""
        from trsim.cli.run_work import Work

        return Work(
            seed=self.seed,
            replications=self.replications,
            processes=self.processes,
            precision=self.precision,
            max_replications=self.max_replications,
            batches=self.batches,
            quiet=self.quiet,
        )


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
@click.option(
    "--precision",
    metavar="KPI=HALF-WIDTH",
    multiple=True,
    help="Replicate until the 95 % interval is so narrow: service_level=1% (points), asa=0.5s, "
    "mean_wait=2% (of the estimate). Several may be given.",
)
@click.option(
    "--max-replications",
    type=click.IntRange(min=1),
    help="Give up after so many (1000) with exit code 3.",
)
@click.option(
    "--batches",
    type=click.IntRange(min=1),
    metavar="N",
    help="Cut one long run into N batches of time that give intervals; 20 are usual.",
)
@click.option(
    "--warm-up",
    type=click.Choice(["mser5"]),
    envvar="TRSIM_RUN_WARM_UP",
    help="Find the warm-up in a pilot of the replications and leave it out.",
)
@click.option("--plot-warm-up", metavar="FILE", help="Draw the pilot and its cut, to .png or .svg.")
@processes_option
@click.option("--out", metavar="DIR", help="Keep scenario, event log, tables and KPIs here.")
@click.option(
    "--json", "as_json", is_flag=True, envvar="TRSIM_RUN_JSON", help="Print one JSON document."
)
@click.option("--trace", is_flag=True, help="Print one line for each event of the first run.")
@click.option("--story", is_flag=True, help="Tell the lives of the first three tasks.")
@click.option(
    "--all", "everything", is_flag=True, help="Print every table, targets of workflows included."
)
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
    if options.plot_warm_up is not None and options.warm_up is None:
        raise UsageError("--plot-warm-up goes with --warm-up mser5")
    if options.out is not None:
        from trsim.experiments.runfolder import check_run_folder

        check_run_folder(options.out)
    _simulate_and_tell(options, options.scenario)


def _simulate_and_tell(options: RunOptions, path: str) -> None:
    from trsim.cli.run_work import check, found_warm_up, simulated
    from trsim.cli.streams import talk, visible

    scenario, model = load(path, options.settings, options.until)
    if not options.quiet:
        for warning in model.warnings:
            talk(visible(f"warning: {warning}"))
    stop = check(options.work, model)
    if options.warm_up is not None:
        cut_ms = found_warm_up(model, options.work, options.plot_warm_up)
        # As a setting of the scenario it is kept with the run, and found by whoever opens it.
        settings = (*options.settings, f"warm_up={cut_ms}ms")
        scenario, model = load(path, settings, options.until)
    if options.out is None:
        _tell(simulated(model, options.work, stop, None), model, options)
        return
    import tempfile

    from trsim.experiments.runfolder import write_run_folder

    # The log goes to disk while the run goes on: its length must not need memory.
    with tempfile.TemporaryDirectory(prefix="trsim-") as scratch:
        outcome = simulated(model, options.work, stop, os.path.join(scratch, "events.parquet"))
        folder = write_run_folder(options.out, outcome.study, scenario.to_yaml())
        if not options.quiet:
            talk(visible(f"wrote {folder}"))
        _tell(outcome, model, options)


def _tell(outcome: Outcome, model: Model, options: RunOptions) -> None:
    """Print what was asked for.

    Raises
    ------
    LimitExceeded
        A goal is missed, or the precision was not reached.
    """
    from trsim.report.goals import judge

    study = outcome.study
    judgments = judge(model.goals, study.kpis())
    _present(study, model, judgments, options)
    missed = [judgment.goal for judgment in judgments if not judgment.met]
    reasons = [f"goal missed: {', '.join(missed)}"] if missed else []
    if outcome.missing:
        n = study.replications
        reasons.append(
            f"precision not reached after {n:,} replications: {'; '.join(outcome.missing)}"
        )
    if reasons:
        raise LimitExceeded("; ".join(reasons))


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
    from trsim.report.tables import full_overview, overview

    show((full_overview if options.everything else overview)(study, judgments))
    if options.definitions:
        write("\n")
        _show_definitions()


def _show_definitions() -> None:
    from trsim.cli.streams import data_width, write
    from trsim.report.definitions import definitions

    write(definitions(max(40, min(data_width(), 100))) + "\n")
