"""Why a task waits: nobody can be asked, others go first, its target is not skipped.

Waiting leaves no row.  So a wait is *begun* by the row that gives the task its place, and told
once the instant of the next routing pass is over, unless the task has left that place by then.
"""

from __future__ import annotations

from collections.abc import Iterator

from trsim.core.events import Row
from trsim.core.spec import TaskOrder
from trsim.report.explain_entry import Kind, counted, spelled
from trsim.report.explain_scene import Scene
from trsim.report.explain_way import ahead_text


class Waiting:
    """The waits of one task.

    Parameters
    ----------
    scene : Scene

    Attributes
    ----------
    due_ms : int or None
        Instant after which the present wait is to be told [ms]; None: it does not wait, or that
        has been told.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._latency_ms = scene.words.model.spec.rules.routing_latency_ms
        self._overtook: dict[int, int] = {}
        self.due_ms: int | None = None

    def begin(self, at_ms: int) -> None:
        """Take note that the task has a place from an instant on, or from the end of its rest."""
        ledger, task = self._scene.ledger, self._scene.task
        self.due_ms = max(at_ms, ledger.task_rest_ms[task]) + self._latency_ms

    def drop(self) -> None:
        """Take note that the task has left its place before anything could be said about it."""
        self.due_ms = None

    def tell(self, at_ms: int) -> None:
        """Tell why the task waits at an instant [ms], by the facts as they are."""
        scene, is_told = self._scene, self.due_ms is None
        self.due_ms = None
        is_resting = scene.ledger.task_rest_ms[scene.task] > at_ms
        if is_told or is_resting or not scene.is_pending:
            return
        candidates = scene.people.candidates(scene.task)
        if candidates.eligible:
            names = scene.words.workers(candidates.eligible)
            why = self.latency_text() or "the match is not made yet"
            scene.add(at_ms, Kind.WAITS, f"could be asked: {names}; {why}")
            return
        details = [
            *scene.people.not_eligible(candidates, scene.task),
            *scene.people.about_known_worker(scene.task),
            self._ahead(),
            *self._not_skipped(),
        ]
        scene.add(at_ms, Kind.WAITS, "nobody can be asked", details)

    def watch(self, row: Row) -> None:
        """Take note of a reservation made for another task while this one waits."""
        ledger, task = self._scene.ledger, self._scene.task
        queue = ledger.task_queue[task]
        if row.queue != queue or queue < 0 or row.channel != ledger.task_channel[task]:
            return
        if row.task > task and self._scene.is_pending:
            self._overtook[row.task] = row.priority

    def overtakers(self) -> Iterator[str]:
        """Yield how many younger tasks went first since the last time this was asked."""
        if not self._overtook:
            return
        ledger, task = self._scene.ledger, self._scene.task
        own = ledger.task_priority[task]
        higher = sum(priority > own for priority in self._overtook.values())
        said = f"{counted(len(self._overtook), 'task')} created later went first in the queue"
        if higher:
            some = "" if higher == len(self._overtook) else f"{higher:,} "
            said += f", {some}of higher priority than its {own}"
        self._overtook.clear()
        yield said

    def latency_text(self) -> str | None:
        """Return why a match came late, None if it did not."""
        if not self._latency_ms:
            return None
        return f"a match takes {spelled(self._latency_ms)} to be made (routing_latency)"

    def _ahead(self) -> str | None:
        scene = self._scene
        ledger, task = scene.ledger, scene.task
        queue = ledger.task_queue[task]
        is_lifo = queue >= 0 and scene.words.model.spec.queues[queue].order is TaskOrder.LIFO
        return ahead_text(scene.ahead(), ledger.task_priority[task], is_lifo=is_lifo)

    def _not_skipped(self) -> Iterator[str]:
        scene = self._scene
        step = scene.ledger.task_step[scene.task]
        if step < 0:
            return
        target = scene.way.target(step)
        # If it holds by now, something of the same instant came after the look at it.
        if target.skip_if is not None and not scene.people.is_skipped(target):
            yield scene.people.skip_text(target, scene.ledger.task_channel[scene.task])
