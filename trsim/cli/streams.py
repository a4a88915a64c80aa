"""Standard output for data, standard error for talk.

Data is written through :func:`write` only, so that a full disk or a closed pipe is noticed here
and nowhere else.  Talk that cannot be delivered is dropped.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from trsim.errors import OutputError
from trsim.report.wording import printable

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

NARROW = 80
"""Columns of tables where standard output is not a terminal."""


def prepare_streams() -> None:
    """Let every character through; what the encoding lacks is escaped instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def write(text: str) -> None:
    """Write data.

    Raises
    ------
    OutputError
        Standard output does not take it.
    BrokenPipeError
        Nobody reads it any more.
    """
    try:
        sys.stdout.write(text)
    except BrokenPipeError:
        raise
    except OSError as problem:
        raise _no_output(problem) from problem


def finish_output() -> None:
    """Make sure that all data has been taken; raises as :func:`write` does."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as problem:
        raise _no_output(problem) from problem


def abandon_output() -> None:
    """Let what is still buffered go nowhere, so that the end of the process stays quiet."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def talk(text: str) -> None:
    """Say something to the person at the terminal."""
    with suppress(OSError, ValueError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def visible(text: str) -> str:
    """Return a text with everything escaped that could steer a terminal, line ends apart."""
    return "\n".join(printable(line) for line in text.split("\n"))


def data_width() -> int:
    """Return how wide data may be: as the terminal, or narrow where there is none [columns]."""
    return _console(io.StringIO()).width


def show(*parts: RenderableType) -> None:
    """Write tables and texts as data."""
    # Rich writes and flushes by itself, and ends the process when a pipe is closed.
    drawn = io.StringIO()
    _console(drawn).print(*parts, sep="\n")
    write("".join(f"{line.rstrip()}\n" for line in drawn.getvalue().splitlines()))


def _console(file: io.StringIO) -> Console:
    """Return a console that draws for standard output, but elsewhere."""
    from rich.console import Console

    terminal = sys.stdout.isatty()
    width = None if terminal or "COLUMNS" in os.environ else NARROW
    return Console(
        file=file,
        force_terminal=terminal,
        width=width,
        highlight=False,
        markup=False,
        emoji=False,
    )


def _no_output(problem: OSError) -> OutputError:
    abandon_output()
    return OutputError(f"cannot write to standard output: {problem.strerror or problem}")
