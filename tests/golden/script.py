"""Golden scripts: a workspace, commands with their times, and the events that must follow.

A script is a text in two parts, divided by a line ``---``.  The head is YAML: activities, workers,
queues, rules and a workflow in TaskRouter's own form.  The body has command lines, flush left, and
below each the events it brings about, indented, with their own times, and those of deadlines that
pass before the next command.  ``#`` begins a comment line.

::

    3 activity w Available
      3  worker.activity.update  w  Available
      3  reservation.created     A r0 w  reserved, pending, until 8

Commands, times in seconds::

    <time> create <task> [kind=<kind>] [priority=<n>] [ttl=<s>] [channel=<channel>]
    <time> accept | cancel r<number>            reject r<number> [<activity>]
    <time> wrapup | complete | delete | cancel <task>       hangup <task>
    <time> activity <worker> <activity> [reject-pending]
    <time> wait                                 deadlines up to and including this instant
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from trsim.core import commands
from trsim.core.chronicle import Chronicle
from trsim.core.events import EventType, Row
from trsim.core.invariants import check_structure
from trsim.core.replay import same_state
from trsim.core.spec import (
    ActivitySpec,
    FailureRule,
    IdleKey,
    QueueSpec,
    RoutingRules,
    WorkerSpec,
    WorkflowSpec,
    WorkspaceSpec,
)
from trsim.core.states import Reason, ReservationStatus, TaskStatus
from trsim.core.workspace import Workspace
from trsim.core.writer import RowTuple
from trsim.errors import CommandError
from trsim.routing.expressions import Scope, parse_expression
from trsim.routing.router import WorkflowRouter, compile_routing
from trsim.routing.workflow import read_workflow

Head = dict[str, Any]
"""The head of a script, as YAML gives it."""

QUEUE_EVENTS = (
    EventType.WORKFLOW_TARGET_MATCHED,
    EventType.TASK_QUEUE_ENTERED,
    EventType.TASK_QUEUE_TIMEOUT,
    EventType.TASK_QUEUE_MOVED,
)


def milliseconds(seconds: str) -> int:
    """Return an exact time [ms]."""
    return int(Decimal(seconds) * 1000)


def seconds(ms: int) -> str:
    """Return a time as scripts write it [s]."""
    return f"{Decimal(ms) / 1000:f}"


def split(text: str) -> tuple[Head, list[str]]:
    """Return the head of a script and the lines of its body that are no comments."""
    head, _, body = text.partition("\n---\n")
    lines = [line.rstrip() for line in body.splitlines()]
    parsed: Head = YAML(typ="safe", pure=True).load(StringIO(head))
    return parsed, [line for line in lines if line and not line.startswith("#")]


def workspace_spec(head: Head) -> WorkspaceSpec:
    """Return the specification that a head describes."""
    activities, channels = list(head["activities"]), head.get("channels", ["default"])
    rules, queues = head.get("rules", {}), head["queues"]

    def activity(of: Head, key: str) -> int:
        return activities.index(of[key]) if key in of else -1

    return WorkspaceSpec(
        activities=tuple(ActivitySpec(name, yes) for name, yes in head["activities"].items()),
        channels=tuple(channels),
        queues=tuple(
            QueueSpec(
                name,
                queue.get("max_reserved_workers", 1),
                activity(queue, "reservation_activity"),
                activity(queue, "assignment_activity"),
            )
            for name, queue in queues.items()
        ),
        workflows=(WorkflowSpec("workflow", 1000 * head.get("reservation_timeout", 120)),),
        workers=tuple(
            WorkerSpec(
                name,
                activities.index(worker["activity"]),
                tuple(worker.get("capacity", {}).get(channel, 1) for channel in channels),
                (True,) * len(channels),
            )
            for name, worker in head["workers"].items()
        ),
        timeout_activity=activities.index(head.get("timeout_activity", "Offline")),
        multi_task_enabled=head.get("multi_task_enabled", True),
        rules=RoutingRules(
            FailureRule(rules.get("on_reservation_failure", "stay")),
            IdleKey(rules.get("idle_key", "last_reserved")),
            rules.get("assignment_limit", 1000),
        ),
    )


@dataclass
class Performance:
    """A script being played: every invariant is checked after every command."""

    head: Head
    rows: list[RowTuple] = field(default_factory=list)

    def __post_init__(self) -> None:
        head, self.spec = self.head, workspace_spec(self.head)
        self.queues, self.workers = list(head["queues"]), list(head["workers"])
        self.activities = list(head["activities"])
        self.kinds = head.get("kinds", ["any"])
        self.tasks: list[str] = []
        queues = {name: number for number, name in enumerate(self.queues)}
        document, problems = read_workflow({"task_routing": head["task_routing"]}, queues)
        assert document, problems
        members = [head["queues"][name].get("workers", self.workers) for name in self.queues]
        self.routing = compile_routing(
            self.spec,
            [document],
            [parse_expression(f"name IN {names}", Scope.WORKER) for names in members],
            [{"name": name} for name in self.workers],
            [{"kind": kind} for kind in self.kinds],
        )
        self.router = WorkflowRouter(self.routing)
        self.chronicle = Chronicle(self.spec, self.router)
        self.workspace = Workspace(self.spec, WorkflowRouter(self.routing), self.rows.append)
        self.news()  # that the workers exist is in the head already

    def lines(self, script: list[str]) -> Iterator[str]:
        """Yield the lines of a body as they should read."""
        for line in script:
            if line.startswith(" "):
                continue
            at, verb, *words = line.split()
            now_ms = milliseconds(at)
            if verb == "wait":
                yield line
                self.workspace.advance(now_ms + 1)
            else:
                self.workspace.advance(now_ms)
                yield from self.news()
                yield line
                created = None
                try:
                    created = self.workspace.handle(self.command(verb, words), now_ms)
                except CommandError as error:
                    yield f"  refused {error.http_status}: {error}"
                if verb == "create" and created is None:
                    self.tasks.pop()  # refused tasks have no number
            yield from self.news()
            self.check(now_ms)

    def check(self, now_ms: int) -> None:
        """Check everything that must always hold."""
        check_structure(self.workspace.ledger, self.spec, self.router)
        self.chronicle.settle(now_ms, self.workspace.next_deadline())
        assert same_state(self.workspace.ledger, self.chronicle.state) == []

    def command(self, verb: str, words: list[str]) -> commands.Command:
        """Return the command that a line asks for."""
        subject = words[0]
        if verb == "create":
            return self.creation(subject, dict(word.split("=") for word in words[1:]))
        if verb == "activity":
            worker, activity = self.workers.index(subject), self.activities.index(words[1])
            return commands.SetActivity(worker, activity, "reject-pending" in words)
        if subject in self.tasks:
            task = self.tasks.index(subject)
            of_task: dict[str, commands.Command] = {
                "wrapup": commands.WrapUpTask(task),
                "complete": commands.CompleteTask(task),
                "cancel": commands.CancelTask(task),
                "hangup": commands.CancelTask(task, Reason.HANGUP),
                "delete": commands.DeleteTask(task),
            }
            return of_task[verb]
        reservation = int(subject.removeprefix("r"))
        activity = self.activities.index(words[1]) if len(words) > 1 else -1
        of_reservation: dict[str, commands.Command] = {
            "accept": commands.AcceptReservation(reservation),
            "reject": commands.RejectReservation(reservation, activity),
            "cancel": commands.CancelReservation(reservation),
        }
        return of_reservation[verb]

    def creation(self, name: str, options: dict[str, str]) -> commands.Command:
        """Return a creation, and remember the task's name."""
        self.tasks.append(name)
        return commands.CreateTask(
            workflow=0,
            channel=self.spec.channels.index(options.get("channel", self.spec.channels[0])),
            attributes=self.kinds.index(options.get("kind", self.kinds[0])),
            priority=int(options.get("priority", "0")),
            ttl_ms=milliseconds(options.get("ttl", "86400")),
        )

    def news(self) -> list[str]:
        """Return the lines of the rows that came since the last call."""
        new = self.rows[len(self._seen) :]
        self._seen += new
        for row in new:
            self.chronicle.feed(row)
        return [self.event_line(Row._make(row)) for row in new]

    _seen: list[RowTuple] = field(default_factory=list)

    def event_line(self, row: Row) -> str:
        """Return a row as scripts write it."""
        event = EventType(row.event)
        subjects = [self.tasks[row.task]] if row.task >= 0 else []
        subjects += [f"r{row.reservation}"] if row.reservation >= 0 else []
        subjects += [self.workers[row.worker]] if row.worker >= 0 else []
        facts = []
        if event in QUEUE_EVENTS:
            facts.append(self.queues[row.queue])
        if event is EventType.WORKFLOW_TARGET_MATCHED:
            facts.append(f"target {row.step}")
        if row.activity >= 0:
            facts.append(self.activities[row.activity])
        if row.task >= 0:
            status = row.task_status
            facts.append(TaskStatus(status).label if status >= 0 else "removed")
        if row.reservation_status >= 0:
            facts.append(ReservationStatus(row.reservation_status).label)
        facts += [f"priority {row.priority}"] if row.priority > 0 else []
        facts += [f"until {seconds(row.until_ms)}"] if row.until_ms >= 0 else []
        facts += [f"offset {seconds(row.offset_ms)}"] if row.offset_ms > 0 else []
        facts += [Reason(row.reason).text] if row.reason >= 0 else []
        at, subject = seconds(row.at_ms), " ".join(subjects)
        return f"  {at:>5}  {event.label:<23}  {subject:<10}  {', '.join(facts)}".rstrip()


def play(path: Path) -> tuple[list[str], list[str]]:
    """Return the lines a script has and the lines it should have."""
    head, body = split(path.read_text(encoding="utf-8"))
    return body, list(Performance(head).lines(body))
