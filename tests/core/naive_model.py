"""A second TaskRouter, written from the behaviour alone: slow, plain, and independent of the core.

It knows nothing of tables, lines, pools or calendars.  Whenever something may follow, it looks at
everything: all workers for every waiting task, all objects for the next deadline.  Statuses are
words, absence is ``None``.  Its rows must equal the core's, one by one.

Sources: Twilio, "Task lifecycle and state", "Lifecycle of a task: workflows and assignment",
"Workflow configuration", "Task evaluation", "Reservations resource", "Multitasking",
"TaskQueues resource", "Activity resource" and "Event types".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from tests.core.setting import Branch, Flow, Setting
from trsim.core import commands

DAY_MS = 86_400_000
FIVE_MINUTES_MS = 300_000
FORTNIGHT_MS = 14 * DAY_MS


class NaiveRow(NamedTuple):
    """What a row says, in words; None where it says nothing."""

    at_ms: int
    event: str
    task: int | None = None
    reservation: int | None = None
    worker: int | None = None
    queue: int | None = None
    workflow: int | None = None
    step: int | None = None
    channel: int | None = None
    activity: int | None = None
    task_status: str | None = None
    reservation_status: str | None = None
    priority: int | None = None
    reason: str | None = None
    attributes: int | None = None
    stream: int | None = None
    number: int | None = None
    until_ms: int | None = None
    offset_ms: int | None = None


class Refused(Exception):
    """The model refuses a command: ``unknown``, ``illegal`` or ``invalid``."""


@dataclass
class Agent:
    """A worker."""

    number: int
    activity: int
    capacity: tuple[int, ...]
    switched_on: tuple[bool, ...]
    last_reserved_ms: int | None = None
    last_end_ms: int | None = None
    last_available_ms: int | None = None


@dataclass
class Job:
    """A task."""

    number: int
    flow: int
    channel: int
    kind: int
    priority: int
    created_ms: int
    ttl_end_ms: int
    status: str | None = "pending"
    """None once it is removed."""
    branch: Branch | None = None
    """None in a default filter, and before the first target."""
    position: int = 0
    queue: int | None = None
    step_number: int | None = None
    offset_ms: int = 0
    attempts: int = 0
    assigned_ms: int = 0
    ended_ms: int = 0
    batch: list[Offer] = field(default_factory=list)

    def deadline_ms(self) -> int | None:
        """When the present target times out: creation + offset + the timeouts so far."""
        if self.branch is None or self.branch.steps[self.position].timeout_s is None:
            return None
        return self.created_ms + self.offset_ms + time_until(self.branch, self.position)


@dataclass
class Offer:
    """A reservation."""

    number: int
    job: Job
    agent: Agent
    expires_ms: int
    activity_before: int
    status: str = "pending"

    @property
    def takes_slot(self) -> bool:
        """Whether the worker is occupied by it."""
        return self.status in ("pending", "accepted", "wrapping")


def time_until(branch: Branch, position: int) -> int:
    """Return the sum of the timeouts of a filter's targets up to and including one [ms]."""
    return sum(1000 * (step.timeout_s or 0) for step in branch.steps[: position + 1])


