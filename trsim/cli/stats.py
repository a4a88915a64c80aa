"""``trsim stats``: TaskRouter's statistics of a run that was kept."""

from __future__ import annotations

import datetime as dt
import json
import re
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from rich_click import RichCommand

from trsim.errors import UsageError

if TYPE_CHECKING:
    from trsim.eventlog import EventLog
    from trsim.model import Model
    from trsim.scenario.load import Scenario
    from trsim.statistics.shape import Figures
    from trsim.statistics.window import Query, Window

_SHORT_HOUR = re.compile(r"[0-9]:[0-9]{2}")
_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class StatsOptions:
    """What follows ``trsim stats``."""

    run: str
    queue: str | None
    workflow: str | None
    worker: str | None
    workers: bool
    begin: str | None
    end: str | None
    minutes: int | None
    at: str | None
    task_channel: str | None
    split_by_wait_time: tuple[int, ...]
    as_json: bool


class _ThresholdsType(click.ParamType[tuple[int, ...]]):
    """Whole seconds, separated by commas."""

    name = "seconds"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        parts = [part.strip() for part in str(value).split(",")]
        if not all(re.fullmatch("[0-9]{1,9}", part) for part in parts):
            self.fail(f"{value!r} is no list of whole seconds such as 10,20")
        if len({int(part) for part in parts}) < len(parts):
            self.fail(f"{value!r} names a threshold twice")
        return tuple(int(part) for part in parts)


@click.command("stats", cls=RichCommand)
@click.argument("run", metavar="RUN")
@click.option("--queue", metavar="NAME", help="One queue instead of the workspace.")
@click.option("--workflow", metavar="NAME", help="One workflow instead of the workspace.")
@click.option("--worker", metavar="NAME", help="One worker instead of the workspace.")
@click.option("--workers", is_flag=True, help="All workers instead of the workspace.")
@click.option(
    "--from",
    "begin",
    metavar="T",
    envvar="TRSIM_STATS_FROM",
    help="Begin of the window: a time of day or a date with one, if the scenario has a start, "
    "or the time since the start, such as 1h30m.",
)
@click.option("--to", "end", metavar="T", envvar="TRSIM_STATS_TO", help="End of the window.")
@click.option(
    "--minutes",
    type=click.IntRange(min=1),
    help="Length of the window before its end, instead of --from.",
)
@click.option(
    "--at",
    metavar="T",
    help="Ask at this instant: real-time statistics are those of T, and the window ends there "
    "unless --to says otherwise.",
)
@click.option("--task-channel", metavar="NAME", help="Count tasks of this channel only.")
@click.option(
    "--split-by-wait-time",
    metavar="S,S",
    type=_ThresholdsType(),
    default=(),
    show_default=False,
    help="Part waits by these thresholds in seconds, such as 10,20.",
)
@click.option(
    "--json", "as_json", is_flag=True, envvar="TRSIM_STATS_JSON", help="Print TaskRouter's answer."
)
def stats(**options: Any) -> None:
    """Show TaskRouter's statistics of RUN, a folder that 'trsim run --out' wrote.

    Cumulative statistics cover the whole run, or a window of it; real-time statistics are those
    of the window's end.
    """
    _stats(StatsOptions(**options))


