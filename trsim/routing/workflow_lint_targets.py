"""Finds what single targets of a filter say and probably do not mean.

Sources: Twilio, "Workflow configuration", "Worker presence", "Known agent routing" and "TaskQueue
resource"; targets that ask nobody are used as delays in a published template
(twilio-professional-services, flex-project-template).
"""

from __future__ import annotations

from collections.abc import Iterator

from trsim.routing.expression_scopes import WORKER_EXTRAS
from trsim.routing.workflow import Target
from trsim.routing.workflow_conditions import asks_for_nobody_available, never
from trsim.routing.workflow_problems import DocumentProblem, Path
from trsim.routing.workflow_steps import FilterSteps, seconds


def target_problems(steps: FilterSteps) -> Iterator[DocumentProblem]:
    """Yield what is suspicious about each target of a filter.

    Parameters
    ----------
    steps : FilterSteps
        The filter.
    """
    targets = steps.rule.targets
    for number, target in enumerate(targets):
        path = steps.target_path(number)
        if number > steps.last:
            reason = f"is never reached: targets[{steps.last}] has neither timeout nor skip_if"
            yield DocumentProblem(path, reason, False, "unreachable-target")
            continue
        yield from _audience(target, path, can_skip=steps.skips(number))
        yield from _skip(target, path)
        yield from _order(target, path)
        if number and _repeats(targets[number - 1], target):
            reason = f"is the same as targets[{number - 1}]: nothing changes for the task"
            yield DocumentProblem(path, reason, False, "repeated-target", is_note=True)


def _audience(target: Target, path: Path, *, can_skip: bool) -> Iterator[DocumentProblem]:
    """Yield what is wrong with whom a target asks."""
    if never(target.expression):
        here = (*path, "expression")
        if target.timeout_s is not None and not can_skip:
            reason = (
                f"is always false: nobody is asked, the target is a delay of "
                f"{seconds(target.timeout_s)}"
            )
            yield DocumentProblem(here, reason, False, "delay-step", is_note=True)
        else:
            then = "the target is skipped" if can_skip else "tasks wait until their TTL"
            reason = f"is always false: nobody is asked, and {then}"
            yield DocumentProblem(here, reason, False, "target-asks-nobody")
    if target.known_worker is not None and target.timeout_s is None and not can_skip:
        key = "known_worker_friendly_name" if target.known_worker.by_name else "known_worker_sid"
        reason = (
            "without timeout and skip_if a task waits until its TTL for a worker who is away, not "
            "in the queue (TaskRouter error 40152) or unknown (40155)"
        )
        yield DocumentProblem((*path, key), reason, False, "known-worker-forever")


def _skip(target: Target, path: Path) -> Iterator[DocumentProblem]:
    if target.skip_if is None:
        return
    if never(target.skip_if):
        reason = "is always false: the target is never skipped"
        yield DocumentProblem((*path, "skip_if"), reason, False, "skip-if-never")
    elif asks_for_nobody_available(target.skip_if):
        reason = (
            "workers.available counts busy workers, too; '1==1' skips unless somebody can take "
            "the task now"
        )
        yield DocumentProblem((*path, "skip_if"), reason, False, "skip-if-counts-busy")


def _order(target: Target, path: Path) -> Iterator[DocumentProblem]:
    for clause in target.order_by:
        if len(clause.path) == 1 and clause.path[0] in WORKER_EXTRAS:
            reason = f"worker.{clause.path[0]} is no whole number: the clause is ignored"
            yield DocumentProblem((*path, "order_by"), reason, False, "order-by-text")


def _repeats(before: Target, target: Target) -> bool:
    """Return whether a target offers the task to the same workers, in the same order."""
    same_priority = target.priority is None or target.priority == before.priority
    return same_priority and all(
        getattr(before, part) == getattr(target, part)
        for part in ("queue", "expression", "order_by", "known_worker")
    )
