"""Arrivals whose numbers or instants are given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trsim.errors import UsageError
from trsim.world.arrivals import Arrival
from trsim.world.draws import Draws, Purpose
from trsim.world.parameters import check_instant


@dataclass(frozen=True, slots=True)
class CountArrivals:
    """A given number of arrivals in each interval, at independent uniform instants within it.

    Parameters
    ----------
    counts : tuple of int
        Arrivals in the first, second, … interval, >= 0; none come after the last.
    interval_ms : int
        Length of an interval [ms], >= 1.
    start_ms : int
        Start of the first interval [ms], >= 0.

    Notes
    -----
    The uniforms of an interval are those of the numbers its tasks have; sorted, they become
    instants.  Given its number of arrivals, a Poisson process of constant rate looks the same.
    """

    counts: tuple[int, ...]
    interval_ms: int
    start_ms: int = 0

    def __post_init__(self) -> None:
        for place, number in enumerate(self.counts):
            check_instant("counts", f"counts[{place}]", number)
        check_instant("counts", "interval_ms", self.interval_ms, 1)
        check_instant("counts", "start_ms", self.start_ms)

    def arrivals(self, draws: Draws, stream: str, horizon_ms: int) -> Iterator[Arrival]:
        """Yield the arrivals before the horizon in time order."""
        uniform = draws.source(Purpose.ARRIVAL, stream).at
        first = 0
        for place, number in enumerate(self.counts):
            start_ms = self.start_ms + place * self.interval_ms
            if start_ms >= horizon_ms:
                return
            for u in sorted(uniform(k) for k in range(first, first + number)):
                # Rounded down, so that an instant stays in its interval.
                at_ms = start_ms + int(u * self.interval_ms)
                if at_ms >= horizon_ms:
                    return
                yield Arrival(at_ms)
            first += number


@dataclass(frozen=True, slots=True)
class TimedArrivals:
    """Arrivals at given instants.

    Parameters
    ----------
    times_ms : tuple of int
        Instants [ms], >= 0, in time order.
    """

    times_ms: tuple[int, ...]

    def __post_init__(self) -> None:
        check_order("at", self.times_ms)

    def arrivals(self, draws: Draws, stream: str, horizon_ms: int) -> Iterator[Arrival]:
        """Yield the arrivals before the horizon in time order."""
        for at_ms in self.times_ms:
            if at_ms >= horizon_ms:
                return
            yield Arrival(at_ms)


@dataclass(frozen=True, slots=True)
class TraceArrivals:
    """A record of arrivals that may also fix what their tasks are like.

    Parameters
    ----------
    rows : tuple of Arrival
        In time order; what a row leaves None is drawn from the stream's laws.
    """

    rows: tuple[Arrival, ...]

    def __post_init__(self) -> None:
        check_order("trace", tuple(row.at_ms for row in self.rows))
        for place, row in enumerate(self.rows):
            for name, value in zip(row._fields, row, strict=True):
                if value is not None:
                    check_instant("trace", f"rows[{place}].{name}", value)

    def arrivals(self, draws: Draws, stream: str, horizon_ms: int) -> Iterator[Arrival]:
        """Yield the rows before the horizon."""
        for row in self.rows:
            if row.at_ms >= horizon_ms:
                return
            yield row


def check_order(owner: str, times_ms: tuple[int, ...]) -> None:
    """Refuse instants that are negative or not in time order."""
    before = 0
    for place, at_ms in enumerate(times_ms):
        check_instant(owner, f"time {place}", at_ms)
        if at_ms < before:
            raise UsageError(
                f"{owner}: times must be in order; time {place} is {at_ms} ms, after {before} ms"
            )
        before = at_ms
