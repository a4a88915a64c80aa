from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trsim.errors import ScenarioError
from trsim.scenario.json_reader import read_json
from trsim.scenario.nodes import Limits, child, plain
from trsim.scenario.problems import Place

HERE = Place("desk.yaml", 5, 9)


def refused(text: str, *, is_file: bool = True) -> str:
    with pytest.raises(ScenarioError) as caught:
        read_json(text, HERE, ("main",), is_file=is_file)
    return str(caught.value)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**14), 10**14)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp"))).filter(
        lambda text: text.isprintable()
    ),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text("abc é", min_size=1, max_size=5), inner)
    ),
    max_leaves=20,
)


@given(values, st.sampled_from([None, 2, "\t"]), st.booleans())
def test_it_reads_what_json_writes(value: object, indent: int | str | None, ascii_: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_)
    assert plain(read_json(text, HERE, (), is_file=True)) == value


@given(st.text("{}[]:,\"'0123456789.eE+-truefalsn \n\t\\u", max_size=40))
def test_it_takes_no_more_than_json(text: str) -> None:
    try:
        expected = json.loads(text, parse_constant=pytest.fail)
    except (ValueError, pytest.fail.Exception):
        expected = ...
    try:
        found = plain(read_json(text, HERE, (), is_file=True))
    except ScenarioError:
        return
    assert found == expected


def test_places() -> None:
    node = read_json('{\n\t"a": [1,\n 2]}', HERE, (), is_file=True)
    inner = child(node, "a", 1)
    assert inner is not None
    assert inner.place == ("desk.yaml", 3, 2)
    node = read_json('{"a": 1}', HERE, (), is_file=False)
    inner = child(node, "a")
    assert inner is not None
    assert inner.place == HERE


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "desk.yaml:1:1: main: a value is missing (found the end)"),
        ("{", "desk.yaml:1:2: main: a key in double quotes is missing (found the end)"),
        ("{'a': 1}", "desk.yaml:1:2: main: cannot be read as JSON"),
        ('{"a" 1}', "desk.yaml:1:6: main.a: ':' is missing (found '1')"),
        ('{"a": 1 "b"}', "desk.yaml:1:9: main: ',' is missing"),
        ('{"a": 1,}', "desk.yaml:1:9: main: a value is missing between"),
        ("[1, 2,]", "desk.yaml:1:7: main[2]: a value is missing between"),
        ('{"a": 1} x', "desk.yaml:1:10: main: cannot be read as JSON"),
        ('{"a": 1} 2', "desk.yaml:1:10: main: the document is over"),
        ('{"a": 01}', "desk.yaml:1:7: main.a: cannot be read as JSON"),
        ('{"a": NaN}', "desk.yaml:1:7: main.a: cannot be read as JSON"),
        ('{"a": 1e999}', "desk.yaml:1:7: main.a: a number is too large"),
        ('{"a": 1, "a": 2}', "desk.yaml:1:10: main.a: duplicate key 'a'"),
        ('{"a": "\\ud800"}', "desk.yaml:1:7: main.a: a control character"),
        ('{"a": "\\u001b"}', "desk.yaml:1:7: main.a: a control character"),
        ("{\"a\": 'b'}", "desk.yaml:1:7: main.a: cannot be read as JSON"),
        ("[" * 70, "desk.yaml:1:65: main"),
        ('{"": 1}', "desk.yaml:1:2: main: a key has 1 to 1000 characters"),
        ("{1: 2}", "desk.yaml:1:2: main: a key in double quotes is missing (found '1')"),
    ],
)
def test_what_is_no_json(text: str, words: str) -> None:
    assert refused(text).startswith(words)


def test_a_text_names_the_place_inside_of_it() -> None:
    found = refused('{"a":\n  }', is_file=False)
    assert found.startswith("desk.yaml:5:9: main.a: line 2, column 3 of the JSON text: a value")


def test_the_budget() -> None:
    with pytest.raises(ScenarioError, match="more than 3 values"):
        read_json("[1, 2, 3]", HERE, (), Limits(nodes=3), is_file=True)
