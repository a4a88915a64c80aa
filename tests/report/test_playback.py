"""Playback: what is embedded in the page is decoded here anew and compared with the log's fold."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from itertools import groupby
from typing import Any, NamedTuple

import pytest

from tests.core.campaign import Pair, random_campaign
from trsim.analysis.results import Provenance, Result
from trsim.analysis.sample import Criteria
from trsim.analysis.wait_kpis import SERVICE_LEVELS
from trsim.core.events import EventType, Row
from trsim.core.replay import Replay
from trsim.core.spec import WorkspaceSpec
from trsim.core.states import ReservationStatus, TaskStatus
from trsim.errors import UsageError
from trsim.eventlog import EventLog, Names
from trsim.experiments.run import run
from trsim.report.playback import MOST_BYTES, Occasion, playback
from trsim.report.playback_kinds import KINDS
from trsim.report.playback_steps import steps
from trsim.scenario.load import Scenario

OCCASION = Occasion("Desk", None, 300_000, 0, 20_000)
SEEDS = (1, 2, 3, 8)
N_COMMANDS = 200


def embedded(page: str) -> dict[str, Any]:
    """Return the data of a page, read as a browser reads it: up to the first end of a script."""
    found = re.search(r'<script type="application/json" id="run">(.*?)</script', page, re.S)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


class Told:
    """The state that embedded data tells, by the data's own table of kinds."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        opening = data["opening"]
        self.tasks = {
            number: dict(zip(_TASK, facts, strict=True)) for number, *facts in opening["tasks"]
        }
        self.offers = {
            number: dict(zip(_OFFER, facts, strict=True)) for number, *facts in opening["offers"]
        }
        self.activities = [activity for activity, _ in opening["workers"]]
        self.missed = [bool(missed) for _, missed in opening["workers"]]
        self.newest = dict(zip(("task", "offer"), opening["newest"], strict=True))
        self.counts = Counter(opening["counts"])
        self.said: list[str] = []

    def until(self, end_ms: int) -> Told:
        """Take in all events before an instant; for a Told that has taken none yet."""
        for at_ms, _ in self.instants():
            if at_ms >= end_ms:
                break
        return self

    def instants(self) -> Iterator[tuple[int, Told]]:
        """Yield each instant just before its events are taken in, and the end of the span."""
        numbers = iter(self.data["events"])
        at_ms = self.data["from_ms"]
        yield at_ms, self
        for ahead in numbers:
            if ahead:
                at_ms += ahead
                yield at_ms, self
            kind = self.data["kinds"][next(numbers)]
            if kind["makes"]:
                self.newest[kind["makes"]] += 1
            event = {field: next(numbers) for field in kind["fields"]}
            for what in ("task", "offer"):
                if what in event:
                    event[what] = self.newest[what] - event[what]
            self._take(at_ms, kind, event)
        yield self.data["to_ms"], self

    def _take(self, at_ms: int, kind: dict[str, Any], event: dict[str, int]) -> None:
        self.said.append(kind["name"])
        if kind["makes"] == "task":
            event["task"] = self.newest["task"]
            facts = [at_ms, *(event.get(name, -1) for name in _TASK[1:])]
            self.tasks[event["task"]] = dict(zip(_TASK, facts, strict=True))
        elif kind["makes"] == "offer":
            event["offer"] = self.newest["offer"]
            facts = [event["task"], event["worker"], -1, at_ms, at_ms + event["limit"]]
            self.offers[event["offer"]] = dict(zip(_OFFER, facts, strict=True))
        elif "activity" in event:
            self.activities[event["worker"]] = event["activity"]
            self.missed[event["worker"]] = kind["missed"]
        if kind["counts"]:
            self.counts[kind["counts"]] += 1
        if "offer" in event:
            offer = self.offers[event["offer"]]
            event["task"] = offer["task"]
            if kind["stops_timer"]:
                offer["expires_ms"] = -1
            if kind["offer_status"] >= 0:
                offer["status"] = kind["offer_status"]
            if offer["status"] not in self.data["live"]["offer"]:
                del self.offers[event["offer"]]
        if event.get("task") in self.tasks:
            task = self.tasks[event["task"]]
            task |= {key: event[key] for key in ("queue", "priority") if key in event}
            status = event.get("status", kind["task_status"])
            task["status"] = task["status"] if status < 0 else status
            if task["status"] not in self.data["live"]["task"]:
                del self.tasks[event["task"]]


_TASK = ("created_ms", "stream", "number", "channel", "priority", "queue", "worker", "status")
_OFFER = ("task", "worker", "status", "since_ms", "expires_ms")