class NaiveTaskRouter:
    """The model: commands and times in, rows out."""

    def __init__(self, setting: Setting, start_ms: int = 0) -> None:
        self.setting = setting
        self.rows: list[NaiveRow] = []
        self.jobs: list[Job] = []
        self.offers: list[Offer] = []
        self.agents = [
            Agent(i, worker.activity, worker.capacity, worker.open_channels)
            for i, worker in enumerate(setting.workers)
        ]
        for agent in self.agents:
            self.say_worker(start_ms, "worker.created", agent)

    # --- time -------------------------------------------------------------------------------

    def deadlines(self) -> list[tuple[int, int, int]]:
        """Return every deadline that counts now: instant, class, number."""
        found = [
            (offer.expires_ms, 2, offer.number)
            for offer in self.offers
            if offer.status == "pending"
        ]
        for job in self.jobs:
            deadline_ms = job.deadline_ms()
            if job.status == "pending" and deadline_ms is not None:
                found.append((deadline_ms, 3, job.number))
            if job.status in ("pending", "reserved"):
                found.append((job.ttl_end_ms, 4, job.number))
            if job.status in ("assigned", "wrapping"):
                found.append((job.assigned_ms + DAY_MS, 5, job.number))
            if job.status in ("completed", "canceled"):
                found.append((job.ended_ms + FIVE_MINUTES_MS, 6, job.number))
        return sorted(found)

    def next_deadline(self) -> int | None:
        """Return the next deadline that can have consequences, which forgetting has not."""
        return next((at_ms for at_ms, kind, _ in self.deadlines() if kind != 6), None)

    def advance(self, now_ms: int) -> None:
        """Let all deadlines strictly before an instant happen."""
        while (found := self.deadlines()) and found[0][0] < now_ms:
            at_ms, kind, number = found[0]
            if kind == 2:
                self.time_out(self.offers[number], at_ms)
            elif kind == 3:
                self.leave_target(self.jobs[number], at_ms)
            elif kind == 4:
                self.cancel_job(self.jobs[number], "TTL", at_ms)
            elif kind == 5:
                self.remove_job(self.jobs[number], "task.system-deleted", at_ms)
            else:
                self.remove_job(self.jobs[number], "task.purged", at_ms)
            self.match(at_ms)

    # --- commands ---------------------------------------------------------------------------

    def handle(self, command: commands.Command, now_ms: int) -> int | None:
        """Carry out a command, then match."""
        created = None
        match command:
            case commands.CreateTask():
                created = self.create(command, now_ms)
            case commands.AcceptReservation(number):
                self.accept(self.offer(number, "pending"), now_ms)
            case commands.RejectReservation(number, activity):
                offer = self.offer(number, "pending")
                if activity >= len(self.setting.available):
                    raise Refused("unknown")
                self.reject(offer, activity if activity >= 0 else None, now_ms)
            case commands.CancelReservation(number):
                self.undeliverable(self.offer(number, "pending"), now_ms)
            case commands.WrapUpTask(number):
                self.wrap_up(self.job(number, "assigned"), now_ms)
            case commands.CompleteTask(number):
                self.complete(self.job(number, "assigned", "wrapping"), now_ms)
            case commands.CancelTask(number, reason):
                self.cancel_job(self.job(number, "pending", "reserved"), reason.name, now_ms)
            case commands.DeleteTask(number):
                self.remove_job(self.job(number), "task.deleted", now_ms)
            case commands.SetActivity(worker, activity, reject_pending):
                self.set_activity(worker, activity, reject_pending, now_ms)
        self.match(now_ms)
        return created

    def job(self, number: int, *allowed: str) -> Job:
        """Return a task that exists and has one of the statuses, all of them if none is named."""
        if not 0 <= number < len(self.jobs) or self.jobs[number].status is None:
            raise Refused("unknown")
        if allowed and self.jobs[number].status not in allowed:
            raise Refused("illegal")
        return self.jobs[number]

    def offer(self, number: int, allowed: str) -> Offer:
        """Return a reservation that exists and has the status."""
        if not 0 <= number < len(self.offers):
            raise Refused("unknown")
        if self.offers[number].status != allowed:
            raise Refused("illegal")
        return self.offers[number]

    def create(self, command: commands.CreateTask, now_ms: int) -> int | None:
        """A task enters, unless no filter takes it and there is no default."""
        setting = self.setting
        if not (0 <= command.workflow < len(setting.flows)):
            raise Refused("unknown")
        if not (0 <= command.channel < setting.n_channels):
            raise Refused("unknown")
        if not (0 < command.ttl_ms <= FORTNIGHT_MS and 0 <= command.priority < 2**31):
            raise Refused("invalid")
        if not (0 <= command.attributes < setting.n_kinds):
            raise Refused("unknown")
        flow = setting.flows[command.workflow]
        branch = self.filter_below(flow, -1, command.attributes)
        if branch is None and flow.default is None:
            self.rows.append(
                NaiveRow(
                    now_ms,
                    "task.refused",
                    workflow=command.workflow,
                    channel=command.channel,
                    reason="NO_MATCHING_FILTER",
                    attributes=command.attributes,
                    stream=shown(command.stream),
                    number=shown(command.number),
                )
            )
            return None
        job = Job(
            len(self.jobs),
            command.workflow,
            command.channel,
            command.attributes,
            command.priority,
            now_ms,
            now_ms + command.ttl_ms,
        )
        self.jobs.append(job)
        row = self.job_row(now_ms, "task.created", job)._replace(
            attributes=job.kind,
            stream=shown(command.stream),
            number=shown(command.number),
            until_ms=job.ttl_end_ms,
        )
        self.rows.append(row)
        self.say(now_ms, "workflow.entered", job)
        self.enter(job, branch, 0, 0, now_ms)
        return job.number

    def accept(self, offer: Offer, now_ms: int) -> None:
        """The first to accept has the task; the others are told that it is gone."""
        job = offer.job
        offer.status, job.status, job.assigned_ms = "accepted", "assigned", now_ms
        self.say_offer(now_ms, "reservation.accepted", offer)
        if not self.setting.multi_task:
            assert job.queue is not None
            self.move(offer.agent, self.setting.queues[job.queue].assignment_activity, now_ms)
        for other in job.batch:
            if other.status == "pending":
                self.end_with_task(other, "rescinded", now_ms)

    def reject(self, offer: Offer, activity: int | None, now_ms: int) -> None:
        """The worker declines; multi-tasking leaves the activity alone unless one is named."""
        self.fail(offer, "rejected", activity, now_ms)

    def undeliverable(self, offer: Offer, now_ms: int) -> None:
        """The channel could not be set up."""
        self.fail(offer, "canceled", None, now_ms)

    def time_out(self, offer: Offer, now_ms: int) -> None:
        """Nobody answered: the worker goes to the timeout activity, whatever the present one."""
        self.fail(offer, "timeout", self.setting.timeout_activity, now_ms)

    def fail(self, offer: Offer, status: str, activity: int | None, now_ms: int) -> None:
        """An offer ends without acceptance; the last one of a batch gives the task back."""
        job = offer.job
        offer.status = status
        released = all(other.status != "pending" for other in job.batch)
        if released:
            job.status = "pending"
        offer.agent.last_end_ms = now_ms
        self.say_offer(now_ms, f"reservation.{status}", offer)
        if activity is None and not self.setting.multi_task:
            activity = offer.activity_before
        if activity is not None:
            self.move(offer.agent, activity, now_ms)
        if released:
            self.evaluate_again(job, now_ms)

    def wrap_up(self, job: Job, now_ms: int) -> None:
        """After-work begins."""
        (held,) = (offer for offer in job.batch if offer.status == "accepted")
        job.status = held.status = "wrapping"
        self.say(now_ms, "task.wrapup", job)
        self.say_offer(now_ms, "reservation.wrapup", held)

    def complete(self, job: Job, now_ms: int) -> None:
        """Done; the worker keeps the activity."""
        (held,) = (offer for offer in job.batch if offer.takes_slot)
        job.status, job.ended_ms, held.status = "completed", now_ms, "completed"
        held.agent.last_end_ms = now_ms
        self.say(now_ms, "task.completed", job)
        self.say_offer(now_ms, "reservation.completed", held)
        self.say(now_ms, "task.updated", job)

    def cancel_job(self, job: Job, reason: str, now_ms: int) -> None:
        """A task ends before assignment."""
        job.status, job.ended_ms = "canceled", now_ms
        self.rows.append(self.job_row(now_ms, "task.canceled", job)._replace(reason=reason))
        for offer in job.batch:
            if offer.takes_slot:
                self.end_with_task(offer, "canceled", now_ms)

    def remove_job(self, job: Job, event: str, now_ms: int) -> None:
        """A task disappears, and what its workers held of it ends."""
        job.status = None
        self.say(now_ms, event, job)
        for offer in job.batch:
            if offer.takes_slot:
                self.end_with_task(offer, "canceled", now_ms)

    def end_with_task(self, offer: Offer, status: str, now_ms: int) -> None:
        """An offer ends because its task moved on; single-tasking undoes what the offer did."""
        was_pending = offer.status == "pending"
        offer.status = status
        offer.agent.last_end_ms = now_ms
        self.say_offer(now_ms, f"reservation.{status}", offer)
        if was_pending and not self.setting.multi_task:
            self.move(offer.agent, offer.activity_before, now_ms)

    def set_activity(self, number: int, activity: int, reject_pending: bool, now_ms: int) -> None:
        """An operator, or the worker, changes the activity."""
        if not 0 <= number < len(self.agents) or not 0 <= activity < len(self.setting.available):
            raise Refused("unknown")
        if reject_pending and self.setting.available[activity]:
            raise Refused("invalid")
        agent = self.agents[number]
        self.move(agent, activity, now_ms)
        for offer in list(self.offers):
            if reject_pending and offer.agent is agent and offer.status == "pending":
                self.reject(offer, activity, now_ms)

    def move(self, agent: Agent, activity: int, now_ms: int) -> None:
        """Change an activity; the present one again is no event."""
        if agent.activity != activity:
            agent.activity = activity
            if self.setting.available[activity]:
                agent.last_available_ms = now_ms
            self.say_worker(now_ms, "worker.activity.update", agent)

    # --- the way through the workflow -------------------------------------------------------

    def filter_below(self, flow: Flow, index: int, kind: int) -> Branch | None:
        """Return the next filter below an index that matches."""
        return next((b for b in flow.branches[index + 1 :] if kind in b.kinds), None)

    def enter(
        self, job: Job, branch: Branch | None, position: int, offset_ms: int, now_ms: int
    ) -> None:
        """Enter a target; no branch stands for the default filter."""
        flow = self.setting.flows[job.flow]
        step = flow.default if branch is None else branch.steps[position]
        assert step is not None
        moves = step.queue != job.queue
        if moves and job.queue is not None:
            self.say(now_ms, "task-queue.moved", job)
        job.branch, job.position, job.offset_ms = branch, position, offset_ms
        job.queue, job.step_number = step.queue, self.number_of(job.flow, branch, position)
        if step.priority is not None:
            job.priority = step.priority
        row = self.job_row(now_ms, "workflow.target-matched", job)
        self.rows.append(row._replace(until_ms=job.deadline_ms(), offset_ms=offset_ms))
        if moves:
            self.say(now_ms, "task-queue.entered", job)

    def leave_target(self, job: Job, now_ms: int) -> None:
        """A target's deadline has come: on to the next one that still has time, or out."""
        self.say(now_ms, "task-queue.timeout", job)
        place = self.place_after_timeout(job, now_ms)
        if place is None:
            self.say(now_ms, "workflow.timeout", job)
            self.cancel_job(job, "WORKFLOW_TIMEOUT", now_ms)
        else:
            self.enter(job, *place, now_ms)

    def place_after_timeout(self, job: Job, now_ms: int) -> tuple[Branch, int, int] | None:
        """Look through the rest of the filter, then through the matching filters below."""
        branch, position, offset_ms = job.branch, job.position + 1, job.offset_ms
        flow = self.setting.flows[job.flow]
        while branch is not None:
            found = self.position_with_time(job, branch, position, offset_ms, now_ms)
            if found is not None:
                return branch, found, offset_ms
            offset_ms += time_until(branch, len(branch.steps) - 1)
            index = next(i for i, other in enumerate(flow.branches) if other is branch)
            branch, position = self.filter_below(flow, index, job.kind), 0
        return None

    def position_with_time(
        self, job: Job, branch: Branch, position: int, offset_ms: int, now_ms: int
    ) -> int | None:
        """Return the first target from a position on that has no deadline or a later one."""
        age_ms = now_ms - job.created_ms
        for i in range(position, len(branch.steps)):
            if branch.steps[i].timeout_s is None or offset_ms + time_until(branch, i) > age_ms:
                return i
        return None

    def evaluate_again(self, job: Job, now_ms: int) -> None:
        """A task is back: stay until the deadline, or try the next target, as the rule says."""
        if self.setting.advance_on_failure and job.branch is not None:
            found = self.position_with_time(
                job, job.branch, job.position + 1, job.offset_ms, now_ms
            )
            if found is not None:
                self.enter(job, job.branch, found, job.offset_ms, now_ms)
                return
        deadline_ms = job.deadline_ms()
        if deadline_ms is not None and deadline_ms <= now_ms:
            self.leave_target(job, now_ms)

    def number_of(self, flow: int, branch: Branch | None, position: int) -> int:
        """Number of a target, all workflows counted through."""
        number = 0
        for i, other in enumerate(self.setting.flows):
            for candidate in other.branches:
                if i == flow and candidate is branch:
                    return number + position
                number += len(candidate.steps)
            if i == flow:
                return number
            number += other.default is not None
        raise AssertionError("no such workflow")

    # --- matching ---------------------------------------------------------------------------

    def is_eligible(self, agent: Agent, job: Job) -> bool:
        """Whether a worker can be offered a task now."""
        setting = self.setting
        assert job.queue is not None
        if agent.number not in setting.queues[job.queue].members:
            return False
        if not setting.available[agent.activity]:
            return False
        held = [offer for offer in self.offers if offer.agent is agent and offer.takes_slot]
        if not setting.multi_task:
            return not held
        load = sum(offer.job.channel == job.channel for offer in held)
        return agent.switched_on[job.channel] and load < agent.capacity[job.channel]

    def idleness(self, agent: Agent) -> tuple[int, int]:
        """Key of a worker: the smallest is asked first; never occupied comes before all."""
        if self.setting.idle_from_end:
            since = [t for t in (agent.last_end_ms, agent.last_available_ms) if t is not None]
            return (max(since, default=-1), agent.number)
        return (-1 if agent.last_reserved_ms is None else agent.last_reserved_ms, agent.number)

    def match(self, now_ms: int) -> None:
        """Offer waiting tasks, the most urgent first, until none can be offered."""
        while self.match_one(now_ms):
            pass

    def match_one(self, now_ms: int) -> bool:
        """Offer, or give up, the first waiting task that somebody could take."""
        waiting = [job for job in self.jobs if job.status == "pending"]
        for job in sorted(waiting, key=lambda job: (-job.priority, job.number)):
            eligible = [agent for agent in self.agents if self.is_eligible(agent, job)]
            if eligible:
                limit = self.setting.assignment_limit
                if limit is not None and job.attempts >= limit:
                    self.cancel_job(job, "ASSIGNMENT_LIMIT", now_ms)
                else:
                    self.reserve(job, sorted(eligible, key=self.idleness), now_ms)
                return True
        return False

    def reserve(self, job: Job, candidates: list[Agent], now_ms: int) -> None:
        """Ask as many workers at once as the queue allows."""
        assert job.queue is not None
        queue = self.setting.queues[job.queue]
        expires_ms = now_ms + self.setting.flows[job.flow].reservation_timeout_ms
        job.status, job.batch = "reserved", []
        job.attempts += 1
        for agent in candidates[: queue.max_reserved]:
            offer = Offer(len(self.offers), job, agent, expires_ms, agent.activity)
            agent.last_reserved_ms = now_ms
            self.offers.append(offer)
            job.batch.append(offer)
        for offer in job.batch:
            self.say_offer(now_ms, "reservation.created", offer, expires_ms)
        if not self.setting.multi_task:
            for offer in job.batch:
                self.move(offer.agent, queue.reservation_activity, now_ms)

    # --- rows -------------------------------------------------------------------------------

    def job_row(self, now_ms: int, event: str, job: Job) -> NaiveRow:
        """Return a row about a task where it stands."""
        return NaiveRow(
            now_ms,
            event,
            task=job.number,
            queue=job.queue,
            workflow=job.flow,
            step=job.step_number,
            channel=job.channel,
            task_status=job.status,
            priority=job.priority,
        )

    def say(self, now_ms: int, event: str, job: Job) -> None:
        """Add a row about a task."""
        self.rows.append(self.job_row(now_ms, event, job))

    def say_offer(self, now_ms: int, event: str, offer: Offer, until_ms: int | None = None) -> None:
        """Add a row about a reservation, with its task's status."""
        row = self.job_row(now_ms, event, offer.job)._replace(
            reservation=offer.number,
            worker=offer.agent.number,
            reservation_status=offer.status,
            until_ms=until_ms,
        )
        self.rows.append(row)

    def say_worker(self, now_ms: int, event: str, agent: Agent) -> None:
        """Add a row about a worker."""
        self.rows.append(NaiveRow(now_ms, event, worker=agent.number, activity=agent.activity))


def shown(number: int) -> int | None:
    """Return a number of a command as a row shows it."""
    return None if number == -1 else number
