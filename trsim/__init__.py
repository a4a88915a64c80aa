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
    from trsim.analysis.comparison import Comparison
    from trsim.analysis.results import Result
    from trsim.analysis.study import Study
    from trsim.analysis.swept import Sweep
    from trsim.analysis.tuning import Tuning
    from trsim.errors import (
        ExperimentError,
        IllegalTransition,
        LimitExceeded,
        OutputError,
        ScenarioError,
        TrsimError,
        UsageError,
    )
    from trsim.eventlog import EventLog
    from trsim.experiments.compare import compare
    from trsim.experiments.replicate import replicate
    from trsim.experiments.run import run
    from trsim.experiments.search_options import Search
    from trsim.experiments.sweep import sweep
    from trsim.experiments.tune import tune
    from trsim.interactive.explore import explore
    from trsim.interactive.workplace import workplace
    from trsim.model import Model
    from trsim.scenario.load import Scenario, load_scenario
    from trsim.world.distributions import Distribution

    __version__: str

__all__ = [
    "Comparison",
    "Distribution",
    "EventLog",
    "ExperimentError",
    "IllegalTransition",
    "LimitExceeded",
    "Model",
    "OutputError",
    "Result",
    "Scenario",
    "ScenarioError",
    "Search",
    "Study",
    "Sweep",
    "TrsimError",
    "Tuning",
    "UsageError",
    "__version__",
    "compare",
    "explore",
    "load_scenario",
    "replicate",
    "run",
    "sweep",
    "tune",
    "workplace",
]

_HOMES = {
    "Comparison": "trsim.analysis.comparison",
    "Distribution": "trsim.world.distributions",
    "EventLog": "trsim.eventlog",
    "ExperimentError": "trsim.errors",
    "IllegalTransition": "trsim.errors",
    "LimitExceeded": "trsim.errors",
    "Model": "trsim.model",
    "OutputError": "trsim.errors",
    "Result": "trsim.analysis.results",
    "Scenario": "trsim.scenario.load",
    "ScenarioError": "trsim.errors",
    "Search": "trsim.experiments.search_options",
    "Study": "trsim.analysis.study",
    "Sweep": "trsim.analysis.swept",
    "TrsimError": "trsim.errors",
    "Tuning": "trsim.analysis.tuning",
    "UsageError": "trsim.errors",
    "compare": "trsim.experiments.compare",
    "explore": "trsim.interactive.explore",
    "load_scenario": "trsim.scenario.load",
    "replicate": "trsim.experiments.replicate",
    "run": "trsim.experiments.run",
    "sweep": "trsim.experiments.sweep",
    "tune": "trsim.experiments.tune",
    "workplace": "trsim.interactive.workplace",
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
