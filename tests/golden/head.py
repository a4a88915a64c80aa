"""The head of a golden script: what the workspace is like before anything happens.

Everything is named; the numbers that commands and rows carry are positions in the lists of
:class:`Names`.  The keys are TaskRouter's where it has any::

    activities: {Available: true, Offline: false}            name: available
    timeout_activity: Offline
    multi_task_enabled: true
    prioritize_queue_order: FIFO
    channels: [voice, chat]     or  {voice: {channel_optimized_routing: true}, chat: {}}
    workers:
      w: {activity: Available, capacity: {voice: 2}, off: [chat], attributes: {level: 3}}
    attributes: {promoted: {level: 4}}                       further sets for workers
    queues:
      Q: {workers: [w]}         or  {target_workers: level > 2}; nothing: everybody
                                max_reserved_workers, task_order, reservation_activity, …
    expressions: {nobody: 1 == 2}                            further ones for queues
    kinds: [sales, support]     or  {gold: {tier: gold}}; the list is short for {kind: sales}
    reservation_timeout: 120                                 [s]
    rules: {reoffer_delay: 3}                                RoutingRules; durations in seconds
    task_routing: {filters: […], default_filter: {…}}
    configurations: {second: {filters: […]}}                 further ones of the workflow
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from trsim.core.spec import (
    ActivitySpec,
    ChannelSpec,
    DeadlineRule,
    FailureRule,
    IdleKey,
    QueueSpec,
    RedriveBase,
    RoutingRules,
    TaskOrder,
    WorkerSpec,
    WorkflowSpec,
    WorkspaceSpec,
)
from trsim.routing.expressions import Expression, Scope, parse_expression
from trsim.routing.plan import RoutingPlan
from trsim.routing.workflow import WorkflowDocument
from trsim.routing.workflow_reader import read_workflow

Head = dict[str, Any]
"""The head of a script, as YAML gives it."""

KEYS = {
    "title",
    "source",
    "activities",
    "timeout_activity",
    "multi_task_enabled",
    "prioritize_queue_order",
    "channels",
    "workers",
    "attributes",
    "queues",
    "expressions",
    "kinds",
    "reservation_timeout",
    "rules",
    "task_routing",
    "configurations",
}
ENUMS = {
    "on_reservation_failure": FailureRule,
    "deadline_while_reserved": DeadlineRule,
    "redrive_timeout_base": RedriveBase,
    "idle_key": IdleKey,
}
DURATIONS = ("reoffer_delay", "routing_latency")


def milliseconds(seconds: object) -> int:
    """Return an exact time [ms]."""
    return int(Decimal(str(seconds)) * 1000)


@dataclass(frozen=True)
class Names:
    """Names by number, as the specification and the routing plan of a script number them."""

    activities: list[str]
    channels: list[str]
    workers: list[str]
    attributes: list[str]
    """Workers' attribute sets: those they begin with bear the names of the workers."""
    queues: list[str]
    expressions: list[str]
    """Those queues begin with bear the names of the queues."""
    kinds: list[str]
    configurations: list[str]
    """The one in force at the start is called ``first``."""


def names(head: Head) -> Names:
    """Return the names in a head."""
    unknown = set(head) - KEYS
    assert not unknown, f"keys that no head has: {sorted(unknown)}"
    workers, queues = list(head["workers"]), list(head["queues"])
    return Names(
        activities=list(head["activities"]),
        channels=list(head.get("channels", ["default"])),
        workers=workers,
        attributes=workers + list(head.get("attributes", {})),
        queues=queues,
        expressions=queues + list(head.get("expressions", {})),
        kinds=list(head.get("kinds", ["any"])),
        configurations=["first", *head.get("configurations", {})],
    )


def workspace_spec(head: Head) -> WorkspaceSpec:
    """Return the specification that a head describes."""
    known = names(head)
    channels = head.get("channels", ["default"])
    traits = channels if isinstance(channels, dict) else {name: {} for name in channels}
    return WorkspaceSpec(
        activities=tuple(ActivitySpec(name, yes) for name, yes in head["activities"].items()),
        channels=tuple(
            ChannelSpec(name, of.get("channel_optimized_routing", False))
            for name, of in traits.items()
        ),
        queues=tuple(_queue(name, of, known) for name, of in head["queues"].items()),
        workflows=(WorkflowSpec("workflow", milliseconds(head.get("reservation_timeout", 120))),),
        workers=tuple(
            _worker(number, head["workers"][name], known)
            for number, name in enumerate(known.workers)
        ),
        timeout_activity=known.activities.index(head.get("timeout_activity", "Offline")),
        multi_task_enabled=head.get("multi_task_enabled", True),
        prioritize_queue_order=TaskOrder(head.get("prioritize_queue_order", "FIFO")),
        rules=_rules(head.get("rules", {})),
    )


def routing_plan(head: Head) -> RoutingPlan:
    """Return what routing is made of."""
    known = names(head)
    queues = {name: number for number, name in enumerate(known.queues)}
    routings = [head["task_routing"], *head.get("configurations", {}).values()]
    kinds = head.get("kinds", ["any"])
    further = [
        parse_expression(str(text), Scope.WORKER) for text in head.get("expressions", {}).values()
    ]
    return RoutingPlan(
        configurations=tuple(_document(routing, queues) for routing in routings),
        configuration_names=tuple(known.configurations),
        queue_expressions=(*(_members(of, known) for of in head["queues"].values()), *further),
        attribute_sets=tuple(
            kinds.values() if isinstance(kinds, dict) else ({"kind": kind} for kind in kinds)
        ),
        worker_attribute_sets=(
            *(worker.get("attributes", {}) for worker in head["workers"].values()),
            *head.get("attributes", {}).values(),
        ),
    )


def _queue(name: str, of: Mapping[str, Any], known: Names) -> QueueSpec:
    def activity(key: str) -> int:
        return known.activities.index(of[key]) if key in of else -1

    return QueueSpec(
        name,
        max_reserved_workers=of.get("max_reserved_workers", 1),
        order=TaskOrder(of.get("task_order", "FIFO")),
        reservation_activity=activity("reservation_activity"),
        assignment_activity=activity("assignment_activity"),
    )


def _worker(number: int, of: Mapping[str, Any], known: Names) -> WorkerSpec:
    return WorkerSpec(
        known.workers[number],
        activity=known.activities.index(of["activity"]),
        capacity=tuple(of.get("capacity", {}).get(channel, 1) for channel in known.channels),
        channel_available=tuple(channel not in of.get("off", ()) for channel in known.channels),
        attributes=number,
    )


def _rules(given: Mapping[str, Any]) -> RoutingRules:
    values: dict[str, Any] = {}
    for key, value in given.items():
        if key in ENUMS:
            values[key] = ENUMS[key](value)
        elif key in DURATIONS:
            values[f"{key}_ms"] = milliseconds(value)
        else:
            values[key] = value
    return RoutingRules(**values)


def _members(of: Mapping[str, Any], known: Names) -> Expression:
    listed = f"friendly_name IN {list(of.get('workers', known.workers))}"
    return parse_expression(str(of.get("target_workers", listed)), Scope.WORKER)


def _document(routing: Mapping[str, Any], queues: Mapping[str, int]) -> WorkflowDocument:
    document, problems = read_workflow({"task_routing": routing}, queues)
    assert document is not None, problems
    return document
