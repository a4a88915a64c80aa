"""The best value of one or more parameters, with a promise: two rounds of racing, then proof.

The first round races points over the whole range and keeps those that may still be the best.  The
second adds points around the winner and races all of these on replications that the first has
not seen.  What is recommended is then compared with today on replications that no round has seen.

Sources: Kim and Nelson (2006) for the race (:mod:`trsim.search.sequential`); Nelson, Swann,
Goldsman and Song (2001), "Simple procedures for selecting the best simulated system when the
number of alternatives is large", Operations Research 49(6), for screening on one sample and
selecting on another; Nelson and Matejcik (1995) for what cannot be told from the best.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trsim.analysis.tuning import Question, TunedParameter, Tuning
from trsim.errors import UsageError
from trsim.experiments.capacity_optimum import theory_of
from trsim.experiments.course import Course
from trsim.experiments.evaluate import Evaluator
from trsim.experiments.objective import constraints_of, objective_of
from trsim.experiments.parameters import Parameter, parameters_of
from trsim.experiments.race import Deadline, Finish, Goal, Rules, race
from trsim.experiments.refine import MOST_NEW, can_be_refined, refined_points
from trsim.experiments.sampled import BATCH, RACED, sampled_points
from trsim.experiments.search_options import Budget, Search, indifference_of
from trsim.experiments.trials import SECOND_ROUND, Span, Trials
from trsim.experiments.tuned import tuning_of
from trsim.scenario.load import Scenario
from trsim.search.procedure import shared_confidence

POINTS = {1: 12, 2: 6}
"""Points of a range by the number of parameters, where its text does not say."""
POINTS_OF_MANY = 12
"""The same for three and more, where only some of all combinations are tried."""
MOST_ON_GRID = 2
"""More parameters are searched by a sampler."""
SHARE_OF_FIRST = 0.5
"""The first round takes at most this part of the budget."""
SHARE_OF_CONFIRMATION = 0.1
"""The confirmation takes about this part of it."""
MOST_CONFIRMING = 200
"""Most replications of either setting in the confirmation."""
MOST_PICTURED = 40
"""Most replications of every point for the comparison in other KPIs."""


def tune(
    scenario: Scenario,
    *,
    vary: str | Sequence[str] | Mapping[str, object],
    objective: str,
    subject_to: str | Sequence[str] = (),
    search: Search | None = None,
    evaluator: Evaluator | None = None,
) -> Tuning:
    """Find the best value of some parameters of a scenario.

    Parameters
    ----------
    scenario : Scenario
        Its present values are always among what is tried.
    vary : str, sequence of str, or mapping
        Each as ``"workflows.front_door.task_reservation_timeout=5s..90s"``, or ranges by path.
    objective : str
        Such as ``abandonment``, ``maximize:service_level`` or
        ``minimize:abandonment+0.01*mean_wait``.
    subject_to : str or sequence of str
        Conditions, such as ``occupancy<=85%``.
    search : Search, optional
        How thoroughly to look.
    evaluator : Evaluator, optional
        What does the work; left out: this process.

    Returns
    -------
    Tuning
        The same for any number of processes, unless the budget is a time.

    Raises
    ------
    UsageError
        Something asked for cannot be, or the budget is too small for a first look.
    ScenarioError
        The scenario refuses a value.

    Examples
    --------
    >>> tune(scenario, vary="workers.agent.count=4..8", objective="mean_wait")  # doctest: +SKIP
    """
    search = search or Search()
    texts = (vary,) if isinstance(vary, str) else vary
    conditions = (subject_to,) if isinstance(subject_to, str) else subject_to
    goal_text, constraints = objective_of(objective), constraints_of(conditions)
    n_points = POINTS.get(len(texts), POINTS_OF_MANY)
    parameters = parameters_of(scenario, texts, default_points=n_points)
    if not parameters:
        raise UsageError("nothing is varied; give a parameter, such as workers.agent.count=4..8")
    trials = Trials(scenario, parameters, evaluator or Evaluator(), search.seed)
    today = trials.add(tuple(parameter.today for parameter in parameters))
    budget, deadline = search.parsed_budget(), Deadline(search.parsed_budget().seconds)
    trials.simulate({today: Span(0, search.first_stage)})
    present = trials.study(today, [Span(0, search.first_stage)])
    for constraint in constraints:
        constraint.excess(present)  # refused now if there is no such figure
    indifference = indifference_of(search.indifference, goal_text, present)
    run = _Run(trials, Goal(goal_text, constraints, indifference), search, budget, deadline)
    course = run.course(today)
    question = Question(
        scenario=scenario.name,
        digest=scenario.digest,
        seed=trials.plan_of(today).seed,
        parameters=tuple(map(_tuned, parameters)),
        objective=goal_text.text,
        unit=goal_text.unit,
        maximize=goal_text.maximize,
        conditions=tuple(constraint.text for constraint in constraints),
        indifference=indifference,
        confidence=search.confidence,
        budget=budget.text,
    )
    return tuning_of(question, course, theory_of(trials.plan_of(today).model, parameters))


def _tuned(parameter: Parameter) -> TunedParameter:
    return TunedParameter(
        parameter.label, parameter.unit, parameter.low, parameter.high, parameter.today
    )


@dataclass(frozen=True, slots=True)
class _Run:
    """A search in its rounds."""

    trials: Trials
    goal: Goal
    search: Search
    budget: Budget
    deadline: Deadline

    def course(self, today: int) -> Course:
        """Return how the search went."""
        parameters = self.trials.parameters
        spare = max(self.search.first_stage, round(SHARE_OF_CONFIRMATION / 2 * self.budget.most))
        spare = min(spare, MOST_CONFIRMING)
        most = self.budget.most - 2 * spare
        rounds: tuple[Finish, ...]
        if len(parameters) > MOST_ON_GRID:
            self._check_budget(BATCH + RACED + 1, spare)
            points = self._sampled(today, most)
            left = most - self.trials.used
            rounds = (self._race(points, self.search.confidence, SECOND_ROUND, left),)
        else:
            points = self._grid(today)
            self._check_budget(len(points), spare)
            most -= (self._picture - self.search.first_stage) * (len(points) + MOST_NEW)
            rounds = self._rounds(points, most)
        everywhere = range(len(self.trials.values))
        self.trials.simulate(dict.fromkeys(everywhere, Span(0, self._pictured(2 * spare))))
        return Course(
            self.trials,
            self.goal,
            today,
            rounds,
            spare,
            cut_off=self.deadline.was_over,
            confidence=self.search.confidence,
        )

    def _rounds(self, points: tuple[int, ...], most: int) -> tuple[Finish, ...]:
        if not any(map(can_be_refined, self.trials.parameters)):
            return (self._race(points, self.search.confidence, 0, most),)
        confidence = shared_confidence(self.search.confidence, 2)
        # At least the first look is paid for.
        share = max(round(SHARE_OF_FIRST * most), len(points) * self.search.first_stage)
        first = self._race(points, confidence, 0, share)
        if first.best is None:
            return (first,)
        kept = tuple(sorted({*first.alike, *first.survivors, first.best} - {*first.broken}))
        room = (most - self.trials.used) // (2 * self.search.first_stage) - len(kept)
        new = refined_points(self.trials, first.best, room)
        if len(kept) + len(new) == 1:
            return (first,)
        left = most - self.trials.used
        return first, self._race((*kept, *new), confidence, SECOND_ROUND, left)

    def _race(self, points: tuple[int, ...], confidence: float, first: int, most: int) -> Finish:
        rules = Rules(
            confidence, self.search.first_stage, first, max(most, 1), deadline=self.deadline
        )
        return race(self.trials, points, self.goal, rules)

    def _grid(self, today: int) -> tuple[int, ...]:
        points: list[tuple[object, ...]] = [()]
        for parameter in self.trials.parameters:
            points = [(*point, value) for point in points for value in parameter.values]
        numbers = [self.trials.add(point) for point in points]
        return tuple(dict.fromkeys((today, *numbers)))

    def _sampled(self, today: int, most: int) -> tuple[int, ...]:
        return sampled_points(
            self.trials, self.goal, today, self.search.first_stage, round(SHARE_OF_FIRST * most)
        )

    def _check_budget(self, points: int, spare: int) -> None:
        need = points * self.search.first_stage + 2 * spare
        if need > self.budget.most:
            raise UsageError(
                f"a budget of {self.budget.most} replications is too small for a first look: "
                f"{points} points with {self.search.first_stage} replications each and a "
                f"confirmation need {need}; raise --budget, or try fewer points"
            )

    @property
    def _picture(self) -> int:
        """Replications that every point has at least, on which all are compared in other KPIs."""
        points = len(self.trials.values) + MOST_NEW
        return max(self.search.first_stage, min(self.budget.most // (4 * points), MOST_PICTURED))

    def _pictured(self, spare: int) -> int:
        """Return the same with what the rounds have left over."""
        left = self.budget.most - self.trials.used - spare
        count = self._picture
        if self.budget.seconds is not None:
            return self.search.first_stage
        known = [self.trials.known(point, 0) for point in range(len(self.trials.values))]
        while count < MOST_PICTURED and sum(max(count + 1 - n, 0) for n in known) <= left:
            count += 1
        return count
