"""Tables of tasks, reservations, workers and targets for people: names, seconds, missing values.

Times since the start and durations are float seconds with NaN for "not so far"; numbers of
things are integers; names are ordered categoricals, missing where they do not apply.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from trsim.analysis.sample import Criteria, Observation
from trsim.analysis.spans import Flags, Ints
from trsim.analysis.steps import StepCounts, StepPlace
from trsim.analysis.tables import ReservationTable
from trsim.analysis.workers import read_stays
from trsim.core.events import NOTHING, EventType
from trsim.core.states import Reason, ReservationStatus, TaskStatus
from trsim.eventlog.names import decoded

if TYPE_CHECKING:
    import pandas as pd

_STATUSES = (*(status.label for status in TaskStatus), "removed")
_ANSWERS = tuple(status.label for status in ReservationStatus)
_REASONS = tuple(reason.label for reason in Reason)

TASK_COLUMNS: Mapping[str, str] = {
    "task": "number of the task, in creation order",
    "stream": "arrival stream",
    "number": "number within the stream, -1 for none",
    "workflow": "workflow it was created in",
    "channel": "task channel",
    "queue": "queue where its wait ended, or where it waits still; missing: routed to a worker",
    "attributes": "attribute set at creation, as JSON; later changes are in the log",
    "priority": "priority at creation",
    "worker": "who accepted it",
    "status": "TaskRouter's status at the horizon, or removed",
    "reason": "why it was canceled",
    "offers": "reservations made for it",
    "batches": "how often it was reserved: simultaneous reservations count once",
    "created_s": "when it was created [s since the start]",
    "first_offer_s": "when a worker was asked for the first time [s since the start]",
    "assigned_s": "when it was accepted [s since the start]",
    "wrapping_s": "when wrap-up began [s since the start]",
    "ended_s": "when it was completed, canceled or removed [s since the start]",
    "wait_s": "from creation to assignment, cancellation or removal; NaN: waits still [s]",
    "talk_s": "from assignment to wrap-up, or to the end without wrap-up [s]",
    "wrap_up_s": "from the beginning of wrap-up to the end [s]",
    "counted": "created after the warm-up",
}
"""Columns of the table of tasks."""

RESERVATION_COLUMNS: Mapping[str, str] = {
    "reservation": "number of the reservation, in creation order",
    "task": "number of its task",
    "worker": "who was asked",
    "queue": "queue of the task at that time; missing: routed to a worker",
    "workflow": "workflow of the task",
    "step": "target of the task, as in the table of steps; -1: routed directly",
    "channel": "task channel",
    "priority": "priority of the task at that time",
    "answer": "how it stopped being pending; pending: it is open at the horizon",
    "created_s": "when the worker was asked [s since the start]",
    "until_s": "when it would time out [s since the start]",
    "on_hold_s": "when the worker took it and a set-up began, which stops the timer [s since the "
    "start]",
    "answered_s": "when it stopped being pending [s since the start]",
    "released_s": "when an accepted one gave its capacity back [s since the start]",
    "ringing_s": "how long the worker was asked: pending without being on hold [s]",
    "setup_s": "how long it was on hold, from the worker's taking it to the connection [s]",
    "counted": "its task was created after the warm-up",
}
"""Columns of the table of reservations."""

WORKER_COLUMNS: Mapping[str, str] = {
    "worker": "name",
    "offers": "reservations made, of counted tasks",
    "accepted": "of these, accepted",
    "rejected": "of these, rejected",
    "timed_out": "of these, timed out",
    "canceled": "of these, canceled while pending",
    "rescinded": "of these, rescinded",
    "busy_s": "with a reservation accepted or wrapping [s]",
    "setup_s": "with none of these, but one on hold [s]",
    "ringing_s": "with none of all these, but one pending [s]",
    "idle_s": "without reservations, in an available activity [s]",
    "away_s": "without reservations, in any other activity [s]",
    "occupancy": "busy ÷ (busy + in available activities without work in hand)",
    "black_hole_index": "share of all offers that timed out ÷ share of all time in available "
    "activities; 1: as often as the others, far above 1: who swallows tasks; NaN: no offer timed "
    "out, or never available",
    "lost_ringing_s": "ringing time of offers that were not accepted [s]",
    "absent_after_timeout_s": "unavailable in the activity that a missed offer led to [s]",
    "absent_after_reject_s": "unavailable in an activity entered by rejecting [s]",
}
"""Columns of the table of workers; a column ``in <activity> [s]`` follows for each activity.

