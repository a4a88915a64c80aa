"""Why a task goes from target to target: the cause of every step, told with its reasons.

Sources: Twilio, "Workflow configuration", "Task evaluation", "Workflows resource"
(``ReEvaluateTasks``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from trsim.core.events import Row
from trsim.core.spec import FailureRule
from trsim.core.states import TaskStatus
from trsim.report.explain_entry import Kind
from trsim.report.explain_scene import Scene
from trsim.report.explain_waiting import Waiting


class Cause(Enum):
    """Why a task goes to another target."""

    FIRST = "it was created"
    AGAIN = "it is evaluated again"
    TIMEOUT = "its target timed out"
    ADVANCE = "an offer failed, and workflows advance"
    SKIP = "its target is skipped"


class Journey:
    """Tells one task's way through its workflow.

    Parameters
    ----------
    scene : Scene
    waiting : Waiting
        Its waits, which end with every step.
    """

    def __init__(self, scene: Scene, waiting: Waiting) -> None:
        self._scene = scene
        self._waiting = waiting
        self._cause = (-1, Cause.SKIP)
        rules = scene.words.model.spec.rules
        self._advances = rules.on_reservation_failure is FailureRule.ADVANCE

    def go_on(self, cause: Cause, row: Row) -> None:
        """Take note why the task goes to another target, if it does so in this instant."""
        self._cause = (row.at_ms, cause)

    def _take_cause(self, row: Row) -> Cause:
        """Return why the task leaves its target; what has no other cause is a skip."""
        at_ms, cause = self._cause
        self._cause = (-1, Cause.SKIP)
        return cause if at_ms == row.at_ms else Cause.SKIP

    def after_failure(self, row: Row) -> Cause:
        """Return why the task leaves its target, if a failed offer makes it do so."""
        scene = self._scene
        if row.task_status != TaskStatus.PENDING:
            return Cause.SKIP
        if scene.way.is_outdated(scene.task):
            return Cause.AGAIN
        if self._advances and scene.way.advances(scene.task, row.at_ms):
            return Cause.ADVANCE
        return Cause.SKIP

    def target(self, row: Row) -> None:
        """Tell that the task enters a target, and why this one."""
        scene = self._scene
        cause = self._take_cause(row)
        if cause is Cause.SKIP:
            self._skipped(row)
        text = scene.way.entered(row)
        if cause is Cause.AGAIN and scene.ledger.task_step[scene.task] == row.step:
            text = text.replace("enters", "stays in", 1)
        scene.add(row.at_ms, Kind.ENTERED, text, self._about_target(row, cause))

    def _about_target(self, row: Row, cause: Cause) -> Iterator[str | None]:
        way, ledger, task = self._scene.way, self._scene.ledger, self._scene.task
        if cause in (Cause.FIRST, Cause.AGAIN):
            configuration = ledger.task_configuration[task]
            yield from way.tests_from_top(configuration, ledger.task_attributes[task], row.step)
        elif way.leaves_filter(task, row.step):
            # A task that skips a target before the last leaves its filter as by a timeout.
            if cause is Cause.SKIP and way.is_at_last(task):
                yield "the last target was skipped, so the filter counts as not matched"
            yield from way.passed_over_at_end(task, row.at_ms)
            yield from way.tests_below(task, row.step)
        if cause is Cause.ADVANCE:
            yield "a failed offer sends it to the next target (on_reservation_failure: advance)"
        if cause is not Cause.FIRST:
            left = -1 if cause is Cause.AGAIN else ledger.task_step[task]
            yield from way.passed_over(row, left)
        yield way.sum_text(row.step, row.offset_ms)

    def _skipped(self, row: Row) -> None:
        """Tell that the task's target is left because its ``skip_if`` holds."""
        scene = self._scene
        people, ledger, task = scene.people, scene.ledger, scene.task
        step = ledger.task_step[task]
        said = people.skip_text(scene.way.target(step), ledger.task_channel[task])
        text = f"skips {scene.words.target(step)}: {said}"
        obstacles = people.not_eligible(people.candidates(task), task)
        scene.add(row.at_ms, Kind.SKIPPED, text, ["nobody could be asked at once", *obstacles])

    def target_timeout(self, row: Row) -> None:
        """Tell that the deadline of its target has passed."""
        scene = self._scene
        self.go_on(Cause.TIMEOUT, row)
        text = scene.way.deadline_text(scene.task, row.at_ms)
        scene.add(row.at_ms, Kind.DEADLINE, text, self._waiting.overtakers())

    def workflow_timeout(self, row: Row) -> None:
        """Tell that no target is left."""
        scene = self._scene
        way, task = scene.way, scene.task
        cause = self._take_cause(row)
        if cause is Cause.SKIP:
            self._skipped(row)
        if cause is Cause.AGAIN:
            text = "every target of the filters that match has timed out already"
            details = [*self.tests_for_nothing()]
        else:
            text = "no target is left, and no filter below can be used"
            details = [*way.passed_over_at_end(task, row.at_ms), *way.tests_below(task, -1)]
        if way.has_default(task):
            details.append("the default filter is not used after a timeout")
        scene.add(row.at_ms, Kind.WORKFLOW_ENDS, text, details)

    def workflow_skipped(self, row: Row) -> None:
        """Tell that the last target was skipped."""
        self._skipped(row)
        below = self._scene.way.tests_below(self._scene.task, -1)
        text = "the last target was skipped, and there is no default filter"
        self._scene.add(row.at_ms, Kind.WORKFLOW_ENDS, text, below)

    def evaluated_again(self, row: Row) -> None:
        """Tell that the task's workflow is updated with ``re_evaluate_tasks``."""
        scene = self._scene
        ledger, task = scene.ledger, scene.task
        if ledger.task_workflow[task] != row.workflow or ledger.task_configuration[task] < 0:
            return
        status, name = ledger.task_status[task], scene.words.configuration(row.value)
        text = f"workflow {scene.words.workflow(row.workflow)} is updated: "
        if status == TaskStatus.PENDING:
            self._waiting.drop()
            self.go_on(Cause.AGAIN, row)
            text += f"it starts again from the top of configuration {name}"
        elif status == TaskStatus.RESERVED:
            text += f"it takes up configuration {name} if its offers fail"
        else:
            return
        scene.add(row.at_ms, Kind.EVALUATED_AGAIN, text)

    def tests_for_nothing(self) -> Iterable[str]:
        """Return why no filter takes the task."""
        ledger, task = self._scene.ledger, self._scene.task
        configuration, attributes = ledger.task_configuration[task], ledger.task_attributes[task]
        return self._scene.way.tests_from_top(configuration, attributes, -1)
