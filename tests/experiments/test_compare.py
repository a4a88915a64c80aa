"""Settings compared with common random numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.experiments.calls import calls
from tests.experiments.desk import desk
from trsim.analysis.comparison import Verdict
from trsim.analysis.kpi import Kind
from trsim.analysis.paired import paired_difference
from trsim.core.spec import WorkflowSpec
from trsim.errors import UsageError
from trsim.experiments.compare import FEWEST, compare
from trsim.experiments.replicate import replicate


def test_two_speeds_of_answering_worked_out_by_hand() -> None:
    comparison = compare({"slow": calls("6s"), "fast": calls("4s")}, replications=2)
    wait = comparison.difference("mean_wait")
    assert (wait.base, wait.other, wait.setting) == (72.0, 68.0, "fast")
    assert (wait.interval.estimate, wait.interval.half_width) == (-4.0, 0.0)
    assert wait.verdict is Verdict.BETTER
    ringing = comparison.difference("wait_ringing").interval.estimate
    nobody = comparison.difference("wait_nobody_free").interval.estimate
    assert (ringing, nobody) == (-2.0, -2.0)
    assert comparison.difference("service_level").verdict is Verdict.SAME


def test_a_setting_beside_itself_differs_by_exactly_nothing() -> None:
    comparison = compare({"a": desk(), "b": desk()}, replications=3)
    found = comparison.differences()
    assert len(found) > 80
    known = [each for each in found if each.verdict is not Verdict.UNKNOWN]
    assert len(known) > 70
    for each in known:
        assert each.verdict is Verdict.SAME, each
        assert (each.interval.estimate, each.base) == (0.0, each.other), each
        assert each.interval.half_width in (0.0, None), each
    assert comparison.identical == ("b",)


def test_pairs_are_the_replications_of_either_alone() -> None:
    other = replace(desk(), horizon_ms=3_600_000, seed=99)
    comparison = compare({"a": desk(), "b": other}, replications=2)
    for study in comparison.studies.values():
        assert study.fingerprints == replicate(desk(), replications=2).fingerprints


def test_common_random_numbers_tell_more_than_independent_ones() -> None:
    # How much more depends on the setting: the benchmark of common numbers measures a real one.
    patient = desk()
    workflow = WorkflowSpec("front_door", reservation_timeout_ms=25_000)
    patient = replace(patient, spec=replace(patient.spec, workflows=(workflow,)))
    common = compare({"15 s": desk(), "25 s": patient}, replications=20)
    independent = replicate(patient, replications=20, seed=1_007)
    for kpi in ("abandonment", "service_level", "mean_wait"):
        narrow = common.difference(kpi).interval.half_width
        base = common.studies["15 s"].fractions(kpi)
        wide = paired_difference(Kind.POOLED, base, independent.fractions(kpi)).half_width
        assert narrow is not None
        assert wide is not None
        assert (wide / narrow) ** 2 > 2, kpi


def test_a_seed_is_given_to_every_setting() -> None:
    comparison = compare({"a": desk(), "b": desk()}, replications=1, seed=5)
    assert {study.provenance.seed for study in comparison.studies.values()} == {5}
    assert comparison.difference("offered").verdict is Verdict.SAME


def test_left_out_there_are_enough_replications_to_see_chance() -> None:
    short = desk(horizon_ms=660_000)
    assert compare({"a": short, "b": short}).replications == FEWEST == 10
    many = replace(short, replications=12)
    assert compare({"a": many, "b": short}).replications == 12


def test_until_shortens_all_settings() -> None:
    comparison = compare({"a": desk(), "b": desk()}, replications=1, until_s=900)
    assert {study.criteria.horizon_ms for study in comparison.studies.values()} == {900_000}


@pytest.mark.parametrize(
    ("other", "what"),
    [
        (desk(horizon_ms=7_200_000), "horizon 120 min in 'b', 60 min in 'a'|2 h"),
        (desk(warm_up_ms=0), "warm-up 0 s in 'b', 10 min|600 s|10 min in 'a'"),
        (replace(desk(), service_level_threshold_ms=30_000), "offered, 30 s in 'b'"),
        (replace(desk(), service_level_definition="answered"), "answered, 20 s in 'b'"),
    ],
    ids=["horizon", "warm-up", "threshold", "definition"],
)
def test_settings_that_do_not_count_the_same_are_refused(other: object, what: str) -> None:
    with pytest.raises(UsageError, match=f"cannot be compared.*({what})"):
        compare({"a": desk(), "b": other})  # type: ignore[dict-item]


def test_one_setting_alone_is_refused() -> None:
    with pytest.raises(UsageError, match="needs two settings at least, not 1"):
        compare({"a": desk()})
    with pytest.raises(UsageError, match="replications must be a whole number >= 1, not 0"):
        compare({"a": desk(), "b": desk()}, replications=0)
