"""What routing is made of, before it is compiled: documents, expressions, attributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trsim.routing.expressions import Expression
from trsim.routing.workflow import WorkflowDocument


@dataclass(frozen=True, slots=True)
class RoutingPlan:
    """Everything about routing that does not change during a run; frozen and picklable.

    Numbers in commands and specifications point into these tuples.
    """

    configurations: tuple[WorkflowDocument, ...]
    """Those in force at the start, one for each workflow in order; then those that take their
    place later."""
    configuration_names: tuple[str, ...]
    """For people: name of the workflow, and which of its configurations."""
    queue_expressions: tuple[Expression, ...]
    """``target_workers`` in force at the start, one for each queue in order; then later ones."""
    attribute_sets: tuple[Mapping[str, object], ...]
    """Attribute sets of tasks."""
    worker_attribute_sets: tuple[Mapping[str, object], ...]
    """Attribute sets of workers, as they wrote them (without ``sid`` and the like)."""
    activity_sids: tuple[tuple[str, int], ...] = ()
    """Further SIDs by which documents name activities (``workers.WA…``), and their numbers."""
