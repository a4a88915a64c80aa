"""How a task goes through the targets of one filter: what is reached, when, and how it is left.

Sources: Twilio, "Workflow configuration" and "Task evaluation".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

from trsim.routing.workflow import Filter
from trsim.routing.workflow_conditions import never, settled
from trsim.routing.workflow_problems import Path


@dataclass(frozen=True, slots=True)
class FilterSteps:
    """A filter, seen as the steps of a task in it."""

    rule: Filter
    path: Path
    source: Mapping[str, object]
    """The filter as it was written."""
    last: int
    """The last target that can be reached."""
    can_be_left: bool
    """Whether a task can come out of that target without being taken."""
    deadlines_s: tuple[int, ...]
    """Age of the task at which each target ends, or would end if it had a timeout [s]."""

    @classmethod
    def of(cls, rule: Filter, path: Path, source: Mapping[str, object]) -> FilterSteps:
        """Return the steps of a filter."""
        ends = list(accumulate(target.timeout_s or 0 for target in rule.targets))
        for number, target in enumerate(rule.targets):
            skips = target.skip_if is not None and not never(target.skip_if)
            if target.timeout_s is None and not skips:
                return cls(rule, path, source, number, False, tuple(ends))
        return cls(rule, path, source, len(rule.targets) - 1, True, tuple(ends))

    @property
    def takes_all(self) -> bool:
        """Whether every task matches the filter."""
        return settled(self.rule.expression) is True

    def skips(self, number: int) -> bool:
        """Return whether a target can be skipped."""
        skip_if = self.rule.targets[number].skip_if
        return skip_if is not None and not never(skip_if)

    def entered_s(self, number: int) -> int:
        """Return the age at which a target is entered if those before it time out [s]."""
        return self.deadlines_s[number - 1] if number else 0

    def passed_over(self, number: int, age_s: float) -> list[int]:
        """Return the targets behind one that are over when it is left at an age [s]."""
        over = []
        for behind in range(number + 1, self.last + 1):
            if self.rule.targets[behind].timeout_s is None or self.deadlines_s[behind] > age_s:
                break
            over.append(behind)
        return over

    def target_path(self, number: int) -> Path:
        """Return where a target stands; a filter without targets is its own."""
        if "targets" not in self.source:
            return self.path
        return (*self.path, "targets", number)


def seconds(value_s: float) -> str:
    """Return a span for a message.

    Examples
    --------
    >>> seconds(7.5), seconds(20.0)
    ('7.5 s', '20 s')
    """
    return f"{value_s:g} s" if value_s < 1_000_000 else f"{value_s:.0f} s"


def targets_text(numbers: list[int]) -> str:
    """Return targets as the subject of a sentence, with its verb.

    Examples
    --------
    >>> targets_text([2]), targets_text([1, 2])
    ('targets[2] is', 'targets[1] and targets[2] are')
    """
    names = [f"targets[{number}]" for number in numbers]
    if len(names) == 1:
        return f"{names[0]} is"
    return f"{', '.join(names[:-1])} and {names[-1]} are"
