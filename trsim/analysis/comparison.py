"""Two or more settings side by side, replication by replication, on the same customers.

Replication i of every setting has the same draws, because draws belong to who or what they are
for.  So differences are taken pair by pair, and chance that meets both settings alike drops out
(common random numbers: Law, "Simulation Modeling and Analysis", 5th edition, section 11.2;
Glasserman and Yao, "Some guidelines and guarantees for common random numbers", Management Science
38, 1992).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Final

from trsim.analysis.directions import Direction, direction_of
from trsim.analysis.intervals import Interval, mean_interval, ratio_interval
from trsim.analysis.kpi import Fraction, Kind
from trsim.analysis.kpis import definition
from trsim.analysis.page import aside_html, folded_html, list_html, table_html
from trsim.analysis.paired import paired_difference
from trsim.analysis.sample import Criteria
from trsim.analysis.study import Study
from trsim.analysis.trust import over_replications
from trsim.analysis.trust_kinds import Caveat, Doubt, span_text
from trsim.analysis.trust_precision import MAIN_KPIS, chance_doubts
from trsim.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd


class Verdict(Enum):
    """What a difference says."""

    SAME = "same"
    """Equal in every replication, to the last digit."""
    NOT_TOLD_APART = "unclear"
    """The interval holds 0, or there is none: chance alone may have made the difference."""
    BETTER = "better"
    WORSE = "worse"
    DIFFERENT = "different"
    """Told apart from 0, and the figure has no better direction."""
    UNKNOWN = "no figure"
    """One of the settings has nothing of which the figure could be said."""


@dataclass(frozen=True, slots=True)
class Difference:
    """By how much a figure of a setting exceeds that of the base.

    Attributes
    ----------
    kpi, unit : str
        As in its definition.
    setting : str
        Name of the setting.
    base, other : float or None
        The figure of the base and of the setting, over the pairs that count; None where nothing
        can be said.
    interval : Interval
        The difference, setting minus base, in the unit of the figure; shares as 0 … 1.
    confidence : float
        Of the interval.
    verdict : Verdict
    """

    kpi: str
    unit: str
    setting: str
    base: float | None
    other: float | None
    interval: Interval
    confidence: float
    verdict: Verdict

    @property
    def told_apart(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.verdict in (Verdict.BETTER, Verdict.WORSE, Verdict.DIFFERENT)


def difference_of(
    name: str, first: list[Fraction], second: list[Fraction], confidence: float, setting: str
) -> Difference:
    """Return the difference of a KPI, second minus first, from its replications in pairs.

    Raises
    ------
    UsageError
        There is no such KPI, the numbers of replications differ, or ``confidence`` is out of
        bounds.
    """
    kpi = definition(name)
    interval = paired_difference(kpi.kind, first, second, confidence)
    pairs = list(zip(first, second, strict=True))
    if kpi.kind is Kind.AVERAGED:
        # Where only one of a pair says something, there is nothing to compare it with.
        pairs = [(a, b) for a, b in pairs if a[1] and b[1]]
    of_one = _INTERVALS[kpi.kind]
    return Difference(
        kpi=name,
        unit=kpi.unit,
        setting=setting,
        base=of_one([a for a, _ in pairs], confidence).estimate,
        other=of_one([b for _, b in pairs], confidence).estimate,
        interval=interval,
        confidence=confidence,
        verdict=_verdict(direction_of(name), interval, alike=first == second),
    )


_INTERVALS: Final = {Kind.POOLED: ratio_interval, Kind.AVERAGED: mean_interval}


def _verdict(direction: Direction, interval: Interval, *, alike: bool) -> Verdict:
    estimate, low, high = interval.estimate, interval.low, interval.high
    if estimate is None:
        return Verdict.UNKNOWN
    if alike or estimate == low == high == 0:
        return Verdict.SAME
    if low is None or high is None or low <= 0 <= high:
        return Verdict.NOT_TOLD_APART
    if direction is Direction.NEITHER:
        return Verdict.DIFFERENT
    return Verdict.BETTER if (estimate > 0) is (direction is Direction.HIGHER) else Verdict.WORSE


@dataclass(frozen=True)
class Comparison:
    """Settings side by side; the first is the base with which the others are compared.

    Attributes
    ----------
    studies : mapping of str to Study
        The replications of each setting, by its name; two settings at least, which have seed,
        horizon, warm-up, definition of the service level and number of replications in common.

    Raises
    ------
    UsageError
        They have not.
    """

    studies: Mapping[str, Study]

    def __post_init__(self) -> None:
        object.__setattr__(self, "studies", dict(self.studies))
        if len(self.studies) < 2:
            raise UsageError(
                f"a comparison needs two settings at least, not {len(self.studies)}: the first is "
                "the base of the others"
            )
        check_comparable({name: study.criteria for name, study in self.studies.items()})
        _check_common("seeds", {n: str(s.provenance.seed) for n, s in self.studies.items()})
        _check_common("replications", {n: str(s.replications) for n, s in self.studies.items()})

    @property
    def base(self) -> str:
        """Name of the setting that the others are compared with."""
        return next(iter(self.studies))

    @property
    def others(self) -> tuple[str, ...]:
        """Names of the settings that are compared with the base."""
        return tuple(self.studies)[1:]

    @property
    def replications(self) -> int:
        """How many pairs of replications there are."""
        return self.studies[self.base].replications

    @property
    def kpis(self) -> tuple[str, ...]:
        """Names of the figures that every setting has, in the order of their definitions."""
        studies = list(self.studies.values())
        return tuple(
            name
            for name in studies[0].measures[0]
            if all(name in run for study in studies for run in study.measures)
        )

    def difference(self, kpi: str, confidence: float = 0.95, of: str | None = None) -> Difference:
        """Return by how much a figure of a setting exceeds that of the base.

        Parameters
        ----------
        kpi : str
            Such as ``asa`` or ``service_level@20s``.
        confidence : float
            Of the interval, 0 < confidence < 1.
        of : str, optional
            Name of the setting; left out: the only one beside the base.

        Raises
        ------
        UsageError
            There is no such KPI or setting, a setting does not give what the KPI needs, the
            setting is left out though there are several, or ``confidence`` is out of bounds.
        """
        name = self.setting(of)
        first, second = (self.studies[each].fractions(kpi) for each in (self.base, name))
        return difference_of(kpi, first, second, confidence, name)

    def setting(self, name: str | None) -> str:
        """Return the name of a setting beside the base, the only one if none is named.

        Raises
        ------
        UsageError
            There is no such setting, or none is named and there are several.
        """
        listed = ", ".join(map(repr, self.others))
        if name is None and len(self.others) > 1:
            raise UsageError(f"say which setting is meant with of=…; there are {listed}")
        if name is not None and name not in self.others:
            raise UsageError(f"there is no setting {name!r} beside {self.base!r}, only {listed}")
        return self.others[0] if name is None else name

    def differences(
        self, of: str | None = None, *, confidence: float = 0.95
    ) -> tuple[Difference, ...]:
        """Return the difference of every figure of a setting; see :meth:`difference`."""
        return tuple(self.difference(kpi, confidence, of) for kpi in self.kpis)

    @property
    def identical(self) -> tuple[str, ...]:
        """Names of the settings whose runs are those of the base, event by event."""
        prints = self.studies[self.base].fingerprints
        return tuple(name for name in self.others if self.studies[name].fingerprints == prints)

    @cached_property
    def caveats(self) -> tuple[Caveat, ...]:
        """Reasons to doubt the comparison: those of its settings, and of their pairing."""
        found: list[Caveat] = []
        for name, study in self.studies.items():
            # Settings are compared by their difference; how wide their own intervals are is not
            # the question, and how many replications there are is said once for all.
            found.extend(
                Caveat(caveat.doubt, f"{name}: {caveat.text}")
                for caveat in over_replications(study.run_caveats)
                if caveat.doubt not in (Doubt.ONE_REPLICATION, Doubt.FEW_REPLICATIONS)
            )
        return (*found, *self._other_customers(), *chance_doubts(self.replications))

    def _other_customers(self) -> Iterator[Caveat]:
        """Look for settings that were not offered what the base was, replication by replication."""
        base = _arrivals(self.studies[self.base])
        for name in self.others:
            counts = _arrivals(self.studies[name])
            differ = sum(a != b for a, b in zip(base, counts, strict=True))
            if differ:
                yield Caveat(
                    Doubt.OTHER_CUSTOMERS,
                    f"{name}: not the customers of {self.base}: in {differ} of {len(base)} pairs "
                    "of replications another number of tasks came in, so that the differences are "
                    "partly theirs, and the intervals wider",
                )

    def to_frame(self, *, confidence: float = 0.95) -> pd.DataFrame:
        """Return one row for each setting beside the base and each KPI.

        Returns
        -------
        DataFrame
            Columns ``setting``, ``kpi``, ``unit``, ``base``, ``other``, ``difference`` (other
            minus base), ``low``, ``high``, ``half_width`` (NaN where not known), ``n`` (pairs
            that say something) and ``verdict``.
        """
        import pandas as pd

        rows = [
            each for name in self.others for each in self.differences(name, confidence=confidence)
        ]
        numbers = {
            "base": [row.base for row in rows],
            "other": [row.other for row in rows],
            "difference": [row.interval.estimate for row in rows],
            "low": [row.interval.low for row in rows],
            "high": [row.interval.high for row in rows],
            "half_width": [row.interval.half_width for row in rows],
        }
        return pd.DataFrame(
            {
                "setting": [row.setting for row in rows],
                "kpi": [row.kpi for row in rows],
                "unit": [row.unit for row in rows],
                **{name: pd.Series(values, dtype="float64") for name, values in numbers.items()},
                "n": [row.interval.n for row in rows],
                "verdict": [row.verdict.value for row in rows],
            }
        )

    def __repr__(self) -> str:
        listed = ", ".join(map(repr, self.others))
        return f"<Comparison of {listed} with {self.base!r}, {self.replications} replications>"

    def _repr_html_(self) -> str:
        main = [kpi for kpi in MAIN_KPIS if kpi in self.kpis]
        tables = "".join(
            f"<strong>{escape(name)} instead of {escape(self.base)}</strong>"
            f"{_html([self.difference(kpi, of=name) for kpi in main])}"
            f"{folded_html('all figures', _html(self.differences(name)))}"
            for name in self.others
        )
        note = f"{self.replications} pairs of replications, 95 % confidence intervals"
        return (
            f"<div>{tables}{aside_html(note)}"
            f"{list_html(caveat.text for caveat in self.caveats)}</div>"
        )


_IN_COMMON: Final = {
    "seeds": "different seeds, so they have not met the same customers",
    "replications": "different numbers of replications, which are compared in pairs",
    "horizon": "different horizons, so their counts and waits are not of the same time",
    "warm-up": "different warm-ups, so different tasks are counted",
    "service level": "different definitions of the service level, which would be the difference",
}
"""What settings must have in common, and what is wrong otherwise."""


def common_facts(criteria: Criteria) -> dict[str, str]:
    """Return what settings that are compared must have in common, in words, by name."""
    return {
        "horizon": span_text(criteria.horizon_ms),
        "warm-up": span_text(criteria.warm_up_ms),
        "service level": f"{criteria.service_level}, {criteria.threshold_ms / 1000:g} s",
    }


def check_comparable(criteria: Mapping[str, Criteria]) -> None:
    """Refuse settings that do not count the same.

    Parameters
    ----------
    criteria : mapping of str to Criteria
        What is counted in each setting, by its name; at least one.

    Raises
    ------
    UsageError
        Horizons, warm-ups or definitions of the service level differ.
    """
    facts = {name: common_facts(each) for name, each in criteria.items()}
    for what in next(iter(facts.values())):
        _check_common(what, {name: each[what] for name, each in facts.items()})


def _check_common(what: str, values: Mapping[str, str]) -> None:
    base, first = next(iter(values.items()))
    for name, value in values.items():
        if value != first:
            raise UsageError(
                f"settings cannot be compared with {_IN_COMMON[what]}: {what} {value} in "
                f"{name!r}, {first} in {base!r}"
            )


def _arrivals(study: Study) -> list[int]:
    """Return how many tasks came in each replication, refused ones included."""
    return [run["offered"][0] + run["refused"][0] for run in study.measures]


def _html(differences: Sequence[Difference]) -> str:
    heads = ("KPI", "base", "other", "difference", "low", "high", "unit", "verdict")
    rows = [
        (
            each.kpi,
            each.base,
            each.other,
            each.interval.estimate,
            each.interval.low,
            each.interval.high,
            each.unit,
            each.verdict.value,
        )
        for each in differences
    ]
    return table_html(heads, rows)
