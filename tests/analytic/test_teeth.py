"""The comparisons bite: mistakes planted in the scenarios do not pass.

Each row says where a centre differs from the one its reference belongs to.  Coarse mistakes must
be seen by the fast version already, small ones by the deep one.
"""

from __future__ import annotations

import pytest

from tests.analytic.cases import CASES, Fault, Length, simulate, verdicts
from tests.analytic.test_agreement import PLANS

FIRST_TARGETS = "workflows.front_door.configuration.task_routing.filters[0].targets"

COARSE = [
    pytest.param("EA-9-10-120", Fault({"lam": 0.1 * 1.05}), id="5 % more arrivals"),
    pytest.param("LT-10", Fault({"timeout": 8.0}), id="offers time out 2 s early"),
    pytest.param("LT-5", Fault({"absent": 0.25}), id="a quarter absent, not 15 %"),
    pytest.param("D5", Fault({"off": 120.0}), id="workers return after twice the time"),
    pytest.param(
        "EA-20-21.6-120",
        Fault(places={"tasks.calls.patience": "120s"}),
        id="everybody gives up after the mean patience",
    ),
    pytest.param("MG1-D-0.008", Fault({"handle_cv2": 1.0}), id="handling times vary"),
    pytest.param("PRI-1-2", Fault(places={"tasks.first.priority": 0}), id="priority ignored"),
    pytest.param("MO-3", Fault({"offers": 2}), id="two offers at a time, not three"),
]

FINE = [
    pytest.param("W2", Fault({"lam": 0.105 * 1.02}), id="2 % more arrivals"),
    pytest.param("F2-lognormal", Fault({"handle": 90.0 * 1.03}), id="calls 3 % longer"),
    pytest.param("LT-5", Fault({"absent": 0.13}), id="13 % absent, not 15 %"),
    pytest.param("D1", Fault({"timeout": 14.0}), id="offers time out 1 s early"),
    pytest.param("D3", Fault({"off": 132.0}), id="workers return after 10 % more time"),
    pytest.param(
        "EA-20-21.6-120",
        Fault(
            places={
                "tasks.calls.patience": {"distribution": "erlang", "k": 2, "mean": "120s"},
            }
        ),
        id="patience in two phases",
    ),
    pytest.param(
        "N-4-5",
        Fault(places={FIRST_TARGETS: [{"queue": "everyone"}]}),
        id="specialists are not preferred",
    ),
    pytest.param(
        "PRIAB-8",
        Fault(places={"tasks.second.priority": 2}),
        id="the wrong class goes first",
    ),
]


def assert_rejected(id_: str, fault: Fault, effort: str) -> None:
    """Assert that at least one figure of the case gives the mistake away."""
    case, planned = CASES[id_], PLANS[id_][effort]
    length = Length(planned["replications"], planned["seconds"])
    runs = simulate(case, PLANS[id_]["warm_up"], length, fault)
    found = verdicts(case, runs, planned["sees"])
    table = "\n".join(map(str, found))
    assert not all(verdict.agrees for verdict in found), f"nothing differs:\n{table}"


@pytest.mark.parametrize(("id_", "fault"), COARSE)
def test_coarse_mistakes_are_rejected(id_: str, fault: Fault) -> None:
    assert_rejected(id_, fault, "fast")


@pytest.mark.deep
@pytest.mark.parametrize(("id_", "fault"), FINE)
def test_small_mistakes_are_rejected(id_: str, fault: Fault) -> None:
    assert_rejected(id_, fault, "deep")
