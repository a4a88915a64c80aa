"""Random expressions, printed and parsed, against a second evaluator that walks its own trees.

The evaluator here shares nothing with trsim: its trees are tuples, its numbers are found with a
regular expression, and it is as naive as the rules in words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from trsim.errors import ExpressionError
from trsim.routing.expressions import Expression, Scope, parse_expression

Attributes: TypeAlias = Mapping[str, object]
Tree: TypeAlias = tuple[Any, ...]
NUMERIC = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def naive_value(operand: Tree, task: Attributes, worker: Attributes) -> Any:
    kind, content = operand
    if kind == "constant":
        return content
    if kind == "array":
        return [naive_value(item, task, worker) for item in content]
    value: Any = {"task": task, "worker": worker}
    for step in content:
        try:
            assert isinstance(value, dict if isinstance(step, str) else list)
            value = value[step]
        except (AssertionError, KeyError, IndexError):
            return None
    return value


def naive_pair(left: Any, right: Any) -> tuple[Any, Any] | None:
    """Return both values in a common order, if they have one."""
    kinds = {type(left), type(right)}
    if kinds == {str} or kinds <= {int, float}:
        return left, right
    if str in kinds and kinds & {int, float}:
        texts = [value for value in (left, right) if isinstance(value, str)]
        if all(NUMERIC.fullmatch(text) for text in texts):
            return float(left), float(right)
    return None


def naive_equal(left: Any, right: Any) -> bool:
    if type(left) is type(right) and type(left) in (bool, type(None)):
        return bool(left == right)
    pair = naive_pair(left, right)
    return pair is not None and bool(pair[0] == pair[1])


def naive_compare(operator: str, left: Any, right: Any) -> bool:
    if operator == "HAS":
        return naive_compare("IN", right, left)
    if operator in ("IN", "NOT IN"):
        found = isinstance(right, list) and any(naive_equal(left, item) for item in right)
        return found if operator == "IN" else isinstance(right, list) and not found
    if operator == "CONTAINS":
        if not {type(left), type(right)} <= {str, int, float}:
            return False
        texts = [str(value).removesuffix(".0") for value in (left, right)]
        return (str(right) if isinstance(right, str) else texts[1]) in (
            left if isinstance(left, str) else texts[0]
        )
    if operator == "==":
        return naive_equal(left, right)
    if operator == "!=":
        composite = any(isinstance(value, (list, dict)) for value in (left, right))
        return not naive_equal(left, right) and (not composite or None in (left, right))
    pair = naive_pair(left, right)
    if pair is None:
        return False
    less, equal = pair[0] < pair[1], pair[0] == pair[1]
    verdicts: dict[str, bool] = {
        "<": less,
        "<=": less or equal,
        ">": not less and not equal,
        ">=": not less,
    }
    return verdicts[operator]


def naive_truth(tree: Tree, task: Attributes, worker: Attributes) -> bool:
    if tree[0] == "or":
        return any(naive_truth(term, task, worker) for term in tree[1])
    if tree[0] == "and":
        return all(naive_truth(term, task, worker) for term in tree[1])
    _, operator, left, right = tree
    return naive_compare(
        operator, naive_value(left, task, worker), naive_value(right, task, worker)
    )


SPELLINGS = {
    "==": ("==", "="),
    "HAS": ("HAS", "has", ">-"),
    "IN": ("IN", "in", "<-"),
    "NOT IN": ("NOT IN", "not in", "Not\tIN"),
    "CONTAINS": ("CONTAINS", "contains"),
    "and": ("AND", "and", "And"),
    "or": ("OR", "or", "oR"),
    "blank": ("", " ", "\n ", "\t"),
}


class Printer:
    """Writes trees as text, with a random choice of spellings, blanks and parentheses."""

    def __init__(self, data: st.DataObject, *, prefix: bool) -> None:
        self.data = data
        self.prefix = prefix

    def pick(self, name: str) -> str:
        return self.data.draw(st.sampled_from(SPELLINGS.get(name, (name,))))

    def operand(self, operand: Tree) -> str:
        kind, content = operand
        if kind == "array":
            comma = self.pick("blank") + "," + self.pick("blank")
            return "[" + comma.join(map(self.operand, content)) + "]"
        if kind == "path":
            steps = content if self.prefix else content[1:]
            names = [step if isinstance(step, str) else f"[{step}]" for step in steps]
            return ".".join(names).replace(".[", "[")
        if isinstance(content, str):
            quote = "'" if '"' in content else '"'
            return quote + content + quote
        return json.dumps(content)

    def tree(self, tree: Tree, level: int = 0) -> str:
        if tree[0] in ("or", "and"):
            depth = ("or", "and").index(tree[0])
            terms = [self.tree(term, depth + 1) for term in tree[1]]
            text = terms[0]
            for term in terms[1:]:
                text += f" {self.pick(tree[0])} {term}"
        else:
            depth = 2
            blank = " " + self.pick("blank")
            text = blank.join([self.operand(tree[2]), self.pick(tree[1]), self.operand(tree[3])])
        needless = self.data.draw(st.integers(0, 5)) == 0
        blank = self.pick("blank")
        return f"({blank}{text}{blank})" if depth < level or needless else text


KEYS = ("a", "b", "c", "0")
texts = st.sampled_from(["", "a", "b", "ab", "5", "5.0", "-2.5", "true", "é", "in", "it's", "x y"])
numbers = st.sampled_from([0, 1, 5, -2.5, 5.0, 12345678901234567])
scalars = st.none() | st.booleans() | numbers | texts
values = st.recursive(
    scalars,
    lambda deeper: (
        st.lists(deeper, max_size=3) | st.dictionaries(st.sampled_from(KEYS), deeper, max_size=3)
    ),
    max_leaves=6,
)
objects = st.dictionaries(st.sampled_from(KEYS[:3]), values, max_size=3)
paths = st.builds(
    lambda side, name, rest: ("path", (side, name, *rest)),
    st.sampled_from(["task", "worker"]),
    st.sampled_from(KEYS[:3]),
    st.lists(st.sampled_from([*KEYS, 0, 1]), max_size=2),
)
constants = scalars.map(lambda value: ("constant", value))
operands: st.SearchStrategy[Tree] = st.recursive(
    paths | constants, lambda deeper: st.lists(deeper, max_size=3).map(lambda x: ("array", x))
)
comparisons = st.tuples(
    st.just("compare"),
    st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "CONTAINS", "HAS", "IN", "NOT IN"]),
    operands,
    operands,
)
trees: st.SearchStrategy[Tree] = st.recursive(
    comparisons,
    lambda deeper: st.tuples(
        st.sampled_from(["or", "and"]), st.lists(deeper, min_size=2, max_size=4)
    ),
    max_leaves=8,
)


@given(trees, objects, objects, st.data())
def test_random_targets_agree_with_the_naive_evaluator(
    tree: Tree, task: Attributes, worker: Attributes, data: st.DataObject
) -> None:
    text = Printer(data, prefix=True).tree(tree)
    expected = naive_truth(tree, task, worker)
    for strict in (True, False):
        expression = parse_expression(text, Scope.PAIR, strict=strict)
        assert expression.matches_pair(task, worker) is expected


@given(trees, objects, st.sampled_from([Scope.WORKER, Scope.TASK]), st.data())
def test_random_unprefixed_expressions_agree_with_the_naive_evaluator(
    tree: Tree, attributes: Attributes, scope: Scope, data: st.DataObject
) -> None:
    text = Printer(data, prefix=False).tree(tree)
    expected = naive_truth(tree, attributes, attributes)
    assert parse_expression(text, scope, strict=True).matches(attributes) is expected


PIECES = (
    "a", "task.", "worker.", "workers.available", "b[0]", "1", "-2.5", "'x'", '"', "'", "(", ")",
    "[", "]", ",", "==", "!=", "!", "=", "<", ">", "-", ".", " AND ", " or ", "not ", "in ", "has ",
    "contains ", "true ", "null ", " ", "\n", "&", "é", "\x00", "\ud800", "{", "\\", "$", "_", "9",
)  # fmt: skip
arbitrary = st.text(max_size=30) | st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


def truth(expression: Expression, task: Attributes, worker: Attributes) -> bool:
    if expression.scope is Scope.PAIR:
        return expression.matches_pair(task, worker)
    return expression.matches(task)


@given(arbitrary, st.sampled_from(Scope), objects, objects)
def test_arbitrary_text_is_read_or_refused(
    text: str, scope: Scope, task: Attributes, worker: Attributes
) -> None:
    outcomes: dict[bool, Expression] = {}
    refusals: list[ExpressionError] = []
    for strict in (True, False):
        try:
            outcomes[strict] = parse_expression(text, scope, strict=strict)
        except ExpressionError as error:
            refusals.append(error)
    assert all(0 <= error.position <= len(text) and str(error) for error in refusals)
    if True in outcomes:
        assert outcomes[False].remarks == outcomes[True].remarks
        assert truth(outcomes[False], task, worker) is truth(outcomes[True], task, worker)
    elif False in outcomes:
        reasons = " ".join(remark.reason for remark in outcomes[False].remarks)
        assert "dropped" in reasons or "ignored" in reasons
        assert truth(outcomes[False], task, worker) in (True, False)
