"""A progress bar on standard error: only for people, and only where there is time to read it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE_S = 1.0
"""A run that ends sooner shows no bar [s]."""


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Callable[[float], None] | None]:
    """Give a function to be called with the share of the work done, 0 … 1; None: nobody looks.

    Parameters
    ----------
    quiet : bool
        Whether the user asked for silence.
    """
    if quiet or not sys.stderr.isatty():
        yield None
        return
    bar = _LateBar()
    try:
        yield bar.advance
    finally:
        bar.close()


@contextmanager
def count_bar(*, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """Give a function to be called with how many replications are done, and of how many.

    Parameters
    ----------
    quiet : bool
        Whether the user asked for silence.
    """
    if quiet or not sys.stderr.isatty():
        yield None
        return
    bar = _LateBar("{task.completed:.0f} of {task.total:.0f} replications")
    try:
        yield bar.advance
    finally:
        bar.close()


class _LateBar:
    """A bar that appears once the work has taken a while.

    Parameters
    ----------
    words : str
        What stands before it, as rich's columns take it.
    """

    def __init__(self, words: str = "simulating") -> None:
        self._words = words
        self._begin_s = time.monotonic()
        self._bar: Progress | None = None

    def advance(self, done: float, total: float = 1.0) -> None:
        """Show how much is done."""
        if self._bar is None:
            if time.monotonic() - self._begin_s < PATIENCE_S:
                return
            self._bar = _drawn_bar(self._words)
        self._bar.update(self._bar.task_ids[0], completed=done, total=total)

    def close(self) -> None:
        """Leave the screen as it was."""
        if self._bar is not None:
            self._bar.stop()


def _drawn_bar(words: str) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeRemainingColumn

    bar = Progress(
        words,
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(file=sys.stderr),
        transient=True,
    )
    bar.add_task("simulating", total=1.0)
    bar.start()
    return bar
