"""Selection: who is first, and that finding out never looks at everybody."""

from __future__ import annotations

from typing import SupportsIndex, TypeVar, overload

import pytest

from tests.routing.centre import OFFLINE, Attributes, Centre
from trsim.core import commands
from trsim.core.spec import IdleKey, RoutingRules, TaskOrder
from trsim.routing import layout

Entry = TypeVar("Entry")


class Counted(list[Entry]):
    """A list that counts how often it is read."""

    reads = 0

    @overload
    def __getitem__(self, index: SupportsIndex) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...
    def __getitem__(self, index: SupportsIndex | slice) -> Entry | list[Entry]:
        self.reads += 1
        return super().__getitem__(index)


COUNTED = ("worker_activity", "worker_attributes", "worker_idle_ms", "channel_load")


def watched(centre: Centre) -> list[Counted[int]]:
    columns: list[Counted[int]] = [Counted(getattr(centre.ledger, name)) for name in COUNTED]
    for name, column in zip(COUNTED, columns, strict=True):
        setattr(centre.ledger, name, column)
    return columns


def reads_of_a_day(n_workers: int, expression: str, idle_key: IdleKey) -> int:
    """Return how often workers are looked at while 40 tasks come, are taken, and end."""
    target = {"queue": "A", "expression": expression}
    centre = Centre(
        {"A": "n >= 0", "B": "n != 1"},
        [{"filters": [{"expression": "1==1", "targets": [target]}]}],
        workers=[{"n": n} for n in range(n_workers)],
        rules=RoutingRules(idle_key=idle_key),
    )
    centre.create()  # opens the channel, and a line of its own: everybody once
    centre.do(commands.AcceptReservation(0))
    centre.do(commands.CompleteTask(0))
    columns = watched(centre)
    for number in range(1, 41):
        now_ms = 1_000 * number
        task = centre.create(at_ms=now_ms)
        centre.do(commands.AcceptReservation(task), now_ms)
        centre.do(commands.CompleteTask(task), now_ms + 500)
    return sum(column.reads for column in columns)


@pytest.mark.parametrize("idle_key", IdleKey)
@pytest.mark.parametrize(
    "expression",
    ["1==1", "worker.n >= 0", "worker.channel.voice.available_capacity_percentage == 100"],
    ids=["plain", "static", "dynamic"],
)
def test_a_choice_among_many_workers_looks_at_few(expression: str, idle_key: IdleKey) -> None:
    few = reads_of_a_day(50, expression, idle_key)
    many = reads_of_a_day(2_000, expression, idle_key)
    assert many <= few


def one_queue(
    workers: list[Attributes],
    tasks: list[Attributes],
    target: Attributes,
    more_workers: tuple[Attributes, ...] = (),
) -> Centre:
    routing = {"filters": [{"expression": "1==1", "targets": [{"queue": "A", **target}]}]}
    return Centre({"A": "out != true"}, [routing], tasks, workers, more_workers=more_workers)


def test_order_by_beats_idleness_and_who_lacks_it_comes_last() -> None:
    workers: list[Attributes] = [{}, {"level": 1}, {"level": 3}, {"level": 3}, {"level": None}]
    descending = one_queue(workers, [{}], {"order_by": "worker.level DESC"})
    for _ in workers:
        descending.create()
    assert [worker for _, worker in descending.asked()] == [2, 3, 1, 0, 4]
    ascending = one_queue(workers, [{}], {"order_by": "worker.level ASC"})
    for _ in workers:
        ascending.create()
    assert [worker for _, worker in ascending.asked()] == [1, 2, 3, 0, 4]


def test_a_clause_counts_only_while_all_have_whole_numbers_there() -> None:
    workers: list[Attributes] = [{"level": "high"}, {"level": 1}, {"level": 3}]
    target = {"order_by": "worker.level DESC"}
    centre = one_queue(
        workers, [{}], target, more_workers=({"level": 2}, {"level": 9, "out": True})
    )
    centre.create()
    assert centre.asked() == [(0, 0)]  # ignored: the first worker comes first
    centre.do(commands.SetWorkerAttributes(0, 3))  # a number now
    centre.create()
    assert centre.asked()[1:] == [(1, 2)]
    centre = one_queue(workers, [{}], target, more_workers=({"level": "x", "out": True},))
    centre.do(commands.SetWorkerAttributes(0, 3))  # left the queue with its text
    centre.create()
    assert centre.asked() == [(0, 2)]


def test_known_workers_are_found_by_name_whatever_its_case() -> None:
    target = {"known_worker_friendly_name": "task.agent"}
    tasks: list[Attributes] = [{"agent": "worker 2"}, {"agent": "nobody"}, {}, {"agent": None}]
    centre = one_queue([{}, {}, {}], tasks, target)
    for kind in range(4):
        centre.create(kind)
    assert centre.asked() == [(0, 2)]


