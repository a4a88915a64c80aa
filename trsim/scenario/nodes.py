"""A file as a tree that remembers where everything stands.

Readers build the tree, checks walk it, and :func:`plain` turns it into lists and dictionaries
for the schema.  Nothing here knows what a scenario is.
"""

from __future__ import annotations

import math
import numbers
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn, TypeAlias

from trsim.errors import ScenarioError
from trsim.scenario.problems import Path, Place, problem_at, shown

Value: TypeAlias = str | int | float | bool | None

MAX_DIGITS = 15
"""Most digits of a whole number: up to here every one is also an exact float."""
CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\ufeff\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an input file may hold before it is refused unread."""

    size: int = 10_000_000
    """Bytes of a file, > 0."""
    depth: int = 64
    """Mappings and lists inside each other, > 0."""
    nodes: int = 1_000_000
    """Values after aliases and merge keys have been expanded, > 0."""


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A single value."""

    value: Value
    place: Place


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list."""

    items: tuple[Node, ...]
    place: Place
    size: int = field(default=1, compare=False)
    """Values in it, itself included, aliases expanded."""
    height: int = field(default=1, compare=False)
    """Levels of it."""


class Entry(NamedTuple):
    """A key and what it leads to."""

    key_place: Place
    node: Node


@dataclass(frozen=True, slots=True)
class MapNode:
    """A mapping; keys are texts, in the order of the file."""

    entries: Mapping[str, Entry]
    place: Place
    size: int = field(default=1, compare=False)
    height: int = field(default=1, compare=False)

    def get(self, key: str) -> Node | None:
        """Return what `key` leads to, None if it is not there."""
        entry = self.entries.get(key)
        return entry.node if entry is not None else None


Node: TypeAlias = ScalarNode | ListNode | MapNode


def size_of(node: Node) -> int:
    """Return the number of values in a tree."""
    return 1 if isinstance(node, ScalarNode) else node.size


def height_of(node: Node) -> int:
    """Return the number of nested mappings and lists of a tree."""
    return 0 if isinstance(node, ScalarNode) else node.height


def list_node(items: tuple[Node, ...], place: Place) -> ListNode:
    """Return a list with its size and height."""
    size = 1 + sum(size_of(item) for item in items)
    return ListNode(items, place, size, 1 + max((height_of(item) for item in items), default=0))


def map_node(entries: Mapping[str, Entry], place: Place) -> MapNode:
    """Return a mapping with its size and height."""
    size = 1 + sum(size_of(entry.node) for entry in entries.values())
    height = 1 + max((height_of(entry.node) for entry in entries.values()), default=0)
    return MapNode(entries, place, size, height)


def child(node: Node | None, *path: str | int) -> Node | None:
    """Return what `path` leads to, None if it leads nowhere."""
    for step in path:
        if isinstance(node, MapNode) and isinstance(step, str):
            node = node.get(step)
        elif isinstance(node, ListNode) and isinstance(step, int) and 0 <= step < len(node.items):
            node = node.items[step]
        else:
            return None
    return node


def entries_of(node: Node | None) -> dict[str, Entry]:
    """Return the entries of a mapping, nothing for anything else."""
    return dict(node.entries) if isinstance(node, MapNode) else {}


def items_of(node: Node | None) -> tuple[Node, ...]:
    """Return the items of a list, nothing for anything else."""
    return node.items if isinstance(node, ListNode) else ()


def plain(node: Node) -> object:
    """Return the tree as fresh dictionaries, lists and values."""
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return {key: plain(entry.node) for key, entry in node.entries.items()}


def tree(value: object, place: Place, limits: Limits | None = None) -> Node:
    """Return plain Python data as a tree, all of it at one place.

    Parameters
    ----------
    value : object
        Mappings with keys that are texts, numbers or truth values; lists and tuples; texts;
        finite numbers, NumPy's included; truth values; None.
    place : Place
        The place that problems with it will name.

    Raises
    ------
    ScenarioError
        If it holds anything else, or more than `limits` allow.
    """
    return _Planter(place, limits or Limits()).plant(value, ())


class _Planter:
    """Turns Python data into a tree within a budget."""

    def __init__(self, place: Place, limits: Limits) -> None:
        self.place = place
        self.limits = limits
        self.count = 0

    def plant(self, value: object, path: Path) -> Node:
        self.count += 1
        if self.count > self.limits.nodes:
            self.refuse(path, f"more than {self.limits.nodes} values")
        if isinstance(value, Mapping):
            self.check_depth(path)
            entries: dict[str, Entry] = {}
            for key, item in value.items():
                name = self.key(key, path)
                if name in entries:
                    self.refuse(path, f"the key {shown(name)} is there twice")
                entries[name] = Entry(self.place, self.plant(item, (*path, name)))
            return map_node(entries, self.place)
        if isinstance(value, (list, tuple)):
            self.check_depth(path)
            items = tuple(self.plant(item, (*path, i)) for i, item in enumerate(value))
            return list_node(items, self.place)
        return ScalarNode(self.scalar(value, path), self.place)

    def scalar(self, value: object, path: Path) -> Value:
        result: Value
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            if CONTROLS.search(value):
                self.refuse(path, f"a control character cannot be used (found {shown(value)})")
            return str(value)
        if type(value).__module__ == "numpy" and type(value).__name__ in ("bool", "bool_"):
            return bool(value)
        if isinstance(value, numbers.Integral):
            result = int(value)
            if abs(result) >= 10**MAX_DIGITS:
                self.refuse(path, f"a number has at most {MAX_DIGITS} digits")
            return result
        if isinstance(value, numbers.Real):
            result = float(value)
            if not math.isfinite(result):
                self.refuse(path, f"a number must be finite (found {result})")
            return result
        kind = type(value).__name__
        self.refuse(path, f"cannot hold a {kind}; allowed are texts, numbers, lists, mappings")

    def key(self, key: object, path: Path) -> str:
        if isinstance(key, bool):
            return "true" if key else "false"
        if isinstance(key, numbers.Integral):
            return str(int(key))
        if isinstance(key, str) and key and not CONTROLS.search(key):
            return str(key)
        self.refuse(path, f"a key must be a text, found {shown(key)}")

    def check_depth(self, path: Path) -> None:
        if len(path) >= self.limits.depth:
            self.refuse(path, f"more than {self.limits.depth} levels inside each other")

    def refuse(self, path: Path, reason: str) -> NoReturn:
        raise ScenarioError([problem_at(self.place, path, reason)])
