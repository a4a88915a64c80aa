"""Where a command does its work: options that say so, and what does it, with a progress bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from trsim.experiments.evaluate import Evaluator, Store

F = TypeVar("F", bound=Callable[..., Any])


def processes_option(command: F) -> F:
    """Give a command ``--processes`` (parameter ``processes``, None: all cores)."""
    return click.option(
        "--processes",
        "-p",
        type=click.IntRange(min=1),
        metavar="N",
        help="Processes that work at the same time; left out: one for each core.  The figures "
        "are the same for any number.",
    )(command)


def dask_option(command: F) -> F:
    """Give a command ``--dask`` (parameter ``dask``)."""
    return click.option(
        "--dask",
        metavar="ADDRESS",
        help="Work on a Dask cluster, e.g. tcp://10.0.0.5:8786, instead of this machine.",
    )(command)


def quiet_option(command: F) -> F:
    """Give a command ``--quiet`` (parameter ``quiet``)."""
    return click.option("--quiet", "-q", is_flag=True, help="No progress and no remarks.")(command)


def work_options(command: F) -> F:
    """Give a command all options that say where and how it works.

    Parameters of the command: ``processes`` (int or None), ``dask`` (str or None) and ``quiet``
    (bool).
    """
    return processes_option(dask_option(quiet_option(command)))


@contextmanager
def evaluator(
    *, processes: int | None, dask: str | None = None, quiet: bool, store: Store | None = None
) -> Iterator[Evaluator]:
    """Give what does the work, and end all of it whatever happens.

    Parameters
    ----------
    processes, dask, quiet
        As :func:`work_options` hands them to a command.
    store : Store, optional
        Where figures are kept and looked for, such as a
        :class:`~trsim.experiments.ledger.Ledger`.

    Raises
    ------
    UsageError
        The place of work cannot be used.
    """
    from trsim.cli.progress import count_bar
    from trsim.cli.stopping import stop_if_asked
    from trsim.experiments.code_version import code_version
    from trsim.experiments.evaluate import Evaluator
    from trsim.parallel.choice import backend_for

    with (
        closing(backend_for(processes, dask, same=code_version)) as backend,
        count_bar(quiet=quiet) as show_count,
    ):

        def on_done(done: int, of: int) -> None:
            stop_if_asked()
            if show_count is not None:
                show_count(done, of)

        yield Evaluator(backend=backend, store=store, on_done=on_done)
