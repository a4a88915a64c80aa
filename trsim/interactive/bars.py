"""A progress bar that appears once work takes a while, in a terminal or in Jupyter."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE_S: Final = 1.0
"""Work that ends sooner shows no bar [s]."""


class LateBar:
    """A bar on standard error, or below a notebook's cell.

    Parameters
    ----------
    words : str
        What stands before it, as rich's columns take it.
    """

    def __init__(self, words: str) -> None:
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


def count_bar() -> LateBar:
    """Return a bar that counts replications."""
    return LateBar("{task.completed:.0f} of {task.total:.0f} replications")


def in_notebook() -> bool:
    """Return whether a Jupyter kernel runs this."""
    loaded = sys.modules.get("IPython")
    shell = None if loaded is None else loaded.get_ipython()
    return getattr(shell, "kernel", None) is not None


def _drawn_bar(words: str) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeRemainingColumn

    bar = Progress(
        words,
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console() if in_notebook() else Console(file=sys.stderr),
        transient=True,
    )
    bar.add_task("simulating", total=1.0)
    bar.start()
    return bar
