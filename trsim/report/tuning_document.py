"""A tuning as one JSON document, for other programs.

==============  ===========================================================================
format          ``trsim tune``
version         of this format; raised when a key is removed or changes its meaning
sentences       the answer in words
question …      as in :meth:`trsim.analysis.tuning.Tuning.as_dict`
==============  ===========================================================================

What is not known is null; so is a theoretical optimum that is infinite: its reason tells it.
"""

from __future__ import annotations

import json
import math
import platform
from importlib.metadata import version
from typing import Any, Final

from trsim.analysis.tuning import Tuning
from trsim.report.tuning_words import sentences

FORMAT: Final = "trsim tune"
FORMAT_VERSION: Final = 1


def tuning_document(tuning: Tuning) -> str:
    """Return everything a tuning says, as JSON text."""
    document = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "versions": {"python": platform.python_version(), "trsim": version("trsim")},
        "sentences": list(sentences(tuning)),
        **tuning.as_dict(),
    }
    return json.dumps(_finite(document), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _finite(value: Any) -> Any:
    """Return plain values with null for every number that JSON lacks."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
