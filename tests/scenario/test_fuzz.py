"""Whatever happens to a file, it is read or refused, and nothing else comes out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scenario.desk import DESK
from trsim.errors import ScenarioError
from trsim.scenario.load import Scenario
from trsim.scenario.nodes import plain
from trsim.scenario.yaml_reader import read_yaml

LINES = DESK.splitlines()
WORDS = ["", "0", "-1", "1e9", "~", "[]", "{}", "no", "30s", "5%", "90/h", "{distribution: gamma}"]
WORDS += ["*a", "&a 1", "'", "!!str", "08:00", "2026-03-02", "{file: a.csv}", "[1, [2]]", "null"]


def data_of(text: str) -> dict[str, Any]:
    data = plain(read_yaml(text.encode(), "desk.yaml"))
    assert isinstance(data, dict)
    return data


def outcome(text: str) -> str:
    try:
        data = plain(read_yaml(text.encode(), "desk.yaml"))
    except ScenarioError as fault:
        return str(fault)
    return refusal(data)


def refusal(data: Any) -> str:
    """Return what is said about a scenario; one that is taken compiles and can be written."""
    try:
        scenario = Scenario.from_dict(data)
    except ScenarioError as fault:
        return str(fault)
    assert scenario.compile().digest == scenario.digest
    assert Scenario.from_dict(data_of(scenario.to_yaml())) == scenario
    return ""


@given(st.integers(0, len(LINES) - 1), st.sampled_from(WORDS))
def test_a_value_changed(line: int, word: str) -> None:
    key = LINES[line].partition(":")[0]
    text = "\n".join([*LINES[:line], f"{key}: {word}", *LINES[line + 1 :]])
    assert outcome(text).replace("\n", "").isprintable()


@given(st.lists(st.integers(0, len(LINES) - 1), min_size=1, max_size=4))
def test_lines_left_out(lines: list[int]) -> None:
    text = "\n".join(line for number, line in enumerate(LINES) if number not in lines)
    assert outcome(text).replace("\n", "").isprintable()


@given(st.integers(0, len(DESK)), st.text(max_size=3), st.integers(0, 5))
def test_characters_changed(position: int, new: str, gone: int) -> None:
    text = DESK[:position] + new + DESK[position + gone :]
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    assert outcome(text).replace("\n", "").isprintable()


def leaves(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    children: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    return [path, *(deep for step, child in children for deep in leaves(child, (*path, step)))]


PATHS = leaves(data_of(DESK))[1:]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.sampled_from(PATHS), json_values)
def test_any_value_at_any_place(path: tuple[str | int, ...], value: object) -> None:
    data = data_of(DESK)
    holder: Any = data
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    assert refusal(data).replace("\n", "").isprintable()


@pytest.mark.parametrize("key", ["task_queues", "workflows", "behaviors", "workers", "tasks"])
@given(name=st.text(min_size=1, max_size=8))
def test_any_name(key: str, name: str) -> None:
    data = data_of(DESK)
    data[key][name] = next(iter(data[key].values()))
    assert refusal(data).replace("\n", "").isprintable()
