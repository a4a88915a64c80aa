"""``trsim animate``: a page that plays a run that was kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich_click import RichCommand

from trsim.cli.named import instant_of
from trsim.cli.pages import refuse_foreign, write_page
from trsim.errors import UsageError

if TYPE_CHECKING:
    from trsim.model import Model
    from trsim.report.playback import Occasion


@dataclass(frozen=True, slots=True)
class AnimateOptions:
    """What follows ``trsim animate``."""

    run: str
    out: Path
    begin: str | None
    end: str | None
    quiet: bool


@click.command("animate", cls=RichCommand)
@click.argument("run", metavar="RUN")
@click.option(
    "--out",
    "-o",
    metavar="FILE",
    required=True,
    type=click.Path(path_type=Path),
    help="The page to write, such as day.html; a page of this kind is replaced.",
)
@click.option(
    "--from",
    "begin",
    metavar="T",
    envvar="TRSIM_ANIMATE_FROM",
    help="Begin of what is played: a time of day or a date with one, if the scenario has a start, "
    "or the time since the start, such as 1h30m.",
)
@click.option("--to", "end", metavar="T", envvar="TRSIM_ANIMATE_TO", help="End of what is played.")
@click.option("--quiet", "-q", is_flag=True, help="No remarks.")
def animate(**options: Any) -> None:
    """Write a page that plays RUN, a folder that 'trsim run --out' wrote.

    The page is one file for any browser and needs no network. It has at most 2 MB, which is a
    day of a centre of middle size; what does not fit is cut off at its end, and page and program
    say so.
    """
    _animate(AnimateOptions(**options))


def _animate(options: AnimateOptions) -> None:
    from trsim.cli.streams import talk, visible
    from trsim.experiments.openrun import open_run
    from trsim.report.playback import GENERATOR, playback

    kept = open_run(options.run)
    from_ms = instant_of(kept, "--from", options.begin, 0)
    to_ms = instant_of(kept, "--to", options.end, kept.result.horizon_ms)
    if from_ms >= to_ms:
        raise UsageError("there is nothing to play: --from does not lie before --to")
    refuse_foreign(options.out, GENERATOR, "trsim animate")
    made = playback(kept.result.log, _occasion(kept.model), from_ms=from_ms, to_ms=to_ms)
    page = made.page().encode()
    write_page(options.out, page)
    if options.quiet:
        return
    for remark in made.remarks:
        talk(visible(remark))
    talk(visible(f"wrote {options.out}: {made.n_events:,} events, {len(page) / 1000:,.0f} kB"))


def _occasion(model: Model) -> Occasion:
    from trsim.report.playback import Occasion

    return Occasion(
        title=model.name,
        start=model.start,
        horizon_ms=model.horizon_ms,
        warm_up_ms=model.warm_up_ms,
        threshold_ms=model.service_level_threshold_ms,
        service_level=model.service_level_definition,
        off_activities=tuple(sorted({worker.off_activity for worker in model.world.workers})),
    )
