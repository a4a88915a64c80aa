"""What must hold whatever the figures are: nothing is lost, and Little's law as an identity.

Over any window the area under the number present equals the sum of the times that the members
spent in it (Little, "A proof for the queuing formula L = λW", 1961; as an identity for finite
windows: Stidham, "A last word on L = λW", 1974).  Everything is in whole milliseconds, so both
sides are equal, not close.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from tests.second_opinion.folders import Folder
from tests.second_opinion.tally import ANSWERS, Tally

OPEN = ("pending", "reserved", "assigned", "wrapping")


@pytest.fixture(scope="module")
def tally(folder: Folder) -> Tally:
    criteria = folder.result.criteria
    return Tally(folder.result.log.rows(), criteria.warm_up_ms, criteria.horizon_ms)


def test_every_task_is_somewhere(tally: Tally) -> None:
    ends = Counter(tally.status.values())
    by_reason = Counter(tally.reason.values())
    assert ends["canceled"] == by_reason.total()
    open_tasks = sum(ends[status] for status in OPEN)
    assert len(tally.created_ms) == (
        ends["completed"] + by_reason.total() + ends["removed"] + open_tasks
    )


def test_every_wait_ends_in_one_way_or_goes_on(tally: Tally) -> None:
    waits = Counter(
        "assigned" if task in tally.ever_assigned else tally.reason.get(task, tally.status[task])
        for task in tally.created_ms
    )
    canceled = Counter(tally.reason.values())
    assert waits.keys() <= {"assigned", "pending", "reserved", "removed", *canceled}
    assert all(waits[reason] == count for reason, count in canceled.items())
    assert waits.total() == len(tally.created_ms)


def test_the_same_of_the_counted_tasks_as_figures_say(folder: Folder, tally: Tally) -> None:
    measures, low = folder.result.measures, tally.low
    counted = {task for task, created_ms in tally.created_ms.items() if created_ms >= low}
    status = Counter(tally.status[task] for task in counted)
    reason = Counter(tally.reason[task] for task in counted if task in tally.reason)

    def says(name: str) -> int:
        part, whole = measures[name]
        assert whole == 1
        return part

    assert says("offered") == len(counted)
    assert says("assigned") == len(tally.ever_assigned & counted)
    assert says("completed") == status["completed"]
    assert says("removed") == status["removed"]
    assert {name: says(f"open_{name}") for name in OPEN} == {name: status[name] for name in OPEN}
    assert says("canceled") == reason.total()
    assert all(says(f"canceled_{name}") == count for name, count in reason.items())
    assert says("offered") == (
        says("completed") + says("canceled") + says("removed") + says("open")
    )
    offers = [offer for offer, task in tally.task_of.items() if task in counted]
    answers = Counter(tally.answer.get(offer, "open") for offer in offers)
    assert says("reservations_created") == answers.total()
    for answer in (*ANSWERS.values(), "open"):
        assert says(f"reservations_{answer}") == answers[answer]
    assert says("setups") == sum(offer in tally.held for offer in offers)


def test_every_entry_into_a_queue_has_its_exit(tally: Tally) -> None:
    inside = Counter(tally.queue.values())
    for queue, entries in tally.entries.items():
        assert entries == tally.exits[queue] + inside[queue]


def test_every_offer_has_one_answer_or_is_open(tally: Tally) -> None:
    still_open = set(tally.crowd("offers pending").inside)
    assert still_open.isdisjoint(tally.answer)
    assert len(tally.task_of) == len(tally.answer) + len(still_open)
    assert Counter(tally.answer.values())["accepted"] == len(tally.ever_assigned)
    assert {offer for offer, answer in tally.held.items() if answer == "open"} <= still_open


WINDOWS = {"all": (0.0, 1.0), "middle": (1 / 3, 2 / 3), "late": (0.4, 1.0)}


@pytest.mark.parametrize("window", WINDOWS)
def test_littles_law(folder: Folder, window: str) -> None:
    low, high = (int(share * folder.result.criteria.horizon_ms) for share in WINDOWS[window])
    seen = Tally(folder.result.log.rows(), low, high)
    assert {name: crowd.area for name, crowd in seen.crowds.items()} == {
        name: crowd.spent() for name, crowd in seen.crowds.items()
    }
    if window == "all":
        assert seen.crowd("waiting").area > 0


def test_the_parts_of_waiting(tally: Tally) -> None:
    waiting = tally.crowd("waiting").area
    assert waiting == tally.crowd("task pending").area + tally.crowd("task reserved").area
    # Who is reserved has an offer; in a batch there are more of them.
    assert tally.crowd("task reserved").area <= tally.crowd("offers pending").area


def test_work_is_in_the_hands_of_workers(tally: Tally) -> None:
    in_hand = tally.crowd("offers in hand").area
    assert in_hand == tally.crowd("task assigned").area + tally.crowd("task wrapping").area
    workers = (crowd.area for name, crowd in tally.crowds.items() if name.startswith("worker "))
    assert in_hand == sum(workers)


def test_figures_are_areas(folder: Folder, tally: Tally) -> None:
    measures = folder.result.measures
    span_ms = tally.high - tally.low
    assert measures["mean_queue_length"] == (tally.crowd("waiting").area, span_ms)
    assert measures["mean_pending"] == (tally.crowd("task pending").area, span_ms)
    assert measures["max_queue_length"] == (tally.crowd("waiting").most, 1)
    load_ms, busy_ms = measures["concurrency"]
    assert load_ms == tally.crowd("offers in hand").area
    assert busy_ms <= load_ms
    for number, name in enumerate(folder.result.names.queues):
        of_queue = folder.result.group_measures["queue", name]
        crowd = tally.crowd(f"queue {number}")
        assert of_queue["mean_queue_length"] == (crowd.area, span_ms)
        assert of_queue["max_queue_length"] == (crowd.most, 1)


def test_the_time_of_workers_adds_up(folder: Folder, tally: Tally) -> None:
    measures, names = folder.result.measures, folder.result.names
    kinds = ("busy", "setup", "ringing", "idle", "away")
    parts = [measures[f"{kind}_time"] for kind in kinds]
    assert {whole for _, whole in parts} == {1000}
    assert sum(part for part, _ in parts) == len(names.workers) * (tally.high - tally.low)


def test_without_a_warm_up_waits_make_up_the_time_waited(folder: Folder) -> None:
    result = folder.result
    horizon = result.criteria.horizon_ms
    seen = Tally(result.log.rows(), 0, horizon)
    waited = sum(left - came for came, left in seen.crowd("waiting").spans)
    inside = seen.crowd("waiting").inside
    ended = len(seen.created_ms) - len(inside)
    still = [horizon - came for came in inside.values()]
    # The exact figures, since a table withholds waits where queues grow.
    whole = replace(result, criteria=replace(result.criteria, warm_up_ms=0)).measures
    mean_wait, longest = (
        part / denominator if denominator else None
        for part, denominator in (whole["mean_wait"], whole["longest_open_wait"])
    )
    ended_s = 0.0 if mean_wait is None else mean_wait * ended
    assert waited / 1000 == pytest.approx(ended_s + sum(still) / 1000, rel=1e-9, abs=1e-9)
    assert longest == (max(still) / 1000 if still else None)
