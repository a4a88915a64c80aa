"""What a run costs and brings, as SQL works it out from the log and the prices."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.second_opinion.folders import HERE, keep
from tests.second_opinion.opinion import Opinion
from trsim.scenario.load import load_scenario

PRICES = {
    "workers.Ann.wage": "31.5/h",
    "workers.part.wage": "24/h",
    "tasks.calls.value": 8,
    "tasks.calls.abandonment_cost": 2.25,
    "tasks.to_back.value": 3,
    "tasks.to_back.abandonment_cost": 40,
}
TABLES = """
CREATE TABLE wage AS
FROM (VALUES ('Ann', 31.5), ('part-1', 24), ('part-2', 24)) AS _(worker, per_hour);
CREATE TABLE shift AS
FROM (VALUES ('part-1'), ('part-2')) AS _(worker)
CROSS JOIN (VALUES (1200000, 6000000), (7200000, 10200000)) AS _(start_ms, end_ms);
CREATE TABLE price AS
FROM (VALUES ('calls', 8, 2.25), ('to_back', 3, 40)) AS _(stream, value, lost);
"""


def test_costs_and_values(tmp_path: Path) -> None:
    scenario = load_scenario(HERE / "direct_routing.yaml").replace(PRICES)
    folder = keep(scenario, tmp_path / "run")
    opinion = Opinion(folder.events, folder.result.criteria)
    opinion.figures()
    opinion.add(TABLES)
    second = dict(opinion.rows("money"))
    table = folder.result.kpis()
    first = {name: table[name].estimate for name in second}
    # Each run's sum is rounded to a millionth.
    assert first == pytest.approx(second, rel=1e-9, abs=1e-6)
    # From 37 to 180 minutes Ann is paid throughout, the others for 63 and 50 minutes at least.
    assert second["cost_of_staff"] >= 31.5 * 143 / 60 + 2 * 24 * (63 + 50) / 60


def test_without_prices_nothing_is_told(tmp_path: Path) -> None:
    folder = keep(load_scenario(HERE / "direct_routing.yaml"), tmp_path / "run")
    priced = ("cost_of_staff", "value_of_answered", "cost_of_abandoned", "cost_per_assigned")
    assert not set(priced) & set(folder.result.measures)
