"""The state is the fold of the log, and no part of it goes unnoticed."""

from __future__ import annotations

import pytest

from tests.core.campaign import random_campaign
from trsim.core.events import EventType, Row
from trsim.core.replay import FACTS, replay, same_state

SEED = 8


def test_the_fold_of_all_rows_is_the_state() -> None:
    pair = random_campaign(SEED, 150)
    assert same_state(pair.workspace.ledger, replay(pair.spec, pair.rows)) == []


@pytest.mark.parametrize("fact", FACTS)
def test_every_fact_is_compared(fact: str) -> None:
    pair = random_campaign(SEED, 150)
    ledger, number = pair.workspace.ledger, 0
    column = getattr(ledger, fact)
    if isinstance(column, int):
        setattr(ledger, fact, column + 1)
    else:
        number = next(iter(column)) if isinstance(column, dict) else 0
        known = column[number]
        column[number] = [99] if isinstance(known, list) else known + 1
    differences = same_state(ledger, replay(pair.spec, pair.rows))
    assert len(differences) == 1
    assert differences[0].startswith(f"{fact}[{number}]: ")


def test_what_the_log_knows_too_much_is_a_difference() -> None:
    pair = random_campaign(SEED, 150)
    folded = replay(pair.spec, pair.rows)
    pair.workspace.ledger.task_holder.popitem()
    assert len(same_state(pair.workspace.ledger, folded)) == 1


def test_removed_tasks_are_forgotten_with_their_reservations() -> None:
    pair = random_campaign(SEED, 400)
    ledger = pair.workspace.ledger
    gone = {EventType.TASK_DELETED, EventType.TASK_SYSTEM_DELETED, EventType.TASK_PURGED}
    rows = [Row._make(row) for row in pair.rows]
    removed = {row.task for row in rows if row.event in gone}
    alive = {row.task for row in rows if row.task >= 0} - removed
    offers = {row.reservation for row in rows if row.reservation >= 0 and row.task in alive}
    assert len(removed) > 20
    assert ledger.task_status.keys() == alive
    assert ledger.reservation_status.keys() == offers


NEEDED = (
    EventType.TASK_CREATED,
    EventType.WORKFLOW_TARGET_MATCHED,
    EventType.RESERVATION_ACCEPTED,
    EventType.RESERVATION_REJECTED,
    EventType.RESERVATION_CANCELED,
    EventType.TASK_DELETED,
    EventType.WORKER_ACTIVITY_UPDATE,
)


@pytest.mark.parametrize("event", NEEDED, ids=lambda event: event.label)
def test_no_row_of_a_change_is_idle(event: EventType) -> None:
    pair = random_campaign(SEED, 150)
    last = max(i for i, row in enumerate(pair.rows) if Row._make(row).event == event)
    before, after = (replay(pair.spec, pair.rows[:end]) for end in (last, last + 1))
    assert any(getattr(before, fact) != getattr(after, fact) for fact in FACTS)
