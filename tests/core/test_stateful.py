"""The core against the naive model: random workspaces, commands and times, checked at every step.

:class:`tests.core.campaign.Pair` does the checking; here are two ways of finding trouble.
Hypothesis shrinks what it finds to a short program; the seeded campaigns bring the volume.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.core.campaign import Pair, random_campaign
from tests.core.setting import Choice, Setting, random_setting
from trsim.core import commands
from trsim.core.states import REMOVED, Reason, ReservationStatus, TaskStatus

SEEDS = 300
COMMANDS = 100
DEEP_SHARDS = 8
DEEP_COMMANDS = 1_000_000


@dataclass
class Drawn:
    """Choices of a Hypothesis strategy."""

    draw: st.DrawFn

    def choice(self, options: Sequence[Choice]) -> Choice:
        return self.draw(st.sampled_from(options))

    def number(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))


@st.composite
def small_settings(draw: st.DrawFn) -> Setting:
    return random_setting(Drawn(draw))


indices = st.integers(0, 9)
"""Below 6 one of the objects that are still open, else one of the latest, or one beyond."""


def one_of(index: int, statuses: Sequence[int], wanted: Sequence[int]) -> int:
    """Return the number of an object by an index as drawn from ``indices``."""
    fitting = [i for i, status in enumerate(statuses) if status in wanted]
    if fitting and index < 6:
        return fitting[index % len(fitting)]
    return len(statuses) + 6 - index


class CoreMachine(RuleBasedStateMachine):
    """Commands and times in any order."""

    pair: Pair
    waited_ms: int

    @initialize(setting=small_settings())
    def begin(self, setting: Setting) -> None:
        self.pair = Pair(setting)
        self.waited_ms = 0

    def hand_over(self, command: commands.Command) -> None:
        self.pair.handle(command, self.pair.now_ms + self.waited_ms)
        self.waited_ms = 0

    def reservation(self, index: int) -> int:
        statuses = self.pair.workspace.ledger.reservation_status
        return one_of(index, statuses, (ReservationStatus.PENDING,))

    def task(self, index: int) -> int:
        ended = (TaskStatus.COMPLETED, TaskStatus.CANCELED, REMOVED)
        open_statuses = [status for status in TaskStatus if status not in ended]
        return one_of(index, self.pair.workspace.ledger.task_status, open_statuses)

    def has_reservations(self) -> bool:
        return bool(self.pair.workspace.ledger.reservation_status)

    def has_tasks(self) -> bool:
        return bool(self.pair.workspace.ledger.task_status)

    @rule(half_seconds=st.integers(0, 6))
    def wait(self, half_seconds: int) -> None:
        self.waited_ms = 500 * half_seconds

    @precondition(lambda self: self.pair.workspace.next_deadline() is not None)
    @rule()
    def wait_until_exactly_the_next_deadline(self) -> None:
        deadline_ms = self.pair.workspace.next_deadline()
        assert deadline_ms is not None
        self.waited_ms = max(0, deadline_ms - self.pair.now_ms)

    @rule()
    def close_the_instant(self) -> None:
        self.pair.advance(self.pair.now_ms + self.waited_ms + 1)
        self.waited_ms = 0

    @rule(
        flow=st.integers(0, 1),
        channel=st.integers(0, 1),
        kind=st.integers(0, 2),
        priority=st.sampled_from((0, 1, 5)),
        ttl_s=st.sampled_from((20, 2, 8, 86_400)),
    )
    def create(self, flow: int, channel: int, kind: int, priority: int, ttl_s: int) -> None:
        self.hand_over(commands.CreateTask(flow, channel, kind, priority, 1000 * ttl_s))

    @precondition(has_reservations)
    @rule(index=indices)
    def accept(self, index: int) -> None:
        self.hand_over(commands.AcceptReservation(self.reservation(index)))

    @precondition(has_reservations)
    @rule(index=indices, activity=st.integers(-1, 2))
    def reject(self, index: int, activity: int) -> None:
        self.hand_over(commands.RejectReservation(self.reservation(index), activity))

    @precondition(has_reservations)
    @rule(index=indices)
    def cancel_reservation(self, index: int) -> None:
        self.hand_over(commands.CancelReservation(self.reservation(index)))

    @precondition(has_tasks)
    @rule(index=indices)
    def wrap_up(self, index: int) -> None:
        self.hand_over(commands.WrapUpTask(self.task(index)))

    @precondition(has_tasks)
    @rule(index=indices)
    def complete(self, index: int) -> None:
        self.hand_over(commands.CompleteTask(self.task(index)))

    @precondition(has_tasks)
    @rule(index=indices, reason=st.sampled_from((Reason.OPERATOR, Reason.HANGUP)))
    def cancel(self, index: int, reason: Reason) -> None:
        self.hand_over(commands.CancelTask(self.task(index), reason))

    @precondition(has_tasks)
    @rule(index=indices)
    def delete(self, index: int) -> None:
        self.hand_over(commands.DeleteTask(self.task(index)))

    @rule(worker=st.integers(0, 4), activity=st.integers(0, 3), reject=st.booleans())
    def set_activity(self, worker: int, activity: int, reject: bool) -> None:
        self.hand_over(commands.SetActivity(worker, activity, reject))

    def teardown(self) -> None:
        if hasattr(self, "pair"):
            self.pair.close()


TestCoreMachine = CoreMachine.TestCase
TestCoreMachine.settings = settings(stateful_step_count=50)


RARE = (
    "reservation.rescinded",
    "reservation.wrapup",
    "task.system-deleted",
    "task.purged",
    "task.refused",
    "workflow.timeout",
    "ASSIGNMENT_LIMIT",
    "TTL",
    "AcceptReservation illegal",
    "CancelReservation done",
    "SetActivity invalid",
    "CreateTask unknown",
    "CreateTask invalid",
    "WrapUpTask illegal",
    "CompleteTask unknown",
)
"""What a campaign has to reach, or it proves little."""


def test_random_campaigns_agree_with_the_naive_model() -> None:
    probes: Counter[str] = Counter()
    for seed in range(SEEDS):
        probes += random_campaign(seed, COMMANDS).probes
    missed = [probe for probe in RARE if probes[probe] < 10]
    assert not missed, f"reached less than ten times: {missed}"


@pytest.mark.deep
@pytest.mark.parametrize("shard", range(DEEP_SHARDS))
def test_a_million_random_commands_agree_with_the_naive_model(shard: int) -> None:
    campaigns = DEEP_COMMANDS // COMMANDS // DEEP_SHARDS
    for i in range(campaigns):
        random_campaign(SEEDS + shard * campaigns + i, COMMANDS)
