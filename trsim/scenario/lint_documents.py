"""What is suspicious about the expressions and workflow documents of a scenario by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from trsim.routing.workflow_lint import lint_workflow
from trsim.routing.workflow_problems import remark_rule
from trsim.routing.workflow_reader import read_workflow
from trsim.scenario.documents import documents, is_strict, queue_expression
from trsim.scenario.lint_findings import Suspicion
from trsim.scenario.nodes import Node, child, plain
from trsim.scenario.problems import Path
from trsim.scenario.schema import ScenarioBlock


def document_suspicions(scenario: ScenarioBlock, source: Node) -> Iterator[Suspicion]:
    """Yield what the linter of workflow documents finds, and remarks on queues' expressions.

    Parameters
    ----------
    scenario : ScenarioBlock
        A scenario that has no problems.
    source : Node
        The same with places.
    """
    for path, text in _queue_expressions(scenario):
        expression = queue_expression(text, strict=is_strict(source))
        for remark in expression.remarks:
            reason = f"at character {remark.position + 1}: {remark.reason}"
            yield Suspicion(path, reason, remark_rule(remark.reason))
    for path, document in documents(source).items():
        node = child(source, *path)
        assert node is not None, "a document stands where it was read"
        data = plain(node)
        # Problems of reading do not depend on the numbers of queues.
        _, said = read_workflow(data, None, strict=is_strict(source))
        for problem in (*said, *lint_workflow(document, data, _offer_ms(scenario, path))):
            assert not problem.fatal, "a checked scenario has no such documents"
            # What tasks of the streams lack is found where they are known.
            is_note = problem.is_note or (
                problem.rule == "missing-list"
                and path[0] == "workflows"
                and any(key in problem.path for key in ("targets", "default_filter"))
                and "'task." in problem.reason
            )
            yield Suspicion((*path, *problem.path), problem.reason, problem.rule, is_note)


def _queue_expressions(scenario: ScenarioBlock) -> Iterator[tuple[Path, str]]:
    for name, queue in scenario.task_queues.items():
        yield ("task_queues", name, "target_workers"), queue.target_workers
    for number, entry in enumerate(scenario.timetable):
        if entry.target_workers is not None:
            yield ("timetable", number, "target_workers"), entry.target_workers


def _offer_ms(scenario: ScenarioBlock, path: Path) -> int | None:
    """Return how long offers stand under a document; None where its deadlines end them."""
    if scenario.workspace.routing_rules.deadline_while_reserved == "release":
        return None
    if path[0] == "workflows":
        return scenario.workflows[str(path[1])].task_reservation_timeout
    entry = scenario.timetable[int(path[1])]
    if entry.task_reservation_timeout is not None:
        return entry.task_reservation_timeout
    return scenario.workflows[str(entry.workflow)].task_reservation_timeout
