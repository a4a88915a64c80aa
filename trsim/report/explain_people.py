"""Who could be asked for a task at an instant, who could not, and what stood in the way.

The rules are routing's own, asked on a ledger that was folded from the log.

Sources: Twilio, "TaskQueues resource", "Order workers", "Multitasking", "Workflow configuration:
worker presence".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trsim.core.ledger import Ledger
from trsim.core.ordering import worker_key
from trsim.core.spec import IdleKey
from trsim.report.explain_entry import FEW_NAMES, Vocabulary, counted
from trsim.report.explain_expressions import reason, value_text
from trsim.routing.eligibility import Eligibility, Obstacle
from trsim.routing.expression_scopes import follow
from trsim.routing.presence import Presence
from trsim.routing.worker_order import WorkerOrder
from trsim.routing.workflow import OrderClause, Target

_OTHER_WORKER, _NOT_IN_QUEUE = Obstacle.OTHER_WORKER, Obstacle.NOT_IN_QUEUE


@dataclass(frozen=True, slots=True)
class Candidates:
    """Who could be asked for a task at an instant.

    Attributes
    ----------
    eligible : tuple of int
        Those who can be asked, the best first.
    obstacles : tuple of (int, Obstacle)
        All others, with the first thing in their way.
    order : tuple of str
        Why the first one comes first, and what else there is to say about the order.
    """

    eligible: tuple[int, ...]
    obstacles: tuple[tuple[int, Obstacle], ...]
    order: tuple[str, ...]


class People:
    """Looks at the workers of a run as they are at the moment.

    Parameters
    ----------
    words : Vocabulary
    ledger : Ledger
        The facts, as far as the log has been read.
    """

    def __init__(self, words: Vocabulary, ledger: Ledger) -> None:
        self._words = words
        self._ledger = ledger
        self._routing = words.model.routing
        self._eligibility = Eligibility(self._routing, ledger)

    def candidates(self, task: int) -> Candidates:
        """Return who could be asked for a task now."""
        eligible, others = [], []
        for worker in range(len(self._ledger.worker_activity)):
            obstacles = self._eligibility.obstacles(worker, task)
            if obstacles:
                others.append((worker, obstacles[0]))
            else:
                eligible.append(worker)
        order = self._order(task)
        channel = self._ledger.task_channel[task]

        def key(worker: int) -> tuple[int, ...]:
            idle_ms = self._ledger.idle_ms(worker, channel)
            return worker_key(idle_ms, worker) if order is None else order.key(worker, idle_ms)

        eligible.sort(key=key)
        why = tuple(self._why_first(task, eligible)) if eligible else ()
        return Candidates(tuple(eligible), tuple(others), why)

    def not_eligible(self, candidates: Candidates, task: int) -> Iterator[str]:
        """Yield a line for each kind of obstacle, with the workers it keeps away."""
        groups: dict[tuple[Obstacle, int], list[int]] = {}
        for worker, obstacle in candidates.obstacles:
            activity = self._ledger.worker_activity[worker]
            kind = (obstacle, activity if obstacle is Obstacle.UNAVAILABLE else -1)
            groups.setdefault(kind, []).append(worker)
        # Where one worker alone is meant, the others need no mention.
        groups = {kind: one for kind, one in groups.items() if kind[0] is not _OTHER_WORKER}
        near = [kind for kind in groups if kind[0] is not _NOT_IN_QUEUE]
        for kind in sorted(near, key=lambda kind: -len(groups[kind])):
            yield self._group(kind, groups[kind], task)
        for kind in groups:
            if kind[0] is _NOT_IN_QUEUE:
                yield self._group(kind, groups[kind], task)

    def presence(self, queue: int) -> dict[str, object]:
        """Return what a ``skip_if`` of a target with this queue sees now."""
        ledger = self._ledger
        presence = Presence(self._routing, ledger.activity_available)
        for worker in self._eligibility.queue_members(queue):
            presence.count((queue,), ledger.worker_activity[worker], 1)
        return dict(presence.of_queue(queue))

    def is_skipped(self, target: Target) -> bool:
        """Whether the ``skip_if`` of a target holds now."""
        return target.skip_if is not None and target.skip_if.matches(self.presence(target.queue))

    def skip_text(self, target: Target, channel: int) -> str:
        """Return the ``skip_if`` of a target with what it counts now."""
        assert target.skip_if is not None, "asked for targets with a skip_if only"
        ledger = self._ledger
        said = f"skip_if {reason(target.skip_if, self.presence(target.queue))}"
        members = self._eligibility.queue_members(target.queue)
        available = [w for w in members if ledger.activity_available[ledger.worker_activity[w]]]
        if available and not any(ledger.can_take(worker, channel) for worker in available):
            said += f" ({counted(len(available), 'worker')} available, all busy)"
        return said

    def _group(self, kind: tuple[Obstacle, int], workers: list[int], task: int) -> str:
        obstacle, activity = kind
        said = f"{len(workers):,} {self._obstacle(obstacle, activity, task)}"
        if obstacle is _NOT_IN_QUEUE and not self._words.everybody and len(workers) > FEW_NAMES:
            return said
        return f"{said}: {self._words.workers(workers)}"

    def _obstacle(self, obstacle: Obstacle, activity: int, task: int) -> str:
        ledger, words = self._ledger, self._words
        channel = words.channel(ledger.task_channel[task])
        match obstacle:
            case Obstacle.UNAVAILABLE:
                return f"in {words.activity(activity)}, which is not available"
            case Obstacle.NO_CAPACITY:
                return f"busy, no capacity left on {channel}"
            case Obstacle.CHANNEL_OFF:
                return f"with {channel} switched off"
            case Obstacle.BUSY:
                return "busy with another task"
            case Obstacle.NOT_IN_QUEUE:
                return f"not in queue {words.queue(ledger.task_queue[task])}"
            case Obstacle.EXPRESSION:
                return f"for whom {self._expression(task)} is false"
        return str(obstacle.value)

    def _expression(self, task: int) -> str:
        """Return the expression of the task's target, with the task's values."""
        target, attributes = self._target(task), self._attributes(task)
        assert target is not None, "only a target has an expression"
        assert target.expression is not None, "it stands in somebody's way"
        text = target.expression.text
        names = [name for name in target.expression.names if name[0] == "task"]
        values = (
            f"{'.'.join(name)} is {value_text(_value(attributes, name[1:]))}" for name in names
        )
        seen = ", ".join(values)
        return f"{text} ({seen})" if seen else text

    def about_known_worker(self, task: int) -> Iterator[str]:
        """Yield what there is to say about the worker that the task names, if it names one."""
        target = self._target(task)
        if target is None or target.known_worker is None:
            return
        known = target.known_worker
        path = ".".join(["task", *map(str, known.path)])
        value = follow(self._attributes(task), known.path)
        named = self._eligibility.named(known, self._attributes(task))
        kind = "friendly name" if known.by_name else "SID"
        workers = range(len(self._ledger.worker_activity))
        found = [w for w in workers if self._eligibility.is_known_worker(w, known, named)]
        if named is None:
            yield f"known worker: {path} is {value_text(value)}, so nobody can be asked here"
        elif not found:
            yield f"known worker: no worker has the {kind} {value_text(value)} of {path}"
        for worker in found:
            obstacles = self._eligibility.obstacles(worker, task)
            why = ", ".join(obstacle.value for obstacle in obstacles) or "can be asked"
            name = self._words.worker(worker)
            yield f"known worker: {path} is {value_text(value)}; {name}: {why}"

    def _why_first(self, task: int, eligible: list[int]) -> Iterator[str]:
        """Yield why the first of the eligible workers comes first."""
        first = self._words.worker(eligible[0])
        if self._ledger.task_ignores_capacity[task]:
            yield f"{first} is asked whatever {first}'s activity and load are"
            return
        if len(eligible) == 1:
            yield f"{first} is the only one who can be asked"
            return
        target = self._target(task)
        clauses = target.order_by if target is not None else ()
        for clause in clauses:
            yield self._clause(clause, task, eligible)
        names = [f"{self._words.worker(w)} ({self._idle(w, task)})" for w in eligible]
        said = f"{len(eligible):,} can be asked: {self._words.listed(names)}"
        # Of equals in all clauses the longest idle comes first, then the one created first.
        yield f"{said}; order_by decides, then idleness" if clauses else said
        idle = self._ledger.idle_ms(eligible[0], self._ledger.task_channel[task])
        if not clauses:
            same = [w for w in eligible if self._idle_ms(w, task) == idle]
            since_free = self._words.model.spec.rules.idle_key is IdleKey.SINCE_FREE
            why = "idle the longest" if since_free else "asked the longest ago"
            if not since_free and idle < 0:
                why = "the only one never asked before"
            if len(same) > 1:
                why = f"{len(same):,} are equally idle, and it is the first of them by creation"
            yield f"{first} comes first: {why}"

    def _clause(self, clause: OrderClause, task: int, eligible: list[int]) -> str:
        views = self._eligibility.views
        path = ".".join(["worker", *map(str, clause.path)])
        said = f"order_by {path} {'DESC' if clause.descending else 'ASC'}"
        members = self._eligibility.queue_members(self._ledger.task_queue[task])
        if WorkerOrder((clause,), views.attributes).look_again(members):
            return f"{said} is ignored: somebody in the queue has no whole number there"
        values = [
            f"{self._words.worker(w)} {value_text(follow(views.attributes(w), clause.path))}"
            for w in eligible
        ]
        return f"{said}: {self._words.listed(values)}"

    def _idle_ms(self, worker: int, task: int) -> int:
        return self._ledger.idle_ms(worker, self._ledger.task_channel[task])

    def _idle(self, worker: int, task: int) -> str:
        """Return from when a worker's idleness counts."""
        at_ms, channel = self._idle_ms(worker, task), self._ledger.task_channel[task]
        where = f" on {self._words.channel(channel)}" if self._ledger.optimized[channel] else ""
        if self._words.model.spec.rules.idle_key is IdleKey.SINCE_FREE:
            since = "from the start" if at_ms < 0 else f"since {self._label(at_ms)}"
            return f"idle{where} {since}"
        if at_ms < 0:
            return f"never asked{where} before"
        return f"last asked{where} at {self._label(at_ms)}"

    def _label(self, at_ms: int) -> str:
        return self._words.clock.label(at_ms)

    def _order(self, task: int) -> WorkerOrder | None:
        target = self._target(task)
        if target is None or not target.order_by:
            return None
        order = WorkerOrder(target.order_by, self._eligibility.views.attributes)
        order.look_again(self._eligibility.queue_members(self._ledger.task_queue[task]))
        return order

    def _target(self, task: int) -> Target | None:
        step = self._ledger.task_step[task]
        return None if step < 0 else self._routing.steps[step]

    def _attributes(self, task: int) -> dict[str, object]:
        number = self._ledger.task_attributes[task]
        return dict(self._routing.plan.attribute_sets[number])


def _value(attributes: dict[str, object], names: tuple[str, ...]) -> object:
    """Return what the written names of a path lead to."""
    path = (int(name[1:-1]) if name.startswith("[") else name for name in names)
    return follow(attributes, tuple(path))
