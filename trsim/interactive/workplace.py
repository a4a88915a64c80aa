"""Where the experiments of a program or a notebook do their work."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from os import PathLike

from trsim.experiments.code_version import code_version
from trsim.experiments.evaluate import Evaluator
from trsim.experiments.ledger import Ledger
from trsim.interactive.bars import count_bar, in_notebook
from trsim.parallel.choice import backend_for


@contextmanager
def workplace(
    *,
    processes: int | None = None,
    dask: str | None = None,
    ledger: str | PathLike[str] | None = None,
) -> Iterator[Evaluator]:
    """Give what does the work of experiments, with a progress bar where somebody looks.

    Parameters
    ----------
    processes : int, optional
        How many processes of this machine work, >= 1; left out: one for each core.
    dask : str, optional
        Address of a Dask scheduler that does the work instead, such as ``tcp://10.0.0.5:8786``.
    ledger : str or PathLike, optional
        A file that keeps all figures, so that nothing is simulated twice, not even tomorrow.

    Yields
    ------
    Evaluator
        For the ``evaluator`` of :func:`trsim.compare`, :func:`trsim.sweep` and
        :func:`trsim.tune`.  What comes of them is the same wherever the work is done.

    Raises
    ------
    UsageError
        The place of work or the ledger cannot be used.
    OutputError
        The ledger cannot be written.

    Examples
    --------
    >>> import trsim
    >>> with trsim.workplace(processes=4, ledger="desk.sqlite") as here:  # doctest: +SKIP
    ...     trsim.compare({"today": today, "longer": longer}, evaluator=here)
    """
    with ExitStack() as stack:
        store = None if ledger is None else stack.enter_context(Ledger(ledger))
        backend = stack.enter_context(closing(backend_for(processes, dask, same=code_version)))
        on_done = None
        if in_notebook() or sys.stderr.isatty():
            on_done = stack.enter_context(closing(count_bar())).advance
        yield Evaluator(backend=backend, store=store, on_done=on_done)
