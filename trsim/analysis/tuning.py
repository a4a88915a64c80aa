"""What a search for the best value found: points, the recommendation, its promise and its price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from trsim.analysis.intervals import Interval
from trsim.analysis.page import aside_html, list_html, table_html
from trsim.analysis.study import Study

if TYPE_CHECKING:
    import pandas as pd

Values = tuple[object, ...]
"""One value for each parameter, as a scenario file has it; None: as the scenario has it."""


class Verdict(Enum):
    """What is known of a point beside the recommended one."""

    RECOMMENDED = "recommended"
    NOT_TOLD_APART = "as good as far as can be told"
    WORSE = "worse"
    INFEASIBLE = "breaks a condition"
    UNDECIDED = "condition not decided"
    NOT_RACED = "only looked at"
    """A proposal of the sampler that did not go on to the race."""


@dataclass(frozen=True, slots=True)
class TunedParameter:
    """What was varied.

    Attributes
    ----------
    label : str
        The path, as it was given.
    unit : str
        Of its numbers: ``s``, ``per hour`` or nothing.
    low, high : float
        The searched range.
    today : object
        The value in the scenario; None: there are several.
    """

    label: str
    unit: str
    low: float
    high: float
    today: object


@dataclass(frozen=True)
class TriedPoint:
    """A point that was simulated.

    Attributes
    ----------
    values : tuple of object
        One for each parameter, as a scenario file has it.
    numbers : tuple of float
        The same in the unit of the parameter; NaN where the scenario has several values.
    replications : int
        How many of it were used by the search.
    objective : Interval
        Estimate and half-width, in the unit of the objective.
    verdict : Verdict
    eliminated_at : int or None
        After how many replications the search dropped it.
    broken : tuple of str
        Conditions that it breaks, or that were not decided.
    study : Study
        The figures.
    """

    values: Values
    numbers: tuple[float, ...]
    replications: int
    objective: Interval
    verdict: Verdict
    eliminated_at: int | None = None
    broken: tuple[str, ...] = ()
    study: Study | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a KPI if the recommendation is followed, on fresh replications.

    Attributes
    ----------
    kpi, unit : str
    today, recommended : float or None
        Estimates.
    difference : Interval
        Recommended minus today, paired.
    """

    kpi: str
    unit: str
    today: float | None
    recommended: float | None
    difference: Interval

    @property
    def is_told(self) -> bool:
        """Whether the interval of the difference leaves out 0."""
        low, high = self.difference.low, self.difference.high
        return low is not None and high is not None and not low <= 0 <= high


@dataclass(frozen=True, slots=True)
class Pick:
    """The point that another KPI would choose, from the same figures.

    Attributes
    ----------
    kpi, unit : str
    maximize : bool
        Whether great values are good.
    best : int
        Index of the point.
    alike : tuple of int
        Points that cannot be told from it, the best included.
    estimates : tuple of float
        The KPI at every point.
    replications : int
        On which all points are compared.
    """

    kpi: str
    unit: str
    maximize: bool
    best: int
    alike: tuple[int, ...]
    estimates: tuple[float, ...]
    replications: int


