"""How two attribute values compare: one function per operator.

Values are JSON values as Python holds them: None, bool, int, float, str, list (or tuple) and
dict.  Anything else is treated like an object.  No function here raises, whatever it is given.

Notes
-----
Twilio, "Expression syntax", says that comparison operators on an array are false and that array
operators without an array are false, and advises against mixing types.  The finer rules are
trsim's reading of that page:

* NULL (a missing key, an index out of range, JSON null) equals NULL only.  ``x != null`` is
  therefore true for an array or object too, as the documented filter
  ``preferred_agents != null`` needs; no other comparison with an array or object is true.
* A number and a string compare as numbers if the whole string is a plain number; otherwise they
  differ and have no order.  Two strings compare by code point, even if both are numbers.
* A truth value equals the same truth value only and has no order.
* ``CONTAINS`` searches texts; a number is written out first, and nothing else is a text.
* ``HAS`` and ``IN`` use the rule of ``==`` for each element.  Without an array they are false,
  and so is ``NOT IN``: nobody matches while the list is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from trsim.routing.expression_numbers import number_text, plain_number
from trsim.routing.expression_tree import Operator

Test: TypeAlias = Callable[[object, object], bool]


def equal(left: object, right: object) -> bool:
    """Return whether two values are the same; arrays and objects equal nothing."""
    if left is None or right is None or isinstance(left, bool) or isinstance(right, bool):
        # None, True and False are single objects, and 1 must not equal True.
        return left is right
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    numbers = _numbers(left, right)
    return numbers is not None and numbers[0] == numbers[1]


def not_equal(left: object, right: object) -> bool:
    """Return whether two values differ; beside arrays and objects only NULL does."""
    if left is None or right is None:
        return left is not right
    return _is_scalar(left) and _is_scalar(right) and not equal(left, right)


def less(left: object, right: object) -> bool:
    """Return whether `left` comes before `right`."""
    if isinstance(left, str) and isinstance(right, str):
        return left < right
    numbers = _numbers(left, right)
    return numbers is not None and numbers[0] < numbers[1]


def less_equal(left: object, right: object) -> bool:
    """Return whether `left` comes before `right` or has the same place."""
    if isinstance(left, str) and isinstance(right, str):
        return left <= right
    numbers = _numbers(left, right)
    return numbers is not None and numbers[0] <= numbers[1]


def greater(left: object, right: object) -> bool:
    """Return whether `left` comes after `right`."""
    return less(right, left)


def greater_equal(left: object, right: object) -> bool:
    """Return whether `left` comes after `right` or has the same place."""
    return less_equal(right, left)


def contains(left: object, right: object) -> bool:
    """Return whether the text of `right` is a part of the text of `left`."""
    whole, part = _text(left), _text(right)
    return whole is not None and part is not None and part in whole


def has(left: object, right: object) -> bool:
    """Return whether the array `left` has an element equal to `right`."""
    return isinstance(left, (list, tuple)) and _any_equal(left, right)


def is_in(left: object, right: object) -> bool:
    """Return whether `left` equals an element of the array `right`."""
    return isinstance(right, (list, tuple)) and _any_equal(right, left)


def is_not_in(left: object, right: object) -> bool:
    """Return whether `right` is an array and `left` equals none of its elements."""
    return isinstance(right, (list, tuple)) and not _any_equal(right, left)


TESTS: Mapping[Operator, Test] = MappingProxyType(
    {
        Operator.EQUAL: equal,
        Operator.NOT_EQUAL: not_equal,
        Operator.LESS: less,
        Operator.LESS_EQUAL: less_equal,
        Operator.GREATER: greater,
        Operator.GREATER_EQUAL: greater_equal,
        Operator.CONTAINS: contains,
        Operator.HAS: has,
        Operator.IN: is_in,
        Operator.NOT_IN: is_not_in,
    }
)


def _any_equal(elements: list[object] | tuple[object, ...], value: object) -> bool:
    return any(equal(element, value) for element in elements)


def _is_scalar(value: object) -> bool:
    return isinstance(value, (str, int, float))


def _numbers(left: object, right: object) -> tuple[int | float, int | float] | None:
    """Return both values as numbers, or None; not for two strings, which stay strings."""
    first, second = _number(left), _number(right)
    return None if first is None or second is None else (first, second)


def _number(value: object) -> int | float | None:
    if isinstance(value, str):
        return plain_number(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    return None


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    number = _number(value)
    return None if number is None else number_text(number)
