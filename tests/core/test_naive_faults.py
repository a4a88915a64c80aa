"""The campaigns are sharp: a model with one mistake, or one switch the other way, is found out."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import fields, replace

import pytest

from tests.core.campaign import Disagreement, Model, Seeded, random_campaign
from tests.core.naive_draws import SWITCHES, random_command, random_setting, random_time
from tests.core.naive_faults import FAULTS
from tests.core.naive_model import NaiveTaskRouter
from tests.core.naive_state import Refused
from trsim.core.commands import Command
from trsim.core.spec import RoutingRules, WorkspaceSpec
from trsim.routing.plan import RoutingPlan

COMMANDS = 100
MOST_CAMPAIGNS = 1_000
"""As many as the comparison with the core runs."""
ENOUGH = 2
POSITIONS = [(name, i) for name in SWITCHES for i in range(2)]


def do(router: NaiveTaskRouter, command: Command, now_ms: int) -> str | None:
    router.advance(now_ms)
    try:
        router.handle(command, now_ms)
    except Refused as error:
        return str(error)
    return None


def finds_out(seed: int, faulty_model: Model) -> bool:
    """Whether one campaign tells a faulty model from the right one, which agrees with the core."""
    chooser = Seeded(random.Random(seed))
    setting = random_setting(chooser)
    right = NaiveTaskRouter(setting.spec(), setting.plan())
    faulty = faulty_model(setting.spec(), setting.plan())
    now_ms = 0
    for _ in range(COMMANDS):
        now_ms = random_time(chooser, right, now_ms)
        command = random_command(chooser, setting, right)
        if do(right, command, now_ms) != do(faulty, command, now_ms):
            return True
        if right.rows != faulty.rows or right.next_deadline() != faulty.next_deadline():
            return True
    return False


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_in_several_campaigns(fault: str) -> None:
    found = 0
    for seed in range(MOST_CAMPAIGNS):
        found += finds_out(seed, FAULTS[fault])
        if found == ENOUGH:
            return
    pytest.fail(f"found in {found} of {MOST_CAMPAIGNS} campaigns")


def believing(belief: Mapping[str, object]) -> Model:
    """Return a model that takes switches to be in certain positions."""

    def model(spec: WorkspaceSpec, plan: RoutingPlan) -> NaiveTaskRouter:
        rules = replace(spec.rules, **belief)  # type: ignore[arg-type]
        return NaiveTaskRouter(replace(spec, rules=rules), plan)

    return model


@pytest.mark.parametrize(("switch", "position"), POSITIONS)
def test_a_switch_in_the_wrong_position_is_found(switch: str, position: int) -> None:
    right, wrong = SWITCHES[switch][position], SWITCHES[switch][1 - position]
    found = 0
    for seed in range(MOST_CAMPAIGNS):
        try:
            random_campaign(seed, COMMANDS, {switch: right}, believing({switch: wrong}))
        except Disagreement:
            found += 1
        if found == ENOUGH:
            return
    pytest.fail(f"found in {found} of {MOST_CAMPAIGNS} campaigns")


def test_every_switch_has_two_positions_here() -> None:
    assert set(SWITCHES) == {switch.name for switch in fields(RoutingRules)}
    assert all(len(set(positions)) == 2 for positions in SWITCHES.values())
