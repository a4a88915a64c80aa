"""Which step is legal in which status, and what a reservation's end means for its task.

Legality is data.  Two tables say where a step leads from a status; ``None`` stands for "not
there": before an object is created and after it is removed.  A step that is missing under a
status is illegal.  A third table couples the machines: what a reservation's step does to its
task, depending on whether other reservations of the batch are still open.

What no table can hold is in :mod:`trsim.core.workspace` and nowhere else: who else is affected
(siblings, capacity, activities), and where a task goes when nobody took it.

Sources: Twilio, "Task lifecycle and state", "Lifecycle of a task: workflows and assignment" and
"Reservations resource".  Numbers T1 … T16 and R1 … R9 are those of ``docs/lifecycle.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from trsim.core.states import ReservationStatus, ReservationStep, TaskStatus, TaskStep

TASK_TABLE: Final[Mapping[TaskStatus | None, Mapping[TaskStep, TaskStatus | None]]] = {
    None: {
        TaskStep.CREATE: TaskStatus.PENDING,  # T1
    },
    TaskStatus.PENDING: {
        TaskStep.RESERVE: TaskStatus.RESERVED,  # T2
        TaskStep.CANCEL: TaskStatus.CANCELED,  # T8 … T13
        TaskStep.DELETE: None,  # T14
    },
    TaskStatus.RESERVED: {
        TaskStep.RELEASE: TaskStatus.PENDING,  # T3
        TaskStep.ASSIGN: TaskStatus.ASSIGNED,  # T4
        TaskStep.CANCEL: TaskStatus.CANCELED,  # T8, T9, T13
        TaskStep.DELETE: None,  # T14
    },
    TaskStatus.ASSIGNED: {
        TaskStep.WRAP_UP: TaskStatus.WRAPPING,  # T5
        TaskStep.COMPLETE: TaskStatus.COMPLETED,  # T6
        TaskStep.DELETE: None,  # T14
        TaskStep.EXPIRE: None,  # T15
    },
    TaskStatus.WRAPPING: {
        TaskStep.COMPLETE: TaskStatus.COMPLETED,  # T7
        TaskStep.DELETE: None,  # T14
        TaskStep.EXPIRE: None,  # T15
    },
    TaskStatus.COMPLETED: {
        TaskStep.DELETE: None,  # T14
        TaskStep.PURGE: None,  # T16
    },
    TaskStatus.CANCELED: {
        TaskStep.DELETE: None,  # T14
        TaskStep.PURGE: None,  # T16
    },
}

RESERVATION_TABLE: Final[
    Mapping[ReservationStatus | None, Mapping[ReservationStep, ReservationStatus]]
] = {
    None: {
        ReservationStep.CREATE: ReservationStatus.PENDING,  # R1
    },
    ReservationStatus.PENDING: {
        ReservationStep.ACCEPT: ReservationStatus.ACCEPTED,  # R2
        ReservationStep.REJECT: ReservationStatus.REJECTED,  # R3
        ReservationStep.TIME_OUT: ReservationStatus.TIMEOUT,  # R4
        ReservationStep.CANCEL: ReservationStatus.CANCELED,  # R5
        ReservationStep.RESCIND: ReservationStatus.RESCINDED,  # R6
    },
    ReservationStatus.ACCEPTED: {
        ReservationStep.WRAP_UP: ReservationStatus.WRAPPING,  # R7
        ReservationStep.COMPLETE: ReservationStatus.COMPLETED,  # R8
        ReservationStep.CANCEL: ReservationStatus.CANCELED,  # R9: the task is removed
    },
    ReservationStatus.WRAPPING: {
        ReservationStep.COMPLETE: ReservationStatus.COMPLETED,  # R8
        ReservationStep.CANCEL: ReservationStatus.CANCELED,  # R9
    },
    ReservationStatus.REJECTED: {},
    ReservationStatus.TIMEOUT: {},
    ReservationStatus.CANCELED: {},
    ReservationStatus.RESCINDED: {},
    ReservationStatus.COMPLETED: {},
}


class Siblings(IntEnum):
    """Whether other reservations of the same batch are still pending."""

    LAST = 0
    OTHERS_OPEN = 1


JOINT_TABLE: Final[Mapping[ReservationStep, Mapping[Siblings, TaskStep | None]]] = {
    # An acceptance decides at once; every other end decides only when it is the last one.
    ReservationStep.ACCEPT: {Siblings.LAST: TaskStep.ASSIGN, Siblings.OTHERS_OPEN: TaskStep.ASSIGN},
    ReservationStep.REJECT: {Siblings.LAST: TaskStep.RELEASE, Siblings.OTHERS_OPEN: None},
    ReservationStep.TIME_OUT: {Siblings.LAST: TaskStep.RELEASE, Siblings.OTHERS_OPEN: None},
    ReservationStep.CANCEL: {Siblings.LAST: TaskStep.RELEASE, Siblings.OTHERS_OPEN: None},
}
"""What ends a *pending* reservation, and the step its task takes with it.

A reservation that is rescinded, or canceled because its task ended, follows its task and is not
listed: there the task moved first.
"""

ILLEGAL: Final = -1
"""In the compiled tables: no such step from there."""
GONE: Final = -2
"""In the compiled tables: the object is removed."""


def _compile_task_table() -> list[list[int]]:
    compiled = []
    for status in TaskStatus:
        row = [ILLEGAL] * len(TaskStep)
        for step, target in TASK_TABLE[status].items():
            row[step] = GONE if target is None else int(target)
        compiled.append(row)
    compiled.append([ILLEGAL] * len(TaskStep))  # REMOVED: nothing leads back
    return compiled


def _compile_reservation_table() -> list[list[int]]:
    compiled = []
    for status in ReservationStatus:
        row = [ILLEGAL] * len(ReservationStep)
        for step, target in RESERVATION_TABLE[status].items():
            row[step] = int(target)
        compiled.append(row)
    return compiled


TASK_NEXT: Final = _compile_task_table()
"""``TASK_NEXT[status][step]``: the table as nested lists of integers, for the engine."""
RESERVATION_NEXT: Final = _compile_reservation_table()
"""``RESERVATION_NEXT[status][step]``: likewise."""


def task_statuses_allowing(step: TaskStep) -> tuple[str, ...]:
    """Return the statuses in which a task can take a step, in TaskRouter's spelling."""
    return tuple(s.label for s in TaskStatus if step in TASK_TABLE[s])


def reservation_statuses_allowing(step: ReservationStep) -> tuple[str, ...]:
    """Return the statuses in which a reservation can take a step."""
    return tuple(s.label for s in ReservationStatus if step in RESERVATION_TABLE[s])


def _words(step: TaskStep | ReservationStep) -> str:
    return step.label.replace("_", " ")


def task_steps_from(status: TaskStatus) -> tuple[str, ...]:
    """Return what can befall a task of this status, in words."""
    return tuple(_words(step) for step in TASK_TABLE[status])


def reservation_steps_from(status: ReservationStatus) -> tuple[str, ...]:
    """Return what can befall a reservation of this status, in words."""
    return tuple(_words(step) for step in RESERVATION_TABLE[status])
