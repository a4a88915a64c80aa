from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trsim.errors import UsageError
from trsim.scenario.nodes import Node, plain, tree
from trsim.scenario.paths import parse_path, replaced
from trsim.scenario.problems import Place, path_text

PLACE = Place("a.yaml")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("workers.agent.count", ("workers", "agent", "count")),
        ("a.b[0].c[12].d", ("a", "b", 0, "c", 12, "d")),
        ("a[0][1]", ("a", 0, 1)),
        ('a."b.c".d', ("a", "b.c", "d")),
        ("a.'b c'.d", ("a", "b c", "d")),
        ('"a"', ("a",)),
        ('a."say \\"hi\\"".b', ("a", 'say "hi"', "b")),
        ("a.b-c_d é.e", ("a", "b-c_d é", "e")),
    ],
)
def test_paths(text: str, path: tuple[str | int, ...]) -> None:
    assert parse_path(text) == path


@pytest.mark.parametrize(
    "text",
    ["", ".", "a.", ".a", "a..b", "a[", "a[x]", "a[-1]", "a]b", 'a."b', "a b.'", "[0].a", '""'],
)
def test_what_is_no_path(text: str) -> None:
    with pytest.raises(UsageError):
        parse_path(text)


printable = st.text(min_size=1, max_size=20).filter(
    lambda text: text.isprintable() and "\\" not in text and text.strip() == text
)


@given(st.lists(printable, min_size=1, max_size=5))
def test_paths_of_messages_can_be_used(keys: list[str]) -> None:
    assert parse_path(path_text(keys)) == tuple(keys)


def test_the_tree_itself_is_left_as_it_is() -> None:
    root: Node = tree({"a": [1, {"b": 2}], "c": 3}, PLACE)
    changed = replaced(root, ("a", 1, "b"), tree(5, PLACE))
    assert plain(changed) == {"a": [1, {"b": 5}], "c": 3}
    assert plain(root) == {"a": [1, {"b": 2}], "c": 3}
    grown = replaced(root, ("d", "e"), tree(5, PLACE))
    assert plain(grown) == {"a": [1, {"b": 2}], "c": 3, "d": {"e": 5}}
