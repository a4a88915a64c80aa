"""``trsim tune`` as its users meet it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Outcome

TIMEOUT = "workflows.front_door.task_reservation_timeout"
Call = Callable[..., Outcome]
FAST = ("--budget", "70", "--first-stage", "4", "--indifference", "8%", "-p", "1")


def test_the_answer_is_told_kept_and_applied(trsim: Call, desk: Path, tmp_path: Path) -> None:
    before = desk.read_bytes().replace(b"timeout: 20s", b"timeout: 2s   # by feel")
    desk.write_bytes(before)
    out, picture = tmp_path / "tuned", tmp_path / "curve.png"
    ask = ("tune", desk, "--vary", f"{TIMEOUT}=2s,12s,30s", "--objective", "abandonment", *FAST)
    done = trsim(*ask, "--out", out, "--plot", picture, "--apply")
    assert done.code == 0
    assert done.out.startswith(f"Set {TIMEOUT} to ")
    assert "-     task_reservation_timeout: 2s   # by feel" in done.err
    after = desk.read_bytes()
    applied = "12s" if b"12s" in after else "30s"
    assert after == before.replace(b"timeout: 2s", f"timeout: {applied}".encode())
    assert picture.read_bytes().startswith(b"\x89PNG")
    kept = json.loads((out / "tuning.json").read_text("utf-8"))
    assert kept["recommended"] == [applied]
    assert "<svg" in (out / "tuning.html").read_text("utf-8")
    desk.write_bytes(before)
    again = trsim(*ask, "--out", out, "--json")
    assert again.code == 0
    assert json.loads(again.out) == kept


def test_nothing_keeps_the_conditions(trsim: Call, desk: Path) -> None:
    done = trsim(
        "tune", desk, "--vary", f"{TIMEOUT}=10s,30s", "--objective", "mean_wait",
        *FAST[:4], "-p", 1,
        "--subject-to", "abandonment<=0.1%", "--subject-to", "offers_per_task>=3",
    )  # fmt: skip
    assert done.code == 3
    assert "comes nearest" in done.out
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--objective", "abandonnement"), "did you mean 'abandonment'"),
        (("--objective", "asa", "--subject-to", "asa<=x"), "is a time"),
        (("--objective", "asa", "--budget", "soon"), "such as 60s"),
        (("--objective", "asa", "--confidence", "2"), "between 0.5 and 1"),
        (("--objective", "asa", "--plot", "curve.pdf"), ".png or .svg"),
        (("--objective", "asa", "--budget", "5"), "too small for a first look"),
    ],
)
def test_bad_requests_end_at_once(
    trsim: Call, desk: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = trsim("tune", desk, "--vary", f"{TIMEOUT}=5s..9s", "-p", 1, *arguments)
    assert done.code == 2
    assert words in " ".join(done.err.split())
    assert not done.out


def test_a_value_that_could_not_be_applied_is_refused_before_the_search(
    trsim: Call, desk: Path
) -> None:
    text = desk.read_text("utf-8").replace("timeout: 20s", "timeout: &t 20s")
    desk.write_text(text.replace("answer_delay: 4s", "answer_delay: *t"), "utf-8")
    done = trsim("tune", desk, "--vary", f"{TIMEOUT}=5s,9s", "--objective", "asa", "--apply", *FAST)
    assert done.code == 2
    assert "anchor" in done.err
    assert not done.out


def test_a_foreign_page_is_not_replaced(trsim: Call, desk: Path, tmp_path: Path) -> None:
    page = tmp_path / "notes.html"
    page.write_text("mine", "utf-8")
    done = trsim(
        "tune", desk, "--vary", f"{TIMEOUT}=5s,9s", "--objective", "asa", "--report", page, *FAST
    )
    assert done.code == 4
    assert page.read_text("utf-8") == "mine"
