"""``trsim plot``: a picture of a run that was kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
from rich_click import RichCommand

from trsim.cli.named import instant_of, named_task, task_of
from trsim.errors import UsageError

if TYPE_CHECKING:
    from trsim.experiments.openrun import OpenRun
    from trsim.model import Model
    from trsim.plots import View


@dataclass(frozen=True, slots=True)
class PlotOptions:
    """What follows ``trsim plot``."""

    run: str | None
    name: str | None
    listing: bool
    out: str | None
    task: str | None
    begin: str | None
    end: str | None
    interval: str | None
    quiet: bool


@click.command("plot", cls=RichCommand)
@click.argument("run", metavar="RUN", required=False)
@click.argument("name", metavar="NAME", required=False)
@click.option("--list", "listing", is_flag=True, help="List the plots by name.")
@click.option("--out", "-o", metavar="FILE", help="Where to: a file that ends in .png or .svg.")
@click.option(
    "--task",
    metavar="TASK",
    help="The task of a life line, such as billing_calls/17 or its number 17.",
)
@click.option(
    "--from",
    "begin",
    metavar="T",
    envvar="TRSIM_PLOT_FROM",
    help="Begin of what is shown: a time of day or a date with one, if the scenario has a start, "
    "or the time since the start, such as 1h30m.",
)
@click.option("--to", "end", metavar="T", envvar="TRSIM_PLOT_TO", help="End of what is shown.")
@click.option(
    "--interval",
    metavar="D",
    help="Length of the intervals of a plot over time, such as 15m; left out: one that suits.",
)
@click.option("--quiet", "-q", is_flag=True, help="No remarks.")
def plot(**options: Any) -> None:
    """Draw the plot NAME of RUN, a folder that 'trsim run --out' wrote, into a file."""
    _plot(PlotOptions(**options))


def _plot(options: PlotOptions) -> None:
    from trsim.cli.streams import talk, visible, write

    if options.listing:
        write(_listing())
        return
    for value, what in ((options.run, "RUN"), (options.name, "NAME"), (options.out, "--out")):
        if value is None:
            raise click.UsageError(
                f"Missing {what}; --list shows the plots.", click.get_current_context()
            )
    name, out = str(options.name), str(options.out)
    draw = _draw_of(name)
    if options.task is not None and name != "task_life":
        raise UsageError(f"--task goes with task_life, not with {name}")
    from trsim.experiments.openrun import open_run
    from trsim.plots import save_figure
    from trsim.plots.canvas import format_of

    format_of(out)
    kept = open_run(str(options.run))
    written = save_figure(draw(kept.result, _view(options, kept)), out)
    if not options.quiet:
        talk(visible(f"wrote {written}"))


def _listing() -> str:
    from trsim.plots import PLOTS

    width = max(map(len, PLOTS))
    return "".join(f"{name:{width}}  {plot.text}\n" for name, plot in PLOTS.items())


def _draw_of(name: str) -> Any:
    """Return the function of a plot."""
    from trsim.plots import PLOTS
    from trsim.scenario.problems import allowed_names, shown

    if name not in PLOTS:
        raise UsageError(f"there is no plot {shown(name)} ({allowed_names(list(PLOTS), name)})")
    return PLOTS[name].draw


def _view(options: PlotOptions, kept: OpenRun) -> View:
    """Return what the options ask to see."""
    from trsim.plots import View

    low = instant_of(kept, "--from", options.begin, 0)
    high = instant_of(kept, "--to", options.end, kept.result.horizon_ms)
    if low >= high:
        raise UsageError("nothing lies between --from and --to: the window is empty")
    return View(
        start=kept.start,
        from_ms=low,
        to_ms=None if options.end is None else high,
        interval_ms=_interval(options.interval),
        task=None if options.task is None else _task(options.task, kept),
        goal=_goal(kept.model),
        model=kept.model,
        off_activities=tuple(
            -1 if worker.shifts is None else worker.off_activity
            for worker in kept.model.world.workers
        ),
    )


def _interval(text: str | None) -> int | None:
    if text is None:
        return None
    from trsim.scenario.values import duration_ms

    try:
        length = duration_ms(text)
    except ValueError as problem:
        raise UsageError(f"--interval {problem}") from problem
    if not length:
        raise UsageError("--interval must be longer than 0")
    return length


def _goal(model: Model) -> float | None:
    """Return the service level that the scenario's goals ask for."""
    from trsim.report.goals import condition_of

    for kpi, condition in model.goals:
        if kpi in ("service_level", f"service_level_{model.service_level_definition}"):
            return condition_of(kpi, condition).bound
    return None


def _task(text: str, kept: OpenRun) -> int:
    """Return the number of a task in creation order."""
    log = kept.result.log
    task = task_of(log, named_task(text, log.names.streams))
    if task is None:
        raise UsageError(f"{text} was refused: it has no life to be drawn")
    return task
