"""A workspace described in a few words, played as a golden script is, and what its rows tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.golden.script import Performance
from trsim.core.events import EventType, Row

ANYBODY: dict[str, Any] = {"default_filter": {"queue": "Q"}}
"""A workflow in which every task waits in one queue."""


def head(workers: dict[str, Any], **further: Any) -> dict[str, Any]:
    """Return the head of a script with one queue unless others are given."""
    plain = {
        "activities": {"Available": True, "Break": False, "Offline": False},
        "workers": workers,
        "queues": {"Q": {}},
        "task_routing": ANYBODY,
    }
    return plain | further


def one_filter(*targets: dict[str, Any]) -> dict[str, Any]:
    """Return a workflow whose only filter holds for every task."""
    return {"filters": [{"expression": "1 == 1", "targets": list(targets)}]}


def play(of: dict[str, Any], commands: Sequence[str]) -> list[Row]:
    """Return the rows that commands bring about; every invariant is checked on the way."""
    performance = Performance(of)
    for line in performance.lines(list(commands)):
        assert not line.startswith("  refused"), line
    return [Row._make(row) for row in performance.rows]


def asked(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Return task and worker of each reservation, in the order in which they were made."""
    return [(row.task, row.worker) for row in rows if row.event == EventType.RESERVATION_CREATED]


def entered(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Return instant [ms] and step of each target entered."""
    matched = EventType.WORKFLOW_TARGET_MATCHED
    return [(row.at_ms, row.step) for row in rows if row.event == matched]


def ended(rows: Sequence[Row]) -> list[int]:
    """Return the instants at which tasks were canceled [ms]."""
    return [row.at_ms for row in rows if row.event == EventType.TASK_CANCELED]
