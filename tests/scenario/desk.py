"""A small scenario to spoil, and what is said about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from trsim.errors import Problem, ScenarioError
from trsim.scenario.load import Scenario, load_scenario

DESK = """\
trsim: 1
name: Desk
horizon: 1h
start: 2026-03-02T08:00
seed: 3
workspace:
  activities: {Available: true, Offline: false, Missed: false}
  timeout_activity: Missed
task_queues:
  billing: {target_workers: "skills HAS 'billing'"}
  everyone: {max_reserved_workers: 2}
workflows:
  main:
    task_reservation_timeout: 20s
    configuration:
      task_routing:
        filters:
          - expression: "product == 'billing'"
            targets: [{queue: billing, timeout: 60}, {queue: everyone}]
        default_filter: {queue: everyone}
behaviors:
  phone:
    answer_delay: {distribution: exponential, mean: 5s}
    no_answer_probability: 5%
    return_delay: {after_timeout: 1m}
workers:
  Alice: {attributes: {skills: [billing]}, behavior: phone}
  agent:
    count: 3
    behavior: phone
    shifts: [{from: "08:00", to: "09:00"}]
tasks:
  calls:
    workflow: main
    task_channel: voice
    attributes: {product: billing}
    arrivals: {process: poisson, rate: 60/h}
    patience: 3m
    talk_time: {distribution: lognormal, mean: 2m, cv: 1.0}
timetable:
  - {at: "08:30", worker: Alice, activity: Offline}
goals: {service_level: ">= 80%"}
"""


def spoiled(*edits: tuple[str, str]) -> str:
    """Return the desk with texts replaced, each of which must be there."""
    text = DESK
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def written(text: str | bytes, folder: Path) -> Path:
    path = folder / "desk.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def load(text: str | bytes, folder: Path) -> Scenario:
    return load_scenario(written(text, folder))


def problems(text: str | bytes, folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(ScenarioError) as caught:
        load(text, folder)
    return caught.value.problems
