"""The identities hold in good logs, and every damage breaks one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.analysis.diary import BUSY_HOUR_ENDS_MS, NAMES, Diary, busy_hour
from tests.core.campaign import random_campaign
from trsim.analysis.accounting import check_accounting
from trsim.core.events import EventType, Row
from trsim.core.states import ReservationStatus
from trsim.eventlog import EventLog, Names


def test_a_good_log_adds_up() -> None:
    assert check_accounting(busy_hour().log, BUSY_HOUR_ENDS_MS) == ()


def test_batches_removals_and_set_up_failures_add_up() -> None:
    diary = Diary(bob=0)
    batch, removed, failed = diary.create(0), diary.create(1_000), diary.create(2_000)
    first, second = diary.offer(3_000, batch, 0), diary.offer(3_000, batch, 1)
    diary.reject(5_000, first)
    diary.accept(6_000, second)
    diary.accept(8_000, diary.offer(7_000, removed))
    diary.remove(20_000, removed, EventType.TASK_SYSTEM_DELETED)
    diary.fail_set_up(31_000, diary.offer(30_000, failed))
    diary.remove(32_000, failed)
    diary.wrap_up(40_000, batch)
    diary.complete(50_000, batch)
    diary.write(60_000, EventType.TASK_PURGED, task=batch)
    assert check_accounting(diary.log, 90_000) == ()


def test_set_ups_direct_routing_and_returns_add_up() -> None:
    diary = Diary(bob=0)
    direct, queued = diary.route_to_worker(0, worker=0), diary.route_to_queue(0, queue=1)
    again = diary.create(1_000)
    offer = diary.offer(2_000, direct)
    diary.hold(3_000, offer)
    other = diary.offer(4_000, again, 1)
    diary.hold(5_000, other)
    diary.fail_set_up(6_000, other)
    diary.match_again(7_000, again)
    diary.go_on(8_000, again, 1)
    diary.go_on(8_000, again, 0)
    diary.accept(9_000, offer)
    held = diary.offer(10_000, queued, 1)
    diary.hold(11_000, held)
    diary.skip_out(12_000, again)
    diary.complete(20_000, direct)
    assert check_accounting(diary.log, 30_000) == ()


@pytest.mark.parametrize("seed", range(12))
def test_whatever_a_workspace_does_adds_up(seed: int) -> None:
    """Random workspaces, switches and commands: every type of row, in any mixture."""
    pair = random_campaign(seed, 150)
    spec = pair.spec
    names = Names(
        activities=tuple(activity.name for activity in spec.activities),
        available=tuple(activity.available for activity in spec.activities),
        channels=tuple(channel.name for channel in spec.channels),
        queues=tuple(queue.name for queue in spec.queues),
        workflows=tuple(workflow.name for workflow in spec.workflows),
        workers=tuple(worker.name for worker in spec.workers),
    )
    log = EventLog(names)
    log.extend(pair.rows)
    assert check_accounting(log, pair.now_ms + 1) == ()


def test_an_empty_log_adds_up() -> None:
    assert check_accounting(Diary().log, 1_000) == ()


def rewritten(log: EventLog, change: Callable[[int, Row], Row | None]) -> EventLog:
    other = EventLog(NAMES)
    for number, row in enumerate(log.rows()):
        changed = change(number, row)
        if changed is not None:
            other.append(tuple(changed))
    return other


def _without(event: EventType) -> Callable[[int, Row], Row | None]:
    return lambda _, row: None if row.event == event else row


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (_without(EventType.RESERVATION_ACCEPTED), "reservations answered with"),
        (_without(EventType.RESERVATION_COMPLETED), "tasks in hand"),
        (_without(EventType.TASK_QUEUE_ENTERED), "waiting outside queues"),
        (_without(EventType.WORKER_CREATED), "states of worker"),
        (_without(EventType.TASK_COMPLETED), "tasks of status"),
        (
            lambda _, row: (
                row._replace(reservation_status=ReservationStatus.TIMEOUT)
                if row.event == EventType.RESERVATION_ACCEPTED
                else row
            ),
            "tasks ever assigned",
        ),
        (_without(EventType.WORKFLOW_TARGET_MATCHED), "rows reservation.accepted and targets"),
        (
            lambda _, row: (
                row._replace(step=1) if row.event == EventType.RESERVATION_CREATED else row
            ),
            "offers made in another target",
        ),
    ],
    ids=[
        "acceptance lost",
        "release lost",
        "queue lost",
        "worker lost",
        "end lost",
        "answer changed",
        "target lost",
        "target changed",
    ],
)
def test_damage_is_noticed(damage: Callable[[int, Row], Row | None], sentence: str) -> None:
    breaches = check_accounting(rewritten(busy_hour().log, damage), BUSY_HOUR_ENDS_MS)
    assert any(sentence in breach for breach in breaches), breaches
