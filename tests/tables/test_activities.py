"""Twilio, "Activity resource" and "Reservations resource": where a worker is after each event."""

from __future__ import annotations

import pytest

from tests.tables.desk import head, play
from trsim.core.events import EventType

ACTIVITIES = {
    "Available": True,
    "Ready": True,
    "Break": False,
    "Reserved": False,
    "Busy": False,
    "Offline": False,
}


@pytest.mark.parametrize(
    ("commands", "multi", "single"),
    [
        pytest.param("", "Ready", "Reserved", id="asked"),
        pytest.param("1 accept r0", "Ready", "Busy", id="accepted"),
        pytest.param("10 wait", "Offline", "Offline", id="missed"),
        pytest.param("1 reject r0 Break", "Break", "Break", id="rejected with an activity"),
        pytest.param("1 reject r0 Available", "Available", "Available", id="with an available one"),
        pytest.param("1 reject r0", "Ready", "Ready", id="rejected without"),
        pytest.param("1 cancel r0", "Ready", "Ready", id="canceled"),
        pytest.param("1 hangup A", "Ready", "Ready", id="hung up"),
        pytest.param("1 delete A", "Ready", "Ready", id="deleted"),
        pytest.param("3 wait", "Ready", "Ready", id="time to live"),
        pytest.param("1 accept r1", "Ready", "Ready", id="rescinded"),
        pytest.param("1 accept r0, 2 wrapup A", "Ready", "Busy", id="after-work"),
        pytest.param("1 accept r0, 2 complete A", "Ready", "Busy", id="completed"),
        pytest.param("1 accept r0, 2 delete A", "Ready", "Busy", id="deleted in hand"),
        pytest.param("1 activity w Break", "Break", "Break", id="moved while asked"),
        pytest.param("1 activity w Break, 2 reject r0", "Break", "Ready", id="moved, rejected"),
        pytest.param("1 activity w Break, 10 wait", "Offline", "Offline", id="moved, missed"),
        pytest.param("1 activity w Break, 2 accept r0", "Break", "Busy", id="moved, accepted"),
        pytest.param("1 hold r0", "Ready", "Reserved", id="on hold"),
        pytest.param("1 hold r0, 5 cancel r0", "Ready", "Ready", id="on hold, set-up failed"),
        pytest.param("1 hold r0, 20 accept r0", "Ready", "Busy", id="on hold, accepted"),
        pytest.param(
            "1 activity w Break reject-pending", "Break", "Break", id="leaving with rejection"
        ),
    ],
)
def test_activity_after(commands: str, multi: str, single: str) -> None:
    """Two workers are asked at once; the offer to the other one keeps the task reserved."""
    lines = [line.strip() for line in commands.split(",") if line]
    ttl = " ttl=3" if lines == ["3 wait"] else ""
    for multi_task_enabled, expected in ((True, multi), (False, single)):
        of = head(
            {"w": {"activity": "Ready"}, "x": {"activity": "Available"}},
            activities=ACTIVITIES,
            multi_task_enabled=multi_task_enabled,
            queues={
                "Q": {
                    "max_reserved_workers": 2,
                    "reservation_activity": "Reserved",
                    "assignment_activity": "Busy",
                }
            },
            reservation_timeout=10,
        )
        rows = play(of, [f"0 create A{ttl}", *lines])
        moves = [
            row.activity
            for row in rows
            if row.event == EventType.WORKER_ACTIVITY_UPDATE and row.worker == 0
        ]
        found = list(ACTIVITIES)[moves[-1]] if moves else "Ready"
        assert found == expected, "multi-tasking" if multi_task_enabled else "single-tasking"