def told_state(told: Told) -> dict[str, Any]:
    tasks = {
        n: tuple(v for k, v in t.items() if k not in ("stream", "number"))
        for n, t in told.tasks.items()
    }
    offers = {
        n: (o["task"], o["worker"], o["status"], o["expires_ms"] if o["status"] == 0 else None)
        for n, o in told.offers.items()
    }
    return {"tasks": tasks, "offers": offers, "activities": told.activities}


def replayed_state(state: Replay) -> dict[str, Any]:
    tasks = {
        n: (
            state.task_created_ms[n],
            state.task_channel[n],
            state.task_priority[n],
            state.task_queue[n],
            state.task_target_worker[n],
            status,
        )
        for n, status in state.task_status.items()
        if status <= TaskStatus.WRAPPING
    }
    held = sorted(r for offers in state.worker_reservations for r in offers)
    offers = {
        r: (
            state.reservation_task[r],
            state.reservation_worker[r],
            state.reservation_status[r],
            state.reservation_expires_ms[r]
            if state.reservation_status[r] == ReservationStatus.PENDING
            else None,
        )
        for r in held
    }
    return {"tasks": tasks, "offers": offers, "activities": state.worker_activity}


class Campaign(NamedTuple):
    """A random run through all that can happen."""

    spec: WorkspaceSpec
    log: EventLog
    occasion: Occasion


@cache
def campaign(seed: int) -> Campaign:
    pair: Pair = random_campaign(seed, N_COMMANDS)
    spec = pair.spec
    counted = {
        name: tuple(f"{name} {n}" for n in range(1 + max(row[place] for row in pair.rows)))
        for name, place in (("attribute_sets", 14), ("streams", 15))
    }
    names = Names(
        activities=tuple(activity.name for activity in spec.activities),
        available=tuple(activity.available for activity in spec.activities),
        channels=tuple(channel.name for channel in spec.channels),
        queues=tuple(queue.name for queue in spec.queues),
        workflows=tuple(workflow.name for workflow in spec.workflows),
        workers=tuple(worker.name for worker in spec.workers),
        **counted,
    )
    log = EventLog(names)
    log.extend(pair.rows)
    return Campaign(spec, log, Occasion("Campaign", None, pair.rows[-1][0] + 1, 0, 20_000))


def assert_told_as_replayed(made: Campaign, from_ms: int, page: str) -> int:
    """Compare the states just before all instants; return their number."""
    instants = [
        (at_ms, list(rows)) for at_ms, rows in groupby(made.log.rows(), key=lambda row: row.at_ms)
    ]
    state = Replay(made.spec)
    compared = 0
    for at_ms, told in Told(embedded(page)).instants():
        while instants and instants[0][0] < at_ms:
            for row in instants.pop(0)[1]:
                state.apply(row)
        # Workers are in an activity before the row that says so.
        if at_ms > max(from_ms, 0):
            assert told_state(told) == replayed_state(state), f"before {at_ms} ms"
            compared += 1
    assert not instants
    return compared


@pytest.mark.parametrize("seed", SEEDS)
def test_the_embedded_events_tell_the_state_of_the_log(seed: int) -> None:
    made = campaign(seed)
    page = playback(made.log, made.occasion).page()
    assert assert_told_as_replayed(made, 0, page) > 50


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_page_that_begins_later_tells_the_same(seed: int, share: float) -> None:
    made = campaign(seed)
    rows = list(made.log.rows())
    from_ms = rows[int(share * len(rows))].at_ms
    page = playback(made.log, made.occasion, from_ms=from_ms).page()
    assert assert_told_as_replayed(made, from_ms, page) > 5
    whole = Told(embedded(playback(made.log, made.occasion).page())).until(made.occasion.horizon_ms)
    later = Told(embedded(page)).until(made.occasion.horizon_ms)
    assert (later.counts, later.missed) == (whole.counts, whole.missed)


def test_the_campaigns_know_nearly_all_kinds_of_events() -> None:
    seen = {KINDS[step.kind].name for seed in SEEDS for step in steps(campaign(seed).log.rows())}
    # Only engines refuse tasks, and 24 h after an assignment are rarely reached.
    assert {kind.name for kind in KINDS} - seen <= {"refused", "expired"}


def test_a_run_made_by_hand_at_its_instants(two_tasks: EventLog) -> None:
    data = embedded(playback(two_tasks, OCCASION).page())
    at_12_s = Told(data).until(12_000)
    assert at_12_s.tasks[0]["status"] == TaskStatus.RESERVED
    assert at_12_s.offers[0] == {
        "task": 0,
        "worker": 0,
        "status": ReservationStatus.PENDING,
        "since_ms": 10_000,
        "expires_ms": 25_000,
    }
    at_30_s = Told(data).until(30_000)
    assert at_30_s.tasks[0]["status"] == TaskStatus.PENDING
    assert (at_30_s.activities, at_30_s.missed, at_30_s.offers) == ([1], [True], {})
    at_100_s = Told(data).until(100_000)
    assert at_100_s.tasks[0]["status"] == TaskStatus.ASSIGNED
    assert at_100_s.counts == {"offered": 2, "missed": 1, "answered": 1, "abandoned": 1}
    end = Told(data).until(300_000)
    assert (end.tasks, end.offers, end.missed) == ({}, {}, [False])
    assert end.said == [
        *("signed_in", "created", "queued", "asked", "missed", "benched", "moved", "asked"),
        *("accepted", "created", "queued", "abandoned", "wrapping", "completed"),
    ]


