"""Builds the tree of a file from its events, counting before it builds.

Aliases share the tree of their anchor and are charged with its full size, so a file that would
be huge when expanded is refused at the alias that breaks the budget.  An anchor can be used only
after its end, which rules out cycles.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

from trsim.errors import Problem, ScenarioError
from trsim.scenario.nodes import (
    Entry,
    Limits,
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    Value,
    height_of,
    list_node,
    map_node,
    size_of,
)
from trsim.scenario.problems import Path, Place, allowed_names, problem_at, shown

NOWHERE = Place("")
_MAX_KEY = 1_000


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet."""

    place: Place
    anchor: str | None
    items: list[Node] | None = None
    """None for a mapping."""
    entries: dict[str, Entry] = field(default_factory=dict)
    key: str | None = None
    """The key that waits for its value."""
    key_place: Place = NOWHERE
    is_merge: bool = False
    """Whether that key is a merge key."""
    merged: list[MapNode] = field(default_factory=list)
    has_merge: bool = False


class TreeBuilder:
    """A tree under construction.

    Parameters
    ----------
    limits : Limits
        What it may hold.
    base : tuple
        Key path of the tree itself, for messages.
    """

    def __init__(self, limits: Limits, base: Path = ()) -> None:
        self.limits = limits
        self._base = base
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._stack: list[_Open] = []
        self._anchors: dict[str, Node | None] = {}
        self._count = 0

    @property
    def wants_key(self) -> bool:
        """Whether the next thing is the key of a mapping."""
        return bool(self._stack) and self._stack[-1].items is None and self._stack[-1].key is None

    @property
    def key_place(self) -> Place | None:
        """Place of the key that waits for its value, None if none does."""
        level = self._stack[-1] if self._stack else None
        return level.key_place if level is not None and level.key is not None else None

    def path(self) -> Path:
        """Return the key path of what comes next."""
        path = list(self._base)
        for level in self._stack:
            if level.items is not None:
                path.append(len(level.items))
            elif level.key is not None:
                path.append(level.key)
        return tuple(path)

    def open_mapping(self, place: Place, anchor: str | None) -> None:
        """Begin a mapping."""
        self._open(_Open(place, anchor))

    def open_list(self, place: Place, anchor: str | None) -> None:
        """Begin a list."""
        self._open(_Open(place, anchor, items=[]))

    def close(self) -> None:
        """End the mapping or list that was begun last."""
        level = self._stack.pop()
        node: Node
        if level.items is not None:
            node = list_node(tuple(level.items), level.place)
        else:
            node = map_node(_with_merged(level), level.place)
        if level.anchor is not None:
            self._anchors[level.anchor] = node
        self._put(node)

    def key(self, text: str, place: Place, *, is_plain: bool, anchor: str | None) -> None:
        """Take the key of the next value."""
        level = self._stack[-1]
        if is_plain and text in ("", "~", "null"):
            self._refuse(place, "a key is missing before ':'")
        if not text or len(text) > _MAX_KEY:
            self._refuse(place, f"a key has 1 to {_MAX_KEY} characters")
        if anchor is not None:
            self._anchors[anchor] = ScalarNode(text, place)
        self._charge(1, place)
        level.is_merge = is_plain and text == "<<"
        first = level.entries.get(text)
        if first is not None or (level.is_merge and level.has_merge):
            where = f" (first in line {first.key_place.line})" if first else ""
            path = (*self.path(), text)
            self.problems.append(problem_at(place, path, f"duplicate key {shown(text)}{where}"))
        level.has_merge |= level.is_merge
        level.key, level.key_place = text, place

    def scalar(self, value: Value, place: Place, anchor: str | None) -> None:
        """Take a single value."""
        self._charge(1, place)
        node = ScalarNode(value, place)
        if anchor is not None:
            self._anchors[anchor] = node
        self._put(node)

    def alias(self, name: str, place: Place) -> None:
        """Take the tree of an anchor once more."""
        if self.wants_key:
            self._refuse(place, "an alias cannot be a key")
        if name not in self._anchors:
            known = allowed_names(tuple(self._anchors), name)
            self._refuse(place, f"there is no anchor {shown(name)} before this place ({known})")
        node = self._anchors[name]
        if node is None:
            self._refuse(place, f"the alias {shown(name)} stands inside its own anchor")
        self._charge(size_of(node), place)
        if len(self._stack) + height_of(node) > self.limits.depth:
            self._refuse(place, f"more than {self.limits.depth} levels inside each other")
        self._put(node)

    def _open(self, level: _Open) -> None:
        if self.wants_key:
            self._refuse(level.place, "a key must be a text, found a mapping or list")
        if len(self._stack) >= self.limits.depth:
            self._refuse(level.place, f"more than {self.limits.depth} levels inside each other")
        self._charge(1, level.place)
        if level.anchor is not None:
            self._anchors[level.anchor] = None
        self._stack.append(level)

    def _put(self, node: Node) -> None:
        if not self._stack:
            self.root = node
            return
        level = self._stack[-1]
        if level.items is not None:
            level.items.append(node)
            return
        assert level.key is not None, "a value follows its key"
        if level.is_merge:
            level.merged.extend(self._sources(node, level.key_place))
        else:
            level.entries.setdefault(level.key, Entry(level.key_place, node))
        level.key, level.is_merge = None, False

    def _sources(self, node: Node, place: Place) -> list[MapNode]:
        """Return the mappings that a merge key names, charged for their copying."""
        candidates = node.items if isinstance(node, ListNode) else (node,)
        sources = [source for source in candidates if isinstance(source, MapNode)]
        if len(sources) < len(candidates):
            self._refuse(place, "a merge key '<<' takes a mapping or a list of mappings")
        for source in sources:
            self._charge(len(source.entries), place)
        return sources

    def _charge(self, count: int, place: Place) -> None:
        self._count += count
        if self._count > self.limits.nodes:
            self._refuse(place, f"more than {self.limits.nodes} values, aliases expanded")

    def _refuse(self, place: Place, reason: str) -> NoReturn:
        raise ScenarioError([*self.problems, problem_at(place, self.path(), reason)])


def _with_merged(level: _Open) -> dict[str, Entry]:
    """Return a mapping's entries over those it merges; of the merged ones, the first wins."""
    if not level.merged:
        return level.entries
    entries: dict[str, Entry] = {}
    for source in level.merged:
        for key, entry in source.entries.items():
            entries.setdefault(key, entry)
    entries.update(level.entries)
    return entries
