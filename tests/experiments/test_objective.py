"""Objectives and conditions: read as they are meant, or refused with what would be right."""

from __future__ import annotations

import pytest

from trsim.errors import UsageError
from trsim.experiments.objective import constraints_of, objective_of


@pytest.mark.parametrize(
    ("text", "maximize", "terms"),
    [
        ("abandonment", False, [(1, "abandonment")]),
        ("minimize:mean_wait", False, [(1, "mean_wait")]),
        ("service_level@60s", True, [(1, "service_level@60s")]),
        ("maximize: service_level", True, [(1, "service_level")]),
        ("minimize:occupancy", False, [(1, "occupancy")]),
        (
            "minimize:abandonment+0.01*mean_wait-0.5*occupancy",
            False,
            [(1, "abandonment"), (0.01, "mean_wait"), (-0.5, "occupancy")],
        ),
        ("maximize: -2 * asa + assigned", True, [(-2, "asa"), (1, "assigned")]),
    ],
)
def test_objectives(text: str, maximize: bool, terms: list[tuple[float, str]]) -> None:
    found = objective_of(text)
    assert found.maximize is maximize
    assert [(term.weight, term.kpi) for term in found.terms] == terms
    assert found.kpi == (terms[0][1] if len(terms) == 1 else "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("abandonement", "did you mean 'abandonment'"),
        ("service_level@25s", "service_level@20s, service_level@30s"),
        ("occupancy", "minimize:occupancy or maximize:occupancy"),
        ("maximize:abandonment", "asks for the worse"),
        ("minimise:abandonment", "did you mean 'minimize'"),
        ("abandonment+mean_wait", "minimize:abandonment"),
        ("minimize:asa+asa", "twice"),
        ("minimize:0*asa+mean_wait", "weight of 0"),
        ("minimize:", "such as abandonment"),
        ("minimize:asa*2", "cannot read"),
        ("minimize:asa mean_wait", "cannot read"),
    ],
)
def test_bad_objectives_say_what_would_be_right(text: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        objective_of(text)
    assert words in str(caught.value)


def test_conditions_are_read_in_the_unit_of_their_figure() -> None:
    found = constraints_of(["occupancy<=85%", "asa >= 2.5s", "offers_per_task<=1.2"])
    assert [(each.kpi, each.sign, each.bound) for each in found] == [
        ("occupancy", "<=", 0.85),
        ("asa", ">=", 2.5),
        ("offers_per_task", "<=", 1.2),
    ]
    assert found[0].text == "occupancy <= 85%"


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["occupancy<85%"], "<= or >="),
        (["occupancy<=850%"], "between 0% and 100%"),
        (["ocupancy<=85%"], "did you mean 'occupancy'"),
        (["asa<=20%"], "is a time"),
        (["occupancy<=20s"], "85% or 0.85"),
        (["occupancy<=80%", "occupancy>=90%"], "contradict"),
        (["occupancy<=80%", "occupancy<=90%"], "narrower"),
    ],
)
def test_bad_conditions_are_refused(texts: list[str], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        constraints_of(texts)
    assert words in str(caught.value)
