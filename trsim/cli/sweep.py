"""``trsim sweep``: a scenario at many values of its parameters."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import click
from rich_click import RichCommand

from trsim.cli.vary import planned_of, vary_options
from trsim.cli.work import evaluator, work_options
from trsim.errors import ExperimentError, UsageError

if TYPE_CHECKING:
    from trsim.analysis.swept import Sweep
    from trsim.experiments.sweep import SweepPlan

DESIGNS = ("grid", "lhs", "sobol", "saltelli", "one_at_a_time")


class Worked(Protocol):
    """Options that say where work is done, and where it is kept."""

    @property
    def out(self) -> str | None:
        """Folder that keeps it."""
        ...

    @property
    def processes(self) -> int | None:
        """How many work."""
        ...

    @property
    def dask(self) -> str | None:
        """Address of a cluster."""
        ...

    @property
    def quiet(self) -> bool:
        """Whether nobody wants to see progress."""
        ...


@dataclass(frozen=True, slots=True)
class SweepOptions:
    """What follows ``trsim sweep``."""

    scenario: str
    vary: tuple[str, ...]
    replications: int | None
    seed: int | None
    until: str | None
    design: str | None
    samples: int | None
    kpis: str | None
    confidence: float
    out: str | None
    as_json: bool
    plot: str | None
    processes: int | None
    dask: str | None
    quiet: bool


@click.command("sweep", cls=RichCommand)
@click.argument("scenario", metavar="SCENARIO|EXPERIMENT")
@vary_options
@click.option(
    "--design",
    type=click.Choice(DESIGNS),
    help="Which points: every combination (grid, unless an experiment says otherwise), Latin "
    "hypercube, Sobol' sequence, or what Sobol' indices or a tornado need.",
)
@click.option("--kpis", metavar="NAME,…", help="Figures to show instead of the main ones.")
@click.option("--out", metavar="DIR", help="Keep everything here; continue what is there.")
@click.option(
    "--json", "as_json", is_flag=True, envvar="TRSIM_SWEEP_JSON", help="Print one JSON document."
)
@click.option(
    "--plot",
    metavar="FILE",
    help="Draw into a .png or .svg: curves over one or two parameters, or a heat map of the first "
    "of --kpis if the second has many values.",
)
@work_options
def sweep(**options: Any) -> None:
    """Run SCENARIO at many values of its parameters, on the same customers each time.

    EXPERIMENT is a file that names a scenario and what to vary, such as the sweep.yaml of --out.
    A sweep that was interrupted goes on where it stopped when the same command is given again.
    """
    _sweep(SweepOptions(**options))


def _sweep(options: SweepOptions) -> None:
    from trsim.analysis.kpis import definition
    from trsim.analysis.swept import MAIN_KPIS
    from trsim.cli.streams import show, talk, visible, write
    from trsim.report.sweep_table import sweep_document, sweep_table

    kpis: tuple[str, ...] = MAIN_KPIS
    if options.kpis is not None:
        kpis = tuple(name.strip() for name in options.kpis.split(",") if name.strip())
        for name in kpis:
            definition(name)
        if not kpis:
            raise UsageError("--kpis names no figure; write for example --kpis asa,abandonment")
    if options.plot is not None:
        from trsim.plots.canvas import format_of

        format_of(options.plot)
    planned = planned_of(options.scenario, options)
    swept = worked_out(planned, options)
    if options.out is not None and not options.quiet:
        talk(visible(f"wrote {os.path.realpath(options.out)}"))
    if options.as_json:
        write(sweep_document(swept, kpis, options.confidence))
    else:
        show(sweep_table(swept, kpis, options.confidence))
    if options.plot is not None:
        _draw(swept, kpis, options)
    if swept.failed:
        raise ExperimentError(f"{len(swept.failed)} replications failed: {swept.failed[0]}")


def worked_out(planned: SweepPlan, options: Worked) -> Sweep:
    """Return the sweep of a plan, through a folder if there is one to keep it.

    Parameters
    ----------
    planned : SweepPlan
    options : Worked
    """
    from trsim.experiments.sweep import swept_by

    if options.out is None:
        with evaluator(
            processes=options.processes, dask=options.dask, quiet=options.quiet
        ) as worker:
            return swept_by(planned, worker)
    from trsim.experiments.sweepfolder import SweepFolder

    with (
        SweepFolder(options.out, planned) as folder,
        evaluator(
            processes=options.processes,
            dask=options.dask,
            quiet=options.quiet,
            store=folder.ledger,
        ) as worker,
    ):
        return folder.run(worker)


def _draw(swept: Sweep, kpis: tuple[str, ...], options: SweepOptions) -> None:
    from trsim.cli.streams import talk, visible
    from trsim.plots.canvas import save_figure
    from trsim.plots.curves import MOST_LINES, kpi_curves
    from trsim.plots.heat_map import heat_map

    lines = 0
    if len(swept.axes) == 2:
        lines = len(dict.fromkeys(point.numbers[1] for point in swept.points))
    if lines > MOST_LINES:
        figure = heat_map(swept, kpis[0], confidence=options.confidence)
    else:
        figure = kpi_curves(swept, kpis, confidence=options.confidence)
    path = save_figure(figure, str(options.plot))
    if not options.quiet:
        talk(visible(f"wrote {path}"))
