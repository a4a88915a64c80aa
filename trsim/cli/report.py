"""``trsim report``: a page about a run that was kept, to be sent, read and printed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich_click import RichCommand

from trsim.cli.pages import refuse_foreign, write_page


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
    from trsim.report.page import GENERATOR, page
    from trsim.report.page_findings import findings_of_run

    refuse_foreign(options.out, GENERATOR, "trsim report")
    content = page(findings_of_run(open_run(options.run))).encode()
    write_page(options.out, content)
    if not options.quiet:
        talk(visible(f"wrote {options.out}: {len(content) / 1000:,.0f} kB"))
