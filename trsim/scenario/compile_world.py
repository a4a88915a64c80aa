"""From a checked scenario to the plan of the world around the router."""

from __future__ import annotations

from typing import Any

from trsim.scenario.compile_routing import AttributeTable, RoutingTables
from trsim.scenario.compile_timetable import timetable
from trsim.scenario.compile_workspace import Member, Roster, shift_activity
from trsim.scenario.laws import distribution
from trsim.scenario.mixes import attribute_sets
from trsim.scenario.processes import arrival_process
from trsim.scenario.schema import ScenarioBlock
from trsim.scenario.schema_people import AnswerBlock, BehaviorBlock
from trsim.scenario.schema_tasks import StreamBlock
from trsim.scenario.schema_workspace import TaskChannelBlock
from trsim.scenario.timeline import Timeline
from trsim.world.distributions import Constant, Distribution
from trsim.world.plan import (
    BehaviorPlan,
    ScriptedAnswer,
    SetUpPlan,
    Shift,
    StreamPlan,
    WorkerPlan,
    WorldPlan,
)


def world_plan(
    scenario: ScenarioBlock, names: Roster, timeline: Timeline, tables: RoutingTables
) -> WorldPlan:
    """Return the plan of the world; `tables` get the attribute sets of tasks and what is new."""
    plans: dict[str, tuple[Shift, ...] | None] = {}
    for member in names.members:
        if member.group not in plans:  # a group shares its shifts
            plans[member.group] = _shifts(member, names)
    return WorldPlan(
        streams=tuple(
            _stream(name, stream, names, timeline, tables.tasks)
            for name, stream in scenario.tasks.items()
        ),
        behaviors=tuple(
            _behavior(name, behavior, names) for name, behavior in scenario.behaviors.items()
        ),
        workers=tuple(
            WorkerPlan(
                group=member.group,
                index=member.index,
                behavior=names.behaviors[member.block.behavior],
                shifts=plans[member.group],
                duty_activity=names.duty_activity,
                off_activity=names.off_activity,
            )
            for member in names.members
        ),
        timetable=timetable(scenario, names, timeline, tables),
        set_ups=_set_ups(scenario, names),
    )


def _set_ups(scenario: ScenarioBlock, names: Roster) -> tuple[SetUpPlan, ...]:
    """Return the set-ups of all channels; none at all where no channel needs one."""
    blocks = (scenario.task_channels.get(name, TaskChannelBlock()) for name in names.channels)
    plans = tuple(_set_up(block) for block in blocks)
    return () if all(plan == SetUpPlan() for plan in plans) else plans


def _set_up(block: TaskChannelBlock) -> SetUpPlan:
    delay = _law(block.setup_delay)
    # A set-up that takes no time is none, and leaves no row.
    delay = None if delay == Constant(0.0) else delay
    return SetUpPlan(delay, block.setup_failure_probability)


def _shifts(member: Member, names: Roster) -> tuple[Shift, ...] | None:
    if member.spans is None:
        return None
    return tuple(
        Shift(
            span.start_ms,
            span.end_ms,
            shift_activity(member.block, span, names.activities, names.duty_activity),
        )
        for span in member.spans
    )


def _stream(
    name: str, stream: StreamBlock, names: Roster, timeline: Timeline, table: AttributeTable
) -> StreamPlan:
    weights: dict[int, float] = {}
    for attributes, weight in attribute_sets(stream):
        number = table.number(attributes)
        weights[number] = weights.get(number, 0.0) + weight
    workflow, target = stream.entered, stream.routing_target
    queue = None if target is None else target.queue
    worker = None if target is None else target.worker
    return StreamPlan(
        name=name,
        workflow=0 if workflow is None else names.workflows[workflow],
        channel=names.channels[stream.task_channel],
        arrivals=arrival_process(
            stream.arrivals,
            timeline,
            names.channels,
            lambda attributes: table.number({**stream.attributes, **attributes}),
        ),
        # Without a law every recorded task brings its own talk time; this one is never drawn.
        talk_time=_law(stream.talk_time) or Constant(0.0),
        attribute_sets=tuple(weights),
        attribute_weights=tuple(weights.values()),
        wrap_up_time=_law(stream.wrap_up_time),
        patience=_law(stream.patience),
        balk_probability=stream.balk_probability,
        priority=stream.priority,
        ttl_ms=stream.timeout,
        lead_ms=-stream.virtual_start_offset,
        target_queue=-1 if queue is None else names.queues[queue],
        target_worker=-1 if worker is None else names.crew(worker)[0],
        ignore_capacity=stream.ignore_capacity is not False,
    )


def _behavior(name: str, behavior: BehaviorBlock, names: Roster) -> BehaviorPlan:
    activity = behavior.reject_activity
    return BehaviorPlan(
        name=name,
        answer_delay=distribution(behavior.answer_delay),
        no_answer_probability=behavior.no_answer_probability,
        reject_probability=behavior.reject_probability,
        reject_delay=_law(behavior.reject_delay),
        reject_clock=_law(behavior.reject_clock),
        reject_activity=-1 if activity is None else names.activities[activity],
        after_timeout=_law(behavior.return_delay.after_timeout),
        after_reject=_law(behavior.return_delay.after_reject),
        answers=tuple(_answer(answer) for answer in behavior.answers),
    )


def _answer(answer: AnswerBlock) -> ScriptedAnswer:
    if answer.accept is not None:
        return ScriptedAnswer(accept=True, delay_ms=answer.accept)
    if answer.reject is not None:
        return ScriptedAnswer(accept=False, delay_ms=answer.reject)
    return ScriptedAnswer(accept=None)


def _law(law: Any) -> Distribution | None:
    return None if law is None else distribution(law)
