"""From the timetable as it is written to what operators do."""

from __future__ import annotations

from collections.abc import Iterator

from trsim.core.commands import (
    SetActivity,
    SetCapacity,
    SetChannelAvailable,
    SetWorkerAttributes,
    UpdateQueue,
    UpdateWorkflow,
)
from trsim.scenario.compile_routing import RoutingTables
from trsim.scenario.compile_workspace import Roster
from trsim.scenario.schema import ScenarioBlock
from trsim.scenario.schema_tasks import task_of
from trsim.scenario.schema_timetable import TimetableBlock
from trsim.scenario.timeline import Timeline
from trsim.world.plan import (
    CancelEntry,
    StandingCommand,
    StandingEntry,
    TimetableEntry,
    UpdateEntry,
)


def timetable(
    scenario: ScenarioBlock, names: Roster, timeline: Timeline, tables: RoutingTables
) -> tuple[TimetableEntry, ...]:
    """Return what operators do, in time order; at one instant in the order of the file.

    Parameters
    ----------
    scenario : ScenarioBlock
        A scenario that has no problems.
    names : Roster
        Its names with their numbers.
    timeline : Timeline
        Places its instants.
    tables : RoutingTables
        Get the attributes, expressions and configurations that entries bring.
    """
    entries: list[TimetableEntry] = []
    for position, entry in enumerate(scenario.timetable):
        at_ms = timeline.at_ms(entry.at, ())
        assert at_ms is not None, "instants are checked on loading"
        if entry.cancel is not None:
            entries.append(CancelEntry(at_ms, *_task(entry.cancel, names)))
        elif entry.task is not None:
            entries.append(_update(at_ms, entry, names, tables))
        elif entry.worker is not None:
            entries += (StandingEntry(at_ms, c) for c in _of_workers(entry, names, tables))
        elif entry.task_queue is not None:
            entries.append(StandingEntry(at_ms, _of_queue(entry, names, tables)))
        else:
            entries.append(StandingEntry(at_ms, _of_workflow(entry, position, names, tables)))
    return tuple(sorted(entries, key=lambda entry: entry.at_ms))


def _task(text: str, names: Roster) -> tuple[int, int]:
    stream, number = task_of(text)
    return names.streams[stream], number


def _update(at_ms: int, entry: TimetableBlock, names: Roster, tables: RoutingTables) -> UpdateEntry:
    assert entry.task is not None, "the entry is about a task"
    attributes = -1 if entry.attributes is None else tables.tasks.number(entry.attributes)
    priority = -1 if entry.priority is None else entry.priority
    return UpdateEntry(at_ms, *_task(entry.task, names), attributes, priority)


def _of_workers(
    entry: TimetableBlock, names: Roster, tables: RoutingTables
) -> Iterator[StandingCommand]:
    """Yield one command for each worker that the entry names."""
    assert entry.worker is not None, "the entry is about workers"
    for worker in names.crew(entry.worker):
        if entry.activity is not None:
            activity = names.activities[entry.activity]
            rejects = entry.reject_pending_reservations
            yield SetActivity(worker, activity, reject_pending=rejects)
        elif entry.attributes is not None:
            attributes = names.with_sid(names.members[worker].name, entry.attributes)
            yield SetWorkerAttributes(worker, tables.workers.number(attributes))
        else:
            assert entry.task_channel is not None, "the schema asks for one of three"
            channel = names.channels[entry.task_channel]
            if entry.capacity is not None:
                yield SetCapacity(worker, channel, entry.capacity)
            else:
                assert entry.available is not None, "the schema asks for one of two"
                yield SetChannelAvailable(worker, channel, entry.available)


def _of_queue(entry: TimetableBlock, names: Roster, tables: RoutingTables) -> UpdateQueue:
    assert entry.task_queue is not None, "the entry is about a queue"
    queue = names.queues[entry.task_queue]
    text, most = entry.target_workers, entry.max_reserved_workers
    return UpdateQueue(
        queue,
        expression=-1 if text is None else tables.expression(queue, text),
        max_reserved_workers=-1 if most is None else most,
    )


def _of_workflow(
    entry: TimetableBlock, position: int, names: Roster, tables: RoutingTables
) -> UpdateWorkflow:
    assert entry.workflow is not None, "the entry is about a workflow"
    configuration = -1
    if entry.configuration is not None:
        path = ("timetable", position, "configuration")
        configuration = tables.configuration(path, f"{entry.workflow} from {entry.at}")
    timeout_ms = entry.task_reservation_timeout
    return UpdateWorkflow(
        names.workflows[entry.workflow],
        configuration,
        reservation_timeout_ms=-1 if timeout_ms is None else timeout_ms,
        re_evaluate_tasks=entry.re_evaluate_tasks,
    )
