"""Run folders of all scenarios looked at here: those that are shipped, and three of our own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from trsim.analysis.results import Result
from trsim.experiments.replicate import replicate
from trsim.experiments.runfolder import write_run_folder
from trsim.model import Model
from trsim.scenario.load import Scenario, load_scenario

HERE = Path(__file__).parent
SHIPPED = tuple(sorted((HERE.parents[1] / "scenarios").glob("*.yaml")))
OURS = tuple(sorted(HERE.glob("*.yaml")))
assert SHIPPED, "scenarios are shipped"


@dataclass(frozen=True)
class Case:
    """A scenario, and what of it is changed so that figures begin after a warm-up."""

    path: Path
    warm_up: str | None = None

    @property
    def id(self) -> str:
        """Its name in reports of tests."""
        return self.path.stem if self.warm_up is None else f"{self.path.stem}-warm-up"


WARM_UPS = {
    "bank_day": "5h",
    "operations": "90m",
    "pool_drain": "47m",
    "quickstart": "25s",
    "short_steps": "261s",
    "skills_and_channels": "101m",
    "support_desk": "9h",
    "tutorial_workflow": "5h",
}
CASES = (
    *(Case(path) for path in SHIPPED + OURS),
    *(Case(path, WARM_UPS[path.stem]) for path in SHIPPED if path.stem in WARM_UPS),
)


@dataclass(frozen=True)
class Folder:
    """A run folder and the result it was written from."""

    path: Path
    model: Model
    result: Result

    @property
    def events(self) -> Path:
        """The log, which is all that a second opinion may look at."""
        return self.path / "events.parquet"

    @cached_property
    def kpis(self) -> dict[str, Any]:
        """What the folder says about the figures."""
        return dict(json.loads((self.path / "kpis.json").read_bytes()))


def write(case: Case, folder: Path) -> Folder:
    """Run the scenario of a case once, and keep everything about it in a folder."""
    scenario = load_scenario(case.path)
    if case.warm_up is not None:
        scenario = scenario.replace({"warm_up": case.warm_up})
    return keep(scenario, folder)


def keep(scenario: Scenario, folder: Path) -> Folder:
    """Run a scenario once and keep everything about it in a folder."""
    model = scenario.compile()
    study = replicate(model, replications=1)
    return Folder(write_run_folder(folder, study, scenario.to_yaml()), model, study.results[0])
