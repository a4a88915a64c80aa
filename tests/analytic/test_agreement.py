"""Simulated figures agree with exact, published and independently simulated ones.

Every replication is checked to add up as well, and losses stay within their bounds: those of
Erlang A never exceed those of Erlang B at the same load (Garnett, Mandelbaum and Reiman 2002),
and no reservation model loses fewer customers than Erlang A with the same patience.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.analytic import theory
from tests.analytic.cases import CASES, Case, Length, Runs, simulate, verdicts
from tests.analytic.comparison import estimate, not_above, not_below

PLANS: Mapping[str, Any] = json.loads(
    (Path(__file__).parent / "lengths.json").read_text(encoding="utf-8")
)
"""For each case its warm-up and, fast and deep, its length and the errors it must see."""


def assert_agrees(case: Case, effort: str) -> None:
    """Run a case and assert that all its comparisons hold and can be believed."""
    planned = PLANS[case.id][effort]
    length = Length(planned["replications"], planned["seconds"])
    runs = simulate(case, PLANS[case.id]["warm_up"], length)
    found = verdicts(case, runs, planned["sees"])
    table = "\n".join(map(str, found))
    assert all(verdict.agrees and verdict.sees for verdict in found), f"\n{table}"
    assert_within_bounds(case, runs)


def assert_within_bounds(case: Case, runs: Runs) -> None:
    """Assert what must hold of the losses without knowing them."""
    params = case.params
    if case.model != "pool" or "patience" not in params:
        return
    lam, handle, patience, n = (params[name] for name in ("lam", "handle", "patience", "n"))
    lost = estimate(runs["abandonment"])
    if "timeout" in params:
        assert not_below(lost, theory.erlang_a(lam, handle, patience, n).abandonment)
    else:
        assert not_above(lost, theory.erlang_b(n, lam * handle))


def planned(effort: str) -> list[str]:
    """Return the cases that have a version of this effort."""
    return [id_ for id_, plan in PLANS.items() if effort in plan]


@pytest.mark.parametrize("id_", planned("fast"))
def test_agreement(id_: str) -> None:
    assert_agrees(CASES[id_], "fast")


@pytest.mark.deep
@pytest.mark.parametrize("id_", planned("deep"))
def test_agreement_in_small_print(id_: str) -> None:
    assert_agrees(CASES[id_], "deep")


def test_every_figure_of_every_case_is_compared() -> None:
    counted = {id_ for id_, case in CASES.items() if case.model in ("rotation", "rounds")}
    assert PLANS.keys() | counted == CASES.keys()
    for id_, plan in PLANS.items():
        assert plan["deep"]["sees"].keys() == CASES[id_].expect.keys()
        assert plan.get("fast", plan["deep"])["sees"].keys() <= CASES[id_].expect.keys()
