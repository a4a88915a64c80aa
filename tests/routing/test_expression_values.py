"""Every operator on every pair of kinds of value, against a table written by hand."""

from __future__ import annotations

import pytest

from trsim.routing.expression_tree import Operator
from trsim.routing.expression_values import TESTS

ORDERS = (Operator.LESS, Operator.LESS_EQUAL, Operator.GREATER, Operator.GREATER_EQUAL)
VALUES: tuple[object, ...] = (
    None,
    True,
    False,
    0,
    1,
    -2.5,
    "",
    "1",
    "a",
    "true",
    [],
    ["a"],
    [None],
    {},
    {"a": 1},
)


def ask(left: object, operator: str, right: object) -> bool:
    return TESTS[Operator(operator)](left, right)


def test_every_operator_has_a_test() -> None:
    assert set(TESTS) == set(Operator)


@pytest.mark.parametrize(
    ("left", "right", "same", "differ"),
    [
        (None, None, True, False),
        (None, 0, False, True),
        (None, "", False, True),
        (None, False, False, True),
        (None, [], False, True),
        (None, {}, False, True),
        (1, 1.0, True, False),
        (1, 2, False, True),
        (12345678901234567, 12345678901234568, False, True),
        (12345678901234568, "12345678901234567", False, True),
        (5, "5", True, False),
        (5, "5.0", True, False),
        (-5, "-5", True, False),
        (5, "5 ", False, True),
        (5, "five", False, True),
        ("5", "5.0", False, True),
        ("a", "a", True, False),
        ("a", "A", False, True),
        (True, True, True, False),
        (True, False, False, True),
        (True, 1, False, True),
        (False, 0, False, True),
        (True, "true", False, True),
        (True, [], False, False),
        ([], [], False, False),
        (["a"], "a", False, False),
        (["a"], ["a"], False, False),
        ((), (), False, False),
        ({}, {}, False, False),
        ({}, [], False, False),
        ({"a": 1}, 1, False, False),
        (b"5", 1, False, False),
        (float("nan"), float("nan"), False, True),
        (float("inf"), float("inf"), True, False),
        (10**400, 1.5, False, True),
        (5, "9" * 5000, False, True),
    ],
    ids=repr,
)
def test_equality(left: object, right: object, same: bool, differ: bool) -> None:
    assert ask(left, "==", right) is ask(right, "==", left) is same
    assert ask(left, "!=", right) is ask(right, "!=", left) is differ


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1, 2),
        (1, 1.5),
        (-1, "0"),
        ("9", 10),
        ("a", "b"),
        ("10", "9"),
        ("", "a"),
        ("Z", "a"),
        ("\uffff", "\U00010000"),
        (1.5, 10**400),
    ],
    ids=repr,
)
def test_order(left: object, right: object) -> None:
    assert [ask(left, operator.value, right) for operator in ORDERS] == [True, True, False, False]
    assert [ask(right, operator.value, left) for operator in ORDERS] == [False, False, True, True]


@pytest.mark.parametrize(("left", "right"), [(1, 1.0), ("a", "a"), (5, "5"), ("", "")])
def test_order_of_equals(left: object, right: object) -> None:
    assert [ask(left, operator.value, right) for operator in ORDERS] == [False, True, False, True]


@pytest.mark.parametrize("left", [None, True, [], ["a"], {}, b"5", float("nan"), "x"])
@pytest.mark.parametrize("right", [None, False, 1, [], {}, float("nan")])
def test_no_order(left: object, right: object) -> None:
    for operator in ORDERS:
        assert not ask(left, operator.value, right)
        assert not ask(right, operator.value, left)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("foobar", "oba", True),
        ("foobar", "", True),
        ("foobar", "Foo", False),
        ("foo", "foobar", False),
        (1234, 23, True),
        (1234, "23", True),
        ("room 5", 5, True),
        ("room 5", 5.0, True),
        (2.5, ".", True),
        (5.0, ".", False),
        ("true", True, False),
        (True, "true", False),
        (None, "", False),
        ("a", None, False),
        ([], "", False),
        (["a"], "a", False),
        ("a", ["a"], False),
        ({"a": 1}, "a", False),
    ],
    ids=repr,
)
def test_contains(left: object, right: object, expected: bool) -> None:
    assert ask(left, "CONTAINS", right) is expected


def test_a_number_too_long_to_write_contains_nothing() -> None:
    assert not ask(10**5000, "CONTAINS", "1")
    assert not ask("1", "CONTAINS", 10**5000)


@pytest.mark.parametrize(
    ("array", "value", "expected"),
    [
        (["a", "b"], "b", True),
        (("a", "b"), "b", True),
        (["a"], "A", False),
        ([], "a", False),
        ([5], "5", True),
        ([1], True, False),
        ([None], None, True),
        ([1], None, False),
        ([["a"]], ["a"], False),
        ([["a"]], "a", False),
        ([{}], {}, False),
        (["ab"], "a", False),
    ],
    ids=repr,
)
def test_membership(array: object, value: object, expected: bool) -> None:
    assert ask(array, "HAS", value) is expected
    assert ask(value, "IN", array) is expected
    assert ask(value, "NOT IN", array) is not expected


@pytest.mark.parametrize("other", [None, True, 3, "abc", "", {}, {"a": 1}, {"a"}, b"5"])
def test_membership_without_an_array_is_false(other: object) -> None:
    assert not ask(other, "HAS", "a")
    assert not ask("a", "IN", other)
    assert not ask("a", "NOT IN", other)


@pytest.mark.parametrize("left", VALUES, ids=repr)
@pytest.mark.parametrize("right", VALUES, ids=repr)
def test_relations_between_operators(left: object, right: object) -> None:
    assert not (ask(left, "==", right) and ask(left, "!=", right))
    assert ask(left, "<", right) is ask(right, ">", left)
    assert ask(left, "<=", right) is ask(right, ">=", left)
    assert ask(left, "HAS", right) is ask(right, "IN", left)
    if ask(left, "<", right):
        assert ask(left, "<=", right)
        assert ask(left, "!=", right)
