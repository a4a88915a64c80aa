"""The values on which an expression rests."""

from __future__ import annotations

import pytest

from trsim.report.explain_expressions import attributes_text, reason, value_text
from trsim.routing.expressions import Scope, parse_expression

CASES: dict[str, tuple[str, dict[str, object], str]] = {
    "one comparison": ("k == 1", {"k": 2}, "k == 1 is false: k is 2"),
    "a constant": ("1==1", {"k": 2}, "1==1 is true"),
    "the false term of AND": ("k == 2 AND m == 1", {"k": 2}, "is false: m is missing"),
    "all terms of a true AND": ("k == 2 AND m != 1", {"k": 2}, "is true: k is 2, m is missing"),
    "the true term of OR": ("k == 1 OR m == 3", {"k": 2, "m": 3}, "is true: m is 3"),
    "all terms of a false OR": ("k == 1 OR m == 3", {"k": 2}, "is false: k is 2, m is missing"),
    "a name twice": ("k == 1 OR k == 3", {"k": 2}, "is false: k is 2"),
    "a name in an array": ("k IN [1, m]", {"k": 2, "m": 3}, "is false: k is 2, m is 3"),
    "nested": (
        "(k == 1 OR m == 1) AND n == 1",
        {"k": 1, "m": 2, "n": 1},
        "is true: k is 1, n is 1",
    ),
    "a path": ("a.b[1] == 'x'", {"a": {"b": ["w", "x"]}}, "is true: a.b[1] is 'x'"),
}


@pytest.mark.parametrize("case", CASES)
def test_an_expression_names_what_settles_it(case: str) -> None:
    text, attributes, wanted = CASES[case]
    assert reason(parse_expression(text, Scope.TASK), attributes).endswith(wanted)


def test_an_expression_of_task_and_worker_sees_both() -> None:
    pair = parse_expression("task.language IN worker.languages", Scope.PAIR)
    assert reason(pair, {"language": "fr"}, {"languages": ["en"]}) == (
        "task.language IN worker.languages is false: "
        "task.language is 'fr', worker.languages is ['en']"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("it's", '"it\'s"'),
        (False, "false"),
        (2.5, "2.5"),
        ([], "[]"),
        ({"a": [1]}, '{"a": [1]}'),
        ("\x1b", r"'\x1b'"),
        ("x" * 100, "'" + "x" * 58 + "…"),
    ],
    ids=["text", "truth", "number", "list", "mapping", "control", "long"],
)
def test_values_are_written_as_in_an_expression(value: object, text: str) -> None:
    assert value_text(value) == text


def test_attribute_sets_are_written_in_one_line() -> None:
    assert (
        attributes_text({"product": "billing", "tier": None}) == "product 'billing', tier missing"
    )
    assert attributes_text({}) == "none"
