"""The public face: rows with their values, real texts, and what can be done with an expression.

``expression_rows.json`` holds one row for each rule of the language.  ``real_expressions.json``
holds texts from public repositories under their own licences, which are named there.
"""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from trsim.errors import ExpressionError
from trsim.routing.expressions import Scope, parse_expression

HERE = Path(__file__).parent
ROWS = json.loads((HERE / "expression_rows.json").read_text(encoding="utf-8"))
REAL = json.loads((HERE / "real_expressions.json").read_text(encoding="utf-8"))["sources"]
Attributes: TypeAlias = Mapping[str, object]


def row_name(row: dict[str, Any]) -> str:
    return str(row["row"])


def source_name(source: dict[str, Any]) -> str:
    return f"{source['repository']}/{source['path']}"


def check_row(row: dict[str, Any], scope: Scope, *views: Attributes) -> None:
    text = row["expression"]
    if row["result"] == "error" or "remark" in row:
        with pytest.raises(ExpressionError):
            parse_expression(text, scope, strict=True)
    if row["result"] == "error":
        with pytest.raises(ExpressionError):
            parse_expression(text, scope)
        return
    readings = [parse_expression(text, scope)]
    if "remark" in row:
        assert row["remark"] in readings[0].remarks[0].reason
    else:
        readings.append(parse_expression(text, scope, strict=True))
    for reading in readings:
        found = reading.matches_pair(*views) if scope is Scope.PAIR else reading.matches(*views)
        assert found is row["result"]


@pytest.mark.parametrize("row", ROWS["one"], ids=row_name)
@pytest.mark.parametrize("scope", [Scope.WORKER, Scope.TASK])
def test_rows(row: dict[str, Any], scope: Scope) -> None:
    attributes = row["attributes"]
    check_row(
        row, scope, ROWS["people"].get(attributes) if isinstance(attributes, str) else attributes
    )


@pytest.mark.parametrize("row", ROWS["pair"], ids=row_name)
def test_rows_of_targets(row: dict[str, Any]) -> None:
    check_row(row, Scope.PAIR, row["task"], row["worker"])


def test_all_rows_are_there() -> None:
    numbers = [row["row"] for row in ROWS["one"] + ROWS["pair"]]
    letters = [f"54{letter}" for letter in "abcde"]
    assert numbers == [*map(str, range(1, 55)), *letters, *map(str, range(55, 67))]


@pytest.mark.parametrize("source", REAL, ids=source_name)
def test_real_expressions_parse_strictly(source: dict[str, Any]) -> None:
    assert {"repository", "path", "commit", "licence"} < set(source)
    for scope, text in source["expressions"]:
        expression = parse_expression(text, Scope(scope), strict=True)
        assert expression.text == text
        if expression.scope is Scope.PAIR:
            assert expression.matches_pair({}, {}) in (True, False)
        else:
            assert expression.matches({}) in (True, False)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("==", "="),
        ("HAS", ">-"),
        ("IN", "<-"),
        ("HAS", "has"),
        ("CONTAINS", "Contains"),
        ("NOT IN", "not\n\tIn"),
        ("IN", "iN"),
    ],
)
@pytest.mark.parametrize("right", ["'b'", "['b']", "b", "list", "'xby'"])
def test_spellings_of_an_operator(first: str, second: str, right: str) -> None:
    attributes = {"a": "xby", "b": "b", "list": ["b", "xby"]}
    for left in ("a", "b", "list", "'b'"):
        one = parse_expression(f"{left} {first} {right}", Scope.WORKER, strict=True)
        two = parse_expression(f"{left} {second} {right}", Scope.WORKER, strict=True)
        assert one.matches(attributes) is two.matches(attributes)


def test_keywords_ignore_case_and_names_do_not() -> None:
    text = "(Level = TRUE AND level == false or LEVEL = Null) aNd level In [FALSE]"
    expression = parse_expression(text, Scope.WORKER, strict=True)
    assert expression.matches({"Level": True, "level": False, "LEVEL": 1})
    assert not expression.matches({"Level": 1, "level": False, "LEVEL": 1})


def test_names_are_in_order_and_unique() -> None:
    text = "b == 1 AND a.c[2] IN [d, 'e', [b]] OR b HAS a.c[2]"
    assert parse_expression(text, Scope.WORKER).names == (("b",), ("a", "c", "[2]"), ("d",))


def test_equality_and_hash() -> None:
    one = parse_expression("a == 1", Scope.WORKER)
    assert one == parse_expression("a == 1", Scope.WORKER)
    others = {
        parse_expression("a == 1", Scope.TASK),
        parse_expression("a == 1", Scope.WORKER, strict=True),
        parse_expression("a ==  1", Scope.WORKER),
    }
    assert one not in others
    assert len({one, *others}) == 4
    with pytest.raises(AttributeError):
        one.text = "b == 1"  # type: ignore[misc]


@pytest.mark.parametrize("strict", [True, False])
def test_copies_are_equal_and_work(strict: bool) -> None:
    text = "a == 1 OR b IN [c, 'x']" + ("" if strict else ", ?")
    one = parse_expression(text, Scope.WORKER, strict=strict)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        two = pickle.loads(pickle.dumps(one, protocol))
        assert two == one
        assert (two.remarks, two.names) == (one.remarks, one.names)
        assert two.matches({"a": 1})
        assert not two.matches({"b": 1})
    assert copy.deepcopy(one) == one
    assert "_verdict" not in repr(one)


def test_the_wrong_question_is_a_mistake_of_trsim() -> None:
    with pytest.raises(AssertionError, match="asks for a task and a worker"):
        parse_expression("1==1", Scope.PAIR).matches({})
    with pytest.raises(AssertionError, match="only a target"):
        parse_expression("1==1", Scope.TASK).matches_pair({}, {})


def test_long_chains_and_deep_nesting_are_evaluated() -> None:
    chain = parse_expression("a=1OR " * 9_999 + "a=2", Scope.WORKER)
    assert chain.matches({"a": 2})
    assert not chain.matches({"a": 3})
    chain = parse_expression("a>0AND " * 9_000 + "a<9", Scope.WORKER)
    assert chain.matches({"a": 2})
    assert not chain.matches({"a": 9})
    deep = parse_expression("(a=1 OR a>0 AND " * 100 + "a=7" + ")" * 100, Scope.WORKER)
    assert deep.matches({"a": 7})
    assert not deep.matches({"a": 2})
