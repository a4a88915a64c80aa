"""A place of work gives an evaluator, with a ledger that outlives it."""

from __future__ import annotations

import io
from contextlib import redirect_stderr
from pathlib import Path

import pytest

import trsim
from tests.experiments.desk import desk
from trsim.experiments.ledger import Ledger
from trsim.interactive import bars
from trsim.interactive.workplace import workplace
from trsim.parallel.serial import Serial

SCENARIOS = Path(__file__).parents[2] / "scenarios"


class Terminal(io.StringIO):
    """A screen."""

    def isatty(self) -> bool:
        return True


def test_what_a_ledger_knows_is_not_simulated_again(tmp_path: Path) -> None:
    file = tmp_path / "desk.sqlite"
    drain = trsim.load_scenario(SCENARIOS / "pool_drain.yaml").replace({"horizon": "30m"}).compile()
    with workplace(processes=1, ledger=file) as here:
        assert isinstance(here.backend, Serial)
        first = trsim.replicate(drain, replications=3, keep=0, evaluator=here)
    with Ledger(file) as ledger:
        assert len(ledger) == 3
    with workplace(processes=1, ledger=file) as here:
        again = trsim.replicate(drain, replications=4, keep=0, evaluator=here)
    assert again.measures[:3] == first.measures
    with Ledger(file) as ledger:
        assert len(ledger) == 4


def test_a_bar_is_shown_at_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bars, "PATIENCE_S", 0.0)
    monkeypatch.setenv("TERM", "xterm")
    for screen, shown in ((Terminal(), True), (io.StringIO(), False)):
        with redirect_stderr(screen), workplace(processes=1) as here:
            trsim.replicate(desk(), replications=3, keep=0, evaluator=here)
        assert ("3 of 3 replications" in screen.getvalue()) is shown


def test_two_places_are_refused() -> None:
    with (
        pytest.raises(trsim.UsageError, match="choose one of them"),
        workplace(processes=2, dask="tcp://127.0.0.1:1"),
    ):
        pass
