"""Random campaigns: the core and the naive model side by side, checked after every step."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.core.naive_model import NaiveRow, NaiveTaskRouter, Refused
from tests.core.setting import Choice, Chooser, Setting, random_setting
from trsim.core import commands
from trsim.core.chronicle import Chronicle
from trsim.core.events import EventType, Row
from trsim.core.invariants import check_structure
from trsim.core.replay import same_state
from trsim.core.states import Reason, ReservationStatus, TaskStatus
from trsim.core.workspace import Workspace
from trsim.core.writer import RowTuple
from trsim.errors import CommandError, IllegalTransition, InvalidCommand, UnknownObject
from trsim.routing.router import WorkflowRouter

REFUSALS: dict[type[CommandError], str] = {
    IllegalTransition: "illegal",
    UnknownObject: "unknown",
    InvalidCommand: "invalid",
}
DAY_MS = 86_400_000


@dataclass
class Seeded:
    """Choices from a seed."""

    random: random.Random

    def choice(self, options: Sequence[Choice]) -> Choice:
        return self.random.choice(options)

    def number(self, low: int, high: int) -> int:
        return self.random.randint(low, high)


def in_words(values: RowTuple) -> NaiveRow:
    """Return a row of the core as the naive model would write it."""
    row = Row._make(values)
    shown = [None if value == -1 else value for value in row]
    words = NaiveRow._make(shown)
    task, offer, reason = row.task_status, row.reservation_status, row.reason
    return words._replace(
        event=EventType(row.event).label,
        task_status=TaskStatus(task).label if task >= 0 else None,
        reservation_status=ReservationStatus(offer).label if offer >= 0 else None,
        reason=Reason(reason).name if reason >= 0 else None,
    )


class Pair:
    """A workspace of the core and a naive one that get the same commands.

    Every step compares rows, refusals, answers and the next deadline, and checks all invariants
    of the state and of the rows, and that the state is the fold of the rows.
    """

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.spec, routing = setting.spec(), setting.routing()
        self.router = WorkflowRouter(routing)
        self.rows: list[RowTuple] = []
        self.chronicle = Chronicle(self.spec, self.router)
        self.workspace = Workspace(self.spec, WorkflowRouter(routing), self.rows.append)
        self.naive = NaiveTaskRouter(setting)
        self.now_ms = 0
        self.probes: Counter[str] = Counter()
        self._seen = 0
        self._check()

    def advance(self, now_ms: int) -> None:
        """Let time pass in both, up to but not including an instant."""
        self.workspace.advance(now_ms)
        self.naive.advance(now_ms)
        self.now_ms = max(self.now_ms, now_ms - 1)
        self._check()

    def handle(self, command: commands.Command, now_ms: int) -> None:
        """Hand a command to both, as an engine does: advance, then handle."""
        self.advance(now_ms)
        self.now_ms = now_ms
        refusal = expected = None
        created = wanted = None
        before = len(self.rows)
        try:
            created = self.workspace.handle(command, now_ms)
        except CommandError as error:
            refusal = REFUSALS[type(error)]
            assert len(self.rows) == before, f"{command} was refused, yet wrote rows"
        try:
            wanted = self.naive.handle(command, now_ms)
        except Refused as error:
            expected = str(error)
        assert refusal == expected, f"{command}: core {refusal}, model {expected}"
        assert created == wanted
        self.probes[f"{type(command).__name__} {refusal or 'done'}"] += 1
        self._check()

    def close(self) -> None:
        """Check what holds at the end."""
        self.chronicle.close()
        for row in self.rows:
            self.probes[EventType(row[1]).label] += 1
            if row[13] >= 0:
                self.probes[Reason(row[13]).name] += 1

    def _check(self) -> None:
        new = self.rows[self._seen :]
        found, expected = [in_words(row) for row in new], self.naive.rows[self._seen :]
        assert found == expected, difference(found, expected)
        for row in new:
            self.chronicle.feed(row)
        self._seen = len(self.rows)
        deadline_ms = self.workspace.next_deadline()
        assert deadline_ms == self.naive.next_deadline()
        self.chronicle.settle(self.now_ms, deadline_ms)
        check_structure(self.workspace.ledger, self.spec, self.router)
        differences = same_state(self.workspace.ledger, self.chronicle.state)
        assert not differences, "\n".join(differences)


def difference(found: Sequence[NaiveRow], expected: Sequence[NaiveRow]) -> str:
    """Return the first rows that differ, in full."""
    for i in range(max(len(found), len(expected))):
        core = found[i] if i < len(found) else None
        model = expected[i] if i < len(expected) else None
        if core != model:
            return f"row {i} of this step:\n  core  {core}\n  model {model}"
    return ""


def random_time(chooser: Chooser, pair: Pair) -> int:
    """Return the time of the next step: now, soon, exactly the next deadline, or far away."""
    kind, now_ms = chooser.number(0, 19), pair.now_ms
    deadline_ms = pair.workspace.next_deadline()
    if deadline_ms is not None and kind < 9:
        return max(now_ms, deadline_ms) + (kind == 0)
    open_statuses = (TaskStatus.PENDING, TaskStatus.RESERVED)
    if kind == 9 and not any(s in open_statuses for s in pair.workspace.ledger.task_status):
        # Nobody waits: else one task could be offered to one worker all day long.
        return now_ms + chooser.choice((300_000, 300_001, DAY_MS))
    return now_ms + 500 * chooser.choice((0, 0, 1, 2, 3))


def random_command(chooser: Chooser, pair: Pair) -> commands.Command:
    """Return a command, mostly one that the state allows."""
    ledger = pair.workspace.ledger
    tasks, offers = _by_status(ledger.task_status), _by_status(ledger.reservation_status)
    choice, number = chooser.choice, chooser.number
    if number(0, 11) == 0:
        return _wild_command(chooser, pair)
    pending = offers[ReservationStatus.PENDING]
    held = tasks[TaskStatus.ASSIGNED] + tasks[TaskStatus.WRAPPING]
    waiting = tasks[TaskStatus.PENDING] + tasks[TaskStatus.RESERVED]
    kind = number(0, 39)
    if pending and kind < 14:
        offer, activity = choice(pending), choice((-1, -1, *range(len(pair.setting.available))))
        if kind < 8:
            return commands.AcceptReservation(offer)
        if kind < 12:
            return commands.RejectReservation(offer, activity)
        return commands.CancelReservation(offer)
    if held and kind < 20:
        if kind < 17 or not tasks[TaskStatus.ASSIGNED]:
            return commands.CompleteTask(choice(held))
        return commands.WrapUpTask(choice(tasks[TaskStatus.ASSIGNED]))
    if waiting and kind in (20, 21):
        return commands.CancelTask(choice(waiting), choice((Reason.HANGUP, Reason.OPERATOR)))
    if waiting + held and kind == 22:
        return commands.DeleteTask(choice(waiting + held))
    if kind < 27 or (len(waiting) < 4 and kind < 33):
        return _random_task(chooser, pair)
    worker = number(0, len(pair.setting.workers) - 1)
    activity = choice((0, 0, *range(len(pair.setting.available))))
    return commands.SetActivity(worker, activity, activity > 0 and choice((False, True)))


def _by_status(statuses: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {status: [] for status in range(len(ReservationStatus))}
    for i, status in enumerate(statuses):
        found[status].append(i)
    return found


def _random_task(chooser: Chooser, pair: Pair) -> commands.CreateTask:
    setting = pair.setting
    return commands.CreateTask(
        chooser.number(0, len(setting.flows) - 1),
        chooser.number(0, setting.n_channels - 1),
        chooser.number(0, setting.n_kinds - 1),
        chooser.choice((0, 0, 1, 5)),
        1000 * chooser.choice((2, 8, 20, 20, 86_400)),
        stream=chooser.choice((-1, 0)),
        number=len(pair.rows),
    )


def _wild_command(chooser: Chooser, pair: Pair) -> commands.Command:
    """Return a command that need not be legal, nor its objects there."""
    choice, number, setting = chooser.choice, chooser.number, pair.setting
    task = number(-1, len(pair.workspace.ledger.task_status))
    offer = number(-1, len(pair.workspace.ledger.reservation_status))
    activity, odd = number(-1, len(setting.available)), choice((True, False))
    create = _random_task(chooser, pair)
    worker = number(-1, len(setting.workers))
    wild: tuple[commands.Command, ...] = (
        create._replace(workflow=choice((-1, len(setting.flows)))),
        create._replace(channel=choice((-1, setting.n_channels))),
        create._replace(attributes=choice((-1, setting.n_kinds))),
        create._replace(priority=choice((-1, 2**31))),
        create._replace(ttl_ms=choice((0, 1_209_600_001))),
        commands.AcceptReservation(offer),
        commands.RejectReservation(offer, activity),
        commands.CancelReservation(offer),
        commands.WrapUpTask(task),
        commands.CompleteTask(task),
        commands.CancelTask(task),
        commands.DeleteTask(task),
        commands.SetActivity(worker, activity, odd),
        commands.SetActivity(max(worker, 0), max(activity, 0), odd),
    )
    return choice(wild)


def random_campaign(seed: int, n_commands: int) -> Pair:
    """Run one random workspace through random commands; return it for its probes."""
    chooser = Seeded(random.Random(seed))
    pair = Pair(random_setting(chooser))
    try:
        for _ in range(n_commands):
            now_ms = random_time(chooser, pair)
            if chooser.number(0, 9) == 0:
                pair.advance(now_ms + 1)
            else:
                pair.handle(random_command(chooser, pair), now_ms)
        pair.close()
    except Exception as error:
        error.add_note(f"in the campaign with seed {seed}, after {len(pair.rows)} rows")
        raise
    return pair
