"""Twilio, "Workflow configuration", worker presence: when a target is skipped."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tables.desk import entered, head, one_filter, play

BREAK = "WA" + "1".rjust(32, "0")
ACTIVITIES = {"a": "Available", "b": "Break", "o": "Offline"}


def is_skipped(skip_if: str, present: str, **first: Any) -> bool:
    """Return whether a target is skipped with workers in these activities, none of them free."""
    workers = {
        f"w{i}": {"activity": ACTIVITIES[letter], "capacity": {"default": 0}}
        for i, letter in enumerate(present)
    }
    elsewhere = {"x": {"activity": "Available"}, "y": {"activity": "Break"}}
    of = head(
        workers | elsewhere,
        queues={"Q": {"workers": list(workers)}, "Empty": {"workers": []}},
        task_routing=one_filter({"queue": "Q", "skip_if": skip_if} | first, {"queue": "Empty"}),
    )
    steps = entered(play(of, ["0 create A"]))
    assert steps[0] == (0, 0)
    return steps[1:] == [(0, 1)]


@pytest.mark.parametrize(
    ("skip_if", "present", "skipped"),
    [
        pytest.param("workers.available == 0", "", True, id="nobody at all"),
        pytest.param("workers.available == 0", "bo", True, id="nobody available"),
        pytest.param("workers.available == 0", "abo", False, id="one available, though full"),
        pytest.param("workers.available < 2", "a", True, id="too few"),
        pytest.param("workers.available < 2", "aa", False, id="enough"),
        pytest.param("workers.unavailable > 1", "abo", True, id="two unavailable"),
        pytest.param("workers.unavailable > 1", "aab", False, id="one unavailable"),
        pytest.param("workers.available < workers.unavailable", "abb", True, id="compared"),
        pytest.param("workers.available >= workers.unavailable", "abb", False, id="compared back"),
        pytest.param(f"workers.{BREAK} == 2", "abbo", True, id="of one activity"),
        pytest.param(f"workers.{BREAK} == 2", "aboo", False, id="not of another"),
        pytest.param(
            f"workers.available == 0 AND workers.{BREAK} > 0", "oo", False, id="only one holds"
        ),
        pytest.param(
            f"workers.available == 0 OR workers.{BREAK} > 0", "oo", True, id="one is enough"
        ),
        pytest.param("1 == 1", "aaa", True, id="unless somebody can take it now"),
        pytest.param("1 == 2", "", False, id="never"),
    ],
)
def test_skip_if(skip_if: str, present: str, skipped: bool) -> None:
    assert is_skipped(skip_if, present) is skipped


def test_the_expression_of_the_target_plays_no_part() -> None:
    nobody = {"expression": "worker.level > 3"}
    assert not is_skipped("workers.available == 0", "a", **nobody)
    assert is_skipped("workers.available == 1", "a", **nobody)
