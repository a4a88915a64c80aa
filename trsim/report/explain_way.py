"""Why a task goes the way it goes through its workflow: filters, targets, deadlines.

Sources: Twilio, "Workflow configuration", "Task evaluation".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trsim.core.deadlines import target_deadline
from trsim.core.events import Row
from trsim.core.ledger import NO_DEADLINE, Ledger
from trsim.report.explain_entry import Vocabulary, counted, spelled
from trsim.report.explain_expressions import reason
from trsim.routing.compiled import NO_TIMEOUT, FilterRange
from trsim.routing.traversal import Traversal
from trsim.routing.workflow import Target


class Way:
    """Tells where a task stands in its workflow and how it came there.

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
        self._traversal = Traversal(self._routing)

    def target(self, step: int) -> Target:
        """Return a target."""
        return self._routing.steps[step]

    def advances(self, task: int, now_ms: int) -> bool:
        """Whether another target of the filter can be tried after a failure."""
        step = self._ledger.task_step[task]
        return step >= 0 and self._traversal.next_target(self._ledger, task, now_ms) is not None

    def is_outdated(self, task: int) -> bool:
        """Whether the task is to be evaluated again once its offers have failed."""
        step, configuration = self._ledger.task_step[task], self._ledger.task_configuration[task]
        return step >= 0 and self._routing.step_configuration[step] != configuration

    def entered(self, row: Row) -> str:
        """Return the sentence about a target that is entered by a row."""
        words = self._words
        text = f"enters {words.target(row.step)}: queue {words.queue(row.queue)}"
        target = self.target(row.step)
        if target.priority is not None:
            text += f", sets priority {target.priority}"
        elif row.priority:
            text += f", priority {row.priority}"
        if row.until_ms == NO_DEADLINE:
            return f"{text}, no timeout"
        age_ms = row.until_ms - self._ledger.task_created_ms[row.task]
        return f"{text}, until age {spelled(age_ms)} ({words.clock.label(row.until_ms)})"

    def sum_text(self, step: int, offset_ms: int) -> str | None:
        """Return how a target's deadline adds up; None if it has no timeout.

        Parameters
        ----------
        step : int
        offset_ms : int
            Age from which the filter's timeouts count [ms].
        """
        limit_ms = self._routing.step_limit_ms[step]
        present = self._routing.step_filter[step]
        if limit_ms == NO_TIMEOUT or present is None:
            return None
        timeouts = [self.target(s).timeout_s for s in range(present.first, step + 1)]
        parts = [spelled(1000 * timeout) for timeout in timeouts if timeout is not None]
        if offset_ms:
            parts.insert(0, f"{spelled(offset_ms)} (age from which this filter counts)")
        if len(parts) == 1:
            return None
        return f"deadline: {' + '.join(parts)} = age {spelled(offset_ms + limit_ms)}"

    def tests_from_top(self, configuration: int, attributes: int, step: int) -> Iterator[str]:
        """Yield why each filter down to the one of a target does or does not match.

        Parameters
        ----------
        configuration : int
            The configuration the task goes by.
        attributes : int
            Number of its attribute set.
        step : int
            The target that was found; -1: none.
        """
        filters = self._routing.configurations[configuration].filters
        taken = self._routing.step_filter[step] if step >= 0 else None
        for one in filters:
            matches = self._matches(one, attributes)
            verdict = "matches" if matches else "does not match"
            if matches and one is not taken:
                verdict = "matches, but all its deadlines have passed"
            yield f"{self._words.filter(one)} {verdict}: {self._reason(one, attributes)}"
            if one is taken:
                return
        if step >= 0:
            none = "no filter matches" if filters else "there is no other filter"
            yield f"{none}, so the default filter takes it"
        elif not any(self._matches(one, attributes) for one in filters):
            yield "no filter matches, and there is no default filter"

    def tests_below(self, task: int, step: int) -> Iterator[str]:
        """Yield why filters below that of the task's target are used or not.

        Parameters
        ----------
        task : int
        step : int
            The target it goes to; -1: to none.
        """
        ledger, routing = self._ledger, self._routing
        left, attributes = ledger.task_step[task], ledger.task_attributes[task]
        taken = routing.step_filter[step] if step >= 0 else None
        for one in routing.configurations[routing.step_configuration[left]].filters:
            if one.first <= left:
                continue
            matches = self._matches(one, attributes)
            verdict = "matches" if matches else "does not match"
            if matches and one is not taken:
                verdict = "matches, but all its deadlines have passed"
            yield f"{self._words.filter(one)} {verdict}: {self._reason(one, attributes)}"
            if one is taken:
                return
        if step >= 0:
            yield "no filter below matches, so the default filter takes it"

    def passed_over(self, row: Row, left: int) -> Iterator[str]:
        """Yield what there is to say about targets of its filter before one that is entered.

        Parameters
        ----------
        row : Row
            Enters the target.
        left : int
            The target that is left; -1: the task comes from the top.
        """
        present = self._routing.step_filter[row.step]
        if present is None:
            return
        first = left + 1 if present.first <= left < row.step else present.first
        yield from self._over(range(first, row.step), row.task, row.offset_ms, row.at_ms)

    def passed_over_at_end(self, task: int, now_ms: int) -> Iterator[str]:
        """Yield what there is to say about the targets behind the one at which the way ends."""
        left = self._ledger.task_step[task]
        present = self._routing.step_filter[left]
        if present is not None:
            behind = range(left + 1, present.end)
            yield from self._over(behind, task, self._ledger.task_offset_ms[task], now_ms)

    def is_at_last(self, task: int) -> bool:
        """Whether the task is in the last target of its filter."""
        step = self._ledger.task_step[task]
        present = self._routing.step_filter[step]
        return present is not None and step + 1 == present.end

    def leaves_filter(self, task: int, step: int) -> bool:
        """Whether a target belongs to another filter than the task's target."""
        left = self._ledger.task_step[task]
        return self._routing.step_filter[left] is not self._routing.step_filter[step]

    def has_default(self, task: int) -> bool:
        """Whether the task's configuration has a default filter."""
        configuration = self._ledger.task_configuration[task]
        return self._routing.configurations[configuration].default_step is not None

    def deadline_text(self, task: int, now_ms: int) -> str:
        """Return what is said when a target's deadline is found to have passed."""
        ledger, label = self._ledger, self._words.clock.label
        deadline_ms, step = ledger.task_deadline_ms[task], ledger.task_step[task]
        age_ms = deadline_ms - ledger.task_created_ms[task]
        text = f"{self._words.target(step)} times out at age {spelled(age_ms)}"
        if now_ms == deadline_ms:
            return text
        late_ms = now_ms - ledger.task_created_ms[task]
        return (
            f"{text} ({label(deadline_ms)}): the deadline passed while the task was reserved, "
            f"and is looked at now, at age {spelled(late_ms)}"
        )

    def _over(self, steps: Iterable[int], task: int, offset_ms: int, now_ms: int) -> Iterator[str]:
        """Yield a line on each target that is not tried, because its deadline has passed."""
        created_ms = self._ledger.task_created_ms[task]
        for step in steps:
            limit_ms = self._routing.step_limit_ms[step]
            if limit_ms == NO_TIMEOUT:
                continue
            if target_deadline(created_ms, offset_ms, limit_ms) <= now_ms:
                ends = spelled(offset_ms + limit_ms)
                target = self._words.target(step)
                queue = self._words.queue(self.target(step).queue)
                yield f"{target} (queue {queue}) is passed over: its deadline was age {ends}"

    def _matches(self, one: FilterRange, attributes: int) -> bool:
        return one.expression.matches(self._attributes(attributes))

    def _reason(self, one: FilterRange, attributes: int) -> str:
        return reason(one.expression, self._attributes(attributes))

    def _attributes(self, number: int) -> dict[str, object]:
        return dict(self._routing.plan.attribute_sets[number])


def ahead_text(ahead: list[tuple[int, int]], priority: int, *, is_lifo: bool) -> str | None:
    """Return how many tasks stand before one in its queue, and why.

    Parameters
    ----------
    ahead : list of (int, int)
        Number and priority of each.
    priority : int
        Priority of the task itself.
    is_lifo : bool
        Whether the later start goes first.
    """
    if not ahead:
        return None
    said = f"{counted(len(ahead), 'task')} ahead of it in the queue"
    if is_lifo:
        return f"{said}, having begun to wait later (LIFO)"
    higher = sum(other > priority for _, other in ahead)
    above, longer = f"of higher priority than its {priority}", "waiting longer"
    if higher in (0, len(ahead)):
        return f"{said}, {above if higher else longer}"
    return f"{said}: {higher:,} {above}, {len(ahead) - higher:,} {longer}"
