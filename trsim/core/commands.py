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


class AcceptReservation(NamedTuple):
    """The worker takes the task (R2)."""

    reservation: int


class RejectReservation(NamedTuple):
    """The worker turns the task down (R3), optionally moving to an activity."""

    reservation: int
    activity: int = -1
    """Activity the worker goes to, -1 for TaskRouter's own rule."""


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


Command = (
    CreateTask
    | AcceptReservation
    | RejectReservation
    | CancelReservation
    | WrapUpTask
    | CompleteTask
    | CancelTask
    | DeleteTask
    | SetActivity
)
