"""Sequential stopping: it stops when it may, not before, and says what it lacks."""

from __future__ import annotations

import pytest

from tests.analysis.load_desk import constant, desk
from trsim.errors import UsageError
from trsim.experiments.precision import Precision, precision_of, replicate_until, stopping
from trsim.experiments.replicate import replicate
from trsim.experiments.run import plan

MODEL = desk(constant(0.6, 5), 5, 2)


@pytest.mark.parametrize(
    ("kpi", "text", "expected"),
    [
        ("service_level", "1%", Precision("service_level", 0.01)),
        ("service_level@20s", 0.02, Precision("service_level@20s", 0.02)),
        ("asa", "0.5s", Precision("asa", 0.5)),
        ("asa", 2, Precision("asa", 2.0)),
        ("mean_wait", "2%", Precision("mean_wait", 0.02, relative=True)),
        ("offered", "3", Precision("offered", 3.0)),
    ],
)
def test_precisions_are_read(kpi: str, text: str | float, expected: Precision) -> None:
    assert precision_of(kpi, text) == expected


@pytest.mark.parametrize("text", ["", "-1", "0", "0s", "0%", "inf", "nan", "1x", "%"])
def test_what_is_no_half_width_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="precision of asa must be > 0"):
        precision_of("asa", text)


def test_all_figures_are_precise_at_the_end_and_not_before() -> None:
    stop = stopping(MODEL, {"occupancy": "2%", "offered": "5%"}, replications=1)
    reached = replicate_until(plan(MODEL, 1, None), stop)
    study = reached.study
    assert reached.missing == ()
    assert reached.last in ("occupancy", "offered")
    assert (study.kpi("occupancy").half_width or 1) <= 0.02
    offered = study.kpi("offered")
    assert (offered.half_width or 1e9) <= 0.05 * (offered.estimate or 0)
    assert study.replications > 10
    first = replicate(MODEL, replications=10, seed=1)
    assert any((first.kpi(name).half_width or 0) > most for name, most in (("occupancy", 0.02),))
    # Replications are those that a fixed number gives.
    assert study.measures == replicate(MODEL, replications=study.replications, seed=1).measures


def test_the_limit_ends_it_and_says_what_is_missing() -> None:
    stop = stopping(MODEL, {"asa": "0.01s", "occupancy": 0.5}, max_replications=15)
    reached = replicate_until(plan(MODEL, 1, None), stop)
    assert reached.study.replications == 15
    assert reached.last == ""
    (missing,) = reached.missing
    assert missing.startswith("asa ± 0.01 s: is ")


def test_a_figure_that_grows_ends_it_after_the_first_stage() -> None:
    model = desk(constant(1.5, 5), 5, 8)
    reached = replicate_until(plan(model, 1, None), stopping(model, {"asa": "1s"}))
    assert reached.study.replications == 10
    (missing,) = reached.missing
    assert "it has no average" in missing


def test_what_cannot_be_is_refused_before_anything_is_run() -> None:
    with pytest.raises(UsageError, match="at least one KPI"):
        stopping(MODEL, {})
    with pytest.raises(UsageError, match="the 12 replications that come first, not 11"):
        stopping(MODEL, {"asa": "1s"}, replications=12, max_replications=11)
    with pytest.raises(UsageError, match="thresholds kept are 10s"):
        stopping(MODEL, {"service_level@17s": "1%"})
    with pytest.raises(UsageError, match="there is no KPI"):
        stopping(MODEL, {"asap": "1s"})
