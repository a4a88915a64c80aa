"""Points of a search: simulated once, looked at as often as the search likes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trsim.analysis.study import Study
from trsim.analysis.tuning import Values
from trsim.errors import UsageError
from trsim.experiments.evaluate import Evaluator, Job
from trsim.experiments.figures import Figures, study_of
from trsim.experiments.parameters import Parameter, scenario_at
from trsim.experiments.run import Plan, plan
from trsim.scenario.load import Scenario

SECOND_ROUND: int = 2**19
"""Number of the first replication of a second round: the first round never comes so far."""
CONFIRMATION: int = 2**20
"""Number of the first replication of the confirmation, which no search has seen."""


@dataclass(frozen=True, slots=True)
class Span:
    """Replications with neighboring numbers.

    Attributes
    ----------
    first : int
        Number of the first of them.
    count : int
    """

    first: int
    count: int


class Trials:
    """Simulates points of a scenario and keeps their figures.

    Parameters
    ----------
    scenario : Scenario
    parameters : sequence of Parameter
        What the values of a point are set to.
    evaluator : Evaluator
        What does the work.
    seed : int, optional
        Root seed of all points, so that they meet the same customers; left out: the scenario's.
    """

    def __init__(
        self,
        scenario: Scenario,
        parameters: Sequence[Parameter],
        evaluator: Evaluator,
        seed: int | None,
    ) -> None:
        self.scenario = scenario
        self.parameters = tuple(parameters)
        self._evaluator = evaluator
        self._seed = seed
        self._plans: list[Plan] = []
        self._figures: dict[tuple[int, int], Figures] = {}
        self.values: list[Values] = []
        self.numbers: list[tuple[float, ...]] = []

    def add(self, values: Values) -> int:
        """Return the number of a point, which is compiled if it is new.

        Raises
        ------
        ScenarioError
            The scenario refuses the values.
        """
        numbers = tuple(
            _number(parameter, value)
            for parameter, value in zip(self.parameters, values, strict=True)
        )
        for index, known in enumerate(self.numbers):
            if known == numbers and not any(map(math.isnan, numbers)):
                return index
        as_it_is = any(value is None for value in values)
        changed = self.scenario if as_it_is else scenario_at(self.scenario, self.parameters, values)
        self._plans.append(plan(changed.compile(), self._seed, None))
        self.values.append(values)
        self.numbers.append(numbers)
        return len(self.values) - 1

    def simulate(self, spans: Mapping[int, Span]) -> None:
        """Have the replications of some points simulated, those that are not known yet."""
        wanted = [
            (point, number)
            for point, span in spans.items()
            for number in range(span.first, span.first + span.count)
            if (point, number) not in self._figures
        ]
        jobs = [Job(self._plans[point], number) for point, number in wanted]
        if jobs:
            self._figures.update(zip(wanted, self._evaluator.evaluate(jobs), strict=True))

    def study(self, point: int, spans: Iterable[Span]) -> Study:
        """Return replications of a point that have been simulated, in the order of the spans."""
        figures = [
            self._figures[point, number]
            for span in spans
            for number in range(span.first, span.first + span.count)
        ]
        return study_of(self._plans[point], figures)

    def plan_of(self, point: int) -> Plan:
        """Return what is run at a point."""
        return self._plans[point]

    @property
    def used(self) -> int:
        """Replications simulated so far, over all points."""
        return len(self._figures)

    def known(self, point: int, first: int) -> int:
        """Return how many replications from a number on are known of a point."""
        count = 0
        while (point, first + count) in self._figures:
            count += 1
        return count


def _number(parameter: Parameter, value: object) -> float:
    if value is None:
        return math.nan
    try:
        return parameter.number(value)
    except UsageError:  # today's value need not be among the choices
        return math.nan
