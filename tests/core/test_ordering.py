"""The order of things: classes of deadlines, waiting tasks, free workers."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.core.setting import Branch, Flow, Queue, Setting, Step, Worker
from trsim.core import commands
from trsim.core.events import EventType, Row
from trsim.core.ordering import DeadlineClass, fifo_key, lifo_key, worker_key
from trsim.core.writer import RowTuple


def test_classes_of_deadlines_fire_in_this_order() -> None:
    assert [kind.name for kind in sorted(DeadlineClass)] == [
        "RESERVATION",
        "TARGET",
        "TTL",
        "EXPIRY",
        "REOFFER",
        "DIRECT",
        "ROUTING",
        "PURGE",
    ]


def test_the_documented_queue_is_served_in_the_documented_order() -> None:
    tasks = {"A": (50, 0, 0), "B": (75, 1, 1), "C": (20, 3, 2), "D": (50, 3, 3)}
    assert sorted(tasks, key=lambda name: fifo_key(0, *tasks[name])) == ["B", "A", "D", "C"]


def test_the_documented_two_kinds_of_queues_are_served_in_the_documented_order() -> None:
    # Tasks 0, 2, 4 … arrive in the FIFO queue, 1, 3, 5 … in the LIFO queue, a second apart.
    tasks = {f"F{i}": fifo_key(0, 0, 2_000 * i, 2 * i) for i in range(1, 6)}
    for i in range(1, 6):
        arrival_ms = 2_000 * i + 1_000
        tasks[f"L{i}"] = lifo_key(1, arrival_ms, arrival_ms, 2 * i + 1)
    served = ["F1", "F2", "F3", "F4", "F5", "L5", "L4", "L3", "L2", "L1"]
    assert sorted(tasks, key=lambda name: tasks[name]) == served


@given(st.lists(st.tuples(st.integers(0, 2**31 - 1), st.integers(-(10**9), 10**9)), unique=True))
def test_priority_comes_before_the_start(tasks: list[tuple[int, int]]) -> None:
    served = sorted(tasks, key=lambda task: fifo_key(0, task[0], task[1], 0))
    assert served == sorted(sorted(tasks, key=lambda t: t[1]), key=lambda t: t[0], reverse=True)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 99)), unique=True))
def test_last_in_is_first_out_but_for_tasks_of_one_instant(
    tasks: list[tuple[int, int, int]],
) -> None:
    served = sorted(tasks, key=lambda task: lifo_key(0, *task))
    expected = sorted(tasks, key=lambda t: t[2])
    expected.sort(key=lambda t: t[1], reverse=True)
    expected.sort(key=lambda t: t[0], reverse=True)
    assert served == expected


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
