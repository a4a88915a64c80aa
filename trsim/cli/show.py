"""``trsim show``: what ``trsim run --all`` shows, of a run that was kept, without running it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import click
from rich_click import RichCommand

if TYPE_CHECKING:
    from trsim.analysis.study import Study
    from trsim.experiments.openrun import OpenRun
    from trsim.report.goals import Judgment

_CONTENTS: Final[Mapping[str, str]] = {
    "scenario.yaml": "the scenario as it was run",
    "events.parquet": "every event of the first replication; trsim trace, trsim export",
    "tasks.parquet": "its tasks",
    "reservations.parquet": "its reservations",
    "workers.parquet": "its workers",
    "steps.parquet": "its visits to the targets of workflows",
    "queues.parquet": "its queues by 15 minutes",
    "activities.parquet": "its workers' stays in activities",
    "waits.parquet": "where the wait of each of its tasks comes from",
    "kpis.json": "key figures over all replications, in all, by queue, stream, target",
    "manifest.json": "seed, versions, fingerprint of every replication",
}
"""What the files of a run folder hold, in a few words each."""


@click.command("show", cls=RichCommand)
@click.argument("run", metavar="RUN")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    envvar="TRSIM_SHOW_JSON",
    help="Print the document of 'trsim run --json'.",
)
def show(run: str, as_json: bool) -> None:
    """Show the figures of RUN, a folder that 'trsim run --out' wrote, and what is in it.

    They are printed as 'trsim run --all' prints them; nothing is simulated. A missed goal is shown
    and does not change the exit code.
    """
    from trsim.cli.kept_study import kept_study
    from trsim.cli.streams import write
    from trsim.experiments.openrun import open_run
    from trsim.report.goals import judge

    kept = open_run(run)
    study = kept_study(kept)
    judgments = judge(kept.model.goals, study.kpis())
    if as_json:
        write(_document(kept, study, judgments))
    else:
        _show(kept, study, judgments)


def _show(kept: OpenRun, study: Study, judgments: tuple[Judgment, ...]) -> None:
    """Write story, tables and a list of files."""
    from trsim.cli.streams import show as show_tables
    from trsim.cli.streams import write
    from trsim.report.story import MOST_TASKS, number_of_tasks, story
    from trsim.report.tables import full_overview

    log = kept.result.log
    if study.replications == 1 and 0 < number_of_tasks(log) <= MOST_TASKS:
        told = story(log, start=kept.model.start, horizon_ms=kept.result.horizon_ms)
        write(f"{told}\n")
    show_tables(full_overview(study, judgments))
    write(f"\n{_contents(kept)}")


def _contents(kept: OpenRun) -> str:
    """Return where things are."""
    from trsim.report.wording import printable

    there = [name for name in kept.manifest.get("files", _CONTENTS) if name in _CONTENTS]
    width = max(map(len, _CONTENTS))
    lines = [f"  {name:{width}}  {_CONTENTS[name]}" for name in there]
    return "\n".join([f"In {printable(str(kept.folder))}", *lines]) + "\n"


def _document(kept: OpenRun, study: Study, judgments: tuple[Judgment, ...]) -> str:
    """Return what ``trsim run --json`` printed."""
    from trsim.report.document import json_document

    document: dict[str, Any] = json.loads(
        json_document(study, judgments=judgments, warnings=kept.model.warnings)
    )
    figures = json.loads((kept.folder / "kpis.json").read_bytes())
    for groups in ("by_queue", "by_stream"):
        document[groups] = figures[groups]
    # The versions that simulated, not those that read.
    versions = document["provenance"]["versions"]
    for program in versions:
        versions[program] = kept.manifest["versions"][program]
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
