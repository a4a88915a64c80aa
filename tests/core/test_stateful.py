"""The core against the naive model: random workspaces, commands and times, checked at every step.

:class:`tests.core.campaign.Pair` does the checking; here are two ways of finding trouble.
Hypothesis shrinks what it finds to a short program; the seeded campaigns bring the volume.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.core.campaign import Pair, random_campaign
from tests.core.naive_draws import SWITCHES, Choice, CommandDraw, random_setting
from tests.core.setting import Setting
from trsim.core import commands
from trsim.core.states import Reason

SHARDS, CAMPAIGNS, COMMANDS = 10, 100, 100
"""100,000 commands."""
DEEP_SHARDS = 8
DEEP_COMMANDS = 1_000_000
LEAST_EVENTS = 15_000
"""Events that a shard compares at least; most have half as many again."""


@dataclass
class Drawn:
    """Choices of a Hypothesis strategy."""

    draw: Callable[[st.SearchStrategy[Any]], Any]

    def choice(self, options: Sequence[Choice]) -> Choice:
        chosen: Choice = self.draw(st.sampled_from(options))
        return chosen

    def number(self, low: int, high: int) -> int:
        return int(self.draw(st.integers(low, high)))


@st.composite
def small_settings(draw: st.DrawFn) -> Setting:
    return random_setting(Drawn(draw))


indices = st.integers(0, 9)
"""Below 6 one of the objects that are still open, else one of the latest, or one beyond."""


def one_of(index: int, fitting: Sequence[int], count: int) -> int:
    """Return the number of an object by an index as drawn from ``indices``."""
    return fitting[index % len(fitting)] if fitting and index < 6 else count + 6 - index


class CoreMachine(RuleBasedStateMachine):
    """Commands and times in any order."""

    pair: Pair
    waited_ms: int

    fixed: ClassVar[Mapping[str, object]] = {}
    """Switches whose positions are not drawn."""

    @initialize(setting=small_settings())
    def begin(self, setting: Setting) -> None:
        rules = replace(setting.rules, **self.fixed)  # type: ignore[arg-type]
        self.pair = Pair(replace(setting, rules=rules))
        self.waited_ms = 0

    def hand_over(self, command: commands.Command) -> None:
        self.pair.handle(command, self.pair.now_ms + self.waited_ms)
        self.waited_ms = 0

    def reservation(self, index: int) -> int:
        offers = self.pair.naive.offers
        pending = [offer.number for offer in offers if offer.status == "pending"]
        return one_of(index, pending, len(offers))

    def task(self, index: int) -> int:
        jobs, ended = self.pair.naive.jobs, ("completed", "canceled", None)
        return one_of(index, [job.number for job in jobs if job.status not in ended], len(jobs))

    def draws(self, data: st.DataObject) -> CommandDraw:
        return CommandDraw(Drawn(data.draw), self.pair.setting, self.pair.naive)

    def has_reservations(self) -> bool:
        return bool(self.pair.naive.offers)

    def has_tasks(self) -> bool:
        return bool(self.pair.naive.jobs)

    @rule(half_seconds=st.integers(0, 6))
    def wait(self, half_seconds: int) -> None:
        self.waited_ms = 500 * half_seconds

    @precondition(lambda self: self.pair.naive.next_deadline() is not None)
    @rule()
    def wait_until_exactly_the_next_deadline(self) -> None:
        deadline_ms = self.pair.naive.next_deadline()
        assert deadline_ms is not None
        self.waited_ms = max(0, deadline_ms - self.pair.now_ms)

    @rule()
    def close_the_instant(self) -> None:
        self.pair.advance(self.pair.now_ms + self.waited_ms + 1)
        self.waited_ms = 0

    @rule(data=st.data())
    def create(self, data: st.DataObject) -> None:
        self.hand_over(self.draws(data).creation())

    @rule(data=st.data())
    def operate(self, data: st.DataObject) -> None:
        self.hand_over(self.draws(data).operation())

    @rule(data=st.data())
    def ask_for_anything(self, data: st.DataObject) -> None:
        self.hand_over(self.draws(data).wild())

    @precondition(has_tasks)
    @rule(index=indices, attributes=st.integers(-1, 3), priority=st.sampled_from((-1, 0, 6)))
    def update(self, index: int, attributes: int, priority: int) -> None:
        self.hand_over(commands.UpdateTask(self.task(index), attributes, priority))

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
    def hold(self, index: int) -> None:
        self.hand_over(commands.HoldReservation(self.reservation(index)))

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


@pytest.mark.parametrize("position", range(2))
@pytest.mark.parametrize("switch", SWITCHES)
def test_every_position_of_every_switch(switch: str, position: int) -> None:
    class FixedMachine(CoreMachine):
        fixed: ClassVar[Mapping[str, object]] = {switch: SWITCHES[switch][position]}

    few = settings(max_examples=settings().max_examples // 10, stateful_step_count=40)
    run_state_machine_as_test(FixedMachine, settings=few)


RARE = (
    "reservation.rescinded",
    "reservation.wrapup",
    "reservation.on-hold",
    "reservation.failed",
    "task.system-deleted",
    "task.purged",
    "task.refused",
    "task-queue.expression.updated",
    "task-queue.updated",
    "worker.attributes.update",
    "worker.capacity.update",
    "worker.channel.availability.update",
    "workflow.timeout",
    "workflow.skipped",
    "workflow.reevaluated",
    "ASSIGNMENT_LIMIT",
    "TTL",
    "TTL_OR_ASSIGNMENT_LIMIT",
    "NO_MATCHING_FILTER",
    "ROUTING_TARGET",
    "AcceptReservation illegal",
    "CancelReservation done",
    "HoldReservation invalid",
    "HoldReservation illegal",
    "SetActivity invalid",
    "SetCapacity unknown",
    "CreateTask unknown",
    "CreateTask invalid",
    "UpdateTask invalid",
    "UpdateTask unknown",
    "UpdateQueue invalid",
    "UpdateWorkflow invalid",
    "WrapUpTask illegal",
    "CompleteTask unknown",
)
"""What every shard has to reach, or it proves little."""


@pytest.mark.parametrize("shard", range(SHARDS))
def test_random_campaigns_agree_with_the_naive_model(shard: int) -> None:
    probes: Counter[str] = Counter()
    events = 0
    for i in range(CAMPAIGNS):
        pair = random_campaign(shard * CAMPAIGNS + i, COMMANDS)
        probes += pair.probes
        events += len(pair.rows)
    sys.stdout.write(f"{CAMPAIGNS * COMMANDS:,} commands, {events:,} events compared\n")
    assert events >= LEAST_EVENTS
    missed = [probe for probe in RARE if not probes[probe]]
    assert not missed, f"not reached: {missed}"


@pytest.mark.deep
@pytest.mark.parametrize("shard", range(DEEP_SHARDS))
def test_a_million_random_commands_agree_with_the_naive_model(shard: int) -> None:
    campaigns = DEEP_COMMANDS // COMMANDS // DEEP_SHARDS
    for i in range(campaigns):
        random_campaign(SHARDS * CAMPAIGNS + shard * campaigns + i, COMMANDS)
