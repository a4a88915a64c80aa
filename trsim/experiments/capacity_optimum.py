"""What theory says of a varied reservation timeout, where the scenario has the shape for it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from trsim.analysis.tuning import Theory
from trsim.experiments.parameters import Parameter
from trsim.model import Model
from trsim.scenario.paths import parse_path
from trsim.theory.capacity import Away, Offers, best_timeout
from trsim.theory.pickup import PickUp, exponential, gamma, lognormal_with, weibull
from trsim.world.distributions import Distribution, Exponential, Weibull
from trsim.world.gamma import Gamma
from trsim.world.normal import LogNormal
from trsim.world.plan import BehaviorPlan


def theory_of(model: Model, parameters: Sequence[Parameter]) -> Theory:
    """Return the timeout that gives the most capacity, or why no formula knows it.

    Parameters
    ----------
    model : Model
        The scenario as it is.
    parameters : sequence of Parameter
        What is varied.

    Notes
    -----
    The formula is that of :mod:`trsim.theory.capacity`.  It needs one parameter, the reservation
    timeout of one workflow, and workers who all answer by one law.
    """
    if len(parameters) != 1 or len(parameters[0].paths) != 1:
        return _none("the formula is about one timeout, and more than one value is varied")
    path = parse_path(parameters[0].paths[0])
    if path[0] != "workflows" or path[-1] != "task_reservation_timeout":
        return _none("the formula is about the reservation timeout of a workflow")
    habits = _behaviors(model)
    if len(habits) != 1:
        names = ", ".join(behavior.name for behavior in habits)
        return _none(f"workers answer in {len(habits)} ways ({names}), and the formula knows one")
    habit = habits[0]
    obstacle = _obstacle(model, habit)
    if obstacle:
        return _none(obstacle)
    law = _law(habit.answer_delay)
    if law is None:
        name = type(habit.answer_delay).__name__.lower()
        return _none(f"there is no formula for answers with a law of the kind {name}")
    away = _away_s(model, habit)
    if math.isinf(away):
        return _none("workers who miss an offer never come back by themselves")
    handles = _handles(model, str(path[1]))
    offers = Offers(
        pick_up=law,
        # The optimum does not depend on the handling time; only the worker time does.
        handle_s=sum(handles) / len(handles) if handles else 0.0,
        absent=habit.no_answer_probability,
        after_timeout=Away(away),
        reject_share=_reject_share(habit),
        reject_rate=_reject_rate(habit),
        after_reject=Away(_after_reject_s(model, habit)),
    )
    best = best_timeout(offers)
    work = best.work_per_task_s if len(set(handles)) == 1 else None
    return Theory(best.timeout_s, work, _reason(habit, away, best.timeout_s))


def _reason(habit: BehaviorPlan, away: float, optimum: float) -> str:
    if math.isinf(optimum):
        return "everybody who rings answers in the end, and a new offer only begins anew"
    if optimum == 0:
        return "a missed offer costs nothing, so the next worker is always worth trying"
    absent = f"{100 * habit.no_answer_probability:.3g} % of the offers are never answered"
    cost = f"costs the worker {away:.3g} s" if away else "costs nothing but the ringing"
    return (
        f"{absent} and a miss {cost}: from there on the chance of an answer in the next second is "
        "smaller than the chance per second of work of a new offer"
    )


def _none(reason: str) -> Theory:
    return Theory(None, None, reason)


def _behaviors(model: Model) -> list[BehaviorPlan]:
    """Return the behaviors of workers that differ in more than their names."""
    found: list[BehaviorPlan] = []
    for number in dict.fromkeys(worker.behavior for worker in model.world.workers):
        behavior = model.world.behaviors[number]
        if not any(_same(behavior, known) for known in found):
            found.append(behavior)
    return found


def _same(first: BehaviorPlan, second: BehaviorPlan) -> bool:
    names = [name for name in BehaviorPlan.__slots__ if name != "name"]
    return all(getattr(first, name) == getattr(second, name) for name in names)


def _obstacle(model: Model, habit: BehaviorPlan) -> str:
    if habit.answers:
        return "some answers are scripted"
    if any(each.delay is not None or each.failure_probability for each in model.world.set_ups):
        return "answers are followed by a set-up, which the formula does not know"
    if any(queue.max_reserved_workers > 1 for queue in model.spec.queues):
        return "a task is offered to several workers at once"
    if habit.reject_delay is not None and habit.reject_delay != habit.answer_delay:
        return "rejections have a law of their own"
    if habit.reject_clock is not None and not isinstance(habit.reject_clock, Exponential):
        return "the formula knows exponential reject clocks only"
    return ""


def _law(law: Distribution) -> PickUp | None:
    match law:
        case Exponential(mean=mean):
            return exponential(mean)
        case LogNormal(mean=mean, cv=cv):
            return lognormal_with(mean, cv)
        case Gamma(shape=shape, scale=scale):
            return gamma(shape * scale, shape)
        case Weibull(scale=scale, shape=shape):
            return weibull(scale, shape)
    return None


def _away_s(model: Model, habit: BehaviorPlan) -> float:
    """Return how long a missed offer keeps a worker away on average [s]."""
    if model.spec.activities[model.spec.timeout_activity].available:
        return 0.0
    return math.inf if habit.after_timeout is None else habit.after_timeout.mean


def _after_reject_s(model: Model, habit: BehaviorPlan) -> float:
    activity = habit.reject_activity
    if activity < 0 or model.spec.activities[activity].available or habit.after_reject is None:
        return 0.0
    return habit.after_reject.mean


def _reject_share(habit: BehaviorPlan) -> float:
    """Return the share of those who would answer that rejects instead."""
    if habit.reject_clock is not None or habit.no_answer_probability >= 1:
        return 0.0
    return habit.reject_probability / (1 - habit.no_answer_probability)


def _reject_rate(habit: BehaviorPlan) -> float:
    return 0.0 if habit.reject_clock is None else 1 / habit.reject_clock.mean


def _handles(model: Model, workflow: str) -> list[float]:
    """Return the mean handling time of each stream of a workflow [s]."""
    names = [each.name for each in model.spec.workflows]
    number = names.index(workflow) if workflow in names else -1
    return [
        stream.talk_time.mean + (0.0 if stream.wrap_up_time is None else stream.wrap_up_time.mean)
        for stream in model.world.streams
        if stream.workflow == number
    ]
