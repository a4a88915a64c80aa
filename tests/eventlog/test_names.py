"""Which columns of a log hold numbers of names, and which plain numbers."""

from __future__ import annotations

import pytest

from trsim.core.events import FIELDS, EventType
from trsim.core.states import Reason
from trsim.eventlog.names import Names

NAMES = Names(
    activities=("Available", "Offline"),
    available=(True, False),
    channels=("voice",),
    queues=("billing",),
    workflows=("front_door",),
    workers=("Alice", "Bob"),
    streams=("calls",),
    steps=("front_door / Billing / target 0", "front_door from 11:00 / Billing / target 0"),
    attribute_sets=("{}",),
)
WORDS = {
    "worker": NAMES.workers,
    "queue": NAMES.queues,
    "workflow": NAMES.workflows,
    "channel": NAMES.channels,
    "activity": NAMES.activities,
    "attributes": NAMES.attribute_sets,
    "stream": NAMES.streams,
}
CODES = ("event", "task_status", "reservation_status", "reason")


@pytest.mark.parametrize("column", [name for name in FIELDS if name not in CODES])
def test_words_of_a_column(column: str) -> None:
    # What `value` stands for depends on the type of the row, so it has no words of its own.
    assert NAMES.of_column(column) == WORDS.get(column)


def test_codes_have_a_word_for_each_number() -> None:
    lengths = {column: len(NAMES.of_column(column) or ()) for column in CODES}
    assert lengths == {
        "event": len(EventType),
        "task_status": 6,
        "reservation_status": 8,
        "reason": len(Reason),
    }
    events = NAMES.of_column("event") or ()
    assert events[EventType.WORKER_CHANNEL_AVAILABILITY_UPDATE] == (
        "worker.channel.availability.update"
    )
    assert events[EventType.TASK_QUEUE_EXPRESSION_UPDATED] == "task-queue.expression.updated"


def test_steps_of_two_configurations_may_share_a_label() -> None:
    twice = Names(**{**NAMES.as_dict(), "steps": ("a / b / target 0",) * 2})
    assert twice.steps == ("a / b / target 0", "a / b / target 0")
