"""The order of things: classes of deadlines, waiting tasks, free workers."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.core.setting import Branch, Flow, Queue, Setting, Step, Worker
from trsim.core import commands
from trsim.core.events import EventType, Row
from trsim.core.ordering import DeadlineClass, task_key, worker_key
from trsim.core.writer import RowTuple


def test_classes_of_deadlines_fire_in_this_order() -> None:
    assert [kind.name for kind in sorted(DeadlineClass)] == [
        "RESERVATION",
        "TARGET",
        "TTL",
        "EXPIRY",
        "PURGE",
    ]


def test_the_documented_queue_is_served_in_the_documented_order() -> None:
    created = {"A": (50, 0), "B": (75, 1), "C": (20, 2), "D": (50, 3)}  # priority, number
    assert sorted(created, key=lambda name: task_key(*created[name])) == ["B", "A", "D", "C"]


@given(st.lists(st.tuples(st.integers(0, 2**31 - 1), st.integers(0, 10**9)), unique=True))
def test_priority_comes_before_age(tasks: list[tuple[int, int]]) -> None:
    served = sorted(tasks, key=lambda task: task_key(*task))
    assert served == sorted(sorted(tasks, key=lambda t: t[1]), key=lambda t: t[0], reverse=True)


@given(st.lists(st.tuples(st.integers(-1, 10**12), st.integers(0, 15_000)), unique=True))
def test_the_longest_idle_is_asked_first_and_never_occupied_before_all(
    workers: list[tuple[int, int]],
) -> None:
    asked = sorted(workers, key=lambda worker: worker_key(*worker))
    assert [idle_ms for idle_ms, _ in asked] == sorted(idle_ms for idle_ms, _ in workers)
    assert all(a < b for a, b in pairwise(asked))


def test_equal_deadlines_of_a_class_fire_in_creation_order() -> None:
    setting = Setting(
        available=(True, False),
        timeout_activity=1,
        n_channels=1,
        n_kinds=1,
        queues=(Queue((0, 1, 2), max_reserved=1),),
        flows=(Flow(5_000, (Branch((0,), (Step(0, timeout_s=5),)),)),),
        workers=(Worker(0), Worker(0), Worker(0)),
    )
    rows: list[RowTuple] = []
    workspace = setting.workspace(rows.append)
    for _ in range(6):  # three are offered, three wait; everything is due at 5,000
        workspace.handle(commands.CreateTask(0, 0, 0, ttl_ms=5_000), 0)
    seen = len(rows)
    workspace.advance(5_001)
    due = [Row._make(row) for row in rows[seen:]]
    assert {row.at_ms for row in due} == {5_000}
    timeouts = [row.reservation for row in due if row.event == EventType.RESERVATION_TIMEOUT]
    left = [row.task for row in due if row.event == EventType.TASK_QUEUE_TIMEOUT]
    # A task whose offer ends is looked at with the timer; the others follow by their deadline.
    assert timeouts == [0, 1, 2]
    assert left == [0, 1, 2, 3, 4, 5]
