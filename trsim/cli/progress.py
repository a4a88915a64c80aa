"""Progress bars on standard error: only for people, and only where there is time to read them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Callable[[float], None] | None]:
    """Give a function to be called with the share of the work done, 0 … 1; None: nobody looks.

    Parameters
    ----------
    quiet : bool
        Whether the user asked for silence.
    """
    from trsim.interactive.bars import LateBar

    if quiet or not sys.stderr.isatty():
        yield None
        return
    with closing(LateBar("simulating")) as bar:
        yield bar.advance


@contextmanager
def count_bar(*, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """Give a function to be called with how many replications are done, and of how many.

    Parameters
    ----------
    quiet : bool
        Whether the user asked for silence.
    """
    from trsim.interactive import bars

    if quiet or not sys.stderr.isatty():
        yield None
        return
    with closing(bars.count_bar()) as bar:
        yield bar.advance
