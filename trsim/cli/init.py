"""``trsim init``: a scenario to start from."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click
from rich_click import RichCommand

from trsim.errors import OutputError
from trsim.report.wording import printable


@click.command("init", cls=RichCommand)
@click.argument("path", type=click.Path(path_type=Path), default=Path("scenario.yaml"))
def init(path: Path) -> None:
    """Write a commented scenario to PATH.

    An existing file is never overwritten.
    """
    from trsim.cli.streams import talk
    from trsim.scenario.starter import starter_text

    _write_new(path, starter_text())
    name = printable(str(path))
    talk(f"wrote {name}; try: trsim run {name}")


def _write_new(path: Path, text: str) -> None:
    """Write a file that was not there before, completely or not at all."""
    try:
        stream = path.open("x", encoding="utf-8", newline="\n")
    except FileExistsError as problem:
        raise OutputError(f"cannot write {path}: it exists already") from problem
    except OSError as problem:
        raise OutputError(f"cannot write {path}: {problem.strerror or problem}") from problem
    try:
        with stream:
            stream.write(text)
    except BaseException as problem:
        with suppress(OSError):
            path.unlink()
        if isinstance(problem, OSError):
            reason = problem.strerror or problem
            raise OutputError(f"cannot write {path}: {reason}") from problem
        raise
