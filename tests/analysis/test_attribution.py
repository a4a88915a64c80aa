"""Parts of waits, worked out by hand for small desks.

Ann is in queue first, Bob in queue second; both answer after 4 s and talk for 60 s.  The first
call comes at 0 s and has Ann until 64 s.  The second one comes at 10 s, stays in the target of
queue first until 30 s, and then goes on to that of queue second.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest

import trsim
from trsim.analysis.attribution import (
    WAIT_PARTS,
    WaitShares,
    WaitTotal,
    attribute_waits,
    attribution_text,
)
from trsim.core.events import NOTHING
from trsim.errors import UsageError
from trsim.model import Model

Parts = dict[str, float]
AWAY = {"behavior": "phone", "attributes": {"team": "second"}, "activity": "Break"}
FIRST, SECOND = {"queue": "first", "timeout": 20}, {"queue": "second"}


def stream(*times_s: float, **more: Any) -> dict[str, Any]:
    arrivals = {"process": "at", "times": [f"{at}s" for at in times_s]}
    return {"task_channel": "voice", "arrivals": arrivals, "talk_time": "1m", **more}


def flow(*targets: dict[str, Any], **default: Any) -> dict[str, Any]:
    routing = {"filters": [{"expression": "1==1", "targets": list(targets)}], **default}
    configuration = {"task_routing": routing}
    return {"main": {"task_reservation_timeout": "15s", "configuration": configuration}}


def worker(team: str, behavior: str = "phone", **more: Any) -> dict[str, Any]:
    return {"behavior": behavior, "attributes": {"team": team}, **more}


def desk(**sections: Any) -> Model:
    """Return a desk in which the given sections take the place of the usual ones."""
    content = {
        "trsim": 1,
        "name": "Desk",
        "horizon": "5m",
        "workspace": workspace(),
        "task_queues": {
            "first": {"target_workers": "team == 'first'"},
            "second": {"target_workers": "team == 'second'"},
        },
        "workflows": flow(FIRST, SECOND),
        "behaviors": {
            "phone": {"answer_delay": "4s"},
            "slow": {"answer_delay": "6s"},
            "deaf": {"answers": ["no_answer"], "answer_delay": "4s"},
            "choosy": {"answers": [{"reject": "2s"}], "answer_delay": "4s"},
        },
        "workers": {"Ann": worker("first"), "Bob": worker("second")},
        "tasks": {"calls": stream(0, 10)},
    }
    return trsim.Scenario.from_dict(content | sections).compile()


def workspace(**rules: str) -> dict[str, Any]:
    return {
        "activities": {"Available": True, "Break": False, "Missed": False},
        "default_activity": "Break",
        "timeout_activity": "Missed",
        "routing_rules": rules,
    }


def shares_of(model: Model) -> WaitShares:
    return attribute_waits(trsim.run(model).log, model, model.horizon_ms)


def parts_of(shares: WaitShares, task: int) -> Parts:
    """Return the parts of a wait that are not zero [s]."""
    parts = {part: int(getattr(shares, f"{part}_ms")[task]) / 1000 for part in WAIT_PARTS}
    assert sum(parts.values()) == shares.wait_ms[task] / 1000
    return {part: seconds for part, seconds in parts.items() if seconds}


def at(at_s: float, **entry: Any) -> dict[str, Any]:
    return {"at": f"{at_s}s", **entry}


def bob(at_s: float, **setting: Any) -> dict[str, Any]:
    return at(at_s, worker="Bob", **setting)


ASKED: dict[str, tuple[dict[str, Any], Parts]] = {
    "one offer, taken": ({}, {"ringing": 4}),
    "taken and set up": (
        {"task_channels": {"voice": {"setup_delay": "3s"}}},
        {"ringing": 4, "setup": 3},
    ),
    "hung up while on hold": (
        {
            "task_channels": {"voice": {"setup_delay": "3s"}},
            "tasks": {"calls": stream(0, patience="6s")},
        },
        {"lost_offers": 6},
    ),
    "a miss, then taken by a colleague": (
        {
            "workers": {"Ann": worker("first", "deaf"), "Cleo": worker("first")},
            "tasks": {"calls": stream(0)},
        },
        {"lost_offers": 15, "ringing": 4},
    ),
    "the offer of the horizon": ({"horizon": "2500ms"}, {"lost_offers": 2.5}),
    "one of two turns it down": (
        {
            "task_queues": {
                "first": {"target_workers": "1==1", "max_reserved_workers": 2},
                "second": {},
            },
            "workers": {"Ann": worker("first", "choosy"), "Bob": worker("second")},
        },
        {"ringing": 4},
    ),
    "both take it, one is faster": (
        {
            "task_channels": {"voice": {"setup_delay": "10s"}},
            "task_queues": {
                "first": {"target_workers": "1==1", "max_reserved_workers": 2},
                "second": {},
            },
            "workers": {"Ann": worker("first", "slow"), "Bob": worker("second")},
        },
        {"ringing": 4, "setup": 10},
    ),
    "a rest beside a free worker": (
        {
            "workspace": workspace(reoffer_delay="3s"),
            "workers": {"Ann": worker("first", "choosy"), "Bob": worker("second")},
        },
        {"lost_offers": 2, "held_back": 3, "ringing": 4},
    ),
    # Ann misses the call and is gone.  Until 18 s it rests, until 20 s it waits for its deadline.
    "a rest that costs nothing": (
        {
            "workspace": workspace(reoffer_delay="3s"),
            "workers": {"Ann": worker("first", "deaf"), "Bob": worker("second")},
        },
        {"lost_offers": 15, "for_deadline": 5, "ringing": 4},
    ),
    "a match that takes its time": (
        {"workspace": workspace(routing_latency="2s")},
        {"held_back": 2, "ringing": 4},
    ),
}


@pytest.mark.parametrize("case", ASKED)
def test_the_first_call(case: str) -> None:
    sections, expected = ASKED[case]
    assert parts_of(shares_of(desk(**sections)), 0) == expected


KNOWN = {"queue": "second", "known_worker_friendly_name": "task.owner"}
LIGHT = {"queue": "second", "expression": "worker.channel.voice.assigned_tasks == 0"}
TWO_CALLS = worker("second", channels={"voice": 2})

PENDING: dict[str, tuple[dict[str, Any], Parts]] = {
    "somebody free in the next target": ({}, {"for_deadline": 20, "ringing": 4}),
    "nobody free anywhere": (
        {
            "workers": {"Ann": worker("first"), "Bob": AWAY},
            "workflows": flow(FIRST, {"queue": "all"}),
            "task_queues": {"first": {"target_workers": "team == 'first'"}, "all": {}},
        },
        {"nobody_free": 54, "ringing": 4},  # Ann is free again at 64 s
    ),
    "free in the target after the next": (
        {
            "task_queues": {
                "first": {"target_workers": "team == 'first'"},
                "nobody": {"target_workers": "team == 'nobody'"},
                "second": {"target_workers": "team == 'second'"},
            },
            "workflows": flow(FIRST, {"queue": "nobody", "timeout": 5}, SECOND),
        },
        {"for_deadline": 25, "ringing": 4},
    ),
    "free behind a target that is never left": (
        {"workflows": flow({"queue": "first"}, SECOND)},
        {"nobody_free": 54, "ringing": 4},
    ),
    "free in the default filter only": (
        {"workflows": flow(FIRST, default_filter={"queue": "second"})},
        {"nobody_free": 20},  # canceled by the workflow
    ),
    "comes back in between": (
        {
            "workers": {"Ann": worker("first"), "Bob": AWAY},
            "timetable": [bob(20, activity="Available")],
        },
        {"nobody_free": 10, "for_deadline": 10, "ringing": 4},
    ),
    "in another team for a while": (
        {
            "timetable": [
                bob(15, attributes={"team": "other"}),
                bob(25, attributes={"team": "second"}),
            ]
        },
        {"for_deadline": 10, "nobody_free": 10, "ringing": 4},
    ),
    "without capacity for a while": (
        {
            "timetable": [
                bob(12, task_channel="voice", capacity=0),
                bob(22, task_channel="voice", capacity=1),
            ]
        },
        {"for_deadline": 10, "nobody_free": 10, "ringing": 4},
    ),
    "channel off for a while": (
        {
            "timetable": [
                bob(12, task_channel="voice", available=False),
                bob(21, task_channel="voice", available=True),
            ]
        },
        {"for_deadline": 11, "nobody_free": 9, "ringing": 4},
    ),
    "the queue asks others, up to the horizon": (
        {
            "horizon": "100s",
            "timetable": [at(20, task_queue="second", target_workers="team == 'other'")],
        },
        {"for_deadline": 10, "nobody_free": 80},
    ),
    # At 13 s the caller is sent to the other queue at once, where nobody is busy.
    "another workflow while it waits": (
        {
            "timetable": [
                at(
                    13,
                    workflow="main",
                    configuration=flow(SECOND)["main"]["configuration"],
                    re_evaluate_tasks=True,
                )
            ]
        },
        {"for_deadline": 3, "ringing": 4},
    ),
    # The target asks only workers without an accepted call.  Bob takes one at 16 s and has room
    # for another, but is out of question until that call ends at 76 s.
    "an expression looks at accepted calls": (
        {
            "workflows": flow(FIRST, LIGHT),
            "workers": {"Ann": worker("first"), "Bob": TWO_CALLS},
            "tasks": {
                "calls": stream(0, 10),
                "others": stream(12, routing_target={"queue": "second"}, workflow="main"),
            },
        },
        {"for_deadline": 6, "nobody_free": 60, "ringing": 4},
    ),
    # The same, but that call is over at 20 s and has after-work only, which does not count.
    "an expression does not look at after-work": (
        {
            "workflows": flow(FIRST, LIGHT),
            "workers": {"Ann": worker("first"), "Bob": TWO_CALLS},
            "tasks": {
                "calls": stream(0, 10),
                "others": stream(
                    12,
                    routing_target={"queue": "second"},
                    workflow="main",
                    talk_time="4s",
                    wrap_up_time="1m",
                ),
            },
        },
        {"for_deadline": 16, "nobody_free": 4, "ringing": 4},
    ),
    "hung up": (
        {"tasks": {"calls": stream(0), "hasty": stream(10, patience="5s")}},
        {"for_deadline": 5},
    ),
    "a worker of its own, who is busy": (
        {
            "tasks": {
                "calls": stream(0),
                "to_ann": stream(10, routing_target={"worker": "Ann"}, ignore_capacity=False),
            }
        },
        {"nobody_free": 54, "ringing": 4},
    ),
}


@pytest.mark.parametrize("case", PENDING)
def test_the_second_call(case: str) -> None:
    sections, expected = PENDING[case]
    assert parts_of(shares_of(desk(**sections)), 1) == expected


def test_callers_of_one_instant_can_wait_for_different_reasons() -> None:
    def owned(owner: str) -> dict[str, Any]:
        return stream(10, attributes={"owner": owner})

    model = desk(
        workflows=flow(FIRST, KNOWN),
        workers={"Ann": worker("first"), "Bob": worker("second"), "Cleo": AWAY},
        tasks={"calls": stream(0), "of_bob": owned("Bob"), "of_cleo": owned("Cleo")},
    )
    shares = shares_of(model)
    assert parts_of(shares, 1) == {"for_deadline": 20, "ringing": 4}
    assert parts_of(shares, 2) == {"nobody_free": 290}  # up to the horizon


@pytest.fixture(scope="module")
def shares() -> WaitShares:
    """Return four waits: 4 s; 20 + 4 s; 54 + 4 s; hung up after 8 s without anybody free.

    The third is routed to Ann.  The fourth comes at 50 s, while Bob talks to the second.
    """
    return shares_of(
        desk(
            tasks={
                "calls": stream(0, 10),
                "to_ann": stream(10.001, routing_target={"worker": "Ann"}, ignore_capacity=False),
                "hasty": stream(50, patience="8s"),
            }
        )
    )


def test_totals(shares: WaitShares) -> None:
    whole = WaitTotal(4, 93_999, 12_000, 0, 0, 20_000, 61_999, 0)
    assert shares.total() == whole
    assert shares.where(np.array([True, True, False, False])).total() == WaitTotal(
        2, 28_000, 8_000, 0, 0, 20_000, 0, 0
    )
    nobody_waits = shares.where(np.zeros(4, dtype=np.bool_))
    assert nobody_waits.total() == WaitTotal(0, 0, 0, 0, 0, 0, 0, 0)
    assert nobody_waits.by_queue() == {}


def test_totals_by_queue_and_stream(shares: WaitShares) -> None:
    assert shares.by_queue() == {
        NOTHING: WaitTotal(1, 57_999, 4_000, 0, 0, 0, 53_999, 0),
        0: WaitTotal(2, 12_000, 4_000, 0, 0, 0, 8_000, 0),
        1: WaitTotal(1, 24_000, 4_000, 0, 0, 20_000, 0, 0),
    }
    assert shares.by_stream() == {
        0: WaitTotal(2, 28_000, 8_000, 0, 0, 20_000, 0, 0),
        1: WaitTotal(1, 57_999, 4_000, 0, 0, 0, 53_999, 0),
        2: WaitTotal(1, 8_000, 0, 0, 0, 0, 8_000, 0),
    }


def test_the_frame_of_tasks(shares: WaitShares) -> None:
    frame = shares.to_frame()
    assert frame["task"].tolist() == [0, 1, 2, 3]
    assert frame["queue"].isna().tolist() == [False, False, True, False]
    assert frame["queue"].dropna().tolist() == ["first", "second", "first"]
    assert frame["stream"].tolist() == ["calls", "calls", "to_ann", "hasty"]
    assert frame["wait_s"].tolist() == [4, 24, 57.999, 8]
    assert frame["for_deadline_s"].tolist() == [0, 20, 0, 0]
    assert list(frame.columns[4:]) == [f"{part}_s" for part in WAIT_PARTS]


def test_the_frame_of_totals(shares: WaitShares) -> None:
    frame = shares.totals_frame()
    assert frame["by"].tolist() == ["all", *["queue"] * 3, *["stream"] * 3]
    named = ["first", "second", "calls", "to_ann", "hasty"]
    assert frame["name"].isna().tolist() == [True, True, False, False, False, False, False]
    assert frame["name"].dropna().tolist() == named
    assert frame["tasks"].tolist() == [4, 1, 2, 1, 2, 1, 1]
    assert frame["wait_s"].tolist() == [93.999, 57.999, 12, 24, 28, 57.999, 8]
    assert list(frame.columns[4:]) == [f"{part}_s" for part in WAIT_PARTS]


def test_every_part_is_a_column_and_has_a_definition() -> None:
    columns = [f"{part}_ms" for part in WAIT_PARTS]
    assert [field.name for field in fields(WaitShares)][-len(columns) :] == columns
    assert list(WaitTotal._fields)[2:] == columns
    text = attribution_text(60)
    assert all(f"{part} [s]" in text for part in WAIT_PARTS)
    assert max(map(len, text.splitlines())) <= 60
    assert " ".join(text.split()).count("so 0 without them") == 1


def test_a_run_in_which_nobody_calls() -> None:
    shares = shares_of(desk(tasks={"calls": stream(400)}))
    assert len(shares) == 0
    assert shares.total() == WaitTotal(0, 0, 0, 0, 0, 0, 0, 0)
    assert shares.totals_frame()["by"].tolist() == ["all"]


def test_the_horizon_lies_after_the_last_row() -> None:
    model = desk()
    log = trsim.run(model).log
    with pytest.raises(UsageError, match=r"after the last row of the log, at 94\.0 s, not at 1\.0"):
        attribute_waits(log, model, 1_000)


def test_a_log_of_another_model_is_refused() -> None:
    log = trsim.run(desk()).log
    other = desk(workers={"Ann": worker("first"), "Cleo": worker("second")})
    with pytest.raises(UsageError, match="not one of the model 'Desk'"):
        attribute_waits(log, other, other.horizon_ms)
