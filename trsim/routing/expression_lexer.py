"""Cuts the text of a routing expression into tokens, one at a time and in linear time.

Every character is looked at a bounded number of times, and never again once its token has been
handed out.  There are no regular expressions, so there is no backtracking either.

Notes
-----
The rule for characters that fit no token:

* Characters that occur in no token at all (``*``, ``&``, ``;``, ``{``, letters outside ASCII, …)
  and an exclamation mark without ``=`` directly behind it are *unreadable*.  Strict reading
  refuses them.  Otherwise they are dropped with a remark, because workflows in production hold
  such texts: the service takes ``flag! = true`` and reads ``flag = true``.
* A hyphen is never dropped.  It begins a number if a digit follows, it is part of ``<-`` and
  ``>-``, and anywhere else outside quotation marks it is an error in both modes: dropping it
  would silently turn ``skill-level`` into other names (Twilio, "Expression syntax": hyphens are
  not supported).
* A point is never dropped either, because ``.5`` would become ``5``; nor is a quotation mark
  that is never closed.

Operators are cut as long as possible, so ``a<-1`` is ``a IN 1`` and ``a>-1`` is ``a HAS 1``.
A path is one token: no blanks inside it, and a segment behind a point may begin with a digit.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

from trsim.errors import ExpressionError
from trsim.routing.expression_hints import about_characters, quoted
from trsim.routing.expression_numbers import MAX_NUMBER_LENGTH, plain_number
from trsim.routing.expression_tree import Constant, Operator, Reference, Remark


class Kind(enum.Enum):
    """Kinds of tokens; the value names the kind in messages."""

    OPERAND = "an attribute or a constant"  #: a reference, number, string, true, false, null
    OPERATOR = "an operator"  #: one of `Operator`, except NOT IN, which is two tokens
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    OPEN = "'('"
    CLOSE = "')'"
    OPEN_ARRAY = "'['"
    CLOSE_ARRAY = "']'"
    COMMA = "','"
    END = "the end"  #: no more text


@dataclass(frozen=True, slots=True)
class Token:
    """The smallest part of a text that means something.

    Attributes
    ----------
    position : int
        Index of its first character; the length of the text for `Kind.END`.
    text : str
        The token as written.
    operand : Constant, Reference or None
        What a `Kind.OPERAND` stands for.
    operator : Operator or None
        What a `Kind.OPERATOR` asks.
    dropped : int or None
        Where the unreadable characters dropped just before this token begin.
    """

    kind: Kind
    position: int
    text: str
    operand: Constant | Reference | None = None
    operator: Operator | None = None
    dropped: int | None = None


_BLANKS = frozenset(" \t\r\n")
_DIGITS = frozenset("0123456789")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$")
_WORD = _LETTERS | _DIGITS
_QUOTES = frozenset("'\"")
_BRACKETS = {
    "(": Kind.OPEN,
    ")": Kind.CLOSE,
    "[": Kind.OPEN_ARRAY,
    "]": Kind.CLOSE_ARRAY,
    ",": Kind.COMMA,
}
_OPERATORS = {
    "==": Operator.EQUAL,
    "=": Operator.EQUAL,
    "!=": Operator.NOT_EQUAL,
    "<=": Operator.LESS_EQUAL,
    "<-": Operator.IN,
    "<": Operator.LESS,
    ">=": Operator.GREATER_EQUAL,
    ">-": Operator.HAS,
    ">": Operator.GREATER,
}
_WORD_OPERATORS = {
    "CONTAINS": Operator.CONTAINS,
    "HAS": Operator.HAS,
    "IN": Operator.IN,
}
_CONNECTIVES = {"AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT}
_CONSTANTS = {"TRUE": True, "FALSE": False, "NULL": None}
# The exclamation mark is missing on purpose: it can be read only as the beginning of !=.
_READABLE = _BLANKS | _WORD | _QUOTES | frozenset("()[],=<>-.")


class Lexer:
    """Hands out the tokens of one text.

    Parameters
    ----------
    text : str
        The whole expression.
    strict : bool
        Whether unreadable characters are errors instead of remarks.

    Attributes
    ----------
    remarks : list of Remark
        One for each run of characters dropped so far.
    """

    def __init__(self, text: str, *, strict: bool) -> None:
        self.text = text
        self.remarks: list[Remark] = []
        self._strict = strict
        self._position = 0

    def next_token(self) -> Token:
        """Return the next token; at the end of the text `Kind.END`, again and again.

        Raises
        ------
        ExpressionError
            At a character that begins no token and may not be dropped.
        """
        dropped = self._skip()
        start = self._position
        first = self.text[start : start + 1]
        if not first:
            token = Token(Kind.END, start, "")
        elif first in _LETTERS:
            token = self._word(start)
        elif first in _QUOTES:
            token = self._string(start)
        elif first in _DIGITS or (first == "-" and self._at(start + 1) in _DIGITS):
            token = self._number(start)
        else:
            token = self._symbol(start)
        self._position = start + len(token.text)
        return token if dropped is None else replace(token, dropped=dropped)

    def refusal(self, position: int) -> str:
        """Return why the unreadable characters at `position` cannot stand there."""
        characters = self.text[position : self._unreadable_end(position)]
        hint = about_characters(characters)
        return f"{quoted(characters)} cannot be read" + (f"; {hint}" if hint else "")

    def _skip(self) -> int | None:
        """Move to the next token; return where the first dropped character stood."""
        dropped = None
        while True:
            self._position = _span(self.text, self._position, _BLANKS)
            end = self._unreadable_end(self._position)
            if end == self._position:
                return dropped
            if self._strict:
                raise self._error(self._position, self.refusal(self._position))
            self.remarks.append(self._drop(self._position, end))
            dropped = self._position if dropped is None else dropped
            self._position = end

    def _drop(self, start: int, end: int) -> Remark:
        reason = f"{self.refusal(start)}; it is dropped"
        split = _span(self.text, end, _BLANKS)
        if self._at(end - 1) == "!" and self._at(split) == "=":
            reason += " and leaves '=', the opposite of '!='"
        return Remark(start, reason)

    def _unreadable_end(self, start: int) -> int:
        end = start
        while end < len(self.text) and self.text[end] not in _READABLE:
            if self.text[end] == "!" and self._at(end + 1) == "=":
                break
            end += 1
        return end

    def _word(self, start: int) -> Token:
        end = _span(self.text, start, _WORD)
        word = self.text[start:end]
        keyword = word.upper()
        if keyword in _CONNECTIVES:
            return Token(_CONNECTIVES[keyword], start, word)
        if keyword in _WORD_OPERATORS:
            return Token(Kind.OPERATOR, start, word, operator=_WORD_OPERATORS[keyword])
        if keyword in _CONSTANTS:
            return Token(Kind.OPERAND, start, word, Constant(start, _CONSTANTS[keyword]))
        path: list[str | int] = [word]
        while self._at(end) in (".", "["):
            step, end = self._segment(end) if self.text[end] == "." else self._index(end)
            path.append(step)
        return Token(Kind.OPERAND, start, self.text[start:end], Reference(start, tuple(path)))

    def _segment(self, point: int) -> tuple[str, int]:
        end = _span(self.text, point + 1, _WORD)
        if end == point + 1:
            raise self._error(end, f"expected a name behind '.', found {self._found(end)}")
        return self.text[point + 1 : end], end

    def _index(self, bracket: int) -> tuple[int, int]:
        end = _span(self.text, bracket + 1, _DIGITS)
        if end == bracket + 1:
            raise self._error(
                end,
                f"expected the index of an element, 0 or more, found {self._found(end)}",
            )
        if self._at(end) != "]":
            raise self._error(end, f"expected ']' behind the index, found {self._found(end)}")
        index = self._number_at(bracket + 1, end)
        assert isinstance(index, int), "a number without a point is an integer"
        return index, end + 1

    def _string(self, start: int) -> Token:
        # There are no escapes: the next quotation mark of the same kind is the end.
        end = self.text.find(self.text[start], start + 1)
        if end < 0:
            raise self._error(start, "the string that begins here is never closed")
        return Token(
            Kind.OPERAND,
            start,
            self.text[start : end + 1],
            Constant(start, self.text[start + 1 : end]),
        )

    def _number(self, start: int) -> Token:
        end = _span(self.text, start + 1, _DIGITS)
        if self._at(end) == ".":
            fraction = end + 1
            end = _span(self.text, fraction, _DIGITS)
            if end == fraction:
                raise self._error(end, f"expected a digit behind '.', found {self._found(end)}")
        value = self._number_at(start, end)
        return Token(Kind.OPERAND, start, self.text[start:end], Constant(start, value))

    def _number_at(self, start: int, end: int) -> int | float:
        value = plain_number(self.text[start:end])
        if value is None:
            limit = f"a number has at most {MAX_NUMBER_LENGTH} characters"
            raise self._error(start, f"{limit}, this one has {end - start}")
        return value

    def _symbol(self, start: int) -> Token:
        for length in (2, 1):
            symbol = self.text[start : start + length]
            if symbol in _OPERATORS:
                return Token(Kind.OPERATOR, start, symbol, operator=_OPERATORS[symbol])
        if symbol in _BRACKETS:
            return Token(_BRACKETS[symbol], start, symbol)
        if symbol == "-":
            reason = "'-' stands only in strings and before a digit; a name has no hyphens"
        else:
            assert symbol == ".", "every other readable character begins a token"
            reason = "'.' stands only inside a path or a number; write 0.5 for .5"
        raise self._error(start, reason)

    def _at(self, position: int) -> str:
        return self.text[position : position + 1]

    def _found(self, position: int) -> str:
        return quoted(self._at(position)) if position < len(self.text) else Kind.END.value

    def _error(self, position: int, reason: str) -> ExpressionError:
        return ExpressionError(self.text, position, reason)


def _span(text: str, start: int, allowed: frozenset[str]) -> int:
    """Return the end of the run of `allowed` characters that begins at `start`."""
    end = start
    while end < len(text) and text[end] in allowed:
        end += 1
    return end
