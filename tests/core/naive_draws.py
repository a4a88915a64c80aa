"""Random workspaces, instants and commands, in which much can go wrong.

What is drawn depends on the naive model's state alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from tests.core.naive_model import DAY_MS, NaiveTaskRouter
from tests.core.setting import Branch, Flow, Queue, Setting, Step, Worker
from trsim.core import commands
from trsim.core.spec import (
    DeadlineRule,
    FailureRule,
    IdleKey,
    RedriveBase,
    RoutingRules,
    TaskOrder,
)
from trsim.core.states import Reason
from trsim.routing.workflow import KnownWorker, OrderClause

Choice = TypeVar("Choice")


class Chooser(Protocol):
    """Where the random parts of a test come from: a seed or Hypothesis."""

    def choice(self, options: Sequence[Choice]) -> Choice:
        """Return one of the options."""

    def number(self, low: int, high: int) -> int:
        """Return a whole number from low to high."""


SWITCHES: dict[str, tuple[object, ...]] = {
    "on_reservation_failure": tuple(FailureRule),
    "deadline_while_reserved": tuple(DeadlineRule),
    "redrive_timeout_base": tuple(RedriveBase),
    "idle_key": tuple(IdleKey),
    "assignment_limit": (None, 2),
    "reoffer_delay_ms": (0, 1_500),
    "routing_latency_ms": (0, 1_000),
    "timeout_activity_only_if_available": (False, True),
    "merged_ttl_reason": (False, True),
}
"""Both positions of every switch."""

TARGET_EXPRESSIONS = (
    "worker.number IN task.wanted",
    "worker.rank >= 2",
    "task.kind != worker.number",
    "worker.sid NOT IN task.refused_by",
    "worker.friendly_name != 'w0'",
    "worker.activity_name == 'a0'",
    "worker.activity_sid != task.away",
    "worker.channel.c0.assigned_tasks == 0",
    "worker.channel.c0.available_capacity_percentage == 100",
    "worker.channel.c0.available_capacity_percentage IN [25, 33, 50, 66, 75, 100]",
    "worker.channel.c0.available_capacity_percentage < 67",
    "worker.channel.c0.configured_capacity > 1 OR worker.rank != 1",
)
SKIP_IFS = (
    "1==1",
    "workers.available == 0",
    "workers.available < 2 AND workers.unavailable >= 1",
    f"workers.WA{0:032x} == 0 OR workers.unavailable > 2",
    f"workers.WA{1:032x} >= 1",
    "workers.WAaway == 0",
)
QUEUE_EXPRESSIONS = (
    "activity_name != 'a1'",
    f"activity_sid == 'WA{0:032x}'",
    "rank >= 2 OR rank == null",
    "friendly_name != 'w1'",
    f"sid IN ['WK{0:032x}', 'WK{2:032x}', 'WKown']",
    "1==1",
)
ORDERS = (
    (OrderClause(("rank",)),),
    (OrderClause(("rank",), descending=True),),
    (OrderClause(("skills", "talk"), descending=True), OrderClause(("rank",))),
    (OrderClause(("levels", 1)), OrderClause(("rank",), descending=True)),
)
KNOWN_WORKERS = (
    KnownWorker(("sid",), by_name=False),
    KnownWorker(("name",), by_name=True),
    KnownWorker(("past", 0), by_name=False),
)
WHOLE = (None, 0, 1, 2, 3, 3)
ODD = (2.5, "2", True, (1,))


@dataclass
class SettingDraw:
    """One random setting, piece by piece."""

    chooser: Chooser

    def __post_init__(self) -> None:
        choice, number = self.chooser.choice, self.chooser.number
        self.n_workers, self.n_queues = choice((1, 2, 3, 4, 5, 5)), number(1, 3)
        self.n_channels, self.n_kinds = number(1, 2), number(1, 4)
        others = (choice((True, False)) for _ in range(number(0, 2)))
        self.available = (True, False, *others)
        self.activities = range(len(self.available))
        # Many workspaces are plain in some respect, so that the rest can be seen.
        self.expressions, self.orders, self.lifo = (choice((True, False)) for _ in range(3))
        # One worker at most has something else than whole numbers: one is enough.
        self.odd_worker = number(-self.n_workers, self.n_workers - 1)
        self.skips, self.known, self.dynamic_queues = (number(0, 2) == 0 for _ in range(3))

    def setting(self, rules: RoutingRules) -> Setting:
        """Return it."""
        choice, number = self.chooser.choice, self.chooser.number
        later = tuple(self.expression() or "number == 99" for _ in range(number(0, 2)))
        return Setting(
            available=self.available,
            timeout_activity=choice((1, 1, *self.activities)),
            n_channels=self.n_channels,
            n_kinds=self.n_kinds,
            queues=tuple(self.queue() for _ in range(self.n_queues)),
            flows=tuple(self.flow() for _ in range(number(1, 2))),
            workers=tuple(self.worker() for _ in range(self.n_workers)),
            multi_task=choice((True, True, False)),
            rules=rules,
            later_flows=tuple(self.flow() for _ in range(number(1, 2))),
            later_expressions=later,
            task_attributes=tuple(self.task_attributes() for _ in range(self.n_kinds)),
            worker_attributes=tuple(
                self.worker_attributes(i) for i in range(self.n_workers + number(0, 2))
            ),
            activity_sids=(("WAaway", 1),),
            optimized_channels=tuple(i for i in range(self.n_channels) if number(0, 2) == 0),
            prioritize=choice(tuple(TaskOrder)),
        )

    def step(self, last: bool) -> Step:
        choice, number = self.chooser.choice, self.chooser.number
        skip_if = choice((None, *SKIP_IFS)) if self.skips else None
        endless = choice((True, False)) if last else skip_if is not None and number(0, 2) == 0
        return Step(
            queue=number(0, self.n_queues - 1),
            priority=choice((None, None, 0, 1, 7)),
            timeout_s=None if endless else number(1, 6),
            expression=self.target_expression(),
            skip_if=skip_if,
            order_by=choice(((), *ORDERS)) if self.orders else (),
            known_worker=choice((None, *KNOWN_WORKERS)) if self.known else None,
        )

    def target_expression(self) -> str | None:
        if not self.expressions:
            return None
        return self.chooser.choice((None, None, None, *TARGET_EXPRESSIONS))

    def branch(self) -> Branch:
        choice = self.chooser.choice
        kinds = tuple(kind for kind in range(self.n_kinds) if choice((True, True, False)))
        n_steps = self.chooser.number(1, 3)
        return Branch(kinds, tuple(self.step(i == n_steps - 1) for i in range(n_steps)))

    def flow(self) -> Flow:
        choice, number = self.chooser.choice, self.chooser.number
        branches = tuple(self.branch() for _ in range(number(0, 3)))
        default = None
        if not branches or choice((True, False)):
            default = Step(
                number(0, self.n_queues - 1),
                choice((None, 3)),
                expression=self.target_expression(),
                order_by=choice(((), *ORDERS)) if self.orders else (),
                known_worker=choice((None, *KNOWN_WORKERS)) if self.known else None,
            )
        return Flow(1000 * number(1, 6), branches, default)

    def expression(self) -> str | None:
        choice = self.chooser.choice
        return choice((None, *QUEUE_EXPRESSIONS)) if self.dynamic_queues else None

    def queue(self) -> Queue:
        choice = self.chooser.choice
        return Queue(
            tuple(w for w in range(self.n_workers) if choice((True, True, True, False))),
            choice((1, 1, 2, 3)),
            choice((1, *self.activities)),
            choice((1, *self.activities)),
            self.expression(),
            choice(tuple(TaskOrder)) if self.lifo else TaskOrder.FIFO,
        )

    def worker(self) -> Worker:
        choice, channels = self.chooser.choice, range(self.n_channels)
        capacity = tuple(choice((0, 1, 1, 2, 2, 3, 3, 4)) for _ in channels)
        switched_on = tuple(choice((True, True, True, True, False)) for _ in channels)
        return Worker(choice((0, 0, 0, *self.activities)), capacity, switched_on)

    def task_attributes(self) -> dict[str, object]:
        choice, number = self.chooser.choice, self.chooser.number
        sid, name = f"WK{number(0, 4):032x}", f"{choice(('w', 'W'))}{number(0, 4)}"
        found: dict[str, object] = {
            "wanted": choice((None, [0], [0, 1], [1, 2, 3], 1)),
            "refused_by": choice(([], [sid], None)),
            "away": choice((f"WA{1:032x}", None)),
            "sid": choice((sid, sid, "WKown", None, 3)),
            "name": choice((name, name, "nobody", None)),
            "past": choice(([sid], [], None)),
        }
        return {key: value for key, value in found.items() if value is not None}

    def worker_attributes(self, i: int) -> dict[str, object]:
        choice = self.chooser.choice
        values = (choice(ODD), 1) if i == self.odd_worker else WHOLE
        found: dict[str, object] = {
            "number": i if i < self.n_workers else self.chooser.number(0, self.n_workers),
            "rank": choice(values),
            "skills": {"talk": choice(values)},
            "levels": choice((None, [1, 2], [1], [1, choice(values)])),
            "sid": choice((None, None, None, "WKown")),
        }
        return {key: value for key, value in found.items() if value is not None}


def random_rules(chooser: Chooser) -> RoutingRules:
    """Return switches in random positions."""
    choice = chooser.choice
    return RoutingRules(
        on_reservation_failure=choice(tuple(FailureRule)),
        deadline_while_reserved=choice(tuple(DeadlineRule)),
        redrive_timeout_base=choice(tuple(RedriveBase)),
        idle_key=choice(tuple(IdleKey)),
        assignment_limit=choice((None, 1000, 1, 2, 3)),
        reoffer_delay_ms=choice((0, 0, 500, 2000)),
        routing_latency_ms=choice((0, 0, 0, 500, 1000)),
        timeout_activity_only_if_available=choice((False, True)),
        merged_ttl_reason=choice((False, True)),
    )


def random_setting(chooser: Chooser, fixed: Mapping[str, object] | None = None) -> Setting:
    """Return a small workspace; its switches are drawn too, except those that are given."""
    rules = replace(random_rules(chooser), **(fixed or {}))  # type: ignore[arg-type]
    return SettingDraw(chooser).setting(rules)


def random_time(chooser: Chooser, naive: NaiveTaskRouter, now_ms: int) -> int:
    """Return the time of the next step: now, soon, exactly the next deadline, or far away."""
    kind = chooser.number(0, 19)
    deadline_ms = naive.next_deadline()
    if deadline_ms is not None and kind < (8 if deadline_ms < now_ms + 10_000 else 2):
        return max(now_ms, deadline_ms) + (kind == 0)
    if (
        kind == 9
        and chooser.number(0, 2) == 0
        and not any(job.status in ("pending", "reserved") for job in naive.jobs)
    ):
        # Nobody waits: else one task could be offered to one worker all day long.
        return now_ms + chooser.choice((300_000, 300_001, DAY_MS))
    return now_ms + 500 * chooser.choice((0, 0, 1, 2, 3))


@dataclass
class CommandDraw:
    """One random command, mostly one that the state allows."""

    chooser: Chooser
    setting: Setting
    naive: NaiveTaskRouter

    def command(self) -> commands.Command:
        """Return it."""
        kind = self.chooser.number(0, 59)
        offers = self.offers()
        held, waiting = self.tasks("assigned", "wrapping"), self.tasks("pending", "reserved")
        if kind < 4:
            return self.wild()
        if 4 <= kind < 28 and offers:
            return self.answer(self.chooser.choice(offers), kind)
        if 28 <= kind < 35 and held:
            return self.end_of_work(held)
        if 35 <= kind < 41 and waiting:
            return self.change(waiting, held)
        if 41 <= kind < 48 and (len(waiting) < 6 or kind < 44):
            return self.creation()
        return self.operation() if waiting else self.creation()

    def tasks(self, *statuses: str) -> list[int]:
        return [job.number for job in self.naive.jobs if job.status in statuses]

    def offers(self) -> list[int]:
        return [offer.number for offer in self.naive.offers if offer.status == "pending"]

    def answer(self, offer: int, kind: int) -> commands.Command:
        if kind < 16:
            return commands.AcceptReservation(offer)
        if kind < 22:
            activity = self.chooser.choice((-1, -1, *range(len(self.setting.available))))
            return commands.RejectReservation(offer, activity)
        if kind < 25:
            return commands.CancelReservation(offer)
        return commands.HoldReservation(offer)

    def end_of_work(self, held: list[int]) -> commands.Command:
        assigned = self.tasks("assigned")
        if assigned and self.chooser.number(0, 1) == 0:
            return commands.WrapUpTask(self.chooser.choice(assigned))
        return commands.CompleteTask(self.chooser.choice(held))

    def change(self, waiting: list[int], held: list[int]) -> commands.Command:
        choice, kind = self.chooser.choice, self.chooser.number(0, 6)
        if kind < 2:
            return commands.CancelTask(choice(waiting), choice((Reason.HANGUP, Reason.OPERATOR)))
        if kind == 2:
            return commands.DeleteTask(choice(waiting + held))
        attributes = choice((-1, *range(self.setting.n_kinds)))
        priority = choice((-1, 0, 2, 9)) if attributes >= 0 else choice((0, 2, 9))
        return commands.UpdateTask(choice(waiting * 3 + held), attributes, priority)

    def creation(self) -> commands.CreateTask:
        choice, number, setting = self.chooser.choice, self.chooser.number, self.setting
        create = commands.CreateTask(
            number(0, len(setting.flows) - 1),
            number(0, setting.n_channels - 1),
            number(0, setting.n_kinds - 1),
            choice((0, 0, 1, 5)),
            1000 * choice((2, 8, 20, 60, 86_400, 86_400)),
            stream=choice((-1, 0)),
            number=len(self.naive.rows),
            lead_ms=choice((0, 0, 0, 500, 3_000)),
        )
        direct = number(0, 9)
        if direct == 0:
            return create._replace(target_queue=number(0, len(setting.queues) - 1))
        if direct == 1:
            return create._replace(
                target_worker=number(0, len(setting.workers) - 1),
                ignore_capacity=choice((True, False)),
            )
        return create

    def operation(self) -> commands.Command:
        """Return something that an operator does."""
        choice, number, setting = self.chooser.choice, self.chooser.number, self.setting
        worker, channel = number(0, len(setting.workers) - 1), number(0, setting.n_channels - 1)
        kind = number(0, 13)
        if kind < 5:
            away = [agent.number for agent in self.naive.agents if agent.activity != 0]
            return commands.SetActivity(choice(away or [worker]), 0)
        if kind < 8:
            activity = choice(range(len(setting.available)))
            unavailable = not setting.available[activity]
            return commands.SetActivity(worker, activity, unavailable and choice((False, True)))
        if kind == 8:
            n_sets = len(self.naive.plan.worker_attribute_sets)
            return commands.SetWorkerAttributes(worker, number(0, n_sets - 1))
        if kind == 9:
            return commands.SetCapacity(worker, channel, choice((0, 1, 2, 3)))
        if kind == 10:
            return commands.SetChannelAvailable(worker, channel, choice((True, True, False)))
        if kind == 11:
            n_expressions = len(self.naive.plan.queue_expressions)
            return commands.UpdateQueue(
                number(0, len(setting.queues) - 1),
                number(-1, n_expressions - 1),
                choice((-1, 1, 2, 5)),
            )
        return commands.UpdateWorkflow(
            number(0, len(setting.flows) - 1),
            number(-1, len(setting.flows) + len(setting.later_flows) - 1),
            choice((-1, 1000, 4000)),
            choice((True, True, False)),
        )

    def wild(self) -> commands.Command:
        """Return a command that need not be legal, nor its objects there."""
        number = self.chooser.number
        kind = number(0, 3)
        if kind == 0:
            return self.wild_creation()
        if kind == 1:
            return self.wild_step()
        return self.wild_operation()

    def wild_creation(self) -> commands.Command:
        choice, setting, create = self.chooser.choice, self.setting, self.creation()
        everyone, everything = len(setting.workers), len(setting.queues)
        return choice(
            (
                create._replace(workflow=choice((-1, len(setting.flows)))),
                create._replace(channel=choice((-1, setting.n_channels))),
                create._replace(attributes=choice((-1, setting.n_kinds))),
                create._replace(priority=choice((-1, 2**31))),
                create._replace(ttl_ms=choice((0, 1_209_600_001))),
                create._replace(lead_ms=-1),
                create._replace(target_queue=choice((everything, -2)), target_worker=-1),
                create._replace(target_queue=-1, target_worker=choice((everyone, -2))),
                create._replace(target_queue=0, target_worker=0),
            )
        )

    def wild_step(self) -> commands.Command:
        """Return a step of any task or reservation, of one beyond too."""
        choice, number = self.chooser.choice, self.chooser.number
        task, offer = number(-1, len(self.naive.jobs)), number(-1, len(self.naive.offers))
        wild: tuple[commands.Command, ...] = (
            commands.AcceptReservation(offer),
            commands.RejectReservation(offer, number(-2, len(self.setting.available))),
            commands.CancelReservation(offer),
            commands.HoldReservation(offer),
            commands.WrapUpTask(task),
            commands.CompleteTask(task),
            commands.CancelTask(task),
            commands.DeleteTask(task),
            commands.UpdateTask(task, priority=1),
            commands.UpdateTask(task, attributes=0),
        )
        return choice(wild)

    def wild_operation(self) -> commands.Command:
        choice, number, setting = self.chooser.choice, self.chooser.number, self.setting
        worker, activity = number(-1, len(setting.workers)), number(-1, len(setting.available))
        channel, flag = number(-1, setting.n_channels), choice((True, False))
        waiting = choice((0, *self.tasks("pending", "reserved", "assigned")))
        sets, documents, texts = (
            len(self.naive.plan.worker_attribute_sets),
            len(self.naive.plan.configurations),
            len(self.naive.plan.queue_expressions),
        )
        wild: tuple[commands.Command, ...] = (
            commands.SetActivity(worker, activity, flag),
            commands.SetActivity(max(worker, 0), max(activity, 0), flag),
            commands.SetWorkerAttributes(worker, 0),
            commands.SetWorkerAttributes(0, choice((-1, sets))),
            commands.SetCapacity(worker, 0, 1),
            commands.SetCapacity(0, channel, choice((-1, 2))),
            commands.SetChannelAvailable(worker, 0, flag),
            commands.SetChannelAvailable(0, channel, flag),
            commands.UpdateQueue(choice((-1, len(setting.queues)))),
            commands.UpdateQueue(0, choice((-2, texts))),
            commands.UpdateQueue(0, -1, choice((-2, 0, 51, -1))),
            commands.UpdateWorkflow(choice((-1, len(setting.flows)))),
            commands.UpdateWorkflow(0, choice((-2, documents))),
            commands.UpdateWorkflow(0, -1, choice((0, 999, 1001, 86_401_000, -2, -1))),
            commands.UpdateTask(waiting),
            commands.UpdateTask(waiting, attributes=choice((-2, setting.n_kinds))),
            commands.UpdateTask(waiting, priority=choice((-2, 2**31))),
        )
        return choice(wild)


def random_command(chooser: Chooser, setting: Setting, naive: NaiveTaskRouter) -> commands.Command:
    """Return a command, mostly one that the state allows."""
    return CommandDraw(chooser, setting, naive).command()
