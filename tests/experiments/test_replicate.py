"""Replications: independent, repeatable one by one, and cheap to keep."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.experiments.desk import desk
from trsim.errors import ExperimentError, UsageError
from trsim.experiments.evaluate import Evaluator
from trsim.experiments.replicate import replicate, replicate_plan
from trsim.experiments.run import plan, run
from trsim.experiments.runfolder import write_run_folder
from trsim.interactive.workplace import workplace
from trsim.parallel.backend import Lost
from trsim.parallel.processes import Processes
from trsim.parallel.serial import Serial


def test_replications_differ_and_the_first_is_the_single_run() -> None:
    study = replicate(desk())
    assert study.replications == 3
    assert len(set(study.fingerprints)) == 3
    assert study.fingerprints[0] == run(desk()).fingerprint()
    assert study.kpis()["asa"].half_width is not None


def test_a_replication_does_not_depend_on_their_number() -> None:
    few, many = replicate(desk(), replications=2), replicate(desk(), replications=4)
    assert few.fingerprints == many.fingerprints[:2]
    assert few.measures == many.measures[:2]
    assert few.group_measures == many.group_measures[:2]


def test_only_the_logs_asked_for_are_kept() -> None:
    assert [result.replication for result in replicate(desk()).results] == [0]
    assert len(replicate(desk(), keep=2).results) == 2
    assert replicate(desk(), keep=0).results == ()


def test_targets_are_counted_in_every_replication() -> None:
    study = replicate(desk())
    entered = [run[0].entered for run in study.step_counts]
    assert [place.queue for place in study.routing.places] == ["support"]
    assert len(entered) == 3
    assert entered[0] == study.results[0].steps["entered"].sum() > 0
    assert study.step_means[0]["entered"] == sum(entered) / 3


def test_queues_and_streams_are_broken_down() -> None:
    study = replicate(desk())
    whole, queue = study.kpis()["asa"], study.by_queue().set_index("kpi").loc["asa"]
    stream = study.by_stream().set_index("kpi").loc["asa"]
    assert queue["estimate"] == stream["estimate"] == whole.estimate
    assert queue["half_width"] == whole.half_width


def test_progress_rises_over_all_replications() -> None:
    told: list[float] = []
    replicate_plan(plan(desk(), None, None), replications=3, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1
    assert any(0.3 < share < 0.7 for share in told)


@pytest.mark.parametrize("options", [{"replications": 0}, {"replications": 2.0}, {"keep": -1}])
def test_numbers_out_of_bounds_are_refused(options: dict[str, Any]) -> None:
    (name,) = options
    with pytest.raises(UsageError, match=f"{name} must be a whole number >= "):
        replicate(desk(), **options)


def test_a_study_does_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    model = desk(replications=6)
    studies = []
    for n in (1, 2, 3):
        with workplace(processes=n) as here:
            study = replicate(model, keep=tmp_path / f"{n}.parquet", evaluator=here)
        assert [result.replication for result in study.results] == [0]
        write_run_folder(tmp_path / f"run {n}", study, "trsim: 1\n")
        studies.append(study)
    with workplace(processes=2) as here:
        assert replicate(model, keep=2, evaluator=here).fingerprints == studies[0].fingerprints
    assert [study.measures for study in studies[1:]] == [studies[0].measures] * 2
    first, *others = (
        {path.name: path.read_bytes() for path in sorted((tmp_path / f"run {n}").iterdir())}
        for n in (1, 2, 3)
    )
    assert len(first) == 11
    assert others == [first, first]


def test_what_is_not_kept_goes_to_the_evaluator() -> None:
    told: list[float] = []
    planned = plan(desk(), None, None)
    with closing(Processes(2)) as backend:
        study = replicate_plan(
            planned,
            replications=5,
            keep=2,
            progress=told.append,
            evaluator=Evaluator(backend=backend),
        )
    assert study.fingerprints == replicate(desk(), replications=5).fingerprints
    assert [result.replication for result in study.results] == [0, 1]
    assert told == sorted(told)
    assert told[-1] == 1


def test_a_lost_replication_is_named() -> None:
    class Mine(Serial):
        def run(
            self, work: Callable[[Any], Any], pieces: Iterable[Any]
        ) -> Generator[tuple[int, Any], None, None]:
            for number, _ in enumerate(pieces):
                yield number, Lost("it blew up")

    with pytest.raises(ExperimentError, match="replication 1 of 'Desk' could not be done: it blew"):
        replicate_plan(
            plan(desk(), None, None), replications=3, evaluator=Evaluator(backend=Mine())
        )
