"""How thoroughly a search looks, as its user says it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from trsim.analysis.study import Study
from trsim.errors import UsageError
from trsim.experiments.objective import Objective, amount
from trsim.experiments.run import whole_number
from trsim.scenario.values import duration_ms

DEFAULT_BUDGET = 2000
"""Replications in all."""
DEFAULT_FIRST_STAGE = 10
"""Replications of every point before the first look."""
MOST_IN_TIME = 100_000
"""Where the clock sets the budget, not even then are there more replications."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How much may be simulated.

    Attributes
    ----------
    most : int
        Replications.
    seconds : float or None
        After which no more is begun; None: only the number counts.
    text : str
        As it was given.
    """

    most: int
    seconds: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Search:
    """How thoroughly a search looks.

    Attributes
    ----------
    indifference : str or float or None
        Differences of the objective below it do not matter: ``"0.5%"`` or 0.005 for a share (half
        a percentage point), ``"2s"`` or 2 for a time; None: 0.5 percentage points for shares,
        2 % of today's value otherwise.
    confidence : float
        Of the promise, 0.5 <= confidence < 1.
    budget : int or str
        Replications in all, or a time such as ``"60s"``.
    seed : int or None
        Root seed; None: the scenario's.
    first_stage : int
        Replications of every point before the first look, >= 2.
    """

    indifference: str | float | None = None
    confidence: float = 0.95
    budget: int | str = DEFAULT_BUDGET
    seed: int | None = None
    first_stage: int = DEFAULT_FIRST_STAGE

    def __post_init__(self) -> None:
        if not 0.5 <= self.confidence < 1:
            raise UsageError(
                f"confidence must lie between 0.5 and 1, such as 0.95, not {self.confidence!r}"
            )
        whole_number("first_stage", self.first_stage, 2)
        self.parsed_budget()

    def parsed_budget(self) -> Budget:
        """Return the budget.

        Raises
        ------
        UsageError
            It is neither a number of replications nor a time.
        """
        given = self.budget
        if isinstance(given, str) and not re.fullmatch(r"[0-9]+", given):
            try:
                seconds = duration_ms(given) / 1000
            except ValueError as problem:
                raise UsageError(
                    f"the budget is a number of replications or a time such as 60s: {problem}"
                ) from problem
            if not seconds:
                raise UsageError("a budget of no time leaves nothing to be simulated")
            return Budget(MOST_IN_TIME, seconds, given)
        most = whole_number("budget", int(given) if isinstance(given, str) else given, 1)
        return Budget(most, None, f"{most:,} replications")


def indifference_of(given: str | float | None, objective: Objective, today: Study) -> float:
    """Return the indifference in the unit of the objective.

    Parameters
    ----------
    given : str or float or None
        As in :class:`Search`.
    objective : Objective
    today : Study
        Some replications of the scenario as it is.

    Raises
    ------
    UsageError
        It cannot be read, or is not > 0.
    """
    values = objective.values(today)
    if given is None:
        return objective.default_indifference(math.fsum(values) / len(values))
    zone = amount(given, objective.unit, "the indifference") if isinstance(given, str) else given
    if not 0 < zone < math.inf:
        raise UsageError(f"the indifference must be greater than 0, not {given!r}")
    return float(zone)
