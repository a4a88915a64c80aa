"""Commands that only talk answer at once: what is heavy is imported where it is used.

Each command runs in a fresh interpreter, which reports the modules that are loaded at its end.
Allowed are the command line's own libraries (click, rich-click and rich) and, where scenarios are
read, pydantic, ruamel.yaml, durationpy and NumPy.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from trsim.cli.commands import trsim as program

SCENARIOS = Path(__file__).parents[1] / "scenarios"
HEAVY = frozenset(
    {
        "IPython",
        "duckdb",
        "ipywidgets",
        "jinja2",
        "matplotlib",
        "pandas",
        "pyarrow",
        "scipy",
        "simpy",
    }
)
"""Libraries that take a noticeable part of a second, each needed by some commands only."""
READERS = frozenset({"durationpy", "numpy", "pydantic", "ruamel"})
"""What reading and checking a scenario needs, and nothing else does."""
TERMINAL = frozenset({"click", "rich", "rich_click"})

COMMANDS = tuple(sorted(program.commands))

PROGRAM = """
import json, sys
from trsim.cli import main
code = main(sys.argv[1:])
sys.stdout.flush()
print(json.dumps([code, sorted({name.partition(".")[0] for name in sys.modules})]), file=sys.stderr)
"""


def outcome(*arguments: str) -> tuple[int, str, frozenset[str]]:
    """Return exit code, standard output and top-level modules of a call of the program."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    code, modules = json.loads(done.stderr.splitlines()[-1])
    return code, done.stdout, frozenset(modules)


def test_the_package_alone_loads_no_other_library() -> None:
    code = "import sys, trsim; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "trsim" in loaded
    assert not loaded & (HEAVY | READERS | TERMINAL)


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], []], ids=["help", "version", "nothing"]
)
def test_what_says_only_what_there_is_reads_no_scenarios(arguments: list[str]) -> None:
    code, _, modules = outcome(*arguments)
    assert code == (0 if arguments else 2)
    assert not modules & (HEAVY | READERS)


def test_every_command_is_listed() -> None:
    _, text, _ = outcome("--help")
    assert {"init", "run", "validate"} <= set(COMMANDS)
    assert [name for name in COMMANDS if f"│ {name} " not in text] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command(command: str) -> None:
    code, text, modules = outcome(command, "--help")
    assert code == 0
    assert f"Usage: trsim {command}" in text
    assert not modules & (HEAVY | READERS)


@pytest.mark.parametrize("command", ["validate", "lint"])
@pytest.mark.parametrize("name", sorted(path.stem for path in SCENARIOS.glob("*.yaml")))
def test_reading_a_scenario_needs_its_readers_only(command: str, name: str) -> None:
    code, _, modules = outcome(command, str(SCENARIOS / f"{name}.yaml"))
    assert code == 0
    assert modules >= READERS, "or this test looks for the wrong names"
    assert not modules & HEAVY


def test_a_workflow_document_is_linted_without_anything_heavy() -> None:
    code, _, modules = outcome("lint", str(SCENARIOS / "tutorial_workflow.json"))
    assert code == 0
    assert not modules & HEAVY


def test_the_rules_of_lint_are_listed_at_once() -> None:
    code, text, modules = outcome("lint", "--rules")
    assert code == 0
    assert "offer-outlasts-target  " in text
    assert not modules & HEAVY


def test_the_schema_needs_no_run() -> None:
    code, text, modules = outcome("schema")
    assert code == 0
    assert json.loads(text)["type"] == "object"
    assert not modules & HEAVY


def test_a_new_scenario_is_written_at_once(tmp_path: Path) -> None:
    code, _, modules = outcome("init", str(tmp_path / "new.yaml"))
    assert code == 0
    assert (tmp_path / "new.yaml").is_file()
    assert not modules & HEAVY


def test_a_run_is_seen_to_load_what_is_heavy(tmp_path: Path) -> None:
    # Without this, a wrong spelling among the heavy names would let every other test pass.
    quickstart = str(SCENARIOS / "quickstart.yaml")
    code, _, modules = outcome("run", quickstart, "--out", str(tmp_path / "run"))
    assert code == 0
    assert modules >= {"pandas", "pyarrow", "simpy"}
