"""Shipped scenarios show what they, and ``docs/real_workflows.md``, say they show."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest

from trsim.cli import main
from trsim.core.events import EventType, Row
from trsim.core.states import Reason
from trsim.experiments.run import run
from trsim.scenario.load import load_scenario

ROOT = Path(__file__).parents[2]


class Story:
    """A run's rows, to be asked by event, task, stream and clock."""

    def __init__(self, name: str, changes: Iterable[tuple[str, object]]) -> None:
        scenario = load_scenario(ROOT / "scenarios" / f"{name}.yaml")
        self.log = run(scenario.replace(dict(changes)).compile()).log
        self.names = self.log.names
        self.rows = list(self.log.rows())
        created = self.of(EventType.TASK_CREATED)
        self.created = {row.task: row for row in created}
        self.task_of = {
            f"{self.names.streams[row.stream]}/{row.number}": row.task for row in created
        }

    def of(self, *events: EventType, **fields: int) -> list[Row]:
        """Return the rows of some events whose fields have given values."""
        return [
            row
            for row in self.rows
            if row.event in events
            and all(getattr(row, field) == value for field, value in fields.items())
        ]

    def life(self, task: int) -> list[int]:
        return [row.event for row in self.rows if row.task == task]

    def step(self, label: str) -> int:
        return self.names.steps.index(label)

    def stream(self, row: Row) -> str:
        return self.names.streams[self.created[row.task].stream]

    def age_s(self, row: Row) -> float:
        return (row.at_ms - self.created[row.task].at_ms) / 1000


@cache
def story(name: str, *changes: tuple[str, object]) -> Story:
    return Story(name, changes)


def test_after_a_miss_the_tutorial_asks_nobody_else() -> None:
    told = story("tutorial_workflow")
    missed = told.of(EventType.RESERVATION_TIMEOUT)
    assert missed
    for row in missed:
        assert told.life(row.task).count(EventType.RESERVATION_CREATED) == 1
        (end,) = told.of(EventType.TASK_CANCELED, task=row.task)
        assert (end.at_ms, end.reason) == (row.at_ms, Reason.WORKFLOW_TIMEOUT)


def test_the_tutorial_cancels_whoever_waits_ten_seconds() -> None:
    told = story("tutorial_workflow")
    canceled = told.of(EventType.TASK_CANCELED, reason=Reason.WORKFLOW_TIMEOUT)
    assert len(canceled) == 16  # of 84
    missed = {row.task for row in told.of(EventType.RESERVATION_TIMEOUT)}
    for row in canceled:
        # An offer made at any age below 10 s stands for 15 s, so one missed at once ends at 15 s.
        assert told.age_s(row) == 10 or (row.task in missed and 15 <= told.age_s(row) < 25)
    assert not told.of(EventType.WORKFLOW_TARGET_MATCHED, step=told.step("Sales / default filter"))


def test_the_second_step_of_the_tutorial_helps_callers_who_found_the_first_one_busy() -> None:
    told = story("tutorial_workflow")
    second = told.step("Sales / Voice Filter / target 1")
    entered = told.of(EventType.WORKFLOW_TARGET_MATCHED, step=second)
    assert len(entered) == 16
    assert {told.age_s(row) for row in entered} == {5.0}
    asked = told.of(EventType.RESERVATION_CREATED, step=second)
    assert {told.names.workers[row.worker] for row in asked} == {"Bob"}
    assert len(asked) == 12


def test_longer_steps_cancel_fewer_callers_of_the_tutorial() -> None:
    targets = "workflows.Sales.configuration.task_routing.filters[{}].targets[{}].timeout"
    longer = [
        (targets.format(name, place), seconds)
        for name in (0, 1)
        for place, seconds in ((0, 20), (1, 100))
    ]
    fewer = story("tutorial_workflow", *longer)
    canceled = fewer.of(EventType.TASK_CANCELED, reason=Reason.WORKFLOW_TIMEOUT)
    assert 0 < len(canceled) < 16
    # With steps longer than an offer the second agent is asked after a miss of the first.
    assert any(
        fewer.life(row.task).count(EventType.RESERVATION_CREATED) == 2
        for row in fewer.of(EventType.RESERVATION_TIMEOUT)
    )


# Worked out by hand from the file: when the task ends its wait, how, and with whom.
SHORT_STEPS = {
    "billing/0": ("canceled", 120, ["Ann"]),
    "billing/1": ("accepted", 5, ["Ben"]),
    "billing/2": ("accepted", 5, ["Ann"]),
    "billing/3": ("accepted", 20, ["Ben"]),
    "billing/4": ("canceled", 45, []),
    "complaints/0": ("accepted", 5, ["Cleo"]),
}


@pytest.mark.parametrize("task", SHORT_STEPS)
def test_short_steps_end_as_worked_out(task: str) -> None:
    told = story("short_steps")
    number = told.task_of[task]
    asked = told.of(EventType.RESERVATION_CREATED, task=number)
    (end,) = told.of(EventType.RESERVATION_ACCEPTED, EventType.TASK_CANCELED, task=number)
    how = "canceled" if end.event == EventType.TASK_CANCELED else "accepted"
    assert (how, told.age_s(end), [told.names.workers[row.worker] for row in asked]) == (
        SHORT_STEPS[task]
    )