Times are within [warm-up, horizon)."""


_WHYS = ("missed offer", "rejection", "start", "other")
ACTIVITY_COLUMNS: Mapping[str, str] = {
    "worker": "name",
    "activity": "the activity the worker was in",
    "available": "whether tasks may be offered in it",
    "start_s": "when the worker came into it [s since the start]",
    "end_s": "next change of activity, or the horizon [s since the start]",
    "why": "start: of the run; missed offer, rejection: the end of a reservation that led there; "
    "other: a shift, a return, an operator, or in a single-tasking workspace a reservation",
}
"""Columns of the table of stays in activities."""

STEP_COLUMNS: Mapping[str, str] = {
    "step": "number of the target through all configurations, as in the log",
    "configuration": "workflow, and which of its configurations",
    "filter": "name of the filter; default filter: where tasks go that match none",
    "target": "position in the filter, from 0",
    "queue": "queue of the target",
    "entered": "visits: how often a task came into it, again after an evaluation from the top",
    "reserved": "batches of reservations made for tasks in it",
    "offers": "reservations made for tasks in it",
    "accepted": "visits that ended by acceptance",
    "timed_out": "visits that ended by the target's deadline",
    "moved_on": "visits left otherwise: skipped, moved on after a failed offer, evaluated again",
    "canceled": "visits during which the task was canceled, but not for the workflow's end",
    "removed": "visits during which the task was removed",
    "open": "visits that go on at the horizon",
    "workflow_ended": "of those timed out or moved on: the task was canceled, as the workflow had "
    "come to its end",
}
"""Columns of the table of steps, of tasks created from the warm-up on."""


def tasks_frame(seen: Observation, criteria: Criteria) -> pd.DataFrame:
    """Return one row for each created task, with the columns of :data:`TASK_COLUMNS`."""
    import pandas as pd

    tasks, names = seen.tasks, seen.log.names
    talk_ended = np.where(tasks.wrapping_ms >= 0, tasks.wrapping_ms, tasks.ended_ms)
    columns: dict[str, Any] = {
        "task": tasks.task,
        "stream": decoded(tasks.stream, names.streams),
        "number": tasks.number,
        "workflow": decoded(tasks.workflow, names.workflows),
        "channel": decoded(tasks.channel, names.channels),
        "queue": decoded(tasks.queue, names.queues),
        "attributes": decoded(tasks.attributes, names.attribute_sets),
        "priority": tasks.priority,
        "worker": decoded(tasks.worker, names.workers),
        "status": decoded(tasks.status, _STATUSES),
        "reason": decoded(tasks.reason, _REASONS),
        "offers": tasks.offers,
        "batches": tasks.batches,
        "created_s": _instant(tasks.created_ms),
        "first_offer_s": _instant(tasks.first_offer_ms),
        "assigned_s": _instant(tasks.assigned_ms),
        "wrapping_s": _instant(tasks.wrapping_ms),
        "ended_s": _instant(tasks.ended_ms),
        "wait_s": _duration(tasks.created_ms, tasks.wait_ended_ms),
        "talk_s": _duration(tasks.assigned_ms, talk_ended),
        "wrap_up_s": _duration(tasks.wrapping_ms, tasks.ended_ms),
        "counted": tasks.created_ms >= criteria.warm_up_ms,
    }
    assert tuple(columns) == tuple(TASK_COLUMNS), "every column is documented"
    return pd.DataFrame(columns)


def reservations_frame(seen: Observation, criteria: Criteria) -> pd.DataFrame:
    """Return one row for each reservation, with the columns of :data:`RESERVATION_COLUMNS`."""
    import pandas as pd

    offers, names = seen.reservations, seen.log.names
    columns: dict[str, Any] = {
        "reservation": offers.reservation,
        "task": offers.task,
        "worker": decoded(offers.worker, names.workers),
        "queue": decoded(offers.queue, names.queues),
        "workflow": decoded(offers.workflow, names.workflows),
        "step": offers.step,
        "channel": decoded(offers.channel, names.channels),
        "priority": offers.priority,
        "answer": decoded(offers.answer, _ANSWERS),
        "created_s": _instant(offers.created_ms),
        "until_s": _instant(offers.until_ms),
        "on_hold_s": _instant(offers.on_hold_ms),
        "answered_s": _instant(offers.answered_ms),
        "released_s": _instant(offers.released_ms),
        "ringing_s": _duration(offers.created_ms, offers.rang_until_ms),
        "setup_s": _duration(offers.on_hold_ms, offers.answered_ms),
        "counted": _counted(seen, criteria),
    }
    assert tuple(columns) == tuple(RESERVATION_COLUMNS), "every column is documented"
    return pd.DataFrame(columns)


def workers_frame(seen: Observation, criteria: Criteria) -> pd.DataFrame:
    """Return one row for each worker, with the columns of :data:`WORKER_COLUMNS`."""
    import pandas as pd

    times, names = seen.workers(criteria), seen.log.names
    n_workers = len(names.workers)
    offers = seen.reservations.where(_counted(seen, criteria))
    on_offer = times.busy_ms + times.open_ms
    occupancy = np.full(n_workers, np.nan)
    np.divide(times.busy_ms, on_offer, out=occupancy, where=on_offer > 0)
    missed = _times_answered(offers, ReservationStatus.TIMEOUT, n_workers)
    columns: dict[str, Any] = {
        "worker": decoded(np.arange(n_workers), names.workers),
        "offers": np.bincount(offers.worker, minlength=n_workers),
        "accepted": _times_answered(offers, ReservationStatus.ACCEPTED, n_workers),
        "rejected": _times_answered(offers, ReservationStatus.REJECTED, n_workers),
        "timed_out": missed,
        "canceled": _times_answered(offers, ReservationStatus.CANCELED, n_workers),
        "rescinded": _times_answered(offers, ReservationStatus.RESCINDED, n_workers),
        "busy_s": times.busy_ms / 1000,
        "setup_s": times.setup_ms / 1000,
        "ringing_s": times.ringing_ms / 1000,
        "idle_s": times.idle_ms / 1000,
        "away_s": times.away_ms / 1000,
        "occupancy": occupancy,
        "black_hole_index": black_hole_index(missed, times.available_ms),
        "lost_ringing_s": times.lost_ringing_ms / 1000,
        "absent_after_timeout_s": times.absent_after_timeout_ms / 1000,
        "absent_after_reject_s": times.absent_after_reject_ms / 1000,
    }
    assert tuple(columns) == tuple(WORKER_COLUMNS), "every column is documented"
    for number, activity in enumerate(names.activities):
        columns[f"in {activity} [s]"] = times.activity_ms[:, number] / 1000
    return pd.DataFrame(columns)


def black_hole_index(missed: Ints, available_ms: Ints) -> NDArray[np.float64]:
    """Return how much more often than the others each worker lets offers time out.

    A worker who never answers is asked again and again if a missed offer does not take it out of
    the available activities, and so draws tasks away from those who would answer.

    Parameters
    ----------
    missed : ndarray, shape (n_workers,)
        Offers that timed out.
    available_ms : ndarray, shape (n_workers,)
        Time in available activities [ms].

    Returns
    -------
    ndarray, shape (n_workers,)
        Share of all missed offers ÷ share of all available time; NaN where there is nothing to
        compare.
    """
    part, whole = missed * available_ms.sum(), available_ms * missed.sum()
    index = np.full(missed.size, np.nan)
    np.divide(part, whole, out=index, where=whole > 0)
    return index


def activities_frame(seen: Observation) -> pd.DataFrame:
    """Return one row for each stay in an activity, with the columns of :data:`ACTIVITY_COLUMNS`.

    Rows are in the order of workers, and of time for each of them.
    """
    import pandas as pd

    stays, names = read_stays(seen.log, seen.horizon_ms), seen.log.names
    why = np.select(
        [
            stays.after == EventType.RESERVATION_TIMEOUT,
            stays.after == EventType.RESERVATION_REJECTED,
            np.diff(stays.worker, prepend=NOTHING) != 0,
        ],
        range(3),
        3,
    )
    columns: dict[str, Any] = {
        "worker": decoded(stays.worker, names.workers),
        "activity": decoded(stays.activity, names.activities),
        "available": np.asarray(names.available, dtype=np.bool_)[stays.activity],
        "start_s": stays.start_ms / 1000,
        "end_s": stays.end_ms / 1000,
        "why": decoded(why, _WHYS),
    }
    assert tuple(columns) == tuple(ACTIVITY_COLUMNS), "every column is documented"
    return pd.DataFrame(columns)


def steps_frame(places: Sequence[StepPlace], steps: Sequence[StepCounts]) -> pd.DataFrame:
    """Return one row for each target, with the columns of :data:`STEP_COLUMNS`.

    Parameters
    ----------
    places : sequence of StepPlace
        Where each target stands.
    steps : sequence of StepCounts
        What happened in it, in the same order.
    """
    import pandas as pd

    columns: dict[str, Any] = {"step": np.arange(len(places))}
    for name in ("configuration", "filter", "target", "queue"):
        kind = "int64" if name == "target" else "str"
        columns[name] = pd.Series([getattr(place, name) for place in places], dtype=kind)
    for name in StepCounts._fields:
        columns[name] = np.array([getattr(counts, name) for counts in steps], dtype=np.int64)
    assert tuple(columns) == tuple(STEP_COLUMNS), "every column is documented"
    return pd.DataFrame(columns)


def _counted(seen: Observation, criteria: Criteria) -> Flags:
    """Tell which reservations belong to counted tasks."""
    counted = seen.tasks.created_ms >= criteria.warm_up_ms
    return np.asarray(counted[seen.reservations.place])


def _times_answered(offers: ReservationTable, answer: ReservationStatus, n_workers: int) -> Ints:
    """Return how many of each worker's reservations ended so, shape (n_workers,)."""
    return np.bincount(offers.worker[offers.answered_by(answer)], minlength=n_workers)


def _instant(at_ms: Ints) -> NDArray[np.float64]:
    """Return instants in seconds, NaN for those that did not come."""
    return np.where(at_ms == NOTHING, np.nan, at_ms / 1000)


def _duration(start_ms: Ints, end_ms: Ints) -> NDArray[np.float64]:
    """Return durations in seconds, NaN where a span did not begin or did not end."""
    whole = (start_ms != NOTHING) & (end_ms != NOTHING)
    return np.where(whole, (end_ms - start_ms) / 1000, np.nan)
