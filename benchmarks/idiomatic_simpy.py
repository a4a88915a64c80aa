"""Workload W3 as SimPy's documentation teaches it: a process per task, conditions, lists.

The model: 100 workers, 70 with both skills, 15 with only A, 15 with only B.  A task needs one
skill and goes to the longest-idle available worker who has it; a freed worker takes the waiting
task of highest priority, then earliest arrival.  The worker is reserved and accepts, rejects or
lets the reservation time out; a timeout sends the worker away for a while.  Patience runs from
arrival to acceptance.  Nothing here is shared with trsim.
"""

from __future__ import annotations

import random
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import simpy

ARRIVAL_RATE = 0.36  # per second
HIGH_PRIORITY_SHARE = 0.2
NO_ANSWER, REJECT = 0.05, 0.10
MEAN_ANSWER, TIMEOUT, MEAN_AWAY = 5.0, 15.0, 120.0
MEAN_PATIENCE, MEAN_TALK, MEAN_WRAP_UP = 300.0, 240.0, 30.0

Process = Generator[simpy.Event, Any, None]


@dataclass(eq=False)
class Worker:
    """A worker with skills."""

    skills: frozenset[str]


@dataclass(eq=False)
class Task:
    """A task with the event that reserves a worker for it."""

    skill: str
    priority: int
    created: float
    offer: simpy.Event | None = None


@dataclass
class Centre:
    """State and records of the centre."""

    env: simpy.Environment
    rng: random.Random
    idle: list[Worker] = field(default_factory=list)  # longest idle first
    waiting: list[Task] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    abandoned: int = 0
    reservations: int = 0

    def worker_for(self, task: Task) -> Worker | None:
        """Take the longest-idle worker with the skill."""
        for worker in self.idle:
            if task.skill in worker.skills:
                self.idle.remove(worker)
                return worker
        return None

    def release(self, worker: Worker) -> None:
        """A worker becomes available: the best waiting task, or the end of the idle list."""
        best: Task | None = None
        for task in self.waiting:
            if task.skill in worker.skills and (
                best is None or (-task.priority, task.created) < (-best.priority, best.created)
            ):
                best = task
        if best is None:
            self.idle.append(worker)
            return
        self.waiting.remove(best)
        assert best.offer is not None
        best.offer.succeed(worker)

    def away(self, worker: Worker) -> Process:
        """A worker who missed an offer is gone for a while."""
        yield self.env.timeout(self.rng.expovariate(1 / MEAN_AWAY))
        self.release(worker)

    def work(self, worker: Worker) -> Process:
        """Talk, then wrap up."""
        yield self.env.timeout(self.rng.expovariate(1 / MEAN_TALK))
        yield self.env.timeout(self.rng.expovariate(1 / MEAN_WRAP_UP))
        self.release(worker)

    def answer(self) -> tuple[float, bool] | None:
        """Draw a reply: (delay, accepts), or None if nobody reacts."""
        outcome, delay = self.rng.random(), self.rng.expovariate(1 / MEAN_ANSWER)
        if outcome < NO_ANSWER:
            return None
        return delay, outcome >= NO_ANSWER + REJECT

    def task(self, task: Task) -> Process:
        """A customer waits, is offered to workers, and is served or leaves."""
        env = self.env
        patience = env.timeout(self.rng.expovariate(1 / MEAN_PATIENCE))
        refused: Worker | None = None  # who has just turned the task down
        while True:
            worker = self.worker_for(task)
            if worker is None:
                task.offer = env.event()
                self.waiting.append(task)
            if refused is not None:
                # The task looks for another worker first, then the refusing one is free again.
                self.release(refused)
                refused = None
            if worker is None:
                assert task.offer is not None
                result = yield env.any_of([task.offer, patience])
                if task.offer not in result:
                    self.waiting.remove(task)
                    self.leave(task)
                    return
                worker = result[task.offer]
            self.reservations += 1
            reply = self.answer()
            timeout = env.timeout(TIMEOUT)
            events = [timeout, patience]
            answered = None
            if reply is not None:
                answered = env.timeout(reply[0])
                events.append(answered)
            result = yield env.any_of(events)
            if answered is not None and answered in result:
                assert reply is not None
                if reply[1]:
                    self.waits.append(env.now - task.created)
                    env.process(self.work(worker))
                    return
                refused = worker
            elif patience in result:
                self.release(worker)
                self.leave(task)
                return
            else:
                env.process(self.away(worker))

    def leave(self, task: Task) -> None:
        """The customer hangs up."""
        self.abandoned += 1
        self.waits.append(self.env.now - task.created)

    def arrivals(self, tasks: int) -> Process:
        """Customers arrive."""
        rng = self.rng
        for _ in range(tasks):
            yield self.env.timeout(rng.expovariate(ARRIVAL_RATE))
            skill = "A" if rng.random() < 0.5 else "B"
            task = Task(skill, int(rng.random() < HIGH_PRIORITY_SHARE), self.env.now)
            self.env.process(self.task(task))


def run(tasks: int, seed: int) -> Centre:
    """Run the centre until all of ``tasks`` customers are through."""
    env = simpy.Environment()
    both, a, b = frozenset("AB"), frozenset("A"), frozenset("B")
    idle = [Worker(skills) for skills in [both] * 70 + [a] * 15 + [b] * 15]
    centre = Centre(env, random.Random(seed), idle)
    env.process(centre.arrivals(tasks))
    env.run()
    return centre
