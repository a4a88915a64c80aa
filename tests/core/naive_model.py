"""A second TaskRouter, written from the behaviour alone: slow, plain, and independent of the core.

It knows nothing of tables, lines, pools or calendars.  Whenever something may follow, it looks at
everything: all workers for every waiting task, all objects for the next deadline.  Statuses are
words, absence is ``None``.  Its rows must equal the core's, one by one.

Sources: Twilio, "Task lifecycle and state", "Lifecycle of a task: workflows and assignment",
"Workflow configuration", "Task evaluation", "Reservations resource", "Multitasking", "Tasks
resource", "TaskQueues resource", "Workflows resource", "Activity resource" and "Event types".
"""

from __future__ import annotations

from collections.abc import Sized

from tests.core.naive_places import Place
from tests.core.naive_staff import NaiveStaff
from tests.core.naive_state import Agent, Job, NaiveRow, Offer, Refused, shown
from trsim.core import commands
from trsim.core.spec import DeadlineRule, FailureRule, RedriveBase, TaskOrder, WorkspaceSpec
from trsim.routing.plan import RoutingPlan

DAY_MS = 86_400_000
FIVE_MINUTES_MS = 300_000
FORTNIGHT_MS = 14 * DAY_MS
MINUTE_MS = 60_000

TIMER, TARGET, TTL, EXPIRY, REST, ROUTING, PASS, PURGE = range(2, 10)
"""Classes of deadlines, in the order in which they come in one instant."""


