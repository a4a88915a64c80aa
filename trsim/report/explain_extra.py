"""A model with one more task, to see what would become of it.

The task gets a stream of its own.  Draws belong to streams and numbers, so all other customers
keep theirs; what changes for them is only what the task itself brings about.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from trsim.errors import UsageError
from trsim.model import Model
from trsim.routing.compiled import compile_routing
from trsim.scenario.mixes import canonical
from trsim.scenario.problems import allowed_names, shown
from trsim.world.distributions import Constant
from trsim.world.plan import StreamPlan
from trsim.world.recorded_arrivals import TimedArrivals, TraceArrivals

EXTRA_STREAM = "explained"
"""Name of the stream that holds the task, if no other has it."""


@dataclass(frozen=True, slots=True)
class ExtraTask:
    """What is asked for.

    Attributes
    ----------
    attributes : mapping
        The task's attributes.
    at_ms : int
        When it is created [ms since the start].
    workflow, channel : str, optional
        By name; left out: those of the stream that is most like it.
    priority : int, optional
        Left out: that of this stream.
    """

    attributes: Mapping[str, object]
    at_ms: int
    workflow: str | None = None
    channel: str | None = None
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class Extended:
    """A model with the task in it.

    Attributes
    ----------
    model : Model
    stream : int
        The task's stream; it is number 0 there.
    remarks : tuple of str
        Whose laws it follows, and what that means.
    """

    model: Model
    stream: int
    remarks: tuple[str, ...]


def with_task(model: Model, task: ExtraTask) -> Extended:
    """Return a model with one more task.

    Its patience, talk time and the like follow the laws of the stream that is most like it: of
    the same workflow and channel, as far as they are named, and with the most attributes in
    common; the first one of equals.

    Parameters
    ----------
    model : Model
    task : ExtraTask

    Raises
    ------
    UsageError
        There is no such workflow or channel, no stream to take the laws from, or the instant
        lies outside of the run.
    """
    spec, world = model.spec, model.world
    workflow = _number("workflow", task.workflow, [flow.name for flow in spec.workflows])
    channel = _number("task channel", task.channel, [one.name for one in spec.channels])
    if not 0 <= task.at_ms < model.horizon_ms:
        raise UsageError("the task must be created within the run")
    like = _like(model, task.attributes, workflow, channel)
    plan = model.routing.plan
    wanted = canonical(dict(task.attributes))
    known = [json.dumps(dict(one), sort_keys=True, ensure_ascii=False, default=dict)
             for one in plan.attribute_sets]  # fmt: skip
    sets = plan.attribute_sets
    if wanted not in known:
        known, sets = [*known, wanted], (*sets, dict(task.attributes))
    names = [stream.name for stream in world.streams]
    name = EXTRA_STREAM
    while name in names:
        name += "'"
    extra = replace(
        like,
        name=name,
        workflow=like.workflow if workflow is None else workflow,
        channel=like.channel if channel is None else channel,
        arrivals=TimedArrivals((task.at_ms,)),
        attribute_sets=(known.index(wanted),),
        attribute_weights=(1.0,),
        priority=like.priority if task.priority is None else task.priority,
        target_queue=-1,
        target_worker=-1,
    )
    extended = replace(
        model,
        routing=compile_routing(spec, replace(plan, attribute_sets=sets)),
        world=replace(world, streams=(*world.streams, extra)),
    )
    return Extended(extended, len(world.streams), _remarks(like))


def _remarks(like: StreamPlan) -> tuple[str, ...]:
    laws = f"An additional task; patience, talk time and the like as in {like.name}."
    if isinstance(like.arrivals, TraceArrivals) and like.talk_time == Constant(0.0):
        return laws, f"Talks of {like.name} are recorded one by one: this one takes no time."
    return (laws,)


def _like(
    model: Model, attributes: Mapping[str, object], workflow: int | None, channel: int | None
) -> StreamPlan:
    """Return the stream that is most like a task."""
    streams = model.world.streams
    if not streams:
        raise UsageError("the scenario has no stream of tasks whose laws the task could follow")
    sets = model.routing.plan.attribute_sets

    def likeness(stream: StreamPlan) -> tuple[int, ...]:
        common = max(_in_common(attributes, sets[number]) for number in stream.attribute_sets)
        is_direct = max(stream.target_queue, stream.target_worker) >= 0
        return (
            workflow is None or stream.workflow == workflow,
            channel is None or stream.channel == channel,
            common,
            not is_direct,
        )

    return max(streams, key=likeness)  # the first one of equals


def _in_common(wanted: Mapping[str, object], given: Mapping[str, object]) -> int:
    return sum(name in given and given[name] == value for name, value in wanted.items())


def _number(kind: str, name: str | None, names: list[str]) -> int | None:
    if name is None:
        return None
    if name not in names:
        raise UsageError(f"there is no {kind} {shown(name)} ({allowed_names(names, name)})")
    return names.index(name)
