"""``trsim trace``: the events of a run that was kept, or some of them, a line each."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
from rich_click import RichCommand

from trsim.cli.named import instant_of, named_task, number_of, task_of
from trsim.errors import UsageError

if TYPE_CHECKING:
    from trsim.experiments.openrun import OpenRun
    from trsim.report.trace import Excerpt


@dataclass(frozen=True, slots=True)
class TraceOptions:
    """What follows ``trsim trace``."""

    run: str
    task: str | None
    worker: str | None
    queue: str | None
    begin: str | None
    end: str | None
    events: str | None
    as_json: bool


@click.command("trace", cls=RichCommand)
@click.argument("run", metavar="RUN")
@click.option("--task", metavar="TASK", help="One task, such as billing_calls/17 or its number 17.")
@click.option("--worker", metavar="NAME", help="Events that name this worker.")
@click.option("--queue", metavar="NAME", help="Events that name this queue.")
@click.option(
    "--from",
    "begin",
    metavar="T",
    envvar="TRSIM_TRACE_FROM",
    help="First instant: a time of day or a date with one, if the scenario has a start, or the "
    "time since the start, such as 1h30m.",
)
@click.option("--to", "end", metavar="T", envvar="TRSIM_TRACE_TO", help="Last instant.")
@click.option(
    "--events",
    metavar="TYPE,TYPE",
    help="Types of events, such as reservation.timeout, or groups of them, such as reservation.",
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    envvar="TRSIM_TRACE_JSON",
    help="Print one JSON object for each event, a line each.",
)
def trace(**options: Any) -> None:
    """Print the events of RUN, a folder that 'trsim run --out' wrote, a line each.

    The lines are those of 'trsim run --trace'. What is given chooses among them; an event has to
    meet all of it.
    """
    _trace(TraceOptions(**options))


def _trace(options: TraceOptions) -> None:
    from trsim.cli.stopping import stop_if_asked
    from trsim.cli.streams import write
    from trsim.experiments.openrun import open_stored_run
    from trsim.report.trace import trace_lines, trace_records

    kept = open_stored_run(options.run)
    log, start, excerpt = kept.result.log, kept.model.start, _excerpt(options, kept)
    lines: Iterable[str]
    if options.as_json:
        encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
        lines = map(encode, trace_records(log, start=start, excerpt=excerpt))
    else:
        lines = trace_lines(log, start=start, excerpt=excerpt)
    for line in lines:
        stop_if_asked()
        write(f"{line}\n")


def _excerpt(options: TraceOptions, kept: OpenRun) -> Excerpt:
    """Return what the options choose."""
    from trsim.report.trace import Excerpt

    log, names = kept.result.log, kept.result.names
    task, refused = None, None
    if options.task is not None:
        named = named_task(options.task, names.streams)
        task = task_of(log, named)
        if task is None:
            assert named.stream is not None, "what was refused has no number in the run"
            refused = (named.stream, named.number)
    from_ms = instant_of(kept, "--from", options.begin, 0)
    to_ms = instant_of(kept, "--to", options.end, kept.result.horizon_ms)
    if from_ms > to_ms:
        raise UsageError("there is nothing to print: --from lies behind --to")
    worker, queue = options.worker, options.queue
    return Excerpt(
        task=task,
        refused=refused,
        worker=None if worker is None else number_of("worker", worker, names.workers),
        queue=None if queue is None else number_of("queue", queue, names.queues),
        events=None if options.events is None else _events(options.events),
        from_ms=from_ms,
        to_ms=to_ms,
    )


def _events(text: str) -> tuple[int, ...]:
    """Return the types of events that a list of types and groups names."""
    from trsim.core.events import EventType

    members: dict[str, list[int]] = {}
    for event in EventType:
        members.setdefault(event.label.partition(".")[0], []).append(event)
    members |= {event.label: [event] for event in EventType}
    known, types = tuple(members), tuple(members.values())
    chosen = (types[number_of("event", part.strip(), known)] for part in text.split(","))
    return tuple(sorted({event for some in chosen for event in some}))
