"""Jobs: the same figures wherever and in whatever order they are done, and none of them twice."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.experiments.desk import desk
from tests.parallel.living import living
from trsim.errors import ExperimentError
from trsim.experiments.evaluate import Batch, Evaluator, Job
from trsim.experiments.figures import Figures
from trsim.experiments.ledger import Ledger
from trsim.experiments.run import plan
from trsim.parallel.backend import Backend, Lost
from trsim.parallel.processes import Processes
from trsim.parallel.serial import Serial

PLANS = [plan(desk(horizon_ms=900_000), seed, None) for seed in (7, 8)]
JOBS = [Job(each, number) for each in PLANS for number in range(12)]


@pytest.fixture(scope="module")
def figures() -> list[Figures]:
    return Evaluator().evaluate(JOBS)


class Witness(Serial):
    """Writes down what it is given to do, as (seed, replication), and how it was cut."""

    def __init__(self, workers: int = 1) -> None:
        self.workers = workers
        self.batches: list[list[tuple[int, int]]] = []

    def run(
        self, work: Callable[[Any], Any], pieces: Iterable[Any]
    ) -> Generator[tuple[int, Any], None, None]:
        return super().run(work, self._seen(pieces))

    def _seen(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        for batch in batches:
            self.batches.append([(batch.plan.seed, number) for number in batch.replications])
            yield batch


@pytest.mark.parametrize("n", [2, 3])
def test_figures_and_their_order_do_not_depend_on_processes_or_submission(
    n: int, figures: list[Figures]
) -> None:
    assert len({each.fingerprint for each in figures}) == 24
    order = list(range(len(JOBS)))
    random.Random(n).shuffle(order)
    with closing(Processes(n)) as backend:
        evaluator = Evaluator(backend=backend)
        assert evaluator.evaluate(JOBS) == figures
        shuffled = evaluator.evaluate([JOBS[place] for place in order])
    assert shuffled == [figures[place] for place in order]


def test_batches_are_of_one_setting_and_leave_work_for_every_worker(
    figures: list[Figures], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trsim.experiments.evaluate.WORTHWHILE_S", 1e9)
    witness = Witness(workers=4)
    assert Evaluator(backend=witness).evaluate(JOBS) == figures
    done = [job for batch in witness.batches for job in batch]
    assert done == [(job.plan.seed, job.replication) for job in JOBS]
    assert all(len({seed for seed, _ in batch}) == 1 for batch in witness.batches)
    # The first shows how long a replication takes: much less than is worth a journey here.  Of
    # those left then, a quarter goes into the next batch, and so on.
    assert [len(batch) for batch in witness.batches][:4] == [1, 6, 5, 3]
    assert len(witness.batches[-1]) == 1


def test_a_replication_that_is_worth_a_journey_travels_alone(
    figures: list[Figures], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trsim.experiments.evaluate.WORTHWHILE_S", 1e-9)
    witness = Witness(workers=4)
    assert Evaluator(backend=witness).evaluate(JOBS) == figures
    assert [len(batch) for batch in witness.batches] == [1] * 24


def test_only_what_the_ledger_does_not_know_is_simulated(
    tmp_path: Path, figures: list[Figures]
) -> None:
    path, told = tmp_path / "ledger.db", list[tuple[int, int]]()
    first, second, third = Witness(), Witness(), Witness()
    with Ledger(path) as ledger:
        Evaluator(backend=first, store=ledger).evaluate(JOBS[:10])
    with Ledger(path) as ledger:
        evaluator = Evaluator(
            backend=second, store=ledger, on_done=lambda n, of: told.append((n, of))
        )
        assert evaluator.evaluate(JOBS) == figures
    with Ledger(path) as ledger:
        assert Evaluator(backend=third, store=ledger).evaluate(JOBS) == figures
    assert [sum(map(len, each.batches)) for each in (first, second, third)] == [10, 14, 0]
    assert told == [(n, 24) for n in range(10, 25)]


class Mine(Serial):
    """A place of work in which one replication is the end of every worker it meets."""

    workers = 3

    def run(
        self, work: Callable[[Any], Any], pieces: Iterable[Any]
    ) -> Generator[tuple[int, Any], None, None]:
        for number, batch in enumerate(pieces):
            lost = batch.plan is PLANS[1] and 5 in batch.replications
            yield number, Lost("it blew up") if lost else work(batch)


def test_one_lost_replication_takes_no_other_with_it(
    tmp_path: Path, figures: list[Figures]
) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        evaluator = Evaluator(backend=Mine(), store=ledger)
        with pytest.raises(
            ExperimentError, match=r"1 of 24 .* replication 5 of 'Desk': it blew up"
        ):
            evaluator.evaluate(JOBS)
        assert len(ledger) == 23
        answers = dict(evaluator.stream(JOBS))
    assert answers.pop(17) == Lost("it blew up")
    assert answers == {place: each for place, each in enumerate(figures) if place != 17}


class Impatient(Exception):
    """A consumer that has seen enough."""


def test_an_exception_in_the_consumer_ends_all_work() -> None:
    ended = []

    class Watched(Serial):
        def run(
            self, work: Callable[[Any], Any], pieces: Iterable[Any]
        ) -> Generator[tuple[int, Any], None, None]:
            try:
                yield from super().run(work, pieces)
            finally:
                ended.append(True)

    def stop(done: int, of: int) -> None:
        if done == 3:
            raise Impatient

    backend: Backend = Watched()
    with pytest.raises(Impatient) as caught:
        Evaluator(backend=backend, on_done=stop).evaluate(JOBS)
    assert ended == [True], f"while {caught.value!r} still holds every frame"


INTERRUPTED = """
import os, sys
from tests.experiments.desk import desk
from trsim.experiments.evaluate import Evaluator, Job
from trsim.experiments.ledger import Ledger
from trsim.experiments.run import plan
from trsim.parallel.processes import Processes
planned = plan(desk(), None, None)
jobs = [Job(planned, number) for number in range(20_000)]
backend = Processes(2)
def on_done(n, of):
    if n:
        print(n, *backend._executor._processes, flush=True)
try:
    with Ledger(sys.argv[1]) as ledger:
        Evaluator(backend=backend, store=ledger, on_done=on_done).evaluate(jobs)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


def test_ctrl_c_leaves_no_process_and_a_sound_ledger(tmp_path: Path) -> None:
    path, root = tmp_path / "ledger.db", str(Path(__file__).parents[2])
    parent = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, str(path)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "PYTHONPATH": root},
    )  # fmt: skip
    watch = threading.Timer(120, parent.kill)
    watch.start()
    assert parent.stdout is not None
    for _ in range(3):
        n, *pids = map(int, parent.stdout.readline().split())
    os.killpg(parent.pid, signal.SIGINT)
    out, err = parent.communicate()
    watch.cancel()
    assert (out.splitlines()[-1], err) == ("interrupted", "")
    assert not any(living(pid) for pid in pids)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    jobs = [Job(plan(desk(), None, None), number) for number in range(8)]
    with Ledger(path) as ledger:
        assert n <= len(ledger) < 20_000
        assert len(pids) == 2
        witness = Witness()
        resumed = Evaluator(backend=witness, store=ledger).evaluate(jobs)
    assert resumed == Evaluator().evaluate(jobs)
    assert sum(map(len, witness.batches)) < len(jobs)
