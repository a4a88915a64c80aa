from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario.desk import load, spoiled
from trsim.world.distributions import (
    Constant,
    Distribution,
    Exponential,
    Pareto,
    Triangular,
    Uniform,
    Weibull,
)
from trsim.world.gamma import Erlang, Gamma
from trsim.world.mixed import Empirical, Mixture
from trsim.world.normal import LogNormal, Normal


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", Constant(90.0)),
        ("0s", Constant(0.0)),
        ("{distribution: constant, value: 1.5s}", Constant(1.5)),
        ("{distribution: exponential, mean: 3m}", Exponential(180.0)),
        ("{distribution: uniform, low: 0s, high: 1m}", Uniform(0.0, 60.0)),
        (
            "{distribution: triangular, low: 1s, mode: 2s, high: 4s}",
            Triangular(1.0, 2.0, 4.0),
        ),
        ("{distribution: normal, mean: 60s, sd: 20s}", Normal(60.0, 20.0)),
        ("{distribution: normal, mean: 60s, cv: 0.5}", Normal(60.0, 30.0)),
        ("{distribution: lognormal, mean: 5m, cv: 1.1}", LogNormal(300.0, 1.1)),
        (
            "{distribution: lognormal, median: 5m, sigma: 0.5}",
            LogNormal.from_median(300.0, 0.5),
        ),
        ("{distribution: gamma, mean: 1m, cv: 0.5}", Gamma.from_mean(60.0, 0.5)),
        ("{distribution: gamma, mean: 1m, shape: 4}", Gamma(4.0, 15.0)),
        ("{distribution: gamma, shape: 4, scale: 15s}", Gamma(4.0, 15.0)),
        ("{distribution: erlang, k: 3, mean: 1m}", Erlang(3, 60.0)),
        ("{distribution: weibull, shape: 1.5, scale: 1m}", Weibull(1.5, 60.0)),
        ("{distribution: pareto, shape: 2.5, minimum: 1m}", Pareto(2.5, 60.0)),
        ("{distribution: empirical, values: [1m, 2m]}", Empirical((60.0, 120.0))),
        (
            "{distribution: empirical, values: [1m, 2m], weights: [1, 3]}",
            Empirical((60.0, 120.0), (1.0, 3.0)),
        ),
        (
            "{distribution: mixture, components: [1m, {distribution: exponential, mean: 2m}], "
            "weights: [0.25, 0.75]}",
            Mixture((Constant(60.0), Exponential(120.0)), (0.25, 0.75)),
        ),
    ],
)
def test_laws(text: str, expected: Distribution, tmp_path: Path) -> None:
    scenario = load(spoiled(("patience: 3m", f"patience: {text}")), tmp_path)
    assert scenario.compile().world.streams[0].patience == expected
    assert load(scenario.to_yaml(), tmp_path) == scenario
