"""``trsim export``: the events of a run that was kept, for other programs and for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich_click import RichCommand

from trsim.cli.loading import origin_of
from trsim.errors import OutputError, UsageError

if TYPE_CHECKING:
    from trsim.eventlog.taskrouter import Workspace
    from trsim.experiments.openrun import OpenRun

_STDOUT = "-"
_LINES_AT_ONCE = 500


@click.command("export", cls=RichCommand)
@click.argument("run", metavar="RUN")
@click.option(
    "--format",
    "form",
    type=click.Choice(("taskrouter", "csv")),
    required=True,
    envvar="TRSIM_EXPORT_FORMAT",
    help="taskrouter: TaskRouter's events as JSON lines. csv: every row, with names and times.",
)
@click.option(
    "--output",
    "-o",
    metavar="FILE",
    default=_STDOUT,
    envvar="TRSIM_EXPORT_OUTPUT",
    help="Where to; an existing file is replaced. - is standard output.",
)
def export(run: str, form: str, output: str) -> None:
    """Write the events of RUN, a folder that 'trsim run --out' wrote, in another format.

    It is written piece by piece.  A file is there completely or not at all.
    """
    from trsim.experiments.openrun import open_stored_run

    folder = Path(run)
    kept = open_stored_run(folder)
    lines = _events(kept) if form == "taskrouter" else _table(kept)
    if output == _STDOUT:
        _print(lines)
    else:
        _save(lines, Path(output), folder)


def _events(kept: OpenRun) -> Iterator[str]:
    """Yield TaskRouter's events as lines of JSON, many at a time."""
    from trsim.eventlog.taskrouter import taskrouter_events

    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    lines: list[str] = []
    for event in taskrouter_events(kept.result.log.rows(), kept.result.names, _workspace(kept)):
        lines.append(f"{encode(event)}\n")
        if len(lines) == _LINES_AT_ONCE:
            yield "".join(lines)
            lines.clear()
    yield "".join(lines)


def _workspace(kept: OpenRun) -> Workspace:
    """Return what the events say and the log does not."""
    from trsim.eventlog.taskrouter import Workspace

    plan = kept.model.routing.plan
    return Workspace(
        name=kept.scenario.name,
        origin=origin_of(kept.scenario),
        attribute_sets=[
            json.dumps(dict(attributes), sort_keys=True, ensure_ascii=False, default=dict)
            for attributes in plan.worker_attribute_sets
        ],
        worker_attributes=[worker.attributes for worker in kept.model.spec.workers],
        expressions=[expression.text for expression in plan.queue_expressions],
    )


def _table(kept: OpenRun) -> Iterator[str]:
    """Yield the rows as CSV, many lines at a time."""
    from trsim.eventlog.table_text import csv_text
    from trsim.report.wording import Clock, printable

    clock = Clock(kept.start)
    return csv_text(kept.result.log.rows(), kept.result.names, clock.stamp, printable)


def _print(pieces: Iterator[str]) -> None:
    from trsim.cli.stopping import stop_if_asked
    from trsim.cli.streams import write

    for piece in pieces:
        stop_if_asked()
        write(piece)


def _save(pieces: Iterator[str], target: Path, folder: Path) -> None:
    """Write a file, which is there completely or not at all."""
    from trsim.cli.stopping import stop_if_asked
    from trsim.eventlog.durable import Replacement

    if target.resolve().is_relative_to(folder.resolve()):
        # A run folder is exactly what was kept of a run; with more in it, it cannot be replaced.
        raise UsageError(f"cannot write {target}: it lies in the folder of the run")
    try:
        with Replacement(target) as file:
            for piece in pieces:
                stop_if_asked()
                file.write(piece.encode())
    except OutputError:
        raise
    except OSError as problem:
        raise OutputError(f"cannot write {target}: {problem.strerror or problem}") from problem
