"""How references are shown."""

from __future__ import annotations

import pytest

from trsim.routing.expression_tree import Reference


@pytest.mark.parametrize(
    ("path", "names", "text"),
    [
        (("a",), ("a",), "a"),
        (("a", "b", "988EN"), ("a", "b", "988EN"), "a.b.988EN"),
        (("a", 0, 12, "b", "0"), ("a", "[0]", "[12]", "b", "0"), "a[0][12].b.0"),
    ],
)
def test_references(path: tuple[str | int, ...], names: tuple[str, ...], text: str) -> None:
    reference = Reference(0, path)
    assert reference.names == names
    assert str(reference) == text
