"""Work in several processes of this machine, on loky, joblib's executor."""

from __future__ import annotations

import os
import queue
import re
import signal
import threading
import time
import warnings
import weakref
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager, suppress
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

from trsim.errors import UsageError
from trsim.parallel.backend import Lost

if TYPE_CHECKING:
    from joblib.externals.loky import ProcessPoolExecutor

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")

_SPARE: Final = 2
"""Pieces that wait for the next free worker, so that none of them stands idle."""
_CALM: Final = {
    # Replications are the parallel work: libraries that start threads as well would only
    # crowd the cores.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "BLIS_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    # A worker that dies is reported by us, in one line.
    "PYTHONFAULTHANDLER": "0",
}
"""Environment of the workers."""


class Processes:
    """Worker processes of this machine, started with the first work and kept for the next.

    Parameters
    ----------
    n : int, optional
        How many, >= 1; left out: as many as there are cores for this process.

    Raises
    ------
    UsageError
        The number is out of bounds.

    Notes
    -----
    Functions and classes that were defined in a notebook or on the command line can be sent.
    The workers end with :meth:`close`, with this object, and with the process, however it ends.
    """

    def __init__(self, n: int | None = None) -> None:
        self.workers = cores() if n is None else checked_number(n)
        self._executor: ProcessPoolExecutor | None = None
        self._ending: weakref.finalize[Any, Any] | None = None

    def run(
        self, work: Callable[[Piece], Answer], pieces: Iterable[Piece]
    ) -> Generator[tuple[int, Answer | Lost], None, None]:
        """Yield what comes of each piece, as soon as it comes; see :class:`Backend`."""
        coming = enumerate(pieces)
        underway: dict[Future[Answer], tuple[int, Piece]] = {}
        finished = False
        try:
            while True:
                for place, piece in islice(coming, self.workers + _SPARE - len(underway)):
                    underway[self._begun(work, piece, self.workers)] = place, piece
                if not underway:
                    break
                done = wait(underway, return_when=FIRST_COMPLETED).done
                if any(_is_broken(each) for each in done):
                    # Whichever piece it was: all that were underway went down with the worker.
                    done = wait(underway).done
                suspects = []
                for future in [each for each in underway if each in done]:
                    place, piece = underway.pop(future)
                    if _is_broken(future):
                        suspects.append((place, piece))
                    else:
                        yield place, future.result()
                for place, piece in suspects:
                    yield place, self._tried_alone(work, piece)
                if suspects:
                    self.close()
            finished = True
        finally:
            if not finished:
                self.close()

    def close(self) -> None:
        """End all workers at once; new work starts new ones."""
        if self._ending is not None:
            self._ending()
        self._executor = self._ending = None

    def _tried_alone(self, work: Callable[[Piece], Answer], piece: Piece) -> Answer | Lost:
        """Return what comes of a piece in a worker that has nothing else to do."""
        future = self._begun(work, piece, 1)
        wait([future])
        if _is_broken(future):
            return Lost(_reason(future))
        return future.result()

    def _begun(self, work: Callable[[Piece], Answer], piece: Piece, workers: int) -> Future[Answer]:
        """Hand a piece to an executor with so many workers, a new one if need be."""
        from joblib.externals.loky import BrokenProcessPool

        with _undisturbed():
            future: Future[Answer]
            if self._executor is not None and self._executor._max_workers == workers:
                # An idle worker may have died since: then this executor takes nothing more.
                with suppress(BrokenProcessPool):
                    future = self._executor.submit(work, piece)
                    return future
            self.close()
            self._executor = executor = _new_executor(workers)
            self._ending = weakref.finalize(self, _end, executor)
            future = executor.submit(work, piece)
            return future


def cores() -> int:
    """Return how many cores this process may use, >= 1: affinity and containers count."""
    from joblib import cpu_count

    return max(1, int(cpu_count()))


def checked_number(value: object) -> int:
    """Return a number of processes.

    Raises
    ------
    UsageError
        It is none.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise UsageError(f"processes must be a whole number >= 1, not {value!r}")
    return value


def _new_executor(workers: int) -> ProcessPoolExecutor:
    from joblib.externals.loky import ProcessPoolExecutor

    return ProcessPoolExecutor(
        workers, initializer=_settle, initargs=(os.getpid(),), env=dict(_CALM)
    )


def _end(executor: ProcessPoolExecutor) -> None:
    """Kill all workers, and wait until they are gone."""
    # What loky has not looked at yet it would look for once it has forgotten it: a traceback
    # of its thread (joblib 1.6).
    with suppress(queue.Empty):
        while True:
            executor._work_ids.get_nowait()
    with warnings.catch_warnings():
        # Where the system has no pgrep, loky says so; our workers have no children.
        warnings.simplefilter("ignore")
        executor.shutdown(wait=True, kill_workers=True)


def _settle(parent: int) -> None:
    """Prepare a worker: Ctrl-C is the business of its parent, which it never outlives."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()


def _leave_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold signals back while processes start; these inherit that until they are settled.

    A worker that Ctrl-C meets while it still imports would die with a traceback, and an
    exception between the start of a process and the note of it would leave it behind.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    from joblib.externals.loky.backend.resource_tracker import ensure_running

    # Both are wanted by the first worker, and let signals through again as they start.
    resource_tracker.ensure_running()
    ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _is_broken(future: Future[Any]) -> bool:
    from joblib.externals.loky import BrokenProcessPool

    return isinstance(future.exception(), BrokenProcessPool)


def _reason(future: Future[Any]) -> str:
    """Return in words why nothing came back."""
    problem = future.exception()
    codes = re.search(r"exit codes of the workers are \{(.+)\}", str(problem))
    if codes is not None:
        return f"its process died twice, the second time alone: {codes[1]}"
    why = str(getattr(problem, "__cause__", None) or problem).strip().strip("'\"").splitlines()
    return f"it could not be handed over: {why[-1].strip() if why else problem}"