class NaiveTaskRouter:
    """The model: commands and times in, rows out."""

    staff_type = NaiveStaff

    def __init__(self, spec: WorkspaceSpec, plan: RoutingPlan, start_ms: int = 0) -> None:
        self.spec, self.plan, self.rules = spec, plan, spec.rules
        self.rows: list[NaiveRow] = []
        self.jobs: list[Job] = []
        self.staff = self.staff_type(spec, plan)
        self.places, self.agents = self.staff.places, self.staff.agents
        self.offers = self.staff.offers
        self.max_reserved = [queue.max_reserved_workers for queue in spec.queues]
        self.configurations = list(range(len(spec.workflows)))
        self.reservation_timeouts = [flow.reservation_timeout_ms for flow in spec.workflows]
        self.pass_ms: int | None = None
        self.to_look_at: list[tuple[Job, Place]] = []
        """Who has just entered a target with ``skip_if``, or returned to it (without offsets)."""
        for agent in self.agents:
            self.say_activity(start_ms, "worker.created", agent)

    # --- time -------------------------------------------------------------------------------

    def deadlines(self) -> list[tuple[int, int, int]]:
        """Return every deadline that counts now: instant, class, number."""
        found = [
            (offer.expires_ms, TIMER, offer.number)
            for offer in self.offers
            if offer.status == "pending" and not offer.on_hold
        ]
        for job in self.jobs:
            found += [(at_ms, kind, job.number) for at_ms, kind in self.job_deadlines(job)]
        if self.pass_ms is not None:
            found.append((self.pass_ms, PASS, 0))
        return sorted(found)

    def job_deadlines(self, job: Job) -> list[tuple[int, int]]:
        """Return the deadlines of a task."""
        if job.status is None:
            return []
        if job.status in ("completed", "canceled"):
            return [(job.ended_ms + FIVE_MINUTES_MS, PURGE)]
        found = []
        deadline_ms = self.deadline_ms(job)
        release = self.rules.deadline_while_reserved is DeadlineRule.RELEASE
        if deadline_ms is not None and (
            job.status == "pending" or (job.status == "reserved" and release)
        ):
            found.append((deadline_ms, TARGET))
        if job.status in ("pending", "reserved"):
            found.append((job.ttl_end_ms, TTL))
        if job.status in ("assigned", "wrapping"):
            found.append((job.assigned_ms + DAY_MS, EXPIRY))
        if job.status == "pending" and job.rests_until_ms is not None:
            found.append((job.rests_until_ms, REST))
        if job.status == "pending" and job.direct and job.attempts == 0:
            found.append((job.created_ms + MINUTE_MS, ROUTING))
        return found

    def deadline_ms(self, job: Job) -> int | None:
        """When the present target times out."""
        age_ms = None if job.place is None else self.places.deadline(job.place)
        return None if age_ms is None else job.created_ms + age_ms

    def next_deadline(self) -> int | None:
        """Return the next deadline that can have consequences, which forgetting has not."""
        return next((at_ms for at_ms, kind, _ in self.deadlines() if kind != PURGE), None)

    def advance(self, now_ms: int) -> None:
        """Let all deadlines strictly before an instant happen."""
        while (found := self.deadlines()) and found[0][0] < now_ms:
            at_ms, kind, number = found[0]
            self.happen(kind, number, at_ms)
            if kind != PURGE:
                self.after_item(at_ms)

    def happen(self, kind: int, number: int, now_ms: int) -> None:
        """Let one deadline happen."""
        if kind == TIMER:
            self.time_out(self.offers[number], now_ms)
        elif kind == TARGET:
            self.target_deadline(self.jobs[number], now_ms)
        elif kind == TTL:
            self.cancel_job(self.jobs[number], "TTL", now_ms)
        elif kind == EXPIRY:
            self.remove_job(self.jobs[number], "task.system-deleted", now_ms)
        elif kind == REST:
            self.jobs[number].rests_until_ms = None
            self.note_skip_if(self.jobs[number])
        elif kind == ROUTING:
            self.say(now_ms, "reservation.failed", self.jobs[number])
            self.cancel_job(self.jobs[number], "ROUTING_TARGET", now_ms)
        elif kind == PASS:
            self.pass_ms = None
            self.routing_pass(now_ms)
        else:
            self.remove_job(self.jobs[number], "task.purged", now_ms)

    # --- commands ---------------------------------------------------------------------------

    def handle(self, command: commands.Command, now_ms: int) -> int | None:
        """Carry out a command, then match."""
        created = None
        match command:
            case commands.CreateTask():
                created = self.create(command, now_ms)
            case commands.UpdateTask():
                self.update_job(command, now_ms)
            case commands.WrapUpTask(number):
                self.wrap_up(self.job(number, "assigned"), now_ms)
            case commands.CompleteTask(number):
                self.complete(self.job(number, "assigned", "wrapping"), now_ms)
            case commands.CancelTask(number, reason):
                self.cancel_job(self.job(number, "pending", "reserved"), reason.name, now_ms)
            case commands.DeleteTask(number):
                self.remove_job(self.job(number), "task.deleted", now_ms)
            case commands.UpdateQueue():
                self.update_queue(command, now_ms)
            case commands.UpdateWorkflow():
                self.update_workflow(command, now_ms)
            case _:
                self.answer(command, now_ms)
                self.update_agent(command, now_ms)
        self.after_item(now_ms)
        return created

    def answer(self, command: commands.Command, now_ms: int) -> None:
        """A worker, or the channel, reacts to an offer."""
        match command:
            case commands.AcceptReservation(number):
                self.accept(self.offer(number), now_ms)
            case commands.RejectReservation(number, activity):
                offer = self.offer(number)
                if not -1 <= activity < len(self.spec.activities):
                    raise Refused("unknown")
                self.fail(offer, "rejected", shown(activity), now_ms)
            case commands.HoldReservation(number):
                self.hold(self.offer(number), now_ms)
            case commands.CancelReservation(number):
                self.fail(self.offer(number), "canceled", None, now_ms)

    def update_agent(self, command: commands.Command, now_ms: int) -> None:
        """A worker changes."""
        match command:
            case commands.SetActivity(worker, activity, reject_pending):
                agent = self.agent(worker)
                known(activity, self.spec.activities)
                self.set_activity(agent, activity, reject_pending, now_ms)
            case commands.SetWorkerAttributes(worker, attributes):
                agent = self.agent(worker)
                known(attributes, self.plan.worker_attribute_sets)
                if agent.attributes != attributes:
                    agent.attributes = attributes
                    self.say_agent(now_ms, "worker.attributes.update", agent, None, attributes)
            case commands.SetCapacity(worker, channel, capacity):
                agent = self.agent(worker)
                known(channel, self.spec.channels)
                if capacity < 0:
                    raise Refused("invalid")
                if agent.capacity[channel] != capacity:
                    agent.capacity[channel] = capacity
                    self.say_agent(now_ms, "worker.capacity.update", agent, channel, capacity)
            case commands.SetChannelAvailable(worker, channel, available):
                agent = self.agent(worker)
                known(channel, self.spec.channels)
                if agent.switched_on[channel] != available:
                    agent.switched_on[channel] = available
                    event = "worker.channel.availability.update"
                    self.say_agent(now_ms, event, agent, channel, int(available))

    def job(self, number: int, *allowed: str) -> Job:
        """Return a task that exists and has one of the statuses, all of them if none is named."""
        known(number, self.jobs)
        if self.jobs[number].status is None:
            raise Refused("unknown")
        if allowed and self.jobs[number].status not in allowed:
            raise Refused("illegal")
        return self.jobs[number]

    def offer(self, number: int) -> Offer:
        """Return a reservation that exists and is pending."""
        known(number, self.offers)
        if self.offers[number].job.status is None:
            raise Refused("unknown")  # it went with its task
        if self.offers[number].status != "pending":
            raise Refused("illegal")
        return self.offers[number]

    def agent(self, number: int) -> Agent:
        """Return a worker that exists."""
        known(number, self.agents)
        return self.agents[number]

    # --- tasks ------------------------------------------------------------------------------

    def create(self, command: commands.CreateTask, now_ms: int) -> int | None:
        """A task enters, unless no filter takes it and there is no default."""
        self.check_creation(command)
        configuration = self.configurations[command.workflow]
        task = self.plan.attribute_sets[command.attributes]
        direct = command.target_queue != -1 or command.target_worker != -1
        place = None if direct else self.places.first_match(configuration, 0, task)
        if place is None and not direct:
            row = NaiveRow(now_ms, "task.refused", workflow=command.workflow)
            row = row._replace(channel=command.channel, reason="NO_MATCHING_FILTER")
            self.rows.append(with_origin(row, command))
            return None
        job = Job(
            len(self.jobs),
            command.workflow,
            command.channel,
            command.attributes,
            command.priority,
            now_ms,
            now_ms + command.ttl_ms,
            now_ms - command.lead_ms,
            configuration,
            shown(command.target_queue),
            shown(command.target_worker),
            command.ignore_capacity,
        )
        self.jobs.append(job)
        row = self.job_row(now_ms, "task.created", job)._replace(
            queue=job.target_queue,
            worker=job.target_worker,
            until_ms=job.ttl_end_ms,
            offset_ms=command.lead_ms,
            value=None if job.target_worker is None else int(job.ignores_capacity),
        )
        self.rows.append(with_origin(row, command))
        if place is not None:
            row = self.job_row(now_ms, "workflow.entered", job)
            self.rows.append(row._replace(value=configuration))
            self.enter(job, place, now_ms)
        elif job.target_queue is not None:
            job.queue = job.target_queue
            self.say(now_ms, "task-queue.entered", job)
        return job.number

    def check_creation(self, command: commands.CreateTask) -> None:
        """Refuse a task that names what is not there, or values out of bounds."""
        known(command.workflow, self.spec.workflows)
        known(command.channel, self.spec.channels)
        known(command.attributes, self.plan.attribute_sets)
        if command.target_queue != -1:
            known(command.target_queue, self.spec.queues)
        if command.target_worker != -1:
            known(command.target_worker, self.agents)
        fits = 0 < command.ttl_ms <= FORTNIGHT_MS and 0 <= command.priority < 2**31
        if (
            not fits
            or command.lead_ms < 0
            or -1
            not in (
                command.target_queue,
                command.target_worker,
            )
        ):
            raise Refused("invalid")

    def update_job(self, command: commands.UpdateTask, now_ms: int) -> None:
        """Attributes or priority change; new attributes of a waiting task begin at the top."""
        job = self.job(command.task)
        if job.status in ("completed", "canceled"):
            raise Refused("invalid")
        if command.attributes == command.priority == -1:
            raise Refused("invalid")
        if command.attributes != -1:
            known(command.attributes, self.plan.attribute_sets)
        if not -1 <= command.priority < 2**31:
            raise Refused("invalid")
        if command.attributes != -1:
            job.attributes = command.attributes
        set_by_target = job.place is not None and (
            self.places.target(job.place).priority is not None
        )
        if command.priority != -1 and not set_by_target:
            job.priority = command.priority
        row = self.job_row(now_ms, "task.updated", job)
        self.rows.append(row._replace(attributes=job.attributes))
        if command.attributes != -1 and job.status == "pending" and not job.direct:
            self.from_the_top(job, now_ms)

    def accept(self, offer: Offer, now_ms: int) -> None:
        """The first to accept has the task; the others are told that it is gone."""
        job = offer.job
        offer.status, job.status, job.assigned_ms = "accepted", "assigned", now_ms
        self.say_offer(now_ms, "reservation.accepted", offer)
        if not self.spec.multi_task_enabled and job.queue is not None:
            self.move(offer.agent, self.spec.queues[job.queue].assignment_activity, now_ms)
        for other in job.batch:
            if other.status == "pending":
                self.end_with_task(other, "rescinded", now_ms)

    def hold(self, offer: Offer, now_ms: int) -> None:
        """The channel is being set up: the timer stops."""
        if offer.on_hold:
            raise Refused("invalid")
        offer.on_hold = True
        self.say_offer(now_ms, "reservation.on-hold", offer)

    def time_out(self, offer: Offer, now_ms: int) -> None:
        """Nobody answered: the worker goes to the timeout activity."""
        present, activity = offer.agent.activity, self.spec.timeout_activity
        if self.rules.timeout_activity_only_if_available:
            asked = {queue.reservation_activity for queue in self.spec.queues}
            by_offer = not self.spec.multi_task_enabled and present in asked
            if not self.staff.is_available(offer.agent) and not by_offer:
                activity = present
        self.fail(offer, "timeout", activity, now_ms)

    def fail(self, offer: Offer, status: str, activity: int | None, now_ms: int) -> None:
        """An offer ends without acceptance; the last one of a batch gives the task back."""
        job = offer.job
        self.end_unaccepted(offer, status, activity, now_ms)
        if job.status == "pending":
            self.evaluate_again(job, now_ms)

    def end_unaccepted(self, offer: Offer, status: str, activity: int | None, now_ms: int) -> None:
        """An offer ends; without an activity single-tasking undoes what the offer did."""
        job = offer.job
        offer.status = status
        offer.agent.last_end_ms[job.channel] = now_ms
        if all(other.status != "pending" for other in job.batch):
            job.status = "pending"
            if self.rules.reoffer_delay_ms > 0:
                job.rests_until_ms = now_ms + self.rules.reoffer_delay_ms
        rests_until_ms = job.rests_until_ms if job.status == "pending" else None
        self.say_offer(now_ms, f"reservation.{status}", offer, rests_until_ms)
        if activity is None and not self.spec.multi_task_enabled:
            activity = offer.activity_before
        if activity is not None:
            self.move(offer.agent, activity, now_ms)

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
        held.agent.last_end_ms[job.channel] = now_ms
        self.say(now_ms, "task.completed", job)
        self.say_offer(now_ms, "reservation.completed", held)
        self.say(now_ms, "task.updated", job)

    def cancel_job(self, job: Job, reason: str, now_ms: int) -> None:
        """A task ends before assignment."""
        if self.rules.merged_ttl_reason and reason in ("TTL", "ASSIGNMENT_LIMIT"):
            reason = "TTL_OR_ASSIGNMENT_LIMIT"
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
        offer.agent.last_end_ms[offer.job.channel] = now_ms
        self.say_offer(now_ms, f"reservation.{status}", offer)
        if was_pending and not self.spec.multi_task_enabled:
            self.move(offer.agent, offer.activity_before, now_ms)

    # --- workers, queues, workflows ---------------------------------------------------------

    def set_activity(self, agent: Agent, activity: int, reject_pending: bool, now_ms: int) -> None:
        """An operator, or the worker, changes the activity."""
        if reject_pending and self.spec.activities[activity].available:
            raise Refused("invalid")
        self.move(agent, activity, now_ms)
        for offer in list(self.offers):
            if reject_pending and offer.agent is agent and offer.status == "pending":
                self.fail(offer, "rejected", activity, now_ms)

    def move(self, agent: Agent, activity: int, now_ms: int) -> None:
        """Change an activity; the present one again is no event."""
        if agent.activity != activity:
            agent.activity = activity
            if self.staff.is_available(agent):
                agent.last_available_ms = now_ms
            self.say_activity(now_ms, "worker.activity.update", agent)

    def update_queue(self, command: commands.UpdateQueue, now_ms: int) -> None:
        """A queue gets another expression or asks more or fewer at once."""
        queue, expression, most = command
        known(queue, self.spec.queues)
        if expression != -1:
            known(expression, self.plan.queue_expressions)
        if most != -1 and not 1 <= most <= 50:
            raise Refused("invalid")
        if expression not in (-1, self.staff.queue_expressions[queue]):
            self.staff.queue_expressions[queue] = expression
            event = "task-queue.expression.updated"
            self.rows.append(NaiveRow(now_ms, event, queue=queue, value=expression))
        if most not in (-1, self.max_reserved[queue]):
            self.max_reserved[queue] = most
            self.rows.append(NaiveRow(now_ms, "task-queue.updated", queue=queue, value=most))

    def update_workflow(self, command: commands.UpdateWorkflow, now_ms: int) -> None:
        """A workflow gets another configuration or reservation timeout."""
        flow, configuration, timeout_ms, re_evaluate = command
        known(flow, self.spec.workflows)
        if configuration != -1:
            known(configuration, self.plan.configurations)
        if timeout_ms != -1 and not (1000 <= timeout_ms <= DAY_MS and timeout_ms % 1000 == 0):
            raise Refused("invalid")
        if configuration != -1:
            self.configurations[flow] = configuration
        if timeout_ms != -1:
            self.reservation_timeouts[flow] = timeout_ms
        row = NaiveRow(now_ms, "workflow.updated", workflow=flow, value=self.configurations[flow])
        self.rows.append(row._replace(until_ms=self.reservation_timeouts[flow]))
        if re_evaluate:
            self.rows.append(row._replace(event="workflow.reevaluated", until_ms=None))
            self.evaluate_all_again(flow, now_ms)

    def evaluate_all_again(self, flow: int, now_ms: int) -> None:
        """Take waiting tasks through the configuration in force; reserved ones will follow."""
        for job in self.jobs:
            if job.flow != flow or job.direct or job.status not in ("pending", "reserved"):
                continue
            job.configuration = self.configurations[flow]
            if job.status == "pending":
                self.from_the_top(job, now_ms)

    # --- the way through the workflow -------------------------------------------------------

    def enter(self, job: Job, place: Place, now_ms: int) -> None:
        """Enter a target."""
        target = self.places.target(place)
        moves = target.queue != job.queue
        if moves and job.queue is not None:
            self.say(now_ms, "task-queue.moved", job)
        job.place, job.queue = place, target.queue
        if target.priority is not None:
            job.priority = target.priority
        row = self.job_row(now_ms, "workflow.target-matched", job)
        until_ms = self.deadline_ms(job)
        self.rows.append(row._replace(until_ms=until_ms, offset_ms=place.offset_ms))
        if moves:
            self.say(now_ms, "task-queue.entered", job)
        self.note_skip_if(job)

    def target_deadline(self, job: Job, now_ms: int) -> None:
        """A target's deadline has come, perhaps under open offers."""
        if job.status == "reserved":
            for offer in job.batch:
                if offer.status == "pending":
                    self.end_unaccepted(offer, "canceled", None, now_ms)
            if self.has_another_configuration(job):
                self.from_the_top(job, now_ms)
                return
        self.leave_by_timeout(job, now_ms)

    def leave_by_timeout(self, job: Job, now_ms: int) -> None:
        """On to the next target that still has time, or out."""
        self.say(now_ms, "task-queue.timeout", job)
        assert job.place is not None
        age_ms = now_ms - job.created_ms
        self.enter_or_time_out(
            job, self.places.after_timeout(job.place, age_ms, self.task(job)), now_ms
        )

    def enter_or_time_out(self, job: Job, place: Place | None, now_ms: int) -> None:
        """Enter a target; without one the workflow is over."""
        if place is None:
            self.say(now_ms, "workflow.timeout", job)
            self.cancel_job(job, "WORKFLOW_TIMEOUT", now_ms)
        else:
            self.enter(job, place, now_ms)

    def from_the_top(self, job: Job, now_ms: int) -> None:
        """Evaluate a task as if it were new, but as old as it is."""
        age_ms = now_ms - job.created_ms
        reset = self.rules.redrive_timeout_base is RedriveBase.RESET
        base_ms = age_ms if reset else 0
        first = self.places.first_match(job.configuration, base_ms, self.task(job))
        if first is None:
            self.cancel_job(job, "NO_MATCHING_FILTER", now_ms)
        elif first.branch is None:
            self.enter(job, first, now_ms)
        else:
            place = self.places.with_time(first, age_ms, self.task(job))
            self.enter_or_time_out(job, place, now_ms)

    def evaluate_again(self, job: Job, now_ms: int) -> None:
        """A task is back: stay until the deadline, or try the next target, as the rule says."""
        if job.place is None:
            return
        if self.has_another_configuration(job):
            self.from_the_top(job, now_ms)
            return
        if self.rules.on_reservation_failure is FailureRule.ADVANCE:
            found = self.places.next_of_filter(job.place, now_ms - job.created_ms)
            if found is not None:
                self.enter(job, found, now_ms)
                return
        deadline_ms = self.deadline_ms(job)
        if deadline_ms is not None and deadline_ms <= now_ms:
            self.leave_by_timeout(job, now_ms)
        else:
            self.note_skip_if(job)

    def has_another_configuration(self, job: Job) -> bool:
        """Whether the workflow was updated for the task while it was reserved."""
        return job.place is not None and job.place.configuration != job.configuration

    def task(self, job: Job) -> dict[str, object]:
        """Return the task's attributes."""
        return dict(self.plan.attribute_sets[job.attributes])

    # --- matching ---------------------------------------------------------------------------

    def after_item(self, now_ms: int) -> None:
        """Match at once, or let a match that has become possible be made a little later."""
        latency_ms = self.rules.routing_latency_ms
        if latency_ms == 0:
            self.routing_pass(now_ms)
        elif self.pass_ms is None and self.something_to_do():
            self.pass_ms = now_ms + latency_ms

    def something_to_do(self) -> bool:
        """Whether some task could be matched, or has a ``skip_if`` to be looked at."""
        if any(self.is_due(job, place) for job, place in self.to_look_at):
            return True
        return any(self.staff.candidates(job) for job in self.waiting())

    def routing_pass(self, now_ms: int) -> None:
        """Match, then look at each ``skip_if``, matching again after each that is true."""
        self.match(now_ms)
        while self.to_look_at:
            job, place = self.to_look_at.pop(0)
            if self.is_due(job, place) and self.is_skipped(job):
                self.skip(job, now_ms)
                self.match(now_ms)

    def note_skip_if(self, job: Job) -> None:
        """Remember that a task has entered a target with ``skip_if``, or returned to it.

        A task that rests counts as returned at the end of its rest.
        """
        if job.rests_until_ms is not None or job.place is None or job.place.branch is None:
            return
        entry = (job, job.place._replace(offset_ms=0))
        if self.places.target(job.place).skip_if is not None and entry not in self.to_look_at:
            self.to_look_at.append(entry)

    def is_due(self, job: Job, place: Place) -> bool:
        """Whether a task still waits in a target and may be offered."""
        if job.status != "pending" or job.place is None or job.rests_until_ms is not None:
            return False
        return job.place._replace(offset_ms=0) == place

    def is_skipped(self, job: Job) -> bool:
        """Whether the ``skip_if`` of a task's target is true."""
        assert job.place is not None
        skip_if = self.places.target(job.place).skip_if
        assert job.queue is not None
        return skip_if is not None and skip_if.matches(self.staff.presence(job.queue))

    def skip(self, job: Job, now_ms: int) -> None:
        """Leave a target because its ``skip_if`` is true."""
        assert job.place is not None
        age_ms = now_ms - job.created_ms
        if self.places.is_last(job.place):
            place = self.places.after_last_skip(job.place, age_ms, self.task(job))
            if place is None:
                self.say(now_ms, "workflow.skipped", job)
                self.cancel_job(job, "WORKFLOW_SKIPPED", now_ms)
            else:
                self.enter(job, place, now_ms)
            return
        # Targets are left: if all their deadlines have passed, that is a timeout, though not of
        # the present target.
        place = self.places.after_timeout(job.place, age_ms, self.task(job))
        self.enter_or_time_out(job, place, now_ms)

    def waiting(self) -> list[Job]:
        """Return the tasks that may be offered, the most urgent first."""
        found = [job for job in self.jobs if job.status == "pending" and job.rests_until_ms is None]
        return sorted(found, key=self.urgency)

    def urgency(self, job: Job) -> tuple[bool, int, int, int]:
        """Key of a waiting task: the smallest is offered first."""
        order = TaskOrder.FIFO
        if job.queue is not None:
            order = self.spec.queues[job.queue].order
        later = order is not self.spec.prioritize_queue_order
        if order is TaskOrder.FIFO:
            return (later, -job.priority, job.starts_ms, job.number)
        return (later, -job.starts_ms, -job.created_ms, job.number)

    def match(self, now_ms: int) -> None:
        """Offer waiting tasks, the most urgent first, until none can be offered."""
        while self.match_one(now_ms):
            pass

    def match_one(self, now_ms: int) -> bool:
        """Offer, or give up, the first waiting task that somebody could take."""
        for job in self.waiting():
            candidates = self.staff.candidates(job)
            if candidates:
                limit = self.rules.assignment_limit
                if limit is not None and job.attempts >= limit:
                    self.cancel_job(job, "ASSIGNMENT_LIMIT", now_ms)
                else:
                    self.reserve(job, candidates, now_ms)
                return True
        return False

    def reserve(self, job: Job, candidates: list[Agent], now_ms: int) -> None:
        """Ask as many workers at once as the queue allows."""
        at_once = 1 if job.queue is None else self.max_reserved[job.queue]
        expires_ms = now_ms + self.reservation_timeouts[job.flow]
        job.status, job.batch = "reserved", []
        job.attempts += 1
        for agent in candidates[:at_once]:
            offer = Offer(len(self.offers), job, agent, expires_ms, agent.activity)
            agent.last_reserved_ms[job.channel] = now_ms
            self.offers.append(offer)
            job.batch.append(offer)
        for offer in job.batch:
            self.say_offer(now_ms, "reservation.created", offer, expires_ms)
        if not self.spec.multi_task_enabled and job.queue is not None:
            for offer in job.batch:
                activity = self.spec.queues[job.queue].reservation_activity
                self.move(offer.agent, activity, now_ms)

    # --- rows -------------------------------------------------------------------------------

    def job_row(self, now_ms: int, event: str, job: Job) -> NaiveRow:
        """Return a row about a task where it stands."""
        return NaiveRow(
            now_ms,
            event,
            task=job.number,
            queue=job.queue,
            workflow=job.flow,
            step=None if job.place is None else self.places.number(job.place),
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

    def say_activity(self, now_ms: int, event: str, agent: Agent) -> None:
        """Add a row about a worker's activity."""
        self.rows.append(NaiveRow(now_ms, event, worker=agent.number, activity=agent.activity))

    def say_agent(
        self, now_ms: int, event: str, agent: Agent, channel: int | None, value: int
    ) -> None:
        """Add a row about what else a worker has."""
        self.rows.append(NaiveRow(now_ms, event, worker=agent.number, channel=channel, value=value))


def known(number: int, things: Sized) -> None:
    """Refuse the number of something that is not there."""
    if not 0 <= number < len(things):
        raise Refused("unknown")


def with_origin(row: NaiveRow, command: commands.CreateTask) -> NaiveRow:
    """Return a row with what a task brings with it."""
    return row._replace(
        attributes=command.attributes,
        stream=shown(command.stream),
        number=shown(command.number),
    )