def test_the_encoding_of_the_first_events(quickstart: EventLog) -> None:
    data = playback(quickstart, OCCASION).data
    numbers = {kind["name"]: number for number, kind in enumerate(data["kinds"])}
    assert data["events"][:20] == [
        *(0, numbers["signed_in"], 0, 0),
        *(10_000, numbers["created"], 0, 0, 1, 0),
        *(0, numbers["queued"], 0, 0, 0),
        *(0, numbers["asked"], 0, 0, 15_000),
    ]


def test_a_window_has_its_own_events_and_the_counters_of_the_run(two_tasks: EventLog) -> None:
    made = playback(two_tasks, OCCASION, from_ms=64_000, to_ms=184_000)
    told = Told(embedded(made.page()))
    assert told.counts == {"offered": 1, "missed": 1}  # before the acceptance at 64 s
    told.until(184_000)
    assert told.said == ["accepted", "created", "queued", "abandoned"]
    assert made.n_events == 4
    assert made.remarks == (
        "This is +01:04 to +03:04 of a run that goes on from +00:00 to +05:00; "
        "the counters begin with the run.",
    )


@pytest.mark.parametrize(
    ("from_ms", "to_ms"),
    [(-1, None), (300_000, None), (20_000, 20_000), (0, 300_001)],
    ids=["before the start", "at the horizon", "empty", "beyond the horizon"],
)
def test_times_out_of_bounds_are_refused(
    two_tasks: EventLog, from_ms: int, to_ms: int | None
) -> None:
    with pytest.raises(UsageError, match="begins before it ends"):
        playback(two_tasks, OCCASION, from_ms=from_ms, to_ms=to_ms)


def test_what_does_not_fit_is_cut_between_two_instants_and_said(two_tasks: EventLog) -> None:
    frame = len(playback(two_tasks, OCCASION, to_ms=1).page().encode())
    lengths = {}
    for most_bytes in range(frame + 200, frame + 1000, 10):
        made = playback(two_tasks, OCCASION, most_bytes=most_bytes)
        page = made.page()
        assert len(page.encode()) <= most_bytes
        told = Told(embedded(page)).until(OCCASION.horizon_ms)
        lengths[made.n_events] = made
        assert len(told.said) == made.n_events
        if made.to_ms < OCCASION.horizon_ms:
            assert made.remarks[-1].startswith("Cut off: what happened from +")
            whole = [step for step in steps(two_tasks.rows()) if step.at_ms < made.to_ms]
            assert made.n_events == len(whole)
        else:
            assert made.remarks == ()
    # 1, 4, 6, … events: those of one instant are there together or not at all.
    assert len(lengths) > 5
    assert set(lengths) <= {0, 1, 4, 6, 8, 9, 11, 12, 13, 14}
    assert 14 in lengths


def level(opening: dict[str, Any], definition: str) -> float | None:
    """Return the service level that a page without waiting tasks shows."""
    counted, soon = Counter(opening["counted"]), Counter(opening["soon"])
    above, below = {
        "offered": (soon["answered"], counted["offered"]),
        "answered": (soon["answered"], counted["answered"]),
        "excluding_short": (soon["answered"], counted["offered"] - soon["abandoned"]),
        "including_short": (soon["answered"] + soon["abandoned"], counted["offered"]),
    }[definition]
    return above / below if below else None


@pytest.mark.parametrize(
    ("threshold_ms", "expected"),
    [
        (12_249, (0 / 2, 0 / 1, 0 / 2, 0 / 2)),  # neither is in time
        (20_000, (0 / 2, 0 / 1, 0 / 1, 1 / 2)),  # only the hang-up after 12.25 s
        (54_000, (1 / 2, 1 / 1, 1 / 1, 2 / 2)),  # the acceptance after 54 s as well
    ],
    ids=["neither", "the hang-up", "both"],
)
def test_the_counters_give_the_service_level_of_the_kpis(
    two_tasks: EventLog, threshold_ms: int, expected: tuple[float, ...]
) -> None:
    result = Result(Provenance("", "", 0), 0, two_tasks, Criteria(0, 300_000, threshold_ms))
    kpis = result.kpis()
    for definition, figure in zip(SERVICE_LEVELS, expected, strict=True):
        occasion = Occasion("Desk", None, 300_000, 0, threshold_ms, definition)
        data = embedded(playback(two_tasks, occasion, from_ms=299_999).page())
        assert data["service_level"][0] == definition
        assert level(data["opening"], definition) == figure
        assert kpis[f"service_level_{definition}"].estimate == figure