def _stats(options: StatsOptions) -> None:
    from trsim.cli.streams import show, write

    kept = _read(options.run)
    asked = _Subject.of(options, kept.log)
    window, at_ms = _times(options, kept)
    answer = _answer(asked, _query(options, kept.log, window), at_ms, kept)
    if options.as_json:
        document = {kind: figures.to_dict() for kind, figures in answer.items()}
        write(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
        return
    from trsim.cli.stats_table import overview
    from trsim.report.wording import Clock, printable

    clock = Clock.for_instants(kept.model.start, [window.start_ms, window.end_ms, at_ms])
    heads = {
        "cumulative": f"Cumulative, from {clock.label(window.start_ms)} "
        f"to {clock.label(window.end_ms)}",
        "realtime": f"Real time at {clock.label(at_ms)}",
    }
    title = printable(f"{kept.scenario.name}: {asked.words}")
    show(overview(title, {heads[kind]: figures for kind, figures in answer.items()}))


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
        # Its names and expressions would no longer be those of the log.
        raise UsageError(f"{place / 'scenario.yaml'} is not the scenario that was run")
    return _Run(scenario, model, log)


class _Subject(NamedTuple):
    """Whose statistics are asked for."""

    kind: str
    number: int
    words: str

    @classmethod
    def of(cls, options: StatsOptions, log: EventLog) -> _Subject:
        """Return what the options name."""
        names = log.names
        named = [
            (kind, name, known)
            for kind, name, known in (
                ("queue", options.queue, names.queues),
                ("workflow", options.workflow, names.workflows),
                ("worker", options.worker, names.workers),
            )
            if name is not None
        ]
        if len(named) + options.workers > 1:
            raise UsageError(
                "--queue, --workflow, --worker and --workers stand alone: "
                "choose one of them, or none for the workspace"
            )
        if options.workers:
            return cls("workers", -1, "all workers")
        if not named:
            return cls("workspace", -1, "workspace")
        kind, name, known = named[0]
        return cls(kind, _number(kind, name, known), f"{kind} {name}")


def _number(kind: str, name: str, known: Sequence[str]) -> int:
    """Return the number of a named object."""
    from trsim.scenario.problems import allowed_names, shown

    if name not in known:
        raise UsageError(f"there is no {kind} {shown(name)} ({allowed_names(known, name)})")
    return known.index(name)


def _query(options: StatsOptions, log: EventLog, window: Window) -> Query:
    from trsim.core.events import NOTHING
    from trsim.statistics.window import Query

    name, channel = options.task_channel, NOTHING
    if name is not None:
        channel = _number("channel", name, log.names.channels)
    return Query(window, channel, options.split_by_wait_time)


def _times(options: StatsOptions, kept: _Run) -> tuple[Window, int]:
    """Return the window, and the instant of real-time statistics [ms]."""
    from trsim.statistics.window import Window

    if options.begin is not None and options.minutes is not None:
        raise UsageError("--from and --minutes both say when the window begins: choose one")
    horizon_ms = kept.model.horizon_ms
    at_ms = _instant("--at", options.at, kept, horizon_ms)
    end_ms = _instant("--to", options.end, kept, at_ms)
    if options.at is None:
        at_ms = end_ms
    start_ms = _instant("--from", options.begin, kept, 0)
    if options.minutes is not None:
        start_ms = max(0, end_ms - options.minutes * _MINUTE_MS)
    if start_ms >= end_ms:
        raise UsageError(
            f"the window is empty: it begins {_offset(start_ms)} and ends {_offset(end_ms)} "
            "after the start of the run"
        )
    return Window(start_ms, end_ms, _origin(kept.scenario)), at_ms


def _instant(option: str, text: str | None, kept: _Run, default_ms: int) -> int:
    """Return an instant of the run [ms since its start]."""
    if text is None:
        return default_ms
    from trsim.scenario.clock import Calendar, Offset, instant

    start = kept.scenario.content.start
    try:
        when = instant(f"0{text}" if _SHORT_HOUR.match(text) else text)
    except ValueError as problem:
        raise UsageError(f"{option} {problem}") from problem
    if isinstance(when, Offset):
        at_ms = when.ms
    elif start is None:
        raise UsageError(
            f"{option} {text}: the scenario has no start, so say how long after the beginning of "
            "the run, such as 1h30m"
        )
    else:
        at_ms = Calendar(start.local, kept.scenario.content.time_zone).at_ms(when)
    if not 0 <= at_ms <= kept.model.horizon_ms:
        raise UsageError(
            f"{option} {text} lies outside of the run, which takes {_offset(kept.model.horizon_ms)}"
        )
    return at_ms


def _origin(scenario: Scenario) -> dt.datetime:
    """Return the instant of time 0; a start without a time zone is taken as UTC."""
    from trsim.statistics.window import EPOCH

    start, zone = scenario.content.start, scenario.content.time_zone
    if start is None:
        return EPOCH
    local: dt.datetime = start.local
    return local.replace(tzinfo=dt.UTC if zone is None else zoneinfo.ZoneInfo(zone))


def _offset(at_ms: int) -> str:
    from trsim.scenario.values import duration_text

    return duration_text(at_ms)


def _answer(asked: _Subject, query: Query, at_ms: int, kept: _Run) -> dict[str, Figures]:
    """Return what TaskRouter answers; one worker has cumulative statistics only."""
    from trsim import statistics

    log, number, channel = kept.log, asked.number, query.channel
    match asked.kind:
        case "queue":
            members = statistics.members_at(log, kept.model, number, at_ms)
            return {
                "cumulative": statistics.task_queue_cumulative(log, query, number),
                "realtime": statistics.task_queue_real_time(
                    log, at_ms, number, members, channel=channel
                ),
            }
        case "workflow":
            return {
                "cumulative": statistics.workflow_cumulative(log, query, number),
                "realtime": statistics.workflow_real_time(log, at_ms, number, channel=channel),
            }
        case "worker":
            return {"cumulative": statistics.worker_cumulative(log, query, number)}
        case "workers":
            return {
                "cumulative": statistics.workers_cumulative(log, query),
                "realtime": statistics.workers_real_time(log, at_ms),
            }
        case _:
            return {
                "cumulative": statistics.workspace_cumulative(log, query),
                "realtime": statistics.workspace_real_time(log, at_ms, channel=channel),
            }
