"""Why an expression is true or false: the values it saw.

Nothing is evaluated here: verdicts and values come from the functions that routing is compiled
to, asked for the parts of an expression one by one.

Sources: Twilio, "Expression syntax".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from trsim.report.wording import printable
from trsim.routing.expression_closures import verdict
from trsim.routing.expression_parser import parse_syntax
from trsim.routing.expression_scopes import Attributes, lookup
from trsim.routing.expression_tree import (
    AllOf,
    Array,
    Comparison,
    Condition,
    Constant,
    Operand,
    Reference,
)
from trsim.routing.expressions import Expression

_LONGEST_VALUE = 60
_NOTHING: Attributes = {}


def reason(expression: Expression, first: Attributes, second: Attributes = _NOTHING) -> str:
    """Return an expression, whether it holds, and the values that make it so.

    Parameters
    ----------
    expression : Expression
    first, second : mapping
        What its names refer to: the task and the worker of a target's expression, otherwise only
        the first.

    Examples
    --------
    >>> from trsim.routing.expressions import Scope, parse_expression
    >>> tier = parse_expression("product == 'sales' AND tier == 'gold'", Scope.TASK)
    >>> reason(tier, {"product": "sales"})
    "product == 'sales' AND tier == 'gold' is false: tier is missing"
    """
    condition = parse_syntax(expression.text, strict=expression.strict).condition
    views = (expression, first, second)
    holds = _holds(condition, views)
    found: dict[str, str] = {}
    for reference in _witnesses(condition, views):
        value = lookup(reference, expression.scope)(first, second)
        found.setdefault(str(reference), value_text(value))
    seen = ", ".join(f"{printable(name)} is {value}" for name, value in found.items())
    said = f"{printable(expression.text)} is {'true' if holds else 'false'}"
    return f"{said}: {seen}" if seen else said


def value_text(value: object) -> str:
    """Return an attribute's value as an expression would write it, shortened.

    Examples
    --------
    >>> value_text("gold"), value_text(True), value_text(None), value_text(["a", 2])
    ("'gold'", 'true', 'missing', "['a', 2]")
    """
    if value is None:
        text = "missing"
    elif isinstance(value, str):
        text = repr(value)
    elif isinstance(value, (list, tuple)):
        text = f"[{', '.join(value_text(item) for item in value)}]"
    elif isinstance(value, Mapping):
        text = json.dumps(value, ensure_ascii=False, default=dict)
    else:
        text = json.dumps(value)
    text = printable(text)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def attributes_text(attributes: Attributes) -> str:
    """Return an attribute set in one line."""
    pairs = (f"{printable(str(name))} {value_text(value)}" for name, value in attributes.items())
    return ", ".join(pairs) or "none"


_Views = tuple[Expression, Attributes, Attributes]


def _holds(condition: Condition, views: _Views) -> bool:
    expression, first, second = views
    return verdict(condition, expression.scope)(first, second)


def _witnesses(condition: Condition, views: _Views) -> Iterator[Reference]:
    """Yield the names on which the outcome rests.

    One false term settles an AND, one true term an OR; where all terms are alike, all count.
    """
    if isinstance(condition, Comparison):
        yield from _references(condition.left)
        yield from _references(condition.right)
        return
    settling = not isinstance(condition, AllOf)
    terms = [term for term in condition.terms if _holds(term, views) is settling]
    for term in terms or condition.terms:
        yield from _witnesses(term, views)


def _references(operand: Operand) -> Iterator[Reference]:
    if isinstance(operand, Array):
        for item in operand.items:
            yield from _references(item)
    elif not isinstance(operand, Constant):
        yield operand
