"""Workers' time, one by one, in the log that every KPI is tested with."""

from __future__ import annotations

from tests.analysis.diary import BUSY_HOUR_ENDS_MS, MISSED, OFFLINE, busy_hour, criteria
from trsim.analysis.workers import read_stays
from trsim.core.events import EventType


def test_the_five_states_of_each_worker() -> None:
    seen = busy_hour().seen(BUSY_HOUR_ENDS_MS)
    times = seen.workers(criteria(BUSY_HOUR_ENDS_MS))
    assert times.busy_ms.tolist() == [48_000, 0]
    assert times.ringing_ms.tolist() == [15_000, 30_000]
    assert times.setup_ms.tolist() == [0, 0]
    assert times.idle_ms.tolist() == [23_000, 12_000]
    assert times.away_ms.tolist() == [14_000, 58_000]
    assert times.open_ms.tolist() == [38_000, 42_000]
    assert times.held_ms.tolist() == [48_000, 0]
    assert times.lost_ringing_ms.tolist() == [6_000, 20_000]
    assert times.absent_after_timeout_ms.tolist() == [0, 30_000]
    assert times.absent_after_reject_ms.tolist() == [14_000, 0]
    # Available, Offline, Missed, Break.
    assert times.activity_ms.tolist() == [[86_000, 0, 0, 14_000], [42_000, 28_000, 30_000, 0]]


def test_stays_know_what_sent_the_worker_there() -> None:
    stays = read_stays(busy_hour().log, BUSY_HOUR_ENDS_MS)
    bob = stays.worker == 1
    assert stays.activity[bob].tolist() == [OFFLINE, 0, MISSED, 0]
    assert stays.start_ms[bob].tolist() == [0, 28_000, 50_000, 80_000]
    assert stays.end_ms[bob].tolist() == [28_000, 50_000, 80_000, 100_000]
    assert stays.after[bob].tolist() == [-1, -1, EventType.RESERVATION_TIMEOUT, -1]
    ann = stays.worker == 0
    assert stays.after[ann].tolist() == [-1, EventType.RESERVATION_REJECTED, -1]
