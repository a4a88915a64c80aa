"""The grammar, where errors point to, and the limits."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from trsim.errors import ExpressionError
from trsim.routing.expression_parser import MAX_LENGTH, MAX_NESTING, parse_syntax
from trsim.routing.expression_tree import AllOf, AnyOf, Array, Comparison, Condition, Constant


def shape(condition: Condition) -> str:
    """Return how comparisons are joined; each is shown as the constant on its right."""
    if isinstance(condition, Comparison):
        assert isinstance(condition.right, Constant)
        return str(condition.right.value)
    sign = "&" if isinstance(condition, AllOf) else "|"
    return "(" + sign.join(shape(term) for term in condition.terms) + ")"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=1", "1"),
        ("a=1 AND a=2", "(1&2)"),
        ("a=1 OR a=2", "(1|2)"),
        ("a=1 OR a=2 AND a=3", "(1|(2&3))"),
        ("a=1 AND a=2 OR a=3", "((1&2)|3)"),
        ("a=1 AND a=2 OR a=3 AND a=4", "((1&2)|(3&4))"),
        ("(a=1 OR a=2) AND a=3", "((1|2)&3)"),
        ("a=1 AND (a=2 OR a=3)", "(1&(2|3))"),
        ("a=1 and a=2 And a=3 oR a=4 or a=5", "((1&2&3)|4|5)"),
        ("((((a=1))))", "1"),
        ("((a=1) OR ((a=2 AND a=3)))AND(a=4)", "((1|(2&3))&4)"),
        ("(a=1 AND a=2) AND a=3", "((1&2)&3)"),
    ],
)
def test_precedence(text: str, expected: str) -> None:
    assert shape(parse_syntax(text, strict=True).condition) == expected


def test_a_tree_holds_positions_and_spellings() -> None:
    syntax = parse_syntax("x not  in [1, b.c, []]", strict=True)
    assert syntax.comparisons == (syntax.condition,)
    (comparison,) = syntax.comparisons
    assert (comparison.position, comparison.symbol) == (2, "not")
    assert isinstance(comparison.right, Array)
    assert [item.position for item in comparison.right.items] == [11, 14, 19]
    assert [reference.path for reference in syntax.references] == [("x",), ("b", "c")]


ALWAYS_WRONG = [
    # text, position, part of the reason
    ("", 0, "the expression is empty"),
    (" \t\n", 3, "the expression is empty"),
    ("is_vip", 6, "compare it, as in is_vip == true"),
    ("  is_vip  ", 10, "expected a comparison operator, found the end"),
    ("'x'", 3, "expected a comparison operator, found the end"),
    ("(a AND b == 1)", 3, "compare it, as in a == true"),
    ("(a)", 2, "compare it, as in a == true"),
    ("a ==", 4, "expected an attribute or a constant, found the end"),
    ("a == 1 AND", 10, "expected an attribute, a constant or '(', found the end"),
    ("a == 1 OR )", 10, "expected an attribute, a constant or '(', found ')'"),
    ("a == 1 AND AND b == 1", 11, "found 'AND'"),
    ("== 1", 0, "found '=='"),
    ("()", 1, "found ')'"),
    ("(a == 1", 7, "expected AND, OR or ')', found the end; the one at character 1"),
    ("(a == 1 OR (b == 2)", 19, "the one at character 1 is still open"),
    ("(a == 1, b == 2)", 7, "expected AND, OR or ')', found ','"),
    ("(a == 1 ADN b == 2)", 8, "did you mean AND?"),
    ("NOT (a == 1)", 0, "only NOT IN exists"),
    ("a == 1 AND not a == 2", 11, "only NOT IN exists"),
    ("skills NOT HAS 'x'", 11, "expected IN behind NOT, found 'HAS'; only NOT IN exists"),
    ("a NOT CONTAINS 'x'", 6, "found 'CONTAINS'"),
    ("a NOT", 5, "expected IN behind NOT, found the end"),
    ("a NOT <- ['x']", 6, "found '<-'"),
    ("a NOT IN", 8, "expected an attribute or a constant, found the end"),
    ("a <> 1", 3, "'<>' is written !="),
    ("a => 1", 3, "'=>' is written >="),
    ("a =< 1", 3, "'=<' is written <="),
    ("a === 1", 4, "'===' is written =="),
    ("a !== 1", 4, "'!==' is written !="),
    ("a = = 1", 4, "found '='"),
    ("a LIKE 'x'", 2, "found 'LIKE'; for a part of a text write CONTAINS"),
    ("a is null", 2, "write == null or != null"),
    ("a CONTAIN 'x'", 2, "did you mean CONTAINS?"),
    ("a NOTIN ['x']", 2, "did you mean NOT IN?"),
    ("a zzz 1", 2, "found 'zzz'"),
    ("a b_with_a_very_long_name == 1", 2, "found 'b_with_a_very_long_name'"),
    ("988EN >= 3", 3, "expected a comparison operator, found 'EN'"),
    ("skill-level > 3", 5, "a name has no hyphens"),
    ("skill-5 > 3", 5, "there is no arithmetic, and a name has no hyphens"),
    ("a - 1 > 3", 2, "a name has no hyphens"),
    ("n == en-CA", 7, "a name has no hyphens"),
    ("a == 'b' 'c", 9, "never closed"),
    ("a + 1 > 2", 2, "'+' cannot be read; there is no arithmetic"),
    ("a && b == 1", 2, "'&&' cannot be read; write AND"),
    ("größe > 3", 2, "a name has only the letters a to z"),
    ("a == ?", 5, "'?' cannot be read"),
    ("len(a) > 1", 3, "there are no functions"),
    ("a [0] == 1", 2, "an index stands directly behind the name"),
    ("1 [0] == 1", 2, "found '['"),
    ("a == (1)", 5, "found '('"),
    ("a IN ('x', 'y')", 5, "an array is written in square brackets"),
    ("a IN [", 6, "expected an element of the array or ']', found the end"),
    ("a IN [1,]", 8, "expected an element of the array, found ']'"),
    ("a IN [,1]", 6, "found ','"),
    ("a IN [1 2]", 8, "expected ',' or ']', found '2'; the array at character 6"),
    ("a IN [1", 7, "expected ',' or ']', found the end"),
    ("a IN [b == 1]", 8, "found '=='"),
    ("a == 1 AND b\n> ", 15, "found the end"),
]


@pytest.mark.parametrize(("text", "position", "part"), ALWAYS_WRONG)
@pytest.mark.parametrize("strict", [True, False])
def test_errors_in_both_modes(text: str, position: int, part: str, strict: bool) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_syntax(text, strict=strict)
    error = caught.value
    assert (error.text, error.position) == (text, position)
    assert part in error.reason
    assert "\n" not in error.reason
    assert str(error).splitlines()[-1] == " " * (position + 2) + "^"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a 1 > 2", "expected a comparison operator, found '1'"),
        ("a 'x'", "expected a comparison operator, found ''x''"),
        ("'x' AND b == 1", "expected a comparison operator, found 'AND'"),
        ("a == ,", "expected an attribute or a constant, found ','"),
        ("a = = 1", "expected an attribute or a constant, found '='"),
    ],
)
def test_no_hint_is_better_than_a_wrong_one(text: str, reason: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_syntax(text, strict=True)
    assert caught.value.reason == reason


TOLERATED = [
    # text, what it reads as, position, part of the remark, which strict reading has as its reason
    ("n == 'a', 'b'", "n == 'a'", 8, "','"),
    ("n == 'a', 'b' OR m == 1", "n == 'a'", 8, "','"),
    ("n == 'a' 'b'", "n == 'a'", 9, "'b'"),
    ("n == 1)", "n == 1", 6, "no '(' is open"),
    ("n == 1 ADN m == 2", "n == 1", 7, "did you mean AND?"),
    ("n == 5x", "n == 5", 6, "'x'"),
    ("n == 5-3", "n == 5", 6, "'-3'"),
    ("n == 1 > 0", "n == 1", 7, "'>'"),
    ("n == m[0] [1]", "n == m[0]", 10, "'['"),
    ("n == 1 not", "n == 1", 7, "'not'"),
    ("n == 1, - . 'unread", "n == 1", 6, "','"),
    ("*(n IN ['a'])", "(n IN ['a'])", 0, "'*'"),
    ("n! = true", "n = true", 1, "'!'"),
    ("!n == true", "n == true", 0, "'!'"),
    ("{n == 1}", "n == 1", 0, "'{'"),
    ("n == 1;", "n == 1", 6, "';'"),
    ("\ufeffn == 1", "n == 1", 0, "'U+FEFF'"),
    ("n == é1", "n == 1", 5, "'é'"),
    ("n == 1 && m == 2", "n == 1", 7, "write AND"),
]


@pytest.mark.parametrize(("text", "meant", "position", "part"), TOLERATED)
def test_texts_that_only_production_takes(text: str, meant: str, position: int, part: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_syntax(text, strict=True)
    assert caught.value.position == position
    assert part in caught.value.reason
    remark = parse_syntax(text, strict=False).remarks[0]
    assert remark.position == position
    assert part.strip("'") in remark.reason
    assert "dropped" in remark.reason or "ignored" in remark.reason
    plain = parse_syntax(meant, strict=True)
    found = parse_syntax(text, strict=False)
    assert [(one.operator, str(one.left)[10:]) for one in found.comparisons] == [
        (one.operator, str(one.left)[10:]) for one in plain.comparisons
    ]
    assert [reference.path for reference in found.references] == [
        reference.path for reference in plain.references
    ]


def test_everything_dropped_and_ignored_is_remarked() -> None:
    remarks = parse_syntax("? n ? == ?? 1 ? , ? x", strict=False).remarks
    assert [remark.position for remark in remarks] == [0, 4, 9, 14, 16]
    assert "ignored" in remarks[-1].reason


def nested(depth: int) -> str:
    return "(" * depth + "a==1" + ")" * depth


def nested_arrays(depth: int) -> str:
    return "a IN " + "[" * depth + "]" * depth


def mixed(depth: int) -> str:
    return "(" * (depth - 50) + nested_arrays(50) + ")" * (depth - 50)


@pytest.mark.parametrize("build", [nested, nested_arrays, mixed])
@pytest.mark.parametrize("strict", [True, False])
def test_nesting_is_limited(build: Callable[[int], str], strict: bool) -> None:
    parse_syntax(build(MAX_NESTING), strict=strict)
    text = build(MAX_NESTING + 1)
    with pytest.raises(ExpressionError, match="nested deeper than 100") as caught:
        parse_syntax(text, strict=strict)
    brackets = [place for place, character in enumerate(text) if character in "(["]
    assert caught.value.position == brackets[MAX_NESTING]


def test_brackets_side_by_side_are_not_nested() -> None:
    assert parse_syntax(" OR ".join(["(a IN [1])"] * 300), strict=True).remarks == ()
    assert parse_syntax("a IN [" + ",".join(["[]"] * 300) + "]", strict=True).remarks == ()


@pytest.mark.parametrize("before", ["a IN [[1], []] OR ", "((a == 1)) OR "])
def test_closed_brackets_leave_the_limit_as_it_was(before: str) -> None:
    parse_syntax(before + mixed(MAX_NESTING), strict=True)
    for build in (nested, nested_arrays, mixed):
        with pytest.raises(ExpressionError, match="nested deeper"):
            parse_syntax(before + build(MAX_NESTING + 1), strict=True)


def test_length_is_limited() -> None:
    text = "a == '" + "x" * (MAX_LENGTH - 7) + "'"
    assert len(text) == MAX_LENGTH
    assert parse_syntax(text, strict=True).remarks == ()
    with pytest.raises(ExpressionError, match="65536 characters, this one has 65537") as caught:
        parse_syntax(text + " ", strict=False)
    assert caught.value.position == MAX_LENGTH


def test_chains_are_flat() -> None:
    terms = 10_000
    text = "a=1OR " * (terms - 1) + "a=2"
    condition = parse_syntax(text, strict=True).condition
    assert isinstance(condition, AnyOf)
    assert len(condition.terms) == terms
    condition = parse_syntax("a=1AND " * 9_000 + "a=2", strict=True).condition
    assert isinstance(condition, AllOf)
    assert len(condition.terms) == 9_001


def lines_run(text: str) -> int:
    """Return how many lines of Python run while `text` is parsed, whether or not it can be."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> object:
        nonlocal count
        count += event == "line"
        return trace

    previous = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        parse_syntax(text, strict=False)
    except ExpressionError:
        pass
    finally:
        sys.settrace(previous)
    return count


PIECES = (
    "a=1 OR ", "a<1 AND b IN[1,'x']OR ", "(a=1)OR ", "a", "1", " ", "&", "& ", "! ", "'", "a.b[0].",
    "'x' ", "(", "((a=1)", "[", "a IN [[1],", "-", "=", "!=", "é", "a ", "a.", "a[", "not ", "\\",
)  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("start", ["", "a == 1 OR ", "a IN [1, ", "a == '", "a == 1, "])
def test_effort_is_linear(piece: str, start: str) -> None:
    once = lines_run(start + piece * (2_000 // len(piece)))
    twice = lines_run(start + piece * (4_000 // len(piece)))
    assert twice <= 2.2 * once
