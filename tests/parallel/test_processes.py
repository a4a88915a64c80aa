"""Work in processes: the same answers, and nothing that dies takes others with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.parallel.living import living
from trsim.errors import UsageError
from trsim.parallel.backend import Lost
from trsim.parallel.processes import Processes, cores


@pytest.fixture(scope="module")
def pair() -> Iterator[Processes]:
    """Two processes, started once for all tests that leave them alive."""
    with closing(Processes(2)) as processes:
        yield processes


def square(number: int) -> int:
    return number * number


def who(number: int) -> tuple[int, str | None, bool]:
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    return os.getpid(), os.environ.get("OPENBLAS_NUM_THREADS"), ignored


def refuse(number: int) -> int:
    if number == 3:
        raise UsageError("three is refused")
    return number


def test_every_piece_comes_once(pair: Processes) -> None:
    assert sorted(pair.run(square, range(20))) == [(n, n * n) for n in range(20)]
    assert list(pair.run(square, [])) == []


def test_workers_are_other_processes_calm_ones_and_stay_for_the_next_work(pair: Processes) -> None:
    first, second = ([answer for _, answer in pair.run(who, range(8))] for _ in range(2))
    pids = {answer[0] for answer in first if not isinstance(answer, Lost)}
    assert os.getpid() not in pids
    assert 1 <= len(pids | {answer[0] for answer in second if not isinstance(answer, Lost)}) <= 2
    assert {answer[1:] for answer in first if not isinstance(answer, Lost)} == {("1", True)}


def test_what_the_work_raises_comes_here_and_ends_the_work(pair: Processes) -> None:
    with pytest.raises(UsageError, match="three is refused"):
        list(pair.run(refuse, range(50)))
    assert sorted(pair.run(square, range(3))) == [(0, 0), (1, 1), (2, 4)]


def test_pieces_are_taken_only_as_they_are_needed(pair: Processes) -> None:
    taken = []

    def pieces() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    answers = pair.run(square, pieces())
    next(answers)
    assert len(taken) <= 6
    answers.close()


def test_closing_early_leaves_no_process() -> None:
    processes = Processes(2)
    answers = processes.run(who, range(1000))
    pids = {answer[0] for _, answer in (next(answers), next(answers)) if isinstance(answer, tuple)}
    answers.close()
    assert pids
    assert not any(living(pid) for pid in pids)


def kill_own_process(number: int) -> int:
    if number == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_a_piece_that_kills_its_process_is_lost_and_no_other() -> None:
    with closing(Processes(2)) as processes:
        answers = dict(processes.run(kill_own_process, range(10)))
    lost = answers.pop(4)
    assert isinstance(lost, Lost)
    assert "SIGKILL" in lost.reason
    assert answers == {number: number for number in range(10) if number != 4}


def kill_own_process_once(marker: Path) -> str:
    try:
        marker.touch(exist_ok=False)
    except FileExistsError:
        return marker.name
    os.kill(os.getpid(), signal.SIGKILL)
    return "never"


def test_a_process_that_dies_once_costs_nothing(tmp_path: Path) -> None:
    names = ["a", "b", "c"]
    for name in names[1:]:
        (tmp_path / name).touch()
    with closing(Processes(2)) as processes:
        answers = processes.run(kill_own_process_once, [tmp_path / name for name in names])
        assert sorted(answers, key=lambda answer: answer[0]) == list(enumerate(names))


def test_an_idle_process_that_was_killed_is_replaced(pair: Processes) -> None:
    (_, answer), *_ = pair.run(who, [0])
    assert isinstance(answer, tuple)
    os.kill(answer[0], signal.SIGKILL)
    assert sorted(pair.run(square, range(4))) == [(0, 0), (1, 1), (2, 4), (3, 9)]


COMMAND_LINE = """
from dataclasses import dataclass
from trsim.parallel.processes import Processes
@dataclass
class Own:
    value: int
offset = 100
def work(own):
    return Own(own.value + offset)
print(sorted(answer.value for _, answer in Processes(2).run(work, map(Own, range(3)))))
"""


def test_what_is_defined_on_the_command_line_can_be_sent() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", COMMAND_LINE],
        check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "[100, 101, 102]\n", "")


INTERRUPTED = """
import os, time
from trsim.parallel.processes import Processes
def work(number):
    time.sleep(0.02)
    return os.getpid()
try:
    for place, pid in Processes(2).run(work, range(100_000)):
        print(pid, flush=True)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


def test_ctrl_c_leaves_no_process_and_no_traceback() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    watch = threading.Timer(120, parent.kill)
    watch.start()
    assert parent.stdout is not None
    pids = {int(parent.stdout.readline()) for _ in range(20)}
    os.killpg(parent.pid, signal.SIGINT)  # as a terminal does: to everybody in the foreground
    out, err = parent.communicate()
    watch.cancel()
    assert out.splitlines()[-1] == "interrupted"
    assert err == ""
    assert not any(living(pid) for pid in pids)


@pytest.mark.parametrize("number", [0, -1, True, 2.0, "2"])
def test_numbers_of_processes_out_of_bounds_are_refused(number: int) -> None:
    with pytest.raises(UsageError, match="processes must be a whole number >= 1, not "):
        Processes(number)


def test_all_cores_are_those_of_this_process() -> None:
    assert Processes().workers == cores() <= len(os.sched_getaffinity(0))
