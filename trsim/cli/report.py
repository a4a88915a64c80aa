"""``trsim report``: a page about a run that was kept, to be sent, read and printed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich_click import RichCommand

from trsim.errors import OutputError

_HEAD_BYTES = 400
"""A page says at its beginning by what it was made."""


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What follows ``trsim report``."""

    run: str
    out: Path
    quiet: bool


@click.command("report", cls=RichCommand)
@click.argument("run", metavar="RUN")
@click.option(
    "--out",
    "-o",
    metavar="FILE",
    required=True,
    type=click.Path(path_type=Path),
    help="The page to write, such as report.html; a page of this kind is replaced.",
)
@click.option("--quiet", "-q", is_flag=True, help="No remarks.")
def report(**options: Any) -> None:
    """Write a page with the answers, figures and plots of RUN, a folder of 'trsim run --out'.

    The page is one file for any browser, phone or printer. It needs no network and has at most
    2 MB.
    """
    _report(ReportOptions(**options))


def _report(options: ReportOptions) -> None:
    from trsim.cli.streams import talk, visible
    from trsim.experiments.openrun import open_run
    from trsim.report.page import page
    from trsim.report.page_findings import findings_of_run

    _refuse_foreign(options.out)
    content = page(findings_of_run(open_run(options.run))).encode()
    _write(options.out, content)
    if not options.quiet:
        talk(visible(f"wrote {options.out}: {len(content) / 1000:,.0f} kB"))


def _refuse_foreign(path: Path) -> None:
    """Stop unless the place is free, or has a page like the one to be written."""
    from trsim.report.page import GENERATOR

    try:
        with path.open("rb") as file:
            ours = f'content="{GENERATOR}"'.encode() in file.read(_HEAD_BYTES)
    except FileNotFoundError:
        return
    except OSError as problem:
        raise OutputError(f"cannot write {path}: {problem.strerror or problem}") from problem
    if not ours:
        raise OutputError(f"cannot write {path}: it exists, and is no page of 'trsim report'")


def _write(path: Path, content: bytes) -> None:
    from trsim.eventlog.durable import replace_file

    try:
        replace_file(path, content)
    except OSError as problem:
        raise OutputError(f"cannot write {path}: {problem.strerror or problem}") from problem
