"""Rows of the log as golden scripts write them: names instead of numbers, seconds."""

from __future__ import annotations

from decimal import Decimal

from tests.golden.head import Names
from trsim.core.events import EventType, Row
from trsim.core.states import Reason, ReservationStatus, TaskStatus

QUEUE_EVENTS = (
    EventType.TASK_CREATED,
    EventType.WORKFLOW_TARGET_MATCHED,
    EventType.TASK_QUEUE_ENTERED,
    EventType.TASK_QUEUE_TIMEOUT,
    EventType.TASK_QUEUE_MOVED,
    EventType.TASK_QUEUE_UPDATED,
    EventType.TASK_QUEUE_EXPRESSION_UPDATED,
)
"""Rows that show a queue; ``task.created`` only for a task that is routed to it directly."""
CONFIGURATION_EVENTS = (
    EventType.WORKFLOW_ENTERED,
    EventType.WORKFLOW_UPDATED,
    EventType.WORKFLOW_REEVALUATED,
)


def seconds(ms: int) -> str:
    """Return a time as scripts write it [s]."""
    return f"{Decimal(ms) / 1000:f}"


def event_line(row: Row, tasks: list[str], names: Names) -> str:
    """Return a row as scripts write it."""
    event = EventType(row.event)
    subjects = [tasks[row.task]] if row.task >= 0 else []
    subjects += [f"r{row.reservation}"] if row.reservation >= 0 else []
    subjects += [names.workers[row.worker]] if row.worker >= 0 else []
    facts = [*_place(row, event, names), *_statuses(row), *_values(row, event, names)]
    facts += [Reason(row.reason).text] if row.reason >= 0 else []
    at, subject = seconds(row.at_ms), " ".join(subjects)
    return f"  {at:>5}  {event.label:<23}  {subject:<10}  {', '.join(facts)}".rstrip()


def _place(row: Row, event: EventType, names: Names) -> list[str]:
    facts = [names.queues[row.queue]] if event in QUEUE_EVENTS and row.queue >= 0 else []
    if event is EventType.WORKFLOW_TARGET_MATCHED:
        facts.append(f"target {row.step}")
    if row.activity >= 0:
        facts.append(names.activities[row.activity])
    return facts


def _statuses(row: Row) -> list[str]:
    facts = []
    if row.task >= 0:
        facts.append(TaskStatus(row.task_status).label if row.task_status >= 0 else "removed")
    if row.reservation_status >= 0:
        facts.append(ReservationStatus(row.reservation_status).label)
    return facts + ([f"priority {row.priority}"] if row.priority > 0 else [])


def _values(row: Row, event: EventType, names: Names) -> list[str]:
    """Return what a row sets: times first, then the value that its type gives a meaning."""
    until = "timeout" if event is EventType.WORKFLOW_UPDATED else "until"
    offset = "lead" if event is EventType.TASK_CREATED else "offset"
    facts = [f"{until} {seconds(row.until_ms)}"] if row.until_ms >= 0 else []
    facts += [f"{offset} {seconds(row.offset_ms)}"] if row.offset_ms > 0 else []
    facts += _kind(row, event, names)
    return facts + ([_value(row, event, names)] if _is_told(row, event) else [])


def _kind(row: Row, event: EventType, names: Names) -> list[str]:
    """Return the kind of a task that was updated while it waited or was worked on."""
    told = event is EventType.TASK_UPDATED and row.task_status != TaskStatus.COMPLETED
    several = len(names.kinds) > 1
    return [names.kinds[row.attributes]] if told and several and row.attributes >= 0 else []


def _is_told(row: Row, event: EventType) -> bool:
    first = event is EventType.WORKFLOW_ENTERED and row.value == 0
    return row.value >= 0 and not first


def _value(row: Row, event: EventType, names: Names) -> str:
    value = row.value
    if event in CONFIGURATION_EVENTS:
        return f"configuration {names.configurations[value]}"
    if event is EventType.WORKER_ATTRIBUTES_UPDATE:
        return f"attributes {names.attributes[value]}"
    if event is EventType.WORKER_CAPACITY_UPDATE:
        return f"{names.channels[row.channel]} {value}"
    if event is EventType.WORKER_CHANNEL_AVAILABILITY_UPDATE:
        return f"{names.channels[row.channel]} {'on' if value else 'off'}"
    if event is EventType.TASK_QUEUE_EXPRESSION_UPDATED:
        return f"expression {names.expressions[value]}"
    if event is EventType.TASK_QUEUE_UPDATED:
        return f"max {value}"
    if event is EventType.TASK_CREATED:
        return "ignoring capacity" if value else "within capacity"
    raise AssertionError(f"{event.label} rows set nothing")
