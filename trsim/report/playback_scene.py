"""What a playback shows at an instant: tasks, offers, workers and counters, folded from events."""

from __future__ import annotations

from collections import Counter
from dataclasses import astuple, dataclass
from typing import Any

from trsim.core.events import NOTHING
from trsim.core.states import LIVE_RESERVATION, TERMINAL_TASK, TaskStatus
from trsim.report.playback_kinds import KINDS, Kind
from trsim.report.playback_steps import Step

LIVE_TASK = tuple(int(status) for status in TaskStatus if status not in TERMINAL_TASK)
"""Statuses of tasks that are on the scene."""
LIVE_OFFER = tuple(int(status) for status in LIVE_RESERVATION)
"""Statuses of offers that are on the scene."""


@dataclass(slots=True)
class SceneTask:
    """A task that has not ended."""

    created_ms: int
    stream: int
    number: int
    channel: int
    priority: int
    queue: int
    """-1: it is in none."""
    worker: int
    """The worker it is routed to directly, -1: none."""
    status: int


@dataclass(slots=True)
class SceneOffer:
    """A reservation that is pending, accepted or wrapping."""

    task: int
    worker: int
    status: int
    since_ms: int
    """Since when it has the status."""
    expires_ms: int
    """When its timer ends; -1: it is stopped."""


@dataclass(slots=True)
class SceneWorker:
    """A worker; activity -1: not created yet."""

    activity: int = NOTHING
    missed: bool = False


class Scene:
    """The state that events amount to.

    Parameters
    ----------
    n_workers : int
    warm_up_ms : int
        Tasks created earlier do not count for the service level [ms].
    threshold_ms : int
        Longest wait that counts as in time [ms].

    Attributes
    ----------
    tasks : dict of int to SceneTask
        By number in creation order; those that have not ended.
    offers : dict of int to SceneOffer
        Likewise.
    workers : list of SceneWorker
    counts : Counter
        How often each counter of :data:`~trsim.report.playback_kinds.COUNTERS` went up.
    counted : Counter
        Likewise, for tasks created from the warm-up on.
    soon : Counter
        Of these, while the task was not older than the threshold.
    """

    def __init__(self, n_workers: int, *, warm_up_ms: int, threshold_ms: int) -> None:
        self._warm_up_ms = warm_up_ms
        self._threshold_ms = threshold_ms
        self.tasks: dict[int, SceneTask] = {}
        self.offers: dict[int, SceneOffer] = {}
        self.workers = [SceneWorker() for _ in range(n_workers)]
        self.newest_task = NOTHING
        self.newest_offer = NOTHING
        self.counts: Counter[str] = Counter()
        self.counted: Counter[str] = Counter()
        self.soon: Counter[str] = Counter()

    def apply(self, step: Step) -> None:
        """Let one event change the scene."""
        kind = KINDS[step.kind]
        given = dict(zip(kind.fields, step.values, strict=True))
        if kind.makes == "task":
            self._make_task(step.at_ms, given)
        elif kind.makes == "offer":
            self._make_offer(step.at_ms, given)
        elif "activity" in given:
            self.workers[given["worker"]] = SceneWorker(given["activity"], kind.missed)
        offer = self.offers.get(given.get("offer", NOTHING))
        number = given.get("task", NOTHING if offer is None else offer.task)
        task = self.tasks.get(number)
        if task is not None:
            self._count(kind, step.at_ms, task)
            self._change_task(kind, given, number, task)
        elif kind.counts:
            self.counts[kind.counts] += 1
        if offer is not None:
            self._change_offer(kind, given["offer"], offer, step.at_ms)

    def _make_task(self, at_ms: int, given: dict[str, int]) -> None:
        self.newest_task += 1
        given["task"] = self.newest_task
        self.tasks[self.newest_task] = SceneTask(
            created_ms=at_ms,
            stream=given["stream"],
            number=given["number"],
            channel=given["channel"],
            priority=given["priority"],
            queue=given.get("queue", NOTHING),
            worker=given.get("worker", NOTHING),
            status=TaskStatus.PENDING,
        )

    def _make_offer(self, at_ms: int, given: dict[str, int]) -> None:
        self.newest_offer += 1
        given["offer"] = self.newest_offer
        self.offers[self.newest_offer] = SceneOffer(
            given["task"], given["worker"], NOTHING, at_ms, at_ms + given["limit"]
        )

    def _count(self, kind: Kind, at_ms: int, task: SceneTask) -> None:
        if not kind.counts:
            return
        self.counts[kind.counts] += 1
        if task.created_ms >= self._warm_up_ms:
            self.counted[kind.counts] += 1
            if at_ms - task.created_ms <= self._threshold_ms:
                self.soon[kind.counts] += 1

    def _change_task(self, kind: Kind, given: dict[str, int], number: int, task: SceneTask) -> None:
        task.queue = given.get("queue", task.queue)
        task.priority = given.get("priority", task.priority)
        status = given.get("status", kind.task_status)
        if status != NOTHING:
            task.status = status
        if task.status not in LIVE_TASK:
            del self.tasks[number]

    def _change_offer(self, kind: Kind, number: int, offer: SceneOffer, at_ms: int) -> None:
        if kind.stops_timer:
            offer.expires_ms = NOTHING
        if kind.offer_status != NOTHING:
            offer.status, offer.since_ms = kind.offer_status, at_ms
        if offer.status not in LIVE_OFFER:
            del self.offers[number]

    def as_dict(self) -> dict[str, Any]:
        """Return the scene as plain lists of integers, from which a playback can go on."""
        return {
            "tasks": [[number, *astuple(task)] for number, task in self.tasks.items()],
            "offers": [[number, *astuple(offer)] for number, offer in self.offers.items()],
            "workers": [[worker.activity, int(worker.missed)] for worker in self.workers],
            "newest": [self.newest_task, self.newest_offer],
            "counts": dict(self.counts),
            "counted": dict(self.counted),
            "soon": dict(self.soon),
        }
