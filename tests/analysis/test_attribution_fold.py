"""Parts of waits against a slow account: every task and every worker, at every instant.

The account asks the rule of eligibility afresh, worker by worker and target by target; it knows
neither lines and pools nor tables.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pytest

from tests.core.campaign import random_campaign
from trsim.analysis.attribution import WaitShares, attribute_waits
from trsim.analysis.attribution_fold import targets_ahead
from trsim.core.events import EventType
from trsim.core.ledger import NO_TIMER
from trsim.core.replay import Replay
from trsim.core.spec import ActivitySpec, ChannelSpec, QueueSpec, WorkflowSpec, WorkspaceSpec
from trsim.core.states import ReservationStatus, TaskStatus
from trsim.eventlog import EventLog
from trsim.experiments.run import names_of, run
from trsim.model import Model
from trsim.routing import layout
from trsim.routing.compiled import compile_routing
from trsim.routing.eligibility import Eligibility
from trsim.routing.expressions import Scope, parse_expression
from trsim.routing.plan import RoutingPlan
from trsim.routing.workflow import Filter, Target, WorkflowDocument
from trsim.scenario.load import load_scenario
from trsim.world.plan import WorldPlan

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
SHORT_MS = 7_200_000
"""How long after the first arrival shipped scenarios are gone through slowly."""
CAMPAIGNS = 30
FEW = 10
COMMANDS = 150
PARTS = ("ringing", "setup", "lost_offers", "for_deadline", "nobody_free", "held_back")


class SlowAccount:
    """The parts of every wait, from the state between any two instants of a log."""

    def __init__(self, model: Model) -> None:
        self.routing = model.routing
        self.ledger = Replay(model.spec)
        self.eligibility = Eligibility(model.routing, self.ledger)
        self.parts: defaultdict[int, Counter[str]] = defaultdict(Counter)
        self.reserved_ms: Counter[tuple[int, int]] = Counter()  # by task and batch
        self.on_hold_ms: Counter[int] = Counter()  # by reservation
        self.taken: dict[int, tuple[int, int]] = {}  # batch and reservation of assigned tasks

    def read(self, log: EventLog, horizon_ms: int) -> dict[int, list[int]]:
        """Return the parts of each task's wait [ms], in the order of ``PARTS``."""
        now_ms = 0
        for row in log.rows():
            self.pass_time(row.at_ms - now_ms)
            now_ms = row.at_ms
            self.ledger.apply(row)
            if row.event == EventType.RESERVATION_ACCEPTED:
                self.taken[row.task] = (self.ledger.task_attempts[row.task], row.reservation)
        self.pass_time(horizon_ms - now_ms)
        for (task, batch), length_ms in self.reserved_ms.items():
            taken_batch, reservation = self.taken.get(task, (-1, -1))
            on_hold_ms = self.on_hold_ms[reservation]
            if batch == taken_batch:
                self.parts[task]["ringing"] += length_ms - on_hold_ms
                self.parts[task]["setup"] += on_hold_ms
            else:
                self.parts[task]["lost_offers"] += length_ms
        tasks = range(self.ledger.tasks_created)
        return {task: [self.parts[task][part] for part in PARTS] for task in tasks}

    def pass_time(self, length_ms: int) -> None:
        if not length_ms:
            return
        ledger = self.ledger
        for task, status in ledger.task_status.items():
            if status == TaskStatus.PENDING:
                self.parts[task][self.why(task)] += length_ms
            elif status == TaskStatus.RESERVED:
                self.reserved_ms[task, ledger.task_attempts[task]] += length_ms
        for reservation, status in ledger.reservation_status.items():
            is_held = ledger.reservation_expires_ms[reservation] == NO_TIMER
            if is_held and status == ReservationStatus.PENDING:
                self.on_hold_ms[reservation] += length_ms

    def why(self, task: int) -> str:
        if self.somebody_free(task):
            return "held_back"
        return "for_deadline" if self.free_ahead(task) else "nobody_free"

    def somebody_free(self, task: int) -> bool:
        workers = range(len(self.ledger.worker_activity))
        return any(self.eligibility.is_eligible(worker, task) for worker in workers)

    def free_ahead(self, task: int) -> bool:
        """Ask as if the task were in each of the targets ahead, up to one that is never left."""
        ledger, targets = self.ledger, self.routing.steps
        step, queue = ledger.task_step[task], ledger.task_queue[task]
        of = self.routing.step_filter[step] if step >= 0 else None
        found, later = False, step
        while of is not None and later + 1 < of.end and targets[later].timeout_s is not None:
            later += 1
            ledger.task_step[task], ledger.task_queue[task] = later, targets[later].queue
            found = found or self.somebody_free(task)
        ledger.task_step[task], ledger.task_queue[task] = step, queue
        return found


