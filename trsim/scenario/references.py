"""Names that lead nowhere, and names that are there twice.

Works on the tree, not on the checked scenario, so that these problems are found beside all
others.  Whatever has the wrong type is left to the schema.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from trsim.errors import Problem
from trsim.scenario.names import expanded_names, workspace_activities
from trsim.scenario.nodes import Entry, Node, ScalarNode, child, entries_of, items_of
from trsim.scenario.problems import Path, Place, allowed_names, problem_at, shown
from trsim.scenario.schema_people import MAX_WORKERS
from trsim.scenario.schema_workspace import DEFAULT_CHANNELS

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
        self.channels = dict.fromkeys((*DEFAULT_CHANNELS, *self.keys_of("task_channels")))
        self.activities = dict.fromkeys(workspace_activities(child(self.root, "workspace")))

    def keys_of(self, section: str) -> Names:
        """Return the names of a section, in their order."""
        return dict.fromkeys(entries_of(child(self.root, section)))

    def workspace(self) -> None:
        """Check the activities that the workspace and its queues name."""
        workspace = child(self.root, "workspace")
        for key in ("default_activity", "timeout_activity"):
            if child(workspace, key) is not None:
                self.name("activity", self.activities, "workspace", key)
            elif "Offline" not in self.activities:
                place = _key_place(self.root, "workspace")
                reason = f"{key} is Offline unless named, and there is no such activity"
                self.problems.append(problem_at(place, ("workspace",), reason))
        for queue in self.queues:
            for key in ("reservation_activity", "assignment_activity"):
                self.name("activity", self.activities, "task_queues", queue, key)
        for workflow in self.workflows:
            for sid in entries_of(child(self.root, "workflows", workflow, "sids")):
                self.name("task queue", self.queues, "workflows", workflow, "sids", sid)

    def sections(self) -> None:
        """Check that names differ by more than case (Twilio, "Workers resource")."""
        for kind, path in (
            ("activities", ("workspace", "activities")),
            ("task queues", ("task_queues",)),
            ("workflows", ("workflows",)),
            ("task channels", ("task_channels",)),
        ):
            seen: dict[str, tuple[str, int]] = {}
            for name, entry in entries_of(child(self.root, *path)).items():
                self.unique(kind, name, entry, (*path, name), seen)

    def behaviors(self) -> None:
        """Check the activities that behaviors name."""
        for name in self.behavior_names:
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
            if child(entry.node, "workflow") is not None:
                self.name("workflow", self.workflows, *path, "workflow")
            elif len(self.workflows) > 1:
                reason = f"workflow is missing ({allowed_names(tuple(self.workflows))})"
                self.problems.append(problem_at(entry.key_place, path, reason))
            for position, _ in enumerate(items_of(child(entry.node, "arrivals", "rows"))):
                row: Path = (*path, "arrivals", "rows", position, "channel")
                self.name("task channel", self.channels, *row)

    def timetable(self) -> None:
        """Check whom and what the timetable moves."""
        for position, item in enumerate(items_of(child(self.root, "timetable"))):
            path = ("timetable", position)
            self.worker(child(item, "worker"), (*path, "worker"))
            self.name("activity", self.activities, *path, "activity")
            cancel = child(item, "cancel")
            if isinstance(cancel, ScalarNode) and "/" in str(cancel.value):
                stream = str(cancel.value).rpartition("/")[0]
                self.refer(
                    "task stream", stream, self.stream_names, cancel.place, (*path, "cancel")
                )

    def worker(self, node: Node | None, path: Path) -> None:
        """Check the name of a single worker, which may be one of a group."""
        if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
            return
        groups = entries_of(child(self.root, "workers"))
        name = node.value
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
        self.refer("worker", name, dict.fromkeys(groups), node.place, path)

    def name(self, kind: str, known: Names, *path: str | int) -> None:
        """Check a value that names something."""
        node = child(self.root, *path)
        if isinstance(node, ScalarNode) and isinstance(node.value, str):
            self.refer(kind, node.value, known, node.place, path)

    def keys(self, kind: str, known: Names, *path: str | int) -> None:
        """Check keys that name something."""
        for key, entry in entries_of(child(self.root, *path)).items():
            self.refer(kind, key, known, entry.key_place, (*path, key))

    def refer(self, kind: str, name: str, known: Names, place: Place, path: Path) -> None:
        """Report a name that is not known."""
        if name not in known:
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
        where = f" in line {first[1]}" if first[1] else ""
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


def _key_place(root: Node, key: str) -> Place:
    entry = entries_of(root).get(key)
    return entry.key_place if entry is not None else root.place
