"""What an unquoted word of a file means: YAML 1.2, core schema, and nothing beyond it.

``no``, ``on``, ``10:00``, ``1_000`` and ``2024-01-01`` are texts, ``010`` is ten and ``1e3`` is a
number, as they look (YAML 1.2.2, section 10.3.2).
"""

from __future__ import annotations

import math
import re

from trsim.scenario.nodes import MAX_DIGITS, Value

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_TRUES = frozenset(("true", "True", "TRUE"))
_FALSES = frozenset(("false", "False", "FALSE"))
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_MAX_LENGTH = 64


def plain_scalar(text: str) -> Value:
    """Return the value of an unquoted word.

    Raises
    ------
    ValueError
        If it is a number that is not finite or has too many digits; the text says so.

    Examples
    --------
    >>> [plain_scalar(text) for text in ("no", "010", "1e3", "10:00", "1_000", "~")]
    ['no', 10, 1000.0, '10:00', '1_000', None]
    """
    if text in _NULLS:
        return None
    if text in _TRUES or text in _FALSES:
        return text in _TRUES
    if text[0] not in "0123456789+-.":
        return text
    if _INTEGER.fullmatch(text):
        return _whole(text, 10)
    if _OCTAL.fullmatch(text):
        return _whole(text[2:], 8)
    if _HEXADECIMAL.fullmatch(text):
        return _whole(text[2:], 16)
    if _FLOAT.fullmatch(text):
        value = float(text) if len(text) <= _MAX_LENGTH else math.inf
        if math.isfinite(value):
            return value
        raise ValueError("a number is too large, or has too many digits")
    if _NOT_FINITE.fullmatch(text):
        raise ValueError("a number must be finite")
    return text


def _whole(digits: str, base: int) -> int:
    if len(digits) <= _MAX_LENGTH:
        value = int(digits, base)
        if abs(value) < 10**MAX_DIGITS:
            return value
    raise ValueError(f"a whole number has at most {MAX_DIGITS} digits")
