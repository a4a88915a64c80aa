"""A workflow's configuration: filters, their targets, and where tasks go that match none.

Read from TaskRouter's document by :mod:`trsim.routing.workflow_reader`; compiled to steps by
:mod:`trsim.routing.steps`.

Sources: Twilio, "Workflow configuration".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from trsim.routing.expressions import Expression

AttributePath = tuple[str | int, ...]
"""Keys and list positions that lead to a value of an attribute set."""


class OrderClause(NamedTuple):
    """One clause of an ``order_by``: which workers of the target come first."""

    path: AttributePath
    """Path of a whole number in the worker's attributes, without ``worker.``."""
    descending: bool = False


class KnownWorker(NamedTuple):
    """Where a task names the only worker who may be asked."""

    path: AttributePath
    """Path in the task's attributes, without ``task.``."""
    by_name: bool
    """True: it holds a worker's friendly name (its case is ignored); False: a worker's SID."""


@dataclass(frozen=True, slots=True)
class Target:
    """One step of a filter."""

    queue: int
    priority: int | None = None
    """Priority the task gets on entering; None: unchanged."""
    timeout_s: int | None = None
    """Share of the filter's cumulative timeout [s]; None: never left by deadline."""
    expression: Expression | None = None
    """Which workers of the queue may be asked for which task; None: all of them."""
    skip_if: Expression | None = None
    """Whether the target is left at once if nobody could be reserved; None: it is not."""
    order_by: tuple[OrderClause, ...] = ()
    """Which workers come first, before idleness decides."""
    known_worker: KnownWorker | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """Tasks of one kind and the targets they try in order."""

    name: str
    expression: Expression
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class WorkflowDocument:
    """A configuration: filters from top to bottom, and where tasks go that match none."""

    filters: tuple[Filter, ...]
    default: Target | None = None
    """Has neither timeout nor ``skip_if``: tasks wait there until their time to live ends."""
