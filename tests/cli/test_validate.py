"""``trsim validate``, ``trsim schema`` and ``trsim init``."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

Call = Callable[..., Any]

HEAVY = {"pandas", "scipy", "matplotlib", "pyarrow"}


def test_a_valid_scenario_is_said_to_be_valid(trsim: Call, desk: Path) -> None:
    assert trsim("validate", desk) == (0, f"{desk}: valid\n", "")


def test_all_problems_of_all_files_are_named(trsim: Call, desk: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    text = desk.read_text(encoding="utf-8")
    bad.write_text(text.replace("horizon: 1h", "horizen: 1h").replace("4s", "4"), encoding="utf-8")
    outcome = trsim("validate", desk, bad)
    assert (outcome.code, outcome.out) == (2, f"{desk}: valid\n")
    lines = outcome.err.splitlines()
    assert len(lines) >= 2
    assert all(line.startswith(f"{bad}:") for line in lines)
    assert any(line.startswith(f"{bad}:3:1: horizen: ") for line in lines)


def test_json_says_the_same(trsim: Call, desk: Path, tmp_path: Path) -> None:
    missing = tmp_path / "none.yaml"
    outcome = trsim("validate", desk, missing, "--json")
    assert (outcome.code, outcome.err) == (2, "")
    document = json.loads(outcome.out)
    assert (document["format"], document["version"]) == ("trsim validate", 1)
    assert document["valid"] is False
    assert [entry["valid"] for entry in document["files"]] == [True, False]
    (problem,) = document["files"][1]["problems"]
    assert set(problem) == {"file", "line", "column", "path", "reason"}


def test_a_warning_does_not_change_the_exit_code(trsim: Call, desk: Path) -> None:
    text = desk.read_text(encoding="utf-8").replace("    return_delay: {after_timeout: 1m}\n", "")
    desk.write_text(text, encoding="utf-8")
    outcome = trsim("validate", desk)
    assert (outcome.code, outcome.out) == (0, f"{desk}: valid\n")
    assert outcome.err.startswith("warning: ")


@pytest.mark.parametrize("arguments", [("--help",), ("run", "--help"), ("--version",)])
def test_help_loads_no_library_of_numbers(arguments: tuple[str, ...]) -> None:
    assert loaded(*arguments) & (HEAVY | {"numpy", "pydantic", "simpy"}) == set()


def test_validation_loads_no_heavy_library(desk: Path) -> None:
    assert loaded("validate", str(desk)) & HEAVY == set()


def test_the_schema_accepts_what_is_valid(trsim: Call, tmp_path: Path) -> None:
    from ruamel.yaml import YAML

    outcome = trsim("schema")
    assert (outcome.code, outcome.err) == (0, "")
    schema = json.loads(outcome.out)
    Draft202012Validator.check_schema(schema)
    path = tmp_path / "scenario.yaml"
    assert trsim("init", path).code == 0
    starter = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    assert [error.message for error in Draft202012Validator(schema).iter_errors(starter)] == []


def test_the_starter_is_valid_and_runs(
    trsim: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = trsim("init")
    assert (outcome.code, outcome.out) == (0, "")
    assert "trsim run scenario.yaml" in outcome.err
    assert trsim("validate", "scenario.yaml").code == 0
    assert trsim("run", "scenario.yaml", "-n", "1", "--quiet").code in (0, 3)


def test_the_starter_never_overwrites(trsim: Call, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("mine", encoding="utf-8")
    outcome = trsim("init", path)
    assert outcome.code == 4
    assert outcome.err == f"trsim: cannot write {path}: it exists already\n"
    assert path.read_text(encoding="utf-8") == "mine"


def test_the_starter_needs_a_folder(trsim: Call, tmp_path: Path) -> None:
    outcome = trsim("init", tmp_path / "none" / "mine.yaml")
    assert outcome.code == 4
    assert outcome.err.endswith("No such file or directory\n")


def loaded(*arguments: str) -> set[str]:
    """Return the top-level modules that a call of the command line has loaded at its end."""
    code = (
        "import sys; from trsim.cli import main; main(sys.argv[1:]); "
        "print('LOADED', *sorted(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    last = done.stdout.splitlines()[-1].split()
    assert last[0] == "LOADED"
    return {name.split(".")[0] for name in last[1:]}
