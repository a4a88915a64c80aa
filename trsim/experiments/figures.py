"""What is kept of a replication once its log is gone: exact figures, small enough to be stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from trsim.analysis.kpi import Fraction, Measures
from trsim.analysis.kpi_table import Group
from trsim.analysis.kpis import threshold_name
from trsim.analysis.results import Result
from trsim.analysis.steps import StepCounts, routing_facts
from trsim.analysis.study import Study
from trsim.analysis.trust_kinds import Caveat, Doubt
from trsim.errors import UsageError
from trsim.experiments.run import Plan

THRESHOLDS_S: Final = (10, 20, 30, 60, 120)
"""Every replication keeps the service level for these thresholds, too: ``service_level@20s``."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One replication without its log.

    Attributes
    ----------
    fingerprint : str
        SHA-256 of the log.
    measures : mapping of str to (int, int)
        Numerator and denominator of every KPI.
    thresholds : mapping of str to (int, int)
        The same of the service level for each of :data:`THRESHOLDS_S`, by names such as
        ``service_level@20s``.
    groups : mapping of (str, str) to mapping
        The KPIs of each queue and each stream.
    caveats : tuple of Caveat
        Reasons to doubt the replication.
    steps : tuple of StepCounts
        What happened in each target of the workflows.
    """

    fingerprint: str
    measures: Measures
    thresholds: Measures
    groups: Mapping[Group, Measures]
    caveats: tuple[Caveat, ...]
    steps: tuple[StepCounts, ...]

    def fraction(self, name: str) -> Fraction:
        """Return numerator and denominator of a KPI, such as ``asa`` or ``service_level@20s``.

        Raises
        ------
        UsageError
            The replication has no such figure.
        """
        for known in (self.measures, self.thresholds):
            if name in known:
                return known[name]
        raise UsageError(f"the scenario has no figure {name!r}")

    def as_json(self) -> dict[str, Any]:
        """Return plain numbers, texts, lists and mappings, from which :meth:`from_json` reads."""
        return {
            "fingerprint": self.fingerprint,
            "measures": _listed(self.measures),
            "thresholds": _listed(self.thresholds),
            "groups": [[kind, name, _listed(of)] for (kind, name), of in self.groups.items()],
            "caveats": [[caveat.doubt.name, caveat.text] for caveat in self.caveats],
            "steps": [list(step) for step in self.steps],
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Figures:
        """Return the figures that :meth:`as_json` wrote."""
        return cls(
            fingerprint=content["fingerprint"],
            measures=_fractions(content["measures"]),
            thresholds=_fractions(content["thresholds"]),
            groups={(kind, name): _fractions(of) for kind, name, of in content["groups"]},
            caveats=tuple(Caveat(Doubt[doubt], text) for doubt, text in content["caveats"]),
            steps=tuple(StepCounts(*step) for step in content["steps"]),
        )


def figures_of(result: Result) -> Figures:
    """Return what is kept of a result."""
    return Figures(
        fingerprint=result.fingerprint(),
        measures=result.measures,
        thresholds=dict(
            zip(
                map(threshold_name, THRESHOLDS_S),
                result.service_levels_within([1000 * seconds for seconds in THRESHOLDS_S]),
                strict=True,
            )
        ),
        groups=result.group_measures,
        caveats=result.run_caveats,
        steps=result.step_counts,
    )


def study_of(plan: Plan, figures: Sequence[Figures], results: tuple[Result, ...] = ()) -> Study:
    """Return replications as a study.

    Parameters
    ----------
    plan : Plan
        What was run.
    figures : sequence of Figures
        Of its replications, in their order; at least one.
    results : tuple of Result
        Of those that are kept whole.
    """
    return Study(
        provenance=plan.provenance,
        criteria=plan.criteria,
        fingerprints=tuple(each.fingerprint for each in figures),
        measures=tuple(each.measures for each in figures),
        group_measures=tuple(each.groups for each in figures),
        run_caveats=tuple(each.caveats for each in figures),
        results=results,
        routing=routing_facts(plan.model),
        step_counts=tuple(each.steps for each in figures),
        thresholds=tuple(each.thresholds for each in figures),
    )


def _listed(measures: Measures) -> dict[str, list[int]]:
    return {name: list(fraction) for name, fraction in measures.items()}


def _fractions(content: Mapping[str, Sequence[int]]) -> dict[str, Fraction]:
    return {name: (part, whole) for name, (part, whole) in content.items()}
