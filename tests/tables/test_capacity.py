"""Twilio, "Multitasking": what a worker's channel shows in the expression of a target.

Chats are held against the voice channel, so that they are offered even where it is full.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.tables.desk import asked, head, play


def shown(expression: str, capacity: int, states: str, values: range) -> list[int]:
    """Return the values for which an expression holds, with voice tasks in these states."""
    kinds = {"call": {"value": -1}, **{f"v{value}": {"value": value} for value in values}}
    of: dict[str, Any] = head(
        {"w": {"activity": "Available", "capacity": {"voice": 9, "chat": 999}}},
        channels=["voice", "chat"],
        kinds=kinds,
        task_routing={
            "filters": [
                {"expression": "value == -1", "targets": [{"queue": "Q"}]},
                {"expression": "value >= 0", "targets": [{"queue": "Q", "expression": expression}]},
            ]
        },
    )
    commands = [f"0 create call{i} kind=call channel=voice" for i in range(len(states))]
    commands += [f"1 accept r{i}" for i, state in enumerate(states) if state != "p"]
    commands += [f"2 wrapup call{i}" for i, state in enumerate(states) if state == "w"]
    commands += [f"3 capacity w voice {capacity}"]
    commands += [f"4 create chat{value} kind=v{value} channel=chat" for value in values]
    offers = asked(play(of, commands))[len(states) :]
    return [values[task - len(states)] for task, _ in offers]


@pytest.mark.parametrize(
    ("capacity", "states", "percentage"),
    [
        pytest.param(1, "", 100, id="free"),
        pytest.param(1, "p", 0, id="one offer of one"),
        pytest.param(3, "p", 66, id="an offer of three"),
        pytest.param(3, "a", 66, id="an accepted one of three"),
        pytest.param(3, "w", 66, id="after-work of three"),
        pytest.param(3, "pp", 33, id="two of three"),
        pytest.param(4, "pa", 50, id="two of four"),
        pytest.param(4, "paw", 25, id="three of four"),
        pytest.param(6, "a", 83, id="one of six"),
        pytest.param(7, "paaww", 28, id="five of seven"),
        pytest.param(50, "p", 98, id="one of fifty"),
        pytest.param(1000, "p", 99, id="one of a thousand"),
        pytest.param(0, "", 0, id="no capacity"),
        pytest.param(2, "paw", 0, id="exceeded"),
        pytest.param(0, "a", 0, id="no capacity left at all"),
    ],
)
def test_available_capacity_percentage(capacity: int, states: str, percentage: int) -> None:
    expression = "worker.channel.voice.available_capacity_percentage == task.value"
    assert shown(expression, capacity, states, range(101)) == [percentage]


@pytest.mark.parametrize(
    ("states", "assigned"),
    [
        pytest.param("", 0, id="nothing"),
        pytest.param("p", 0, id="an offer is not assigned"),
        pytest.param("pa", 1, id="accepted"),
        pytest.param("paaw", 2, id="after-work is not assigned"),
        pytest.param("www", 0, id="only after-work"),
    ],
)
def test_assigned_tasks(states: str, assigned: int) -> None:
    expression = "worker.channel.voice.assigned_tasks == task.value"
    assert shown(expression, 9, states, range(6)) == [assigned]


@pytest.mark.parametrize("capacity", [0, 1, 5])
def test_configured_capacity(capacity: int) -> None:
    expression = "worker.channel.voice.configured_capacity == task.value"
    assert shown(expression, capacity, "a", range(7)) == [capacity]


def test_a_channel_that_is_not_there_is_null() -> None:
    assert shown("worker.channel.fax.assigned_tasks == null", 1, "", range(2)) == [0, 1]
    assert shown("worker.channel.fax.assigned_tasks == 0", 1, "", range(2)) == []
