"""Who could ever be eligible: workers as expressions see them, in every activity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from trsim.core.sids import sid
from trsim.routing.expressions import Expression
from trsim.routing.worker_views import sees_activity, sees_identity
from trsim.scenario.compile_workspace import Roster
from trsim.scenario.mixes import canonical
from trsim.scenario.schema import ScenarioBlock


class Staff:
    """The workers of a scenario, with all attributes they have in its course.

    Parameters
    ----------
    scenario : ScenarioBlock
        A scenario that has no problems.
    names : Roster
        Its workers.
    """

    def __init__(self, scenario: ScenarioBlock, names: Roster) -> None:
        self._names = names
        self._attributes: list[list[Mapping[str, Any]]] = [
            [member.block.attributes] for member in names.members
        ]
        for entry in scenario.timetable:
            if entry.worker is not None and entry.attributes is not None:
                for worker in names.crew(entry.worker):
                    self._attributes[worker].append(entry.attributes)
        self._kinds = self._distinct()

    def views(self, *expressions: Expression) -> Iterator[dict[str, Any]]:
        """Yield workers as expressions see them, those that they cannot tell apart once.

        Parameters
        ----------
        *expressions : Expression
            Of queues and targets.
        """
        names = self._names
        by_activity = any(map(sees_activity, expressions))
        activities = list(names.activities) if by_activity else [""]
        for worker, attributes in (
            self._everyone() if any(map(sees_identity, expressions)) else self._kinds
        ):
            name = names.members[worker].name
            for number, activity in enumerate(activities):
                yield {
                    "sid": sid("WK", worker),
                    "friendly_name": name,
                    "activity_sid": sid("WA", number),
                    "activity_name": activity,
                    **names.with_sid(name, attributes),
                }

    def _everyone(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        for worker, sets in enumerate(self._attributes):
            for attributes in sets:
                yield worker, attributes

    def _distinct(self) -> list[tuple[int, Mapping[str, Any]]]:
        """Return one worker for each set of attributes."""
        seen: dict[int, None] = {}
        found: dict[str, tuple[int, Mapping[str, Any]]] = {}
        for worker, attributes in self._everyone():
            # Workers of a group share one object, so most need not be spelled out.
            if id(attributes) not in seen:
                seen[id(attributes)] = None
                found.setdefault(canonical(attributes), (worker, attributes))
        return list(found.values())