def test_short_steps_mended() -> None:
    # Offers of 10 s, `1==1`, and a last step that is never left.  Ann's miss costs billing/0 ten
    # seconds, and she is back before billing/1; nobody waits beside a free worker, and billing/4
    # waits for Cleo, who is free at 11:05.
    targets = "workflows.front_door.configuration.task_routing.filters[0].targets"
    mended = [
        ("workflows.front_door.task_reservation_timeout", "10s"),
        (f"{targets}[0].skip_if", "1==1"),
        (f"{targets}[1].skip_if", "1==1"),
        (f"{targets}[2]", {"queue": "everyone"}),
    ]
    told = Story("short_steps", mended)
    waits = {
        name: told.age_s(row)
        for name, task in told.task_of.items()
        for row in told.of(EventType.RESERVATION_ACCEPTED, task=task)
    }
    assert waits == {
        "billing/0": 15,
        "billing/1": 5,
        "billing/2": 5,
        "billing/3": 5,
        "billing/4": 70,
        "complaints/0": 5,
    }


MINUTE_MS = 60_000
EIGHT = 8 * 60


def clock(hour: int, minute: int) -> int:
    """Return a time of the operations' morning in milliseconds from 08:00."""
    return (hour * 60 + minute - EIGHT) * MINUTE_MS


def test_offers_are_shorter_from_a_quarter_to_nine_on() -> None:
    told = story("operations")
    offers = told.of(EventType.RESERVATION_CREATED)
    lengths = {(row.at_ms >= clock(8, 45), row.until_ms - row.at_ms) for row in offers}
    assert lengths == {(False, 30_000), (True, 15_000)}


def test_the_failed_site_is_asked_nothing_and_finishes_its_calls() -> None:
    told = story("operations")
    south = {n for n, name in enumerate(told.names.workers) if name.startswith("south")}
    assert len(south) == 9

    def during(row: Row) -> bool:
        return row.worker in south and clock(9, 30) <= row.at_ms < clock(10, 30)

    assert not any(map(during, told.of(EventType.RESERVATION_CREATED)))
    rejected = [row for row in told.of(EventType.RESERVATION_REJECTED) if during(row)]
    assert {row.at_ms for row in rejected} == {clock(9, 30)}
    assert any(map(during, told.of(EventType.RESERVATION_COMPLETED)))


@pytest.mark.parametrize(("re_evaluate", "moved"), [(True, 9), (False, 0)])
def test_waiting_tasks_take_the_new_workflow_only_if_asked_to(
    re_evaluate: bool, moved: int
) -> None:
    told = story("operations", ("timetable[2].re_evaluate_tasks", re_evaluate))
    step = told.step("shop from 09:40 / default filter")
    at_once = told.of(EventType.WORKFLOW_TARGET_MATCHED, at_ms=clock(9, 40), step=step)
    assert len(at_once) == moved
    assert all(told.age_s(row) > 0 for row in at_once)


def test_two_are_asked_at_once_while_the_queue_says_so() -> None:
    told = story("operations")
    everyone = told.names.queues.index("everyone")
    offers = told.of(EventType.RESERVATION_CREATED, queue=everyone)
    batches: dict[tuple[int, int], int] = {}
    for row in offers:
        batches[row.task, row.at_ms] = batches.get((row.task, row.at_ms), 0) + 1
    pairs = [at for (_, at), size in batches.items() if size == 2]
    assert max(batches.values()) == 2
    assert clock(9, 45) <= min(pairs)
    assert max(pairs) < clock(10, 35)


def test_the_press_overtakes_callers_who_wait_longer() -> None:
    told = story("operations")
    press = told.task_of["press/0"]
    (raised,) = told.of(EventType.TASK_UPDATED, task=press, at_ms=clock(9, 53))
    assert raised.priority == 100
    offer = told.of(EventType.RESERVATION_CREATED, task=press)[0]
    assert offer.at_ms > raised.at_ms
    overtaken = {
        row.task
        for row in told.of(EventType.TASK_QUEUE_ENTERED, queue=offer.queue)
        if row.task < press and _first(told, row.task, offer.at_ms)
    }
    assert overtaken


def _first(told: Story, task: int, at_ms: int) -> bool:
    """Return whether a task is offered to somebody for the first time after an instant."""
    offers = told.of(EventType.RESERVATION_CREATED, task=task)
    return bool(offers) and offers[0].at_ms > at_ms


def test_a_lowered_capacity_takes_nothing_away() -> None:
    told = story("operations")
    chat = told.names.channels.index("chat")
    north = {n for n, name in enumerate(told.names.workers) if name.startswith("north")}
    loads = _loads(told, chat)
    before = {worker: loads(worker, clock(9, 50)) for worker in north}
    assert 2 in before.values()
    for row in told.of(EventType.RESERVATION_CREATED, channel=chat):
        if row.worker in north and clock(9, 50) <= row.at_ms < clock(10, 45):
            assert loads(row.worker, row.at_ms) == 0


