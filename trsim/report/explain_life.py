"""What befell one task, row by row, each with its reasons.

A row is told *before* it is folded into the ledger, so that everything is judged by the facts on
which it was decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from trsim.core.deadlines import DIRECT_LIFE_MS
from trsim.core.events import NOTHING, EventType, Row
from trsim.core.states import Reason, TaskStatus
from trsim.report.explain_entry import Kind, spelled
from trsim.report.explain_expressions import attributes_text
from trsim.report.explain_journey import Cause, Journey
from trsim.report.explain_offers import Offers
from trsim.report.explain_scene import Scene
from trsim.report.explain_waiting import Waiting

ENDS = {
    Reason.HANGUP: "the customer hangs up",
    Reason.OPERATOR: "an operator cancels it",
    Reason.TTL: "its time to live is over",
    Reason.WORKFLOW_TIMEOUT: "the workflow has timed out",
    Reason.WORKFLOW_SKIPPED: "it was skipped out of the workflow",
    Reason.ASSIGNMENT_LIMIT: "it was reserved as often as the workspace allows",
    Reason.NO_MATCHING_FILTER: "no filter matches",
    Reason.TTL_OR_ASSIGNMENT_LIMIT: "its time to live or its assignments are used up",
    Reason.ROUTING_TARGET: "it was routed directly, and nobody could be reserved in time",
}
"""Why a task is canceled, in words."""

_FROM_OUTSIDE = (
    Reason.HANGUP,
    Reason.OPERATOR,
    Reason.TTL,
    Reason.TTL_OR_ASSIGNMENT_LIMIT,
    Reason.ROUTING_TARGET,
)
"""Ends that come while a task waits, and are no consequence of a look at its target."""
_WAY = (
    EventType.TASK_QUEUE_TIMEOUT,
    EventType.TASK_QUEUE_MOVED,
    EventType.WORKFLOW_TARGET_MATCHED,
    EventType.WORKFLOW_TIMEOUT,
    EventType.WORKFLOW_SKIPPED,
)
_FAILURES = (
    EventType.RESERVATION_REJECTED,
    EventType.RESERVATION_TIMEOUT,
    EventType.RESERVATION_CANCELED,
)
_ENDED = (TaskStatus.COMPLETED, TaskStatus.CANCELED)


class Life:
    """Tells the rows of one task.

    Parameters
    ----------
    scene : Scene

    Attributes
    ----------
    ended_ms : int or None
        When the task ended; None: it has not [ms].
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._waiting = Waiting(scene)
        self._offers = Offers(scene)
        self._journey = Journey(scene, self._waiting)
        self.ended_ms: int | None = None
        self._tellers: dict[int, Callable[[Row], None]] = {
            EventType.TASK_CREATED: self._created,
            EventType.WORKFLOW_ENTERED: self._workflow_entered,
            EventType.WORKFLOW_TARGET_MATCHED: self._journey.target,
            EventType.TASK_QUEUE_TIMEOUT: self._journey.target_timeout,
            EventType.WORKFLOW_TIMEOUT: self._journey.workflow_timeout,
            EventType.WORKFLOW_SKIPPED: self._journey.workflow_skipped,
            EventType.RESERVATION_ACCEPTED: self._offers.accept,
            EventType.RESERVATION_ON_HOLD: self._offers.hold,
            EventType.RESERVATION_REJECTED: self._offers.reject,
            EventType.RESERVATION_TIMEOUT: self._offers.miss,
            EventType.RESERVATION_CANCELED: self._offers.cancel,
            EventType.RESERVATION_RESCINDED: self._offers.rescind,
            EventType.TASK_UPDATED: self._updated,
            EventType.RESERVATION_FAILED: self._not_reserved,
            EventType.TASK_CANCELED: self._canceled,
            EventType.TASK_WRAPUP: self._wrapping,
            EventType.TASK_COMPLETED: self._completed,
            EventType.TASK_DELETED: self._deleted,
            EventType.TASK_SYSTEM_DELETED: self._deleted,
        }

    def before(self, row: Row) -> None:
        """Tell a row that is not folded into the ledger yet."""
        due_ms = self._waiting.due_ms
        if due_ms is not None and due_ms < row.at_ms:
            self._waiting.tell(due_ms)
        if row.task == self._scene.task:
            self._own(row)
            return
        self._offers.tell_batch()
        if row.event == EventType.WORKFLOW_REEVALUATED:
            self._journey.evaluated_again(row)
        elif row.event == EventType.RESERVATION_CREATED:
            self._waiting.watch(row)
        if row.worker >= 0:
            self._offers.note(row)

    def after(self, row: Row) -> None:
        """Take note of what a row that is folded now began."""
        if row.task != self._scene.task:
            return
        entered = row.event == EventType.WORKFLOW_TARGET_MATCHED
        direct = row.event == EventType.TASK_CREATED and max(row.queue, row.worker) >= 0
        failed = row.event in _FAILURES and row.task_status == TaskStatus.PENDING
        if entered or direct or failed:
            self._waiting.begin(row.at_ms)
        if row.task_status == NOTHING or row.task_status in _ENDED:
            self.ended_ms = row.at_ms if self.ended_ms is None else self.ended_ms

    def close(self, end_ms: int) -> None:
        """Tell what is left, and how the task ended or stands at the end of the run [ms]."""
        self._offers.tell_batch()
        if self._waiting.due_ms is not None and self._waiting.due_ms < end_ms:
            self._waiting.tell(self._waiting.due_ms)
        at_ms = end_ms if self.ended_ms is None else self.ended_ms
        self._scene.add(at_ms, Kind.OUTCOME, self._outcome(at_ms))

    def _own(self, row: Row) -> None:
        if row.event == EventType.RESERVATION_CREATED:
            self._waiting.drop()
            why: list[str] = []
            if self._scene.is_pending:
                latency = self._waiting.latency_text()
                why = [*self._waiting.overtakers(), *([latency] if latency else [])]
            self._offers.make(row, tuple(why))
            return
        self._offers.tell_batch()
        if row.event in _WAY:
            self._waiting.drop()
        elif row.event == EventType.TASK_CANCELED and row.reason in _FROM_OUTSIDE:
            self._waiting.tell(row.at_ms)
        if row.event in _FAILURES:
            self._journey.go_on(self._journey.after_failure(row), row)
        teller = self._tellers.get(row.event)
        if teller is not None:
            teller(row)
        if row.reservation >= 0:
            self._offers.note(row)

    def _created(self, row: Row) -> None:
        scene = self._scene
        words = scene.words
        scene.created_ms = row.at_ms
        self._journey.go_on(Cause.FIRST, row)
        name = words.task_of(row.stream, row.number) or f"task {row.task}"
        text = f"{name} is created on channel {words.channel(row.channel)}"
        scene.add(row.at_ms, Kind.CREATED, text, self._about_creation(row))
        where = None
        if row.queue >= 0:
            where = f"queue {words.queue(row.queue)}, around all filters"
        elif row.worker >= 0:
            where = f"{words.worker(row.worker)} alone, around all filters and queues"
        if where is not None:
            limit = f"canceled unless a reservation is made by age {spelled(DIRECT_LIFE_MS)}"
            scene.add(row.at_ms, Kind.ENTERED, f"is routed directly to {where}", (limit,))

    def _about_creation(self, row: Row) -> Iterator[str]:
        words = self._scene.words
        yield f"attributes: {attributes_text(self._attributes(row.attributes))}"
        workflow = f"workflow {words.workflow(row.workflow)}, priority {row.priority}"
        is_direct = max(row.queue, row.worker) >= 0
        yield f"{workflow}; of the workflow only the timeout counts" if is_direct else workflow
        yield f"time to live: until age {spelled(row.until_ms - row.at_ms)}"
        if row.offset_ms > 0:
            since = words.clock.label(row.at_ms - row.offset_ms)
            yield f"its wait counts from {since}, {spelled(row.offset_ms)} before its creation"

    def _workflow_entered(self, row: Row) -> None:
        name = self._scene.words.configuration(row.value)
        if name != self._scene.words.workflow(row.workflow):
            self._scene.amend(f"configuration {name} is in force")

    def _updated(self, row: Row) -> None:
        ledger, task = self._scene.ledger, self._scene.task
        if row.attributes < 0:
            return  # the announcement of a completion
        changes, is_new = [], row.attributes != ledger.task_attributes[task]
        if is_new:
            changes.append(
                f"attributes are now {attributes_text(self._attributes(row.attributes))}"
            )
        if row.priority != ledger.task_priority[task]:
            changes.append(f"priority is now {row.priority}")
        then = "nothing follows at once, for it is not pending"
        if row.task_status == TaskStatus.PENDING:
            is_routed = ledger.task_step[task] >= 0
            if is_routed:
                self._journey.go_on(Cause.AGAIN, row)
            then = "it takes its new place among the waiting tasks"
            then = "its workflow starts again from the top" if is_new and is_routed else then
        if not changes:
            then = "a priority has no effect while its target sets one"
        text = "an operator changes it: " + (" and ".join(changes) or "nothing is different")
        self._scene.add(row.at_ms, Kind.UPDATED, text, (then,))

    def _not_reserved(self, row: Row) -> None:
        self._waiting.tell(row.at_ms)
        limit = spelled(DIRECT_LIFE_MS)
        text = f"no reservation could be made within {limit} of its creation"
        self._scene.add(row.at_ms, Kind.NOT_RESERVED, text)

    def _canceled(self, row: Row) -> None:
        why = ENDS[Reason(row.reason)]
        details: list[str] = [*self._waiting.overtakers()]
        if row.reason == Reason.NO_MATCHING_FILTER:
            details += self._journey.tests_for_nothing()
        text = f"{why}: canceled with {Reason(row.reason).text!r}"
        self._scene.add(row.at_ms, Kind.CANCELED, text, details)

    def _wrapping(self, row: Row) -> None:
        worker = self._scene.words.worker(self._offers.holder)
        text = f"the conversation ends after {self._offers.talk(row)}; {worker} wraps up"
        self._scene.add(row.at_ms, Kind.WRAPPING, text)

    def _completed(self, row: Row) -> None:
        worker = self._scene.words.worker(self._offers.holder)
        text = f"{worker} is done, {self._offers.talk(row)} after accepting"
        self._scene.add(row.at_ms, Kind.COMPLETED, text)

    def _deleted(self, row: Row) -> None:
        by_system = row.event == EventType.TASK_SYSTEM_DELETED
        text = "the system removes it, assigned for 24h" if by_system else "it is deleted"
        self._scene.add(row.at_ms, Kind.DELETED, text)

    def _outcome(self, at_ms: int) -> str:
        offers, scene = self._offers, self._scene
        made = offers.ends_text()
        if offers.holder >= 0:
            wait = spelled(offers.accepted_ms - scene.created_ms)
            return f"accepted by {scene.words.worker(offers.holder)} after {wait}; {made}"
        span = spelled(at_ms - scene.created_ms)
        if self.ended_ms is not None:
            return f"not accepted, ended after {span}; {made}"
        status = TaskStatus(scene.ledger.task_status[scene.task]).label
        return f"still {status} at the end of the run, after {span}; {made}"

    def _attributes(self, number: int) -> dict[str, object]:
        return dict(self._scene.words.model.routing.plan.attribute_sets[number])
