from __future__ import annotations

from pathlib import Path

import pytest

from tests.experiments.small_desk import TEXT
from trsim.errors import ScenarioError
from trsim.experiments.designs import Design
from trsim.experiments.experiment_file import experiment_text, is_experiment, read_experiment

STUDY = """\
experiment: 1
scenario: desk.yaml
vary:
  workflows.*.task_reservation_timeout: 5s..20s:4
  workers.agent.count: [3, 4]
replications: 2
seed: 5
design: lhs
samples: 7
"""


@pytest.fixture
def study(tmp_path: Path) -> Path:
    (tmp_path / "desk.yaml").write_text(TEXT, "utf-8")
    path = tmp_path / "study.yaml"
    path.write_text(STUDY, "utf-8")
    return path


def test_a_file_says_what_is_run(study: Path) -> None:
    assert is_experiment(study)
    assert not is_experiment(study.with_name("desk.yaml"))
    planned = read_experiment(study).planned()
    assert (planned.replications, planned.seed) == (2, 5)
    assert (planned.sampling.design, planned.sampling.samples) == (Design.LHS, 7)


def test_what_is_written_asks_for_the_same(study: Path) -> None:
    planned = read_experiment(study).planned()
    again = study.with_name("again.yaml")
    again.write_text(experiment_text(planned, "desk.yaml"), "utf-8")
    second = read_experiment(again).planned()
    assert second.points == planned.points
    digests = [[each.model.digest for each in p.plans] for p in (planned, second)]
    assert digests[0] == digests[1]


def test_all_problems_are_told_at_their_places(study: Path) -> None:
    study.write_text(
        "experiment: 2\nscenario: desk.yaml\nvary:\n  workers.agnt.count: 1..3\n"
        "  workers.agent.count: 9..3\nreplicatons: 3\nseed: -1\ndesign: gird\n",
        "utf-8",
    )
    with pytest.raises(ScenarioError) as refused:
        read_experiment(study)
    found = [(p.line, p.column, p.path) for p in refused.value.problems]
    assert found == [
        (1, 13, "experiment"),
        (4, 23, 'vary."workers.agnt.count"'),
        (5, 24, 'vary."workers.agent.count"'),
        (6, 14, "replicatons"),
        (7, 7, "seed"),
        (8, 9, "design"),
    ]
    text = str(refused.value)
    assert "did you mean 'replications'?" in text
    assert "did you mean 'agent'?" in text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "an experiment is a mapping"),
        ("experiment: 1\n", "the key 'scenario' is missing"),
        ("experiment: 1\nscenario: no.yaml\nvary: {a: 1}\n", "there is no file"),
        ("experiment: 1\nscenario: [a]\nvary: 3\n", "must be ranges or lists by path"),
    ],
)
def test_what_is_no_experiment_is_refused(study: Path, text: str, words: str) -> None:
    study.write_text(text, "utf-8")
    with pytest.raises(ScenarioError, match=words):
        read_experiment(study)
