"""What a scenario says about routing, numbered: attribute sets, expressions, configurations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trsim.routing.plan import RoutingPlan
from trsim.routing.workflow import WorkflowDocument
from trsim.scenario.compile_workspace import Roster
from trsim.scenario.documents import queue_expression
from trsim.scenario.mixes import canonical
from trsim.scenario.problems import Path
from trsim.scenario.schema import ScenarioBlock


class AttributeTable:
    """Distinct attribute sets, numbered as they come."""

    def __init__(self) -> None:
        self.sets: list[dict[str, Any]] = []
        self._numbers: dict[str, int] = {}

    def number(self, attributes: Mapping[str, Any]) -> int:
        """Return the number of an attribute set, a new one if it is new."""
        key = canonical(attributes)
        number = self._numbers.setdefault(key, len(self.sets))
        if number == len(self.sets):
            self.sets.append(dict(attributes))
        return number


class RoutingTables:
    """Hands out the numbers by which commands and specifications refer to routing.

    Parameters
    ----------
    scenario : ScenarioBlock
        A scenario that has no problems.
    documents : mapping of tuple to WorkflowDocument
        Its workflow documents by key path, those of the workflows first.
    """

    def __init__(self, scenario: ScenarioBlock, documents: Mapping[Path, WorkflowDocument]) -> None:
        self.tasks = AttributeTable()
        self.workers = AttributeTable()
        self._documents = documents
        self._is_strict = scenario.workspace.routing_rules.strict_expressions
        self._initial = [queue.target_workers for queue in scenario.task_queues.values()]
        self._texts = list(self._initial)
        """Of expressions: one for each queue, then further ones."""
        self._configurations = [
            documents["workflows", name, "configuration"] for name in scenario.workflows
        ]
        self._names = list(scenario.workflows)

    def expression(self, queue: int, text: str) -> int:
        """Return the number of an expression that a queue gets later.

        Equal ones share it, so that setting what is in force already changes nothing.
        """
        if self._initial[queue] == text:
            return queue
        n_queues = len(self._initial)
        if text not in self._texts[n_queues:]:
            self._texts.append(text)
        return self._texts.index(text, n_queues)

    def configuration(self, path: Path, name: str) -> int:
        """Return the number of a configuration that comes into force later.

        Parameters
        ----------
        path : tuple
            Its key path.
        name : str
            What people call it; numbered if there is one of that name.
        """
        self._configurations.append(self._documents[path])
        same = sum(known == name or known.startswith(f"{name} (") for known in self._names)
        self._names.append(f"{name} ({same + 1})" if same else name)
        return len(self._configurations) - 1

    def plan(self, names: Roster) -> RoutingPlan:
        """Return everything that has been numbered."""
        return RoutingPlan(
            configurations=tuple(self._configurations),
            configuration_names=tuple(self._names),
            queue_expressions=tuple(
                queue_expression(text, strict=self._is_strict) for text in self._texts
            ),
            attribute_sets=tuple(self.tasks.sets),
            worker_attribute_sets=tuple(self.workers.sets),
            activity_sids=names.activity_sids,
        )
