"""From a checked scenario to the plan of the world around the router."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trsim.core.commands import SetActivity
from trsim.scenario.compile_workspace import Member, Roster, shift_activity
from trsim.scenario.laws import distribution
from trsim.scenario.mixes import attribute_sets, canonical
from trsim.scenario.processes import arrival_process
from trsim.scenario.schema import ScenarioBlock
from trsim.scenario.schema_people import AnswerBlock, BehaviorBlock
from trsim.scenario.schema_tasks import StreamBlock, TimetableBlock, task_of
from trsim.scenario.timeline import Timeline
from trsim.world.distributions import Constant, Distribution
from trsim.world.plan import (
    ActivityEntry,
    BehaviorPlan,
    CancelEntry,
    ScriptedAnswer,
    Shift,
    StreamPlan,
    TimetableEntry,
    WorkerPlan,
    WorldPlan,
)


class AttributeTable:
    """The distinct attribute sets of all tasks, numbered as they come."""

    def __init__(self) -> None:
        self.sets: list[dict[str, Any]] = []
        self._numbers: dict[str, int] = {}

    def number(self, attributes: Mapping[str, Any]) -> int:
        """Return the number of an attribute set, a new one if it is new."""
        key = canonical(attributes)
        number = self._numbers.setdefault(key, len(self.sets))
        if number == len(self.sets):
            self.sets.append(dict(attributes))
        return number


def world_plan(
    scenario: ScenarioBlock, names: Roster, timeline: Timeline, table: AttributeTable
) -> WorldPlan:
    """Return the plan of the world; `table` gets the attribute sets of its tasks."""
    plans: dict[str, tuple[Shift, ...] | None] = {}
    for member in names.members:
        if member.group not in plans:  # a group shares its shifts
            plans[member.group] = _shifts(member, names)
    workers = names.workers()
    entries = [_entry(entry, names, workers, timeline) for entry in scenario.timetable]
    return WorldPlan(
        streams=tuple(
            _stream(name, stream, names, timeline, table) for name, stream in scenario.tasks.items()
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
        timetable=tuple(sorted(entries, key=lambda entry: entry.at_ms)),
    )


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
    return StreamPlan(
        name=name,
        workflow=0 if stream.workflow is None else names.workflows[stream.workflow],
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


def _entry(
    entry: TimetableBlock, names: Roster, workers: Mapping[str, int], timeline: Timeline
) -> TimetableEntry:
    at_ms = timeline.at_ms(entry.at, ())
    assert at_ms is not None, "instants are checked on loading"
    if entry.cancel is not None:
        stream, number = task_of(entry.cancel)
        return CancelEntry(at_ms, names.streams[stream], number)
    assert entry.worker is not None, "the schema asks for a worker or a task"
    assert entry.activity is not None, "the schema asks for the activity, too"
    command = SetActivity(
        workers[entry.worker],
        names.activities[entry.activity],
        reject_pending=entry.reject_pending_reservations,
    )
    return ActivityEntry(at_ms, command)


def _law(law: Any) -> Distribution | None:
    return None if law is None else distribution(law)
