"""Words for messages."""

from __future__ import annotations

import pytest

from trsim.routing.expression_hints import about_word, nearest, quoted


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", "''"),
        ("a'b", "'a'b'"),
        ("x" * 40, "'" + "x" * 40 + "'"),
        ("x" * 41, "'" + "x" * 39 + "…'"),
        ("a\n\x00\ud800é", "'aU+000AU+0000U+D800é'"),
    ],
)
def test_quoted(text: str, shown: str) -> None:
    assert quoted(text) == shown


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("hass", "did you mean HAS?"),
        ("Contian", "did you mean CONTAINS?"),
        ("includes", "write HAS for an array, CONTAINS for a text"),
        ("zebra", ""),
        ("CONTAINSSSSS", "did you mean CONTAINS?"),
        ("CONTAINSSSSSS", ""),
    ],
)
def test_about_word(word: str, hint: str) -> None:
    assert about_word(word, ("CONTAINS", "HAS")) == hint


def test_nearest_knows_no_words_of_other_languages() -> None:
    assert nearest("like", ("task", "worker")) == ""
    assert nearest("tasks", ("task", "worker")) == "did you mean task?"
