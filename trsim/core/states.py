"""The states of tasks and reservations, and what moves them, in TaskRouter's words.

Only names live here; which step is legal is data in :mod:`trsim.core.lifecycle`.

Sources: Twilio, "Task lifecycle and state" and "Reservations resource".
"""

from __future__ import annotations

from enum import IntEnum


class _Word(IntEnum):
    """An integer for the engine that knows its spelling for people."""

    @property
    def label(self) -> str:
        """The lower-case spelling that TaskRouter uses."""
        return self.name.lower()


class TaskStatus(_Word):
    """``AssignmentStatus`` of a task."""

    PENDING = 0
    """Waits in a target of its workflow; nobody is reserved."""
    RESERVED = 1
    """At least one worker is being asked."""
    ASSIGNED = 2
    """A worker accepted and works on it."""
    WRAPPING = 3
    """The conversation is over; the worker still holds it for after-work."""
    COMPLETED = 4
    """Done. Terminal."""
    CANCELED = 5
    """Ended before assignment. Terminal."""


class ReservationStatus(_Word):
    """``ReservationStatus`` of a reservation."""

    PENDING = 0
    """The worker is being asked."""
    ACCEPTED = 1
    """The worker took the task."""
    REJECTED = 2
    """The worker turned it down. Terminal."""
    TIMEOUT = 3
    """Nobody reacted in time. Terminal."""
    CANCELED = 4
    """The task ended or was removed meanwhile, or its set-up failed. Terminal."""
    RESCINDED = 5
    """Another worker of the same batch was faster. Terminal."""
    WRAPPING = 6
    """After-work; the capacity is still taken."""
    COMPLETED = 7
    """Done. Terminal."""


class TaskStep(_Word):
    """What can befall a task (the letters T1 … T16 of the docs name the rows)."""

    CREATE = 0
    """T1: enters the workspace."""
    RESERVE = 1
    """T2: one or more workers are reserved."""
    RELEASE = 2
    """T3: the last open reservation ended without acceptance."""
    ASSIGN = 3
    """T4: a reservation was accepted."""
    WRAP_UP = 4
    """T5: after-work begins."""
    COMPLETE = 5
    """T6, T7: done."""
    CANCEL = 6
    """T8 … T13: ended before assignment, for a stated reason."""
    DELETE = 7
    """T14: removed through the API."""
    EXPIRE = 8
    """T15: removed by the system 24 h after assignment."""
    PURGE = 9
    """T16: forgotten 300 s after its end."""


class ReservationStep(_Word):
    """What can befall a reservation (R1 … R9)."""

    CREATE = 0
    """R1: the worker is asked."""
    ACCEPT = 1
    """R2: the worker takes the task."""
    REJECT = 2
    """R3: the worker turns it down."""
    TIME_OUT = 3
    """R4: the reservation timeout expires."""
    CANCEL = 4
    """R5, R9: the task ends or is removed, or the set-up fails."""
    RESCIND = 5
    """R6: another reservation of the batch was accepted."""
    WRAP_UP = 6
    """R7: after-work begins."""
    COMPLETE = 7
    """R8: done."""


class Reason(_Word):
    """Why a task was canceled or refused."""

    NONE = 0
    """Not canceled."""
    HANGUP = 1
    """The customer gave up before assignment (T13)."""
    OPERATOR = 2
    """Canceled through the API (T8)."""
    TTL = 3
    """Its time to live ended (T9)."""
    WORKFLOW_TIMEOUT = 4
    """The last target of its workflow timed out (T10)."""
    WORKFLOW_SKIPPED = 5
    """The last target was skipped and there is no default filter (T11)."""
    ASSIGNMENT_LIMIT = 6
    """It was reserved as often as the workspace allows (T12)."""
    NO_MATCHING_FILTER = 7
    """No filter matched and there is no default filter: refused, or canceled if it was there."""
    TTL_OR_ASSIGNMENT_LIMIT = 8
    """Either of the two, where the workspace does not tell them apart."""
    ROUTING_TARGET = 9
    """It was routed directly, and no reservation could be made in time."""

    @property
    def text(self) -> str:
        """The text that TaskRouter gives, or ours where none is documented."""
        return _REASON_TEXTS[self]


_REASON_TEXTS = {
    Reason.NONE: "",
    Reason.HANGUP: "hangup",
    Reason.OPERATOR: "canceled by operator",
    Reason.TTL: "Task TTL Exceeded",
    Reason.WORKFLOW_TIMEOUT: "Task canceled on Workflow timeout",
    Reason.WORKFLOW_SKIPPED: "Task skipped out of Workflow",
    Reason.ASSIGNMENT_LIMIT: "Max assignment count exceeded",
    Reason.NO_MATCHING_FILTER: "Task did not match any filter",
    Reason.TTL_OR_ASSIGNMENT_LIMIT: "Task TTL Exceeded or Max assignment count exceeded",
    Reason.ROUTING_TARGET: "RoutingTarget SLA for Reservation creation was not met",
}

REMOVED = len(TaskStatus)
"""What the ledger holds instead of a status once a task is removed; no step leads from there."""

LIVE_RESERVATION = (
    ReservationStatus.PENDING,
    ReservationStatus.ACCEPTED,
    ReservationStatus.WRAPPING,
)
"""Statuses in which a reservation takes a slot of its worker."""
TERMINAL_TASK = frozenset({TaskStatus.COMPLETED, TaskStatus.CANCELED})
TERMINAL_RESERVATION = frozenset(
    {
        ReservationStatus.REJECTED,
        ReservationStatus.TIMEOUT,
        ReservationStatus.CANCELED,
        ReservationStatus.RESCINDED,
        ReservationStatus.COMPLETED,
    }
)
