"""``trsim show``: what ``trsim run --all`` shows, read off its folder.

Folders are made once; what ``trsim run`` prints while it makes them is what they are held to.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest

from trsim.cli import main
from trsim.experiments.replicate import replicate
from trsim.experiments.runfolder import FILES
from trsim.scenario.load import load_scenario

Call = Callable[..., Any]

# Two targets, two queues, tasks that are in no queue, and a goal that is missed.
BUSY = """\
trsim: 1
name: Busy desk
horizon: 1h
warm_up: 5m
seed: 3
task_queues:
  first: {target_workers: "1==1"}
  second: {target_workers: "1==1"}
workflows:
  front_door:
    task_reservation_timeout: 20s
    configuration:
      task_routing:
        filters:
          - expression: "1==1"
            targets: [{queue: first, timeout: 60}, {queue: second}]
behaviors:
  phone:
    answer_delay: {distribution: exponential, mean: 8s}
    no_answer_probability: 10%
    return_delay: {after_timeout: 1m}
workers:
  agent: {count: 3, behavior: phone}
tasks:
  calls:
    workflow: front_door
    arrivals: {process: poisson, rate: 60/h}
    patience: {distribution: exponential, mean: 2m}
    talk_time: {distribution: exponential, mean: 2m}
  to_one:
    workflow: front_door
    routing_target: {worker: agent-1}
    arrivals: {process: poisson, rate: 20/h}
    talk_time: 1m
goals: {service_level: ">= 99%"}
"""


class Shown(NamedTuple):
    """A run: its folder, and what ``trsim run`` printed of it."""

    folder: Path
    tables: str
    document: str


def printed(*arguments: str | Path) -> str:
    """Return what ``trsim run --all`` prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main(["run", *map(str, arguments), "--all", "--quiet"]) in (0, 3)
    return out.getvalue()


def shown(place: Path, text: str, *arguments: str) -> Shown:
    """Run a scenario and keep it."""
    file, folder = place / "scenario.yaml", place / "kept"
    file.write_text(text, encoding="utf-8")
    tables = printed(file, *arguments, "--all", "--out", folder)
    return Shown(folder, tables, printed(file, *arguments, "--json"))


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """One replication."""
    return shown(tmp_path_factory.mktemp("once"), BUSY)


