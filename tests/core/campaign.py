"""Random campaigns: the core and the naive model side by side, checked after every step."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from tests.core.naive_draws import (
    Choice,
    random_command,
    random_setting,
    random_time,
)
from tests.core.naive_model import NaiveTaskRouter
from tests.core.naive_state import NaiveRow, Refused
from tests.core.setting import Setting
from trsim.core import commands
from trsim.core.chronicle import Chronicle
from trsim.core.events import EventType, Row
from trsim.core.invariants import check_structure
from trsim.core.replay import same_state
from trsim.core.spec import WorkspaceSpec
from trsim.core.states import Reason, ReservationStatus, TaskStatus
from trsim.core.workspace import Workspace
from trsim.core.writer import RowTuple
from trsim.errors import CommandError, IllegalTransition, InvalidCommand, UnknownObject
from trsim.routing.plan import RoutingPlan
from trsim.routing.router import WorkflowRouter

REFUSALS: dict[type[CommandError], str] = {
    IllegalTransition: "illegal",
    UnknownObject: "unknown",
    InvalidCommand: "invalid",
}
Model = Callable[[WorkspaceSpec, RoutingPlan], NaiveTaskRouter]


class Disagreement(AssertionError):
    """The core and the naive model part."""


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
    words = NaiveRow._make([None if value == -1 else value for value in values])
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

    def __init__(self, setting: Setting, model: Model = NaiveTaskRouter) -> None:
        self.setting = setting
        self.spec, routing = setting.spec(), setting.routing()
        self.router = WorkflowRouter(routing)
        self.rows: list[RowTuple] = []
        self.chronicle = Chronicle(self.spec, WorkflowRouter(routing))
        self.workspace = Workspace(self.spec, self.router, self.rows.append)
        self.naive = model(self.spec, setting.plan())
        self.now_ms = 0
        self.program: list[tuple[int, commands.Command | None]] = []
        """Every step: its time, and the command, None for letting time pass."""
        self.probes: Counter[str] = Counter()
        self._seen = 0
        self._check()

    def advance(self, now_ms: int) -> None:
        """Let time pass in both, up to but not including an instant."""
        self.program.append((now_ms, None))
        self._advance(now_ms)

    def handle(self, command: commands.Command, now_ms: int) -> None:
        """Hand a command to both, as an engine does: advance, then handle."""
        self.program.append((now_ms, command))
        self._advance(now_ms)
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
        if refusal != expected:
            raise Disagreement(f"{command}: core {refusal}, model {expected}")
        self._check()
        if created != wanted:
            raise Disagreement(f"{command}: core answers {created}, model {wanted}")
        self.probes[f"{type(command).__name__} {refusal or 'done'}"] += 1

    def close(self) -> None:
        """Check what holds at the end, and count what has been reached."""
        self.chronicle.close()
        for row in self.rows:
            self.probes[EventType(row[1]).label] += 1
            if row[13] >= 0:
                self.probes[Reason(row[13]).name] += 1

    def _advance(self, now_ms: int) -> None:
        self.workspace.advance(now_ms)
        self.naive.advance(now_ms)
        self.now_ms = max(self.now_ms, now_ms - 1)
        self._check()

    def _check(self) -> None:
        new = self.rows[self._seen :]
        found, expected = [in_words(row) for row in new], self.naive.rows[self._seen :]
        if found != expected:
            raise Disagreement(difference(found, expected))
        for row in new:
            self.chronicle.feed(row)
        self._seen = len(self.rows)
        deadline_ms, expected_ms = self.workspace.next_deadline(), self.naive.next_deadline()
        if deadline_ms != expected_ms:
            raise Disagreement(f"next deadline: core {deadline_ms}, model {expected_ms}")
        self.chronicle.settle(self.now_ms, deadline_ms)
        check_structure(self.workspace.ledger, self.spec, self.router, self.now_ms)
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


def random_campaign(
    seed: int,
    n_commands: int,
    fixed: Mapping[str, object] = MappingProxyType({}),
    model: Model = NaiveTaskRouter,
) -> Pair:
    """Run one random workspace through random commands; return it for its probes.

    Its switches are drawn as well, except those whose positions are given.
    """
    chooser = Seeded(random.Random(seed))
    pair = Pair(random_setting(chooser, fixed), model)
    try:
        for _ in range(n_commands):
            if chooser.number(0, 9) == 0:
                pair.advance(random_time(chooser, pair.naive, pair.now_ms) + 1)
            now_ms = random_time(chooser, pair.naive, pair.now_ms)
            pair.handle(random_command(chooser, pair.setting, pair.naive), now_ms)
        pair.close()
    except Exception as error:
        error.add_note(
            f"in the campaign with seed {seed} and {dict(fixed)}, "
            f"after {len(pair.program)} steps and {len(pair.rows)} rows"
        )
        raise
    return pair
