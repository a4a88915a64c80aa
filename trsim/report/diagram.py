"""The two state machines as diagrams, drawn from the tables the engine runs on.

Nothing about the lifecycle is written down here: a step added to
:mod:`trsim.core.lifecycle` shows up by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Final

from trsim.core.lifecycle import JOINT_TABLE, RESERVATION_TABLE, TASK_TABLE, Siblings
from trsim.core.states import TERMINAL_RESERVATION, TERMINAL_TASK

_Table = Mapping[IntEnum | None, Mapping[IntEnum, IntEnum | None]]
_OUTSIDE = "[*]"
"""Mermaid's sign for "not there": before an object is created and after it is removed."""

_TABLES: Final[Mapping[str, _Table]] = {
    "task": TASK_TABLE,  # type: ignore[dict-item]  # a mapping's keys are invariant
    "reservation": RESERVATION_TABLE,  # type: ignore[dict-item]
}
_TERMINAL: Final[Mapping[str, frozenset[IntEnum]]] = {
    "task": frozenset(TERMINAL_TASK),
    "reservation": frozenset(TERMINAL_RESERVATION),
}
MACHINES: Final = tuple(_TABLES)
"""Names of the state machines."""


def mermaid(machine: str) -> str:
    """Return a machine as a Mermaid state diagram.

    Parameters
    ----------
    machine : str
        One of :data:`MACHINES`.
    """
    lines = ["stateDiagram-v2", "    direction LR"]
    for origin, target, label in _arrows(machine):
        lines.append(f"    {origin or _OUTSIDE} --> {target or _OUTSIDE}: {label}")
    return "\n".join(lines) + "\n"


def dot(machine: str) -> str:
    """Return a machine as a graph in the DOT language; terminal states have a double border.

    Parameters
    ----------
    machine : str
        One of :data:`MACHINES`.
    """
    arrows = list(_arrows(machine))
    lines = [
        f"digraph {machine} {{",
        "    rankdir=LR;",
        '    node [shape=box, style=rounded, fontname="sans-serif"];',
        '    edge [fontname="sans-serif", fontsize=10];',
        "    created [shape=point];",
    ]
    if any(not target for _, target, _ in arrows):
        lines.append('    removed [shape=doublecircle, label="", width=0.15];')
    for status in sorted(_TERMINAL[machine]):
        lines.append(f"    {_word(status)} [peripheries=2];")
    for origin, target, label in arrows:
        lines.append(f'    {origin or "created"} -> {target or "removed"} [label="{label}"];')
    return "\n".join([*lines, "}"]) + "\n"


def joint_markdown() -> str:
    """Return what a reservation's end means for its task, as a Markdown table."""
    lines = [
        "| end of a pending reservation | it is the last one open | others are still open |",
        "|---|---|---|",
    ]
    for step, outcomes in JOINT_TABLE.items():
        cells = [_outcome(outcomes[siblings]) for siblings in Siblings]
        lines.append(f"| {_word(step)} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines) + "\n"


def markdown() -> str:
    """Return both machines and their coupling as Markdown."""
    parts = []
    for machine in MACHINES:
        parts.append(f"## {machine.capitalize()}\n\n```mermaid\n{mermaid(machine)}```\n")
    parts.append(f"## What a reservation's end means for its task\n\n{joint_markdown()}")
    return "\n".join(parts)


def _arrows(machine: str) -> Iterator[tuple[str, str, str]]:
    """Yield origin, target and label; steps between the same two states share an arrow."""
    for origin, steps in _TABLES[machine].items():
        labels: dict[str, list[str]] = {}
        for step, target in steps.items():
            labels.setdefault("" if target is None else _word(target), []).append(_word(step))
        for name, words in labels.items():
            yield "" if origin is None else _word(origin), name, ", ".join(words)


def _outcome(step: IntEnum | None) -> str:
    if step is None:
        return "the task stays reserved"
    (target,) = {steps[step] for steps in _TABLES["task"].values() if step in steps}
    assert target is not None, "no end of a reservation removes its task"
    return f"{_word(step)}: the task becomes {_word(target)}"


def _word(name: IntEnum) -> str:
    return name.name.lower().replace("_", " ")
