"""Turns the text of a routing expression into its syntax tree.

The grammar, with AND binding tighter than OR and keywords in any case::

    expression := term { OR term }
    term       := primary { AND primary }
    primary    := "(" expression ")" | operand comparison operand
    comparison := == = != > >= < <= CONTAINS HAS >- IN <- NOT IN
    operand    := number | string | true | false | null | array | path
    array      := "[" [ operand { "," operand } ] "]"

Parentheses are kept on a list instead of Python's stack, and AND and OR chains are flat, so the
length of a chain is limited by the length of the text only.

Notes
-----
Operators and their second spellings are those of Twilio, "Expression syntax"; the page does not
say which of AND and OR binds tighter, so the habit of SQL is taken.  Strict reading asks that
the text ends where the expression ends.  Otherwise whatever follows a complete expression is
ignored with a remark, because workflows in production hold such texts: the service takes
``n == 'a', 'b'`` and reads ``n == 'a'``.  One token behind the end is read to know that it is
the end; what stands behind that token is not even looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

from trsim.errors import ExpressionError
from trsim.routing.expression_hints import (
    CONNECTIVES,
    NO_NOT,
    WORD_OPERATORS,
    about_operators,
    about_word,
    quoted,
)
from trsim.routing.expression_lexer import Kind, Lexer, Token
from trsim.routing.expression_tree import (
    AllOf,
    AnyOf,
    Array,
    Comparison,
    Condition,
    Operand,
    Operator,
    Reference,
    Remark,
)

MAX_LENGTH = 65_536
MAX_NESTING = 100


@dataclass(frozen=True, slots=True)
class Syntax:
    """What a text says, before anyone asks what its names mean.

    Attributes
    ----------
    condition : Condition
        The root of the tree.
    comparisons : tuple of Comparison
        All comparisons of the tree, in the order of the text.
    references : tuple of Reference
        All references of the tree, in the order of the text.
    remarks : tuple of Remark
        What was dropped or ignored.
    """

    condition: Condition
    comparisons: tuple[Comparison, ...]
    references: tuple[Reference, ...]
    remarks: tuple[Remark, ...]


def parse_syntax(text: str, *, strict: bool) -> Syntax:
    """Return the syntax tree of `text`.

    Raises
    ------
    ExpressionError
        If the text does not begin with an expression, is longer than `MAX_LENGTH` characters or
        nests brackets deeper than `MAX_NESTING`; with `strict` also if it holds anything else.

    Examples
    --------
    >>> parse_syntax("level > 3", strict=True).references[0].path
    ('level',)
    """
    if len(text) > MAX_LENGTH:
        reason = f"an expression has at most {MAX_LENGTH} characters, this one has {len(text)}"
        raise ExpressionError(text, MAX_LENGTH, reason)
    return _Parser(Lexer(text, strict=strict), strict).parse()


@dataclass(slots=True)
class _Group:
    """A parenthesis that is still open, or the whole text."""

    token: Token | None
    alternatives: list[Condition] = field(default_factory=list)
    conjuncts: list[Condition] = field(default_factory=list)

    def end_term(self) -> None:
        terms = tuple(self.conjuncts)
        self.alternatives.append(terms[0] if len(terms) == 1 else AllOf(terms))
        self.conjuncts = []

    def condition(self) -> Condition:
        self.end_term()
        terms = tuple(self.alternatives)
        return terms[0] if len(terms) == 1 else AnyOf(terms)


class _Parser:
    """Reads one text; `_token` is the next token that has not been used."""

    def __init__(self, lexer: Lexer, strict: bool) -> None:
        self._lexer = lexer
        self._strict = strict
        self._groups = [_Group(None)]
        self._open_arrays = 0
        self._comparisons: list[Comparison] = []
        self._references: list[Reference] = []
        self._token = lexer.next_token()

    def parse(self) -> Syntax:
        while True:
            self._open_groups()
            self._groups[-1].conjuncts.append(self._comparison())
            self._close_groups()
            if self._token.kind is Kind.OR:
                self._groups[-1].end_term()
            elif self._token.kind is not Kind.AND:
                break
            self._take()
        rest = self._rest()
        return Syntax(
            self._groups[-1].condition(),
            tuple(self._comparisons),
            tuple(self._references),
            (*self._lexer.remarks, *rest),
        )

    def _open_groups(self) -> None:
        while self._token.kind is Kind.OPEN:
            self._check_nesting()
            self._groups.append(_Group(self._take()))

    def _close_groups(self) -> None:
        while self._token.kind is Kind.CLOSE and len(self._groups) > 1:
            condition = self._groups.pop().condition()
            self._groups[-1].conjuncts.append(condition)
            self._take()

    def _rest(self) -> tuple[Remark, ...]:
        """Return the remark about what follows the expression, if anything does."""
        opened = self._groups[-1].token
        if opened is not None:
            hint = f"the one at character {opened.position + 1} is still open"
            self._fail("AND, OR or ')'", self._connective_hint() or hint)
        if self._token.kind is Kind.END:
            return ()
        hint = self._connective_hint()
        if self._strict:
            self._fail("AND, OR or the end", hint)
        rest = quoted(self._lexer.text[self._token.position :])
        reason = f"the expression ends before {rest}; everything from there on is ignored"
        return (Remark(self._token.position, _with_hint(reason, hint)),)

    def _connective_hint(self) -> str:
        if isinstance(self._token.operand, Reference):
            return about_word(self._token.text, CONNECTIVES)
        return "no '(' is open" if self._token.kind is Kind.CLOSE else ""

    def _comparison(self) -> Comparison:
        left = self._operand("an attribute, a constant or '('", self._left_hint())
        symbol, operator = self._operator(left)
        right = self._operand("an attribute or a constant", self._right_hint(symbol))
        comparison = Comparison(symbol.position, symbol.text, operator, left, right)
        self._comparisons.append(comparison)
        return comparison

    def _left_hint(self) -> str:
        if self._token.kind is Kind.END and not self._comparisons and len(self._groups) == 1:
            return "the expression is empty"
        return NO_NOT if self._token.kind is Kind.NOT else ""

    def _right_hint(self, symbol: Token) -> str:
        if self._token.kind is Kind.OPEN:
            return "an array is written in square brackets, and a single value without any"
        if self._token.position == symbol.position + len(symbol.text):
            return about_operators(symbol.text, self._token.text)
        return ""

    def _operator(self, left: Operand) -> tuple[Token, Operator]:
        """Take the operator behind `left`; return its first token and what it asks."""
        token = self._token
        if token.kind is Kind.NOT:
            self._take()
            if self._token.text.upper() != "IN":
                self._fail("IN behind NOT", NO_NOT)
            self._take()
            return token, Operator.NOT_IN
        if token.operator is None:
            self._fail("a comparison operator", self._operator_hint(left))
        return self._take(), token.operator

    def _operator_hint(self, left: Operand) -> str:
        token = self._token
        if token.kind is Kind.OPEN:
            return "there are no functions"
        if isinstance(token.operand, Reference):
            return about_word(token.text, WORD_OPERATORS)
        if token.text.startswith("-"):
            return "there is no arithmetic, and a name has no hyphens"
        if token.kind is Kind.OPEN_ARRAY and isinstance(left, Reference):
            return "an index stands directly behind the name"
        if token.kind is not Kind.OPERAND and isinstance(left, Reference):
            return f"a name alone is no condition: compare it, as in {_shown(left)} == true"
        return ""

    def _operand(self, expected: str, hint: str) -> Operand:
        if self._token.kind is Kind.OPEN_ARRAY:
            return self._array()
        operand = self._token.operand
        if operand is None:
            self._fail(expected, hint)
        self._take()
        if isinstance(operand, Reference):
            self._references.append(operand)
        return operand

    def _array(self) -> Array:
        self._check_nesting()
        self._open_arrays += 1
        start = self._take().position
        items: list[Operand] = []
        if self._token.kind is not Kind.CLOSE_ARRAY:
            items.append(self._operand("an element of the array or ']'", ""))
            while self._token.kind is Kind.COMMA:
                self._take()
                items.append(self._operand("an element of the array", ""))
        if self._token.kind is not Kind.CLOSE_ARRAY:
            self._fail("',' or ']'", f"the array at character {start + 1} is still open")
        self._take()
        self._open_arrays -= 1
        return Array(start, tuple(items))

    def _check_nesting(self) -> None:
        if len(self._groups) - 1 + self._open_arrays >= MAX_NESTING:
            reason = f"brackets are nested deeper than {MAX_NESTING}"
            raise ExpressionError(self._lexer.text, self._token.position, reason)

    def _take(self) -> Token:
        token = self._token
        self._token = self._lexer.next_token()
        return token

    def _fail(self, expected: str, hint: str) -> NoReturn:
        token = self._token
        found = Kind.END.value if token.kind is Kind.END else quoted(token.text)
        reason = _with_hint(f"expected {expected}, found {found}", hint)
        if token.dropped is None:
            raise ExpressionError(self._lexer.text, token.position, reason)
        # The dropped characters are the likelier mistake, so the caret goes to them.
        refusal = self._lexer.refusal(token.dropped)
        raise ExpressionError(self._lexer.text, token.dropped, f"{refusal}; without it: {reason}")


def _with_hint(reason: str, hint: str) -> str:
    return f"{reason}; {hint}" if hint else reason


def _shown(reference: Reference) -> str:
    return quoted(str(reference))[1:-1]
