"""What the world intends: a command, the instant it is meant for, and when it no longer is."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from trsim.core.commands import Command


class Guard(IntEnum):
    """The condition under which a :class:`Due` is still meant when its instant comes."""

    ALWAYS = 0
    """Nothing can overtake it: arrivals, shifts, what operators do to workers, queues and
    workflows."""
    RESERVATION_PENDING = 1
    """The reservation ``subject`` waits for an answer, or is on hold."""
    NEVER_RESERVED = 2
    """The task ``subject`` is pending and was never offered to anybody (balking)."""
    TASK_OPEN = 3
    """The task ``subject`` is pending or reserved (patience, an operator's cancel)."""
    TASK_HELD = 4
    """The task ``subject`` is assigned or wrapping (talk, wrap-up)."""
    STILL_AWAY = 5
    """The worker ``subject`` is in the activity where absence number ``stamp`` began."""
    TASK_UNFINISHED = 6
    """The task ``subject`` is pending, reserved, assigned or wrapping (an operator's update)."""


class Due(NamedTuple):
    """Something the world will ask of the workspace, unless it is overtaken."""

    at_ms: int
    """The planned instant [ms since the start]."""
    rank: int
    """Place among the commands of one instant: creation order, openings first."""
    command: Command
    guard: Guard = Guard.ALWAYS
    subject: int = -1
    """Reservation, task or worker that the guard looks at."""
    stamp: int = -1
    """For :attr:`Guard.STILL_AWAY`: which absence of the worker is meant."""
