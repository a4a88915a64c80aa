"""Names that a scenario implies: the workers of a group, the activities of a workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trsim.scenario.nodes import Node, ScalarNode, child, entries_of
from trsim.scenario.schema_workspace import DEFAULT_ACTIVITIES

RESERVED, BUSY = "Reserved", "Busy"
"""Activities of asked and of busy workers in a single-tasking workspace (Twilio, "Activities")."""
QUEUE_SID, ACTIVITY_SID, WORKER_SID = "WQ", "WA", "WK"
"""How SIDs begin (Twilio, "SIDs")."""


def expanded_names(group: str, count: int | None) -> Sequence[str]:
    """Return the names of the workers of a group; a worker without count is alone.

    Examples
    --------
    >>> expanded_names("agent", 10)[::9], expanded_names("Alice", None)
    (['agent-01', 'agent-10'], ['Alice'])
    """
    if count is None:
        return [group]
    width = len(str(count))
    return [f"{group}-{number:0{width}d}" for number in range(1, count + 1)]


def all_activities(named: Mapping[str, bool] | None, *, multi_task: bool) -> dict[str, bool]:
    """Return the activities of a workspace, with those it gets by itself.

    Examples
    --------
    >>> all_activities({"Idle": True, "Offline": False}, multi_task=False)
    {'Idle': True, 'Offline': False, 'Reserved': False, 'Busy': False}
    """
    activities = dict(DEFAULT_ACTIVITIES if named is None else named)
    if not multi_task:
        present = {name.lower() for name in activities}
        for name in (RESERVED, BUSY):
            if name.lower() not in present:
                activities[name] = False
    return activities


def workspace_activities(workspace: Node | None) -> tuple[str, ...]:
    """Return the names of the activities of a workspace that is not checked yet."""
    listed = child(workspace, "activities")
    named = dict.fromkeys(entries_of(listed), False) if listed is not None else None
    multi = child(workspace, "multi_task_enabled")
    multi_task = not (isinstance(multi, ScalarNode) and multi.value is False)
    return tuple(all_activities(named, multi_task=multi_task))