ENDS = (
    EventType.RESERVATION_REJECTED,
    EventType.RESERVATION_TIMEOUT,
    EventType.RESERVATION_CANCELED,
    EventType.RESERVATION_RESCINDED,
    EventType.RESERVATION_COMPLETED,
)


def _loads(told: Story, channel: int) -> Callable[[int, int], int]:
    """Return how many reservations of a channel a worker held just before an instant."""
    begun = {
        row.reservation: row for row in told.of(EventType.RESERVATION_CREATED, channel=channel)
    }
    ended = {row.reservation: row.at_ms for row in told.of(*ENDS)}

    def load(worker: int, at_ms: int) -> int:
        return sum(
            row.worker == worker and row.at_ms < at_ms < ended.get(number, at_ms + 1)
            for number, row in begun.items()
        )

    return load


def test_regulars_are_kept_for_their_adviser_first() -> None:
    told = story("skills_and_channels")
    adviser = told.step("front_door / Own adviser / target 0")
    offers = told.of(EventType.RESERVATION_CREATED, step=adviser)
    assert offers
    for row in offers:
        attributes = told.names.attribute_sets[told.created[row.task].attributes]
        assert f'"adviser": "{told.names.workers[row.worker]}"' in attributes
    left = told.of(EventType.TASK_QUEUE_TIMEOUT, step=adviser)
    assert left
    assert all(told.age_s(row) >= 40 for row in left)


def test_best_first_takes_advisers_away_from_their_regulars() -> None:
    order = (
        "workflows.front_door.configuration.task_routing.filters[4].targets[0].order_by",
        "worker.level ASC",
    )
    kept, spared = story("skills_and_channels"), story("skills_and_channels", order)

    def lost(told: Story) -> int:
        adviser = told.step("front_door / Own adviser / target 0")
        return len(told.of(EventType.TASK_QUEUE_TIMEOUT, step=adviser))

    assert (lost(kept), lost(spared)) == (58, 42)  # of 83


def test_emergencies_ask_three_and_one_gets_it() -> None:
    told = story("skills_and_channels")
    queue = told.names.queues.index("emergencies")
    batches: dict[tuple[int, int], int] = {}
    for row in told.of(EventType.RESERVATION_CREATED, queue=queue):
        batches[row.task, row.at_ms] = batches.get((row.task, row.at_ms), 0) + 1
    assert set(batches.values()) <= {1, 2, 3}
    assert list(batches.values()).count(3) > len(batches) / 2
    accepted = [row.task for row in told.of(EventType.RESERVATION_ACCEPTED, queue=queue)]
    assert len(accepted) == len(set(accepted))
    assert told.of(EventType.RESERVATION_RESCINDED, queue=queue)


def test_callbacks_are_taken_newest_first() -> None:
    told = story("skills_and_channels")
    queue = told.names.queues.index("callbacks")
    first: dict[int, int] = {}
    for row in told.of(EventType.RESERVATION_CREATED, queue=queue):
        first.setdefault(row.task, row.at_ms)
    overtaken = [
        (old, new) for old in first for new in first if old < new and first[new] < first[old]
    ]
    assert overtaken


def test_connections_fail_and_the_caller_is_offered_again() -> None:
    told = story("skills_and_channels")
    held = {row.reservation: row for row in told.of(EventType.RESERVATION_ON_HOLD)}
    hung_up = {row.task for row in told.of(EventType.TASK_CANCELED)}
    failed = [
        row
        for row in told.of(EventType.RESERVATION_CANCELED)
        if row.reservation in held and row.task not in hung_up
    ]
    assert failed
    for row in failed:
        assert told.life(row.task).count(EventType.RESERVATION_CREATED) > 1
        assert told.of(EventType.RESERVATION_ACCEPTED, task=row.task)


def test_nobody_has_more_chats_than_places_and_some_have_three() -> None:
    told = story("skills_and_channels")
    chat = told.names.channels.index("chat")
    loads = _loads(told, chat)
    at_offers = {
        (told.names.workers[row.worker].split("-")[0], loads(row.worker, row.at_ms) + 1)
        for row in told.of(EventType.RESERVATION_CREATED, channel=chat)
    }
    assert ("english", 3) in at_offers
    assert max(load for group, load in at_offers if group == "trainee") <= 2
    assert max(load for _, load in at_offers) == 3


PAGE = ROOT / "docs" / "real_workflows.md"
CONSOLES = re.findall(
    r"^```console\n\$ trsim (.+)\n((?:.*\n)+?)```$", PAGE.read_text("utf-8"), re.M
)
assert CONSOLES, "the page shows commands and what they print"


@pytest.mark.parametrize(("command", "shown"), CONSOLES, ids=range(len(CONSOLES)))
def test_what_the_page_shows_is_printed(
    command: str, shown: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    main(shlex.split(command))
    printed = " ".join(capsys.readouterr().out.split())
    for part in shown.split("…\n"):
        words = " ".join(part.split())
        assert words in printed
        printed = printed[printed.index(words) + len(words) :]
