"""Dotted paths: ``workers.agent.count``, ``….filters[0].targets[1].timeout``, ``a."b c".d``."""

from __future__ import annotations

import re
from typing import NoReturn

from trsim.errors import UsageError
from trsim.scenario.nodes import Entry, ListNode, MapNode, Node, list_node, map_node, plain
from trsim.scenario.problems import Path, Place, allowed_names, path_text, shown

_STEP = re.compile(
    r"""(?P<dot>\.?)(?:
        "(?P<double>(?:[^"\\]|\\["\\])+)"
      | '(?P<single>[^']+)'
      | (?P<name>[^.\[\]"'=\s][^.\[\]"'=]*)
    ) | \[(?P<index>[0-9]{1,9})\]""",
    re.VERBOSE,
)
_NAMED_SECTIONS = frozenset(
    ("task_channels", "task_queues", "workflows", "behaviors", "workers", "tasks")
)
"""Sections whose keys are the user's names, so that a missing one is a mistake."""


def parse_path(text: str) -> Path:
    """Return the keys and list indices of a dotted path.

    Raises
    ------
    UsageError
        If it is not a path.

    Examples
    --------
    >>> parse_path('workflows."front door".configuration.task_routing.filters[0].queue')
    ('workflows', 'front door', 'configuration', 'task_routing', 'filters', 0, 'queue')
    """
    steps: list[str | int] = []
    position = 0
    while position < len(text):
        found = _STEP.match(text, position)
        if found is None or (found.group("index") is None and bool(steps) != bool(found["dot"])):
            raise UsageError(
                f"cannot read the path {shown(text)} at character {position + 1}; "
                "a path is such as workers.agent.count or filters[0]"
            )
        if found.group("index") is not None:
            steps.append(int(found.group("index")))
        elif found.group("double") is not None:
            steps.append(re.sub(r"\\(.)", r"\1", found.group("double")))
        else:
            steps.append(found.group("single") or found.group("name").rstrip())
        position = found.end()
    if not steps or isinstance(steps[0], int):
        raise UsageError(f"a path begins with a key, such as workers (found {shown(text)})")
    return tuple(steps)


def replaced(root: Node, path: Path, value: Node) -> Node:
    """Return a tree with another value at a path.

    Parameters
    ----------
    root : Node
        The tree, which is left as it is.
    path : tuple
        Where the value goes; its last key may be new.
    value : Node
        What goes there.

    Raises
    ------
    UsageError
        If the path leads nowhere; the nearest name is told.
    """
    return _replaced(root, path, 0, value)


def _replaced(node: Node, path: Path, depth: int, value: Node) -> Node:
    if depth == len(path):
        return value
    step = path[depth]
    if isinstance(node, ListNode):
        if not isinstance(step, int):
            _nowhere(path, depth, f"is a list; write {path_text(path[:depth])}[0] for its first")
        if step >= len(node.items):
            _nowhere(path, depth, f"has {len(node.items)} items, counted from [0]")
        items = list(node.items)
        items[step] = _replaced(items[step], path, depth + 1, value)
        return list_node(tuple(items), node.place)
    if not isinstance(node, MapNode):
        _nowhere(path, depth, f"is a single value ({shown(plain(node))})")
    if isinstance(step, int):
        _nowhere(path, depth, "is a mapping, not a list")
    entry = node.entries.get(step)
    is_last = depth == len(path) - 1
    if entry is None:
        if not is_last and depth == 1 and path[0] in _NAMED_SECTIONS:
            known = allowed_names(tuple(node.entries), step)
            _nowhere(path, depth, f"has no {shown(step)} ({known})")
        if not is_last and isinstance(path[depth + 1], int):
            _nowhere(path, depth + 1, "is absent, so it has no items; set the whole list")
        # The schema decides whether the key may be there.
        entry = Entry(value.place, map_node({}, value.place))
    place = Place(value.place.file) if is_last else entry.key_place
    entries = dict(node.entries)
    entries[step] = Entry(place, _replaced(entry.node, path, depth + 1, value))
    return map_node(entries, node.place)


def _nowhere(path: Path, depth: int, reason: str) -> NoReturn:
    where = path_text(path[:depth]) or "the scenario"
    raise UsageError(f"cannot set {path_text(path)}: {where} {reason}")
