"""Which values can be turned, how far, and how a turned one is written."""

from __future__ import annotations

from typing import Any

import pytest

from tests.interactive.desk import COUNT, NO_ANSWER, TIMEOUT, desk, streams
from trsim.errors import UsageError
from trsim.interactive.knobs import MOST_KNOBS, Kind, Knob, knobs_of

RATES = streams(
    bare={"rate": "60/h"},
    plain={"rate": "60/h", "busyness": 2},
    drawn={"rate": "60/h", "busyness": {"distribution": "gamma", "mean": 1, "shape": 4}},
    meanless={"rate": "60/h", "busyness": {"distribution": "uniform", "low": 0.5, "high": 1.5}},
)


def test_timeouts_counts_and_demand_are_chosen_where_nobody_says() -> None:
    found = knobs_of(desk(tasks=RATES))
    assert [(knob.path, knob.base) for knob in found] == [
        (TIMEOUT, 20.0),
        (COUNT, 1),
        ("tasks.bare.arrivals.busyness", 1.0),
        ("tasks.plain.arrivals.busyness", 2.0),
        ("tasks.drawn.arrivals.busyness.mean", 1.0),
    ]
    assert (found[3].low, found[3].high, found[3].step) == (1.0, 3.0, 0.1)


def test_every_chosen_knob_can_be_turned_to_its_ends() -> None:
    scenario = desk(tasks=RATES)
    for knob in knobs_of(scenario):
        for end in (knob.low, knob.high):
            changed = scenario.replace({knob.path: knob.written(end)})
            assert changed.digest != scenario.digest or end == knob.base


def test_only_so_many_are_chosen() -> None:
    many = {f"group{n}": {"count": 1, "behavior": "phone"} for n in range(20)}
    found = knobs_of(desk(workers=many))
    assert len(found) == MOST_KNOBS == 12
    assert found[-1].path == "workers.group10.count"


@pytest.mark.parametrize(
    ("path", "kind", "base"),
    [
        pytest.param(TIMEOUT, Kind.DURATION, 20.0, id="duration"),
        pytest.param("workers.desk.count", Kind.WHOLE, 1, id="whole"),
        pytest.param(NO_ANSWER, Kind.NUMBER, 0.0, id="per-cent"),
        pytest.param("tasks.calls.talk_time", Kind.DURATION, 60.0, id="plain-law"),
        pytest.param("tasks.calls.balk_probability", Kind.NUMBER, 0.0, id="default"),
        pytest.param("workspace.multi_task_enabled", Kind.CHOICE, True, id="truth"),
    ],
)
def test_what_a_value_is_follows_from_how_it_is_written(
    path: str, kind: Kind, base: object
) -> None:
    (knob,) = knobs_of(desk(), [path])
    assert (knob.kind, knob.base) == (kind, base)


def test_a_rate_counts_tasks_per_hour() -> None:
    (knob,) = knobs_of(desk(tasks=RATES), "tasks.bare.arrivals.rate")
    assert (knob.kind, knob.base, knob.low, knob.high) == (Kind.RATE, 60.0, 0, 120.0)


@pytest.mark.parametrize(
    ("wish", "limits"),
    [
        pytest.param((5, 60), (5, 60, 1.375), id="numbers"),
        pytest.param(("5s", "1m", "5s"), (5, 60, 5), id="as-written"),
        pytest.param(("5s", 60, 1), (5, 60, 1), id="both"),
    ],
)
def test_a_range_is_given_in_numbers_or_as_written(
    wish: tuple[object, ...], limits: tuple[float, ...]
) -> None:
    (knob,) = knobs_of(desk(), {TIMEOUT: wish})
    assert (knob.low, knob.high, knob.step) == limits


def test_a_list_holds_choices_and_the_value_of_the_scenario() -> None:
    (knob,) = knobs_of(desk(), {TIMEOUT: ["10s", "40s"]})
    assert (knob.kind, knob.choices) == (Kind.CHOICE, ("20s", "10s", "40s"))
    (open_end,) = knobs_of(desk(), {"tasks.calls.patience": ["1m"]})
    assert (open_end.base, open_end.choices) == (None, (None, "1m"))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        pytest.param({TIMEOUT: (30, 60)}, "must hold the scenario's own value, '20s'", id="base"),
        pytest.param({TIMEOUT: (60, 5)}, r"with low < high.*found \(60, 5\)", id="order"),
        pytest.param({TIMEOUT: ("5/h", "9/h")}, "range of .* must be", id="unit"),
        pytest.param({TIMEOUT: (5, 60, 0)}, "range of .* must be", id="step"),
        pytest.param({TIMEOUT: 40}, r"a list of choices \(found 40\)", id="no-range"),
        pytest.param({TIMEOUT: []}, "choices of .* are empty", id="no-choice"),
        pytest.param(["name"], "'Desk <1>'.*give a list of choices", id="text"),
        pytest.param(["tasks.calls.patience"], "has no such value", id="left-out"),
        pytest.param({"workers.dsk.count": [1]}, "did you mean", id="misspelled"),
    ],
)
def test_what_cannot_be_turned_is_refused(parameters: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        knobs_of(desk(), parameters)


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        pytest.param(Kind.DURATION, 0.1 + 0.2, "300ms", id="short"),
        pytest.param(Kind.DURATION, 7200.0, "2h", id="long"),
        pytest.param(Kind.RATE, 90.0, "90/h", id="rate"),
        pytest.param(Kind.RATE, 0.125, "0.125/h", id="part-of-a-rate"),
        pytest.param(Kind.WHOLE, 4.0, 4, id="whole"),
        pytest.param(Kind.NUMBER, 3 * 0.05, 0.15, id="number"),
        pytest.param(Kind.CHOICE, "40s", "40s", id="choice"),
    ],
)
def test_a_turned_value_is_written_as_in_a_file(kind: Kind, value: object, written: object) -> None:
    result = Knob("some.path", kind, 0).written(value)
    assert result == written
    assert type(result) is type(written)
