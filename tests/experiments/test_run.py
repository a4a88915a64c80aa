"""One run: reproducible, in bounds, adding up."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import pytest

from tests.experiments.desk import SPEC, desk
from trsim.analysis.accounting import check_accounting
from trsim.analysis.steps import StepPlace, routing_facts
from trsim.core.spec import RoutingRules
from trsim.errors import UsageError
from trsim.eventlog import StoredLog
from trsim.experiments.run import names_of, run
from trsim.routing.compiled import compile_routing
from trsim.routing.workflow_reader import read_workflow


def test_the_same_run_twice_is_the_same_log() -> None:
    one, two = run(desk()), run(desk())
    assert one.log == two.log
    assert one.fingerprint() == two.fingerprint()
    assert run(desk(), seed=8).log != one.log


def test_a_run_adds_up() -> None:
    result = run(desk())
    assert check_accounting(result.log, result.horizon_ms) == ()
    assert result.caveats[-1].doubt.value == "one replication"


def test_seed_and_end_can_be_chosen() -> None:
    result = run(desk(), seed=11, until_s=1_800)
    assert (result.provenance.seed, result.horizon_ms) == (11, 1_800_000)
    assert result.log.column("at_ms").max() < 1_800_000
    whole = run(desk(), seed=11)
    # A shorter run is the beginning of a longer one.
    assert list(whole.log.rows())[: len(result.log)] == list(result.log.rows())
    assert run(desk()).provenance.seed == 7


@pytest.mark.parametrize("seed", [-1, 1.5, True, "7"])
def test_a_seed_out_of_bounds_is_refused(seed: Any) -> None:
    with pytest.raises(UsageError, match="seed must be a whole number >= 0"):
        run(desk(), seed=seed)


@pytest.mark.parametrize("until_s", [0, 600, -1, math.inf, math.nan, 1e9])
def test_an_end_within_the_warm_up_is_refused(until_s: float) -> None:
    with pytest.raises(UsageError, match=r"until_s must lie beyond the warm-up of 600\.0 s"):
        run(desk(), until_s=until_s)


def test_progress_rises_to_one() -> None:
    told: list[float] = []
    run(desk(), progress=told.append)
    assert told == sorted(told)
    assert all(0 <= share <= 1 for share in told)
    assert told[-1] == 1


def test_names_are_those_of_the_model() -> None:
    names = names_of(desk())
    assert names.activities == ("Available", "Missed")
    assert names.available == (True, False)
    assert names.queues == ("support",)
    assert names.workers == tuple(worker.name for worker in SPEC.workers)
    assert names.streams == ("calls",)
    assert names.attribute_sets == ('{"product": "billing"}',)
    assert len(names.steps) == 1


def test_targets_are_known_by_configuration_filter_and_queue() -> None:
    document, problems = read_workflow(
        {
            "task_routing": {
                "filters": [
                    {
                        "filter_friendly_name": "Bills",
                        "expression": "product == 'billing'",
                        "targets": [{"queue": "support", "timeout": 10}, {"timeout": 20}],
                    }
                ],
                "default_filter": {"queue": "support"},
            }
        },
        {"support": 0},
    )
    assert document is not None
    assert not problems
    model = desk()
    plan = dataclasses.replace(model.routing.plan, configurations=(document,))
    rules = RoutingRules(assignment_limit=10)
    spec = dataclasses.replace(SPEC, rules=rules)
    changed = dataclasses.replace(model, spec=spec, routing=compile_routing(spec, plan))
    facts = routing_facts(changed)
    assert facts.assignment_limit == 10
    assert facts.places == (
        StepPlace("front_door", "Bills", 0, "support"),
        StepPlace("front_door", "Bills", 1, "support"),
        StepPlace("front_door", "default filter", 0, "support", is_default=True),
    )
    result = run(changed)
    assert result.routing == facts
    steps = result.steps
    assert len(steps) == len(result.names.steps)
    whole = result.kpis()
    assert steps["offers"].sum() == whole["reservations_created"].estimate
    assert steps["accepted"].sum() == whole["assigned"].estimate
    assert steps["workflow_ended"].sum() == whole["canceled_workflow_timeout"].estimate
    assert steps["timed_out"].tolist()[1] == steps["workflow_ended"].sum() > 0


def test_criteria_come_from_the_model() -> None:
    model = dataclasses.replace(
        desk(), service_level_threshold_ms=5_000, service_level_definition="answered"
    )
    table = run(model).kpis()
    assert (table.threshold_s, table.service_level, table.warm_up_s) == (5, "answered", 600)
    assert table["service_level"].estimate == table["service_level_answered"].estimate


def test_a_log_on_disk_gives_the_same_result(tmp_path: Path) -> None:
    model = desk()
    in_memory = run(model)
    on_disk = run(model, log_file=tmp_path / "events.parquet")
    assert isinstance(on_disk.log, StoredLog)
    assert on_disk.fingerprint() == in_memory.fingerprint()
    assert on_disk.kpis() == in_memory.kpis()
    assert on_disk.tasks.equals(in_memory.tasks)
