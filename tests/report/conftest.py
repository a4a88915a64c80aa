"""A run made by hand: Alice misses an offer, comes back and takes the task; Bob's customer leaves.

The rows are written down here, so that a change of the engine cannot change what is tested.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from trsim.analysis.results import Provenance, Result
from trsim.analysis.sample import Criteria
from trsim.analysis.study import Study
from trsim.core.events import FIELDS, EventType
from trsim.core.states import Reason, ReservationStatus, TaskStatus
from trsim.eventlog import EventLog, Names

NAMES = Names(
    activities=("Available", "Offline"),
    available=(True, False),
    channels=("default", "voice"),
    queues=("everyone",),
    workflows=("incoming",),
    workers=("Alice",),
    streams=("calls",),
    steps=("default filter",),
    attribute_sets=("{}",),
)


def row(at_ms: int, event: EventType, **values: int) -> tuple[int, ...]:
    """Return a row of the log; what is not given does not apply."""
    fields = {"at_ms": at_ms, "event": event, **values}
    assert not set(fields) - set(FIELDS)
    return tuple(int(fields.get(name, -1)) for name in FIELDS)


def task_row(at_ms: int, event: EventType, status: TaskStatus, **values: int) -> tuple[int, ...]:
    common = {"queue": 0, "workflow": 0, "step": 0, "channel": 1, "priority": 0}
    return row(at_ms, event, task_status=status, **{**common, **values})


def offer_row(
    at_ms: int, event: EventType, status: TaskStatus, offer: ReservationStatus, **values: int
) -> tuple[int, ...]:
    return task_row(at_ms, event, status, reservation_status=offer, worker=0, **values)


def quickstart_rows() -> list[tuple[int, ...]]:
    e, t, r = EventType, TaskStatus, ReservationStatus
    first, second = {"task": 0, "reservation": 0}, {"task": 0, "reservation": 1}
    return [
        row(0, e.WORKER_CREATED, worker=0, activity=0),
        row(
            10_000,
            e.TASK_CREATED,
            task=0,
            workflow=0,
            channel=1,
            task_status=t.PENDING,
            priority=0,
            attributes=0,
            stream=0,
            number=0,
            until_ms=86_410_000,
        ),
        task_row(10_000, e.WORKFLOW_ENTERED, t.PENDING, task=0, queue=-1, step=-1),
        task_row(10_000, e.WORKFLOW_TARGET_MATCHED, t.PENDING, task=0, offset_ms=0),
        task_row(10_000, e.TASK_QUEUE_ENTERED, t.PENDING, task=0),
        offer_row(10_000, e.RESERVATION_CREATED, t.RESERVED, r.PENDING, until_ms=25_000, **first),
        offer_row(25_000, e.RESERVATION_TIMEOUT, t.PENDING, r.TIMEOUT, **first),
        row(25_000, e.WORKER_ACTIVITY_UPDATE, worker=0, activity=1),
        row(60_000, e.WORKER_ACTIVITY_UPDATE, worker=0, activity=0),
        offer_row(60_000, e.RESERVATION_CREATED, t.RESERVED, r.PENDING, until_ms=75_000, **second),
        offer_row(64_000, e.RESERVATION_ACCEPTED, t.ASSIGNED, r.ACCEPTED, **second),
        task_row(184_000, e.TASK_WRAPUP, t.WRAPPING, task=0),
        offer_row(184_000, e.RESERVATION_WRAPUP, t.WRAPPING, r.WRAPPING, **second),
        task_row(204_500, e.TASK_COMPLETED, t.COMPLETED, task=0),
        offer_row(204_500, e.RESERVATION_COMPLETED, t.COMPLETED, r.COMPLETED, **second),
        task_row(204_500, e.TASK_UPDATED, t.COMPLETED, task=0),
    ]


def hang_up_rows() -> list[tuple[int, ...]]:
    e, t = EventType, TaskStatus
    created = {"task": 1, "workflow": 0, "channel": 1, "priority": 0, "attributes": 0}
    return [
        row(70_000, e.TASK_CREATED, task_status=t.PENDING, stream=0, number=1, **created),
        task_row(70_000, e.WORKFLOW_TARGET_MATCHED, t.PENDING, task=1, until_ms=130_000),
        task_row(70_000, e.TASK_QUEUE_ENTERED, t.PENDING, task=1),
        task_row(82_250, e.TASK_CANCELED, t.CANCELED, task=1, reason=Reason.HANGUP),
    ]


def made_by_hand(rows: list[tuple[int, ...]]) -> EventLog:
    log = EventLog(NAMES)
    for values in sorted(rows, key=lambda values: values[0]):
        log.append(values)
    return log


@pytest.fixture
def quickstart() -> EventLog:
    return made_by_hand(quickstart_rows())


@pytest.fixture
def two_tasks() -> EventLog:
    return made_by_hand(quickstart_rows() + hang_up_rows())


@pytest.fixture
def log_of() -> Callable[[list[tuple[int, ...]]], EventLog]:
    """Make a log of rows, in the order of time."""
    return made_by_hand


@pytest.fixture
def study_of() -> Callable[..., Study]:
    """Make a study of logs, one for each replication, all 5 min long."""

    def make(*logs: EventLog, warm_up_ms: int = 0) -> Study:
        provenance = Provenance("Support [bold]desk[/bold]", "abc", 7)
        criteria = Criteria(warm_up_ms, 300_000, 20_000)
        results = tuple(Result(provenance, n, log, criteria) for n, log in enumerate(logs))
        return Study(
            provenance=provenance,
            criteria=criteria,
            fingerprints=tuple(result.fingerprint() for result in results),
            measures=tuple(result.measures for result in results),
            group_measures=tuple(result.group_measures for result in results),
            run_caveats=tuple(result.run_caveats for result in results),
            results=results[:1],
        )

    return make
