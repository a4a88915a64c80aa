"""The way of a task through the filters and targets of its configuration.

Sources: Twilio, "Workflow configuration", "Task evaluation" (timeouts follow the task's age).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trsim.core.deadlines import target_deadline
from trsim.core.ledger import Ledger
from trsim.core.router import Placement
from trsim.core.states import Reason
from trsim.routing.compiled import CompiledRouting, FilterRange


class Traversal:
    """Finds the next target of a task, or why its way ends.

    Parameters
    ----------
    routing : CompiledRouting
        The steps.
    """

    def __init__(self, routing: CompiledRouting) -> None:
        self._routing = routing
        self._limit_ms = routing.step_limit_ms
        self._first: dict[tuple[int, int], Placement | None] = {}
        self._matching: dict[tuple[int, int], tuple[FilterRange, ...]] = {}

    def first(self, configuration: int, attributes: int) -> Placement | None:
        """Return the target a new task enters; None: it is refused."""
        key = (configuration, attributes)
        if key not in self._first:
            matching = self.matching_filters(configuration, attributes)
            step = self._routing.configurations[configuration].default_step
            if matching:
                step = matching[0].first
            self._first[key] = None if step is None else Placement(step, 0)
        return self._first[key]

    def from_top(self, ledger: Ledger, task: int, now_ms: int) -> Placement | Reason:
        """Return where a task goes that is evaluated again.

        Targets whose deadline is already reached are passed over; so a task can end here as by a
        timeout.
        """
        resets = self._routing.redrive_resets
        offset_ms = now_ms - ledger.task_created_ms[task] if resets else 0
        configuration = ledger.task_configuration[task]
        matching = self.matching_filters(configuration, ledger.task_attributes[task])
        if matching:
            return self._fall(ledger, task, matching, offset_ms, now_ms)
        step = self._routing.configurations[configuration].default_step
        return Reason.NO_MATCHING_FILTER if step is None else Placement(step, offset_ms)

    def after_timeout(self, ledger: Ledger, task: int, now_ms: int) -> Placement | Reason:
        """Return where a task goes whose target's deadline has passed.

        After the last target the next matching filter below is used, never the default filter,
        and its timeouts go on counting where the filter's sum ends.
        """
        placement = self.next_target(ledger, task, now_ms)
        if placement is not None:
            return placement
        present = self._routing.step_filter[ledger.task_step[task]]
        assert present is not None, "a default filter has no deadline"
        offset_ms = ledger.task_offset_ms[task] + present.total_ms
        return self._fall(ledger, task, self._below(ledger, task), offset_ms, now_ms)

    def after_skip(self, ledger: Ledger, task: int, now_ms: int) -> Placement | Reason:
        """Return where a task goes whose target is skipped.

        A filter whose last target is skipped counts as not matched: filters below count from the
        task's present age, and then the default filter is open to it.
        """
        step = ledger.task_step[task]
        present = self._routing.step_filter[step]
        assert present is not None, "a default filter is not skipped"
        if step + 1 < present.end:
            return self.after_timeout(ledger, task, now_ms)
        offset_ms = now_ms - ledger.task_created_ms[task]
        for candidate in self._below(ledger, task):
            return Placement(candidate.first, offset_ms)
        configuration = ledger.task_configuration[task]
        default = self._routing.configurations[configuration].default_step
        return Reason.WORKFLOW_SKIPPED if default is None else Placement(default, offset_ms)

    def next_target(self, ledger: Ledger, task: int, now_ms: int) -> Placement | None:
        """Return the next target of the task's filter that can still be tried."""
        step, offset_ms = ledger.task_step[task], ledger.task_offset_ms[task]
        present = self._routing.step_filter[step]
        if present is None:
            return None
        steps = range(step + 1, present.end)
        found = self._open_step(steps, ledger.task_created_ms[task], offset_ms, now_ms)
        return None if found is None else Placement(found, offset_ms)

    def matching_filters(self, configuration: int, attributes: int) -> Sequence[FilterRange]:
        """Return the filters of a configuration that hold for an attribute set, from the top."""
        key = (configuration, attributes)
        found = self._matching.get(key)
        if found is None:
            values = self._routing.plan.attribute_sets[attributes]
            filters = self._routing.configurations[configuration].filters
            found = tuple(f for f in filters if f.expression.matches(values))
            self._matching[key] = found
        return found

    def _below(self, ledger: Ledger, task: int) -> Iterable[FilterRange]:
        """Return the matching filters below the one that the task is in."""
        step, configuration = ledger.task_step[task], ledger.task_configuration[task]
        matching = self.matching_filters(configuration, ledger.task_attributes[task])
        return (candidate for candidate in matching if candidate.first > step)

    def _fall(
        self,
        ledger: Ledger,
        task: int,
        filters: Iterable[FilterRange],
        offset_ms: int,
        now_ms: int,
    ) -> Placement | Reason:
        """Return the first target with time left; filters without one add to the offset."""
        created_ms = ledger.task_created_ms[task]
        for candidate in filters:
            steps = range(candidate.first, candidate.end)
            found = self._open_step(steps, created_ms, offset_ms, now_ms)
            if found is not None:
                return Placement(found, offset_ms)
            offset_ms += candidate.total_ms
        return Reason.WORKFLOW_TIMEOUT

    def _open_step(self, steps: range, created_ms: int, offset_ms: int, now_ms: int) -> int | None:
        """Return the first step whose deadline lies ahead, or that has none."""
        for step in steps:
            limit_ms = self._limit_ms[step]
            if limit_ms < 0 or target_deadline(created_ms, offset_ms, limit_ms) > now_ms:
                return step
        return None
