"""Instants of a checked scenario as milliseconds since the start.

Whatever cannot be placed is reported with its key path and left out, so that one reading serves
the checks (which list it all) and the compiler (for which nothing is left to report).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from trsim.scenario.clock import Calendar, Instant, Offset, TimeOfDay
from trsim.scenario.problems import Path
from trsim.scenario.schema import ScenarioBlock
from trsim.scenario.schema_arrivals import Poisson
from trsim.scenario.schema_people import ShiftBlock, WorkerBlock
from trsim.scenario.values import duration_text

MAX_SHIFTS = 200_000
"""Most shifts of one worker in a run."""


class Span(NamedTuple):
    """A shift as it happens."""

    start_ms: int
    end_ms: int
    number: int
    """Position of the shift in the file."""


@dataclass
class Timeline:
    """Places instants in the run of one scenario.

    Parameters
    ----------
    scenario : ScenarioBlock
        A scenario that fits the schema.
    """

    scenario: ScenarioBlock
    problems: list[tuple[Path, str]] = field(default_factory=list)
    """Key path and reason of all that could not be placed."""
    _is_start_missed: bool = False

    def __post_init__(self) -> None:
        start = self.scenario.start
        self.horizon_ms = self.scenario.horizon
        self.calendar = Calendar(start.local, self.scenario.time_zone) if start else None

    def at_ms(self, when: Instant, path: Path) -> int | None:
        """Return when an instant comes [ms], >= 0; None if it cannot be placed."""
        if isinstance(when, Offset):
            return when.ms
        if self.calendar is None:
            self._needs_start(when, path)
            return None
        at_ms = self.calendar.at_ms(when)
        if at_ms < 0:
            self.problems.append((path, f"lies before start (found {when})"))
            return None
        return at_ms

    def next_day(self, when: Instant | None) -> str:
        """Return a remark that a time of day means the next day; empty if it does not."""
        if not isinstance(when, TimeOfDay) or self.calendar is None:
            return ""
        start = self.calendar.start
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
        if when.ms >= (start - midnight).total_seconds() * 1000:
            return ""
        return f"{when} means the next day, since the run starts at {start:%H:%M}"

    def _needs_start(self, when: Instant, path: Path) -> None:
        # Said once: one key mends them all.
        if not self._is_start_missed:
            self._is_start_missed = True
            self.problems.append((path, f"a clock time needs start (found {when})"))

    def shifts(self, worker: WorkerBlock, path: Path) -> tuple[Span, ...] | None:
        """Return the shifts of a worker in time order, cut to the run; None if there are none.

        Parameters
        ----------
        worker : WorkerBlock
            The worker or group.
        path : tuple
            Its key path.
        """
        if worker.shifts is None:
            return None
        spans: list[Span] = []
        for number, shift in enumerate(worker.shifts):
            here = (*path, "shifts", number)
            if self.calendar is None and not isinstance(shift.from_, Offset):
                self._needs_start(shift.from_, here)
                continue
            for start_ms, end_ms in self._times(shift, here):
                spans.append(Span(start_ms, end_ms, number))
                if len(spans) > MAX_SHIFTS:
                    self.problems.append((here, f"more than {MAX_SHIFTS} shifts in the run"))
                    return None
        spans.sort()
        self._check_overlap(spans, worker.shifts, path)
        return tuple(spans)

    def _times(self, shift: ShiftBlock, path: Path) -> Iterator[tuple[int, int]]:
        begin, end = shift.from_, shift.to
        if isinstance(begin, TimeOfDay):
            assert self.calendar is not None, "clock times without start are reported before"
            yield from self.calendar.daily(begin, end, self.horizon_ms)
            return
        if isinstance(begin, Offset):
            start_ms, end_ms = begin.ms, end.ms
        else:
            assert self.calendar is not None, "clock times without start are reported before"
            start_ms, end_ms = self.calendar.at_ms(begin), self.calendar.at_ms(end)
            if start_ms >= end_ms:
                self.problems.append((path, f"to must come after from (found {begin} to {end})"))
        start_ms, end_ms = max(start_ms, 0), min(end_ms, self.horizon_ms)
        if start_ms < end_ms:
            yield start_ms, end_ms

    def _check_overlap(
        self, spans: Sequence[Span], shifts: Sequence[ShiftBlock], path: Path
    ) -> None:
        for before, after in pairwise(spans):
            if after.start_ms < before.end_ms:
                one, two = shifts[before.number], shifts[after.number]
                reason = f"shifts overlap: {one.from_} to {one.to} and {two.from_} to {two.to}"
                self.problems.append(((*path, "shifts", after.number), reason))
                return

    def pieces(self, arrivals: Poisson, path: Path) -> tuple[tuple[int, float], ...]:
        """Return instants [ms] and the rates [1/s] from them on."""
        if arrivals.rate is not None:
            return ((0, arrivals.rate),)
        rates = arrivals.rates or ()
        if arrivals.interval is not None:
            end_ms = arrivals.interval * len(rates)
            pieces = [(arrivals.interval * i, step.rate) for i, step in enumerate(rates)]
            # A pattern that fills its period begins again where a rate of 0 would.
            return tuple(pieces if end_ms == arrivals.repeat else [*pieces, (end_ms, 0.0)])
        steps: list[tuple[int, float]] = []
        before: Path = path
        remark = ""
        for number, step in enumerate(rates):
            here = (*path, "rates", number, "from")
            at_ms = None if step.from_ is None else self.at_ms(step.from_, here)
            if at_ms is None:
                continue
            if steps and at_ms <= steps[-1][0]:
                reason = "steps must follow each other"
                # The step out of order is the one of the next day, not the one behind it.
                self.problems.append(
                    (before, f"{remark}, but {step.from_} stands behind it; {reason}")
                    if remark
                    else (here, f"{reason} (found {step.from_})")
                )
            elif arrivals.repeat is not None and at_ms >= arrivals.repeat:
                reason = f"must come before repeat, {duration_text(arrivals.repeat)}"
                self.problems.append((here, f"{reason} (found {step.from_})"))
            else:
                steps.append((at_ms, step.rate))
                before, remark = here, self.next_day(step.from_)
        return tuple(steps)

    def instants(self, whens: Iterable[Instant], path: Path) -> tuple[int, ...]:
        """Return instants [ms] in time order."""
        placed = (self.at_ms(when, (*path, i)) for i, when in enumerate(whens))
        return tuple(sorted(at_ms for at_ms in placed if at_ms is not None))
