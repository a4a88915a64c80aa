"""Every shipped scenario runs, repeats itself exactly, and adds up to the millisecond.

What the single ones show is in ``test_shipped_stories.py``.
"""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from trsim.analysis.accounting import check_accounting
from trsim.analysis.kpi import Measures, always
from trsim.analysis.kpis import CAUSES, KPIS, share_name
from trsim.analysis.results import Result
from trsim.experiments.run import run
from trsim.scenario.lint_files import lint_file
from trsim.scenario.load import load_scenario

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
assert SCENARIOS, "scenarios are shipped"


@pytest.fixture(scope="module", params=SCENARIOS, ids=lambda path: path.stem)
def result(request: pytest.FixtureRequest) -> Result:
    return run(load_scenario(request.param).compile())


def test_it_adds_up(result: Result) -> None:
    assert check_accounting(result.log, result.horizon_ms) == ()


def test_a_repetition_is_the_same(result: Result, request: pytest.FixtureRequest) -> None:
    path = next(path for path in SCENARIOS if f"[{path.stem}]" in request.node.name)
    assert run(load_scenario(path).compile()).fingerprint() == result.fingerprint()


def test_every_figure_can_be_said_and_added_up(result: Result) -> None:
    table = result.kpis()
    assert [value.name for value in table] == [
        kpi.name for kpi in KPIS if kpi.given is always or kpi.name in table
    ]

    def count(name: str) -> float:
        estimate = table[name].estimate
        assert estimate is not None
        return estimate

    ended = count("completed") + count("canceled") + count("removed")
    assert count("offered") == ended + count("open")
    answers = ("accepted", "rejected", "timed_out", "canceled", "rescinded", "open")
    ways = sum(count(f"reservations_{answer}") for answer in answers)
    assert count("reservations_created") == ways
    assert count("assigned") == count("reservations_accepted")
    causes = [kpi.name for kpi in KPIS if kpi.name.startswith("canceled_")]
    assert count("canceled") == sum(map(count, causes))
    for value in table:
        if value.unit == "share" and value.estimate is not None:
            assert 0 <= value.estimate <= 1


def test_parts_of_the_wait_add_up_to_it(result: Result) -> None:
    def check(measures: Measures) -> int:
        """Compare exact sums, in milliseconds."""
        waited, n_ms = measures["wait_per_task"]
        assert n_ms == 1000 * measures["offered"][0]
        assert waited == sum(measures[name][0] for name in CAUSES)
        assert waited == sum(measures[share_name(name)][0] for name in CAUSES)
        return waited

    waited = check(result.measures)
    groups = result.group_measures
    for kind in ("queue", "stream"):
        parts = [check(groups[group]) for group in groups if group[0] == kind]
        outside = int(result.attribution.wait_ms[result.attribution.queue < 0].sum())
        assert waited == sum(parts) + (outside if kind == "queue" else 0)
    # The identity of Little's law: all waiting is the integral of the number that wait.
    if not result.criteria.warm_up_ms:
        assert result.measures["mean_queue_length"] == (waited, result.horizon_ms)


def test_intervals_add_up_to_the_queues(result: Result) -> None:
    # An interval begins where the warm-up ends.
    frame = result.per_interval(result.criteria.warm_up_ms / 1000 or "1h")
    assert frame["counted"].sum() > 0
    sums = frame[frame["counted"]].groupby("queue", observed=False).sum(numeric_only=True)
    by_queue = result.by_queue().set_index(["queue", "kpi"])["estimate"]
    for queue in result.names.queues:
        for column, kpi in (
            ("offered", "offered"),
            ("assigned", "assigned"),
            ("abandoned", "canceled_hangup"),
        ):
            assert sums.loc[queue, column] == by_queue[queue, kpi]
        part, base = (float(sums[name][queue]) for name in ("in_time", "service_base"))
        level = part / base if base else math.nan
        assert level == pytest.approx(by_queue[queue, "service_level"], nan_ok=True)


# What lint says of each file, rule by rule; a file that is not here is free of warnings.
WARNINGS = {
    "pool_drain": ["no-return-after-miss"],
    "short_steps": ["offer-outlasts-target", "skip-if-counts-busy", "last-target-timeout"],
    "tutorial_workflow": [
        *("offer-outlasts-target", "last-target-timeout"),
        *("offer-outlasts-target", "last-target-timeout"),
        *("unknown-key", "default-filter-key"),
    ],
}


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_lint_warns_of_what_is_meant_to_be_wrong_and_of_nothing_else(path: Path) -> None:
    findings = lint_file(str(path))
    assert findings is not None
    told = [finding.rule for finding in findings if finding.level != "note"]
    assert told == WARNINGS.get(path.stem, [])
