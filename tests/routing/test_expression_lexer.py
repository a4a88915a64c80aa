"""Cutting a text into tokens: operators as long as possible, nothing lost, linear effort."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trsim.errors import ExpressionError
from trsim.routing.expression_lexer import Kind, Lexer, Token
from trsim.routing.expression_tree import Constant, Reference


def tokens(text: str, *, strict: bool = True) -> list[Token]:
    """Return all tokens before the end."""
    lexer = Lexer(text, strict=strict)
    found = []
    while (token := lexer.next_token()).kind is not Kind.END:
        found.append(token)
    assert token.position == len(text)
    assert token == lexer.next_token() or token.dropped is not None, "the end stays the end"
    return found


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("a<-1", "a <- 1"),
        ("a<--1", "a <- -1"),
        ("a>-1", "a >- 1"),
        ("a>=-1", "a >= -1"),
        ("a< -1", "a < -1"),
        ("a==-1.5", "a == -1.5"),
        ("a<=b>=c!=d", "a <= b >= c != d"),
        ("a===b", "a == = b"),
        ("a=>b", "a = > b"),
        ("a<>b", "a < > b"),
        ("a!==b", "a != = b"),
        ("1AND 2.5or'x'Not\"y\"", "1 AND 2.5 or 'x' Not \"y\""),
        ("IN[a,b]in('')", "IN [ a , b ] in ( '' )"),
        ("a.b[0].988EN[12]$x", "a.b[0].988EN[12] $x"),
        ("orange android nothing inn", "orange android nothing inn"),
        ("task.in.HAS.true.null", "task.in.HAS.true.null"),
        ("_a1.$b", "_a1.$b"),
        ("988EN", "988 EN"),
        ("5-3", "5 -3"),
        ("\ta\r\n b ", "a b"),
        ("'it''s'", "'it' 's'"),
        ("'\"'\"'\"", "'\"' \"'\""),
    ],
)
def test_cuts(text: str, cut: str) -> None:
    assert " ".join(token.text for token in tokens(text)) == cut


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'a b'", "a b"),
        ('"en-CA"', "en-CA"),
        ("''", ""),
        ("'\\'", "\\"),
        ("'é\n'", "é\n"),
        ("-2.5", -2.5),
        ("007", 7),
        ("TRUE", True),
        ("False", False),
        ("nULL", None),
    ],
)
def test_constants(text: str, value: object) -> None:
    (token,) = tokens(text)
    assert isinstance(token.operand, Constant)
    assert token.operand.value == value
    assert type(token.operand.value) is type(value)


def test_paths_hold_keys_and_indices() -> None:
    (token,) = tokens("levels.988EN[12].0")
    assert token.operand == Reference(0, ("levels", "988EN", 12, "0"))
    assert str(token.operand) == "levels.988EN[12].0"
    assert Reference(0, ("a", 0, 1, "b")).names == ("a", "[0]", "[1]", "b")


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("skill-level", 5, "a name has no hyphens"),
        ("a - 1", 2, "hyphens"),
        ("--1", 0, "hyphens"),
        (".5", 0, "write 0.5"),
        ("a .b", 2, "inside a path"),
        ("5.", 2, "a digit behind '.', found the end"),
        ("5.x", 2, "a digit behind '.', found 'x'"),
        ("1.2.3", 3, "inside a path or a number"),
        ("a.", 2, "a name behind '.', found the end"),
        ("a. b", 2, "a name behind '.', found ' '"),
        ("a..b", 2, "found '.'"),
        ("a.é", 2, "found 'é'"),
        ("a[]", 2, "the index of an element, 0 or more, found ']'"),
        ("a[-1]", 2, "found '-'"),
        ("a['b']", 2, "found '''"),
        ("a[0", 3, "expected ']' behind the index, found the end"),
        ("a[0 ]", 3, "expected ']' behind the index, found ' '"),
        ("a 'b", 2, "never closed"),
        ("'a\"", 0, "never closed"),
        (f"a {'9' * 301}", 2, "at most 300 characters, this one has 301"),
        (f"a[{'9' * 301}]", 2, "at most 300 characters, this one has 301"),
    ],
)
@pytest.mark.parametrize("strict", [True, False])
def test_errors_in_both_modes(text: str, position: int, reason: str, strict: bool) -> None:
    with pytest.raises(ExpressionError) as caught:
        tokens(text, strict=strict)
    assert caught.value.position == position
    assert reason in caught.value.reason


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("a & b", 2, "'&' cannot be read; write AND"),
        ("a ||| b", 2, "'|||' cannot be read; write OR"),
        ("a! = b", 1, "!= without a blank"),
        ("!a", 0, "'!' cannot be read"),
        ("a !", 2, "'!' cannot be read"),
        ("a !!= b", 2, "'!' cannot be read"),
        ("“a”", 0, "straight quotation marks"),
        ("a + 1", 2, "no arithmetic"),
        ("größe", 2, "'öß' cannot be read; a name has only the letters a to z"),
        ("a\u00a0b", 1, "'U+00A0' cannot be read"),
        ("\x00", 0, "'U+0000' cannot be read"),
        ("a;", 1, "';' cannot be read"),
    ],
)
def test_unreadable_characters(text: str, position: int, reason: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        tokens(text)
    assert caught.value.position == position
    assert reason in caught.value.reason
    lexer = Lexer(text, strict=False)
    while lexer.next_token().kind is not Kind.END:
        pass
    assert lexer.remarks[0].position == position
    assert reason in lexer.remarks[0].reason
    assert "dropped" in lexer.remarks[0].reason


def test_a_token_knows_what_was_dropped_before_it() -> None:
    found = tokens("a ? ? b c !== 1", strict=False)
    assert [token.dropped for token in found] == [None, 2, None, None, None, None]
    assert [token.text for token in found] == ["a", "b", "c", "!=", "=", "1"]


@pytest.mark.parametrize(
    ("text", "warned"), [("a! = b", True), ("a!\n= b", True), ("a! b", False), ("a* = b", False)]
)
def test_a_split_operator_is_named(text: str, warned: bool) -> None:
    lexer = Lexer(text, strict=False)
    while lexer.next_token().kind is not Kind.END:
        pass
    assert ("the opposite of '!='" in lexer.remarks[0].reason) == warned


@given(st.text(alphabet="ab1.-<>=!()[], '\"&é\n", max_size=40))
def test_tokens_remarks_and_blanks_are_the_whole_text(text: str) -> None:
    lexer = Lexer(text, strict=False)
    end = 0
    gaps = ""
    with suppress(ExpressionError):
        while (token := lexer.next_token()).kind is not Kind.END:
            assert token.position >= end, "tokens never overlap, so the effort is linear"
            assert text.startswith(token.text, token.position)
            assert token.text
            gaps += text[end : token.position]
            end = token.position + len(token.text)
        gaps += text[end:]
        assert set(gaps) <= set(" \n&é!")
        assert bool(lexer.remarks) == (not set(gaps) <= set(" \n"))
