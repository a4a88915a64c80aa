"""Twilio, "TaskQueues resource": which workers belong to a queue, and what an expression sees."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tables.desk import asked, head, one_filter, play

WORKERS: dict[str, Any] = {
    "Ann": {"activity": "Available", "attributes": {"level": 1, "skills": ["sales"]}},
    "Bob": {"activity": "Ready", "attributes": {"level": 5, "channel": "own"}},
    "Cid": {"activity": "Available", "attributes": {"sid": "mine", "activity_name": "Odd"}},
}
ACTIVITIES = {"Available": True, "Ready": True, "Offline": False}


def sid(prefix: str, number: int) -> str:
    return prefix + f"{number:x}".rjust(32, "0")


EXTRAS = [
    pytest.param("friendly_name == 'Bob'", "Bob", id="name"),
    pytest.param("friendly_name == 'bob'", "", id="a name is compared with its case"),
    pytest.param(f"sid == '{sid('WK', 1)}'", "Bob", id="sid"),
    pytest.param("sid == 'mine'", "Cid", id="an attribute takes its place"),
    pytest.param(f"sid == '{sid('WK', 2)}'", "", id="the sid behind it is gone"),
    pytest.param("activity_name == 'Available'", "Ann", id="activity"),
    pytest.param("activity_name IN ['Ready', 'Odd']", "Bob Cid", id="activity, or an attribute"),
    pytest.param(f"activity_sid == '{sid('WA', 0)}'", "Ann Cid", id="activity sid"),
    pytest.param(f"activity_sid == '{sid('WA', 1)}'", "Bob", id="another activity sid"),
    pytest.param("level == null", "Cid", id="missing"),
    pytest.param("level < 3 OR sid == 'mine'", "Ann Cid", id="attribute"),
    pytest.param("skills HAS 'sales'", "Ann", id="list"),
    pytest.param("skills != 'sales'", "Bob Cid", id="a list differs from nothing"),
    pytest.param("1 == 1", "Ann Bob Cid", id="everybody"),
    pytest.param("1 == 2", "", id="nobody"),
]


@pytest.mark.parametrize(("expression", "expected"), EXTRAS)
def test_target_workers(expression: str, expected: str) -> None:
    of = head(
        WORKERS,
        activities=ACTIVITIES,
        queues={"Q": {"target_workers": expression, "max_reserved_workers": 50}},
    )
    offers = asked(play(of, ["0 create A"]))
    assert " ".join(list(WORKERS)[worker] for _, worker in offers) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        pytest.param("worker.friendly_name == 'Bob'", "Bob", id="name"),
        pytest.param("worker.sid == 'mine'", "Cid", id="an attribute takes its place"),
        pytest.param("worker.activity_name == 'Ready'", "Bob", id="activity"),
        pytest.param("worker.channel == 'own'", "Bob", id="an attribute hides the channels"),
        pytest.param("worker.channel.default.configured_capacity == 1", "Ann Cid", id="channel"),
        pytest.param("worker.level > task.level", "Bob", id="both"),
        pytest.param("task.level == 2", "Ann Bob Cid", id="the task alone"),
        pytest.param("task.priority == null", "Ann Bob Cid", id="no built-in names of tasks"),
    ],
)
def test_expression_of_a_target(expression: str, expected: str) -> None:
    of = head(
        WORKERS,
        activities=ACTIVITIES,
        queues={"Q": {"max_reserved_workers": 50}},
        kinds={"asking": {"level": 2}},
        task_routing=one_filter({"queue": "Q", "expression": expression}),
    )
    offers = asked(play(of, ["0 create A priority=3"]))
    assert " ".join(list(WORKERS)[worker] for _, worker in offers) == expected
