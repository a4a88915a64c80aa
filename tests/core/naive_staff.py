"""The naive model's workers: what expressions see of them, who may be asked, and who comes first.

Sources: Twilio, "TaskQueues resource", "Workflow configuration", "Known agent routing", "Order
workers", "Multitasking" and "Tasks resource" (direct routing).
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.core.naive_places import NaivePlaces
from tests.core.naive_state import Agent, Job, Offer
from trsim.core.spec import IdleKey, WorkspaceSpec
from trsim.routing.plan import RoutingPlan
from trsim.routing.workflow import AttributePath, OrderClause, Target


class NaiveStaff:
    """All workers, all reservations, and the expressions of the queues."""

    places_type = NaivePlaces

    def __init__(self, spec: WorkspaceSpec, plan: RoutingPlan) -> None:
        self.spec = spec
        self.plan = plan
        self.places = self.places_type(plan)
        self.offers: list[Offer] = []
        self.queue_expressions = list(range(len(spec.queues)))
        self.agents = [
            Agent(
                i,
                worker.name,
                worker.activity,
                worker.attributes,
                list(worker.capacity),
                list(worker.channel_available),
            )
            for i, worker in enumerate(spec.workers)
        ]

    # --- what expressions see ---------------------------------------------------------------

    def attributes(self, agent: Agent) -> Mapping[str, object]:
        """Return a worker's own attributes."""
        return self.plan.worker_attribute_sets[agent.attributes]

    def view(self, agent: Agent) -> dict[str, object]:
        """Return what a queue's expression sees of a worker."""
        return {
            "sid": f"WK{agent.number:032x}",
            "friendly_name": agent.name,
            "activity_sid": f"WA{agent.activity:032x}",
            "activity_name": self.spec.activities[agent.activity].name,
            **self.attributes(agent),
        }

    def view_with_channels(self, agent: Agent) -> dict[str, object]:
        """Return what a target's expression sees of a worker."""
        channels = {
            channel.name: self.channel_view(agent, i)
            for i, channel in enumerate(self.spec.channels)
        }
        return {"channel": channels, **self.view(agent)}

    def channel_view(self, agent: Agent, channel: int) -> dict[str, object]:
        """Return one channel as a target's expression sees it."""
        capacity = agent.capacity[channel]
        held = [offer for offer in self.held(agent) if offer.job.channel == channel]
        # Whole numbers only: the share that is free, rounded down.
        free = max(0, capacity - len(held))
        return {
            "configured_capacity": capacity,
            "assigned_tasks": sum(offer.status == "accepted" for offer in held),
            "available_capacity_percentage": 100 * free // capacity if capacity else 0,
        }

    def presence(self, queue: int) -> dict[str, object]:
        """Return what ``skip_if`` sees of a queue: its workers by activity."""
        members = self.members(queue)
        counts = [
            sum(agent.activity == activity for agent in members)
            for activity in range(len(self.spec.activities))
        ]
        available = sum(self.is_available(agent) for agent in members)
        workers = {"available": available, "unavailable": len(members) - available}
        workers |= {f"WA{activity:032x}": count for activity, count in enumerate(counts)}
        workers |= {sid: counts[activity] for sid, activity in self.plan.activity_sids}
        return {"workers": workers}

    # --- who may be asked -------------------------------------------------------------------

    def held(self, agent: Agent) -> list[Offer]:
        """Return the reservations that occupy a worker."""
        return [offer for offer in self.offers if offer.agent is agent and offer.takes_slot]

    def is_available(self, agent: Agent) -> bool:
        """Whether a worker's activity is an available one."""
        return self.spec.activities[agent.activity].available

    def is_member(self, agent: Agent, queue: int) -> bool:
        """Whether a worker is in a queue."""
        expression = self.plan.queue_expressions[self.queue_expressions[queue]]
        return expression.matches(self.view(agent))

    def members(self, queue: int) -> list[Agent]:
        """Return the workers of a queue."""
        return [agent for agent in self.agents if self.is_member(agent, queue)]

    def has_room(self, agent: Agent, channel: int) -> bool:
        """Whether a worker can take one more task of a channel."""
        held = self.held(agent)
        if not self.spec.multi_task_enabled:
            return not held
        load = sum(offer.job.channel == channel for offer in held)
        return agent.switched_on[channel] and load < agent.capacity[channel]

    def candidates(self, job: Job) -> list[Agent]:
        """Return everybody who may be offered a task now, the first to be asked first."""
        if job.target_worker is not None:
            agent = self.agents[job.target_worker]
            free = self.is_available(agent) and self.has_room(agent, job.channel)
            return [agent] if job.ignores_capacity or free else []
        assert job.queue is not None
        found = [
            agent
            for agent in self.agents
            if self.is_available(agent)
            and self.has_room(agent, job.channel)
            and self.is_member(agent, job.queue)
        ]
        clauses: tuple[OrderClause, ...] = ()
        if job.place is not None:
            target = self.places.target(job.place)
            found = [agent for agent in found if self.suits(agent, job, target)]
            clauses = target.order_by
        return self.ordered(found, job, clauses)

    def suits(self, agent: Agent, job: Job, target: Target) -> bool:
        """Whether the target's own conditions hold for a worker."""
        task = self.plan.attribute_sets[job.attributes]
        if target.known_worker is not None:
            named = value_at(task, target.known_worker.path)
            if not isinstance(named, str):
                return False
            view = self.view(agent)
            if target.known_worker.by_name:
                if named.lower() != agent.name.lower():
                    return False
            elif named != view["sid"]:
                return False
        if target.expression is None:
            return True
        return target.expression.matches_pair(task, self.view_with_channels(agent))

    # --- who comes first --------------------------------------------------------------------

    def ordered(
        self, agents: list[Agent], job: Job, clauses: tuple[OrderClause, ...]
    ) -> list[Agent]:
        """Return workers in the order in which they are asked."""
        assert job.queue is not None
        agents = sorted(agents, key=lambda agent: (self.idle_since(agent, job), agent.number))
        # Sorting by the last clause first leaves the first clause in charge.
        for clause in reversed(clauses):
            if self.counts(clause, job.queue):
                agents = self.sorted_by(agents, clause)
        return agents

    def counts(self, clause: OrderClause, queue: int) -> bool:
        """Whether all workers of the queue have a whole number there, or nothing."""
        values = [value_at(self.attributes(agent), clause.path) for agent in self.members(queue)]
        return all(value is None or type(value) is int for value in values)

    def sorted_by(self, agents: list[Agent], clause: OrderClause) -> list[Agent]:
        """Return workers by one clause, those without a value last; ties stay as they are."""
        having: list[tuple[int, Agent]] = []
        lacking: list[Agent] = []
        for agent in agents:
            value = value_at(self.attributes(agent), clause.path)
            if isinstance(value, int):
                having.append((-value if clause.descending else value, agent))
            else:
                lacking.append(agent)
        return [agent for _, agent in sorted(having, key=lambda pair: pair[0])] + lacking

    def idle_since(self, agent: Agent, job: Job) -> int:
        """Return since when a worker is idle; -1: before everything."""
        one_channel = self.spec.channels[job.channel].optimized_routing
        channels = [job.channel] if one_channel else range(len(self.spec.channels))
        since_free = self.spec.rules.idle_key is IdleKey.SINCE_FREE
        times = agent.last_end_ms if since_free else agent.last_reserved_ms
        found = [times[channel] for channel in channels if channel in times]
        if since_free and agent.last_available_ms is not None:
            found.append(agent.last_available_ms)
        return max(found, default=-1)


def value_at(value: object, path: AttributePath) -> object:
    """Return what a path leads to; None if it leads nowhere."""
    for key in path:
        place: object = None
        if isinstance(key, str) and isinstance(value, Mapping):
            place = value.get(key)
        if isinstance(key, int) and isinstance(value, list | tuple) and key < len(value):
            place = value[key]
        value = place
    return value
