"""What a target asks of the workers of its queue for tasks with certain attributes."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from trsim.routing.eligibility import Eligibility
from trsim.routing.expression_scopes import follow
from trsim.routing.expressions import Expression
from trsim.routing.worker_views import sees_activity, sees_channels, sees_identity
from trsim.routing.workflow import Target


class Wishes:
    """A target's expression and known worker, for the attributes of a task.

    Parameters
    ----------
    target : Target
        The target.
    attributes : mapping
        The task's attributes.
    eligibility : Eligibility
        The rules they are parts of.

    Attributes
    ----------
    key : tuple
        Equal for targets and attributes that ask for the same workers.
    depend_on_the_moment : bool
        Whether activity or load of a worker decide, and not just its attributes.
    """

    def __init__(
        self, target: Target, attributes: Mapping[str, object], eligibility: Eligibility
    ) -> None:
        self._target = target
        self._attributes = attributes
        self._eligibility = eligibility
        self._named: str | None = None
        if target.known_worker is not None:
            self._named = eligibility.named(target.known_worker, attributes)
        expression = target.expression
        self.depend_on_the_moment = expression is not None and (
            sees_activity(expression) or sees_channels(expression)
        )
        self._is_shared = expression is not None and not sees_identity(expression)
        self._by_attributes: dict[int, bool] = {}  # of workers, where they alone decide
        asked = () if expression is None else _task_values(expression, attributes)
        self.key: Hashable = (
            target.queue,
            None if expression is None else expression.text,
            asked,
            target.known_worker is not None and (target.known_worker.by_name, self._named),
        )

    def admit(self, worker: int) -> bool:
        """Whether a worker can be asked, as long as attributes stay as they are."""
        target, eligibility = self._target, self._eligibility
        if not eligibility.in_queue(worker, target.queue):
            return False
        known = target.known_worker
        if known is not None and not eligibility.is_known_worker(worker, known, self._named):
            return False
        if self.depend_on_the_moment:
            return True
        if not self._is_shared:
            return self.hold_now(worker)
        number = eligibility.attributes_number(worker)
        found = self._by_attributes.get(number)
        if found is None:
            found = self._by_attributes[number] = self.hold_now(worker)
        return found

    def hold_now(self, worker: int) -> bool:
        """Whether the expression holds for a worker at the moment."""
        return self._eligibility.expression_holds(self._target, self._attributes, worker)


def _task_values(expression: Expression, attributes: Mapping[str, object]) -> tuple[str, ...]:
    """Return what an expression looks at in a task, as texts."""
    paths = (names[1:] for names in expression.names if names[0] == "task")
    return tuple(repr(follow(attributes, tuple(map(_segment, path)))) for path in paths)


def _segment(name: str) -> str | int:
    return int(name[1:-1]) if name.startswith("[") else name
