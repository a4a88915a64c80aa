"""Replications of many settings, each computed once: what all experiments are made of.

Experiments ask for jobs, a job being one replication of one setting.  What the store has already
is taken from there; the rest goes to the backend, in batches of one setting each, and into the
store as soon as it comes back.  How it is cut into batches is a matter of speed alone.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from typing import Final, Protocol

from trsim.errors import ExperimentError
from trsim.experiments.figures import Figures, figures_of
from trsim.experiments.run import Plan
from trsim.parallel.backend import Backend, Lost
from trsim.parallel.serial import Serial

WORTHWHILE_S: Final = 1.0
"""A batch should last about this long, so that sending it costs next to nothing [s]."""


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One replication of one setting.

    Attributes
    ----------
    plan : Plan
        The setting: model, seed and horizon.
    replication : int
        Number of the replication, from 0.
    """

    plan: Plan
    replication: int


class Store(Protocol):
    """Keeps figures beyond the life of a process."""

    def get(self, job: Job) -> Figures | None:
        """Return the figures of a job, None if they are not known."""
        ...

    def put(self, job: Job, figures: Figures) -> None:
        """Keep the figures of a job, durably once this returns."""
        ...

    def put_all(self, jobs: Sequence[Job], figures: Sequence[Figures]) -> None:
        """Keep the figures of several jobs, durably once this returns."""
        ...


OnDone = Callable[[int, int], None]
"""Called with how many jobs are done, and of how many."""


class Evaluator:
    """Does jobs.

    Parameters
    ----------
    backend : Backend, optional
        Where they are done; left out: in this process.
    store : Store, optional
        Where figures are kept and looked for; left out: nowhere.
    on_done : callable, optional
        Called whenever jobs of an evaluation are done.
    """

    def __init__(
        self,
        *,
        backend: Backend | None = None,
        store: Store | None = None,
        on_done: OnDone | None = None,
    ) -> None:
        self.backend: Backend = Serial() if backend is None else backend
        self.store = store
        self._on_done = on_done
        self._pace = _Pace()

    def evaluate(self, jobs: Sequence[Job]) -> list[Figures]:
        """Return the figures of jobs, in their order.

        Raises
        ------
        ExperimentError
            Some jobs could not be done; all others are in the store.
        """
        done: list[Figures | Lost | None] = [None] * len(jobs)
        with closing(self.stream(jobs)) as answers:
            for index, figures in answers:
                done[index] = figures
        lost = [(jobs[index], each) for index, each in enumerate(done) if isinstance(each, Lost)]
        if lost:
            job, why = lost[0]
            raise ExperimentError(
                f"{len(lost)} of {len(jobs)} replications could not be done, the first of them "
                f"replication {job.replication} of {job.plan.model.name!r}: {why.reason}"
            )
        return [each for each in done if isinstance(each, Figures)]

    def stream(self, jobs: Sequence[Job]) -> Generator[tuple[int, Figures | Lost], None, None]:
        """Yield the figures of jobs with their index, as soon as they are there.

        Closing the generator early ends all work; what is done is in the store.
        """
        n_done = 0
        missing = []
        for index, job in enumerate(jobs):
            known = None if self.store is None else self.store.get(job)
            if known is None:
                missing.append(index)
                continue
            n_done += 1
            yield index, known
        self._tell(n_done, len(jobs))
        longest: int | None = None
        while missing:
            again: list[int] = []
            with closing(self._answers(jobs, missing, longest)) as answers:
                for indices, answer in answers:
                    if isinstance(answer, Lost) and len(indices) > 1:
                        # One of them may have taken the others with it.
                        again += indices
                        continue
                    for index, part in zip(indices, _parts(answer), strict=True):
                        n_done += 1
                        yield index, part
                    self._tell(n_done, len(jobs))
            missing, longest = again, 1

    def _answers(
        self, jobs: Sequence[Job], missing: Sequence[int], longest: int | None
    ) -> Generator[tuple[list[int], Simulated | Lost], None, None]:
        """Yield what comes of each batch, with the indices of its jobs, once it is kept."""
        cut = _Cut(jobs, missing, self._pace, self.backend.workers)
        with closing(self.backend.run(simulate_batch, cut.batches(longest))) as answers:
            for number, answer in answers:
                indices = cut.taken.pop(number)
                if not isinstance(answer, Lost):
                    self._pace.note(answer)
                    if self.store is not None:
                        self.store.put_all([jobs[index] for index in indices], answer.figures)
                yield indices, answer

    def _tell(self, n_done: int, n: int) -> None:
        if self._on_done is not None:
            self._on_done(n_done, n)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Replications of one setting, which travels with them only once.

    Attributes
    ----------
    plan : Plan
    replications : tuple of int
        Their numbers.
    """

    plan: Plan
    replications: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """What comes of a batch.

    Attributes
    ----------
    figures : tuple of Figures
        Of its replications, in their order.
    took_s : float
        How long that took [s]; no figure depends on it.
    """

    figures: tuple[Figures, ...]
    took_s: float


def simulate_batch(batch: Batch) -> Simulated:
    """Return the figures of a batch; runs wherever the backend has it run."""
    begin_s = time.perf_counter()
    figures = tuple(figures_of(batch.plan.simulate(number, None)) for number in batch.replications)
    return Simulated(figures, time.perf_counter() - begin_s)


class _Pace:
    """How long a replication takes, as far as is known."""

    def __init__(self) -> None:
        self.replication_s: float | None = None

    def note(self, simulated: Simulated) -> None:
        """Learn from a batch that is done; the latest ones count most."""
        latest_s = simulated.took_s / len(simulated.figures)
        before_s = latest_s if self.replication_s is None else self.replication_s
        self.replication_s = (before_s + latest_s) / 2


class _Cut:
    """Cuts jobs into batches, each when it is wanted.

    The first ones are single replications, which show how long one takes.  Later ones last about
    as long as makes the way to a worker worth it, but never take so many that the others would
    have nothing left to do.  What is computed does not depend on the cut.
    """

    def __init__(
        self, jobs: Sequence[Job], missing: Sequence[int], pace: _Pace, workers: int
    ) -> None:
        self._jobs = jobs
        self._missing = missing
        self._pace = pace
        self._workers = workers
        self.taken: dict[int, list[int]] = {}

    def batches(self, longest: int | None) -> Iterator[Batch]:
        """Yield the batches, none longer than allowed; :attr:`taken` has their jobs' indices."""
        begin = 0
        for number in count():
            if begin == len(self._missing):
                return
            most = longest or self._size(len(self._missing) - begin)
            plan = self._jobs[self._missing[begin]].plan
            indices = []
            for index in self._missing[begin : begin + most]:
                if not _is_same(self._jobs[index].plan, plan):
                    break
                indices.append(index)
            self.taken[number] = indices
            begin += len(indices)
            yield Batch(plan, tuple(self._jobs[index].replication for index in indices))

    def _size(self, left: int) -> int:
        """Return how many replications the next batch may have, with so many left."""
        replication_s = self._pace.replication_s
        if self._workers == 1 or replication_s is None:
            return 1
        worthwhile = math.ceil(WORTHWHILE_S / max(replication_s, 1e-6))
        return max(1, min(worthwhile, math.ceil(left / self._workers)))


def _is_same(one: Plan, other: Plan) -> bool:
    """Whether two plans are of one setting, by a look that costs nothing."""
    return one is other or (
        one.model is other.model and (one.seed, one.horizon_ms) == (other.seed, other.horizon_ms)
    )


def _parts(answer: Simulated | Lost) -> Sequence[Figures | Lost]:
    return (answer,) if isinstance(answer, Lost) else answer.figures