@dataclass(frozen=True, slots=True)
class Pareto:
    """Points that no other point beats in two KPIs at once.

    Attributes
    ----------
    first, second : Pick
        The two KPIs.
    points : tuple of int
        By the first KPI from its best on.
    """

    first: Pick
    second: Pick
    points: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Theory:
    """The timeout that gives the most capacity, if a formula knows it.

    Attributes
    ----------
    optimum : float or None
        The timeout [s]; infinite: never time out; None: no formula applies.
    worker_time : float or None
        Worker time of a task at the optimum [s].
    reason : str
        Why it is there, or why there is none.
    """

    optimum: float | None
    worker_time: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked.

    Attributes
    ----------
    scenario, digest : str
        Name and SHA-256 of the scenario.
    seed : int
    parameters : tuple of TunedParameter
    objective : str
        The KPI or sum.
    unit : str
        Of the objective.
    maximize : bool
        Whether great values are good.
    conditions : tuple of str
    indifference : float
        Differences below it do not matter, in the unit of the objective.
    confidence : float
        Of the promise, and of the intervals.
    budget : str
        As it was given, for example ``2000 replications``.
    """

    scenario: str
    digest: str
    seed: int
    parameters: tuple[TunedParameter, ...]
    objective: str
    unit: str
    maximize: bool
    conditions: tuple[str, ...]
    indifference: float
    confidence: float
    budget: str


@dataclass(frozen=True)
class Tuning:
    """The answer of a search.

    Attributes
    ----------
    question : Question
    points : tuple of TriedPoint
        By their numbers.
    today : int
        Index of the point that the scenario is at.
    recommended : int or None
        Index of the point to choose; None: no point is known to keep the conditions.
    least_violating : int or None
        Where nothing is recommended, the point that breaks the conditions least.
    promise_kept : bool
        Whether the search ended by itself, so that its promise holds.
    rounds : int
        How many rounds the search had.
    confirmation : tuple of Change
        What the change costs and brings, on replications that the search has not seen.
    confirmed_on : int
        How many of them.
    picks : tuple of Pick
        What other KPIs would choose.
    pareto : Pareto or None
    theory : Theory
    warnings : tuple of str
    replications_used : int
        Simulated in all.
    reproducible : bool
        False: the clock ended the search.
    """

    question: Question
    points: tuple[TriedPoint, ...]
    today: int
    recommended: int | None
    least_violating: int | None
    promise_kept: bool
    rounds: int
    confirmation: tuple[Change, ...]
    confirmed_on: int
    picks: tuple[Pick, ...]
    pareto: Pareto | None
    theory: Theory
    warnings: tuple[str, ...]
    replications_used: int
    reproducible: bool

    @property
    def alike(self) -> tuple[int, ...]:
        """Points that cannot be told from the recommended one, itself included."""
        return tuple(
            index
            for index, point in enumerate(self.points)
            if point.verdict in (Verdict.RECOMMENDED, Verdict.NOT_TOLD_APART)
        )

    @property
    def alike_range(self) -> tuple[TriedPoint, TriedPoint] | None:
        """Ends of the unbroken run of such points around the recommended one; one parameter only.

        A point in between that is worse ends the run, so that everything tried inside of it is as
        good as far as can be told.
        """
        if self.recommended is None or len(self.question.parameters) != 1:
            return None
        alike = self.alike
        low = high = self.recommended
        while low - 1 in alike:
            low -= 1
        while high + 1 in alike:
            high += 1
        return self.points[low], self.points[high]

    @property
    def promise(self) -> str:
        """What is promised of the recommendation, in a sentence."""
        asked = self.question
        if self.recommended is None:
            return "Nothing is recommended, so nothing is promised."
        if not self.promise_kept:
            return (
                f"The budget of {asked.budget} was used up before the promise was reached: the "
                "recommended value is the best so far, and another may be better."
            )
        raced = sum(point.verdict is not Verdict.NOT_RACED for point in self.points)
        those = "tried" if raced == len(self.points) else "raced"
        kept = " that keep the conditions" if asked.conditions else ""
        return (
            f"With {100 * asked.confidence:.4g} % confidence none of the {raced} points "
            f"{those}{kept} is better by more than {self.difference_text(asked.indifference)}."
        )

    @property
    def changed(self) -> bool:
        """Whether the recommendation is another point than today's."""
        return self.recommended is not None and self.recommended != self.today

    def label(self, index: int) -> str:
        """Return a point as it is spelled, for example ``24s``; several values with blanks."""
        return values_text(self.points[index].values)

    def difference_text(self, value: float) -> str:
        """Return a difference of the objective with its unit, percentage points for shares."""
        return difference_text(value, self.question.unit)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each point.

        Returns
        -------
        DataFrame
            A column for each parameter, then ``replications``, ``estimate``, ``low``, ``high``,
            ``verdict``, ``eliminated_at`` (missing where it was not), ``today``, and a column for
            each KPI of the picks.
        """
        import pandas as pd

        rows = [
            {
                **{
                    parameter.label: number
                    for parameter, number in zip(
                        self.question.parameters, point.numbers, strict=True
                    )
                },
                "replications": point.replications,
                "estimate": point.objective.estimate,
                "low": point.objective.low,
                "high": point.objective.high,
                "verdict": point.verdict.value,
                "eliminated_at": point.eliminated_at,
                "today": index == self.today,
                **{pick.kpi: pick.estimates[index] for pick in self.picks},
            }
            for index, point in enumerate(self.points)
        ]
        frame = pd.DataFrame(rows)
        return frame.astype({"eliminated_at": "Int64"})

    def as_dict(self) -> dict[str, Any]:
        """Return plain numbers, texts and lists for JSON; what is not known is null."""
        asked = self.question
        return {
            "question": {
                **{name: getattr(asked, name) for name in Question.__slots__},
                "parameters": [
                    {name: getattr(each, name) for name in TunedParameter.__slots__}
                    for each in asked.parameters
                ],
                "conditions": list(asked.conditions),
            },
            "recommended": None
            if self.recommended is None
            else list(self.points[self.recommended].values),
            "today": list(self.points[self.today].values),
            "least_violating": None
            if self.least_violating is None
            else list(self.points[self.least_violating].values),
            "not_told_apart": [list(self.points[index].values) for index in self.alike],
            "promise": self.promise,
            "promise_kept": self.promise_kept,
            "points": [self._point_dict(index) for index in range(len(self.points))],
            "confirmed_on": self.confirmed_on,
            "confirmation": [
                {
                    "kpi": change.kpi,
                    "unit": change.unit,
                    "today": change.today,
                    "recommended": change.recommended,
                    **_interval_dict("difference", change.difference),
                    "told_apart": change.is_told,
                }
                for change in self.confirmation
            ],
            "picks": [self._pick_dict(pick) for pick in self.picks],
            "pareto": None if self.pareto is None else self._pareto_dict(self.pareto),
            "theory": {name: getattr(self.theory, name) for name in Theory.__slots__},
            "warnings": list(self.warnings),
            "rounds": self.rounds,
            "replications_used": self.replications_used,
            "reproducible": self.reproducible,
        }

    def _point_dict(self, index: int) -> dict[str, Any]:
        point = self.points[index]
        return {
            "values": list(point.values),
            "numbers": list(point.numbers),
            "replications": point.replications,
            **_interval_dict("estimate", point.objective),
            "verdict": point.verdict.value,
            "eliminated_at": point.eliminated_at,
            "broken": list(point.broken),
        }

    def _pick_dict(self, pick: Pick) -> dict[str, Any]:
        return {
            "kpi": pick.kpi,
            "unit": pick.unit,
            "maximize": pick.maximize,
            "best": list(self.points[pick.best].values),
            "not_told_apart": [list(self.points[index].values) for index in pick.alike],
            "estimates": list(pick.estimates),
            "replications": pick.replications,
        }

    def _pareto_dict(self, pareto: Pareto) -> dict[str, Any]:
        return {
            "kpis": [pareto.first.kpi, pareto.second.kpi],
            "points": [list(self.points[index].values) for index in pareto.points],
        }

    def __repr__(self) -> str:
        best = "nothing" if self.recommended is None else self.label(self.recommended)
        return (
            f"<Tuning of {self.question.scenario!r}: {best}, {len(self.points)} points, "
            f"{self.replications_used} replications>"
        )

    def _repr_html_(self) -> str:
        heads = ("value", "replications", self.question.objective, "half-width", "verdict")
        rows = [
            (
                self.label(index) + (" (today)" if index == self.today else ""),
                float(point.replications),
                point.objective.estimate,
                point.objective.half_width,
                point.verdict.value,
            )
            for index, point in enumerate(self.points)
        ]
        told = aside_html(self.promise) + list_html(self.warnings)
        return f"<div>{table_html(heads, rows)}{told}</div>"


def values_text(values: Sequence[object]) -> str:
    """Return the values of a point as they are spelled.

    Examples
    --------
    >>> values_text(("24s", 45)), values_text((None,))
    ('24s, 45', 'as it is')
    """
    return ", ".join("as it is" if value is None else str(value) for value in values)


def difference_text(value: float, unit: str) -> str:
    """Return the size of a difference with its unit.

    Examples
    --------
    >>> difference_text(0.0057, "share"), difference_text(1.25, "s"), difference_text(3, "tasks")
    ('0.57 points', '1.25 s', '3 tasks')
    """
    if unit == "share":
        return f"{100 * value:.2g} points" if abs(value) < 0.1 else f"{100 * value:.0f} points"
    return f"{value:.3g} {unit}".rstrip()


def _interval_dict(name: str, interval: Interval) -> dict[str, Any]:
    return {
        name: interval.estimate,
        "low": interval.low,
        "high": interval.high,
        "half_width": interval.half_width,
    }
