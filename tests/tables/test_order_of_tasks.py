"""Twilio, "Queue ordering" and "Tasks resource": which task goes first."""

from __future__ import annotations

import pytest

from tests.tables.desk import asked, head, play


def service_order(prefer: str, tasks: list[str]) -> str:
    """Return the names of tasks as a worker who can take all of them is offered them."""
    of = head(
        {"w": {"activity": "Offline", "capacity": {"default": len(tasks)}}},
        prioritize_queue_order=prefer,
        queues={"fifo": {}, "also": {}, "lifo": {"task_order": "LIFO"}},
        kinds=["fifo", "also", "lifo"],
        task_routing={
            "filters": [
                {"expression": f"kind == '{queue}'", "targets": [{"queue": queue}]}
                for queue in ("fifo", "also", "lifo")
            ]
        },
    )
    commands = [task.replace(" ", " create ", 1) for task in tasks]
    rows = play(of, [*commands, "100 activity w Available"])
    names = [task.split()[1] for task in tasks]
    return " ".join(names[task] for task, _ in asked(rows))


@pytest.mark.parametrize(
    ("tasks", "expected"),
    [
        pytest.param(
            [
                "0 A kind=fifo priority=50",
                "1 B kind=fifo priority=75",
                "3 C kind=fifo priority=20",
                "3 D kind=fifo priority=50",
            ],
            "B A D C",
            id="the documented example",
        ),
        pytest.param(
            ["0 A kind=fifo", "1 B kind=also", "2 C kind=fifo"], "A B C", id="age across queues"
        ),
        pytest.param(
            ["0 A kind=fifo priority=3", "1 B kind=also priority=5", "2 C kind=fifo priority=5"],
            "B C A",
            id="priority across queues",
        ),
        pytest.param(
            ["5 A kind=fifo", "5 B kind=also", "5 C kind=fifo"], "A B C", id="one instant"
        ),
        pytest.param(
            ["5 A kind=fifo", "9 B kind=fifo lead=5", "9 C kind=fifo lead=4"],
            "B A C",
            id="an earlier start; at an equal one the earlier creation",
        ),
        pytest.param(
            ["9 A kind=fifo lead=9", "10 B kind=fifo priority=1"],
            "B A",
            id="priority before an earlier start",
        ),
        pytest.param(
            ["0 A kind=lifo", "1 B kind=lifo priority=9", "2 C kind=lifo priority=1"],
            "C B A",
            id="newest first, whatever the priority",
        ),
        pytest.param(
            ["5 A kind=lifo", "9 B kind=lifo lead=5", "9 C kind=lifo lead=4"],
            "C A B",
            id="the later start, then the later creation",
        ),
        pytest.param(
            ["5 A kind=lifo", "5 B kind=lifo", "6 C kind=lifo"],
            "C A B",
            id="the first of one instant",
        ),
    ],
)
def test_one_kind_of_queue(tasks: list[str], expected: str) -> None:
    assert service_order("FIFO", tasks) == expected
    assert service_order("LIFO", tasks) == expected


@pytest.mark.parametrize(
    ("prefer", "expected"),
    [
        ("FIFO", "F1 F2 F3 F4 F5 L5 L4 L3 L2 L1"),
        ("LIFO", "L5 L4 L3 L2 L1 F1 F2 F3 F4 F5"),
    ],
)
def test_both_kinds_of_queues(prefer: str, expected: str) -> None:
    """The documented example, and the other setting."""
    tasks = [f"{i} F{i} kind=fifo" for i in range(1, 6)]
    tasks += [f"{i} L{i} kind=lifo priority={9 - i}" for i in range(1, 6)]
    assert service_order(prefer, sorted(tasks)) == expected
