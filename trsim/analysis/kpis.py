"""All key figures, each with its one definition, and what a run says about them."""

from __future__ import annotations

import difflib
import re
from dataclasses import replace
from typing import Final

from trsim.analysis.cause_kpis import CAUSE_KPIS, CAUSES, share_name
from trsim.analysis.cost_kpis import COST_KPIS
from trsim.analysis.fairness_kpis import FAIRNESS_KPIS
from trsim.analysis.kpi import Fraction, Kpi
from trsim.analysis.reservation_kpis import RESERVATION_KPIS
from trsim.analysis.sample import Sample
from trsim.analysis.task_kpis import TASK_KPIS
from trsim.analysis.wait_kpis import SERVICE_LEVELS, WAIT_KPIS
from trsim.analysis.worker_kpis import WORKER_KPIS
from trsim.errors import UsageError

__all__ = [
    "CAUSES",
    "KPIS",
    "SERVICE_LEVELS",
    "definition",
    "definitions_text",
    "measure",
    "share_name",
    "threshold_name",
]

KPIS: Final[tuple[Kpi, ...]] = (
    *TASK_KPIS,
    *WAIT_KPIS,
    *CAUSE_KPIS,
    *RESERVATION_KPIS,
    *FAIRNESS_KPIS,
    *WORKER_KPIS,
    *COST_KPIS,
)
"""Every key figure, in the order in which tables show them."""

_BY_NAME: Final = {kpi.name: kpi for kpi in KPIS}
assert len(_BY_NAME) == len(KPIS), "a name must stand for one figure"
_THRESHOLD: Final = re.compile(r"service_level@(?P<seconds>[0-9]+)s")


def definition(name: str) -> Kpi:
    """Return the definition of a KPI.

    Parameters
    ----------
    name : str
        For example ``"asa"``, or ``"service_level@20s"`` for a threshold of its own.

    Raises
    ------
    UsageError
        There is no such KPI.
    """
    if name in _BY_NAME:
        return _BY_NAME[name]
    within = _THRESHOLD.fullmatch(name)
    if within is not None:
        level = _BY_NAME["service_level"]
        return replace(
            level,
            name=name,
            text=f"As service_level, with {within['seconds']} s for the threshold.",
        )
    near = difflib.get_close_matches(name, _BY_NAME, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"KPIs are {', '.join(_BY_NAME)}"
    raise UsageError(f"there is no KPI {name!r}; {hint}")


def threshold_name(seconds: int) -> str:
    """Return the name of the service level for a threshold [s].

    Examples
    --------
    >>> threshold_name(20)
    'service_level@20s'
    """
    return f"service_level@{seconds}s"


def measure(sample: Sample) -> dict[str, Fraction]:
    """Return what a sample says about each KPI that can be said of it.

    Parameters
    ----------
    sample : Sample
        A whole run, or some tasks of it, such as those of a queue, for which KPIs of workers are
        left out.  KPIs for which the scenario does not give what they need are left out, too.
    """
    grouped = sample.workers is None
    return {
        kpi.name: kpi.measure(sample)
        for kpi in KPIS
        if (kpi.grouped or not grouped) and kpi.given(sample)
    }


def definitions_text() -> str:
    r"""Return all definitions as text, one paragraph for each KPI.

    Examples
    --------
    >>> print(definitions_text().split("\n\n")[0])
    offered [tasks]
        Tasks created; refused ones are not among them.
        = number of task.created
        Replications: mean of the replications; Student's t interval.
    """
    return "\n\n".join(
        f"{kpi.name} [{kpi.unit}]\n    {kpi.text}\n    = {kpi.formula}\n"
        f"    Replications: {kpi.kind.value}."
        for kpi in KPIS
    )
