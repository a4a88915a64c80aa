"""The diagrams: complete, drawn from the tables, and the same in the documentation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trsim.core.lifecycle import RESERVATION_TABLE, TASK_TABLE
from trsim.report.diagram import MACHINES, dot, joint_markdown, markdown, mermaid

LIFECYCLE = Path(__file__).parents[2] / "docs" / "lifecycle.md"


def edges(text: str) -> set[tuple[str, str, str]]:
    """Return origin, target and step of every arrow of a Mermaid diagram."""
    found = re.findall(r"^    (\S+) --> (\S+): (.+)$", text, re.MULTILINE)
    return {(a, b, step) for a, b, steps in found for step in steps.split(", ")}


def test_the_task_diagram_has_every_step_of_the_table() -> None:
    wanted = {
        ("[*]" if a is None else a.label, "[*]" if b is None else b.label, step.label)
        for a, steps in TASK_TABLE.items()
        for step, b in steps.items()
    }
    assert {(a, b, s.replace(" ", "_")) for a, b, s in edges(mermaid("task"))} == wanted


def test_the_reservation_diagram_has_every_step_of_the_table() -> None:
    wanted = {
        ("[*]" if a is None else a.label, b.label, step.label)
        for a, steps in RESERVATION_TABLE.items()
        for step, b in steps.items()
    }
    assert {(a, b, s.replace(" ", "_")) for a, b, s in edges(mermaid("reservation"))} == wanted


def test_creation_and_removal_are_drawn() -> None:
    lines = mermaid("task").splitlines()
    assert lines[0] == "stateDiagram-v2"
    assert "    [*] --> pending: create" in lines
    assert "    completed --> [*]: delete, purge" in lines
    assert "    assigned --> [*]: delete, expire" in lines


@pytest.mark.parametrize("machine", MACHINES)
def test_both_languages_draw_the_same_arrows(machine: str) -> None:
    found = re.findall(r'^    (\w+) -> (\w+) \[label="(.+)"\];$', dot(machine), re.MULTILINE)
    names = {"created": "[*]", "removed": "[*]"}
    drawn = {
        (names.get(a, a), names.get(b, b), step) for a, b, s in found for step in s.split(", ")
    }
    assert drawn == edges(mermaid(machine))


@pytest.mark.parametrize("machine", MACHINES)
def test_a_graph_is_balanced_and_marks_its_terminal_states(machine: str) -> None:
    text = dot(machine)
    assert text.startswith(f"digraph {machine} {{\n")
    assert text.endswith("}\n")
    assert "    completed [peripheries=2];" in text
    assert "    pending [peripheries=2];" not in text


def test_the_joint_table_says_what_becomes_of_the_task() -> None:
    assert joint_markdown().splitlines()[2:] == [
        "| accept | assign: the task becomes assigned | assign: the task becomes assigned |",
        "| reject | release: the task becomes pending | the task stays reserved |",
        "| time out | release: the task becomes pending | the task stays reserved |",
        "| cancel | release: the task becomes pending | the task stays reserved |",
    ]


def test_the_documentation_shows_the_diagrams_of_the_engine() -> None:
    blocks = re.findall(r"```mermaid\n(.*?)```", LIFECYCLE.read_text(encoding="utf-8"), re.DOTALL)
    assert blocks == [mermaid(machine) for machine in MACHINES]


def test_the_documentation_shows_the_joint_table_of_the_engine() -> None:
    assert joint_markdown() in LIFECYCLE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "number", [f"T{n}" for n in range(1, 17)] + [f"R{n}" for n in range(1, 10)]
)
def test_the_documentation_numbers_every_transition(number: str) -> None:
    assert f"| {number} |" in LIFECYCLE.read_text(encoding="utf-8")


def test_everything_together_is_markdown() -> None:
    text = markdown()
    assert text.count("```mermaid") == len(MACHINES)
    assert text.count("## ") == len(MACHINES) + 1
