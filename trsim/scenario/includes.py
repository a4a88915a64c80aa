"""Puts what other files hold in place of their names, so that a scenario is one tree.

Afterwards a configuration is the document itself, counts and observed values are lists and a trace
is a list of rows, wherever they came from; their places are those in their own files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from trsim.errors import Problem, ScenarioError
from trsim.scenario.cells import TableFault, text_of
from trsim.scenario.clock import Calendar
from trsim.scenario.files import Table, inside, read_content, read_table
from trsim.scenario.json_reader import read_json
from trsim.scenario.nodes import (
    Entry,
    Limits,
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    child,
    list_node,
    map_node,
)
from trsim.scenario.problems import Path as KeyPath
from trsim.scenario.problems import Place, path_text, problem_at, shown
from trsim.scenario.tables import counts_of, factors_of, observations_of, trace_of
from trsim.scenario.values import duration_ms, moment
from trsim.scenario.yaml_reader import decode

_OPAQUE = frozenset(("attributes", "attribute_mix"))
"""Mappings whose keys are the user's own."""
WRAPPERS = ("configuration", "Configuration")
"""Keys under which TaskRouter's API carries a document, in its answers and in requests."""


def with_files(
    root: Node, folder: Path | None, limits: Limits
) -> tuple[Node, tuple[Problem, ...], frozenset[str]]:
    """Return a scenario's tree with the contents of the files it names.

    Parameters
    ----------
    root : Node
        The tree of the scenario.
    folder : Path or None
        The folder its files must lie in.
    limits : Limits
        Budget for each of the files.

    Returns
    -------
    root : Node
        The tree; a name stays where its file cannot be used.
    problems : tuple of Problem
        Why files cannot be used.
    failed : frozenset of str
        Key paths of the configurations that could not be read.
    """
    calendar = _calendar(root)
    is_start_wrong = calendar is None and child(root, "start") is not None
    reader = _Includer(folder, limits, calendar, is_start_wrong)
    if not isinstance(root, MapNode):
        return root, (), frozenset()
    entries = dict(root.entries)
    for section in ("task_channels", "workflows", "behaviors", "tasks", "timetable"):
        if section in entries:
            entry = entries[section]
            entries[section] = Entry(entry.key_place, reader.section(section, entry.node))
    return map_node(entries, root.place), tuple(reader.problems), frozenset(reader.failed)


def _calendar(root: Node) -> Calendar | None:
    """Return the calendar of a scenario that is not checked yet, None if it has none."""
    start, zone = child(root, "start"), child(root, "time_zone")
    if not isinstance(start, ScalarNode) or not isinstance(start.value, str):
        return None
    try:
        label = moment(start.value)
        name = str(zone.value) if isinstance(zone, ScalarNode) else None
        if label is None:
            return None
        calendar = Calendar(label, name)
        calendar.offset_ms(label)
    except (ValueError, OSError, LookupError):  # reported where the keys are checked
        return None
    return calendar


