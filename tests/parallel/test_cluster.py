"""Work on a real cluster of Dask: a scheduler and workers on this machine, some of them killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.experiments.desk import desk
from trsim.errors import UsageError
from trsim.experiments.code_version import code_version
from trsim.experiments.evaluate import Evaluator, Job
from trsim.experiments.run import plan
from trsim.parallel.backend import Lost
from trsim.parallel.cluster import Cluster


class Machines:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[str]] = []
        self._readers: list[threading.Thread] = []
        self.scheduler = self._start("scheduler", "--port", "0", **environment)
        self.address = self._line(self.scheduler, "Scheduler at:").rpartition(" ")[2]

    def add_worker(self, **environment: str) -> subprocess.Popen[str]:
        options = ["--no-nanny", "--nthreads", "1", "--local-directory", str(self.folder)]
        worker = self._start("worker", self.address, *options, **environment)
        self._line(worker, "Registered to:")
        return worker

    def end(self) -> None:
        for process in self.processes[::-1]:
            process.kill()
            process.wait()
        for reader in self._readers:
            reader.join()
        for process in self.processes:
            assert process.stderr is not None
            process.stderr.close()

    def _start(self, role: str, *options: str, **environment: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{role}", "--host", "127.0.0.1"]
        root = str(Path(__file__).parents[2])
        process = subprocess.Popen(
            [*command, "--no-dashboard", *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": root, **environment},
        )  # fmt: skip
        self.processes.append(process)
        return process

    def _line(self, process: subprocess.Popen[str], words: str) -> str:
        assert process.stderr is not None
        seen = []
        for line in process.stderr:
            seen.append(line)
            if words in line:
                # What it says from now on must not fill the pipe.
                self._readers.append(threading.Thread(target=process.stderr.read, daemon=True))
                self._readers[-1].start()
                return line.strip()
        raise AssertionError("".join(seen))


@contextmanager
def machines(folder: Path, **environment: str) -> Iterator[Machines]:
    found = Machines(folder, **environment)
    try:
        yield found
    finally:
        found.end()


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """A cluster for tests that leave its workers alive."""
    with machines(tmp_path_factory.mktemp("dask")) as found:
        found.add_worker()
        found.add_worker()
        yield found


def square(number: int) -> int:
    return number * number


def refuse(number: int) -> int:
    if number == 3:
        raise UsageError("three is refused")
    return number


def kill_own_process(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def version() -> str:
    return os.environ.get("VERSION_UNDER_TEST", "new")


def no_version() -> str:
    if "VERSION_UNDER_TEST" not in os.environ:
        return "new"
    raise ModuleNotFoundError("No module named 'trsim'")


def test_every_piece_comes_once(healthy: Machines) -> None:
    with closing(Cluster(healthy.address, same=code_version)) as cluster:
        assert cluster.workers == 2
        assert sorted(cluster.run(square, range(20))) == [(n, n * n) for n in range(20)]
        assert list(cluster.run(square, [])) == []


def test_what_the_work_raises_comes_here(healthy: Machines) -> None:
    with closing(Cluster(healthy.address)) as cluster:
        with pytest.raises(UsageError, match="three is refused"):
            list(cluster.run(refuse, range(50)))
        answers = cluster.run(square, range(50))
        next(answers)
        answers.close()
        assert sorted(cluster.run(square, range(3))) == [(0, 0), (1, 1), (2, 4)]


def test_the_figures_are_those_of_one_process_though_a_worker_is_killed(tmp_path: Path) -> None:
    jobs = [Job(plan(desk(), None, None), number) for number in range(24)]
    with machines(tmp_path) as found:
        victim, _ = found.add_worker(), found.add_worker()
        with closing(Cluster(found.address, same=code_version)) as cluster:
            figures = {}
            for index, each in Evaluator(backend=cluster).stream(jobs):
                figures[index] = each
                if len(figures) == 5:
                    victim.kill()
    assert [figures[index] for index in range(24)] == Evaluator().evaluate(jobs)


def test_a_piece_that_kills_its_worker_is_lost(tmp_path: Path) -> None:
    with machines(tmp_path, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as found:
        found.add_worker()
        found.add_worker()
        with closing(Cluster(found.address)) as cluster:
            ((_, lost),) = cluster.run(kill_own_process, [1])
            assert isinstance(lost, Lost)
            assert "1 workers died over it, the last one tcp://127.0.0.1:" in lost.reason
            assert list(cluster.run(square, [5])) == [(0, 25)]


def test_a_worker_with_other_code_is_refused_by_name(tmp_path: Path) -> None:
    with machines(tmp_path) as found:
        with pytest.raises(UsageError, match=f"{found.address} has no workers"):
            Cluster(found.address)
        found.add_worker()
        with closing(Cluster(found.address, same=version)) as cluster:
            assert list(cluster.run(square, [5])) == [(0, 25)]
            found.add_worker(VERSION_UNDER_TEST="old")
            with pytest.raises(UsageError, match=r"do not run the same .*127\.0\.0\.1:\d+ \(old\)"):
                list(cluster.run(square, range(200)))
        with pytest.raises(
            UsageError, match=r"1 of the .* \(new\): tcp://127\.0\.0\.1:\d+ \(old\)"
        ):
            Cluster(found.address, same=version)
        with pytest.raises(UsageError, match="No module named 'trsim'"):
            Cluster(found.address, same=no_version)


def test_without_dask_the_way_to_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install 'trsim\[dask\]'"):
        Cluster("tcp://127.0.0.1:8786")
