"""What options name: instants with and without a clock, tasks by number and by stream."""

from __future__ import annotations

import pytest

from trsim.cli.named import NamedTask, instant_ms, named_task, number_of
from trsim.errors import UsageError
from trsim.scenario.load import Scenario

STREAMS = ("calls", "late/calls")
SCENARIO = {
    "trsim": 1,
    "name": "Night",
    "horizon": "8h",
    "task_queues": {"support": {"target_workers": "1==1"}},
    "workflows": {
        "door": {"configuration": {"task_routing": {"default_filter": {"queue": "support"}}}}
    },
    "behaviors": {"phone": {"answer_delay": "4s"}},
    "workers": {"Ann": {"behavior": "phone"}},
    "tasks": {
        "calls": {
            "workflow": "door",
            "arrivals": {"process": "at", "times": ["10m"]},
            "talk_time": "2m",
        }
    },
}
# Clocks in Vienna go from 2:00 to 3:00 in this night, so 4:00 comes five hours after 22:00.
NIGHT = {"start": "2026-03-28T22:00", "time_zone": "Europe/Vienna"}
END_MS = 8 * 3_600_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("17", NamedTask(None, 17)),
        (" calls/0 ", NamedTask(0, 0)),
        ("late/calls/3", NamedTask(1, 3)),
    ],
)
def test_a_task_is_a_number_or_stands_in_its_stream(text: str, expected: NamedTask) -> None:
    assert named_task(text, STREAMS) == expected


@pytest.mark.parametrize("text", ["", "calls", "calls/", "/1", "-1", "calls/1.5", "1" * 10])
def test_other_texts_name_no_task(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        named_task(text, STREAMS)
    said = "--task is a task such as billing_calls/17, or its number (found "
    assert str(caught.value).startswith(said)
    with pytest.raises(UsageError, match=r"17, its number, or attributes \(found "):
        named_task(text, STREAMS, "attributes")


def test_the_nearest_name_is_told() -> None:
    assert number_of("queue", "sales", ("support", "sales")) == 1
    with pytest.raises(UsageError) as caught:
        number_of("queue", "sale\x1bs", ("support", "sales"))
    said = r"there is no queue 'sale\x1bs' (allowed: support, sales; did you mean 'sales'?)"
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("text", "at_ms"),
    [
        ("0s", 0),
        ("1h30m", 5_400_000),
        ("22:00", 0),
        ("23:30:00.500", 5_400_500),
        ("4:00", 5 * 3_600_000),
        ("2026-03-29T04:00", 5 * 3_600_000),
        ("8h", END_MS),
    ],
)
def test_instants(text: str, at_ms: int) -> None:
    scenario = Scenario.from_dict(SCENARIO | NIGHT)
    assert instant_ms("--from", text, scenario, END_MS) == at_ms


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("soon", "--to must be a duration"),
        ("8h1s", "--to 8h1s lies outside of the run, which takes 8h"),
        ("21:00", "--to 21:00 lies outside of the run"),
        ("2026-03-28T21:59", "lies outside of the run"),
    ],
)
def test_instants_outside_of_the_run(text: str, message: str) -> None:
    scenario = Scenario.from_dict(SCENARIO | NIGHT)
    with pytest.raises(UsageError, match=message):
        instant_ms("--to", text, scenario, END_MS)


def test_without_a_start_there_is_no_clock() -> None:
    scenario = Scenario.from_dict(SCENARIO)
    assert instant_ms("--at", "5m", scenario, END_MS) == 300_000
    with pytest.raises(UsageError, match="--at 23:00: the scenario has no start, so say how long"):
        instant_ms("--at", "23:00", scenario, END_MS)
