from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trsim.errors import ScenarioError
from trsim.scenario.nodes import Limits, MapNode, plain, size_of
from trsim.scenario.yaml_reader import read_yaml, read_yaml_value


def read(text: str | bytes, limits: Limits | None = None) -> object:
    content = text if isinstance(text, bytes) else text.encode()
    return plain(read_yaml(content, "a.yaml", limits))


def refused(text: str | bytes, limits: Limits | None = None) -> str:
    with pytest.raises(ScenarioError) as caught:
        read(text, limits)
    return str(caught.value)


# What YAML 1.1 would have made of it is in the comment.
SURPRISES = [
    ("no", "no"),  # False
    ("on", "on"),  # True
    ("yes", "yes"),  # True
    ("y", "y"),  # True, in some readers
    ("1:30", "1:30"),  # 90
    ("10:00", "10:00"),  # 600
    ("010", 10),  # 8
    ("0o10", 8),
    ("0x1F", 31),
    ("0b101", "0b101"),  # 5
    ("1_000", "1_000"),  # 1000
    ("2024-01-01", "2024-01-01"),  # a date
    ("1e3", 1000.0),  # "1e3"
    ("1.0e+3", 1000.0),
    (".5", 0.5),
    ("5.", 5.0),
    ("+12", 12),
    ("-0", 0),
    ("~", None),
    ("null", None),
    ("Null", None),
    ("nULL", "nULL"),
    ("true", True),
    ("True", True),
    ("tRUE", "tRUE"),
    ("'true'", "true"),
    ('"12"', "12"),
    ("=", "="),
    ("12h", "12h"),
    ("1.2.3", "1.2.3"),
    ("0x", "0x"),
    (".", "."),
]


@pytest.mark.parametrize(("text", "value"), SURPRISES)
def test_words_mean_what_they_look_like(text: str, value: object) -> None:
    found = read(f"key: {text}\nlist: [{text}]\n")
    assert found == {"key": value, "list": [value]}
    assert isinstance(found, dict)
    assert type(found["key"]) is type(value)


@pytest.mark.parametrize("key", ["no", "on", "010", "1:30", "2024-01-01", "true", "1e3"])
def test_keys_are_texts_as_written(key: str) -> None:
    assert read(f"{key}: 1") == {key: 1}


def test_places_are_those_of_keys_and_values() -> None:
    root = read_yaml(b"a: 1\nb:\n  - x\n  - {c: 2}\n", "f.yaml")
    assert isinstance(root, MapNode)
    assert root.entries["b"].key_place == ("f.yaml", 2, 1)
    listed = root.get("b")
    assert listed is not None
    assert listed.place == ("f.yaml", 3, 3)
    assert size_of(root) == 6


@pytest.mark.parametrize(
    "text",
    [
        "a: {b: [1, 2]}\n",
        "a:\n  b:\n  - 1\n  - 2\n",
        "# comment\na:   # here\n    b: [1,\n       2]  # there\n",
        "a:\r\n  b:\r\n    - 1\r\n    - 2\r\n",
        "\ufeffa: {b: [1, 2]}",
        '{"a": {"b": [1, 2]}}',
        "%YAML 1.2\n---\na: {b: [1, 2]}\n...\n",
        "--- !!map\na: !!map {b: !!seq [!!int 1, 2]}",
        "x: &x [1, 2]\na: {b: *x}",
        "x: &x {b: [1, 2]}\na: {<<: *x}",
        "x: &x {b: [3], c: 1}\na: {b: [1, 2]}",
    ],
)
def test_spellings_of_one_thing(text: str) -> None:
    found = read(text)
    assert isinstance(found, dict)
    assert found["a"] == {"b": [1, 2]}


def test_merge_keys() -> None:
    text = """\
one: &one {a: 1, b: 1}
two: &two {b: 2, c: 2}
both: {<<: [*one, *two], c: 3}
text: {"<<": 4}
"""
    found = read(text)
    assert isinstance(found, dict)
    assert found["both"] == {"a": 1, "b": 1, "c": 3}
    assert list(found["both"]) == ["a", "b", "c"]
    assert found["text"] == {"<<": 4}


def test_an_anchor_can_be_used_again() -> None:
    assert read("a: &x 1\nb: *x\nc: &x 2\nd: *x") == {"a": 1, "b": 1, "c": 2, "d": 2}


def test_escaped_surrogate_pairs_are_one_character() -> None:
    assert read('{"a": "\\ud83d\\ude00"}') == {"a": "\U0001f600"}