@pytest.fixture(scope="module")
def thrice(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """Three replications."""
    return shown(tmp_path_factory.mktemp("thrice"), BUSY, "-n", "3", "--seed", "8")


def test_one_run_is_shown_as_it_was(trsim: Call, once: Shown) -> None:
    outcome = trsim("show", once.folder)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(once.tables)
    for words in ("By queue", "Where the wait", "Steps", "Tasks routed to workers", "MISSED"):
        assert words in once.tables, "or this says little"
    assert max(map(len, outcome.out.splitlines()[:-12])) <= 80


def test_behind_the_tables_stands_where_things_are(trsim: Call, once: Shown) -> None:
    rest = trsim("show", once.folder).out.removeprefix(once.tables)
    blank, head, *lines = rest.splitlines()
    assert (blank, head) == ("", f"In {once.folder}")
    assert [line.split()[0] for line in lines] == list(FILES)
    assert all(line[22:26].strip() for line in lines), "each says what it holds"


def test_a_short_run_tells_its_story_again(trsim: Call, quickstart: Path, tmp_path: Path) -> None:
    kept = shown(tmp_path, quickstart.read_text("utf-8"))
    assert kept.tables.startswith("Task 0 (calls/0), channel default\n   1  +00:10  Created")
    assert trsim("show", kept.folder).out.startswith(kept.tables)


def test_several_replications_have_their_figures_and_intervals(trsim: Call, thrice: Shown) -> None:
    outcome = trsim("show", thrice.folder)
    assert (outcome.code, outcome.err) == (0, "")
    then, now = (text.rstrip("\n").split("\n\n") for text in (thrice.tables, outcome.out))
    assert "3 replications of 1h, seed 8" in then[0]
    assert "95 % interval" in then[1]
    assert any(part.startswith("Tasks routed to workers, in no queue: ") for part in then)
    assert any("\nSteps " in part for part in then)
    assert now[:-1] == then
    assert now[-1].startswith(f"In {thrice.folder}")


def test_counts_by_target_are_means_over_all_replications(
    trsim: Call, thrice: Shown, tmp_path: Path
) -> None:
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text(BUSY, encoding="utf-8")
    study = replicate(load_scenario(scenario).compile(), seed=8, replications=3, keep=3)
    expected = [
        sum(result.steps["entered"].iloc[step] for result in study.results) / 3 for step in (0, 1)
    ]
    first = pd.read_parquet(thrice.folder / "steps.parquet")["entered"].tolist()
    assert first != expected, "or this shows nothing"
    steps = json.loads(trsim("show", thrice.folder, "--json").out)["steps"]
    assert [step["entered"] for step in steps] == expected


def test_json_is_the_document_of_the_run(trsim: Call, once: Shown, thrice: Shown) -> None:
    alone = trsim("show", once.folder, "--json")
    assert (alone.code, alone.err) == (0, "")
    assert alone.out == once.document
    several = trsim("show", thrice.folder, "--json").out
    assert several == thrice.document
    (first, *_) = json.loads(several)["by_queue"]
    assert first["low"] < first["high"]


def test_versions_are_those_that_simulated(trsim: Call, once: Shown, tmp_path: Path) -> None:
    folder = shutil.copytree(once.folder, tmp_path / "old")
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["versions"] |= {"python": "3.11.0", "trsim": "0.0.9"}
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    document = json.loads(trsim("show", folder, "--json").out)
    assert document["provenance"]["versions"] == {"python": "3.11.0", "trsim": "0.0.9"}


def test_caveats_are_shown_as_they_were(trsim: Call, tmp_path: Path) -> None:
    # Nobody ever answers, so of three replications each has tasks that are asked for in vain.
    text = BUSY.replace("no_answer_probability: 10%", "no_answer_probability: 100%")
    for number, replications in enumerate(("1", "3")):
        (tmp_path / replications).mkdir()
        kept = shown(tmp_path / replications, text, "-n", replications)
        warnings = [line for line in kept.tables.splitlines() if line.startswith("Warning: ")]
        assert warnings
        assert any("in 3 of 3 replications: " in line for line in warnings) == number
        out = trsim("show", kept.folder).out.splitlines()
        assert [line for line in out if line.startswith("Warning: ")] == warnings
    expected = json.loads(kept.document)["caveats"]
    assert json.loads(trsim("show", kept.folder, "--json").out)["caveats"] == expected


def _no_figures(folder: Path) -> None:
    (folder / "kpis.json").unlink()


def _broken_figures(folder: Path) -> None:
    (folder / "kpis.json").write_text('{"kpis": []', "utf-8")


def _other_figures(folder: Path) -> None:
    kpis = json.loads((folder / "kpis.json").read_bytes())
    (folder / "kpis.json").write_text(json.dumps({**kpis, "replications": 2}), "utf-8")


def _no_steps(folder: Path) -> None:
    kpis = json.loads((folder / "kpis.json").read_bytes())
    (folder / "kpis.json").write_text(json.dumps({**kpis, "steps": []}), "utf-8")


@pytest.mark.parametrize("spoil", [_no_figures, _broken_figures, _other_figures, _no_steps])
def test_damaged_figures_are_refused(
    trsim: Call, once: Shown, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    folder = shutil.copytree(once.folder, tmp_path / "spoiled")
    spoil(folder)
    outcome = trsim("show", folder)
    assert (outcome.code, outcome.out) == (2, "")
    assert "kpis.json is missing, or is not as trsim writes it" in outcome.err


def test_only_the_folder_of_a_run_will_do(trsim: Call, once: Shown, tmp_path: Path) -> None:
    outcome = trsim("show", tmp_path)
    assert (outcome.code, outcome.out) == (2, "")
    assert "is not the folder of a run; 'trsim run SCENARIO --out DIR' writes one" in outcome.err
    folder = shutil.copytree(once.folder, tmp_path / "changed")
    scenario = folder / "scenario.yaml"
    scenario.write_text(scenario.read_text("utf-8").replace("60/h", "61/h"), "utf-8")
    outcome = trsim("show", folder)
    assert (outcome.code, outcome.out) == (2, "")
    assert "is not the scenario that was run" in outcome.err
