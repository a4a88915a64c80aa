"""Naive models with one mistake each: a campaign that cannot tell them from the core is blind.

Each name states what the faulty model believes.  Rules of the documents and of
``docs/behaviour.md`` only; the positions of the switches are exchanged elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from tests.core.naive_model import NaiveTaskRouter
from tests.core.naive_places import NaivePlaces, Place
from tests.core.naive_staff import NaiveStaff, value_at
from tests.core.naive_state import Agent, Job, Offer
from trsim.core.spec import TaskOrder, WorkspaceSpec
from trsim.routing.plan import RoutingPlan
from trsim.routing.workflow import OrderClause, Target, WorkflowDocument

Model = Callable[[WorkspaceSpec, RoutingPlan], NaiveTaskRouter]
Methods = dict[str, Callable[..., Any]]


def _router(**methods: Callable[..., Any]) -> Model:
    return type("Faulty", (NaiveTaskRouter,), methods)


def _staff(**methods: Callable[..., Any]) -> Model:
    return type("Faulty", (NaiveTaskRouter,), {"staff_type": type("S", (NaiveStaff,), methods)})


def _places(**methods: Callable[..., Any]) -> Model:
    places = type("P", (NaivePlaces,), methods)
    staff = type("S", (NaiveStaff,), {"places_type": places})
    return type("Faulty", (NaiveTaskRouter,), {"staff_type": staff})


def _without(**fields: object) -> Model:
    """Return a model that overlooks a key of all targets."""

    def blind(target: Target) -> Target:
        return replace(target, **fields)  # type: ignore[arg-type]

    def document(original: WorkflowDocument) -> WorkflowDocument:
        filters = tuple(
            replace(branch, targets=tuple(blind(target) for target in branch.targets))
            for branch in original.filters
        )
        return WorkflowDocument(filters, original.default and blind(original.default))

    def model(spec: WorkspaceSpec, plan: RoutingPlan) -> NaiveTaskRouter:
        documents = tuple(document(original) for original in plan.configurations)
        return NaiveTaskRouter(spec, replace(plan, configurations=documents))

    return model


def _spec(change: Callable[[WorkspaceSpec], WorkspaceSpec]) -> Model:
    return lambda spec, plan: NaiveTaskRouter(change(spec), plan)


# --- workers --------------------------------------------------------------------------------


def _room_beside_wrapping(staff: NaiveStaff, agent: Agent, channel: int) -> bool:
    held = [offer for offer in staff.held(agent) if offer.status != "wrapping"]
    if not staff.spec.multi_task_enabled:
        return not held
    load = sum(offer.job.channel == channel for offer in held)
    return agent.switched_on[channel] and load < agent.capacity[channel]


def _room_whatever_the_switch(staff: NaiveStaff, agent: Agent, channel: int) -> bool:
    agent = replace(agent, switched_on=[True] * len(agent.switched_on))
    held = [offer for offer in staff.offers if offer.agent.number == agent.number]
    if not staff.spec.multi_task_enabled:
        return not any(offer.takes_slot for offer in held)
    load = sum(offer.takes_slot and offer.job.channel == channel for offer in held)
    return load < agent.capacity[channel]


def _channel_view(change: Callable[[list[Offer], int], dict[str, object]]) -> Model:
    def view(staff: NaiveStaff, agent: Agent, channel: int) -> dict[str, object]:
        right = NaiveStaff.channel_view(staff, agent, channel)
        held = [offer for offer in staff.held(agent) if offer.job.channel == channel]
        return right | change(held, agent.capacity[channel])

    return _staff(channel_view=view)


def _percentage_of_accepted(held: list[Offer], capacity: int) -> dict[str, object]:
    free = max(0, capacity - sum(offer.status != "pending" for offer in held))
    return {"available_capacity_percentage": 100 * free // capacity if capacity else 0}


def _percentage_rounded_up(held: list[Offer], capacity: int) -> dict[str, object]:
    free = max(0, capacity - len(held))
    return {"available_capacity_percentage": -(-100 * free // capacity) if capacity else 0}


def _percentage_without_capacity(held: list[Offer], capacity: int) -> dict[str, object]:
    return {} if capacity else {"available_capacity_percentage": 100}


def _wrapping_is_assigned(held: list[Offer], capacity: int) -> dict[str, object]:
    del capacity
    return {"assigned_tasks": sum(offer.status != "pending" for offer in held)}


def _presence_of_the_free(staff: NaiveStaff, queue: int) -> dict[str, object]:
    right = NaiveStaff.presence(staff, queue)
    counts: dict[str, object] = dict(right["workers"])  # type: ignore[call-overload]
    members = staff.members(queue)
    counts["available"] = sum(
        staff.is_available(agent) and staff.has_room(agent, 0) for agent in members
    )
    return {"workers": counts}


def _presence_of_all(staff: NaiveStaff, queue: int) -> dict[str, object]:
    right = NaiveStaff.presence(staff, queue)
    counts: dict[str, object] = dict(right["workers"])  # type: ignore[call-overload]
    counts["available"] = sum(staff.is_available(agent) for agent in staff.agents)
    return {"workers": counts}


def _clause_always_counts(staff: NaiveStaff, clause: OrderClause, queue: int) -> bool:
    del staff, clause, queue
    return True


def _clause_counts_for_the_available(staff: NaiveStaff, clause: OrderClause, queue: int) -> bool:
    agents = [agent for agent in staff.members(queue) if staff.is_available(agent)]
    values = [value_at(staff.attributes(agent), clause.path) for agent in agents]
    return all(value is None or type(value) is int for value in values)


def _lacking_first_when_descending(
    staff: NaiveStaff, agents: list[Agent], clause: OrderClause
) -> list[Agent]:
    right = NaiveStaff.sorted_by(staff, agents, clause)
    if not clause.descending:
        return right
    lacking = [a for a in right if not isinstance(value_at(staff.attributes(a), clause.path), int)]
    return lacking + [agent for agent in right if agent not in lacking]


def _first_clause_last(
    staff: NaiveStaff, agents: list[Agent], job: Job, clauses: tuple[OrderClause, ...]
) -> list[Agent]:
    return NaiveStaff.ordered(staff, agents, job, clauses[::-1])


def _case_counts(staff: NaiveStaff, agent: Agent, job: Job, target: Target) -> bool:
    known = target.known_worker
    if known is not None and known.by_name:
        named = value_at(staff.plan.attribute_sets[job.attributes], known.path)
        if named != agent.name:
            return False
    return NaiveStaff.suits(staff, agent, job, target)


def _all_when_nobody_is_named(staff: NaiveStaff, agent: Agent, job: Job, target: Target) -> bool:
    known = target.known_worker
    if known is not None:
        named = value_at(staff.plan.attribute_sets[job.attributes], known.path)
        if named is None:
            target = replace(target, known_worker=None)
    return NaiveStaff.suits(staff, agent, job, target)


def _built_in_names_win(staff: NaiveStaff, agent: Agent) -> dict[str, object]:
    return {**NaiveStaff.view(staff, agent), "sid": f"WK{agent.number:032x}"}


def _direct_needs_an_available_worker(staff: NaiveStaff, job: Job) -> list[Agent]:
    found = NaiveStaff.candidates(staff, job)
    return [a for a in found if job.target_worker is None or staff.is_available(a)]


def _direct_never_looks_at_load(staff: NaiveStaff, job: Job) -> list[Agent]:
    if job.target_worker is None:
        return NaiveStaff.candidates(staff, job)
    return [staff.agents[job.target_worker]]


# --- the way through the workflow -----------------------------------------------------------


def _deadline_without_skipped(places: NaivePlaces, place: Place) -> int | None:
    right, branch = NaivePlaces.deadline(places, place), places.branch(place)
    if right is None or branch is None:
        return right
    skippable = branch.targets[: place.position]
    return right - sum(1000 * (t.timeout_s or 0) for t in skippable if t.skip_if is not None)


def _each_target_from_its_own_zero(places: NaivePlaces, place: Place) -> int | None:
    branch = places.branch(place)
    if branch is None or branch.targets[place.position].timeout_s is None:
        return None
    return place.offset_ms + 1000 * (branch.targets[place.position].timeout_s or 0)


def _filters_from_creation(
    places: NaivePlaces, place: Place, age_ms: int, attributes: Mapping[str, object]
) -> Place | None:
    found = NaivePlaces.with_time(places, place, age_ms, attributes)
    if found is not None and found.branch != place.branch:
        return found._replace(offset_ms=0)
    return found


def _default_after_a_timeout(
    places: NaivePlaces, place: Place, age_ms: int, attributes: Mapping[str, object]
) -> Place | None:
    found = NaivePlaces.after_timeout(places, place, age_ms, attributes)
    return found or places.default(place.configuration, age_ms)


def _no_default_after_a_skip(
    places: NaivePlaces, place: Place, age_ms: int, attributes: Mapping[str, object]
) -> Place | None:
    found = NaivePlaces.after_last_skip(places, place, age_ms, attributes)
    return found if found is not None and found.branch is not None else None


def _offset_kept_after_a_skip(
    places: NaivePlaces, place: Place, age_ms: int, attributes: Mapping[str, object]
) -> Place | None:
    found = NaivePlaces.after_last_skip(places, place, age_ms, attributes)
    return found and found._replace(offset_ms=place.offset_ms)


# --- tasks and reservations -----------------------------------------------------------------


def _held_timer_runs_on(router: NaiveTaskRouter) -> list[tuple[int, int, int]]:
    held = [(o.expires_ms, 2, o.number) for o in router.offers if o.on_hold]
    held = [entry for entry in held if router.offers[entry[2]].status == "pending"]
    return sorted(NaiveTaskRouter.deadlines(router) + held)


def _entering_ends_the_rest(router: NaiveTaskRouter, job: Job, place: Place, now_ms: int) -> None:
    job.rests_until_ms = None
    NaiveTaskRouter.enter(router, job, place, now_ms)


def _noted_while_resting(router: NaiveTaskRouter, job: Job) -> None:
    NaiveTaskRouter.note_skip_if(router, replace(job, rests_until_ms=None))
    # The list holds the copy; what counts is the task itself.
    router.to_look_at = [(router.jobs[j.number], place) for j, place in router.to_look_at]


def _due_while_resting(router: NaiveTaskRouter, job: Job, place: Place) -> bool:
    if job.status != "pending" or job.place is None:
        return False
    return job.place._replace(offset_ms=0) == place


def _skip_if_on_entry_only(router: NaiveTaskRouter, job: Job, now_ms: int) -> None:
    before = list(router.to_look_at)
    place = job.place
    NaiveTaskRouter.evaluate_again(router, job, now_ms)
    if job.place is place:
        router.to_look_at = before


def _skip_if_before_matching(router: NaiveTaskRouter, now_ms: int) -> None:
    while router.to_look_at:
        job, place = router.to_look_at.pop(0)
        if router.is_due(job, place) and router.is_skipped(job):
            router.skip(job, now_ms)
    router.match(now_ms)


def _matching_after_all_skips(router: NaiveTaskRouter, now_ms: int) -> None:
    router.match(now_ms)
    while router.to_look_at:
        job, place = router.to_look_at.pop(0)
        if router.is_due(job, place) and router.is_skipped(job):
            router.skip(job, now_ms)
    router.match(now_ms)


def _pass_whenever_something_happens(router: NaiveTaskRouter, now_ms: int) -> None:
    latency_ms = router.rules.routing_latency_ms
    if latency_ms and router.pass_ms is None and router.waiting():
        router.pass_ms = now_ms + latency_ms
    NaiveTaskRouter.after_item(router, now_ms)


def _pass_put_off_by_every_item(router: NaiveTaskRouter, now_ms: int) -> None:
    if router.rules.routing_latency_ms and router.something_to_do():
        router.pass_ms = None
    NaiveTaskRouter.after_item(router, now_ms)


def _lifo_by_priority(router: NaiveTaskRouter, job: Job) -> tuple[object, ...]:
    right = NaiveTaskRouter.urgency(router, job)
    queue = None if job.queue is None else router.spec.queues[job.queue]
    if queue is not None and queue.order is TaskOrder.LIFO:
        return (right[0], -job.priority, *right[1:])
    return right


def _lifo_by_creation(router: NaiveTaskRouter, job: Job) -> tuple[object, ...]:
    right = NaiveTaskRouter.urgency(router, job)
    queue = None if job.queue is None else router.spec.queues[job.queue]
    if queue is not None and queue.order is TaskOrder.LIFO:
        return (right[0], -job.created_ms, -job.number)
    return right


def _fifo_by_creation(router: NaiveTaskRouter, job: Job) -> tuple[object, ...]:
    right = NaiveTaskRouter.urgency(router, job)
    return (right[0], right[1], job.number) if right[1] == -job.priority else right


def _update_always_sets_the_priority(router: NaiveTaskRouter, command: Any, now_ms: int) -> None:
    job = router.job(command.task)
    NaiveTaskRouter.update_job(router, command, now_ms)
    if command.priority != -1:
        job.priority = command.priority


def _same_attributes_change_nothing(router: NaiveTaskRouter, command: Any, now_ms: int) -> None:
    job = router.job(command.task)
    place, status = job.place, job.status
    if command.attributes == job.attributes and status == "pending" and place is not None:
        job.target_queue = -1  # as if it were routed directly, for a moment
        NaiveTaskRouter.update_job(router, command, now_ms)
        job.target_queue = None
    else:
        NaiveTaskRouter.update_job(router, command, now_ms)


def _re_evaluation_of_pending_only(router: NaiveTaskRouter, flow: int, now_ms: int) -> None:
    reserved = [(job, job.configuration) for job in router.jobs if job.status == "reserved"]
    NaiveTaskRouter.evaluate_all_again(router, flow, now_ms)
    for job, configuration in reserved:
        job.configuration = configuration


def _update_reaches_waiting_tasks(router: NaiveTaskRouter, command: Any, now_ms: int) -> None:
    NaiveTaskRouter.update_workflow(router, command, now_ms)
    for job in router.jobs:
        if job.flow == command.workflow:
            job.configuration = router.configurations[job.flow]


def _size_of_batches_never_changes(
    router: NaiveTaskRouter, job: Job, candidates: list[Agent], now_ms: int
) -> None:
    in_force = router.max_reserved
    router.max_reserved = [queue.max_reserved_workers for queue in router.spec.queues]
    NaiveTaskRouter.reserve(router, job, candidates, now_ms)
    router.max_reserved = in_force


def _limit_counts_offers(
    router: NaiveTaskRouter, job: Job, candidates: list[Agent], now_ms: int
) -> None:
    NaiveTaskRouter.reserve(router, job, candidates, now_ms)
    job.attempts += len(job.batch) - 1


def _a_minute_after_every_failure(router: NaiveTaskRouter, job: Job) -> list[tuple[int, int]]:
    found = NaiveTaskRouter.job_deadlines(router, job)
    if job.status == "pending" and job.direct and job.attempts > 0:
        found.append((job.created_ms + 60_000, 7))
    return found


def _rescinded_keeps_the_activity(
    router: NaiveTaskRouter, offer: Offer, status: str, now_ms: int
) -> None:
    offer.activity_before = offer.agent.activity
    NaiveTaskRouter.end_with_task(router, offer, status, now_ms)


FAULTS: dict[str, Model] = {
    "target expressions are overlooked": _without(expression=None),
    "skip_if is overlooked": _without(skip_if=None),
    "order_by is overlooked": _without(order_by=()),
    "known workers are overlooked": _without(known_worker=None),
    "priorities of targets are overlooked": _without(priority=None),
    "queue order of the workspace is the other one": _spec(
        lambda spec: replace(
            spec,
            prioritize_queue_order=TaskOrder.LIFO
            if spec.prioritize_queue_order is TaskOrder.FIFO
            else TaskOrder.FIFO,
        )
    ),
    "channel_optimized_routing is overlooked": _spec(
        lambda spec: replace(
            spec,
            channels=tuple(replace(c, optimized_routing=False) for c in spec.channels),
        )
    ),
    "multi-tasking and single-tasking are exchanged": _spec(
        lambda spec: replace(spec, multi_task_enabled=not spec.multi_task_enabled)
    ),
    "wrapping takes no slot": _staff(has_room=_room_beside_wrapping),
    "a channel's switch is overlooked": _staff(has_room=_room_whatever_the_switch),
    "the percentage leaves pending out": _channel_view(_percentage_of_accepted),
    "the percentage is rounded up": _channel_view(_percentage_rounded_up),
    "no capacity is all of it": _channel_view(_percentage_without_capacity),
    "assigned_tasks counts wrapping": _channel_view(_wrapping_is_assigned),
    "skip_if counts free workers": _staff(presence=_presence_of_the_free),
    "skip_if counts all workers": _staff(presence=_presence_of_all),
    "a clause always counts": _staff(counts=_clause_always_counts),
    "a clause asks the available only": _staff(counts=_clause_counts_for_the_available),
    "descending puts the lacking first": _staff(sorted_by=_lacking_first_when_descending),
    "the last clause decides": _staff(ordered=_first_clause_last),
    "the case of a known name counts": _staff(suits=_case_counts),
    "nobody known is everybody": _staff(suits=_all_when_nobody_is_named),
    "built-in names win": _staff(view=_built_in_names_win),
    "direct routing needs an available worker": _staff(
        candidates=_direct_needs_an_available_worker
    ),
    "direct routing never looks at load": _staff(candidates=_direct_never_looks_at_load),
    "a skipped target's timeout does not count": _places(deadline=_deadline_without_skipped),
    "timeouts do not add up": _places(deadline=_each_target_from_its_own_zero),
    "the next filter counts from creation": _places(with_time=_filters_from_creation),
    "the default filter is used after a timeout": _places(after_timeout=_default_after_a_timeout),
    "no default filter after a skip": _places(after_last_skip=_no_default_after_a_skip),
    "the offset stays after a skip": _places(after_last_skip=_offset_kept_after_a_skip),
    "on hold the timer runs on": _router(deadlines=_held_timer_runs_on),
    "entering a target ends the rest": _router(enter=_entering_ends_the_rest),
    "skip_if is looked at while resting": _router(
        note_skip_if=_noted_while_resting, is_due=_due_while_resting
    ),
    "skip_if is looked at on entry only": _router(evaluate_again=_skip_if_on_entry_only),
    "skip_if comes before matching": _router(routing_pass=_skip_if_before_matching),
    "matching waits for all of skip_if": _router(routing_pass=_matching_after_all_skips),
    "latency follows every item": _router(after_item=_pass_whenever_something_happens),
    "a set pass is put off": _router(after_item=_pass_put_off_by_every_item),
    "LIFO heeds priority": _router(urgency=_lifo_by_priority),
    "LIFO heeds creation only": _router(urgency=_lifo_by_creation),
    "FIFO overlooks the virtual start": _router(urgency=_fifo_by_creation),
    "an update always sets the priority": _router(update_job=_update_always_sets_the_priority),
    "the same attributes change nothing": _router(update_job=_same_attributes_change_nothing),
    "reserved tasks are never re-evaluated": _router(
        evaluate_all_again=_re_evaluation_of_pending_only
    ),
    "an update reaches waiting tasks": _router(update_workflow=_update_reaches_waiting_tasks),
    "the size of batches never changes": _router(reserve=_size_of_batches_never_changes),
    "the limit counts offers": _router(reserve=_limit_counts_offers),
    "a minute's grace after failures too": _router(job_deadlines=_a_minute_after_every_failure),
    "single-tasking: a loser keeps the offer's activity": _router(
        end_with_task=_rescinded_keeps_the_activity
    ),
}
