"""Replications of many settings, each computed once: what all experiments are made of.

Experiments ask for jobs, a job being one replication of one setting.  What the store has already
is taken from there; the rest goes to the backend, in batches of one setting each, and into the
store as soon as it comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from trsim.errors import ExperimentError
from trsim.experiments.figures import Figures, figures_of
from trsim.experiments.run import Plan
from trsim.parallel.backend import Backend, Lost
from trsim.parallel.serial import Serial


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

    def evaluate(self, jobs: Sequence[Job]) -> list[Figures]:
        """Return the figures of jobs, in their order.

        Raises
        ------
        ExperimentError
            Some jobs could not be done; all others are in the store.
        """
        done: list[Figures | Lost | None] = [None] * len(jobs)
        for index, figures in self.stream(jobs):
            done[index] = figures
        lost = [(jobs[index], each) for index, each in enumerate(done) if isinstance(each, Lost)]
        if lost:
            job, why = lost[0]
            raise ExperimentError(
                f"{len(lost)} of {len(jobs)} replications could not be done, the first of them "
                f"replication {job.replication} of {job.plan.model.name!r}: {why.reason}"
            )
        return [each for each in done if isinstance(each, Figures)]

    def stream(self, jobs: Sequence[Job]) -> Iterator[tuple[int, Figures | Lost]]:
        """Yield the figures of jobs with their index, as soon as they are there."""
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
        batches = _batches([jobs[index] for index in missing])
        begun = 0
        starts = []
        for batch in batches:
            starts.append(begun)
            begun += len(batch)
        for number, answer in self.backend.run(simulate_batch, batches):
            batch = batches[number]
            answers: Sequence[Figures | Lost] = (
                [answer] * len(batch) if isinstance(answer, Lost) else answer
            )
            for place, figures in enumerate(answers):
                if self.store is not None and isinstance(figures, Figures):
                    self.store.put(batch[place], figures)
                n_done += 1
                yield missing[starts[number] + place], figures
            self._tell(n_done, len(jobs))

    def _tell(self, n_done: int, n: int) -> None:
        if self._on_done is not None:
            self._on_done(n_done, n)


def simulate_batch(batch: Sequence[Job]) -> list[Figures]:
    """Return the figures of some jobs; runs wherever the backend has it run."""
    return [figures_of(job.plan.simulate(job.replication, None)) for job in batch]


def _batches(jobs: Sequence[Job]) -> list[list[Job]]:
    """Cut jobs into batches of one setting each."""
    return [[job] for job in jobs]