def test_an_alias_bomb_is_refused_at_once() -> None:
    levels = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 20)
    )
    began = time.perf_counter()
    assert "a.yaml:6:" in refused(levels)
    assert "more than 1000000 values, aliases expanded" in refused(levels)
    assert time.perf_counter() - began < 2


def test_a_merge_bomb_is_refused_at_once() -> None:
    pairs = ", ".join(f"k{i}: 1" for i in range(2000))
    merges = ", ".join(["*a"] * 2000)
    assert "aliases expanded" in refused(f"a: &a {{{pairs}}}\nb: {{<<: [{merges}]}}\n")


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "- " * 100_000, "{a: " * 50_000, "? " * 50_000, "a: [" * 3 + "[" * 70],
    ids=["lists", "dashes", "mappings", "questions", "mixed"],
)
def test_deep_nesting_is_refused_at_once(text: str) -> None:
    began = time.perf_counter()
    refused(text)
    assert time.perf_counter() - began < 3


def test_depth_counts_through_aliases() -> None:
    deep = "[" * 40 + "x" + "]" * 40
    assert "levels" in refused(f"a: &a {deep}\nb: {'[' * 30}*a{']' * 30}\n")


def test_limits_are_exact() -> None:
    assert read("[" * 64 + "]" * 64)
    assert "more than 64 levels" in refused("[" * 65 + "]" * 65)
    assert read("[1, 2, 3]", Limits(nodes=4)) == [1, 2, 3]
    assert "more than 3 values" in refused("{a: [1]}", Limits(nodes=3))
    assert read("a: 1", Limits(size=4)) == {"a": 1}
    assert "more than 3 bytes" in refused("a: 1", Limits(size=3))


def test_many_lines_are_refused_before_reading() -> None:
    began = time.perf_counter()
    assert "lines and list items" in refused("[" + "1," * 1_000_001 + "]")
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "a.yaml:1:1: the file is empty"),
        (b"# nothing\n", "a.yaml:1:1: the file is empty"),
        (b"a: \xff\n", "a.yaml:1:4: is not UTF-8: byte 0xff"),
        (b"\xff\xfea\x00", "a.yaml:1:1: is UTF-16"),
        (b"a: 1\nb: \x00\n", "a.yaml:2:4: the control character U+0000"),
        (b"\x89PNG\r\n\x1a\n", "a.yaml:1:1: is not UTF-8"),
        (b"\x1f\x8b\x08\x00", "a.yaml:1:2: is not UTF-8"),
        ("é: \xff\n".encode("latin-1"), "a.yaml:1:1: is not UTF-8"),
    ],
)
def test_what_is_no_text(content: bytes, words: str) -> None:
    assert refused(content).startswith(words)


def test_all_duplicates_are_listed() -> None:
    found = refused("a: 1\na: 2\nb: {c: 1, c: 2, d: .nan}\n")
    assert found.splitlines() == [
        "a.yaml:2:1: a: duplicate key 'a' (first in line 1)",
        "a.yaml:3:11: b.c: duplicate key 'c' (first in line 3)",
        "a.yaml:3:20: b.d: a number must be finite (found '.nan')",
    ]


def test_values_of_a_command_line() -> None:
    assert plain(read_yaml_value("25s", "horizon")) == "25s"
    assert plain(read_yaml_value("[1, {a: b}]", "x")) == [1, {"a": "b"}]
    assert plain(read_yaml_value("", "x")) is None
    with pytest.raises(ScenarioError):
        read_yaml_value("a\x1bb", "x")


MARKS = ["a", ":", "- ", " ", "[", "]", "{", "}", ",", "&a ", "*a", "!", "'", "\\", '"', "#", "\n"]
MARKS += ["\n  ", "\t", "|", ">", "?", "%", "@", "<<", "1", ".", "---\n", "\ufeff", "\x85", "\r"]


def said(content: bytes) -> str:
    try:
        read_yaml(content, "a.yaml")
    except ScenarioError as fault:
        return str(fault)
    return ""


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert said(text.encode("utf-8", "surrogatepass")).replace("\n", "").isprintable()


@given(st.lists(st.sampled_from(MARKS), max_size=40))
def test_any_heap_of_marks_is_read_or_refused(marks: list[str]) -> None:
    assert said("".join(marks).encode()).replace("\n", "").isprintable()


@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    assert said(content).replace("\n", "").isprintable()
