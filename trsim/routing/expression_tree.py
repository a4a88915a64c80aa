"""The vocabulary of routing expressions: operators, syntax tree and remarks.

Nothing here reads text or compares values; the lexer and the parser build these objects, the
other modules of the expression language only look at them.  A tree holds the *positions* of its
parts, so that every later message can point into the text.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TypeAlias


class Operator(enum.Enum):
    """What two operands are asked; the value is the spelling used in messages."""

    EQUAL = "=="  #: same value; also written ``=``
    NOT_EQUAL = "!="  #: another value
    LESS = "<"  #: smaller number or earlier string
    LESS_EQUAL = "<="  #: not larger
    GREATER = ">"  #: larger number or later string
    GREATER_EQUAL = ">="  #: not smaller
    CONTAINS = "CONTAINS"  #: the right text is a part of the left text
    HAS = "HAS"  #: the left array has the right value; also written ``>-``
    IN = "IN"  #: the left value is in the right array; also written ``<-``
    NOT_IN = "NOT IN"  #: the right side is an array, and the left value is not in it


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, string, truth value or ``null`` written in the text."""

    position: int
    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Reference:
    """A path into the attributes.

    Attributes
    ----------
    position : int
        Index of its first character in the text.
    path : tuple of str or int
        Keys of objects are strings, indices of arrays are integers counted from 0.
    """

    position: int
    path: tuple[str | int, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the path as strings; an index is shown in its brackets, as ``"[2]"``."""
        return tuple(step if isinstance(step, str) else f"[{step}]" for step in self.path)

    def __str__(self) -> str:
        return ".".join(self.names).replace(".[", "[")


@dataclass(frozen=True, slots=True)
class Array:
    """An array written in the text; its items may be references."""

    position: int
    items: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two operands and the question asked of them.

    Attributes
    ----------
    position : int
        Index of the operator's first character in the text.
    symbol : str
        The operator as written, for example ``"<-"`` or ``"in"``.
    """

    position: int
    symbol: str
    operator: Operator
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class AllOf:
    """Conditions joined by AND; at least two."""

    terms: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Conditions joined by OR; at least two."""

    terms: tuple[Condition, ...]


Operand: TypeAlias = Constant | Reference | Array
Condition: TypeAlias = Comparison | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Remark:
    """Something suspicious in an expression that can be used nevertheless.

    Attributes
    ----------
    position : int
        Index of the character it is about, 0 … ``len(text)``.
    reason : str
        What is suspicious and how it is read, in one line.
    """

    position: int
    reason: str
