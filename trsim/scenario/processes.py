"""From arrivals as they are written to the process that makes them: the mapping, in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from trsim.scenario.laws import distribution
from trsim.scenario.problems import Path
from trsim.scenario.timeline import Timeline
from trsim.world.arrivals import Arrival, ArrivalProcess, PoissonArrivals, RenewalArrivals
from trsim.world.recorded_arrivals import CountArrivals, TimedArrivals, TraceArrivals


def arrival_process(
    arrivals: Any,
    timeline: Timeline,
    channels: Mapping[str, int],
    set_number: Callable[[Mapping[str, Any]], int],
) -> ArrivalProcess:
    """Return the process of a stream.

    Parameters
    ----------
    arrivals : block of :mod:`trsim.scenario.schema_arrivals`
        The process as it is written, checked.
    timeline : Timeline
        Places its instants.
    channels : mapping of str to int
        Numbers of the task channels.
    set_number : callable
        Returns the number of the attribute set for the attributes of a recorded task.
    """
    path: Path = ()
    if arrivals.process == "poisson":
        busyness = None if arrivals.busyness is None else distribution(arrivals.busyness)
        return PoissonArrivals(timeline.pieces(arrivals, path), busyness, arrivals.repeat)
    if arrivals.process == "renewal":
        return RenewalArrivals(distribution(arrivals.interarrival))
    if arrivals.process == "counts":
        return CountArrivals(arrivals.counts, arrivals.interval)
    if arrivals.process == "at":
        return TimedArrivals(timeline.instants(arrivals.times, path))
    assert arrivals.process == "trace", "the schema knows five processes"
    rows = [_recorded(row, timeline, channels, set_number) for row in arrivals.rows]
    return TraceArrivals(tuple(sorted(rows, key=lambda row: row.at_ms)))


def mean_rate(arrivals: Any, timeline: Timeline) -> float:
    """Return how many tasks arrive on average over the run [1/s]."""
    horizon_s = timeline.horizon_ms / 1000
    if arrivals.process == "poisson":
        factor = 1.0 if arrivals.busyness is None else distribution(arrivals.busyness).mean
        return factor * _poisson_tasks(arrivals, timeline) / horizon_s
    if arrivals.process == "renewal":
        return 1 / distribution(arrivals.interarrival).mean
    if arrivals.process == "counts":
        n_intervals = -(-timeline.horizon_ms // arrivals.interval)
        return float(sum(arrivals.counts[:n_intervals])) / horizon_s
    whens = arrivals.times if arrivals.process == "at" else [row.at for row in arrivals.rows]
    times_ms = timeline.instants(whens, ())
    return sum(at_ms < timeline.horizon_ms for at_ms in times_ms) / horizon_s


def _poisson_tasks(arrivals: Any, timeline: Timeline) -> float:
    """Return the expected number of tasks in the run, before busyness."""
    pieces = timeline.pieces(arrivals, ())
    period_ms = arrivals.repeat or timeline.horizon_ms
    n_full, rest_ms = divmod(timeline.horizon_ms, period_ms)
    whole, part = _expected(pieces, period_ms), _expected(pieces, rest_ms)
    return n_full * whole + part


def _expected(pieces: tuple[tuple[int, float], ...], until_ms: int) -> float:
    ends = [*(from_ms for from_ms, _ in pieces[1:]), until_ms]
    return sum(
        rate * max(0, min(end_ms, until_ms) - from_ms) / 1000
        for (from_ms, rate), end_ms in zip(pieces, ends, strict=True)
    )


def _recorded(
    row: Any,
    timeline: Timeline,
    channels: Mapping[str, int],
    set_number: Callable[[Mapping[str, Any]], int],
) -> Arrival:
    at_ms = timeline.at_ms(row.at, ())
    assert at_ms is not None, "instants are checked on loading"
    return Arrival(
        at_ms,
        channel=None if row.channel is None else channels[row.channel],
        priority=row.priority,
        talk_time_ms=row.talk_time,
        wrap_up_time_ms=row.wrap_up_time,
        patience_ms=row.patience,
        attributes=None if row.attributes is None else set_number(row.attributes),
    )
