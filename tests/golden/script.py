"""Golden scripts: a workspace, commands with their times, and the events that must follow.

A script is a text in two parts, divided by a line ``---``.  The head is YAML: activities, workers,
queues, rules and a workflow in TaskRouter's own form (:mod:`tests.golden.head`).  The body has
command lines, flush left, and below each the events it brings about, indented, with their own
times, and those of deadlines that pass before the next command.  ``#`` begins a comment line.

::

    3 activity w Available
      3  worker.activity.update  w  Available
      3  reservation.created     A r0 w  reserved, pending, until 8

Commands, times in seconds::

    <time> create <task> [kind=<kind>] [priority=<n>] [ttl=<s>] [channel=<channel>] [lead=<s>]
                         [to=<queue or worker>] [respect-capacity]
    <time> update <task> [kind=<kind>] [priority=<n>]
    <time> accept | hold | cancel r<number>     reject r<number> [<activity>]
    <time> wrapup | complete | delete | cancel <task>       hangup <task>
    <time> activity <worker> <activity> [reject-pending]
    <time> attributes <worker> <attribute set>
    <time> capacity <worker> <channel> <n>      channel <worker> <channel> on | off
    <time> queue <queue> [max=<n>] [expression=<name>]
    <time> workflow [configuration=<name>] [timeout=<s>] [re-evaluate]
    <time> wait                                 deadlines up to and including this instant

Events show, where they apply: queue, target and activity; the status of task and reservation;
priority, ``until``, ``offset``; what else the row sets; the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from ruamel.yaml import YAML

from tests.golden.head import Head, milliseconds, names, routing_plan, workspace_spec
from tests.golden.wording import event_line
from trsim.core import commands
from trsim.core.chronicle import Chronicle
from trsim.core.events import Row
from trsim.core.invariants import check_structure
from trsim.core.replay import same_state
from trsim.core.states import Reason
from trsim.core.workspace import Workspace
from trsim.core.writer import RowTuple
from trsim.errors import CommandError
from trsim.routing.compiled import compile_routing
from trsim.routing.router import WorkflowRouter

Words = list[str]

WORDS = {
    *("kind", "priority", "ttl", "channel", "lead", "to", "respect-capacity"),
    *("max", "expression", "configuration", "timeout", "re-evaluate"),
}
"""Options of commands, beside the object that comes first."""


def split(text: str) -> tuple[Head, list[str]]:
    """Return the head of a script and the lines of its body that are no comments."""
    head, _, body = text.partition("\n---\n")
    lines = [line.rstrip() for line in body.splitlines()]
    parsed: Head = YAML(typ="safe", pure=True).load(StringIO(head))
    return parsed, [line for line in lines if line and not line.startswith("#")]


def options(words: Words) -> dict[str, str]:
    """Return the words of the form ``key=value``."""
    given = dict(word.split("=") for word in words if "=" in word)
    others = [word for word in words[1:] if "=" not in word]
    unknown = [word for word in (*given, *others) if word not in WORDS]
    assert not unknown, f"words that no command has: {unknown}"
    return given


def number(known: list[str], given: dict[str, str], key: str) -> int:
    """Return the number of what an option names, -1 if it is not given."""
    return known.index(given[key]) if key in given else -1


@dataclass
class Performance:
    """A script being played: every invariant is checked after every command."""

    head: Head
    rows: list[RowTuple] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.spec, self.names = workspace_spec(self.head), names(self.head)
        self.tasks: list[str] = []
        self.routing = compile_routing(self.spec, routing_plan(self.head))
        self.router = WorkflowRouter(self.routing)
        self.chronicle = Chronicle(self.spec, WorkflowRouter(self.routing))
        self.workspace = Workspace(self.spec, self.router, self.rows.append)
        self.verbs: dict[str, Callable[[Words], commands.Command]] = {
            "create": self.creation,
            "update": self.update,
            "activity": self.activity,
            "attributes": self.attributes,
            "capacity": self.capacity,
            "channel": self.channel,
            "queue": self.queue,
            "workflow": self.workflow,
        }
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
        check_structure(self.workspace.ledger, self.spec, self.router, now_ms)
        self.chronicle.settle(now_ms, self.workspace.next_deadline())
        assert same_state(self.workspace.ledger, self.chronicle.state) == []

    def command(self, verb: str, words: Words) -> commands.Command:
        """Return the command that a line asks for."""
        if verb in self.verbs:
            return self.verbs[verb](words)
        return self.on_task(verb, words) if words[0] in self.tasks else self.on_offer(verb, words)

    def on_task(self, verb: str, words: Words) -> commands.Command:
        """Return a command on a task."""
        task = self.tasks.index(words[0])
        of_task: dict[str, commands.Command] = {
            "wrapup": commands.WrapUpTask(task),
            "complete": commands.CompleteTask(task),
            "cancel": commands.CancelTask(task),
            "hangup": commands.CancelTask(task, Reason.HANGUP),
            "delete": commands.DeleteTask(task),
        }
        return of_task[verb]

    def on_offer(self, verb: str, words: Words) -> commands.Command:
        """Return a command on a reservation."""
        reservation = int(words[0].removeprefix("r"))
        activity = self.names.activities.index(words[1]) if len(words) > 1 else -1
        of_reservation: dict[str, commands.Command] = {
            "accept": commands.AcceptReservation(reservation),
            "reject": commands.RejectReservation(reservation, activity),
            "hold": commands.HoldReservation(reservation),
            "cancel": commands.CancelReservation(reservation),
        }
        return of_reservation[verb]

    def creation(self, words: Words) -> commands.Command:
        """Return a creation, and remember the task's name."""
        self.tasks.append(words[0])
        given, known = options(words), self.names
        to = given.get("to", "")
        return commands.CreateTask(
            workflow=0,
            channel=max(number(known.channels, given, "channel"), 0),
            attributes=max(number(known.kinds, given, "kind"), 0),
            priority=int(given.get("priority", "0")),
            ttl_ms=milliseconds(given.get("ttl", "86400")),
            lead_ms=milliseconds(given.get("lead", "0")),
            target_queue=known.queues.index(to) if to in known.queues else -1,
            target_worker=known.workers.index(to) if to in known.workers else -1,
            ignore_capacity="respect-capacity" not in words,
        )

    def update(self, words: Words) -> commands.Command:
        """Return a change of a task."""
        given = options(words)
        return commands.UpdateTask(
            self.tasks.index(words[0]),
            number(self.names.kinds, given, "kind"),
            int(given.get("priority", "-1")),
        )

    def activity(self, words: Words) -> commands.Command:
        """Return a change of activity."""
        worker, activity = self.worker(words), self.names.activities.index(words[1])
        return commands.SetActivity(worker, activity, "reject-pending" in words)

    def attributes(self, words: Words) -> commands.Command:
        """Return a change of a worker's attributes."""
        attributes = self.names.attributes.index(words[1])
        return commands.SetWorkerAttributes(self.worker(words), attributes)

    def capacity(self, words: Words) -> commands.Command:
        """Return a change of capacity."""
        channel = self.names.channels.index(words[1])
        return commands.SetCapacity(self.worker(words), channel, int(words[2]))

    def channel(self, words: Words) -> commands.Command:
        """Return the switching of a worker's channel."""
        channel = self.names.channels.index(words[1])
        switch = {"on": True, "off": False}
        return commands.SetChannelAvailable(self.worker(words), channel, switch[words[2]])

    def queue(self, words: Words) -> commands.Command:
        """Return a change of a queue."""
        given = options(words)
        return commands.UpdateQueue(
            self.names.queues.index(words[0]),
            number(self.names.expressions, given, "expression"),
            int(given.get("max", "-1")),
        )

    def workflow(self, words: Words) -> commands.Command:
        """Return a change of the workflow."""
        given = options(words)
        return commands.UpdateWorkflow(
            0,
            number(self.names.configurations, given, "configuration"),
            milliseconds(given["timeout"]) if "timeout" in given else -1,
            "re-evaluate" in words,
        )

    def worker(self, words: Words) -> int:
        """Return the number of the worker that a line begins with."""
        return self.names.workers.index(words[0])

    def news(self) -> list[str]:
        """Return the lines of the rows that came since the last call."""
        new = self.rows[len(self._seen) :]
        self._seen += new
        for row in new:
            self.chronicle.feed(row)
        return [event_line(Row._make(row), self.tasks, self.names) for row in new]

    _seen: list[RowTuple] = field(default_factory=list)


def play(path: Path) -> tuple[list[str], list[str]]:
    """Return the lines a script has and the lines it should have."""
    head, body = split(path.read_text(encoding="utf-8"))
    return body, list(Performance(head).lines(body))
