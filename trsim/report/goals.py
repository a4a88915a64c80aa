"""Goals of a scenario, judged on the figures that a run or a study shows.

A goal is judged on the point estimate; where the interval reaches to the other side of the
condition, the judgment says that chance may have decided it.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from trsim.analysis.kpi_table import KpiTable, KpiValue
from trsim.analysis.kpis import definition
from trsim.errors import UsageError
from trsim.scenario.values import duration_ms

_COMPARISONS: Final[dict[str, Callable[[float, float], bool]]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_CONDITION = re.compile(r"\s*(<=|>=|<|>)\s*(\S+)\s*")
_NOUNS: Final = {"s": "time", "worker s": "time", "share": "share"}
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison with a bound, in the unit of its KPI."""

    text: str
    sign: str
    bound: float

    def holds(self, value: float) -> bool:
        """Tell whether a value meets the condition."""
        return _COMPARISONS[self.sign](value, self.bound)


@dataclass(frozen=True, slots=True)
class Judgment:
    """One goal, judged."""

    condition: Condition
    value: KpiValue
    met: bool
    """Whether the estimate meets the condition; never where there is no estimate."""
    doubtful: bool
    """Whether the interval reaches to the other side."""

    @property
    def goal(self) -> str:
        """The goal as the scenario spells it, for example ``service_level >= 80%``."""
        return f"{self.value.name} {self.condition.text}"


def condition_of(kpi: str, text: str) -> Condition:
    """Return the condition of a goal.

    Parameters
    ----------
    kpi : str
        Name of the KPI.
    text : str
        For example ``">= 80%"`` for a share, ``"< 60s"`` for a time, ``"<= 5"`` for a number.

    Raises
    ------
    UsageError
        There is no such KPI, or its unit does not go with the bound.
    """
    unit = definition(kpi).unit
    match = _CONDITION.fullmatch(text)
    if match is None:
        raise UsageError(f"a condition is one of <= >= < > and a value, not {text!r}")
    try:
        bound = _bound(match[2], unit)
    except ValueError as problem:
        raise UsageError(f"{problem}; {kpi} is a {_NOUNS.get(unit, 'number')}") from problem
    return Condition(text.strip(), match[1], bound)


def judge(goals: Iterable[tuple[str, str]], table: KpiTable) -> tuple[Judgment, ...]:
    """Return how the figures of a table compare with goals.

    Parameters
    ----------
    goals : iterable of (str, str)
        Pairs of KPI name and condition.
    table : KpiTable
        The figures.
    """
    return tuple(_judged(condition_of(kpi, text), table[kpi]) for kpi, text in goals)


def _judged(condition: Condition, value: KpiValue) -> Judgment:
    if value.estimate is None:
        return Judgment(condition, value, met=False, doubtful=False)
    met = condition.holds(value.estimate)
    ends = [end for end in (value.low, value.high) if end is not None]
    doubtful = any(condition.holds(end) is not met for end in ends)
    return Judgment(condition, value, met, doubtful)


def _bound(text: str, unit: str) -> float:
    """Return a bound in the KPI's unit; raise ValueError where it cannot be one."""
    if _NOUNS.get(unit) == "time":
        return duration_ms(text) / 1000
    percent = unit == "share" and text.endswith("%")
    digits = text.removesuffix("%") if percent else text
    if not _NUMBER.fullmatch(digits):
        allowed = "80% or 0.8" if unit == "share" else "a plain number"
        raise ValueError(f"must be {allowed} (found {text!r})")
    number = float(digits) / 100 if percent else float(digits)
    if unit == "share" and not 0 <= number <= 1:
        raise ValueError(f"must lie between 0% and 100%, or 0 and 1 (found {text!r})")
    return number
