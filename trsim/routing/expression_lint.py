"""Finds comparisons that are legal and probably not meant.

TaskRouter parses expressions without asking whether they make sense, so such mistakes stay
silent there: a queue nobody serves, a filter that never matches.
"""

from __future__ import annotations

from collections.abc import Iterator

from trsim.routing.expression_hints import nearest, quoted
from trsim.routing.expression_scopes import WORKER_EXTRAS, Scope
from trsim.routing.expression_tree import (
    Array,
    Comparison,
    Constant,
    Operand,
    Operator,
    Reference,
    Remark,
)

_ORDERS = (Operator.LESS, Operator.LESS_EQUAL, Operator.GREATER, Operator.GREATER_EQUAL)
_SCALARS = frozenset(("a number", "a string", "true or false"))


def comparison_remarks(comparison: Comparison, scope: Scope) -> Iterator[Remark]:
    """Return what is suspicious about one comparison."""
    reasons = (
        _glued_minus(comparison) or _never_true(comparison) or _mixed_types(comparison),
        _missing_list(comparison),
        _both_missing(comparison, scope),
    )
    for reason in reasons:
        if reason:
            yield Remark(comparison.position, reason)
    yield from _backslashes(comparison.left)
    yield from _backslashes(comparison.right)


def reference_remarks(reference: Reference, scope: Scope) -> Iterator[Remark]:
    """Return what is suspicious about one name."""
    prefix = str(reference.path[0]) + "."
    reason = ""
    if scope is Scope.PRESENCE:
        reason = _unknown_count(str(reference.path[1]))
    elif scope is Scope.TASK and len(reference.path) > 1:
        if prefix == "task.":
            reason = "a filter names task attributes without 'task.'; read without it"
        elif prefix in ("worker.", "workers."):
            reason = f"a filter knows no workers; {quoted(prefix)} is read as a task attribute"
    elif scope is Scope.WORKER and len(reference.path) > 1 and prefix in ("worker.", "task."):
        whose = "without 'worker.'" if prefix == "worker." else "and knows no task"
        reason = f"a queue names worker attributes {whose}; {quoted(prefix)} is read as one"
    if reason:
        yield Remark(reference.position, reason)


def _glued_minus(comparison: Comparison) -> str:
    if comparison.symbol not in ("<-", ">-"):
        return ""
    right = comparison.right
    behind = comparison.position + len(comparison.symbol)
    if _kind(right) != "a number" or right.position != behind:
        return ""
    order = comparison.symbol[0]
    return (
        f"'{comparison.symbol}' is read as {comparison.operator.value}; "
        f"for a negative number write a blank: '{order} -'"
    )


def _never_true(comparison: Comparison) -> str:
    """Return why no value of the names can make the comparison true (or NULL only)."""
    operator = comparison.operator
    left, right = _kind(comparison.left), _kind(comparison.right)
    if operator in (Operator.IN, Operator.NOT_IN):
        if right not in (None, "an array"):
            return f"always false: {operator.value} needs an array on its right"
    elif operator is Operator.HAS:
        if left not in (None, "an array"):
            return "always false: HAS needs an array on its left"
        if right == "an array":
            return "always false: HAS looks for one element, not for an array"
    elif operator in (Operator.EQUAL, Operator.NOT_EQUAL):
        if "an array" in (left, right) and "null" not in (left, right):
            return f"{operator.value} does not compare arrays; use HAS or IN"
    else:
        senseless = {"null", "true or false", "an array"} & {left, right}
        for kind in sorted(kind for kind in senseless if kind):
            return f"always false: {operator.value} does not compare {kind}"
    return ""


def _mixed_types(comparison: Comparison) -> str:
    kinds = sorted(_scalar_kinds(comparison.left) | _scalar_kinds(comparison.right))
    return f"constants of different types: {' beside '.join(kinds)}" if len(kinds) > 1 else ""


def _missing_list(comparison: Comparison) -> str:
    if comparison.operator is Operator.NOT_IN and isinstance(comparison.right, Reference):
        name = quoted(str(comparison.right))
        return f"NOT IN is false, not true, wherever {name} is missing or no array"
    return ""


def _both_missing(comparison: Comparison, scope: Scope) -> str:
    sides = (comparison.left, comparison.right)
    if comparison.operator is not Operator.EQUAL:
        return ""
    for side in sides:
        if not isinstance(side, Reference) or _always_there(side, scope):
            return ""
    return "also true where both attributes are missing"


def _always_there(reference: Reference, scope: Scope) -> bool:
    """Return whether every worker has a value for this name."""
    if scope is Scope.PAIR and reference.path[0] == "worker":
        return reference.path[1] in (*WORKER_EXTRAS, "channel")
    return scope is Scope.PRESENCE or (scope is Scope.WORKER and reference.path[0] in WORKER_EXTRAS)


def _unknown_count(name: str) -> str:
    if name in ("available", "unavailable") or name.startswith("WA"):
        return ""
    hint = nearest(name, ("available", "unavailable"))
    known = "skip_if knows only the counts available, unavailable and WA…"
    return f"{known}; {hint}" if hint else known


def _backslashes(operand: Operand) -> Iterator[Remark]:
    if isinstance(operand, Array):
        for item in operand.items:
            yield from _backslashes(item)
    elif isinstance(operand, Constant) and str(operand.value).endswith("\\"):
        yield Remark(operand.position, "a backslash escapes nothing: it is part of the string")


def _kind(operand: Operand) -> str | None:
    """Return what a constant is, in words; None for a reference."""
    if isinstance(operand, Array):
        return "an array"
    if isinstance(operand, Reference):
        return None
    if operand.value is None:
        return "null"
    if isinstance(operand.value, bool):
        return "true or false"
    return "a string" if isinstance(operand.value, str) else "a number"


def _scalar_kinds(operand: Operand) -> set[str]:
    items = operand.items if isinstance(operand, Array) else (operand,)
    return {kind for kind in map(_kind, items) if kind in _SCALARS}
