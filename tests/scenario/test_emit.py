from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trsim.scenario.emit import yaml_text
from trsim.scenario.nodes import CONTROLS, plain
from trsim.scenario.yaml_reader import read_yaml

texts = st.text(max_size=30).filter(lambda text: not CONTROLS.search(text) and "\r" not in text)
keys = st.text(min_size=1, max_size=20).filter(
    lambda text: not CONTROLS.search(text) and "\r" not in text
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**14), 10**14)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
    | st.sampled_from(["no", "on", "1", "010", "1e3", "08:00", "30s", "90/h", "- a", "a: b", "#"]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=30,
)


@given(st.dictionaries(keys, values, min_size=1, max_size=5))
def test_what_is_written_is_read(data: dict[str, Any]) -> None:
    text = yaml_text(data)
    assert plain(read_yaml(text.encode(), "a.yaml")) == data
    assert yaml_text(data) == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (
            {"a": "30s", "b": "90/h", "c": "no", "d": "08:00"},
            'a: 30s\nb: 90/h\nc: "no"\nd: "08:00"\n',
        ),
        ({"a": {"b": {"c": [1, {"d": 2}]}}}, "a:\n  b:\n    c: [1, {d: 2}]\n"),
        ({"a": [{"b": {"c": {"d": {}}}}]}, "a:\n  - b:\n      c: {d: {}}\n"),
        ({"a": [], "b": {}}, "a: []\nb: {}\n"),
    ],
)
def test_how_it_looks(data: dict[str, Any], text: str) -> None:
    assert yaml_text(data) == text
