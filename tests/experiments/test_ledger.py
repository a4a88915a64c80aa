"""The ledger: what is in it stays, is found again, and only where it belongs."""

from __future__ import annotations

import dataclasses
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.experiments.desk import desk
from trsim.errors import OutputError, UsageError
from trsim.experiments.evaluate import Evaluator, Job
from trsim.experiments.figures import Figures
from trsim.experiments.ledger import Ledger, key_of
from trsim.experiments.run import plan

MODEL = desk(horizon_ms=900_000)
PLAN = plan(MODEL, None, None)
JOBS = [Job(PLAN, number) for number in range(3)]


@pytest.fixture(scope="module")
def figures() -> list[Figures]:
    return Evaluator().evaluate(JOBS)


def test_what_was_put_is_found_by_whoever_opens_the_file(
    tmp_path: Path, figures: list[Figures]
) -> None:
    path = tmp_path / "new" / "ledger.db"
    with Ledger(path) as ledger:
        assert ledger.get(JOBS[0]) is None
        ledger.put(JOBS[0], figures[0])
        ledger.put_all(JOBS[1:], figures[1:])
        assert len(ledger) == 3
    with Ledger(path) as ledger:
        assert [ledger.get(job) for job in JOBS] == figures
        assert ledger.get(Job(PLAN, 3)) is None
    assert [entry.name for entry in path.parent.iterdir()] == ["ledger.db"]


def test_another_model_seed_horizon_replication_or_code_is_another_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = dataclasses.replace(MODEL, digest="1" * 64)
    jobs = [
        JOBS[0],
        JOBS[1],
        Job(plan(other, None, None), 0),
        Job(plan(MODEL, 8, None), 0),
        Job(plan(MODEL, None, 700.0), 0),
    ]
    keys = [key_of(job) for job in jobs]
    assert key_of(Job(plan(desk(horizon_ms=900_000), None, None), 0)) == keys[0]
    monkeypatch.setattr("trsim.experiments.ledger.code_version", lambda: "other")
    keys.append(key_of(JOBS[0]))
    assert len(set(keys)) == len(keys) == 6


def test_a_model_that_cannot_be_told_from_others_stays_in_memory(
    tmp_path: Path, figures: list[Figures]
) -> None:
    unnamed = [Job(plan(dataclasses.replace(MODEL, digest=""), None, None), 0) for _ in range(2)]
    with Ledger(tmp_path / "ledger.db") as ledger:
        ledger.put(unnamed[0], figures[0])
        assert ledger.get(unnamed[0]) == figures[0]
        assert ledger.get(unnamed[1]) is None
        assert len(ledger) == 0
    with Ledger(tmp_path / "ledger.db") as ledger:
        assert ledger.get(unnamed[0]) is None


def database(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_what_is_no_ledger_is_left_as_it_is(tmp_path: Path) -> None:
    text, foreign, newer = (tmp_path / name for name in ("a.txt", "b.db", "c.db"))
    text.write_text("shopping list, and more than a hundred bytes of it: " + "eggs, " * 30)
    database(foreign, "CREATE TABLE shopping (item)")
    Ledger(newer).close()
    database(newer, "PRAGMA user_version = 2")
    before = [path.read_bytes() for path in (text, foreign, newer)]
    for path, reason in (
        (text, "is no ledger of trsim"),
        (foreign, "is a database, but no ledger of trsim"),
        (newer, "is a ledger of version 2; this trsim uses version 1"),
    ):
        with pytest.raises(UsageError, match=f"{path.name} {reason}"):
            Ledger(path)
    assert [path.read_bytes() for path in (text, foreign, newer)] == before


def test_damage_is_said_with_the_place(tmp_path: Path, figures: list[Figures]) -> None:
    path = tmp_path / "ledger.db"
    with Ledger(path) as ledger:
        ledger.put(JOBS[0], figures[0])
    database(path, "UPDATE figures SET content = x'00'")
    with Ledger(path) as ledger, pytest.raises(UsageError, match=r"ledger\.db is damaged"):
        ledger.get(JOBS[0])


def test_a_place_that_takes_no_file_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "file" / "ledger.db"):
        with pytest.raises(OutputError, match=f"cannot write {path}"):
            Ledger(path)


WRITER = """
import sys
from pathlib import Path
from tests.experiments.test_ledger import PLAN
from trsim.experiments.evaluate import Evaluator, Job
from trsim.experiments.ledger import Ledger
jobs = [Job(PLAN, number) for number in range(15)]
with Ledger(sys.argv[1]) as ledger:
    figures = Evaluator(store=ledger).evaluate(jobs[::-1] if sys.argv[2] == "back" else jobs)
"""


def test_two_processes_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    root = Path(__file__).parents[2]
    both = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), way],
            stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(root)},
        )
        for way in ("forth", "back")
    ]  # fmt: skip
    assert [process.communicate()[1] for process in both] == ["", ""]
    jobs = [Job(PLAN, number) for number in range(15)]
    with Ledger(path) as ledger:
        assert len(ledger) == 15
        assert [ledger.get(job) for job in jobs] == Evaluator().evaluate(jobs)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
