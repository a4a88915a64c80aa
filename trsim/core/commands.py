"""What can be asked of a workspace.

A command names its objects by number and carries no time: :meth:`Workspace.handle` takes the
time as an argument.  Numbers come from the workspace itself (tasks and reservations, in creation
order) or from its specification (workers, activities, workflows, channels, in the order given).
"""

from __future__ import annotations

from typing import NamedTuple

from trsim.core.states import Reason

DEFAULT_TTL_MS = 86_400_000
"""Time to live of a task that names none [ms] (Twilio, "Tasks resource")."""


class CreateTask(NamedTuple):
    """A task enters a workflow (T1)."""

    workflow: int
    channel: int
    attributes: int
    """Number of its attribute set in the model."""
    priority: int = 0
    ttl_ms: int = DEFAULT_TTL_MS
    """Time to live [ms], > 0."""
    stream: int = -1
    """The arrival stream it belongs to, -1 for none; kept in the log, no rule reads it."""
    number: int = -1
    """Its number within the stream, from 0."""
    lead_ms: int = 0
    """How long before its creation its wait counts from, for its place in a queue [ms], >= 0
    (``virtual_start_time``)."""
    target_queue: int = -1
    """Routed directly to this queue, around the workflow's configuration; -1: it is not."""
    target_worker: int = -1
    """Routed directly to this worker; -1: it is not."""
    ignore_capacity: bool = True
    """Routed directly to a worker: whatever the worker's activity and load."""


class UpdateTask(NamedTuple):
    """Attributes or priority of an unfinished task change.

    A pending task with new attributes starts its workflow again from the top.  A priority has no
    effect while the task is in a target that sets one.
    """

    task: int
    attributes: int = -1
    """Number of its new attribute set, -1: as before."""
    priority: int = -1
    """-1: as before."""


class AcceptReservation(NamedTuple):
    """The worker takes the task (R2)."""

    reservation: int


class RejectReservation(NamedTuple):
    """The worker turns the task down (R3), optionally moving to an activity."""

    reservation: int
    activity: int = -1
    """Activity the worker goes to, -1 for TaskRouter's own rule."""


class HoldReservation(NamedTuple):
    """The worker takes the task, but a call or conversation must be set up first.

    The reservation stays pending and its timer no longer counts; it ends by acceptance or
    cancellation.
    """

    reservation: int


class CancelReservation(NamedTuple):
    """The offer cannot be delivered, for example because a channel set-up failed (R5)."""

    reservation: int


class WrapUpTask(NamedTuple):
    """The conversation is over and after-work begins (T5, R7)."""

    task: int


class CompleteTask(NamedTuple):
    """The task is done (T6, T7, R8)."""

    task: int


class CancelTask(NamedTuple):
    """The task ends before assignment (T8, T13)."""

    task: int
    reason: Reason = Reason.OPERATOR


class DeleteTask(NamedTuple):
    """The task is removed through the API, whatever its status (T14)."""

    task: int


class SetActivity(NamedTuple):
    """A worker changes activity; offers and work in hand are kept unless told otherwise."""

    worker: int
    activity: int
    reject_pending: bool = False
    """Reject the worker's pending reservations; only with an unavailable activity."""


class SetWorkerAttributes(NamedTuple):
    """A worker's attributes are replaced."""

    worker: int
    attributes: int
    """Number of the new attribute set."""


class SetCapacity(NamedTuple):
    """A worker's channel gets another capacity; work in hand is kept."""

    worker: int
    channel: int
    capacity: int


class SetChannelAvailable(NamedTuple):
    """A worker's channel is switched on or off; work in hand is kept."""

    worker: int
    channel: int
    available: bool


class UpdateQueue(NamedTuple):
    """A queue gets another expression or asks more or fewer workers at the same time."""

    queue: int
    expression: int = -1
    """Number of the new expression, -1: as before."""
    max_reserved_workers: int = -1
    """-1: as before."""


class UpdateWorkflow(NamedTuple):
    """A workflow gets another configuration or reservation timeout, for what comes after.

    Waiting tasks keep the configuration they have unless they are to be evaluated again: then
    pending tasks start from the top at once, and reserved ones when their offers have failed.
    """

    workflow: int
    configuration: int = -1
    """Number of the new configuration, -1: as before."""
    reservation_timeout_ms: int = -1
    """-1: as before."""
    re_evaluate_tasks: bool = False


Command = (
    CreateTask
    | UpdateTask
    | HoldReservation
    | AcceptReservation
    | RejectReservation
    | CancelReservation
    | WrapUpTask
    | CompleteTask
    | CancelTask
    | DeleteTask
    | SetActivity
    | SetWorkerAttributes
    | SetCapacity
    | SetChannelAvailable
    | UpdateQueue
    | UpdateWorkflow
)
