"""What each worker does when: one state at every instant.

As in :mod:`trsim.analysis.workers`, work in hand comes before a set-up, that before ringing, and
all of them before the activity.  Here work in hand is parted into talking and wrapping up, and the
absence after a missed offer and the time off duty are told apart from other absences.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from trsim.analysis.sample import Observation
from trsim.analysis.spans import Flags, Ints, Spans, clipped, sweep
from trsim.analysis.workers import read_stays, ringing_spans, setup_spans
from trsim.core.events import NOTHING, EventType
from trsim.core.states import ReservationStatus


class WorkerState(IntEnum):
    """States, in the order in which they come before each other."""

    TALKING = 0
    """Holds at least one accepted reservation."""
    WRAPPING_UP = 1
    """Holds wrapping reservations only."""
    SET_UP = 2
    """Took a task; the connection is being made."""
    RINGING = 3
    """Is asked."""
    AVAILABLE = 4
    """In an activity in which tasks may be offered."""
    MISSED = 5
    """In the activity that a missed offer led to."""
    OFF = 6
    """In the activity outside shifts."""
    AWAY = 7
    """In any other activity."""

    @property
    def label(self) -> str:
        """How figures call it."""
        return _LABELS[self]


_LABELS = {
    WorkerState.TALKING: "talking",
    WorkerState.WRAPPING_UP: "wrapping up",
    WorkerState.SET_UP: "set-up",
    WorkerState.RINGING: "ringing",
    WorkerState.AVAILABLE: "available",
    WorkerState.MISSED: "missed an offer",
    WorkerState.OFF: "off",
    WorkerState.AWAY: "away",
}


class StateSpans(NamedTuple):
    """Who was in which state when, in order of worker and time; columns of shape (n_spans,)."""

    worker: Ints
    state: Ints
    """:class:`WorkerState`."""
    start_ms: Ints
    end_ms: Ints

    def of(self, *states: WorkerState) -> Spans:
        """Return when workers were in any of some states."""
        kept = np.isin(self.state, states)
        return Spans(self.worker[kept], self.start_ms[kept], self.end_ms[kept])

    def where(self, kept: Flags) -> StateSpans:
        """Return some of the spans."""
        return StateSpans(*(column[kept] for column in self))


def worker_states(seen: Observation, off_activities: tuple[int, ...] = ()) -> StateSpans:
    """Return what every worker did, from the first row about them to the horizon.

    Parameters
    ----------
    seen : Observation
        A run.
    off_activities : tuple of int
        For each worker the activity outside shifts, -1 for none; empty: not known.
    """
    horizon = seen.horizon_ms
    stays = read_stays(seen.log, horizon)
    available = np.asarray(seen.log.names.available, dtype=np.bool_)[stays.activity]
    missed = ~available & (stays.after == EventType.RESERVATION_TIMEOUT)
    off_of = np.asarray(off_activities or (NOTHING,) * len(seen.log.names.workers), dtype=np.int64)
    off = ~available & (off_of[stays.worker] == stays.activity)
    taken = seen.reservations.where(seen.reservations.answered_by(ReservationStatus.ACCEPTED))
    released = np.where(taken.released_ms < 0, horizon, taken.released_ms)
    hung_up = np.where(taken.wrapping_ms < 0, released, taken.wrapping_ms)
    everyone = np.ones(stays.worker.size, dtype=np.bool_)
    kinds = (
        Spans(taken.worker, taken.answered_ms, hung_up),
        Spans(taken.worker, hung_up, released),
        setup_spans(seen.reservations, horizon),
        ringing_spans(seen.reservations, horizon),
        stays.spans(available),
        stays.spans(missed),
        stays.spans(off),
        stays.spans(everyone),
    )
    pieces = sweep(tuple(clipped(kind, 0, horizon) for kind in kinds))
    state = np.argmax(pieces.counts > 0, axis=0).astype(np.int64)
    start = _starts(pieces.owner, pieces.length_ms, stays.spans(everyone))
    return _joined(StateSpans(pieces.owner, state, start, start + pieces.length_ms))


def _starts(owner: Ints, length_ms: Ints, presence: Spans) -> Ints:
    """Return when each piece begins: the pieces of a worker follow each other without a gap."""
    n_workers = int(presence.owner.max(initial=-1)) + 1
    begins = np.zeros(n_workers, dtype=np.int64)
    # The last write wins, so each worker's first stay is written last.
    begins[presence.owner[::-1]] = presence.start_ms[::-1]
    run_up = np.concatenate(([0], np.cumsum(length_ms)))[:-1]
    first = np.flatnonzero(np.diff(owner, prepend=NOTHING))
    pieces_of = np.diff(np.append(first, owner.size))
    start: Ints = begins[owner] + run_up - np.repeat(run_up[first], pieces_of)
    return start


def _joined(spans: StateSpans) -> StateSpans:
    """Return the spans with neighbors of one worker and state made one."""
    if not spans.worker.size:
        return spans
    changes = (np.diff(spans.worker, prepend=NOTHING) != 0) | (
        np.diff(spans.state, prepend=NOTHING) != 0
    )
    last = np.append(changes[1:], True)
    return StateSpans(
        spans.worker[changes], spans.state[changes], spans.start_ms[changes], spans.end_ms[last]
    )
