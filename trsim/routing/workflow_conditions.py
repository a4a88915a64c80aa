"""What an expression says whatever the tasks and workers are.

Constants are compared, names are unknown, and AND and OR combine what is left: ``1==0 AND x==2``
is false, ``x==2`` is open.
"""

from __future__ import annotations

from collections.abc import Iterator

from trsim.routing.expression_closures import verdict
from trsim.routing.expression_parser import parse_syntax
from trsim.routing.expression_scopes import Scope
from trsim.routing.expression_tree import (
    AllOf,
    Array,
    Comparison,
    Condition,
    Constant,
    Operand,
    Operator,
    Reference,
)
from trsim.routing.expressions import Expression

_MIRRORED = {
    Operator.LESS: Operator.GREATER,
    Operator.LESS_EQUAL: Operator.GREATER_EQUAL,
    Operator.GREATER: Operator.LESS,
    Operator.GREATER_EQUAL: Operator.LESS_EQUAL,
}
_NONE_AVAILABLE = ((Operator.EQUAL, 0), (Operator.LESS_EQUAL, 0), (Operator.LESS, 1))


def settled(expression: Expression | None) -> bool | None:
    """Return whether an expression is always true or always false; None if that depends.

    An expression that is not there is always true.

    Examples
    --------
    >>> from trsim.routing.expressions import parse_expression
    >>> settled(parse_expression("1==0 AND level > 3", Scope.TASK))
    False
    >>> settled(parse_expression("level > 3", Scope.TASK)) is None
    True
    """
    if expression is None:
        return True
    return _settled(parse_syntax(expression.text, strict=expression.strict).condition)


def never(expression: Expression | None) -> bool:
    """Return whether an expression is always false."""
    return settled(expression) is False


def asks_for_nobody_available(expression: Expression) -> bool:
    """Return whether a ``skip_if`` compares the count of available workers with none."""
    comparisons = parse_syntax(expression.text, strict=expression.strict).comparisons
    return any(_none_available(comparison) for comparison in comparisons)


def missing_lists(expression: Expression) -> Iterator[Reference]:
    """Yield the names that stand to the right of NOT IN, which is false where they are missing."""
    for comparison in parse_syntax(expression.text, strict=expression.strict).comparisons:
        if comparison.operator is Operator.NOT_IN and isinstance(comparison.right, Reference):
            yield comparison.right


def _settled(condition: Condition) -> bool | None:
    if isinstance(condition, Comparison):
        if _has_names(condition.left) or _has_names(condition.right):
            return None
        return verdict(condition, Scope.TASK)({}, {})
    terms = [_settled(term) for term in condition.terms]
    deciding = not isinstance(condition, AllOf)
    if deciding in terms:
        return deciding
    return None if None in terms else not deciding


def _has_names(operand: Operand) -> bool:
    if isinstance(operand, Array):
        return any(_has_names(item) for item in operand.items)
    return isinstance(operand, Reference)


def _none_available(comparison: Comparison) -> bool:
    left, right, operator = comparison.left, comparison.right, comparison.operator
    if isinstance(left, Constant):
        left, right, operator = right, left, _MIRRORED.get(operator, operator)
    if not isinstance(left, Reference) or left.path != ("workers", "available"):
        return False
    return isinstance(right, Constant) and (operator, right.value) in _NONE_AVAILABLE
