from __future__ import annotations

import pytest

from tests.experiments.small_desk import small_desk
from trsim.errors import UsageError
from trsim.experiments.parameters import by_path, parameter_of, parameters_of, scenario_at
from trsim.scenario.quantities import Kind

TIMEOUT = "workflows.calls.task_reservation_timeout"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("5s..60s:12", [*(f"{n}s" for n in range(5, 60, 5)), "1m"]),
        ("5s..7s:3", ["5s", "6s", "7s"]),
        ("10s,20s,30s", ["10s", "20s", "30s"]),
        ("60s, 1m,10s", ["1m", "10s"]),
        ("5s..7s", ["5s", "6s", "7s"]),  # twelve points, rounded to whole seconds, each once
        ("10s..31s/10s", ["10s", "20s", "30s"]),
        ("15s", ["15s"]),
    ],
)
def test_values_of_a_timeout(values: str, expected: list[str]) -> None:
    found = parameter_of(small_desk(), f"{TIMEOUT}={values}")
    numbers = [found.number(value) for value in found.values]
    assert numbers == [found.number(value) for value in expected]
    assert (found.unit, found.kind, found.today) == ("s", Kind.DURATION, "20s")


def test_counts_are_whole_and_factors_are_not() -> None:
    desk = small_desk()
    assert parameter_of(desk, "workers.agent.count=2..4:9").values == (2, 3, 4)
    assert parameter_of(desk, "workers.agent.count=2..9/3").values == (2, 5, 8)
    busy = parameter_of(desk, "tasks.calls.arrivals.busyness=1..2:5")
    assert busy.values == (1.0, 1.25, 1.5, 1.75, 2.0)
    rate = parameter_of(desk, "tasks.calls.arrivals.rate=60/h..2/m:3")
    assert rate.values == ("60/h", "90/h", "120/h")
    assert rate.unit == "per hour"
    missed = parameter_of(desk, "behaviors.phone.no_answer_probability=0%..20%:3")
    assert missed.values == (0.0, 0.1, 0.2)


def test_values_in_between_are_rounded_to_what_is_allowed() -> None:
    desk = small_desk()
    timeout = parameter_of(desk, f"{TIMEOUT}=5s..60s:3")
    assert [timeout.written(n) for n in (1.0, 12.4, 12.5, 99.0)] == ["5s", "12s", "13s", "1m"]
    steps = parameter_of(desk, "workers.agent.count=2..9/3")
    assert [steps.written(n) for n in (0, 3.4, 3.6, 99)] == [2, 2, 5, 8]
    choice = parameter_of(desk, "name=one,two")
    assert [choice.written(n) for n in (-1.0, 0.4, 0.6, 5.0)] == ["one", "one", "two", "two"]
    assert choice.number("two") == 1.0


def test_a_wildcard_sets_all_that_match_together() -> None:
    desk = small_desk()
    both = parameter_of(desk, "workflows.*.task_reservation_timeout=10s,15s")
    assert both.paths == (TIMEOUT, "workflows.shop.task_reservation_timeout")
    assert both.today is None  # 20s and, by default, 120s
    changed = scenario_at(desk, [both], ["15s"])
    assert {w.task_reservation_timeout for w in changed.content.workflows.values()} == {15_000}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{TIMEOUT}=60s..5s", "write 5s..60s"),
        (f"{TIMEOUT}=5s..5s", "empty"),
        (f"{TIMEOUT}=5s..60s/0s", "step must be > 0"),
        (f"{TIMEOUT}=5s..60s:1", "2 to 1000"),
        (f"{TIMEOUT}=5..60", "5 must be a duration"),
        (f"{TIMEOUT}=5s..60", "60 must be a duration"),
        (f"{TIMEOUT}=1.5s", "whole number of seconds"),
        (f"{TIMEOUT}=5s...60s", "cannot be read"),
        (f"{TIMEOUT}=", "a value is missing"),
        ("workers.agent.count=1.5,2", "whole number"),
        ("workers.agnt.count=1..3", "did you mean 'agent'"),
        ("workrs.*.count=1..3", "did you mean 'workers'"),
        ("workers.agent.cuont=1..3", "did you mean 'count'"),
        ("workers.agent.count=1s..3s", "a whole number such as 45"),
        ("name=1..3", "give a list"),
    ],
)
def test_what_cannot_be_is_refused_with_the_whole_text(text: str, words: str) -> None:
    with pytest.raises(UsageError) as refused:
        parameter_of(small_desk(), text)
    assert words in str(refused.value)
    assert text.partition("=")[0] in str(refused.value)


def test_all_that_is_wrong_is_told_at_once() -> None:
    texts = [f"{TIMEOUT}=9s..1s", "workers.agnt.count=1,2", f"{TIMEOUT}=1s,2s",
             "workflows.*.task_reservation_timeout=3s,4s"]  # fmt: skip
    with pytest.raises(UsageError) as refused:
        parameters_of(small_desk(), texts, default_points=12)
    lines = str(refused.value).splitlines()
    assert len(lines) == 3
    assert "is set by" in lines[2]
    with pytest.raises(UsageError, match="varied twice"):
        by_path(["a=1", "a=2"])
