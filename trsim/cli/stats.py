"""``trsim stats``: TaskRouter's statistics of a run that was kept."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from rich_click import RichCommand

from trsim.cli.loading import origin_of
from trsim.cli.named import instant_of, number_of
from trsim.errors import UsageError

if TYPE_CHECKING:
    from trsim.eventlog import Names
    from trsim.experiments.openrun import OpenRun
    from trsim.statistics.shape import Figures
    from trsim.statistics.window import Query, Window

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
    from trsim.experiments.openrun import open_run

    kept = open_run(options.run)
    asked = _Subject.of(options, kept.result.names)
    window, at_ms = _times(options, kept)
    answer = _answer(asked, _query(options, kept.result.names, window), at_ms, kept)
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


class _Subject(NamedTuple):
    """Whose statistics are asked for."""

    kind: str
    number: int
    words: str

    @classmethod
    def of(cls, options: StatsOptions, names: Names) -> _Subject:
        """Return what the options name."""
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
        return cls(kind, number_of(kind, name, known), f"{kind} {name}")


def _query(options: StatsOptions, names: Names, window: Window) -> Query:
    from trsim.core.events import NOTHING
    from trsim.statistics.window import Query

    name, channel = options.task_channel, NOTHING
    if name is not None:
        channel = number_of("channel", name, names.channels)
    return Query(window, channel, options.split_by_wait_time)


def _times(options: StatsOptions, kept: OpenRun) -> tuple[Window, int]:
    """Return the window, and the instant of real-time statistics [ms]."""
    from trsim.scenario.values import duration_text
    from trsim.statistics.window import Window

    if options.begin is not None and options.minutes is not None:
        raise UsageError("--from and --minutes both say when the window begins: choose one")
    at_ms = instant_of(kept, "--at", options.at, kept.result.horizon_ms)
    end_ms = instant_of(kept, "--to", options.end, at_ms)
    if options.at is None:
        at_ms = end_ms
    start_ms = instant_of(kept, "--from", options.begin, 0)
    if options.minutes is not None:
        start_ms = max(0, end_ms - options.minutes * _MINUTE_MS)
    if start_ms >= end_ms:
        raise UsageError(
            f"the window is empty: it begins {duration_text(start_ms)} and ends "
            f"{duration_text(end_ms)} after the start of the run"
        )
    return Window(start_ms, end_ms, origin_of(kept.scenario)), at_ms


def _answer(asked: _Subject, query: Query, at_ms: int, kept: OpenRun) -> dict[str, Figures]:
    """Return what TaskRouter answers; one worker has cumulative statistics only."""
    from trsim import statistics

    log, number, channel = kept.result.log, asked.number, query.channel
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
