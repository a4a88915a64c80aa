"""Workflow documents and expressions of a scenario, read by the router's own readers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from trsim.errors import ExpressionError, Problem
from trsim.routing.expressions import Expression, Scope, parse_expression
from trsim.routing.workflow import DocumentProblem, WorkflowDocument, read_workflow
from trsim.scenario.nodes import MapNode, Node, ScalarNode, child, entries_of, plain
from trsim.scenario.places import place_of
from trsim.scenario.problems import Path, Place, problem_at, shown

MAX_DOCUMENT = 1_038_576
"""Bytes of a workflow document (Twilio, "Limits")."""
NOBODY = "1==0"
"""An expression that no worker matches; an empty ``target_workers`` means it."""
_LATER = ("known_worker_sid", "known_worker_friendly_name")


def document_problems(root: Node) -> Iterator[Problem]:
    """Yield what is wrong with the workflow documents and queue expressions of a scenario."""
    for name in entries_of(child(root, "task_queues")):
        node = child(root, "task_queues", name, "target_workers")
        if isinstance(node, ScalarNode) and isinstance(node.value, str):
            path = ("task_queues", name, "target_workers")
            yield from _expression_problems(node.value, node.place, path)
    if not isinstance(child(root, "task_queues"), MapNode):
        return
    for name in entries_of(child(root, "workflows")):
        document = child(root, "workflows", name, "configuration")
        if isinstance(document, MapNode):
            path = ("workflows", name, "configuration")
            for problem in workflow_problems(document, _queues(root, name)):
                if problem.fatal:
                    yield _located(document, path, problem)


def workflow_problems(document: Node, queues: Mapping[str, int]) -> Iterator[DocumentProblem]:
    """Yield what the router's reader says about a document, and what it leaves unsaid."""
    data = plain(document)
    length = len(json.dumps(data, allow_nan=False).encode())
    if length > MAX_DOCUMENT:
        yield DocumentProblem((), f"has at most {MAX_DOCUMENT} bytes (found {length})", True)
        return
    yield from read_workflow(data, queues)[1]
    for key in _LATER:
        path = ("task_routing", "default_filter", key)
        if child(document, *path) is not None:
            yield DocumentProblem(path, f"{key} is not supported yet", True)


def document_warnings(root: Node) -> Iterator[Problem]:
    """Yield what is suspicious about documents and expressions, with places."""
    for name in entries_of(child(root, "task_queues")):
        node = child(root, "task_queues", name, "target_workers")
        if isinstance(node, ScalarNode) and isinstance(node.value, str) and node.value.strip():
            path = ("task_queues", name, "target_workers")
            expression = parse_expression(node.value, Scope.WORKER)
            for remark in expression.remarks:
                reason = f"at character {remark.position + 1}: {remark.reason}"
                yield problem_at(node.place, path, reason)
            yield from _static_names(expression, node.place, path)
    for name in entries_of(child(root, "workflows")):
        document = child(root, "workflows", name, "configuration")
        if document is not None:
            for problem in workflow_problems(document, _queues(root, name)):
                if not problem.fatal:
                    yield _located(document, ("workflows", name, "configuration"), problem)


def documents(root: Node) -> Iterator[WorkflowDocument]:
    """Yield the workflow documents of a scenario that has no problems."""
    for name, entry in entries_of(child(root, "workflows")).items():
        configuration = child(entry.node, "configuration")
        assert configuration is not None, "the schema asks for a configuration"
        document, problems = read_workflow(plain(configuration), _queues(root, name))
        assert document is not None, f"problems are found on loading: {problems}"
        yield document


def queue_expression(text: str) -> Expression:
    """Return the expression of a queue; an empty one matches nobody."""
    return parse_expression(text if text.strip() else NOBODY, Scope.WORKER)


def _queues(root: Node, workflow: str) -> dict[str, int]:
    """Return queue numbers by name, and by the SIDs that a workflow lists."""
    names = list(entries_of(child(root, "task_queues")))
    numbers = {name: number for number, name in enumerate(names)}
    for sid, entry in entries_of(child(root, "workflows", workflow, "sids")).items():
        name = entry.node.value if isinstance(entry.node, ScalarNode) else None
        # A name that leads nowhere is reported where it stands, not at each of its uses.
        numbers.setdefault(sid, numbers.get(name, 0) if isinstance(name, str) else 0)
    return numbers


def _located(document: Node, base: Path, problem: DocumentProblem) -> Problem:
    """Return a document's problem at the deepest place that its path leads to."""
    place = place_of(document, problem.path)
    return problem_at(place, (*base, *problem.path), problem.reason)


def _expression_problems(text: str, place: Place, path: Path) -> Iterator[Problem]:
    if not text.strip():
        return
    try:
        parse_expression(text, Scope.WORKER)
    except ExpressionError as fault:
        yield problem_at(place, path, f"at character {fault.position + 1}: {fault}")


def _static_names(expression: Expression, place: Place, path: Path) -> Iterator[Problem]:
    for names in expression.names:
        if names[0] in ("activity_sid", "activity_name"):
            reason = f"{shown(names[0])} is the activity at the start; who serves a queue is fixed"
            yield problem_at(place, path, reason)
