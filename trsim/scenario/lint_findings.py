"""What the linter of scenarios says: a problem, how bad it is, and the rule that found it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from trsim.errors import Problem
from trsim.routing.workflow_problems import RULES
from trsim.scenario.problems import Path, Place, path_text

LEVELS = ("error", "warning", "note")
"""From the worst to the mildest."""
INVALID = "invalid-scenario"

SCENARIO_RULES: Mapping[str, str] = MappingProxyType(
    {
        INVALID: "a file that cannot be used",
        "no-return-after-miss": "workers who miss an offer and never come back",
        "refused-tasks": "tasks that no filter takes, so that they are never created",
        "default-filter-reached": "tasks that match no filter and go to the default filter",
        "unserved-queue": "a queue that no worker is eligible for",
        "unserved-target": "a target whose expression no worker satisfies for any task",
        "task-without-list": "NOT IN over a list that tasks of a stream lack",
        "known-worker-unnamed": "tasks that do not name the known worker their target asks for",
        "lifo-ignores-priority": "priorities in a LIFO queue, which ignores them",
        "unstable-load": "more work than workers can do, and nobody gives up",
        "never-happens": "something written down for a time the run does not reach",
        "idle-setting": "a setting without effect",
    }
)
"""Rules about scenarios, beside those about workflow documents."""

ALL_RULES: Mapping[str, str] = MappingProxyType({**RULES, **SCENARIO_RULES})
"""What each rule is about, in a few words."""


class Finding(NamedTuple):
    """Something wrong or suspicious, and where."""

    problem: Problem
    level: str
    """One of `LEVELS`."""
    rule: str
    """One of `ALL_RULES`."""

    @property
    def place(self) -> tuple[str, int, int, str]:
        """Return what findings are sorted by."""
        problem = self.problem
        return problem.file, problem.line, problem.column, problem.path


class Suspicion(NamedTuple):
    """Something suspicious at a key path, before its place is looked up."""

    path: Path
    reason: str
    rule: str
    is_note: bool = False


def finding_at(place: Place, path: Path, reason: str, level: str, rule: str) -> Finding:
    """Return a finding with all of its reason, however long the line gets.

    Parameters
    ----------
    place : Place
        Where it stands.
    path : tuple
        Its key path.
    reason : str
        What is wrong.
    level : str
        One of `LEVELS`.
    rule : str
        One of `ALL_RULES`.
    """
    problem = Problem(place.file, place.line, place.column, path_text(path), reason)
    return Finding(problem, level, rule)
