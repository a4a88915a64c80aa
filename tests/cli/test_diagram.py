"""``trsim diagram``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from trsim.report import diagram

Call = Callable[..., Any]


@pytest.mark.parametrize("machine", diagram.MACHINES)
def test_one_machine_is_one_diagram(trsim: Call, machine: str) -> None:
    assert trsim("diagram", machine) == (0, diagram.mermaid(machine), "")
    assert trsim("diagram", machine, "--format", "dot") == (0, diagram.dot(machine), "")


def test_both_machines_come_with_what_couples_them(trsim: Call) -> None:
    assert trsim("diagram") == (0, diagram.markdown(), "")
    assert trsim("diagram", "--format", "dot").out.count("digraph ") == 2


def test_an_option_can_come_from_the_environment(
    trsim: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRSIM_DIAGRAM_FORMAT", "dot")
    assert trsim("diagram", "task").out == diagram.dot("task")
