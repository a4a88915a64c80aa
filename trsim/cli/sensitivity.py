"""``trsim sensitivity``: which parameters matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
from rich_click import RichCommand

from trsim.cli.vary import planned_of, vary_options
from trsim.cli.work import work_options
from trsim.errors import ExperimentError, UsageError

if TYPE_CHECKING:
    from trsim.analysis.swept import Sweep

METHODS = {"tornado": "one_at_a_time", "sobol": "saltelli"}


@dataclass(frozen=True, slots=True)
class SensitivityOptions:
    """What follows ``trsim sensitivity``."""

    scenario: str
    vary: tuple[str, ...]
    replications: int | None
    seed: int | None
    until: str | None
    samples: int | None
    confidence: float
    method: str | None
    kpi: str
    out: str | None
    as_json: bool
    plot: str | None
    processes: int | None
    dask: str | None
    quiet: bool

    @property
    def design(self) -> str:
        """Name of the design that the method needs; samples ask for Sobol' indices."""
        method = self.method or ("tornado" if self.samples is None else "sobol")
        return METHODS[method]


@click.command("sensitivity", cls=RichCommand)
@click.argument("scenario", metavar="SCENARIO|EXPERIMENT|SWEEPDIR")
@vary_options
@click.option("--kpi", metavar="NAME", default="abandonment", help="The figure.")
@click.option(
    "--method",
    type=click.Choice(tuple(METHODS)),
    help="Each parameter alone at both ends (tornado), or all together over their ranges (Sobol' "
    "indices); left out: tornado, or sobol with --samples.",
)
@click.option("--out", metavar="DIR", help="Keep the sweep here; continue what is there.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    envvar="TRSIM_SENSITIVITY_JSON",
    help="Print one JSON document.",
)
@click.option("--plot", metavar="FILE", help="Draw the tornado into a .png or .svg.")
@work_options
def sensitivity(**options: Any) -> None:
    """Tell which parameters matter for a figure, and how much.

    SWEEPDIR is a folder of 'trsim sweep --out' with the design one_at_a_time or saltelli; then
    nothing is simulated.
    """
    _sensitivity(SensitivityOptions(**options))


def _sensitivity(options: SensitivityOptions) -> None:
    from trsim.analysis.kpis import definition
    from trsim.analysis.sensitivity import SALTELLI, influences, tornado
    from trsim.cli.streams import show, talk, visible, write
    from trsim.report.sensitivity_table import (
        influence_table,
        sensitivity_document,
        tornado_table,
    )

    definition(options.kpi)
    if options.plot is not None:
        from trsim.plots.canvas import format_of

        format_of(options.plot)
    swept = _swept(options)
    if swept.failed:
        raise ExperimentError(f"{len(swept.failed)} replications failed: {swept.failed[0]}")
    if swept.design == SALTELLI:
        if options.plot is not None:
            raise UsageError("--plot draws a tornado; there is none of Sobol' indices")
        indices = influences(swept, options.kpi, confidence=options.confidence)
        if options.as_json:
            write(sensitivity_document(indices))
        else:
            show(influence_table(indices))
        return
    swings = tornado(swept, options.kpi, confidence=options.confidence)
    if options.as_json:
        write(sensitivity_document(swings))
    else:
        show(tornado_table(swings))
    if options.plot is not None:
        from trsim.plots.canvas import save_figure
        from trsim.plots.tornado import tornado_plot

        path = save_figure(tornado_plot(swings), options.plot)
        if not options.quiet:
            talk(visible(f"wrote {path}"))


def _swept(options: SensitivityOptions) -> Sweep:
    """Return the sweep of a folder, or one made for the purpose."""
    from pathlib import Path

    from trsim.cli.sweep import worked_out

    if Path(options.scenario).is_dir():
        from trsim.experiments.sweepfolder import open_sweep

        asked = (options.vary, options.replications, options.seed, options.until, options.samples)
        if any(asked) or options.out is not None:
            raise UsageError(
                "a folder is taken as it is; for other parameters give its sweep.yaml instead"
            )
        return open_sweep(options.scenario)
    if options.design == METHODS["sobol"] and options.plot is not None:
        raise UsageError("--plot draws a tornado; there is none of Sobol' indices")
    return worked_out(planned_of(options.scenario, options), options)
