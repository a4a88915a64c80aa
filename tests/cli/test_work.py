"""Options that say where work is done, and what they lead to."""

from __future__ import annotations

from contextlib import closing, redirect_stderr
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from tests.cli.test_progress import Terminal
from tests.experiments.desk import desk
from trsim.cli import stopping
from trsim.cli.work import evaluator, work_options
from trsim.errors import UsageError
from trsim.experiments.evaluate import Job
from trsim.experiments.ledger import Ledger
from trsim.experiments.run import plan
from trsim.interactive import bars
from trsim.parallel.processes import Processes
from trsim.parallel.serial import Serial

JOBS = [Job(plan(desk(horizon_ms=900_000), None, None), number) for number in range(4)]


@click.command("try")
@work_options
def attempt(**options: Any) -> None:
    """Say what was given."""
    click.echo(sorted(options.items()))


def test_options_come_from_the_line_and_from_the_environment() -> None:
    def said(*arguments: str, **environment: str) -> str:
        return CliRunner().invoke(
            attempt, arguments, env=environment, auto_envvar_prefix="TRSIM_TRY"
        ).output  # fmt: skip

    assert said() == "[('dask', None), ('processes', None), ('quiet', False)]\n"
    assert said("-p", "3", "-q") == "[('dask', None), ('processes', 3), ('quiet', True)]\n"
    assert "('dask', 'tcp://a:1'), ('processes', 2)" in said(
        TRSIM_TRY_PROCESSES="2", TRSIM_TRY_DASK="tcp://a:1"
    )
    assert "0 is not in the range x>=1" in said("--processes", "0")


def test_numbers_of_processes_become_places_of_work(tmp_path: Path) -> None:
    with evaluator(processes=1, quiet=True) as one:
        assert isinstance(one.backend, Serial)
        figures = one.evaluate(JOBS)
    with (
        Ledger(tmp_path / "ledger.db") as ledger,
        evaluator(processes=2, quiet=True, store=ledger) as two,
    ):
        assert isinstance(two.backend, Processes)
        assert two.evaluate(JOBS) == figures
        assert len(ledger) == 4
    with (
        pytest.raises(UsageError, match="choose one of them"),
        evaluator(processes=2, dask="tcp://127.0.0.1:8786", quiet=True),
    ):
        pass


def test_the_bar_counts_replications(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bars, "PATIENCE_S", 0.0)
    monkeypatch.setenv("TERM", "xterm")
    screen = Terminal()
    with redirect_stderr(screen), evaluator(processes=1, quiet=False) as each:
        each.evaluate(JOBS)
    assert "4 of 4 replications" in screen.getvalue()


def test_a_stop_that_was_lost_is_noticed_with_the_next_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with (
        evaluator(processes=1, quiet=True) as each,
        closing(each.stream(JOBS)) as answers,
    ):
        next(answers)
        monkeypatch.setattr(stopping._requests, "number", 2)
        with pytest.raises(stopping.Stopped):
            next(answers)
