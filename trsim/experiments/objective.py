"""What a search looks for: a figure or a weighted sum to be made best, and conditions to be kept.

Inside smaller is always better, and every replication has one number whose mean is the estimate.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from trsim.analysis.directions import Direction, direction_of
from trsim.analysis.kpis import KPIS, definition, threshold_name
from trsim.analysis.linear import contributions
from trsim.analysis.study import Study
from trsim.errors import UsageError
from trsim.experiments.figures import THRESHOLDS_S
from trsim.scenario.values import duration_ms

_SIGNS: Final = {"minimize": 1, "maximize": -1}
_TERM = re.compile(
    r"\s*(?P<sign>[+-]?)\s*(?:(?P<weight>[0-9]+(?:\.[0-9]+)?)\s*\*\s*)?"
    r"(?P<name>[A-Za-z_][A-Za-z0-9_@]*)\s*"
)
_CONDITION = re.compile(
    r"\s*(?P<name>[A-Za-z_][A-Za-z0-9_@]*)\s*(?P<sign><=|>=)\s*(?P<bound>\S+)\s*"
)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_TIMES: Final = ("s", "worker s")
INDIFFERENCE_OF_SHARES: Final = 0.005
"""Shares that differ by less than half a percentage point are taken to be equal, if not said."""
INDIFFERENCE_OF_OTHERS: Final = 0.02
"""Other objectives that differ by less than this part of today's value are, if not said."""


@dataclass(frozen=True, slots=True)
class Term:
    """A KPI and its weight in an objective, with the sign as it was written."""

    weight: float
    kpi: str


@dataclass(frozen=True, slots=True)
class Objective:
    """What is to be made best.

    Attributes
    ----------
    text : str
        The KPI or the sum, without what is to be done with it.
    sign : int
        1: small values are good; -1: great ones are.
    terms : tuple of Term
    """

    text: str
    sign: int
    terms: tuple[Term, ...]

    @property
    def unit(self) -> str:
        """Unit of its values; nothing for a sum, which mixes units."""
        return definition(self.terms[0].kpi).unit if self.kpi else ""

    @property
    def kpi(self) -> str:
        """The KPI, if it is just that; nothing for a weighted sum."""
        only = len(self.terms) == 1 and self.terms[0].weight == 1
        return self.terms[0].kpi if only else ""

    @property
    def maximize(self) -> bool:
        """Whether great values are good."""
        return self.sign < 0

    def costs(self, study: Study) -> list[float]:
        """Return one number for each replication, whose mean is the estimate; smaller is better.

        Raises
        ------
        UsageError
            The scenario has no such figure, or nothing happened of which it could be said.
        """
        return [self.sign * value for value in self.values(study)]

    def values(self, study: Study) -> list[float]:
        """Return the same as it is shown: in the unit of the objective, with its own sign."""
        columns = [
            [term.weight * each for each in contributions_of(study, term.kpi)]
            for term in self.terms
        ]
        return [math.fsum(row) for row in zip(*columns, strict=True)]

    def default_indifference(self, today: float) -> float:
        """Return how far two values may differ and still be taken to be equally good.

        Parameters
        ----------
        today : float
            The objective with the scenario as it is.

        Raises
        ------
        UsageError
            It is 0 today, so that no part of it is a yardstick.
        """
        if self.unit == "share":
            return INDIFFERENCE_OF_SHARES
        zone = INDIFFERENCE_OF_OTHERS * abs(today)
        if not zone:
            raise UsageError(
                f"{self.text} is 0 today, so a part of it cannot say which differences matter; "
                "give --indifference"
            )
        return zone


@dataclass(frozen=True, slots=True)
class Constraint:
    """A condition that a recommended value has to keep.

    Attributes
    ----------
    kpi : str
    sign : str
        ``<=`` or ``>=``.
    bound : float
        In the unit of the KPI.
    text : str
        As it is shown, for example ``occupancy <= 85%``.
    """

    kpi: str
    sign: str
    bound: float
    text: str

    @property
    def unit(self) -> str:
        """Unit of the KPI."""
        return definition(self.kpi).unit

    def excess(self, study: Study) -> list[float]:
        """Return one number for each replication; the condition is kept if their mean is <= 0."""
        sign = 1 if self.sign == "<=" else -1
        return [sign * (value - self.bound) for value in contributions_of(study, self.kpi)]


def contributions_of(study: Study, kpi: str) -> list[float]:
    """Return what each replication of a study contributes to the estimate of a KPI."""
    try:
        return contributions(definition(kpi).kind, study.fractions(kpi))
    except UsageError as problem:
        raise UsageError(f"{kpi}: {problem}") from problem


