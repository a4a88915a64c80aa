"""As many replications as it takes: sequential stopping at a wanted precision.

Sources: Chow and Robbins, "On the asymptotic theory of fixed-width sequential confidence intervals
for the mean", Annals of Mathematical Statistics 36, 1965; Law, "Simulation Modeling and Analysis",
5th edition, section 9.4.1 (at least ten replications first).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from trsim.analysis.intervals import replications_for
from trsim.analysis.kpi_table import KpiValue, Missing
from trsim.analysis.kpis import definition
from trsim.analysis.results import Result
from trsim.analysis.study import Study
from trsim.errors import UsageError
from trsim.experiments.evaluate import Evaluator, Job
from trsim.experiments.figures import THRESHOLDS_S, figures_of, study_of
from trsim.experiments.run import Plan, whole_number
from trsim.model import Model
from trsim.scenario.values import duration_ms

FIRST_STAGE: Final = 10
"""Replications before an interval is trusted to say how wide it is."""
MOST_REPLICATIONS: Final = 1000
_NUMBER: Final = re.compile(r"[0-9]+(\.[0-9]*)?|\.[0-9]+")
_IN_POINTS: Final = frozenset({"share", "index"})


@dataclass(frozen=True, slots=True)
class Precision:
    """How tight the interval of a figure has to be.

    Attributes
    ----------
    kpi : str
        Name of the figure, for example ``asa`` or ``service_level@20s``.
    half_width : float
        Most that is allowed, > 0: in the unit of the figure, or relative to its estimate.
    relative : bool
        Which of these.
    """

    kpi: str
    half_width: float
    relative: bool = False

    def allowed(self, value: KpiValue) -> float | None:
        """Return the most half-width allowed, in the unit of the figure; None: not known yet."""
        if value.estimate is None:
            return None
        return self.half_width * abs(value.estimate) if self.relative else self.half_width

    def met_by(self, value: KpiValue) -> bool:
        """Return whether the interval of a figure is tight enough."""
        most = self.allowed(value)
        return most is not None and value.half_width is not None and value.half_width <= most

    def __str__(self) -> str:
        unit = definition(self.kpi).unit
        if unit in _IN_POINTS:
            return f"{self.kpi} ± {100 * self.half_width:g} points"
        if self.relative:
            return f"{self.kpi} ± {100 * self.half_width:g} % of it"
        return f"{self.kpi} ± {self.half_width:g} {unit}"


@dataclass(frozen=True, slots=True)
class Reached:
    """What sequential stopping came to.

    Attributes
    ----------
    study : Study
        All replications.
    last : str
        The figure that was tight last; empty if some never was.
    missing : tuple of str
        What is not as precise as wanted, in words.
    """

    study: Study
    last: str
    missing: tuple[str, ...]


def precision_of(kpi: str, wanted: str | float) -> Precision:
    """Return a wanted precision.

    Parameters
    ----------
    kpi : str
        Name of a KPI, or a service level such as ``service_level@20s``.
    wanted : str or float
        Half-width.  Shares and indices: ``"1%"`` or 0.01 for one percentage point.  Others:
        ``"2%"`` of the estimate, or a number in the unit of the KPI, times also as ``"0.5s"``.

    Raises
    ------
    UsageError
        There is no such KPI, or the half-width is not a number > 0.
    """
    unit = definition(kpi).unit
    if "@" in kpi and kpi not in {f"service_level@{seconds}s" for seconds in THRESHOLDS_S}:
        allowed = ", ".join(f"{seconds}s" for seconds in THRESHOLDS_S)
        raise UsageError(f"replications keep no {kpi}; thresholds kept are {allowed}")
    text = str(wanted).strip()
    percent = text.endswith("%")
    number = _half_width(text.removesuffix("%").rstrip(), unit, percent=percent)
    if number is None or not math.isfinite(number) or number <= 0:
        raise UsageError(f"precision of {kpi} must be {_what_may_be(unit)}, not {text!r}")
    if not percent:
        return Precision(kpi, number)
    return Precision(kpi, number / 100, relative=unit not in _IN_POINTS)


def _half_width(text: str, unit: str, *, percent: bool) -> float | None:
    if _NUMBER.fullmatch(text):
        return float(text)
    if percent or unit not in ("s", "worker s"):
        return None
    try:
        return duration_ms(text) / 1000
    except ValueError:
        return None


def _what_may_be(unit: str) -> str:
    if unit in _IN_POINTS:
        return "> 0 in percentage points, such as 1%"
    if unit in ("s", "worker s"):
        return "> 0, a time such as 0.5s, or relative to the estimate such as 2%"
    return f"> 0, a number of {unit} such as 2, or relative to the estimate such as 2%"


@dataclass(frozen=True, slots=True)
class Stopping:
    """When to stop.

    Attributes
    ----------
    precisions : tuple of Precision
        All of which are to be reached.
    first : int
        Replications of the first stage, >= 10.
    most : int
        When to give up, >= ``first``.
    """

    precisions: tuple[Precision, ...]
    first: int
    most: int


def stopping(
    model: Model,
    precision: Mapping[str, str | float],
    *,
    replications: int | None = None,
    max_replications: int = MOST_REPLICATIONS,
) -> Stopping:
    """Return when to stop, once all that was asked for is known to make sense.

    Parameters
    ----------
    model : Model
        A compiled scenario.
    precision : mapping of str to (str or float)
        Half-width wanted of each figure's 95 % interval, see :func:`precision_of`.
    replications : int, optional
        Of the first stage, which has ten at least; left out: as the model says.
    max_replications : int
        When to give up, >= the first stage.

    Raises
    ------
    UsageError
        An option is out of bounds, or there is no such KPI.
    """
    wanted = tuple(precision_of(kpi, text) for kpi, text in precision.items())
    if not wanted:
        raise UsageError("precision must name at least one KPI, such as service_level=1%")
    given = model.replications if replications is None else replications
    first = max(FIRST_STAGE, whole_number("replications", given, 1))
    most = whole_number("max_replications", max_replications, 1)
    if most < first:
        raise UsageError(
            f"max_replications must be >= the {first} replications that come first, not {most}"
        )
    return Stopping(wanted, first, most)


def replicate_until(
    planned: Plan,
    stop: Stopping,
    *,
    evaluator: Evaluator | None = None,
    first: Result | None = None,
) -> Reached:
    """Simulate until figures are as precise as wanted.

    Parameters
    ----------
    planned : Plan
        What is run, see :func:`trsim.experiments.run.plan`.
    stop : Stopping
        See :func:`stopping`.
    evaluator : Evaluator, optional
        Does the replications but the first; left out: this process.
    first : Result, optional
        The first replication, if it was done already; it is the one that is kept.

    Raises
    ------
    UsageError
        The scenario has no such figure.
    ExperimentError
        A replication could not be done.

    Notes
    -----
    After the first stage the number wanted is foretold from the widths, as if standard deviations
    stayed; at most as many replications as there are come at a time.  Numbers follow from figures
    alone, so that they are the same on any number of processes.  Stopping when an interval happens
    to be narrow makes it cover a little less often than its confidence; ten replications first
    keep that small.
    """
    first = planned.simulate(0, None) if first is None else first
    evaluator = Evaluator() if evaluator is None else evaluator
    figures = [figures_of(first)]
    for each in stop.precisions:
        figures[0].fraction(each.kpi)
    target, before = stop.first, stop.precisions
    while True:
        jobs = [Job(planned, number) for number in range(len(figures), target)]
        figures.extend(evaluator.evaluate(jobs))
        study = study_of(planned, figures, (first,))
        values = {each.kpi: study.kpi(each.kpi) for each in stop.precisions}
        still = tuple(each for each in stop.precisions if not each.met_by(values[each.kpi]))
        if not still:
            return Reached(study, _slowest(before, values), ())
        lost = any(values[each.kpi].missing is Missing.GROWS for each in still)
        if lost or target >= stop.most:
            return Reached(study, "", tuple(_short_of(each, values[each.kpi]) for each in still))
        before = still
        target = min(stop.most, _next_number(target, still, values))


def _slowest(among: tuple[Precision, ...], values: Mapping[str, KpiValue]) -> str:
    """Return the figure that fills what it is allowed most."""

    def filled(each: Precision) -> float:
        return (values[each.kpi].half_width or 0.0) / (each.allowed(values[each.kpi]) or math.inf)

    return max(among, key=filled).kpi


def _next_number(n: int, still: tuple[Precision, ...], values: Mapping[str, KpiValue]) -> int:
    needed = n + 1
    for each in still:
        value, most = values[each.kpi], each.allowed(values[each.kpi])
        if most and value.half_width:
            needed = max(needed, replications_for(n, min(1.0, most / value.half_width)))
        else:
            needed = 2 * n
    return min(needed, 2 * n)


def _short_of(each: Precision, value: KpiValue) -> str:
    if value.missing is Missing.GROWS:
        return f"{each}: it grows for as long as the run lasts, so it has no average"
    if value.half_width is None:
        return f"{each}: the replications give no interval"
    if value.unit in _IN_POINTS:
        return f"{each}: is ± {100 * value.half_width:.3g} points"
    return f"{each}: is {value.estimate:.4g} ± {value.half_width:.3g} {value.unit}"
