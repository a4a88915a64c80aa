"""Workflow documents and expressions of a scenario, read by the router's own readers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from trsim.errors import ExpressionError, Problem
from trsim.routing.expressions import Expression, Scope, parse_expression
from trsim.routing.workflow import WorkflowDocument
from trsim.routing.workflow_reader import DocumentProblem, read_workflow
from trsim.scenario.names import QUEUE_SID
from trsim.scenario.nodes import (
    MapNode,
    Node,
    ScalarNode,
    child,
    entries_of,
    items_of,
    plain,
)
from trsim.scenario.places import place_of
from trsim.scenario.problems import Path, problem_at

MAX_DOCUMENT = 1_038_576
"""Bytes of a workflow document (Twilio, "Limits")."""
NOBODY = "1==0"
"""An expression that no worker matches; an empty ``target_workers`` means it."""


def document_problems(root: Node) -> Iterator[Problem]:
    """Yield what is wrong with the workflow documents and queue expressions of a scenario."""
    strict = is_strict(root)
    for path, node, text in _expressions(root):
        try:
            queue_expression(text, strict=strict)
        except ExpressionError as fault:
            yield problem_at(node.place, path, f"at character {fault.position + 1}: {fault}")
    if not isinstance(child(root, "task_queues"), MapNode):
        return
    for path, document, workflow in _configurations(root):
        if isinstance(document, MapNode):
            for problem in _document_problems(document, _queues(root, workflow), strict=strict):
                if problem.fatal:
                    yield _located(document, path, problem)


def _document_problems(
    document: Node, queues: Mapping[str, int], *, strict: bool
) -> Iterator[DocumentProblem]:
    """Yield what the router's reader says about a document of a bearable size."""
    data = plain(document)
    length = len(json.dumps(data, allow_nan=False).encode())
    if length > MAX_DOCUMENT:
        reason = f"has at most {MAX_DOCUMENT} bytes (found {length})"
        yield DocumentProblem(path=(), reason=reason, fatal=True)
        return
    yield from read_workflow(data, queues, strict=strict)[1]


def documents(root: Node) -> dict[Path, WorkflowDocument]:
    """Return the workflow documents of a scenario that has no problems, by key path.

    Those of the workflows come first, in their order, then those of the timetable.
    """
    found: dict[Path, WorkflowDocument] = {}
    for path, node, workflow in _configurations(root):
        queues = _queues(root, workflow)
        document, problems = read_workflow(plain(node), queues, strict=is_strict(root))
        assert document is not None, f"problems are found on loading: {problems}"
        found[path] = document
    return found


def queue_expression(text: str, *, strict: bool) -> Expression:
    """Return the expression of a queue; an empty one matches nobody.

    Raises
    ------
    ExpressionError
        If it is none.
    """
    return parse_expression(text if text.strip() else NOBODY, Scope.WORKER, strict=strict)


def is_strict(root: Node) -> bool:
    """Return whether expressions that can be read in part only are refused."""
    node = child(root, "workspace", "routing_rules", "strict_expressions")
    return isinstance(node, ScalarNode) and node.value is True


def _expressions(root: Node) -> Iterator[tuple[Path, Node, str]]:
    """Yield key path, node and text of every expression of a queue."""
    paths: list[Path] = [("task_queues", name) for name in entries_of(child(root, "task_queues"))]
    paths += [("timetable", i) for i, _ in enumerate(items_of(child(root, "timetable")))]
    for path in paths:
        node = child(root, *path, "target_workers")
        if isinstance(node, ScalarNode) and isinstance(node.value, str):
            yield (*path, "target_workers"), node, node.value


def _configurations(root: Node) -> Iterator[tuple[Path, Node, str]]:
    """Yield key path and node of every configuration, and the workflow it belongs to."""
    for name, entry in entries_of(child(root, "workflows")).items():
        node = child(entry.node, "configuration")
        if node is not None:
            yield ("workflows", name, "configuration"), node, name
    for position, item in enumerate(items_of(child(root, "timetable"))):
        node, workflow = child(item, "configuration"), child(item, "workflow")
        if node is not None and isinstance(workflow, ScalarNode):
            yield ("timetable", position, "configuration"), node, str(workflow.value)


def _queues(root: Node, workflow: str) -> dict[str, int]:
    """Return queue numbers by name, and by the SIDs that a workflow lists."""
    names = list(entries_of(child(root, "task_queues")))
    numbers = {name: number for number, name in enumerate(names)}
    for sid, entry in entries_of(child(root, "workflows", workflow, "sids")).items():
        name = entry.node.value if isinstance(entry.node, ScalarNode) else None
        if sid.startswith(QUEUE_SID):
            # A name that leads nowhere is reported where it stands, not at each of its uses.
            numbers.setdefault(sid, numbers.get(name, 0) if isinstance(name, str) else 0)
    return numbers


def _located(document: Node, base: Path, problem: DocumentProblem) -> Problem:
    """Return a document's problem at the deepest place that its path leads to."""
    place = place_of(document, problem.path)
    return problem_at(place, (*base, *problem.path), problem.reason)
