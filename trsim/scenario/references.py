"""Names that lead nowhere, and names that are there twice.

Works on the tree, not on the checked scenario, so that these problems are found beside all
others.  Whatever has the wrong type is left to the schema.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from trsim.errors import Problem
from trsim.scenario.blocks import Block
from trsim.scenario.names import (
    ACTIVITY_SID,
    QUEUE_SID,
    WORKER_SID,
    expanded_names,
    workspace_activities,
)
from trsim.scenario.nodes import (
    Entry,
    MapNode,
    Node,
    ScalarNode,
    child,
    entries_of,
    items_of,
    plain,
)
from trsim.scenario.problems import Path, Place, allowed_names, nearest, problem_at, shown
from trsim.scenario.schema import ScenarioBlock
from trsim.scenario.schema_people import MAX_WORKERS, WorkerBlock
from trsim.scenario.schema_tasks import StreamBlock
from trsim.scenario.schema_workspace import DEFAULT_CHANNELS, WorkspaceBlock

Names: TypeAlias = dict[str, None]
"""Names in the order of the file."""


def reference_problems(root: Node) -> list[Problem]:
    """Return the problems with names in a scenario."""
    check = _Check(root)
    check.workspace()
    check.sections()
    check.behaviors()
    check.workers()
    check.streams()
    check.timetable()
    return check.problems


@dataclass
class _Check:
    """The names of a scenario and what is wrong with them."""

    root: Node
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.queues = self.keys_of("task_queues")
        self.workflows = self.keys_of("workflows")
        self.behavior_names = self.keys_of("behaviors")
        self.stream_names = self.keys_of("tasks")
        further = self.keys_of("task_channels")
        self.channels = None if further is None else {**_names(DEFAULT_CHANNELS), **further}
        workspace = child(self.root, "workspace")
        is_known = _is_read(self.root, "workspace", ScenarioBlock) and (
            workspace is None or _is_read(workspace, "activities", WorkspaceBlock)
        )
        self.activities = _names(workspace_activities(workspace)) if is_known else None
        self.groups = self.keys_of("workers") or {}
        self.said: set[str] = set()
        """Kinds of which there are none; said once each."""

    def keys_of(self, section: str) -> Names | None:
        """Return the names of a section in their order, None if it is what is wrong."""
        if child(self.root, section) is None and ScenarioBlock.model_fields[section].is_required():
            return None
        if not _is_read(self.root, section, ScenarioBlock):
            return None
        return _names(entries_of(child(self.root, section)))

    def workspace(self) -> None:
        """Check the activities that the workspace and its queues name."""
        workspace = child(self.root, "workspace")
        for key in ("default_activity", "timeout_activity"):
            if child(workspace, key) is not None:
                self.name("activity", self.activities, "workspace", key)
            elif (
                self.activities is not None
                and "Offline" not in self.activities
                and not is_misspelled(workspace, key, WorkspaceBlock)
            ):
                place = _key_place(self.root, "workspace")
                reason = f"{key} is Offline unless named, and there is no such activity"
                self.problems.append(problem_at(place, ("workspace",), reason))
        for queue in self.queues or ():
            for key in ("reservation_activity", "assignment_activity"):
                self.name("activity", self.activities, "task_queues", queue, key)
        for workflow in self.workflows or ():
            self.sids(("workflows", workflow, "sids"))

    def sids(self, path: Path) -> None:
        """Check what the SIDs of a workflow stand for."""
        for sid, entry in entries_of(child(self.root, *path)).items():
            if sid.startswith(QUEUE_SID):
                self.name("task queue", self.queues, *path, sid)
            elif sid.startswith(ACTIVITY_SID):
                self.name("activity", self.activities, *path, sid)
            elif sid.startswith(WORKER_SID):
                self.worker(entry.node, (*path, sid))
            else:
                reason = (
                    f"a SID begins with {QUEUE_SID} (of a queue), {ACTIVITY_SID} (of an activity) "
                    f"or {WORKER_SID} (of a worker) (found {shown(sid)})"
                )
                self.problems.append(problem_at(entry.key_place, (*path, sid), reason))

    def sections(self) -> None:
        """Check that names differ by more than case (Twilio, "Workers resource")."""
        for kind, path in (
            ("activities", ("workspace", "activities")),
            ("task queues", ("task_queues",)),
            ("workflows", ("workflows",)),
        ):
            seen: dict[str, tuple[str, int]] = {}
            for name, entry in entries_of(child(self.root, *path)).items():
                self.unique(kind, name, entry, (*path, name), seen)
        seen = {name: (name, -1) for name in DEFAULT_CHANNELS}
        for name, entry in entries_of(child(self.root, "task_channels")).items():
            if name not in DEFAULT_CHANNELS:
                self.unique("task channels", name, entry, ("task_channels", name), seen)

    def behaviors(self) -> None:
        """Check the activities that behaviors name."""
        for name in self.behavior_names or ():
            self.name("activity", self.activities, "behaviors", name, "reject_activity")

    def workers(self) -> None:
        """Check what workers refer to, and their own names."""
        seen: dict[str, tuple[str, int]] = {}
        total = 0
        for group, entry in entries_of(child(self.root, "workers")).items():
            path = ("workers", group)
            self.name("behavior", self.behavior_names, *path, "behavior")
            self.name("activity", self.activities, *path, "activity")
            for position, _ in enumerate(items_of(child(entry.node, "shifts"))):
                self.name("activity", self.activities, *path, "shifts", position, "activity")
            self.keys("task channel", self.channels, *path, "channels")
            names = expanded_names(group, _count(entry.node))
            total += len(names)
            if total > MAX_WORKERS:
                reason = f"more than {MAX_WORKERS} workers in all"
                self.problems.append(problem_at(entry.key_place, path, reason))
                return
            for name in names:
                if not self.unique("workers", name, entry, path, seen):
                    break

    def streams(self) -> None:
        """Check what streams refer to."""
        for name, entry in entries_of(child(self.root, "tasks")).items():
            path = ("tasks", name)
            self.name("task channel", self.channels, *path, "task_channel")
            target = (*path, "routing_target")
            self.worker(child(self.root, *target, "worker"), (*target, "worker"))
            self.name("task queue", self.queues, *target, "queue")
            self.name("workflow", self.workflows, *target, "workflow")
            named = child(entry.node, "workflow") or child(self.root, *target, "workflow")
            if named is not None and plain(named) is not None:
                self.name("workflow", self.workflows, *path, "workflow")
            elif (
                self.workflows is not None
                and len(self.workflows) > 1
                and not is_misspelled(entry.node, "workflow", StreamBlock)
            ):
                reason = f"workflow is missing ({allowed_names(tuple(self.workflows))})"
                self.problems.append(problem_at(entry.key_place, path, reason))
            for position, _ in enumerate(items_of(child(entry.node, "arrivals", "rows"))):
                row: Path = (*path, "arrivals", "rows", position, "channel")
                self.name("task channel", self.channels, *row)

    def timetable(self) -> None:
        """Check what the timetable is about."""
        for position, item in enumerate(items_of(child(self.root, "timetable"))):
            path = ("timetable", position)
            worker = child(item, "worker")
            if not (isinstance(worker, ScalarNode) and worker.value in self.groups):
                self.worker(worker, (*path, "worker"))
            self.name("activity", self.activities, *path, "activity")
            self.name("task channel", self.channels, *path, "task_channel")
            self.name("task queue", self.queues, *path, "task_queue")
            self.name("workflow", self.workflows, *path, "workflow")
            for key in ("cancel", "task"):
                self.task(child(item, key), (*path, key))

    def task(self, node: Node | None, path: Path) -> None:
        """Check the stream of a task."""
        if isinstance(node, ScalarNode) and "/" in str(node.value):
            stream = str(node.value).rpartition("/")[0]
            self.refer("task stream", stream, self.stream_names, node.place, path)

    def worker(self, node: Node | None, path: Path) -> None:
        """Check the name of a single worker, which may be one of a group."""
        if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
            return
        groups = entries_of(child(self.root, "workers"))
        known = self.keys_of("workers")
        name = node.value
        if known is None or any(
            name.startswith(f"{group}-") and _is_count_wrong(entry.node)
            for group, entry in groups.items()
        ):
            return
        counts = {group: _count(entry.node) for group, entry in groups.items()}
        if counts.get(name) is not None:
            names = expanded_names(name, counts[name])
            reason = f"is a group; name one of {names[0]} … {names[-1]}"
            self.problems.append(problem_at(node.place, path, f"{shown(name)} {reason}"))
            return
        if name in counts:
            return
        for group, count in counts.items():
            if count is not None and name.startswith(f"{group}-"):
                names = expanded_names(group, count)
                if name in names:
                    return
                reason = f"there is no worker {shown(name)} (allowed: {names[0]} … {names[-1]})"
                self.problems.append(problem_at(node.place, path, reason))
                return
        self.refer("worker", name, known, node.place, path)

    def name(self, kind: str, known: Names | None, *path: str | int) -> None:
        """Check a value that names something."""
        node = child(self.root, *path)
        if isinstance(node, ScalarNode) and isinstance(node.value, str):
            self.refer(kind, node.value, known, node.place, path)

    def keys(self, kind: str, known: Names | None, *path: str | int) -> None:
        """Check keys that name something."""
        for key, entry in entries_of(child(self.root, *path)).items():
            self.refer(kind, key, known, entry.key_place, (*path, key))

    def refer(self, kind: str, name: str, known: Names | None, place: Place, path: Path) -> None:
        """Report a name that is not known; nothing where the names themselves are wrong."""
        if known is not None and name not in known:
            if not known and kind in self.said:
                return
            self.said.add(kind)
            reason = f"there is no {kind} {shown(name)} ({allowed_names(tuple(known), name)})"
            self.problems.append(problem_at(place, path, reason))

    def unique(
        self, kind: str, name: str, entry: Entry, path: Path, seen: dict[str, tuple[str, int]]
    ) -> bool:
        """Report a name that is there already, whatever its case."""
        first = seen.get(name.lower())
        if first is None:
            seen[name.lower()] = (name, entry.key_place.line)
            return True
        where = f" in line {first[1]}" if first[1] > 0 else ""
        where = ", which TaskRouter has anyway" if first[1] < 0 else where
        both = f"{shown(name)} and {shown(first[0])}{where}"
        reason = f"two {kind} have one name, or differ by case only: {both}"
        self.problems.append(problem_at(entry.key_place, path, reason))
        return False


def _count(node: Node) -> int | None:
    count = child(node, "count")
    value = count.value if isinstance(count, ScalarNode) else None
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 1 <= value <= MAX_WORKERS else None


def _names(names: Iterable[str]) -> Names:
    return dict.fromkeys(names)


def is_misspelled(node: Node | None, key: str, block: type[Block]) -> bool:
    """Whether a mapping has a key that is unknown and was probably meant to be `key`."""
    keys = block.keys()
    return any(name not in keys and nearest(name, keys) == key for name in entries_of(node))


def _is_read(node: Node, key: str, block: type[Block]) -> bool:
    """Whether a mapping is there, or may be left out and is."""
    found = child(node, key)
    if found is None:
        return not is_misspelled(node, key, block)
    is_optional = block.model_fields[key].default is None
    return isinstance(found, MapNode) or (is_optional and plain(found) is None)


def _is_count_wrong(node: Node) -> bool:
    count = child(node, "count")
    is_there = count is not None and plain(count) is not None
    return (is_there and _count(node) is None) or is_misspelled(node, "count", WorkerBlock)


def _key_place(root: Node, key: str) -> Place:
    entry = entries_of(root).get(key)
    return entry.key_place if entry is not None else root.place
