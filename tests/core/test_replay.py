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
    column = getattr(pair.workspace.ledger, fact)
    column[0] = [99] if isinstance(column[0], list) else column[0] + 1
    differences = same_state(pair.workspace.ledger, replay(pair.spec, pair.rows))
    assert len(differences) == 1
    assert differences[0].startswith(f"{fact}[0]: ")


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