def test_tasks_from_before_the_warm_up_count_for_no_service_level(two_tasks: EventLog) -> None:
    warm = Occasion("Desk", None, 300_000, 70_000, 20_000)
    opening = embedded(playback(two_tasks, warm, from_ms=299_999).page())["opening"]
    assert opening["counted"] == {"offered": 1, "abandoned": 1}
    assert opening["soon"] == {"offered": 1, "abandoned": 1}
    assert opening["counts"] == {
        **{"offered": 2, "missed": 1, "answered": 1, "abandoned": 1, "completed": 1}
    }


HOSTILE = "</script><img src=x onerror=alert(1)>\u2028<!--<script>&amp;\u202e"


class Elements(HTMLParser):
    """Collects the elements of a page and their addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.addresses: list[str | None] = []
        self.title = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.addresses += [value for key, value in attrs if key in ("src", "href", "data")]

    def handle_data(self, data: str) -> None:
        if self.lasttag == "title" and not self.title:
            self.title = data


def test_hostile_names_stay_text() -> None:
    kind = {"activities": (HOSTILE,), "channels": (HOSTILE,), "queues": (HOSTILE,)}
    names = Names(
        **kind, available=(True,), workflows=(HOSTILE,), workers=(HOSTILE,), streams=(HOSTILE,)
    )
    log = EventLog(names)
    log.append(tuple(Row(*(0, EventType.WORKER_CREATED, -1, -1, 0), *(-1,) * 4, 0, *(-1,) * 10)))
    hostile = Occasion(HOSTILE, None, 1_000, 0, 20_000)
    page, plain = playback(log, hostile).page(), playback(log, OCCASION).page()
    found, expected = Elements(), Elements()
    found.feed(page)
    expected.feed(plain)
    assert found.tags == expected.tags
    assert found.tags["img"] == 0
    shown = HOSTILE.replace("\u2028", r"\u2028").replace("\u202e", r"\u202e")
    assert found.title == f"{shown}: playback"
    assert embedded(page)["names"]["workers"] == [shown]
    assert embedded(page)["title"] == shown


def test_a_page_needs_nothing_from_outside(two_tasks: EventLog) -> None:
    page = playback(two_tasks, OCCASION).page()
    found = Elements()
    found.feed(page)
    assert found.addresses == []
    assert not re.search(r"https?:|url\(|@import|innerHTML|fetch\(", page)
    assert "default-src 'none'" in page


def test_wall_clock_labels_start_from_the_local_time(two_tasks: EventLog) -> None:
    occasion = Occasion("Desk", "1970-01-02T00:00:01", 300_000, 0, 20_000)
    assert playback(two_tasks, occasion).data["start_ms"] == 86_401_000


def test_equal_runs_give_equal_pages(
    two_tasks: EventLog, log_of: Callable[[list[tuple[int, ...]]], EventLog]
) -> None:
    again = log_of([tuple(row) for row in two_tasks.rows()])
    assert playback(again, OCCASION).page() == playback(two_tasks, OCCASION).page()


DAY: dict[str, Any] = {
    "trsim": 1,
    "horizon": "24h",
    "task_queues": {"all": {"target_workers": "1==1"}},
    "workflows": {
        "main": {
            "task_reservation_timeout": "20s",
            "configuration": {"task_routing": {"default_filter": {"queue": "all"}}},
        }
    },
    "behaviors": {"phone": {"answer_delay": "4s", "no_answer_probability": 0.05}},
    "workers": {"agent": {"count": 100, "behavior": "phone"}},
    "tasks": {
        "calls": {
            "workflow": "main",
            "arrivals": {"process": "poisson", "rate": "300/h"},
            "patience": {"distribution": "exponential", "mean": "3m"},
            "talk_time": {"distribution": "exponential", "mean": "5m"},
            "wrap_up_time": "30s",
        }
    },
}


def test_a_day_of_a_hundred_workers_fits_uncut() -> None:
    result = run(Scenario.from_dict(DAY).compile(), seed=1)
    made = playback(result.log, Occasion("Day", None, result.horizon_ms, 0, 20_000))
    assert made.remarks == ()
    assert made.data["opening"]["counts"] == {}
    told = Told(embedded(made.page())).until(result.horizon_ms)
    assert told.counts["offered"] == result.kpis()["offered"].estimate
    assert len(made.page()) < MOST_BYTES / 2
