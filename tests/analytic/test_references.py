"""The reference numbers, derived a second time: a wrong constant would be tested for ever."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pytest

from tests.analytic import theory
from tests.analytic.cases import CASES, Case

DIGITS = 1e-4
"""Relative; some references have five digits."""


def _pools(*needed: str, without: tuple[str, ...] = ()) -> list[str]:
    return [
        case.id
        for case in CASES.values()
        if case.model == "pool"
        and all(name in case.params for name in needed)
        and not any(name in case.params for name in (*without, "answer_sigma"))
    ]


def _assert_expected(case: Case, derived: Mapping[str, float]) -> None:
    for figure in derived.keys() & case.expect.keys():
        assert derived[figure] == pytest.approx(case.expect[figure], rel=DIGITS), figure
    assert derived.keys() & case.expect.keys(), "there is something to compare"


def _law(params: Mapping[str, Any]) -> theory.Law:
    if "answer" in params:
        return theory.exponential(params["answer"])
    return theory.lognormal(params["answer_median"], params["answer_sigma"])


@pytest.mark.parametrize("id_", _pools(without=("patience", "balk", "answer", "handle_cv2")))
def test_patient_customers(id_: str) -> None:
    case = CASES[id_]
    lam, handle, n = (case.params[name] for name in ("lam", "handle", "n"))
    p_wait = theory.erlang_c(n, lam * handle)
    slack = n / handle - lam
    _assert_expected(
        case,
        {
            "p_wait": p_wait,
            "mean_wait": p_wait / slack,
            "mean_queue_length": lam * p_wait / slack,
            "occupancy": lam * handle / n,
            "service_level_offered": 1 - p_wait * math.exp(-slack * case.params.get("t", 20.0)),
        },
    )


@pytest.mark.parametrize("id_", _pools("patience", without=("answer",)))
def test_impatient_customers(id_: str) -> None:
    case = CASES[id_]
    lam, handle, patience, n = (case.params[key] for key in ("lam", "handle", "patience", "n"))
    exact = theory.erlang_a(lam, handle, patience, n)
    _assert_expected(case, {**exact._asdict(), "lost_per_second": 1 / patience})
    assert exact.abandonment < theory.erlang_b(n, lam * handle), "patience only helps"


def test_customers_who_never_wait() -> None:
    case = CASES["EB-30-25"]
    load = case.params["lam"] * case.params["handle"]
    _assert_expected(case, {"abandonment": theory.erlang_b(case.params["n"], load)})


@pytest.mark.parametrize("id_", _pools("handle_cv2", without=("answer",)))
def test_one_server(id_: str) -> None:
    case = CASES[id_]
    lam, handle, cv2 = (case.params[name] for name in ("lam", "handle", "handle_cv2"))
    wait = theory.one_server_wait(lam, handle, (1 + cv2) * handle**2)
    _assert_expected(case, {"mean_wait": wait, "p_wait": lam * handle})


@pytest.mark.parametrize("id_", ["PRI-7-2", "PRI-1-2"])
def test_two_classes(id_: str) -> None:
    case = CASES[id_]
    first, second = theory.two_class_waits(
        *(case.params[name] for name in ("lam1", "lam2", "handle", "n"))
    )
    _assert_expected(case, {"mean_wait.first": first, "mean_wait.second": second})


@pytest.mark.parametrize("id_", ["S1", "S3"])
def test_offers_of_one_worker(id_: str) -> None:
    case = CASES[id_]
    params, law = case.params, _law(case.params)
    accepted, standing = theory.offer(law, params["absent"], params["timeout"])
    mean, square = theory.completion_moments(
        law, *(params[name] for name in ("absent", "timeout", "handle", "handle_cv2"))
    )
    wait = theory.one_server_wait(params["lam"], mean, square)
    _assert_expected(
        case,
        {
            "wait_to_first_offer": wait,
            "mean_wait": wait + standing / accepted,
            "offers_per_task": 1 / accepted,
            "ringing_per_task": standing / accepted,
        },
    )


@pytest.mark.parametrize("id_", ["LT-5", "LT-10", "MO-3", "MO-2"])
def test_offers_with_somebody_always_free(id_: str) -> None:
    case = CASES[id_]
    params, law = case.params, _law(case.params)
    workers, absent, timeout = params.get("offers", 1), params["absent"], params["timeout"]
    accepted, standing = theory.offer(law, absent, timeout, workers)
    derived = {
        "mean_wait": standing / accepted,
        "offers_per_task": workers / accepted,
        "ringing_per_task": workers * standing / accepted,
    }
    if workers == 1:
        derived |= {
            f"answered_within_{t}": theory.answered_within(law, absent, timeout, t)
            for t in (10, 20)
        }
    _assert_expected(case, derived)


def test_worker_time_of_a_task() -> None:
    case = CASES["F2-lognormal"]
    params = case.params
    time = theory.worker_time(
        _law(params), *(params[name] for name in ("absent", "timeout", "handle", "off"))
    )
    _assert_expected(case, {"worker_time_per_answered": time})


@pytest.mark.parametrize("id_", ["D1", "D3", "D5", "D7", "D9"])
def test_offers_lose_no_fewer_than_none(id_: str) -> None:
    """Pick-up times and absences never help: Erlang A is a lower bound of the losses."""
    params = CASES[id_].params
    instant = theory.erlang_a(*(params[name] for name in ("lam", "handle", "patience", "n")))
    assert CASES[id_].expect["abandonment"]["mean"] > instant.abandonment


@pytest.mark.parametrize("id_", ["D1", "D3", "D5", "D7", "D9"])
def test_simulated_references_balance(id_: str) -> None:
    """Hang-ups follow the time waited, absences follow the misses."""
    case = CASES[id_]
    mean = {name: value["mean"] for name, value in case.expect.items() if name != "lost_per_second"}
    lam, patience, off = (case.params[name] for name in ("lam", "patience", "off"))
    assert mean["mean_wait"] / patience == pytest.approx(mean["abandonment"], rel=2e-3)
    assert mean["mean_pending"] + mean["ringing"] == pytest.approx(
        lam * mean["mean_wait"], rel=2e-3
    )
    misses = lam * mean["offers_per_task"] * mean["timeout_share"]
    assert misses * off == pytest.approx(mean["away"], rel=2e-3)
    answered = lam * (1 - mean["abandonment"])
    assert answered * case.params["handle"] == pytest.approx(mean["busy"], rel=2e-3)
