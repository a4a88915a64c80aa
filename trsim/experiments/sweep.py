"""Sweeps: a scenario at many points of its parameters, each replicated with the same customers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from trsim.analysis.swept import Axis, Sweep, SweepPoint, text_of
from trsim.errors import ScenarioError, UsageError
from trsim.experiments.designs import (
    DEFAULT_SAMPLES,
    Design,
    Values,
    design_named,
    points_of,
    saltelli_rows,
)
from trsim.experiments.evaluate import Evaluator, Job
from trsim.experiments.figures import Figures, study_of
from trsim.experiments.parameters import DEFAULT_POINTS, Parameter, parameters_of, scenario_at
from trsim.experiments.run import Plan, plan, whole_number
from trsim.parallel.backend import Lost
from trsim.scenario.load import Scenario

_NO_PARAMETERS: Final = ("seed", "replications")
"""Options of an experiment, not of the centre."""
_MOST_REASONS: Final = 10


@dataclass(frozen=True, slots=True)
class Sampling:
    """How points are chosen, and how many.

    Attributes
    ----------
    design : Design
    samples : int
        How many points are drawn; see :func:`trsim.experiments.designs.points_of`.
    """

    design: Design = Design.GRID
    samples: int = DEFAULT_SAMPLES


@dataclass(frozen=True, slots=True, eq=False)
class SweepPlan:
    """A sweep, checked and compiled completely, that nothing has been run of.

    Attributes
    ----------
    scenario : Scenario
    parameters : tuple of Parameter
    sampling : Sampling
    replications : int
        Of each point.
    points : tuple of tuples
        The values of each point.
    plans : tuple of Plan
        What is run for each point.
    """

    scenario: Scenario
    parameters: tuple[Parameter, ...]
    sampling: Sampling
    replications: int
    points: tuple[Values, ...]
    plans: tuple[Plan, ...]

    @property
    def seed(self) -> int:
        """Root seed of all replications."""
        return self.plans[0].seed

    @property
    def jobs(self) -> list[Job]:
        """Every replication of every point, point by point."""
        return [
            Job(planned, replication)
            for planned in self.plans
            for replication in range(self.replications)
        ]


def planned_sweep(
    scenario: Scenario,
    vary: Mapping[str, object] | Sequence[str],
    *,
    replications: int | None = None,
    seed: int | None = None,
    sampling: Sampling | None = None,
) -> SweepPlan:
    """Return a sweep with every point compiled, or everything that is wrong with it.

    Parameters
    ----------
    scenario : Scenario
        What is varied.
    vary : mapping or sequence of str
        Ranges or lists by dotted path, or texts such as ``workers.agent.count=40..60/5``; see
        :func:`trsim.experiments.parameters.parameter_of`.
    replications : int, optional
        Of each point, >= 1; left out: the scenario's.
    seed : int, optional
        Root seed, >= 0; left out: the scenario's.
    sampling : Sampling, optional
        Left out: the full grid.

    Raises
    ------
    UsageError
        Something cannot be read, is out of bounds, or the scenario refuses a point.
    """
    sampling = sampling or Sampling()
    count = whole_number(
        "replications", scenario.content.replications if replications is None else replications, 1
    )
    given = vary if isinstance(vary, Mapping) else [vary] if isinstance(vary, str) else list(vary)
    parameters = parameters_of(scenario, given, default_points=DEFAULT_POINTS)
    for parameter in parameters:
        if parameter.label in _NO_PARAMETERS:
            raise UsageError(f"{parameter.label} belongs to the experiment and cannot be varied")
    root_seed = plan(scenario.compile(), seed, None).seed
    points = points_of(sampling.design, parameters, samples=sampling.samples, seed=root_seed)
    plans = _compiled(scenario, parameters, points, root_seed)
    return SweepPlan(scenario, parameters, sampling, count, points, plans)


def sweep(
    scenario: Scenario,
    vary: Mapping[str, object] | Sequence[str],
    *,
    replications: int | None = None,
    seed: int | None = None,
    sampling: Sampling | str | None = None,
    evaluator: Evaluator | None = None,
) -> Sweep:
    """Run a scenario at many points of its parameters.

    Parameters
    ----------
    scenario : Scenario
        What is varied.
    vary : mapping or sequence of str
        Ranges or lists by dotted path, or texts such as ``workers.agent.count=40..60/5``.
    replications : int, optional
        Of each point, >= 1; left out: the scenario's.
    seed : int, optional
        Root seed, >= 0; left out: the scenario's.  It is the same at every point, so that
        replication i meets the same customers everywhere.
    sampling : Sampling or str, optional
        How points are chosen, or the name of a design such as ``"lhs"``; left out: full grid.
    evaluator : Evaluator, optional
        What does the work; left out: this process.

    Raises
    ------
    UsageError
        As for :func:`planned_sweep`.
    """
    if isinstance(sampling, str):
        sampling = Sampling(design_named(sampling))
    planned = planned_sweep(scenario, vary, replications=replications, seed=seed, sampling=sampling)
    return swept_by(planned, Evaluator() if evaluator is None else evaluator)


def swept_by(planned: SweepPlan, evaluator: Evaluator) -> Sweep:
    """Return a sweep once all of its jobs are done; what fails is told in the sweep."""
    with closing(evaluator.stream(planned.jobs)) as answers:
        return sweep_of(planned, dict(answers))


def sweep_of(planned: SweepPlan, done: Mapping[int, Figures | Lost]) -> Sweep:
    """Return a sweep from what came of its jobs, as far as they are done.

    Parameters
    ----------
    planned : SweepPlan
    done : mapping of int to Figures or Lost
        By the number of the job in :attr:`SweepPlan.jobs`.
    """
    points = tuple(_points(planned, done))
    number_of = {point: number for number, point in enumerate(planned.points)}
    rows = range(len(points))
    design, samples = planned.sampling.design, planned.sampling.samples
    if design is Design.SALTELLI:
        drawn = saltelli_rows(planned.parameters, samples, planned.seed)
        return _swept(planned, points, tuple(number_of[row] for row in drawn))
    return _swept(planned, points, tuple(rows))


def _swept(planned: SweepPlan, points: tuple[SweepPoint, ...], rows: tuple[int, ...]) -> Sweep:
    return Sweep(
        name=planned.scenario.name,
        design=planned.sampling.design.value,
        seed=planned.seed,
        axes=tuple(map(_axis, planned.parameters)),
        points=points,
        rows=rows,
    )


def _points(planned: SweepPlan, done: Mapping[int, Figures | Lost]) -> Iterator[SweepPoint]:
    n = planned.replications
    for number, values in enumerate(planned.points):
        found: list[tuple[int, Figures]] = []
        lost: list[tuple[int, str]] = []
        for replication in range(n):
            answer = done.get(number * n + replication)
            if isinstance(answer, Lost):
                lost.append((replication, answer.reason))
            elif answer is not None:
                found.append((replication, answer))
        yield SweepPoint(
            number=number,
            values=values,
            numbers=tuple(
                None if value is None else parameter.number(value)
                for parameter, value in zip(planned.parameters, values, strict=True)
            ),
            study=study_of(planned.plans[number], [each for _, each in found]) if found else None,
            replications=tuple(replication for replication, _ in found),
            lost=tuple(lost),
        )


def _axis(parameter: Parameter) -> Axis:
    today = None
    if parameter.is_numeric and parameter.today is not None:
        today = parameter.number(parameter.today)
    choices = () if parameter.is_numeric else tuple(map(text_of, parameter.values))
    numeric = parameter.is_numeric
    return Axis(parameter.label, parameter.unit, numeric, parameter.today, today, choices)


def _compiled(
    scenario: Scenario, parameters: Sequence[Parameter], points: Sequence[Values], seed: int
) -> tuple[Plan, ...]:
    """Return the plans of all points, or all reasons against them."""
    plans: list[Plan] = []
    reasons: dict[str, str] = {}
    for values in points:
        given = [pair for pair in zip(parameters, values, strict=True) if pair[1] is not None]
        try:
            changed = scenario
            if given:
                changed = scenario_at(scenario, [p for p, _ in given], [v for _, v in given])
            plans.append(plan(changed.compile(), seed, None))
        except ScenarioError as refused:
            setting = ", ".join(f"{p.label}={v}" for p, v in given)
            for problem in refused.problems:
                reasons.setdefault(f"{problem.path}: {problem.reason}", setting)
    if reasons:
        lines = [f"the scenario refuses {where}: {why}" for why, where in reasons.items()]
        more = len(lines) - _MOST_REASONS
        tail = [f"and {more} more reasons"] if more > 0 else []
        raise UsageError("\n".join([*lines[:_MOST_REASONS], *tail]))
    return tuple(plans)
