"""What is asked for: a span of time, a channel, thresholds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trsim.core.events import NOTHING
from trsim.errors import UsageError

EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""When a run begins that does not say so."""


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time (start, end]; one that begins with the run holds time 0 as well.

    So windows that follow each other never count an event twice, and those that cover the run
    miss none.

    Parameters
    ----------
    start_ms : int
        Begin [ms since the start of the run], >= 0.
    end_ms : int
        End [ms since the start of the run], > `start_ms`, not after the run's.
    origin : datetime
        Instant of time 0, with its zone.

    Raises
    ------
    UsageError
        It has no length, begins before the run, or the origin has no zone.
    """

    start_ms: int
    end_ms: int
    origin: dt.datetime = EPOCH

    def __post_init__(self) -> None:
        if not 0 <= self.start_ms < self.end_ms:
            raise UsageError(
                "a window must begin at the start of the run or later and end after it began "
                f"(found {self.start_ms} ms to {self.end_ms} ms)"
            )
        if self.origin.tzinfo is None:
            raise UsageError(f"the origin {self.origin.isoformat()} of a window needs a time zone")

    def covers(self, at_ms: NDArray[np.signedinteger]) -> NDArray[np.bool_]:
        """Tell which instants [ms, shape (n,)] lie inside."""
        inside = at_ms <= self.end_ms
        return inside if self.start_ms == 0 else inside & (at_ms > self.start_ms)

    @property
    def start_time(self) -> str:
        """Begin in UTC, ISO 8601."""
        return self._stamp(self.start_ms)

    @property
    def end_time(self) -> str:
        """End in UTC, ISO 8601."""
        return self._stamp(self.end_ms)

    def _stamp(self, at_ms: int) -> str:
        moment = self.origin.astimezone(dt.UTC) + dt.timedelta(milliseconds=at_ms)
        digits = "milliseconds" if moment.microsecond else "seconds"
        return moment.replace(tzinfo=None).isoformat(timespec=digits) + "Z"


@dataclass(frozen=True, slots=True)
class Query:
    """What cumulative statistics are asked for.

    Parameters
    ----------
    window : Window
        When an event must have happened to count.
    channel : int
        Number of the TaskChannel whose tasks and reservations count, -1 for all.
    split_by_wait_time : tuple of int
        Thresholds of ``split_by_wait_time`` [s], >= 0, no two alike.

    Raises
    ------
    UsageError
        A threshold is negative or given twice.
    """

    window: Window
    channel: int = NOTHING
    split_by_wait_time: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        thresholds = self.split_by_wait_time
        wrong = [f"{s} s" for i, s in enumerate(thresholds) if s < 0 or s in thresholds[:i]]
        if wrong:
            raise UsageError(
                "thresholds of split_by_wait_time must be 0 s or more, each given once "
                f"(found {wrong[0]})"
            )
