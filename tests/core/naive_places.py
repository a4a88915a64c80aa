"""The naive model's way through a workflow: which target comes next, for a task of some age.

Ages are in milliseconds since creation.  A *place* is a target of a filter (or of the default
filter) together with the age from which the filter's timeouts count.

Sources: Twilio, "Workflow configuration", "Task evaluation" and "Lifecycle of a task: workflows
and assignment".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from trsim.routing.plan import RoutingPlan
from trsim.routing.workflow import Filter, Target


class Place(NamedTuple):
    """A target of a configuration."""

    configuration: int
    branch: int | None
    """Which filter; None: the default filter."""
    position: int
    offset_ms: int


class NaivePlaces:
    """What the workflow documents say."""

    def __init__(self, plan: RoutingPlan) -> None:
        self.plan = plan

    def branch(self, place: Place) -> Filter | None:
        """Return the filter of a place."""
        if place.branch is None:
            return None
        return self.plan.configurations[place.configuration].filters[place.branch]

    def target(self, place: Place) -> Target:
        """Return the target of a place."""
        branch = self.branch(place)
        if branch is not None:
            return branch.targets[place.position]
        default = self.plan.configurations[place.configuration].default
        assert default is not None
        return default

    def number(self, place: Place) -> int:
        """Return the number of a target, all configurations counted through."""
        number = 0
        for i, document in enumerate(self.plan.configurations):
            for j, branch in enumerate(document.filters):
                if (i, j) == (place.configuration, place.branch):
                    return number + place.position
                number += len(branch.targets)
            if (i, None) == (place.configuration, place.branch):
                return number
            number += document.default is not None
        raise AssertionError("no such target")

    def deadline(self, place: Place) -> int | None:
        """Return the age at which a target times out; None: it does not."""
        branch = self.branch(place)
        if branch is None or branch.targets[place.position].timeout_s is None:
            return None
        return place.offset_ms + time_until(branch, place.position)

    def filter_from(
        self, configuration: int, index: int, attributes: Mapping[str, object]
    ) -> int | None:
        """Return the first filter from an index on that matches."""
        filters = self.plan.configurations[configuration].filters
        for i in range(index, len(filters)):
            if filters[i].expression.matches(attributes):
                return i
        return None

    def rest_of_filter(self, place: Place, age_ms: int) -> Place | None:
        """Return the first target from a place on whose deadline lies ahead, or that has none."""
        branch = self.branch(place)
        if branch is None:
            return None
        for position in range(place.position, len(branch.targets)):
            candidate = place._replace(position=position)
            deadline_ms = self.deadline(candidate)
            if deadline_ms is None or deadline_ms > age_ms:
                return candidate
        return None

    def with_time(
        self, place: Place, age_ms: int, attributes: Mapping[str, object]
    ) -> Place | None:
        """Look from a place on, in its filter and the matching ones below; None: out of time."""
        while (branch := self.branch(place)) is not None:
            found = self.rest_of_filter(place, age_ms)
            if found is not None:
                return found
            assert place.branch is not None
            index = self.filter_from(place.configuration, place.branch + 1, attributes)
            if index is None:
                return None
            passed_ms = time_until(branch, len(branch.targets) - 1)
            place = Place(place.configuration, index, 0, place.offset_ms + passed_ms)
        return None

    def next_of_filter(self, place: Place, age_ms: int) -> Place | None:
        """Return the next target of the same filter that has time."""
        return self.rest_of_filter(place._replace(position=place.position + 1), age_ms)

    def after_timeout(
        self, place: Place, age_ms: int, attributes: Mapping[str, object]
    ) -> Place | None:
        """Where a task goes when its target times out; None: nowhere."""
        return self.with_time(place._replace(position=place.position + 1), age_ms, attributes)

    def is_last(self, place: Place) -> bool:
        """Whether a target is the last one of its filter."""
        branch = self.branch(place)
        return branch is None or place.position == len(branch.targets) - 1

    def after_last_skip(
        self, place: Place, age_ms: int, attributes: Mapping[str, object]
    ) -> Place | None:
        """Where a task goes when a filter's last target is skipped, as if it had not matched."""
        assert place.branch is not None
        index = self.filter_from(place.configuration, place.branch + 1, attributes)
        if index is not None:
            return Place(place.configuration, index, 0, age_ms)
        return self.default(place.configuration, age_ms)

    def default(self, configuration: int, offset_ms: int) -> Place | None:
        """Return the default filter, if there is one."""
        if self.plan.configurations[configuration].default is None:
            return None
        return Place(configuration, None, 0, offset_ms)

    def first_match(
        self, configuration: int, offset_ms: int, attributes: Mapping[str, object]
    ) -> Place | None:
        """Return the beginning of the first filter that matches, else the default filter."""
        index = self.filter_from(configuration, 0, attributes)
        if index is not None:
            return Place(configuration, index, 0, offset_ms)
        return self.default(configuration, offset_ms)


def time_until(branch: Filter, position: int) -> int:
    """Return the sum of the timeouts of a filter's targets up to and including one [ms]."""
    return sum(1000 * (target.timeout_s or 0) for target in branch.targets[: position + 1])
