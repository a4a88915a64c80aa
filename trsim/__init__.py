"""trsim: a discrete-event simulator of a contact centre that works as Twilio TaskRouter does.

>>> import trsim
>>> scenario = trsim.load_scenario("scenarios/quickstart.yaml")  # doctest: +SKIP
>>> result = trsim.run(scenario.compile(), seed=7)  # doctest: +SKIP
>>> result.kpis()  # doctest: +SKIP

The names below are the public interface.  They are loaded when they are first used, so that
``import trsim`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trsim.analysis.results import Result
    from trsim.analysis.study import Study
    from trsim.errors import (
        IllegalTransition,
        LimitExceeded,
        OutputError,
        ScenarioError,
        TrsimError,
        UsageError,
    )
    from trsim.eventlog import EventLog
    from trsim.experiments.replicate import replicate
    from trsim.experiments.run import run
    from trsim.interactive.explore import explore
    from trsim.model import Model
    from trsim.scenario.load import Scenario, load_scenario

    __version__: str

__all__ = [
    "EventLog",
    "IllegalTransition",
    "LimitExceeded",
    "Model",
    "OutputError",
    "Result",
    "Scenario",
    "ScenarioError",
    "Study",
    "TrsimError",
    "UsageError",
    "__version__",
    "explore",
    "load_scenario",
    "replicate",
    "run",
]

_HOMES = {
    "EventLog": "trsim.eventlog",
    "IllegalTransition": "trsim.errors",
    "LimitExceeded": "trsim.errors",
    "Model": "trsim.model",
    "OutputError": "trsim.errors",
    "Result": "trsim.analysis.results",
    "Scenario": "trsim.scenario.load",
    "ScenarioError": "trsim.errors",
    "Study": "trsim.analysis.study",
    "TrsimError": "trsim.errors",
    "UsageError": "trsim.errors",
    "explore": "trsim.interactive.explore",
    "load_scenario": "trsim.scenario.load",
    "replicate": "trsim.experiments.replicate",
    "run": "trsim.experiments.run",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        value: Any = version("trsim")
    elif name in _HOMES:
        value = getattr(importlib.import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module 'trsim' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
