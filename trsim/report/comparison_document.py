"""A comparison as one JSON document, for other programs.

==============  ===========================================================================
format          ``trsim compare``
version         of this format; raised when a key is removed or changes its meaning
base            name of the setting that the others are compared with
settings        name, scenario, digest and fingerprints of each, the base first
identical       names of the settings whose runs are those of the base, event by event
seed, horizon_ms, warm_up_ms, replications, confidence
                what they have in common
differences     of each setting and KPI: both figures, their difference (setting minus base), its
                interval, the number of pairs that say something, which way the figure is better,
                and the verdict: ``same``, ``unclear``, ``better``, ``worse``, ``different`` or
                ``no figure``
causes          of each setting, what is waited for: differences in seconds per task; ``parts``
                add up to ``whole``
sentences       of each setting, the same in words
warnings        from loading the scenarios
caveats         reasons to doubt the figures
==============  ===========================================================================

Shares are 0 … 1.  What is not known is null.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

from trsim.analysis.comparison import Comparison, Difference
from trsim.analysis.comparison_causes import Cause, wait_change
from trsim.analysis.directions import direction_of
from trsim.analysis.intervals import Interval
from trsim.report.comparison_words import sentence, why_waits_differ

FORMAT: Final = "trsim compare"
FORMAT_VERSION: Final = 1


def comparison_document(
    comparison: Comparison,
    kpis: Sequence[str],
    *,
    confidence: float = 0.95,
    warnings: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """Return everything a comparison says, as JSON text.

    Parameters
    ----------
    comparison : Comparison
    kpis : sequence of str
        Figures to tell.
    confidence : float
        Of the intervals, 0 < confidence < 1.
    warnings : mapping of str to sequence of str, optional
        What the loader found suspicious, by the name of the setting.
    """
    base = comparison.studies[comparison.base]
    told = {
        name: [comparison.difference(kpi, confidence, name) for kpi in kpis]
        for name in comparison.others
    }
    document = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "base": comparison.base,
        "settings": _settings(comparison),
        "identical": list(comparison.identical),
        "seed": base.provenance.seed,
        "horizon_ms": base.criteria.horizon_ms,
        "warm_up_ms": base.criteria.warm_up_ms,
        "replications": comparison.replications,
        "confidence": confidence,
        "versions": {"python": platform.python_version(), "trsim": version("trsim")},
        "differences": [_fields(each) for differences in told.values() for each in differences],
        "causes": [_causes(comparison, name, confidence) for name in comparison.others],
        "sentences": {
            name: [sentence(each) for each in differences] + _why(comparison, name, confidence)
            for name, differences in told.items()
        },
        "warnings": {name: list(texts) for name, texts in (warnings or {}).items()},
        "caveats": [caveat.text for caveat in comparison.caveats],
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _settings(comparison: Comparison) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "scenario": study.provenance.name,
            "digest": study.provenance.digest,
            "fingerprints": list(study.fingerprints),
        }
        for name, study in comparison.studies.items()
    ]


def _fields(difference: Difference) -> dict[str, Any]:
    return {
        "setting": difference.setting,
        "kpi": difference.kpi,
        "unit": difference.unit,
        "base": difference.base,
        "other": difference.other,
        **_numbers(difference.interval),
        "better": direction_of(difference.kpi).value,
        "verdict": difference.verdict.value,
    }


def _numbers(interval: Interval) -> dict[str, Any]:
    return {
        "difference": interval.estimate,
        "low": interval.low,
        "high": interval.high,
        "half_width": interval.half_width,
        "n": interval.n,
    }


def _causes(comparison: Comparison, name: str, confidence: float) -> dict[str, Any]:
    why = wait_change(comparison, name, confidence=confidence)
    if why is None:
        return {"setting": name, "whole": None, "parts": [], "worker_time": []}
    return {
        "setting": name,
        "whole": _cause(why.whole),
        "parts": [_cause(cause) for cause in why.parts],
        "worker_time": [_cause(cause) for cause in why.worker_time],
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {"kpi": cause.kpi, "label": cause.label, **_numbers(cause.interval)}


def _why(comparison: Comparison, name: str, confidence: float) -> list[str]:
    why = wait_change(comparison, name, confidence=confidence)
    return [] if why is None else list(why_waits_differ(why))
