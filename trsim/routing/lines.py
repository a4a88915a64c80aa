"""Where tasks and free workers wait: lines of tasks, pools of workers.

A *line* holds waiting tasks that the same workers can serve.  A *pool* holds workers who are
interchangeable for the lines it serves.  Both are heaps in which outdated entries stay until they
come to the front: what is current is kept beside them.
"""

from __future__ import annotations

from collections.abc import Callable

from trsim.core.ordering import TaskKey
from trsim.routing.worker_order import WorkerOrder

WorkerKey = tuple[int, ...]
"""A place in a pool, smallest first; it ends with the number of the worker."""


class Line:
    """Waiting tasks, the first one first.

    Attributes
    ----------
    queue : int
        Their queue, -1 for tasks routed to a worker.
    is_lifo : bool
        Whether the later start goes first.
    waiting : list of tuple
        Heap of their keys.
    pools : list of Pool
        Where their workers are.
    is_stirred : bool
        Whether it may have gained a match since it was last looked at.
    """

    __slots__ = ("is_lifo", "is_stirred", "pools", "queue", "waiting")

    def __init__(self, queue: int, *, is_lifo: bool) -> None:
        self.queue = queue
        self.is_lifo = is_lifo
        self.waiting: list[TaskKey] = []
        self.pools: list[Pool] = []
        self.is_stirred = False


class Pool:
    """Free workers, the best one first.

    Attributes
    ----------
    channel : int
        The channel on which they are free.
    ready : list of tuple
        Heap of their keys.
    current : dict
        The key of each worker who may be asked now.
    lines : list of Line
        The lines it serves.
    admits : callable or None
        Whether a worker belongs here, as long as attributes and expressions stay as they are;
        None for a pool of all workers of the same queues.
    test : callable or None
        What else must hold of a worker at the moment, beside activity and capacity.
    order : WorkerOrder or None
        None: idleness alone decides.
    is_unconditional : bool
        Whether activity and capacity play no part.
    """

    __slots__ = (
        "admits",
        "channel",
        "current",
        "is_unconditional",
        "lines",
        "order",
        "ready",
        "test",
    )

    def __init__(
        self,
        channel: int,
        *,
        admits: Callable[[int], bool] | None = None,
        test: Callable[[int], bool] | None = None,
        order: WorkerOrder | None = None,
        is_unconditional: bool = False,
    ) -> None:
        self.channel = channel
        self.ready: list[WorkerKey] = []
        self.current: dict[int, WorkerKey] = {}
        self.lines: list[Line] = []
        self.admits = admits
        self.test = test
        self.order = order
        self.is_unconditional = is_unconditional
