"""A study as one JSON document, for other programs.

==============  ===========================================================================
format          ``trsim run``
version         of this format; raised when a key is removed or changes its meaning
provenance      scenario, digest, seed, horizon, fingerprints, versions
complete        whether the run reached its horizon
replications, confidence, service_level, threshold_s, warm_up_s, note, kpis
                as in :meth:`trsim.analysis.kpi_table.KpiTable.as_dict`
by_queue, by_stream
                the same figures, each with the name of the queue or stream
steps           the targets of all configurations: where each stands, and its counts, means over the
                replications, as in :data:`trsim.analysis.frames.STEP_COLUMNS`
goals           condition, figure, whether it is met, whether chance may have decided it
warnings        from loading the scenario
caveats         reasons to doubt the figures
==============  ===========================================================================

What is not known is null.  ``missing`` is ``grows`` where an estimate is withheld because
the figure grows for as long as the run lasts, else null.
"""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Final

from trsim.analysis.kpi_table import KpiValue
from trsim.analysis.study import Study
from trsim.report.goals import Judgment

FORMAT: Final = "trsim run"
FORMAT_VERSION: Final = 1


def json_document(
    study: Study, *, judgments: Sequence[Judgment] = (), warnings: Sequence[str] = ()
) -> str:
    """Return everything a study says, as JSON text.

    Parameters
    ----------
    study : Study
        One replication or several.
    judgments : sequence of Judgment
        Goals of the scenario, judged.
    warnings : sequence of str
        What the loader found suspicious.
    """
    document = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "provenance": _provenance(study),
        "complete": True,
        **study.kpis().as_dict(),
        "by_queue": _grouped(study, "queue"),
        "by_stream": _grouped(study, "stream"),
        "steps": _steps(study),
        "goals": [_goal(judgment) for judgment in judgments],
        "warnings": list(warnings),
        "caveats": [caveat.text for caveat in study.caveats],
    }
    return json.dumps(_finite(document), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _provenance(study: Study) -> dict[str, Any]:
    about, criteria = study.provenance, study.criteria
    return {
        "scenario": about.name,
        "digest": about.digest,
        "seed": about.seed,
        "horizon_ms": criteria.horizon_ms,
        "warm_up_ms": criteria.warm_up_ms,
        "fingerprints": list(study.fingerprints),
        "versions": {"python": platform.python_version(), "trsim": version("trsim")},
    }


def _grouped(study: Study, kind: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for group in study.group_measures[0]:
        if group[0] == kind:
            table = study.table_of_group(group, confidence=study.kpis().confidence)
            rows.extend({kind: group[1], **_fields(value)} for value in table)
    return rows


def _fields(value: KpiValue) -> dict[str, Any]:
    return {
        "kpi": value.name,
        "unit": value.unit,
        "estimate": value.estimate,
        "low": value.low,
        "high": value.high,
        "half_width": value.half_width,
        "n": value.n,
        "missing": value.missing,
    }


def _steps(study: Study) -> list[dict[str, Any]]:
    places = study.routing.places
    return [
        {
            "step": step,
            "configuration": place.configuration,
            "filter": place.filter,
            "target": place.target,
            "queue": place.queue,
            **counts,
        }
        for step, (place, counts) in enumerate(zip(places, study.step_means, strict=False))
    ]


def _goal(judgment: Judgment) -> dict[str, Any]:
    return {
        "kpi": judgment.value.name,
        "condition": judgment.condition.text,
        "estimate": judgment.value.estimate,
        "met": judgment.met,
        "doubtful": judgment.doubtful,
    }


def _finite(value: Any) -> Any:
    """Return plain values with null for every number that JSON lacks."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
