"""Work on the machines of a Dask cluster.

Dask itself tries a piece again whose worker dies, on another worker, as often as the scheduler's
setting ``distributed.scheduler.allowed-failures`` says.
"""

from __future__ import annotations

import logging
import math
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from trsim.errors import ExperimentError, UsageError
from trsim.parallel.backend import Lost

if TYPE_CHECKING:
    from distributed import Client, Future

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")

PATIENCE_S: Final = 10.0
"""How long the scheduler may take to answer at first [s]."""
_SPARE: Final = 2
"""Pieces for each worker's slot, so that the next one is there when one is done."""
_NEWS_S: Final = 2.0
"""How old the number of workers may be when work is handed out [s]."""
_TALKERS: Final = ("distributed", "distributed.client", "tornado.application", "asyncio")


class Cluster:
    """The workers of a Dask scheduler.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://10.0.0.5:8786``.
    same : callable, optional
        Its answer must be the same on every worker as here; it says which code runs there.
        Workers are asked at once, and again with every piece, since they come and go.
    patience_s : float
        How long the scheduler may take to answer at first [s].

    Raises
    ------
    UsageError
        Dask is not installed, there is no scheduler, it has no workers, or a worker runs
        another version of the code.
    """

    def __init__(
        self,
        address: str,
        *,
        same: Callable[[], str] | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.address = address
        self._same = same
        self._asked_s = -math.inf
        self._known = 1
        self._client = _connected(address, patience_s)
        try:
            with _silence():
                self._check_workers()
        except BaseException:
            self.close()
            raise

    @property
    def workers(self) -> int:
        """How many pieces are worked on at the same time, >= 1; changes as workers come and go."""
        threads: Mapping[str, int] = self._client.nthreads()
        return max(1, sum(threads.values()))

    def run(
        self, work: Callable[[Piece], Answer], pieces: Iterable[Piece]
    ) -> Generator[tuple[int, Answer | Lost], None, None]:
        """Yield what comes of each piece, as soon as it comes; see :class:`Backend`."""
        from concurrent.futures import CancelledError

        from distributed import as_completed
        from distributed.comm.core import CommClosedError

        checked = _Checked(work, self._same, None if self._same is None else self._same())
        coming = enumerate(pieces)
        underway: dict[Future[Any], int] = {}
        done = as_completed(loop=self._client.loop, raise_errors=False)
        with _silence():
            try:
                while True:
                    wanted = _SPARE * self._workers_lately() - len(underway)
                    for place, piece in islice(coming, max(0, wanted)):
                        future = self._client.submit(checked, piece, pure=False)
                        underway[future] = place
                        done.add(future)
                    if not underway:
                        return
                    future = next(done)
                    answer = self._answer(future)
                    yield underway.pop(future), answer
            except (CommClosedError, CancelledError) as problem:
                raise self._gone() from problem
            finally:
                if underway and self._client.status == "running":
                    self._client.cancel(list(underway), force=True)

    def close(self) -> None:
        """Leave the cluster; what is underway for us is forgotten there."""
        with _silence():
            self._client.close(timeout=PATIENCE_S)

    def _answer(self, future: Future[Any]) -> Any:
        """Return what came of a piece."""
        from distributed import KilledWorker

        if future.status == "cancelled":
            raise self._gone()
        problem = future.exception() if future.status == "error" else None
        if isinstance(problem, KilledWorker):
            return Lost(
                f"{problem.allowed_failures + 1} workers died over it, the last one "
                f"{problem.last_worker.address}"
            )
        if problem is not None:
            raise problem
        answer = future.result()
        if isinstance(answer, Stale):
            raise _refusal({answer.worker: answer.version}, str(answer.wanted))
        return answer

    def _workers_lately(self) -> int:
        """Return how many there were some seconds ago at most, without asking each time."""
        now_s = time.monotonic()
        if now_s - self._asked_s > _NEWS_S:
            self._asked_s, self._known = now_s, self.workers
        return self._known

    def _gone(self) -> ExperimentError:
        return ExperimentError(
            f"the scheduler at {self.address} went away; what was done until then is kept where "
            f"a ledger is used"
        )

    def _check_workers(self) -> None:
        """Stop unless there are workers, and all of them run our code."""
        if not self._client.nthreads():
            raise UsageError(
                f"the scheduler at {self.address} has no workers; start some with "
                f"'dask worker {self.address}'"
            )
        if self._same is None:
            return
        wanted = self._same()
        found = self._client.run(self._same, on_error="return")
        other = {worker: what for worker, what in sorted(found.items()) if what != wanted}
        if other:
            raise _refusal(other, wanted)


@dataclass(frozen=True, slots=True)
class Stale:
    """What a worker answers that runs another version of the code.

    Attributes
    ----------
    worker : str
        Its address.
    version, wanted : str
        What runs there, and what runs here.
    """

    worker: str
    version: str
    wanted: str


class _Checked(Generic[Piece, Answer]):
    """Work that a worker does only if it runs our code."""

    def __init__(
        self,
        work: Callable[[Piece], Answer],
        same: Callable[[], str] | None,
        wanted: str | None,
    ) -> None:
        self._work = work
        self._same = same
        self._wanted = wanted

    def __call__(self, piece: Piece) -> Answer | Stale:
        if self._same is not None and self._wanted is not None:
            version = self._same()
            if version != self._wanted:
                from distributed import get_worker

                return Stale(get_worker().address, version, self._wanted)
        return self._work(piece)


def _connected(address: str, patience_s: float) -> Client:
    """Return a client of a scheduler."""
    try:
        from distributed import Client
    except ImportError as problem:
        raise UsageError(
            "a cluster needs Dask, which is not installed: pip install 'trsim[dask]'"
        ) from problem
    try:
        _check_reachable(address, patience_s)
        with _silence():
            return Client(address, timeout=patience_s, set_as_default=False)
    except (OSError, ValueError, TypeError) as problem:
        raise UsageError(
            f"no Dask scheduler answers at {address!r} ({_first_line(problem)}); it should look "
            f"like tcp://10.0.0.5:8786, as 'dask scheduler' prints it"
        ) from problem


@contextmanager
def _silence() -> Iterator[None]:
    """Keep Dask from reporting every connection that ends: what matters of it is said by us."""
    loggers = [logging.getLogger(name) for name in _TALKERS]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _check_reachable(address: str, patience_s: float) -> None:
    """Stop unless something listens at an address.

    Dask would wait for the resolution of a name as long as the system likes, and so the looking
    is done in a thread that can be left behind.
    """
    from distributed.comm.addressing import get_address_host_port

    host, port = get_address_host_port(address, strict=True)
    found: list[OSError | None] = []

    def look() -> None:
        try:
            socket.create_connection((host, port), timeout=patience_s).close()
            found.append(None)
        except OSError as problem:
            found.append(problem)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(patience_s)
    if not found:
        raise TimeoutError(f"nothing within {patience_s:g} s")
    if found[0] is not None:
        raise found[0]


def _refusal(other: dict[str, Any], wanted: str) -> UsageError:
    """Return the error for workers that run something else."""
    named = [
        f"{worker} ({_first_line(what) if isinstance(what, BaseException) else str(what)[:12]})"
        for worker, what in other.items()
    ]
    return UsageError(
        f"{len(named)} of the cluster's workers do not run the same trsim as this process "
        f"({wanted[:12]}): {', '.join(named)}; install it there and start them again"
    )


def _first_line(problem: BaseException) -> str:
    return (str(problem).splitlines() or [type(problem).__name__])[0]
