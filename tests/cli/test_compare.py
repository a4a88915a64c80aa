"""``trsim compare``: tables, documents, plots, mistakes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]
TIMEOUT = "workflows.front_door.task_reservation_timeout"
QUICK = ("-p", "1", "-n", "3")


def document(outcome: Any) -> dict[str, Any]:
    found = json.loads(outcome.out)
    assert isinstance(found, dict)
    return found


def variant(desk: Path, name: str, old: str, new: str) -> Path:
    text = desk.read_text("utf-8")
    assert old in text
    path = desk.parent / name
    path.write_text(text.replace(old, new), "utf-8")
    return path


def test_a_changed_value_beside_the_scenario_as_it_is(trsim: Call, desk: Path) -> None:
    outcome = trsim("compare", desk, "--set", "workers.agent.count=9", "-p", "1")
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert lines[0] == "count=9 instead of desk"
    assert lines[1].startswith("10 replications of 1h each, seed 3")
    assert max(map(len, lines)) <= 80
    assert re.search(r"^KPI +desk +count=9 +difference +95 % interval$", outcome.out, re.M)
    assert re.search(
        r"^abandonment +\S+ % +\S+ % +-\S+ pp +-\S+ to -\S+ better$", outcome.out, re.M
    )
    assert re.search(r"^offered +(\S+) +\1 +0\.0 +same$", outcome.out, re.M)
    assert re.search(r"^Abandonment falls by \S+ percentage points \(", outcome.out, re.M)
    assert re.search(r"^Customers wait \S+ s less on average \(", outcome.out, re.M)
    assert "Warning" not in outcome.out


def test_few_replications_are_warned_of(trsim: Call, desk: Path) -> None:
    change = ("--set", "workers.agent.count=9", "-p", "1")
    assert "Warning: after 3 replications" in trsim("compare", desk, *change, "-n", "3").out
    alone = trsim("compare", desk, *change, "-n", "1").out
    assert "Warning: one replication says nothing about chance" in alone
    assert "interval" not in alone.partition("Warning")[0]


def test_other_customers_are_warned_of(trsim: Call, desk: Path) -> None:
    outcome = trsim("compare", desk, "--set", "tasks.calls.arrivals.rate=70/h", *QUICK)
    assert "Warning: rate=70/h: not the customers of desk" in outcome.out


def test_two_files_and_any_number_of_processes(trsim: Call, desk: Path) -> None:
    more = variant(desk, "more.yaml", "count: 3", "count: 4")
    alone = trsim("compare", desk, more, "-n", "3", "-p", "1")
    assert alone.code == 0, alone.err
    assert alone.out.startswith("more instead of desk\n")
    assert alone.out == trsim("compare", desk, more, "-n", "3", "-p", "2").out
    assert alone.out != trsim("compare", desk, more, "-n", "3", "-p", "1", "--seed", "8").out


def test_the_same_scenario_twice_is_said_to_be_the_same(trsim: Call, desk: Path) -> None:
    outcome = trsim("compare", desk, desk, *QUICK)
    assert outcome.code == 0
    assert "desk (2) and desk are the same: all" in outcome.out
    assert "differences are exactly zero" in outcome.out.replace("\n", " ")
    assert "KPI" not in outcome.out
    found = document(trsim("compare", desk, desk, *QUICK, "--json"))
    assert {each["difference"] for each in found["differences"]} <= {0.0, None}
    assert {each["verdict"] for each in found["differences"]} <= {"same", "no figure"}
    assert found["identical"] == ["desk (2)"]
    assert found["settings"][0]["fingerprints"] == found["settings"][1]["fingerprints"]


def test_several_named_settings(trsim: Call, desk: Path, tmp_path: Path) -> None:
    outcome = trsim(
        "compare", desk, *QUICK, "--plot", tmp_path / "x.svg",
        "--with", f"short: {TIMEOUT}=8s", "--with", "short:workers.agent.count=4",
        "--with", f"long:{TIMEOUT}=40s",
    )  # fmt: skip
    assert outcome.code == 0, outcome.err
    assert outcome.err == f"wrote {tmp_path / 'x.svg'}\n"
    assert outcome.out.startswith("short, long instead of desk\n")
    assert "\nshort instead of desk\n" in outcome.out
    assert "\nlong instead of desk\n" in outcome.out
    assert "short, long instead of desk" in (tmp_path / "x.svg").read_text("utf-8")
    # Both changes of one name belong to one setting.
    both = trsim(
        "compare", desk, *QUICK, "--set", f"{TIMEOUT}=8s", "--set", "workers.agent.count=4"
    )
    told = re.search(r"^abandonment .*$", outcome.out, re.M)
    assert told is not None
    assert told[0].split() == re.search(r"^abandonment .*$", both.out, re.M)[0].split()  # type: ignore[index]


def test_json_is_one_document_with_all_figures(trsim: Call, desk: Path) -> None:
    outcome = trsim("compare", desk, "--set", f"{TIMEOUT}=8s", *QUICK, "--json", "--quiet")
    found = document(outcome)
    assert (found["format"], found["version"], found["base"]) == ("trsim compare", 1, "desk")
    assert (found["replications"], found["seed"], found["horizon_ms"]) == (3, 3, 3_600_000)
    assert len(found["differences"]) > 70
    level = next(each for each in found["differences"] if each["kpi"] == "service_level")
    assert level["better"] == "higher"
    assert level["difference"] == pytest.approx(level["other"] - level["base"])
    assert level["low"] <= level["difference"] <= level["high"]
    (causes,) = found["causes"]
    parts = sum(part["difference"] for part in causes["parts"])
    assert parts == pytest.approx(causes["whole"]["difference"], abs=1e-12)
    assert found["sentences"]["task_reservation_timeout=8s"]


def test_figures_can_be_chosen(trsim: Call, desk: Path) -> None:
    change = ("--set", f"{TIMEOUT}=8s")
    outcome = trsim("compare", desk, *change, *QUICK, "--kpis", "asa, service_level@60s")
    assert re.findall(r"^([a-z]\S+) +\S+ (?:s|%) ", outcome.out, re.M) == [
        "asa",
        "service_level@60s",
    ]
    assert "The average speed of answer " in outcome.out
    everything = trsim("compare", desk, *change, *QUICK, "--all")
    assert re.search(r"^gini_load ", everything.out, re.M)
    found = document(trsim("compare", desk, *change, *QUICK, "--kpis", "asa", "--json"))
    assert [each["kpi"] for each in found["differences"]] == ["asa"]


def test_a_seed_that_is_not_used_is_told(trsim: Call, desk: Path) -> None:
    outcome = trsim("compare", desk, "--set", "seed=4", *QUICK)
    assert outcome.code == 0
    assert outcome.err.startswith(
        "warning: seed=4: its seed 4 is not used; all settings run with 3"
    )
    assert "are the same" in outcome.out
    assert trsim("compare", desk, "--set", "seed=4", *QUICK, "--seed", "9").err == ""
    assert trsim("compare", desk, "--set", "seed=4", *QUICK, "--quiet").err == ""


def test_confidence_widens_the_intervals(trsim: Call, desk: Path) -> None:
    def half_width(*options: str) -> float:
        outcome = trsim("compare", desk, "--set", f"{TIMEOUT}=8s", *QUICK, "--json", *options)
        found = next(each for each in document(outcome)["differences"] if each["kpi"] == "asa")
        width = found["half_width"]
        assert isinstance(width, float)
        return width

    # Student's t with two degrees of freedom: 4.3027 for 95 %, 9.9248 for 99 %.
    assert half_width("--confidence", "0.99") / half_width() == pytest.approx(9.9248 / 4.3027, 1e-3)


def test_until_gives_all_settings_one_horizon(trsim: Call, desk: Path) -> None:
    longer = variant(desk, "longer.yaml", "horizon: 1h", "horizon: 2h")
    outcome = trsim("compare", desk, longer, *QUICK, "--until", "30m", "--json")
    assert document(outcome)["horizon_ms"] == 1_800_000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("horizon=2h", r"desk.yaml: horizon: .* one horizon, .*; --until gives all"),
        ("warm_up=5m", r"desk.yaml: warm_up: .* one warm-up"),
        ("kpis.service_level_threshold=30s", r"desk.yaml: kpis: .*offered, 30 s .*offered, 20 s"),
    ],
)
def test_settings_that_count_otherwise_are_refused(
    trsim: Call, desk: Path, change: str, message: str
) -> None:
    outcome = trsim("compare", desk, "--set", change)
    assert (outcome.code, outcome.out) == (2, "")
    assert re.search(message, outcome.err)


def test_a_difference_of_files_is_told_with_its_place(trsim: Call, desk: Path) -> None:
    longer = variant(desk, "longer.yaml", "horizon: 1h", "horizon: 2h")
    outcome = trsim("compare", desk, longer)
    assert outcome.code == 2
    assert outcome.err.startswith(f"{longer}:3:10: horizon: settings that are compared need one")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "there is nothing to compare .*desk.yaml with"),
        (["--with", "workers.agent.count=4"], "--with is NAME:PATH=VALUE"),
        (["--set", "workers.agnet.count=4"], "did you mean 'agent'"),
        (["--set", "seed=4", "--kpis", "assa"], "there is no KPI 'assa'; did you mean 'asa'"),
        (["--set", "seed=4", "--kpis", "service_level@7s"], "is not kept of replications, only"),
        (["--set", "seed=4", "--kpis", "cost_of_staff"], "desk has no figure 'cost_of_staff'"),
        (["--set", "seed=4", "--kpis", "asa", "--all"], "choose one of them"),
        (["--set", "seed=4", "--confidence", "1"], "0<x<1"),
        (["--set", "seed=4", "--plot", "x.pdf"], "ends in .png or .svg"),
        (["--set", "seed=4", "--until", "5x"], "horizon: must be a duration"),
        (["--set", "seed=4", "-n", "0"], "x>=1"),
        (["--set", "seed=4", "--with", "seed=4:seed=5"], "--with is NAME:PATH=VALUE"),
        ([f"--with=a{n}:seed={n}" for n in range(6)] + ["--plot", "x.png"], "5 settings"),
    ],
)
def test_mistakes_are_found_before_anything_runs(
    trsim: Call, desk: Path, options: list[str], message: str
) -> None:
    outcome = trsim("compare", desk, *options)
    assert (outcome.code, outcome.out) == (2, "")
    assert re.search(message, outcome.err), outcome.err


def test_files_and_changes_do_not_go_together(trsim: Call, desk: Path) -> None:
    outcome = trsim("compare", desk, desk, "--set", "seed=4")
    assert outcome.code == 2
    assert "but 2 were given" in outcome.err


def test_a_plot_that_cannot_be_written_is_told_at_once(
    trsim: Call, desk: Path, tmp_path: Path
) -> None:
    outcome = trsim("compare", desk, desk, "--plot", tmp_path / "none" / "x.svg")
    assert (outcome.code, outcome.out) == (4, "")
    assert "there is no folder" in outcome.err


def test_files_of_one_name_are_told_apart(trsim: Call, desk: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    twin = tmp_path / "other" / "desk.yaml"
    twin.write_bytes(desk.read_bytes())
    found = document(trsim("compare", desk, twin, *QUICK, "--json"))
    assert [each["name"] for each in found["settings"]] == [str(desk), str(twin)]
