"""``trsim export``: the events of a run that was kept, for other programs and for people."""

from __future__ import annotations

import datetime as dt
import json
import zoneinfo
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
from rich_click import RichCommand

from trsim.errors import OutputError, UsageError

if TYPE_CHECKING:
    from trsim.eventlog import StoredLog
    from trsim.eventlog.taskrouter import Workspace
    from trsim.model import Model
    from trsim.scenario.load import Scenario

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

    The log is read and written piece by piece, so it may be larger than the memory.  A file is
    there completely or not at all.
    """
    folder = Path(run)
    kept = _read(folder)
    lines = _events(kept) if form == "taskrouter" else _table(kept)
    if output == _STDOUT:
        _print(lines)
    else:
        _save(lines, Path(output), folder)


class _Run(NamedTuple):
    """What a folder keeps of a run."""

    scenario: Scenario
    model: Model
    log: StoredLog


def _read(folder: Path) -> _Run:
    """Return what a run folder holds; the rows stay where they are."""
    from trsim.cli.loading import load
    from trsim.eventlog import StoredLog
    from trsim.experiments.runfolder import FORMAT, MANIFEST

    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        ours = manifest["format"] == FORMAT
    except (OSError, ValueError, TypeError, KeyError):
        ours = False
    if not ours:
        raise UsageError(
            f"{folder} is not the folder of a run; 'trsim run SCENARIO --out DIR' writes one"
        )
    log = StoredLog(folder / "events.parquet")
    scenario, model = load(str(folder / "scenario.yaml"))
    if model.digest != manifest.get("scenario_digest"):
        # Its start and its workers would no longer be those of the log.
        raise UsageError(f"{folder / 'scenario.yaml'} is not the scenario that was run")
    return _Run(scenario, model, log)


def _events(kept: _Run) -> Iterator[str]:
    """Yield TaskRouter's events as lines of JSON, many at a time."""
    from trsim.eventlog.taskrouter import taskrouter_events

    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    lines: list[str] = []
    for event in taskrouter_events(kept.log.rows(), kept.log.names, _workspace(kept)):
        lines.append(f"{encode(event)}\n")
        if len(lines) == _LINES_AT_ONCE:
            yield "".join(lines)
            lines.clear()
    yield "".join(lines)


def _workspace(kept: _Run) -> Workspace:
    """Return what the events say and the log does not."""
    from trsim.eventlog.taskrouter import Workspace
    from trsim.statistics.window import EPOCH

    start, zone = kept.scenario.content.start, kept.scenario.content.time_zone
    origin = EPOCH
    if start is not None:
        # As the statistics do: a start without a time zone is taken as UTC.
        origin = start.local.replace(tzinfo=dt.UTC if zone is None else zoneinfo.ZoneInfo(zone))
    plan = kept.model.routing.plan
    return Workspace(
        name=kept.scenario.name,
        origin=origin,
        attribute_sets=[
            json.dumps(dict(attributes), sort_keys=True, ensure_ascii=False, default=dict)
            for attributes in plan.worker_attribute_sets
        ],
        worker_attributes=[worker.attributes for worker in kept.model.spec.workers],
        expressions=[expression.text for expression in plan.queue_expressions],
    )


def _table(kept: _Run) -> Iterator[str]:
    """Yield the rows as CSV, many lines at a time."""
    from trsim.eventlog.table_text import csv_text
    from trsim.report.wording import Clock, printable

    start = kept.model.start
    clock = Clock(None if start is None else dt.datetime.fromisoformat(start))
    return csv_text(kept.log.rows(), kept.log.names, clock.stamp, printable)


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