def shares_of(model: Model, rows: list[tuple[int, ...]], horizon_ms: int) -> WaitShares:
    log = EventLog(names_of(model))
    log.extend(rows)
    shares = attribute_waits(log, model, horizon_ms)
    account = SlowAccount(model).read(log, horizon_ms)
    columns = [getattr(shares, f"{part}_ms").tolist() for part in PARTS]
    found = dict(zip(shares.task.tolist(), map(list, zip(*columns, strict=True)), strict=True))
    assert found == account
    assert [sum(parts) for parts in account.values()] == shares.wait_ms.tolist()
    return shares


def campaign(seed: int, **rules: object) -> WaitShares:
    """Return what is found for random commands in a random workspace."""
    pair = random_campaign(seed, COMMANDS, rules)
    routing = pair.setting.routing()
    world = WorldPlan(streams=(), behaviors=(), workers=())
    model = Model("Campaign", pair.spec, routing, world, horizon_ms=pair.now_ms + 5_000)
    rows = [row for row in pair.rows if row[0] < model.horizon_ms]
    return shares_of(model, rows, model.horizon_ms)


def test_random_campaigns_are_split_as_in_the_slow_account() -> None:
    # Every part must have come up, or the comparison says nothing about it.
    totals = [campaign(seed).total() for seed in range(CAMPAIGNS)]
    for part in PARTS:
        assert sum(getattr(total, f"{part}_ms") for total in totals) > 0, part


def test_forgotten_lines_are_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "MOST_IDLE_LINES", 1)
    totals = [campaign(seed).total() for seed in range(FEW)]
    assert sum(total.for_deadline_ms for total in totals) > 0


def test_only_rests_and_latency_hold_tasks_back() -> None:
    for seed in range(FEW):
        total = campaign(seed, reoffer_delay_ms=0, routing_latency_ms=0).total()
        assert total.held_back_ms == 0
        assert total.wait_ms > 0


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_shipped_scenarios_are_split_as_in_the_slow_account(path: Path) -> None:
    model = load_scenario(path).compile()
    log = run(model).log
    first_ms = next(row.at_ms for row in log.rows() if row.event == EventType.TASK_CREATED)
    horizon_ms = min(model.horizon_ms, first_ms + SHORT_MS)
    rows: list[tuple[int, ...]] = [row for row in log.rows() if row.at_ms < horizon_ms]
    shares = shares_of(model, rows, horizon_ms)
    assert shares.total().held_back_ms == 0, "no rule of a shipped scenario holds tasks back"


def steps(*timeouts_s: int | None) -> tuple[Target, ...]:
    return tuple(Target(queue=0, timeout_s=timeout_s) for timeout_s in timeouts_s)


def test_deadlines_lead_up_to_the_first_target_without_a_timeout() -> None:
    always = parse_expression("1==1", Scope.TASK)
    document = WorkflowDocument(
        filters=(
            Filter("three in a row", always, steps(10, 10, None)),
            Filter("a barrier", always, steps(10, None, 10, 10)),
            Filter("all of them end", always, steps(5, 5)),
        ),
        default=Target(queue=0),
    )
    spec = WorkspaceSpec(
        activities=(ActivitySpec("Available", True),),
        channels=(ChannelSpec("voice"),),
        queues=(QueueSpec("all"),),
        workflows=(WorkflowSpec("main", 10_000),),
        workers=(),
        timeout_activity=0,
    )
    plan = RoutingPlan(
        configurations=(document,),
        configuration_names=("main",),
        queue_expressions=(parse_expression("1==1", Scope.WORKER),),
        attribute_sets=({},),
        worker_attribute_sets=({},),
    )
    assert targets_ahead(compile_routing(spec, plan)) == (
        *((1, 2), (2,), ()),
        *((4,), (), (6,), ()),
        *((8,), ()),
        (),
    )
