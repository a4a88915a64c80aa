"""Finds what a workflow document says and probably does not mean.

Looks at the document and the workflow's reservation timeout alone; what depends on queues,
workers and tasks is found by the linter of scenarios.

Sources: Twilio, "Workflow configuration", "Task evaluation", "Lifecycle of a task: workflows and
assignment", "Worker presence" and "Known agent routing".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trsim.routing.workflow import Filter, WorkflowDocument
from trsim.routing.workflow_conditions import never, settled
from trsim.routing.workflow_lint_targets import target_problems
from trsim.routing.workflow_problems import DocumentProblem, Path
from trsim.routing.workflow_steps import FilterSteps, seconds, targets_text

_ROUTING: Path = ("task_routing",)


def lint_workflow(
    document: WorkflowDocument, source: object, reservation_timeout_ms: int | None
) -> tuple[DocumentProblem, ...]:
    """Return what is suspicious about a workflow document that can be read.

    Parameters
    ----------
    document : WorkflowDocument
        What :func:`~trsim.routing.workflow_reader.read_workflow` made of it.
    source : object
        The parsed document itself.
    reservation_timeout_ms : int or None
        How long an offer stands [ms]; None where a target's deadline ends offers, so that no
        offer can outlast its target.

    Returns
    -------
    tuple of DocumentProblem
        Warnings and notes, none of them fatal.

    Examples
    --------
    >>> from trsim.routing.workflow_reader import read_workflow
    >>> targets = [{"queue": "all", "timeout": 60}]
    >>> source = {"task_routing": {"filters": [{"expression": "1==1", "targets": targets}]}}
    >>> (problem,) = lint_workflow(read_workflow(source, None)[0], source, 20_000)
    >>> problem.rule, problem.path[-1]
    ('last-target-timeout', 'timeout')
    """
    filters = [
        FilterSteps.of(rule, _filter_path(number), _source_of(source, number))
        for number, rule in enumerate(document.filters)
    ]
    problems = list(_whole(document, filters))
    for number, steps in enumerate(filters):
        later = filters[number + 1 :]
        problems += _filter(steps, filters[:number])
        problems += target_problems(steps)
        problems += _ends(steps, later, has_default=document.default is not None)
        if reservation_timeout_ms is not None:
            problems += _outlasting(steps, later, reservation_timeout_ms / 1000)
    problems += _default(document, filters)
    return tuple(problems)


def _filter_path(number: int) -> Path:
    return (*_ROUTING, "filters", number)


def _source_of(source: object, number: int) -> Mapping[str, object]:
    """Return a filter as it was written; the reader has seen that it is there."""
    assert isinstance(source, Mapping), "a document that can be read is a mapping"
    found: Mapping[str, object] = source["task_routing"]["filters"][number]
    return found


def _whole(document: WorkflowDocument, filters: list[FilterSteps]) -> Iterator[DocumentProblem]:
    if document.default is None and not any(steps.takes_all for steps in filters):
        reason = (
            "without a default_filter a task that matches no filter is refused "
            "(TaskRouter error 14222)"
        )
        yield DocumentProblem(_ROUTING, reason, False, "no-default-filter", is_note=True)


def _filter(steps: FilterSteps, earlier: list[FilterSteps]) -> Iterator[DocumentProblem]:
    """Yield what is wrong with a filter as a whole."""
    if "friendly_name" in steps.source and "filter_friendly_name" not in steps.source:
        reason = "an old name of filter_friendly_name, read as that"
        yield DocumentProblem((*steps.path, "friendly_name"), reason, False, "alias", is_note=True)
    if never(steps.rule.expression):
        reason = "is always false: no task uses this filter"
        yield DocumentProblem((*steps.path, "expression"), reason, False, "filter-never-matches")
    for above in earlier:
        if not above.can_be_left and (above.takes_all or _same(above.rule, steps.rule)):
            why = "takes every task" if above.takes_all else "has the same expression"
            reason = f"no task reaches this filter: filters[{above.path[-1]}] {why} and keeps it"
            yield DocumentProblem(steps.path, reason, False, "shadowed-filter")
            return


def _same(one: Filter, other: Filter) -> bool:
    return one.expression.text.split() == other.expression.text.split()


def _ends(
    steps: FilterSteps, later: list[FilterSteps], *, has_default: bool
) -> Iterator[DocumentProblem]:
    """Yield how tasks are lost at the end of a filter."""
    if not steps.can_be_left or any(below.takes_all for below in later):
        return
    number = steps.last
    target, path = steps.rule.targets[number], steps.target_path(number)
    unless = " unless a filter below matches" if later else ""
    if target.timeout_s is not None:
        default = "; the default filter is not used after a timeout" if has_default else ""
        age = seconds(steps.deadlines_s[number])
        reason = f"a task that still waits is canceled at age {age}{unless}{default}"
        yield DocumentProblem((*path, "timeout"), reason, False, "last-target-timeout")
    if steps.skips(number) and not has_default:
        reason = f"without a default_filter a task that skips this last target is canceled{unless}"
        yield DocumentProblem((*path, "skip_if"), reason, False, "last-target-skipped")


def _outlasting(
    steps: FilterSteps, later: list[FilterSteps], offer_s: float
) -> Iterator[DocumentProblem]:
    """Yield the first target whose offers outlast it, and what they leave untried."""
    for number in range(steps.last + 1):
        target = steps.rule.targets[number]
        if target.timeout_s is None or target.timeout_s > offer_s or never(target.expression):
            continue
        end_s = steps.entered_s(number) + offer_s
        untried = steps.passed_over(number, end_s)
        leaves = steps.can_be_left and number + len(untried) == steps.last
        if not untried and not leaves and target.timeout_s == offer_s:
            continue
        compared = "outlast" if target.timeout_s < offer_s else "last as long as"
        reason = f"offers ({seconds(offer_s)}) {compared} this target: after a miss "
        reason += f"{targets_text(untried)} never tried, and " if untried else ""
        reason += _fate(leaves=leaves, later=later, age=seconds(end_s))
        path = (*steps.target_path(number), "timeout")
        is_note = not untried and not leaves
        yield DocumentProblem(path, reason, False, "offer-outlasts-target", is_note=is_note)
        return


def _fate(*, leaves: bool, later: list[FilterSteps], age: str) -> str:
    """Return what becomes of a task after an offer that outlasted its target."""
    if not leaves:
        return f"the task leaves at age {age}"
    if any(below.takes_all for below in later):
        return f"the filter is left at age {age}"
    unless = " unless a filter below matches" if later else ""
    return f"the task is canceled at age {age}{unless}"


def _default(document: WorkflowDocument, filters: list[FilterSteps]) -> Iterator[DocumentProblem]:
    default = document.default
    if default is None:
        return
    path: Path = (*_ROUTING, "default_filter")
    if default.known_worker is not None:
        reason = "tasks of the default filter wait for one worker until their time to live ends"
        yield DocumentProblem(path, reason, False, "known-worker-forever")
    if settled(default.expression) is False:
        reason = "is always false: tasks wait for nobody until their time to live ends"
        yield DocumentProblem((*path, "expression"), reason, False, "target-asks-nobody")
    for steps in filters:
        if steps.takes_all and not (steps.can_be_left and steps.skips(steps.last)):
            reason = f"no task comes here: filters[{steps.path[-1]}] takes every task"
            yield DocumentProblem(path, reason, False, "unused-default-filter", is_note=True)
            return
