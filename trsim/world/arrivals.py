"""When tasks arrive by chance: Poisson and renewal processes.

A process is a frozen value; it yields arrivals lazily, in time order, up to a horizon.  What
belongs to arrival ``k`` of a stream is keyed by the stream's name and ``k``, so the 17th task has
the same uniforms whatever else changes.  Processes whose numbers or instants are given are in
:mod:`trsim.world.recorded_arrivals`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple, Protocol, runtime_checkable

from trsim.errors import UsageError
from trsim.world.distributions import Distribution
from trsim.world.draws import Draws, Purpose, to_ms
from trsim.world.parameters import check_instant, check_not_negative

DAY_MS = 86_400_000
"""Length of a simulated day [ms]."""

Span = tuple[int, int, float]
"""Start [ms], end [ms] and rate."""


class Arrival(NamedTuple):
    """An arrival, with what is known about this one task beforehand; None: the stream's law."""

    at_ms: int
    """When the task is created [ms since the start]."""
    channel: int | None = None
    priority: int | None = None
    talk_time_ms: int | None = None
    """Talk time [ms], >= 0."""
    wrap_up_time_ms: int | None = None
    """Wrap-up time [ms], >= 0."""
    patience_ms: int | None = None
    """Patience [ms], >= 0."""
    attributes: int | None = None
    """Number of its attribute set in the model's table."""


@runtime_checkable
class ArrivalProcess(Protocol):
    """A law, or a record, of arrivals."""

    def arrivals(self, draws: Draws, stream: str, horizon_ms: int) -> Iterator[Arrival]:
        """Yield the arrivals with ``0 <= at_ms < horizon_ms`` in time order.

        Parameters
        ----------
        draws : Draws
            The uniforms of the replication.
        stream : str
            Name of the stream, part of the key.
        horizon_ms : int
            End of the simulated span [ms].
        """


@dataclass(frozen=True, slots=True)
class PoissonArrivals:
    """A Poisson process whose rate is constant in pieces.

    Parameters
    ----------
    pieces : tuple of (int, float)
        Instants [ms] from which on a rate holds, rising, and rates [1/s], >= 0.  Before the first
        piece nothing arrives; the last one lasts for ever, or to the end of the period.
    busyness : Distribution, optional
        Law of a factor on the rate, one for each 24 h of simulated time.
    repeat_ms : int, optional
        Period after which the pieces begin again [ms], longer than the last instant.

    Notes
    -----
    Exact inversion, without thinning (Çinlar 1975, "Introduction to stochastic processes", 4.7):
    the arrivals of a process of rate 1, whose gap ``k`` is ``-log(1 - u_k)``, are put where the
    cumulative rate reaches them.  An instant is stamped with the millisecond it falls into, so
    none slips over the end of its piece.

    Examples
    --------
    >>> office = PoissonArrivals(((0, 0.02), (3_600_000, 0.05), (7_200_000, 0.0)))
    >>> stamps = [a.at_ms for a in office.arrivals(Draws(7, 0), "sales", 10**9)]
    >>> len(stamps), max(stamps) < 7_200_000
    (248, True)
    """

    pieces: tuple[tuple[int, float], ...]
    busyness: Distribution | None = None
    repeat_ms: int | None = None

    def __post_init__(self) -> None:
        if not self.pieces:
            raise UsageError("poisson: there must be at least one piece; found none")
        least = 0
        for place, (from_ms, rate) in enumerate(self.pieces):
            check_instant("poisson", f"start of piece {place}", from_ms, least)
            check_not_negative("poisson", f"rate of piece {place}", rate)
            least = from_ms + 1
        if self.repeat_ms is not None:
            check_instant("poisson", "repeat_ms", self.repeat_ms, least)

    def arrivals(self, draws: Draws, stream: str, horizon_ms: int) -> Iterator[Arrival]:
        """Yield the arrivals before the horizon in time order."""
        uniform = draws.source(Purpose.ARRIVAL, stream).at
        log = math.log
        number = 0
        needed = -log(1.0 - uniform(0))  # cumulative rate still to pass before the next arrival
        for start_ms, end_ms, per_ms in self._rates(draws, stream, horizon_ms):
            # Counted from the start of the span: its end may be the horizon, and a longer run
            # has the same arrivals to the last bit.
            span_ms, passed_ms = end_ms - start_ms, 0.0
            while (next_ms := passed_ms + needed / per_ms) < span_ms:
                passed_ms = next_ms
                yield Arrival(start_ms + int(passed_ms))
                number += 1
                needed = -log(1.0 - uniform(number))
            needed = max(0.0, needed - (span_ms - passed_ms) * per_ms)

    def _rates(
        self, draws: Draws, stream: str, horizon_ms: int
    ) -> Iterator[tuple[int, int, float]]:
        """Yield spans [start, end) with a positive rate [1/ms], busyness included."""
        if self.busyness is None:
            yield from self._spans(horizon_ms)
            return
        uniform = draws.source(Purpose.BUSYNESS, stream).at
        for start_ms, end_ms, planned_per_ms in self._spans(horizon_ms):
            for day in range(start_ms // DAY_MS, (end_ms - 1) // DAY_MS + 1):
                per_ms = planned_per_ms * self.busyness.quantile(uniform(day))
                if per_ms > 0:
                    yield max(start_ms, day * DAY_MS), min(end_ms, (day + 1) * DAY_MS), per_ms

    def _spans(self, horizon_ms: int) -> Iterator[Span]:
        """Yield spans [start, end) with a positive rate [1/ms], up to the horizon."""
        rates_per_ms = [rate / 1000 for _, rate in self.pieces]
        if not any(rates_per_ms):
            return
        last_ms = horizon_ms if self.repeat_ms is None else self.repeat_ms
        ends = [*(from_ms for from_ms, _ in self.pieces[1:]), last_ms]
        for period in count():
            shift_ms = period * (self.repeat_ms or 0)
            for (from_ms, _), per_ms, until_ms in zip(self.pieces, rates_per_ms, ends, strict=True):
                start_ms, end_ms = shift_ms + from_ms, min(shift_ms + until_ms, horizon_ms)
                if start_ms >= horizon_ms:
                    return
                if per_ms > 0 and start_ms < end_ms:
                    yield start_ms, end_ms, per_ms
            if self.repeat_ms is None:
                return


@dataclass(frozen=True, slots=True)
class RenewalArrivals:
    """Arrivals with independent gaps of one law; the first comes after the first gap.

    Parameters
    ----------
    interarrival : Distribution
        Law of the gaps [s], with a mean of at least 1 ms.

    Notes
    -----
    Gap ``k`` belongs to arrival ``k`` and is rounded to whole milliseconds by itself, so that a
    constant gap stays constant.
    """

    interarrival: Distribution

    def __post_init__(self) -> None:
        if not self.interarrival.mean >= 0.001:
            raise UsageError(
                "renewal: the mean gap must be at least 0.001 s; "
                f"found {self.interarrival.mean!r} s"
            )

    def arrivals(self, draws: Draws, stream: str, horizon_ms: int) -> Iterator[Arrival]:
        """Yield the arrivals before the horizon in time order."""
        uniform = draws.source(Purpose.ARRIVAL, stream).at
        quantile = self.interarrival.quantile
        at_ms = 0
        for number in count():
            at_ms += to_ms(quantile(uniform(number)), Purpose.ARRIVAL)
            if at_ms >= horizon_ms:
                return
            yield Arrival(at_ms)
