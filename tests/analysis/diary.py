"""Writes event logs by hand, row by row, in the order in which the core writes them.

Times are in milliseconds.  A diary knows no rules: it writes what it is told, so that a test can
say what the figures of a log must be without running anything.
"""

from __future__ import annotations

from trsim.analysis.sample import Criteria, Observation
from trsim.core.events import NOTHING, EventType, Row
from trsim.core.states import Reason, ReservationStatus, TaskStatus
from trsim.eventlog import EventLog, Names

AVAILABLE, OFFLINE, MISSED, BREAK = range(4)
NAMES = Names(
    activities=("Available", "Offline", "Missed", "Break"),
    available=(True, False, False, False),
    channels=("voice",),
    queues=("billing", "sales"),
    workflows=("front_door",),
    workers=("Ann", "Bob"),
    streams=("calls", "mails"),
    steps=("billing", "sales"),
    attribute_sets=("{}",),
)
EMPTY = Row(*(NOTHING,) * len(Row._fields))


class Diary:
    """A log in the making, with two workers who start in an activity of their own."""

    def __init__(self, ann: int = AVAILABLE, bob: int = OFFLINE) -> None:
        self.log = EventLog(NAMES)
        self.tasks: list[dict[str, int]] = []
        self.offers: list[dict[str, int]] = []
        for worker, activity in enumerate((ann, bob)):
            self.write(0, EventType.WORKER_CREATED, worker=worker, activity=activity)

    def write(self, at_ms: int, event: EventType, **fields: int) -> None:
        self.log.append(tuple(EMPTY._replace(at_ms=at_ms, event=event, **fields)))

    def create(self, at_ms: int, queue: int = 0, stream: int = 0) -> int:
        """Create a task whose first target has the number of its queue."""
        task = self._created(at_ms, stream, queue=queue, step=queue)
        self._task_row(at_ms, EventType.WORKFLOW_ENTERED, task)
        self._task_row(at_ms, EventType.WORKFLOW_TARGET_MATCHED, task)
        self._task_row(at_ms, EventType.TASK_QUEUE_ENTERED, task)
        return task

    def route_to_queue(self, at_ms: int, queue: int, stream: int = 0) -> int:
        """Create a task that goes straight to a queue."""
        task = self._created(at_ms, stream, queue=queue, to_queue=queue)
        self._task_row(at_ms, EventType.TASK_QUEUE_ENTERED, task)
        return task

    def route_to_worker(self, at_ms: int, worker: int, stream: int = 0) -> int:
        """Create a task that only one worker is asked for, and that enters no queue."""
        return self._created(at_ms, stream, to_worker=worker)

    def _created(
        self,
        at_ms: int,
        stream: int,
        *,
        queue: int = NOTHING,
        step: int = NOTHING,
        to_queue: int = NOTHING,
        to_worker: int = NOTHING,
    ) -> int:
        task = len(self.tasks)
        number = sum(seen["stream"] == stream for seen in self.tasks)
        place = {"queue": queue, "step": step}
        self.tasks.append({"status": TaskStatus.PENDING, "open": 0, "stream": stream, **place})
        self.write(
            at_ms,
            EventType.TASK_CREATED,
            task=task,
            worker=to_worker,
            queue=to_queue,
            workflow=0,
            channel=0,
            task_status=TaskStatus.PENDING,
            priority=0,
            attributes=0,
            stream=stream,
            number=number,
            until_ms=at_ms + 86_400_000,
        )
        return task

    def refuse(self, at_ms: int, stream: int = 0) -> None:
        reason = Reason.NO_MATCHING_FILTER
        self.write(at_ms, EventType.TASK_REFUSED, workflow=0, reason=reason, stream=stream)

    def move(self, at_ms: int, task: int, queue: int) -> None:
        """Let a target time out, and the task go on to the one of another queue."""
        self._task_row(at_ms, EventType.TASK_QUEUE_TIMEOUT, task)
        self.go_on(at_ms, task, queue)

    def go_on(self, at_ms: int, task: int, queue: int) -> None:
        """Let a task go on to the target of another queue before its own has timed out."""
        self._task_row(at_ms, EventType.TASK_QUEUE_MOVED, task)
        self.tasks[task] |= {"queue": queue, "step": queue}
        self._task_row(at_ms, EventType.WORKFLOW_TARGET_MATCHED, task)
        self._task_row(at_ms, EventType.TASK_QUEUE_ENTERED, task)

    def match_again(self, at_ms: int, task: int) -> None:
        """Let a task start again from the top and land in the target it was in."""
        self._task_row(at_ms, EventType.WORKFLOW_TARGET_MATCHED, task)

    def end_workflow(self, at_ms: int, task: int) -> None:
        """Let the last target time out."""
        self._task_row(at_ms, EventType.TASK_QUEUE_TIMEOUT, task)
        self._task_row(at_ms, EventType.WORKFLOW_TIMEOUT, task)
        self.cancel(at_ms, task, Reason.WORKFLOW_TIMEOUT)

    def skip_out(self, at_ms: int, task: int) -> None:
        """Let the last target be skipped."""
        self._task_row(at_ms, EventType.WORKFLOW_SKIPPED, task)
        self.cancel(at_ms, task, Reason.WORKFLOW_SKIPPED)

    def offer(self, at_ms: int, task: int, worker: int = 0) -> int:
        reservation = len(self.offers)
        pending = ReservationStatus.PENDING
        self.offers.append({"task": task, "worker": worker, "status": pending})
        self.tasks[task]["open"] += 1
        self.tasks[task]["status"] = TaskStatus.RESERVED
        self._offer_row(at_ms, EventType.RESERVATION_CREATED, reservation, at_ms + 20_000)
        return reservation

    def hold(self, at_ms: int, reservation: int) -> None:
        """Let the worker take the task, and the set-up of the channel begin."""
        self._offer_row(at_ms, EventType.RESERVATION_ON_HOLD, reservation)

    def accept(self, at_ms: int, reservation: int) -> None:
        task = self.offers[reservation]["task"]
        self.tasks[task]["status"] = TaskStatus.ASSIGNED
        self._answer(at_ms, reservation, ReservationStatus.ACCEPTED)
        for other in self._pending(task):
            self._answer(at_ms, other, ReservationStatus.RESCINDED)

    def reject(self, at_ms: int, reservation: int, activity: int = NOTHING) -> None:
        self._fail(at_ms, reservation, ReservationStatus.REJECTED, activity)

    def time_out(self, at_ms: int, reservation: int, activity: int = MISSED) -> None:
        self._fail(at_ms, reservation, ReservationStatus.TIMEOUT, activity)

    def fail_set_up(self, at_ms: int, reservation: int) -> None:
        self._fail(at_ms, reservation, ReservationStatus.CANCELED, NOTHING)

    def activity(self, at_ms: int, worker: int, activity: int) -> None:
        event = EventType.WORKER_ACTIVITY_UPDATE
        self.write(at_ms, event, worker=worker, activity=activity)

    def cancel(self, at_ms: int, task: int, reason: Reason = Reason.HANGUP) -> None:
        self.tasks[task]["status"] = TaskStatus.CANCELED
        self._task_row(at_ms, EventType.TASK_CANCELED, task, reason=reason)
        for reservation in self._pending(task):
            self._answer(at_ms, reservation, ReservationStatus.CANCELED)

    def wrap_up(self, at_ms: int, task: int) -> None:
        self.tasks[task]["status"] = TaskStatus.WRAPPING
        holder = self._holder(task)
        self.offers[holder]["status"] = ReservationStatus.WRAPPING
        self._task_row(at_ms, EventType.TASK_WRAPUP, task)
        self._offer_row(at_ms, EventType.RESERVATION_WRAPUP, holder)

    def complete(self, at_ms: int, task: int) -> None:
        self.tasks[task]["status"] = TaskStatus.COMPLETED
        holder = self._holder(task)
        self.offers[holder]["status"] = ReservationStatus.COMPLETED
        self._task_row(at_ms, EventType.TASK_COMPLETED, task)
        self._offer_row(at_ms, EventType.RESERVATION_COMPLETED, holder)
        self._task_row(at_ms, EventType.TASK_UPDATED, task)

    def remove(self, at_ms: int, task: int, event: EventType = EventType.TASK_DELETED) -> None:
        """Remove a task of any status, with the reservations that are not over."""
        live = (ReservationStatus.PENDING, ReservationStatus.ACCEPTED, ReservationStatus.WRAPPING)
        self.tasks[task]["status"] = NOTHING
        self._task_row(at_ms, event, task)
        for number, offer in enumerate(self.offers):
            if offer["task"] == task and offer["status"] in live:
                offer["status"] = ReservationStatus.CANCELED
                self._offer_row(at_ms, EventType.RESERVATION_CANCELED, number)

    def seen(self, horizon_ms: int) -> Observation:
        return Observation(self.log, horizon_ms)

    def _fail(self, at_ms: int, reservation: int, answer: ReservationStatus, activity: int) -> None:
        task = self.offers[reservation]["task"]
        if self.tasks[task]["open"] == 1:
            self.tasks[task]["status"] = TaskStatus.PENDING
        self._answer(at_ms, reservation, answer)
        if activity != NOTHING:
            self.activity(at_ms, self.offers[reservation]["worker"], activity)

    def _answer(self, at_ms: int, reservation: int, answer: ReservationStatus) -> None:
        offer = self.offers[reservation]
        offer["status"] = answer
        self.tasks[offer["task"]]["open"] -= 1
        self._offer_row(at_ms, EventType[f"RESERVATION_{answer.name}"], reservation)

    def _pending(self, task: int) -> list[int]:
        pending = ReservationStatus.PENDING
        return [
            number
            for number, offer in enumerate(self.offers)
            if offer["task"] == task and offer["status"] == pending
        ]

    def _holder(self, task: int) -> int:
        held = (ReservationStatus.ACCEPTED, ReservationStatus.WRAPPING)
        return next(
            number
            for number, offer in enumerate(self.offers)
            if offer["task"] == task and offer["status"] in held
        )

    def _task_row(self, at_ms: int, event: EventType, task: int, reason: int = NOTHING) -> None:
        state = self.tasks[task]
        self.write(
            at_ms,
            event,
            task=task,
            queue=state["queue"],
            workflow=0,
            step=state["step"],
            channel=0,
            task_status=state["status"],
            priority=0,
            reason=reason,
        )

    def _offer_row(
        self, at_ms: int, event: EventType, reservation: int, until_ms: int = NOTHING
    ) -> None:
        offer = self.offers[reservation]
        state = self.tasks[offer["task"]]
        self.write(
            at_ms,
            event,
            task=offer["task"],
            reservation=reservation,
            worker=offer["worker"],
            queue=state["queue"],
            workflow=0,
            step=state["step"],
            channel=0,
            task_status=state["status"],
            reservation_status=offer["status"],
            priority=0,
            until_ms=until_ms,
        )


