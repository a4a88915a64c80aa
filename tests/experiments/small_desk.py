"""A small scenario file for experiments: three agents, sixty calls an hour, a shop beside them."""

from __future__ import annotations

from trsim.scenario.load import Scenario
from trsim.scenario.nodes import Limits, plain
from trsim.scenario.yaml_reader import read_yaml

TEXT = """\
trsim: 1
name: Desk
horizon: 20m
seed: 3
task_queues:
  support: {target_workers: "1==1"}
workflows:
  calls:
    task_reservation_timeout: 20s
    configuration: {task_routing: {default_filter: {queue: support}}}
  shop:
    configuration: {task_routing: {default_filter: {queue: support}}}
behaviors:
  phone: {answer_delay: 4s, no_answer_probability: 10%, return_delay: {after_timeout: 1m}}
workers:
  agent: {count: 3, behavior: phone}
tasks:
  calls:
    workflow: calls
    arrivals: {process: poisson, rate: 90/h, busyness: 1}
    patience: {distribution: exponential, mean: 2m}
    talk_time: {distribution: exponential, mean: 2m}
"""


def small_desk() -> Scenario:
    data = plain(read_yaml(TEXT.encode(), "desk.yaml", Limits()))
    assert isinstance(data, dict)
    return Scenario.from_dict(data)
