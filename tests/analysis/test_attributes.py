"""Groups of tasks by an attribute."""

from __future__ import annotations

import json

import pytest

from trsim.analysis.attributes import MISSING, groups_by
from trsim.errors import UsageError


def found(path: str, *contents: object) -> dict[str, list[int]]:
    groups = groups_by(path, tuple(json.dumps(content) for content in contents))
    return {group.label: group.sets.nonzero()[0].tolist() for group in groups}


def test_numbers_come_first_and_the_missing_last() -> None:
    sets = [{"tier": value} for value in ("gold", 10, 2, "basic", 10)]
    groups = found("tier", *sets, {"other": 1})
    assert groups == {"2": [2], "10": [1, 4], "basic": [3], "gold": [0], MISSING: [5]}
    assert list(groups) == ["2", "10", "basic", "gold", MISSING]


def test_values_that_differ_only_in_their_type_are_told_apart() -> None:
    sets = [{"a": value} for value in (2, "2", True, "true", None, [1, 2], MISSING)]
    groups = found("a", *sets, {})
    assert groups == {
        "2": [0],
        '"2"': [1],
        "true": [2],
        '"true"': [3],
        "null": [4],
        "[1, 2]": [5],
        f'"{MISSING}"': [6],
        MISSING: [7],
    }


def test_dots_lead_into_objects_unless_the_name_has_them_itself() -> None:
    sets = [{"customer": {"tier": "gold"}}, {"customer.tier": "basic"}, {"customer": "nobody"}]
    assert found("customer.tier", *sets) == {"basic": [1], "gold": [0], MISSING: [2]}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("teir", "did you mean 'tier'"),
        ("customer.citty", "did you mean 'customer.city'"),
        ("zzz", "there are tier, customer, customer.city"),
    ],
)
def test_an_attribute_nobody_has_is_refused(path: str, text: str) -> None:
    with pytest.raises(UsageError, match=text):
        found(path, {"tier": 1, "customer": {"city": "Graz"}})


def test_tasks_without_attributes_are_told() -> None:
    with pytest.raises(UsageError, match="tasks have no attributes at all"):
        found("tier", {})
