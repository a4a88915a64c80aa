from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario.desk import load, problems, spoiled
from trsim.scenario.processes import mean_rate
from trsim.scenario.timeline import Timeline
from trsim.world.arrivals import Arrival, ArrivalProcess, PoissonArrivals, RenewalArrivals
from trsim.world.distributions import Constant
from trsim.world.gamma import Gamma
from trsim.world.recorded_arrivals import CountArrivals, TimedArrivals, TraceArrivals

HOUR = 3_600_000
OLD = "{process: poisson, rate: 60/h}"


def process(text: str, folder: Path, *edits: tuple[str, str]) -> ArrivalProcess:
    return load(spoiled((OLD, text), *edits), folder).compile().world.streams[0].arrivals


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{process: poisson, rate: 36/h}", PoissonArrivals(((0, 0.01),))),
        (
            "{process: poisson, interval: 1h, rates: [36/h, 72/h]}",
            PoissonArrivals(((0, 0.01), (HOUR, 0.02), (2 * HOUR, 0.0))),
        ),
        (
            "{process: poisson, interval: 1h, rates: [36/h, 72/h], repeat: 24h}",
            PoissonArrivals(((0, 0.01), (HOUR, 0.02), (2 * HOUR, 0.0)), None, 24 * HOUR),
        ),
        (
            "{process: poisson, interval: 12h, rates: [36/h, 72/h], repeat: 24h}",
            PoissonArrivals(((0, 0.01), (12 * HOUR, 0.02)), None, 24 * HOUR),
        ),
        (
            '{process: poisson, rates: [{from: "09:00", rate: 36/h}, {from: 90m, rate: 0/h}]}',
            PoissonArrivals(((HOUR, 0.01), (HOUR * 3 // 2, 0.0))),
        ),
        (
            "{process: poisson, rate: 36/h, busyness: {distribution: gamma, mean: 1, shape: 400}}",
            PoissonArrivals(((0, 0.01),), Gamma(400.0, 1 / 400)),
        ),
        (
            "{process: poisson, rate: 36/h, busyness: 2}",
            PoissonArrivals(((0, 0.01),), Constant(2.0)),
        ),
        ("{process: renewal, interarrival: 90s}", RenewalArrivals(Constant(90.0))),
        (
            "{process: counts, interval: 15m, counts: [3, 0, 7]}",
            CountArrivals((3, 0, 7), HOUR // 4),
        ),
        (
            '{process: at, times: ["08:30", 10m, 2026-03-02T08:20, 0s]}',
            TimedArrivals((0, 600_000, 1_200_000, 1_800_000)),
        ),
        ("{process: at, times: []}", TimedArrivals(())),
        (
            "{process: trace, rows: [{at: 2m, talk_time: 3m, channel: chat}, {at: 1m, "
            "priority: 4, patience: 5s, wrap_up_time: 0s, attributes: {product: sales}}]}",
            TraceArrivals(
                (
                    Arrival(60_000, None, 4, None, 0, 5_000, 1),
                    Arrival(120_000, 3, None, 180_000, None, None, None),
                )
            ),
        ),
    ],
)
def test_processes(text: str, expected: ArrivalProcess, tmp_path: Path) -> None:
    assert process(text, tmp_path) == expected
    scenario = load(spoiled((OLD, text)), tmp_path)
    assert load(scenario.to_yaml(), tmp_path) == scenario


def test_attributes_of_a_trace_lie_over_those_of_the_stream(tmp_path: Path) -> None:
    text = "{process: trace, rows: [{at: 1m, attributes: {tier: gold}}]}"
    model = load(spoiled((OLD, text)), tmp_path).compile()
    assert model.routing.plan.attribute_sets == (
        {"product": "billing"},
        {"product": "billing", "tier": "gold"},
    )


def test_a_trace_with_talk_times_needs_no_law(tmp_path: Path) -> None:
    law = ("    talk_time: {distribution: lognormal, mean: 2m, cv: 1.0}\n", "")
    found = process("{process: trace, rows: [{at: 1m, talk_time: 2m}]}", tmp_path, law)
    assert isinstance(found, TraceArrivals)
    rows = "{process: trace, rows: [{at: 1m, talk_time: 2m}, {at: 2m}]}"
    (problem,) = problems(spoiled((OLD, rows), law), tmp_path)
    assert "talk_time is missing" in problem.reason


@pytest.mark.parametrize(
    ("text", "per_hour"),
    [
        ("{process: poisson, rate: 36/h}", 36),
        ("{process: poisson, interval: 30m, rates: [36/h, 72/h]}", 54),
        ("{process: poisson, interval: 15m, rates: [40/h]}", 10),
        ("{process: poisson, interval: 15m, rates: [40/h], repeat: 30m}", 20),
        ("{process: poisson, rates: [{from: 30m, rate: 40/h}]}", 20),
        ("{process: poisson, rate: 36/h, busyness: 2}", 72),
        ("{process: renewal, interarrival: 90s}", 40),
        ("{process: counts, interval: 30m, counts: [3, 4, 5]}", 7),
        ("{process: at, times: [1m, 2m, 2h]}", 2),
        ("{process: trace, rows: [{at: 1m}]}", 1),
    ],
)
def test_mean_rates(text: str, per_hour: float, tmp_path: Path) -> None:
    scenario = load(spoiled((OLD, text)), tmp_path).content
    rate = mean_rate(scenario.tasks["calls"].arrivals, Timeline(scenario))
    assert rate * 3600 == pytest.approx(per_hour)
