"""Which part of a run a plot shows, and how finely it is cut into intervals."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import numpy as np

from trsim.analysis.results import Result
from trsim.analysis.spans import Ints
from trsim.errors import UsageError
from trsim.model import Model
from trsim.scenario.values import DAY_MS, duration_text

_S, _MIN, _H = 1_000, 60_000, 3_600_000
ROUND_MS: Final = (
    *(1, 2, 5, 10, 20, 50, 100, 200, 500),
    *(n * _S for n in (1, 2, 5, 10, 15, 30)),
    *(n * _MIN for n in (1, 2, 5, 10, 15, 30)),
    *(n * _H for n in (1, 2, 3, 6, 12)),
    *(n * DAY_MS for n in (1, 2, 7, 14, 28, 91, 182, 364, 1_820, 3_640)),
)
"""Lengths that people cut time into [ms]."""
USUAL_INTERVALS: Final = 60
"""An interval is chosen such that a window has at most as many."""
MOST_INTERVALS: Final = 2_000


@dataclass(frozen=True, slots=True)
class View:
    """What a plot shows of a run, beyond what the run itself says.

    Attributes
    ----------
    start : datetime or None
        Wall-clock label of time 0, without zone; None: axes show the time since the start.
    from_ms : int
        Begin of the window, >= 0 [ms since the start].
    to_ms : int or None
        End of the window, > ``from_ms``; None: the horizon [ms since the start].
    interval_ms : int or None
        Length of an interval, > 0 [ms]; None: a round length with at most
        :data:`USUAL_INTERVALS` of them.
    task : int or None
        The task a life line is drawn of, numbered in creation order; None: the first one.
    goal : float or None
        Service level to be reached, a share from 0 to 1.
    off_activities : tuple of int
        For each worker the activity outside shifts, -1 for none; empty: not known, and time off
        duty shows as time away.
    model : Model or None
        The model that was run, for what a log does not say; only ``wait_attribution`` needs it.
    """

    start: dt.datetime | None = None
    from_ms: int = 0
    to_ms: int | None = None
    interval_ms: int | None = None
    task: int | None = None
    goal: float | None = None
    off_activities: tuple[int, ...] = ()
    model: Model | None = None

    def window(self, result: Result) -> tuple[int, int]:
        """Return begin and end of the window, cut off at the horizon [ms].

        Raises
        ------
        UsageError
            Nothing of the run lies in the window.
        """
        high = result.horizon_ms if self.to_ms is None else min(self.to_ms, result.horizon_ms)
        if not 0 <= self.from_ms < high:
            raise UsageError(
                f"the window from {self.from_ms} ms to {high} ms is empty or begins before 0; the "
                f"run takes {duration_text(result.horizon_ms)}"
            )
        return self.from_ms, high

    def edges(self, result: Result) -> Ints:
        """Return where the intervals of the window begin and end, shape (n_intervals + 1,) [ms].

        Inner edges are whole intervals from midnight by the clock, or from time 0 without one; the
        first and the last interval may be shorter than the others.

        Raises
        ------
        UsageError
            The window is empty, or there are more than :data:`MOST_INTERVALS`.
        """
        low, high = self.window(result)
        step = self.interval(result)
        phase = self.phase_ms
        first = -(-(low + phase) // step) * step - phase
        if (high - low) / step > MOST_INTERVALS:
            raise UsageError(
                f"intervals of {duration_text(step)} are too short to be seen: there would be "
                f"{(high - low) // step:,}, and {MOST_INTERVALS:,} are possible"
            )
        inner = np.arange(first, high, step, dtype=np.int64)
        return np.concatenate(([low], inner[inner > low], [high])).astype(np.int64)

    def interval(self, result: Result) -> int:
        """Return the length of an interval [ms].

        Raises
        ------
        UsageError
            It is not positive, or the window is empty.
        """
        if self.interval_ms is None:
            low, high = self.window(result)
            return round_length(high - low, USUAL_INTERVALS)
        if self.interval_ms <= 0:
            raise UsageError(f"an interval must be longer than 0, not {self.interval_ms} ms")
        return self.interval_ms

    @property
    def phase_ms(self) -> int:
        """Time from midnight to the start of the run by the clock, 0 without one [ms]."""
        if self.start is None:
            return 0
        midnight = self.start.replace(hour=0, minute=0, second=0, microsecond=0)
        return (self.start - midnight) // dt.timedelta(milliseconds=1)


WHOLE: Final = View()
"""All of a run, by the time since its start."""


def round_length(span_ms: int, most: int) -> int:
    """Return the shortest round length of which at most so many fit into a span [ms].

    Examples
    --------
    >>> round_length(24 * 3_600_000, 60) / 60_000
    30.0
    """
    return next((step for step in ROUND_MS if step * most >= span_ms), -(-span_ms // most))
