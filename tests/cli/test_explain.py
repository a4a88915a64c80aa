"""``trsim explain``: a task of a scenario, of a run that was kept, and one that is added."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Outcome

Trsim = Callable[..., Outcome]


def test_a_task_of_a_scenario(trsim: Trsim, quickstart: Path) -> None:
    done = trsim("explain", quickstart, "--task", "calls/0")
    assert (done.code, done.err) == (0, "")
    title, _, *lines = done.out.splitlines()
    assert title == "Task 0 (calls/0) in Quickstart"
    assert lines[0] == "+00:10     0s  created    calls/0 is created on channel default"
    assert lines[-1] == "+03:04  2m54s  outcome    accepted by Alice after 54s; 2 offers (1 missed)"
    assert trsim("explain", quickstart, "--task", "0").out == done.out


def test_a_task_of_a_run_that_was_kept_is_told_alike(
    trsim: Trsim, desk: Path, tmp_path: Path
) -> None:
    assert trsim("run", desk, "--quiet", "--out", tmp_path / "kept").code == 0
    kept = trsim("explain", tmp_path / "kept", "--task", "calls/7")
    assert (kept.code, kept.err) == (0, "")
    assert kept.out == trsim("explain", desk, "--task", "calls/7", "--quiet").out
    assert "is created on channel default" in kept.out


def test_one_more_task_is_described_by_its_attributes(trsim: Trsim, desk: Path) -> None:
    done = trsim(
        *(
            "explain",
            desk,
            "--task",
            'tier=gold,skills=["a", b],customer.age=7,customer.tags=[1,2]',
            "--at",
            "30m",
        ),
        *("--priority", "3", "--channel", "voice", "--workflow", "front_door", "--json"),
    )
    assert done.code == 0
    told = json.loads(done.out)
    assert told["name"] == "explained/0"
    assert told["remarks"] == ["An additional task; patience, talk time and the like as in calls."]
    first = told["entries"][0]
    assert (first["at_s"], first["age_s"], first["kind"]) == (1800.0, 0.0, "created")
    assert first["details"][:2] == [
        "attributes: tier 'gold', skills ['a', 'b'], customer {\"age\": 7, \"tags\": [1, 2]}",
        "workflow front_door, priority 3",
    ]


def test_a_setting_and_a_seed_change_the_run(trsim: Trsim, desk: Path) -> None:
    base = trsim("explain", desk, "--task", "calls/3")
    assert base.out != trsim("explain", desk, "--task", "calls/3", "--seed", "4").out
    alone = trsim("explain", desk, "--task", "calls/3", "--set", "workers.agent.count=1")
    assert "agent-1" in alone.out
    assert "agent-2" not in alone.out


def test_times_of_day_need_a_start(trsim: Trsim, desk: Path, tmp_path: Path) -> None:
    done = trsim("explain", desk, "--task", "k=1", "--at", "9:30")
    assert done.code == 2
    assert "the scenario has no start" in done.err
    dated = tmp_path / "dated.yaml"
    text = desk.read_text(encoding="utf-8").replace("seed: 3", "seed: 3\nstart: 2026-03-02T09:00")
    dated.write_text(text, encoding="utf-8")
    done = trsim("explain", dated, "--task", "k=1", "--at", "9:30")
    assert done.code == 0
    assert "09:30:00" in done.out.splitlines()[3]


def test_a_refused_task_is_told(trsim: Trsim, desk: Path, tmp_path: Path) -> None:
    strict = tmp_path / "strict.yaml"
    text = desk.read_text(encoding="utf-8").replace(
        "default_filter: {queue: support}",
        'filters: [{expression: "k == 1", targets: [{queue: support}]}]',
    )
    strict.write_text(text, encoding="utf-8")
    done = trsim("explain", strict, "--task", "k=2", "--at", "10m", "--quiet")
    assert done.code == 0
    assert done.out.splitlines()[0] == "explained/0 in Desk"
    assert "explained/0 is refused: Task did not match any filter" in done.out


def test_all_names_everybody(trsim: Trsim, desk: Path) -> None:
    kept = ("explain", desk, "--task", "k=1", "--at", "30m", "--set", "workers.agent.count=9")
    some = [f"agent-{number}" in trsim(*kept).out for number in range(1, 10)]
    assert sum(some) < 9
    done = trsim(*kept, "--all")
    assert all(f"agent-{number}" in done.out for number in range(1, 10))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--task", "callls/1"), "there is no stream 'callls' (did you mean 'calls'?"),
        (("--task", "calls/9999"), "there is no task calls/9999 in the run; its tasks are calls/0"),
        (("--task", "99999"), "there is no task 99999 in the run; its tasks are 0 …"),
        (("--task", "calls"), "--task is a task such as billing_calls/17"),
        (("--task", "k=1"), "an additional task needs --at"),
        (("--task", "calls/1", "--at", "1m"), "--at goes with an additional task"),
        (("--task", "k=1", "--at", "2h"), "--at 2h lies outside of the run, which takes 1h"),
        (("--task", "k=1", "--at", "1h"), "--at 1h is the end of the run"),
        (("--task", "k=1", "--at", "soon"), "--at must be a duration such as 30s"),
        (("--task", "k=1,k=2", "--at", "1m"), "--task gives the attribute 'k' twice"),
        (("--task", "k=1,k.m=2", "--at", "1m"), "--task gives the attribute 'k.m' twice"),
        (("--task", "k=[1", "--at", "1m"), "cannot read the value of k"),
        (
            ("--task", "k=1,m", "--at", "1m"),
            "an attribute is name=value, such as product=billing (found 'm')",
        ),
        (
            ("--task", "k=1", "--at", "1m", "--workflow", "front"),
            "there is no workflow 'front' (did you mean 'front_door'?",
        ),
    ],
    ids=[
        *("stream", "number in a stream", "number", "no number", "no instant", "instant"),
        *(
            "too late",
            "at the end",
            "no time",
            "twice",
            "twice in depth",
            "value",
            "no value",
            "workflow",
        ),
    ],
)
def test_what_cannot_be_told_is_refused(
    trsim: Trsim, desk: Path, options: tuple[str, ...], message: str
) -> None:
    done = trsim("explain", desk, *options)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_a_folder_must_be_a_run_and_is_not_simulated_again(
    trsim: Trsim, desk: Path, tmp_path: Path
) -> None:
    done = trsim("explain", tmp_path, "--task", "0")
    assert done.code == 2
    assert "is not the folder of a run" in done.err
    assert trsim("run", desk, "--quiet", "--out", tmp_path / "kept").code == 0
    for options in (("k=1", "--at", "1m"), ("0", "--seed", "1"), ("0", "--set", "seed=1")):
        done = trsim("explain", tmp_path / "kept", "--task", *options)
        assert done.code == 2
        assert "is a run that is over" in done.err