def criteria(horizon_ms: int, warm_up_ms: int = 0, threshold_ms: int = 20_000) -> Criteria:
    return Criteria(warm_up_ms=warm_up_ms, horizon_ms=horizon_ms, threshold_ms=threshold_ms)


def busy_hour() -> Diary:
    """Every kind of ending once, over 100 s.

    ====  =======  ==========  ===================================================================
    task  created  stream      story
    ====  =======  ==========  ===================================================================
    0     0 s      calls       Ann asked 0, accepts 4, wraps 14, done 20        wait 4, talk 10
    1     5 s      calls       Bob asked 30, misses 50 (Missed until 80); moved to sales 60;
                               Ann asked 62, accepts 65, done 90                wait 60, talk 25
    2     10 s     mails       hangs up 25                                      wait 15
    3     20 s     calls       canceled by operator 50                          wait 30
    4     40 s     mails       Ann asked 40, rejects 46 into Break (until 60);
                               pending at the end                               open, age 60
    5     85 s     calls       Bob asked 90, rings at the end                   open, age 15
    6     91 s     calls       Ann asked 91, accepts 93, talks at the end       wait 2
    –     12 s     mails       refused
    ====  =======  ==========  ===================================================================

    Bob is Offline until 28 s, then Available; Missed 50-80; then Available.
    """
    diary = Diary()
    first = diary.create(0)
    offer = diary.offer(0, first)
    diary.accept(4_000, offer)
    second = diary.create(5_000)
    third = diary.create(10_000, stream=1)
    diary.refuse(12_000, stream=1)
    diary.wrap_up(14_000, first)
    fourth = diary.create(20_000)
    diary.complete(20_000, first)
    diary.cancel(25_000, third)
    diary.activity(28_000, 1, AVAILABLE)
    missed = diary.offer(30_000, second, worker=1)
    fifth = diary.create(40_000, stream=1)
    rejected = diary.offer(40_000, fifth)
    diary.reject(46_000, rejected, BREAK)
    diary.time_out(50_000, missed)
    diary.cancel(50_000, fourth, Reason.OPERATOR)
    diary.move(60_000, second, 1)
    diary.activity(60_000, 0, AVAILABLE)
    offer = diary.offer(62_000, second)
    diary.accept(65_000, offer)
    diary.activity(80_000, 1, AVAILABLE)
    sixth = diary.create(85_000)
    diary.complete(90_000, second)
    diary.offer(90_000, sixth, worker=1)
    seventh = diary.create(91_000)
    offer = diary.offer(91_000, seventh)
    diary.accept(93_000, offer)
    return diary


BUSY_HOUR_ENDS_MS = 100_000
