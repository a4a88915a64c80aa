"""Selection: who is first, and that finding out never looks at everybody."""

from __future__ import annotations

from typing import SupportsIndex, TypeVar, overload

import pytest

from tests.core.setting import Branch, Flow, Queue, Setting, Step, Worker
from trsim.core import commands
from trsim.core.workspace import Workspace

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


COUNTED = ("worker_activity", "ready_idle_ms", "worker_idle_ms", "channel_load")


def centre(n_workers: int, n_queues: int = 2, idle_from_end: bool = False) -> Workspace:
    """Return a workspace whose queues share all workers but one each."""
    setting = Setting(
        available=(True, False),
        timeout_activity=1,
        n_channels=1,
        n_kinds=n_queues,
        queues=tuple(Queue((), expression=f"number != {q}") for q in range(n_queues)),
        flows=(Flow(5_000, tuple(Branch((q,), (Step(q),)) for q in range(n_queues))),),
        workers=tuple(Worker(0) for _ in range(n_workers)),
        idle_from_end=idle_from_end,
    )
    return setting.workspace(lambda row: None)


def watched(workspace: Workspace) -> list[Counted[int]]:
    columns: list[Counted[int]] = [Counted(getattr(workspace.ledger, name)) for name in COUNTED]
    for name, column in zip(COUNTED, columns, strict=True):
        setattr(workspace.ledger, name, column)
    return columns


def reads_of_a_day(n_workers: int, idle_from_end: bool) -> int:
    """Return how often columns are read while 40 tasks come, are taken, and end."""
    workspace = centre(n_workers, idle_from_end=idle_from_end)
    columns = watched(workspace)
    workspace.handle(commands.CreateTask(0, 0, 0), 0)  # opens the channel: everybody once
    for column in columns:
        column.reads = 0
    for task in range(1, 41):
        now_ms = 10 * task
        workspace.handle(commands.CreateTask(0, 0, task % 2), now_ms)
        workspace.handle(commands.AcceptReservation(task), now_ms + 1)
        if task % 3 == 0:
            workspace.handle(commands.CompleteTask(task), now_ms + 2)
    return sum(column.reads for column in columns)


@pytest.mark.parametrize("idle_from_end", [False, True])
def test_a_match_never_scans_the_workers(idle_from_end: bool) -> None:
    few, many = reads_of_a_day(100, idle_from_end), reads_of_a_day(10_000, idle_from_end)
    assert many == few
    assert few < 40 * 60


def reads_of_waiting(n_tasks: int) -> int:
    """Return how often lines are looked at while ten workers take ten of many tasks."""
    workspace = centre(12)
    for worker in range(12):
        workspace.handle(commands.SetActivity(worker, 1), 0)
    for task in range(n_tasks):
        workspace.handle(commands.CreateTask(0, 0, task % 2, priority=task % 7), 1)
    lines = [Counted(line) for line in workspace.ledger.waiting]
    workspace.ledger.waiting[:] = lines
    for worker in range(2, 12):
        workspace.handle(commands.SetActivity(worker, 0), 2)
    assert len(workspace.ledger.reservation_task) == 10
    return sum(line.reads for line in lines)


def test_a_match_never_scans_the_tasks() -> None:
    few, many = reads_of_waiting(100), reads_of_waiting(10_000)
    assert many == few
    assert 10 <= few <= 100


def test_opening_a_channel_looks_at_everybody_once() -> None:
    workspace = centre(1_000)
    columns = watched(workspace)
    workspace.handle(commands.CreateTask(0, 0, 0), 0)
    assert 1_000 <= sum(column.reads for column in columns) <= 10 * 1_000


def test_one_order_over_all_queues() -> None:
    workspace = centre(3)
    for worker in range(3):
        workspace.handle(commands.SetActivity(worker, 1), 0)
    priorities = [(0, 1), (1, 5), (0, 5), (1, 9), (0, 1)]  # queue, priority
    for queue, priority in priorities:
        workspace.handle(commands.CreateTask(0, 0, queue, priority=priority), 1)
    workspace.handle(commands.SetActivity(2, 0), 2)
    for reservation in range(len(priorities)):
        workspace.handle(commands.AcceptReservation(reservation), 3)
        task = workspace.ledger.reservation_task[reservation]
        workspace.handle(commands.CompleteTask(task), 3)
    assert workspace.ledger.reservation_task == [3, 1, 2, 0, 4]


def test_a_task_nobody_can_take_blocks_nobody() -> None:
    workspace = centre(2)
    workspace.handle(commands.SetActivity(1, 1), 0)  # only worker 0, who is not in queue 0
    workspace.handle(commands.CreateTask(0, 0, 0, priority=9), 1)
    workspace.handle(commands.CreateTask(0, 0, 1), 1)
    assert workspace.ledger.reservation_task == [1]


def test_the_longest_idle_of_several_pools() -> None:
    workspace = centre(4)  # workers 0 and 1 miss one queue each, 2 and 3 serve both
    order = []
    for task in range(6):
        workspace.handle(commands.CreateTask(0, 0, task % 2), task)
        order.append(workspace.ledger.reservation_worker[-1])
        workspace.handle(commands.AcceptReservation(task), task)
        workspace.handle(commands.CompleteTask(task), task)
    # Task 0: worker 1 is the first who is in queue 0; then the never asked; then by last offer.
    assert order == [1, 0, 2, 3, 1, 0]
