from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.scenario.desk import DESK, load, spoiled
from trsim.scenario.json_schema import json_schema
from trsim.scenario.nodes import plain
from trsim.scenario.starter import starter_text
from trsim.scenario.yaml_reader import read_yaml

SCHEMA = json_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
SHIPPED = sorted((Path(__file__).parents[2] / "scenarios").rglob("*.yaml"))


def data(text: str) -> Any:
    return plain(read_yaml(text.encode(), "desk.yaml"))


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(json.dumps(SCHEMA, allow_nan=False)) == SCHEMA
    assert SCHEMA["$schema"].startswith("https://json-schema.org/")
    assert all(name.isalnum() for name in SCHEMA["$defs"])


def test_keys_are_described() -> None:
    assert SCHEMA["properties"]["horizon"]["description"] == "Simulated span, [0, horizon)."
    behavior = SCHEMA["$defs"]["BehaviorBlock"]["properties"]
    assert behavior["no_answer_probability"]["description"].startswith("Share of all offers")
    assert (
        "Length of the intervals"
        in SCHEMA["$defs"]["Poisson"]["properties"]["interval"]["description"]
    )


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_scenarios_are_valid(path: Path) -> None:
    VALIDATOR.validate(data(path.read_text(encoding="utf-8")))


MOVE = "worker: Alice, activity: Offline"
ROUTING = "{default_filter: {queue: billing}}}}"
GOOD = [
    DESK,
    starter_text(),
    spoiled(("patience: 3m", "patience: {distribution: gamma, mean: 3m, cv: 0.5}")),
    spoiled(("rate: 60/h", "interval: 1h, rates: [1/h, 2.5/m], busyness: 1.1")),
    spoiled(("rate: 60/h", 'rates: [{from: "08:00", rate: 1/h}, {from: 90m, rate: 0/s}]')),
    spoiled(('{from: "08:00", to: "09:00"}', "{from: 0h, to: 1h30m, activity: Missed}")),
    spoiled(("    count: 3\n", "    count: 3\n    channels: {voice: 2, chat: {capacity: 3}}\n")),
    spoiled(("no_answer_probability: 5%", "answers: [no_answer, {accept: 4s}, {reject: 2s}]")),
    spoiled(("timeout_activity: Missed", "routing_rules: {assignment_limit: none}")),
    spoiled(("timeout_activity: Missed", "routing_rules: {reoffer_delay: 1s}")),
    spoiled(("timeout_activity: Missed", "prioritize_queue_order: LIFO")),
    spoiled(("seed: 3", "task_channels: {voice: {setup_delay: 2s}}")),
    spoiled(("max_reserved_workers: 2", "task_order: LIFO")),
    spoiled(("task_channel: voice", "virtual_start_offset: -5m")),
    spoiled(("task_channel: voice", "routing_target: {worker: Alice}")),
    spoiled((MOVE, "worker: agent, attributes: {level: 2}")),
    spoiled((MOVE, "worker: Alice, task_channel: chat, capacity: 3")),
    spoiled((MOVE, "task: calls/17, priority: 3")),
    spoiled((MOVE, "task_queue: billing, target_workers: 1==1")),
    spoiled((MOVE, "workflow: main, task_reservation_timeout: 15s, re_evaluate_tasks: true")),
    spoiled((MOVE, "workflow: main, configuration: {configuration: {task_routing: " + ROUTING)),
]


@pytest.mark.parametrize("number", range(len(GOOD)))
def test_what_loads_is_valid(number: int, tmp_path: Path) -> None:
    scenario = load(GOOD[number], tmp_path)
    VALIDATOR.validate(data(GOOD[number]))
    VALIDATOR.validate(data(scenario.to_yaml()))


@pytest.mark.parametrize(
    "edit",
    [
        ("horizon: 1h", "horizon: 3600"),
        ("horizon: 1h", 'horizon: "3600"'),
        ("horizon: 1h", "horizon: 1y"),
        ("horizon: 1h", "horizn: 1h"),
        ("trsim: 1", "trsim: 2"),
        ("seed: 3", "seed: three"),
        ("count: 3", "count: 0"),
        ("count: 3", "count: 100001"),
        ("5%", "500"),
        ("rate: 60/h", "rate: 60"),
        ("distribution: lognormal", "distribution: lognormel"),
        ("process: poisson", "process: poison"),
        ("cv: 1.0", "cv: -1"),
        ("max_reserved_workers: 2", "max_reserved_workers: 51"),
        ("    behavior: phone\n", ""),
        ('"08:00"', '"8:00"'),
        ('">= 80%"', '"80%"'),
        (MOVE, "cancel: calls"),
        (MOVE, "task: calls, priority: 1"),
        (MOVE, "worker: Alice, task_channel: chat, capacity: -1"),
        (MOVE, "task_queue: billing, max_reserved_workers: 0"),
        (MOVE, "workflow: main, configuration: {filters: []}"),
        ("max_reserved_workers: 2", "task_order: lifo"),
        ("seed: 3", "task_channels: {voice: {setup_delay: 2}}"),
        ("task_channel: voice", "virtual_start_offset: 5m"),
        ("task_channel: voice", "routing_target: {task_queue: billing}"),
        ("timeout_activity: Missed", "routing_rules: {assignment_limit: 100001}"),
    ],
    ids=lambda edit: edit[1].strip(),
)
def test_what_is_refused_is_mostly_invalid(edit: tuple[str, str]) -> None:
    assert not VALIDATOR.is_valid(data(spoiled(edit)))
