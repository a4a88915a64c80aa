"""Turns a syntax tree into one function, so that evaluating walks no tree.

A function is called with two mappings: the task and the worker of a pair, or the only mapping
and an empty one.  Functions call each other at most twice as deep as brackets may be nested.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from trsim.routing.expression_scopes import Attributes, Lookup, Scope, lookup
from trsim.routing.expression_tree import (
    AllOf,
    Array,
    Comparison,
    Condition,
    Constant,
    Operand,
)
from trsim.routing.expression_values import TESTS

Verdict: TypeAlias = Callable[[Attributes, Attributes], bool]


def verdict(condition: Condition, scope: Scope) -> Verdict:
    """Return the function that tells whether `condition` holds."""
    if isinstance(condition, Comparison):
        return _compare(condition, scope)
    terms = tuple(verdict(term, scope) for term in condition.terms)
    return _all_of(terms) if isinstance(condition, AllOf) else _any_of(terms)


def _all_of(terms: tuple[Verdict, ...]) -> Verdict:
    def holds(first: Attributes, second: Attributes) -> bool:
        for term in terms:  # noqa: SIM110 - half the frames of all() on a generator
            if not term(first, second):
                return False
        return True

    return holds


def _any_of(terms: tuple[Verdict, ...]) -> Verdict:
    def holds(first: Attributes, second: Attributes) -> bool:
        for term in terms:  # noqa: SIM110 - as above
            if term(first, second):
                return True
        return False

    return holds


def _compare(comparison: Comparison, scope: Scope) -> Verdict:
    test = TESTS[comparison.operator]
    left, right = _value(comparison.left, scope), _value(comparison.right, scope)
    if _is_constant(comparison.left) and _is_constant(comparison.right):
        # 1==1 is the commonest expression of all.
        return _always(test(left({}, {}), right({}, {})))
    return lambda first, second: test(left(first, second), right(first, second))


def _value(operand: Operand, scope: Scope) -> Lookup:
    if isinstance(operand, Constant):
        return _constant(operand.value)
    if not isinstance(operand, Array):
        return lookup(operand, scope)
    items = tuple(_value(item, scope) for item in operand.items)
    if _is_constant(operand):
        return _constant(tuple(item({}, {}) for item in items))
    return lambda first, second: tuple(item(first, second) for item in items)


def _is_constant(operand: Operand) -> bool:
    if isinstance(operand, Array):
        return all(_is_constant(item) for item in operand.items)
    return isinstance(operand, Constant)


def _constant(value: object) -> Lookup:
    return lambda first, second: value


def _always(outcome: bool) -> Verdict:
    return lambda first, second: outcome
