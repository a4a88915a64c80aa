"""Where a key path leads in a file."""

from __future__ import annotations

from trsim.scenario.nodes import ListNode, MapNode, Node, ScalarNode
from trsim.scenario.problems import Path, Place


def place_of(root: Node, path: Path) -> Place:
    """Return the place of what a path leads to, or of the last step that exists.

    A value's place is where it stands; that of a mapping or list is where its key stands.
    """
    node, place = root, root.place
    for step in path:
        if isinstance(node, MapNode) and isinstance(step, str) and step in node.entries:
            entry = node.entries[step]
            node = entry.node
            place = node.place if isinstance(node, ScalarNode) else entry.key_place
        elif isinstance(node, ListNode) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            place = node.place
        else:
            break
    return place


def files_of(root: Node) -> tuple[str, ...]:
    """Return the files that the values of a tree stand in, each once, in order."""
    found = dict.fromkeys((root.place.file,))
    if isinstance(root, ListNode):
        inner = root.items
    elif isinstance(root, MapNode):
        inner = tuple(entry.node for entry in root.entries.values())
    else:
        inner = ()
    for node in inner:
        found.update(dict.fromkeys(files_of(node)))
    return tuple(found)