def objective_of(text: str) -> Objective:
    """Return the objective that a text asks for.

    Parameters
    ----------
    text : str
        A KPI whose better direction is known, such as ``abandonment`` or ``service_level@60s``; or
        ``minimize:`` or ``maximize:`` and a KPI or a weighted sum of KPIs, such as
        ``minimize:abandonment+0.01*mean_wait-0.5*occupancy``.  In a sum every KPI counts in its
        own unit, shares from 0 to 1.

    Raises
    ------
    UsageError
        It cannot be read, names an unknown KPI, or asks for the worse.

    Examples
    --------
    >>> objective_of("service_level@60s").maximize
    True
    """
    verb, colon, rest = text.partition(":")
    if not colon:
        verb, rest = "", text
    verb = verb.strip()
    if colon and verb not in _SIGNS:
        near = difflib.get_close_matches(verb, _SIGNS, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise UsageError(f"an objective begins with minimize: or maximize:, not {verb!r}{hint}")
    terms = _terms(rest, text)
    shown = rest.strip()
    if len(terms) > 1 or terms[0].weight != 1:
        if not verb:
            raise UsageError(
                f"say whether the sum {shown!r} is to be small or great: minimize:{shown} or "
                f"maximize:{shown}"
            )
        return Objective(shown, _SIGNS[verb], terms)
    return Objective(shown, _sign_of(terms[0].kpi, verb), terms)


def _sign_of(kpi: str, verb: str) -> int:
    """Return the sign of an objective that is one KPI."""
    better = direction_of(kpi)
    if better is Direction.NEITHER:
        if not verb:
            raise UsageError(
                f"{kpi} is neither better when small nor when great; say minimize:{kpi} or "
                f"maximize:{kpi}"
            )
        return _SIGNS[verb]
    right = "minimize" if better is Direction.LOWER else "maximize"
    if verb and verb != right:
        raise UsageError(
            f"{verb}:{kpi} asks for the worse: {kpi} is better when {better.value}; write {kpi} "
            f"or {right}:{kpi}"
        )
    return _SIGNS[right]


def _terms(text: str, whole: str) -> tuple[Term, ...]:
    terms: list[Term] = []
    position = 0
    while position < len(text):
        found = _TERM.match(text, position)
        if found is None or (terms and not found["sign"]):
            break
        sign = -1 if found["sign"] == "-" else 1
        terms.append(Term(sign * float(found["weight"] or 1), known_kpi(found["name"])))
        position = found.end()
    if not terms or position < len(text):
        raise UsageError(
            f"cannot read the objective {whole!r} at {text[position:].strip()!r}; an objective is "
            "such as abandonment, maximize:service_level or "
            "minimize:abandonment+0.01*mean_wait-0.5*occupancy"
        )
    twice = [a.kpi for a, b in combinations(terms, 2) if a.kpi == b.kpi]
    if twice:
        raise UsageError(f"{twice[0]} stands twice in the objective {whole!r}")
    if not all(term.weight for term in terms):
        raise UsageError(f"a weight of 0 in the objective {whole!r} has no effect; leave it out")
    return tuple(terms)


def known_kpi(name: str) -> str:
    """Return the name of a KPI that replications keep.

    Raises
    ------
    UsageError
        There is no such KPI; the nearest name, or what is allowed, is told.
    """
    base, at, _ = name.partition("@")
    kept = tuple(map(threshold_name, THRESHOLDS_S))
    if at and base == "service_level" and name not in kept:
        raise UsageError(
            f"{name} is not kept of a replication; thresholds are {', '.join(kept)}, and "
            "service_level for the scenario's own"
        )
    known = [*(kpi.name for kpi in KPIS), *kept]
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"KPIs are {', '.join(known)}"
    raise UsageError(f"there is no KPI {name!r}; {hint}")


def constraints_of(texts: Sequence[str]) -> tuple[Constraint, ...]:
    """Return conditions, such as ``occupancy<=85%`` or ``mean_wait <= 30s``.

    Raises
    ------
    UsageError
        One cannot be read, or two contradict each other.
    """
    found = tuple(map(_constraint, texts))
    for first, second in combinations(found, 2):
        if first.kpi != second.kpi:
            continue
        if first.sign == second.sign:
            raise UsageError(
                f"{first.text} and {second.text} limit the same figure on the same side; keep the "
                "narrower one"
            )
        low, high = (first, second) if first.sign == ">=" else (second, first)
        if low.bound > high.bound:
            raise UsageError(f"{low.text} and {high.text} contradict each other")
    return found


def _constraint(text: str) -> Constraint:
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise UsageError(
            f"a condition is a KPI, <= or >=, and a value, such as 'occupancy<=85%' "
            f"(found {text!r})"
        )
    kpi, written = known_kpi(found["name"]), found["bound"]
    bound = amount(written, definition(kpi).unit, f"the bound of {kpi}")
    return Constraint(kpi, found["sign"], bound, f"{kpi} {found['sign']} {written}")


def amount(text: str, unit: str, what: str) -> float:
    """Return a number in a unit.

    Parameters
    ----------
    text : str
        ``85%`` or ``0.85`` for a share, ``30s`` for a time, a plain number for anything else.
    unit : str
        Of the KPI.
    what : str
        What it is, for messages.

    Raises
    ------
    UsageError
        It is none, or none in this unit.
    """
    if unit in _TIMES:
        try:
            return duration_ms(text) / 1000
        except ValueError as problem:
            raise UsageError(f"{what} is a time, such as 30s: {problem}") from problem
    percent = unit == "share" and text.endswith("%")
    digits = text.removesuffix("%") if percent else text
    if not _NUMBER.fullmatch(digits):
        allowed = "85% or 0.85" if unit == "share" else "a plain number"
        raise UsageError(f"{what} must be {allowed} (found {text!r})")
    number = float(digits) / 100 if percent else float(digits)
    if unit == "share" and not 0 <= number <= 1:
        raise UsageError(f"{what} must lie between 0% and 100% (found {text!r})")
    return number
