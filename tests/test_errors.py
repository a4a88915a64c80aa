"""Exceptions: their messages, and that they survive the way between processes."""

from __future__ import annotations

import pickle

import pytest

from trsim.errors import (
    ClockError,
    ExpressionError,
    IllegalTransition,
    InvalidCommand,
    LimitExceeded,
    OutputError,
    Problem,
    ScenarioError,
    TrsimError,
    UnknownObject,
    UsageError,
)

PROBLEM = Problem("desk.yaml", 14, 3, "workflows.main", "queue 'biling' is unknown")
CASES = [
    (
        IllegalTransition("task 3", "canceled", "wrap up", ["assigned"], ["delete", "purge"]),
        "cannot wrap up task 3: it is canceled; only assigned allows that; "
        "possible now: delete, purge",
    ),
    (
        IllegalTransition("task 3", "canceled", "x"),
        "cannot x task 3: it is canceled; possible now: nothing",
    ),
    (UnknownObject("task", 7), "there is no task 7"),
    (
        UnknownObject("queue", "biling", "queues are billing"),
        "there is no queue 'biling'; queues are billing",
    ),
    (InvalidCommand("create task", "priority is -1"), "cannot create task: priority is -1"),
    (
        ClockError(5, 9, "time has already reached"),
        "cannot go on at 5 ms: time has already reached 9 ms",
    ),
    (ExpressionError("a <> 1", 2, "use !="), "use !=\n  a <> 1\n    ^"),
    (
        ScenarioError([PROBLEM]),
        "desk.yaml:14:3: workflows.main: queue 'biling' is unknown",
    ),
    (UsageError("no"), "no"),
    (LimitExceeded("too many"), "too many"),
    (OutputError("disk full"), "disk full"),
]


@pytest.mark.parametrize(("error", "text"), CASES, ids=[str(i) for i in range(len(CASES))])
def test_message_and_copies(error: TrsimError, text: str) -> None:
    assert str(error) == text
    for copy in (pickle.loads(pickle.dumps(error)), type(error)(*error.args)):
        assert type(copy) is type(error)
        assert str(copy) == text
        assert vars(copy) == vars(error)


def test_only_fifty_problems_are_shown() -> None:
    lines = str(ScenarioError([PROBLEM] * 53)).splitlines()
    assert len(lines) == 51
    assert lines[-1] == "and 3 more problems"


def test_a_gone_reservation_carries_its_status() -> None:
    assert IllegalTransition("r", "rescinded", "accept", http_status=410).http_status == 410