@dataclass
class _Includer:
    """Walks a tree and replaces names of files."""

    folder: Path | None
    limits: Limits
    calendar: Calendar | None
    is_start_wrong: bool
    problems: list[Problem] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)

    def section(self, name: str, node: Node) -> Node:
        if isinstance(node, ListNode):  # the timetable
            items = (self.workflow(item, (name, i)) for i, item in enumerate(node.items))
            return list_node(tuple(items), node.place)
        if not isinstance(node, MapNode):
            return node
        entries: dict[str, Entry] = {}
        for key, entry in node.entries.items():
            path = (name, key)
            if name == "workflows":
                replaced = self.workflow(entry.node, path)
            else:
                replaced = self.walk(entry.node, path)
            entries[key] = Entry(entry.key_place, replaced)
        return map_node(entries, node.place)

    def workflow(self, node: Node, path: KeyPath) -> Node:
        configuration = child(node, "configuration")
        if not isinstance(node, MapNode) or configuration is None:
            return node
        path = (*path, "configuration")
        try:
            document = self.unwrapped(self.document(configuration, path), path)
            return _replaced(node, {"configuration": document})
        except ScenarioError as fault:
            self.problems.extend(fault.problems)
        except ValueError as fault:
            assert isinstance(configuration, ScalarNode), "only the name of a file can be wrong"
            reason = f"{shown(configuration.value)}: {fault}"
            self.problems.append(problem_at(configuration.place, path, reason))
        self.failed.add(path_text(path))
        return node

    def unwrapped(self, node: Node, path: KeyPath) -> Node:
        """Return the document in what TaskRouter's API sends, or the node if it is no such."""
        if not isinstance(node, MapNode) or "task_routing" in node.entries:
            return node
        for key in WRAPPERS:
            inner = node.get(key)
            if isinstance(inner, MapNode):
                return inner
            if isinstance(inner, ScalarNode) and isinstance(inner.value, str):
                return read_json(inner.value, inner.place, path, self.limits, is_file=False)
        return node

    def document(self, node: Node, path: KeyPath) -> Node:
        """Return the JSON document in a text, or in the file that it names."""
        text = node.value if isinstance(node, ScalarNode) else None
        if not isinstance(text, str):
            return node
        if text.lstrip().startswith(("{", "[")):
            return read_json(text, node.place, path, self.limits, is_file=False)
        content, file = self.content(text), self.label(text)
        return read_json(decode(content, file), Place(file), path, self.limits, is_file=True)

    def walk(self, node: Node, path: KeyPath) -> Node:
        if isinstance(node, ListNode):
            items = tuple(self.walk(item, (*path, i)) for i, item in enumerate(node.items))
            return list_node(items, node.place)
        if not isinstance(node, MapNode):
            return node
        file = node.get("file")
        if isinstance(file, ScalarNode) and isinstance(file.value, str):
            return self.table(node, file.value, path)
        entries = {
            key: entry
            if key in _OPAQUE
            else Entry(entry.key_place, self.walk(entry.node, (*path, key)))
            for key, entry in node.entries.items()
        }
        return map_node(entries, node.place)

    def table(self, node: MapNode, name: str, path: KeyPath) -> Node:
        """Return a block with the content of its table, or as it is where that fails."""
        kind = child(node, "distribution") or child(node, "process")
        readers = {"empirical": observations_of, "counts": counts_of, "trace": trace_of}
        read = readers.get(str(kind.value)) if isinstance(kind, ScalarNode) else None
        if read is observations_of and path[2:4] == ("arrivals", "busyness"):
            read = factors_of
        if read is None or not self.is_usable(node, read):
            return node
        try:
            table: Table = read_table(self.content(name), self.label(name), self.limits)
            changes, problems = read(table, node, self.calendar)
        except ScenarioError as fault:
            problems = list(fault.problems)
        except ValueError as fault:
            key = fault.key if isinstance(fault, TableFault) else "file"
            place = node.entries[key].node.place
            self.problems.append(problem_at(place, (*path, key), f"{shown(name)}: {fault}"))
            return node
        for found in problems:  # in the file; the key path says where it is used
            place = Place(found.file, found.line, found.column)
            self.problems.append(problem_at(place, (*path, "file"), found.reason))
        return node if problems else _replaced(node, changes)

    def is_usable(self, node: MapNode, read: object) -> bool:
        """Whether a table can be read as a block says; if not, that is told at its keys."""
        if read is trace_of:
            return True
        if not text_of(node, "column"):
            return False
        if node.get("time_column") is None:
            return True
        date = text_of(node, "date")
        try:
            duration_ms(text_of(node, "interval"))
            return not self.is_start_wrong and (not date or moment(date) is not None)
        except ValueError:
            return False

    def content(self, name: str) -> bytes:
        return read_content(inside(self.folder, name), self.limits)

    def label(self, name: str) -> str:
        return str(self.folder / name) if self.folder is not None else name


def _replaced(node: MapNode, changes: dict[str, Node | None]) -> MapNode:
    """Return a mapping with some values changed, and those that became None left out."""
    entries = {key: entry for key, entry in node.entries.items() if changes.get(key, entry)}
    for key, value in changes.items():
        if value is not None:
            place = node.entries[key].key_place if key in node.entries else value.place
            entries[key] = Entry(place, value)
    return map_node(entries, node.place)
