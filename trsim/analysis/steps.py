"""How tasks went through the targets of their workflows: which are tried, and how they are left.

A *visit* lasts from a task's entering a target to its leaving it.  Entering the same target again,
as an evaluation from the top can bring about, begins another visit.  Tasks that are routed
directly visit nothing.

Sources: Twilio, "Workflow configuration", "Task evaluation".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trsim.analysis.sample import Criteria, Observation
from trsim.analysis.spans import Flags, Ints
from trsim.core.events import NOTHING, EventType
from trsim.core.spec import RoutingRules
from trsim.core.states import Reason
from trsim.model import Model

DEFAULT_ASSIGNMENT_LIMIT = RoutingRules().assignment_limit
DEFAULT_FILTER = "default filter"
"""Stands where a filter's name would."""
WORKFLOW_ENDS = (Reason.WORKFLOW_TIMEOUT, Reason.WORKFLOW_SKIPPED)
"""Reasons for which a workflow cancels a task that has come to its end."""
_TELLING = (
    EventType.WORKFLOW_TARGET_MATCHED,
    EventType.TASK_QUEUE_TIMEOUT,
    EventType.RESERVATION_ACCEPTED,
    EventType.TASK_CANCELED,
    EventType.TASK_DELETED,
    EventType.TASK_SYSTEM_DELETED,
)
"""Rows that begin or end a visit."""


class StepPlace(NamedTuple):
    """Where a target stands."""

    configuration: str
    """Name of the workflow, and which of its configurations."""
    filter: str
    """Name of the filter, or :data:`DEFAULT_FILTER`."""
    target: int
    """Position in the filter, from 0."""
    queue: str
    is_default: bool = False
    """Whether it is where tasks go that match no filter."""

    @property
    def label(self) -> str:
        """Filter and target for people, who count from 1, for example ``Billing, target 1``."""
        return self.filter if self.is_default else f"{self.filter}, target {self.target + 1}"


@dataclass(frozen=True, slots=True)
class RoutingFacts:
    """What figures about routing need and a log does not say.

    Attributes
    ----------
    places : tuple of StepPlace
        The targets of all configurations, in the numbering of the log; empty if unknown.
    assignment_limit : int or None
        How often a task may be reserved before it is canceled; None for no limit.
    """

    places: tuple[StepPlace, ...] = ()
    assignment_limit: int | None = DEFAULT_ASSIGNMENT_LIMIT


NO_FACTS = RoutingFacts()
"""Of a log whose workflows are not known."""


def routing_facts(model: Model) -> RoutingFacts:
    """Return what figures about routing need and a log of the model does not say."""
    routing, queues = model.routing, model.spec.queues
    configurations = routing.plan.configuration_names
    places = []
    for step, target in enumerate(routing.steps):
        of = routing.step_filter[step]
        places.append(
            StepPlace(
                configuration=configurations[routing.step_configuration[step]],
                filter=DEFAULT_FILTER if of is None else of.name,
                target=0 if of is None else step - of.first,
                queue=queues[target.queue].name,
                is_default=of is None,
            )
        )
    return RoutingFacts(tuple(places), model.spec.rules.assignment_limit)


class StepCounts(NamedTuple):
    """What happened in one target, to tasks created from the warm-up on."""

    entered: int
    """Visits: how often a task came into the target; the sum of the six ways to end below."""
    reserved: int
    """Batches of offers made to tasks in it."""
    offers: int
    """Reservations made for tasks in it."""
    accepted: int
    """Visits ended by acceptance."""
    timed_out: int
    """Visits ended by the target's deadline."""
    moved_on: int
    """Visits left otherwise: skipped, moved on after a failed offer, or evaluated again."""
    canceled: int
    """Visits during which the task was canceled for another reason than the workflow's end."""
    removed: int
    """Visits during which the task was removed."""
    open: int
    """Visits that go on at the horizon."""
    workflow_ended: int
    """Of those timed out or moved on: the workflow ended here, and the task was canceled."""


def read_steps(seen: Observation, criteria: Criteria, n_steps: int) -> tuple[StepCounts, ...]:
    """Return what happened in each target.

    Parameters
    ----------
    seen : Observation
        A run.
    criteria : Criteria
        Only tasks created from the warm-up on are counted.
    n_steps : int
        Targets of all configurations; those numbered from here on are left out.
    """
    rows, counted = _rows_of_visits(seen, criteria)
    event, step = rows["event"], rows["step"].astype(np.int64)
    begins = event == EventType.WORKFLOW_TARGET_MATCHED
    ways = _ways_to_end(rows)
    canceled = event == EventType.TASK_CANCELED
    workflow_ended = canceled & np.isin(rows["reason"], WORKFLOW_ENDS)
    offers = seen.reservations.where(counted[seen.reservations.place])
    offers = offers.where(offers.step != NOTHING)

    def count(steps: Ints) -> list[int]:
        found: list[int] = np.bincount(steps, minlength=n_steps)[:n_steps].tolist()
        return found

    columns = (
        count(step[begins]),
        count(offers.step[offers.opens_batch == 1]),
        count(offers.step),
        *(count(step[begins & (ways == way)]) for way in _WAYS),
        count(step[workflow_ended]),
    )
    return tuple(StepCounts(*counts) for counts in zip(*columns, strict=True))


def _rows_of_visits(seen: Observation, criteria: Criteria) -> tuple[NDArray[np.void], Flags]:
    """Return the telling rows of counted tasks in targets, task by task, and who is counted."""
    counted = seen.tasks.created_ms >= criteria.warm_up_ms
    records = seen.log.records
    rows = records[np.isin(records["event"], _TELLING) & (records["step"] != NOTHING)]
    rows = rows[counted[np.searchsorted(seen.tasks.task, rows["task"])]]
    return rows[np.argsort(rows["task"], kind="stable")], counted


_ACCEPTED, _TIMED_OUT, _MOVED_ON, _CANCELED, _REMOVED, _OPEN = _WAYS = range(6)
"""Ways in which a visit ends, in the order of :class:`StepCounts`."""


def _ways_to_end(rows: NDArray[np.void]) -> Ints:
    """Return how a visit ends that begins with each row: the task's next row tells."""
    following = np.append(rows["event"][1:], NOTHING)[: len(rows)]
    reason = np.append(rows["reason"][1:], NOTHING)[: len(rows)]
    another_task = np.diff(rows["task"], append=NOTHING) != 0
    by_workflow = np.isin(reason, WORKFLOW_ENDS)
    return np.select(
        [
            another_task,
            following == EventType.RESERVATION_ACCEPTED,
            following == EventType.TASK_QUEUE_TIMEOUT,
            (following == EventType.WORKFLOW_TARGET_MATCHED) | by_workflow,
            following == EventType.TASK_CANCELED,
        ],
        [_OPEN, _ACCEPTED, _TIMED_OUT, _MOVED_ON, _CANCELED],
        _REMOVED,
    )