def test_known_workers_are_found_by_sid_and_by_a_sid_of_their_own() -> None:
    target = {"known_worker_sid": "task.agent"}
    tasks: list[Attributes] = [{"agent": f"WK{1:032x}"}, {"agent": "WKmine"}, {"agent": "WKgone"}]
    workers: list[Attributes] = [{}, {}, {"sid": "WKmine"}, {"sid": "WKgone", "out": True}]
    centre = one_queue(workers, tasks, target, more_workers=({"sid": "WKgone"},))
    for kind in range(3):
        centre.create(kind)
    assert centre.asked() == [(0, 1), (1, 2)]
    centre.do(commands.SetWorkerAttributes(3, 4))  # in the queue now
    assert centre.asked()[2:] == [(2, 3)]


def test_an_expression_over_the_load_follows_every_reservation() -> None:
    target = {"expression": "worker.channel.voice.assigned_tasks == 0"}
    centre = one_queue([{}], [{}], target)
    centre.do(commands.SetCapacity(0, 0, 3))
    centre.create()
    centre.create()  # nothing is assigned yet: asked as well
    assert centre.asked() == [(0, 0), (1, 0)]
    centre.do(commands.AcceptReservation(0), 1_000)
    centre.create(at_ms=1_000)
    assert len(centre.asked()) == 2
    centre.do(commands.WrapUpTask(0), 2_000)  # wrapping is not assigned
    assert centre.asked()[2:] == [(2, 0)]


def test_queues_whose_expression_names_an_activity_change_with_it() -> None:
    routing = {"default_filter": {"queue": "A"}}
    centre = Centre({"A": "activity_name == 'Offline'"}, [routing], workers=[{}])
    centre.create()
    assert centre.asked() == []
    assert not centre.router.is_eligible(0, 0)
    centre.do(commands.SetActivity(0, OFFLINE))  # in the queue now, and not available
    assert centre.asked() == []


def test_a_new_queue_expression_lets_others_in() -> None:
    routing = {"default_filter": {"queue": "A"}}
    centre = Centre(
        {"A": "n == 0"}, [routing], workers=[{"n": 1}, {"n": 2}], expressions=("n == 2",)
    )
    centre.create()
    assert centre.asked() == []
    centre.do(commands.UpdateQueue(0, expression=1))
    assert centre.asked() == [(0, 1)]


@pytest.mark.parametrize("prefer", TaskOrder)
def test_the_preferred_kind_of_queue_is_emptied_first(prefer: TaskOrder) -> None:
    filters = [
        {"expression": "kind == 'F'", "targets": [{"queue": "F"}]},
        {"expression": "kind == 'L'", "targets": [{"queue": "L", "priority": 5}]},
    ]
    centre = Centre(
        {"F": "1==1", "L": "1==1"},
        [{"filters": filters}],
        tasks=[{"kind": "F"}, {"kind": "L"}],
        lifo=("L",),
        prefer=prefer,
    )
    centre.absent(0)
    for at_ms in (0, 1_000, 2_000):
        centre.create(0, at_ms)  # tasks 0, 2, 4
        centre.create(1, at_ms)  # tasks 1, 3, 5
    centre.do(commands.SetCapacity(0, 0, 6), 3_000)
    centre.do(commands.SetActivity(0, 0), 3_000)
    fifo, lifo = [0, 2, 4], [5, 3, 1]
    expected = [*fifo, *lifo] if prefer is TaskOrder.FIFO else [*lifo, *fifo]
    assert [task for task, _ in centre.asked()] == expected


def test_lines_of_their_own_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "MOST_IDLE_LINES", 8)
    target = {"expression": "worker.n != task.n", "timeout": 1}
    tasks: list[Attributes] = [{"n": n} for n in range(100)]
    centre = one_queue([{"n": 1_000}, {"n": 2_000}], tasks, target)
    for kind in range(100):
        now_ms = 10_000 * kind
        task = centre.create(kind, now_ms)
        centre.do(commands.AcceptReservation(task), now_ms)
        centre.do(commands.CompleteTask(task), now_ms + 1_000)
    assert [worker for _, worker in centre.asked()] == [0, 1] * 50
    assert len(centre.router._layout._special) <= 8
    assert all(len(pools) <= 9 for pools in centre.router._layout.pools)


def test_a_task_keeps_one_place_however_often_its_priority_changes() -> None:
    centre = one_queue([{}], [{}], {})
    centre.absent(0)
    first, second = centre.create(), centre.create()
    for priority in (9, 0, 4, 0):
        centre.do(commands.UpdateTask(second, priority=priority))
    centre.do(commands.SetCapacity(0, 0, 2))
    centre.do(commands.SetActivity(0, 0))
    assert centre.asked() == [(first, 0), (second, 0)]
