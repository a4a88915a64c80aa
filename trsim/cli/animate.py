"""``trsim animate``: a page that plays a run that was kept."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from rich_click import RichCommand

from trsim.errors import OutputError, UsageError

if TYPE_CHECKING:
    from trsim.eventlog import EventLog
    from trsim.model import Model
    from trsim.report.playback import Occasion
    from trsim.scenario.load import Scenario

_SHORT_HOUR = re.compile(r"[0-9]:[0-9]{2}")
_HEAD_BYTES = 400
"""A page says at its beginning by what it was made."""


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
    from trsim.report.playback import playback

    kept = _read(options.run)
    from_ms = _instant("--from", options.begin, kept, 0)
    to_ms = _instant("--to", options.end, kept, kept.model.horizon_ms)
    if from_ms >= to_ms:
        raise UsageError("there is nothing to play: --from does not lie before --to")
    _refuse_foreign(options.out)
    made = playback(kept.log, _occasion(kept.model), from_ms=from_ms, to_ms=to_ms)
    page = made.page().encode()
    _write(options.out, page)
    if options.quiet:
        return
    for remark in made.remarks:
        talk(visible(remark))
    talk(visible(f"wrote {options.out}: {made.n_events:,} events, {len(page) / 1000:,.0f} kB"))


class _Run(NamedTuple):
    """What a folder keeps of a run."""

    scenario: Scenario
    model: Model
    log: EventLog


def _read(folder: str) -> _Run:
    """Return what a run folder holds."""
    from trsim.cli.loading import load
    from trsim.eventlog import EventLog
    from trsim.experiments.runfolder import FORMAT, MANIFEST

    place = Path(folder)
    try:
        manifest = json.loads((place / MANIFEST).read_bytes())
        ours = manifest["format"] == FORMAT
    except (OSError, ValueError, TypeError, KeyError):
        ours = False
    if not ours:
        raise UsageError(
            f"{folder} is not the folder of a run; 'trsim run SCENARIO --out DIR' writes one"
        )
    log = EventLog.load(place / "events.parquet")
    scenario, model = load(str(place / "scenario.yaml"))
    if model.digest != manifest.get("scenario_digest"):
        # Its horizon and start would no longer be those of the log.
        raise UsageError(f"{place / 'scenario.yaml'} is not the scenario that was run")
    return _Run(scenario, model, log)


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


def _instant(option: str, text: str | None, kept: _Run, default_ms: int) -> int:
    """Return an instant of the run [ms since its start]."""
    if text is None:
        return default_ms
    from trsim.scenario.clock import Calendar, Offset, instant
    from trsim.scenario.values import duration_text

    content = kept.scenario.content
    try:
        when = instant(f"0{text}" if _SHORT_HOUR.match(text) else text)
    except ValueError as problem:
        raise UsageError(f"{option} {problem}") from problem
    if isinstance(when, Offset):
        at_ms = when.ms
    elif content.start is None:
        raise UsageError(
            f"{option} {text}: the scenario has no start, so say how long after the beginning of "
            "the run, such as 1h30m"
        )
    else:
        at_ms = Calendar(content.start.local, content.time_zone).at_ms(when)
    if not 0 <= at_ms <= kept.model.horizon_ms:
        raise UsageError(
            f"{option} {text} lies outside of the run, which takes "
            f"{duration_text(kept.model.horizon_ms)}"
        )
    return at_ms


def _refuse_foreign(path: Path) -> None:
    """Stop unless the place is free, or has a page like the one to be written."""
    from trsim.report.playback import GENERATOR

    try:
        with path.open("rb") as file:
            ours = f'content="{GENERATOR}"'.encode() in file.read(_HEAD_BYTES)
    except FileNotFoundError:
        return
    except OSError as problem:
        raise OutputError(f"cannot write {path}: {problem.strerror or problem}") from problem
    if not ours:
        raise OutputError(f"cannot write {path}: it exists, and is no page of 'trsim animate'")


def _write(path: Path, page: bytes) -> None:
    from trsim.eventlog.durable import replace_file

    try:
        replace_file(path, page)
    except OSError as problem:
        raise OutputError(f"cannot write {path}: {problem.strerror or problem}") from problem
