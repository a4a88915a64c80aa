"""What workers did with their time, read off a log.

At every instant a worker is in exactly one of five states:

==========  =================================================================================
busy        holds at least one reservation that is accepted or wrapping
setting up  holds none of these, but at least one on hold: taken, the connection is being made
ringing     holds none of all these, but at least one that is pending
idle        holds none at all, in an activity in which tasks may be offered
away        holds none at all, in any other activity
==========  =================================================================================

The states look at reservations and activities alone.  A worker whose capacity is lowered, or
whose channel is switched off, is idle in an available activity although nothing can be offered.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trsim.analysis.spans import Flags, Ints, Spans, clipped, lengths_by_owner, sweep, union_ms
from trsim.analysis.tables import ReservationTable
from trsim.core.events import NOTHING, EventType
from trsim.core.states import ReservationStatus
from trsim.eventlog import EventLog
from trsim.world.plan import WorldPlan


@dataclass(frozen=True, slots=True)
class ActivityStays:
    """Time that workers spent in activities, one row for each stay, in order of worker."""

    worker: Ints
    activity: Ints
    start_ms: Ints
    end_ms: Ints
    """Next change of activity, or the horizon."""
    after: Ints
    """:class:`~trsim.core.events.EventType` of the reservation's end that sent the worker here
    (``reservation.timeout`` or ``reservation.rejected``), -1 for any other reason."""

    def spans(self, kept: Flags) -> Spans:
        """Return some of the stays as spans of their workers."""
        return Spans(self.worker[kept], self.start_ms[kept], self.end_ms[kept])


@dataclass(frozen=True, slots=True)
class WorkerTable:
    """One row for each worker; columns of shape (n_workers,), durations in ms."""

    busy_ms: Ints
    setup_ms: Ints
    ringing_ms: Ints
    idle_ms: Ints
    away_ms: Ints
    open_ms: Ints
    """In an available activity without an accepted or wrapping reservation, asked or not."""
    held_ms: Ints
    """Accepted and wrapping time summed over reservations: more than busy where several are
    held at once."""
    lost_ringing_ms: Ints
    """Time that reservations rang which ended without acceptance; time on hold is not in it."""
    absent_after_timeout_ms: Ints
    """In the unavailable activity that a missed reservation led to, until the next change."""
    absent_after_reject_ms: Ints
    """In the unavailable activity that the worker rejected into, until the next change."""
    activity_ms: Ints
    """Time in each activity, shape (n_workers, n_activities)."""
    available_ms: Ints
    """Time in available activities, whatever was in hand."""


def read_stays(log: EventLog, horizon_ms: int) -> ActivityStays:
    """Return the workers' stays in activities.

    Parameters
    ----------
    log : EventLog
        All rows of a run.
    horizon_ms : int
        End of the run [ms].

    Notes
    -----
    A stay is due to a reservation if its row follows the reservation's last row directly, at
    the same instant and for the same worker: that is how the core writes a joint change.
    """
    records = log.records
    event = np.ascontiguousarray(records["event"])
    rows = np.flatnonzero(
        np.isin(event, (EventType.WORKER_CREATED, EventType.WORKER_ACTIVITY_UPDATE))
    )
    rows = rows[np.argsort(records["worker"][rows], kind="stable")]
    worker = records["worker"][rows].astype(np.int64)
    start = records["at_ms"][rows].astype(np.int64)
    last = np.diff(worker, append=NOTHING) != 0
    end = np.where(last, horizon_ms, np.roll(start, -1))
    before = np.maximum(rows - 1, 0)
    sent = (
        np.isin(event[before], (EventType.RESERVATION_TIMEOUT, EventType.RESERVATION_REJECTED))
        & (records["worker"][before] == worker)
        & (records["at_ms"][before] == start)
    )
    return ActivityStays(
        worker=worker,
        activity=records["activity"][rows].astype(np.int64),
        start_ms=start,
        end_ms=end,
        after=np.where(sent, event[before], NOTHING).astype(np.int64),
    )


def read_workers(
    log: EventLog, reservations: ReservationTable, low_ms: int, high_ms: int, horizon_ms: int
) -> WorkerTable:
    """Return what each worker did within [low_ms, high_ms).

    Parameters
    ----------
    log : EventLog
        All rows of a run.
    reservations : ReservationTable
        All reservations of the same log, whoever made them.
    low_ms, high_ms : int
        The window [ms].
    horizon_ms : int
        End of the run, at which everything still open is cut off [ms].
    """
    names = log.names
    n_workers, n_activities = len(names.workers), len(names.activities)
    stays = read_stays(log, horizon_ms)
    offered_tasks = np.asarray(names.available, dtype=np.bool_)[stays.activity]

    def inside(spans: Spans) -> Spans:
        return clipped(spans, low_ms, high_ms)

    ringing = inside(ringing_spans(reservations, horizon_ms))
    on_hold = inside(setup_spans(reservations, horizon_ms))
    held = inside(held_spans(reservations, horizon_ms))
    everyone = inside(stays.spans(np.ones(stays.worker.size, dtype=np.bool_)))
    pieces = sweep((held, on_hold, ringing, inside(stays.spans(offered_tasks)), everyone))
    busy, sets_up, rings, available = (pieces.counts[kind] > 0 for kind in range(4))
    sets_up &= ~busy
    rings &= ~busy & ~sets_up
    free = ~busy & ~sets_up & ~rings

    def total(where: Flags) -> Ints:
        result = np.zeros(n_workers, dtype=np.int64)
        np.add.at(result, pieces.owner[where], pieces.length_ms[where])
        return result

    def absent(after: EventType) -> Ints:
        spans = stays.spans((stays.after == after) & ~offered_tasks)
        return lengths_by_owner(inside(spans), n_workers)

    activity_ms = np.zeros((n_workers, n_activities), dtype=np.int64)
    start, end = stays.start_ms.clip(low_ms, high_ms), stays.end_ms.clip(low_ms, high_ms)
    np.add.at(activity_ms, (stays.worker, stays.activity), end - start)
    failed = (reservations.answered_ms >= 0) & ~reservations.answered_by(ReservationStatus.ACCEPTED)
    lost = inside(ringing_spans(reservations.where(failed), horizon_ms))
    return WorkerTable(
        busy_ms=total(busy),
        setup_ms=total(sets_up),
        ringing_ms=total(rings),
        idle_ms=total(free & available),
        away_ms=total(free & ~available),
        open_ms=total(~busy & available),
        held_ms=lengths_by_owner(held, n_workers),
        lost_ringing_ms=lengths_by_owner(lost, n_workers),
        absent_after_timeout_ms=absent(EventType.RESERVATION_TIMEOUT),
        absent_after_reject_ms=absent(EventType.RESERVATION_REJECTED),
        activity_ms=activity_ms,
        available_ms=activity_ms[:, np.asarray(names.available, dtype=np.bool_)].sum(axis=1),
    )


def paid_time(
    world: WorldPlan, reservations: ReservationTable, window_ms: tuple[int, int], horizon_ms: int
) -> Ints:
    """Return how long each worker is to be paid for [ms], shape (n_workers,).

    It is the time of the worker's shifts, whatever the worker does in them, and of work in hand
    beyond their ends; without shifts it is the whole window.

    Parameters
    ----------
    world : WorldPlan
        With the shifts of all workers.
    reservations : ReservationTable
        All reservations of the run.
    window_ms : (int, int)
        From when, and up to when [ms].
    horizon_ms : int
        End of the run [ms].
    """
    low, high = window_ms
    shifts = [
        (worker, start, end)
        for worker, plan in enumerate(world.workers)
        for start, end in (
            [(low, high)]
            if plan.shifts is None
            else [(shift.start_ms, shift.end_ms) for shift in plan.shifts]
        )
    ]
    owner, start, end = np.array(shifts, dtype=np.int64).reshape(-1, 3).T
    held = held_spans(reservations, horizon_ms)
    spans = Spans(*(np.concatenate(pair) for pair in zip((owner, start, end), held, strict=True)))
    return union_ms(clipped(spans, low, high), len(world.workers))


def ringing_spans(reservations: ReservationTable, horizon_ms: int) -> Spans:
    """Return when each reservation was pending and not on hold, as spans of its worker."""
    rang_until_ms = reservations.rang_until_ms
    end = np.where(rang_until_ms < 0, horizon_ms, rang_until_ms)
    return Spans(reservations.worker, reservations.created_ms, end)


def setup_spans(reservations: ReservationTable, horizon_ms: int) -> Spans:
    """Return when each reservation was on hold, as spans of its worker."""
    held = reservations.where(reservations.on_hold_ms >= 0)
    end = np.where(held.answered_ms < 0, horizon_ms, held.answered_ms)
    return Spans(held.worker, held.on_hold_ms, end)


def held_spans(reservations: ReservationTable, horizon_ms: int) -> Spans:
    """Return when each accepted reservation was accepted or wrapping, as spans of its worker."""
    taken = reservations.where(reservations.answered_by(ReservationStatus.ACCEPTED))
    end = np.where(taken.released_ms < 0, horizon_ms, taken.released_ms)
    return Spans(taken.worker, taken.answered_ms, end)
