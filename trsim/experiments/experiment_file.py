"""Experiments as files: ``trsim sweep study.yaml``.

::

    experiment: 1
    scenario: desk.yaml
    vary:
      workflows.*.task_reservation_timeout: 5s..60s:12
      workers.agent.count: [40, 45, 50]
    replications: 20
    seed: 7
    design: grid
    samples: 64

Only ``experiment``, ``scenario`` and ``vary`` are needed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from trsim.errors import Problem, ScenarioError, UsageError
from trsim.experiments.designs import DEFAULT_SAMPLES, Design, design_named
from trsim.experiments.parameters import DEFAULT_POINTS, parameter_from
from trsim.experiments.sweep import Sampling, SweepPlan, planned_sweep
from trsim.scenario.emit import yaml_text
from trsim.scenario.files import read_content
from trsim.scenario.load import Scenario, load_scenario
from trsim.scenario.nodes import Limits, MapNode, entries_of, plain
from trsim.scenario.places import place_of
from trsim.scenario.problems import Path as KeyPath
from trsim.scenario.problems import Place, allowed_names, problem_at, shown
from trsim.scenario.yaml_reader import read_yaml

VERSION: Final = 1
_KEYS: Final = ("experiment", "scenario", "vary", "replications", "seed", "design", "samples")
_NEEDED: Final = _KEYS[:3]


@dataclass(frozen=True, slots=True, eq=False)
class Experiment:
    """What a file asks for.

    Attributes
    ----------
    scenario : Scenario
    vary : mapping of str to object
        Ranges or lists by path.
    replications, seed : int, optional
        None: as the scenario says.
    sampling : Sampling
    """

    scenario: Scenario
    vary: Mapping[str, object]
    replications: int | None
    seed: int | None
    sampling: Sampling

    def planned(self) -> SweepPlan:
        """Return the sweep, with every point compiled.

        Raises
        ------
        UsageError
            The scenario refuses a point.
        """
        return planned_sweep(
            self.scenario,
            self.vary,
            replications=self.replications,
            seed=self.seed,
            sampling=self.sampling,
        )


def is_experiment(path: str | os.PathLike[str]) -> bool:
    """Return whether a file says that it is an experiment; one that cannot be read does not."""
    try:
        root = read_yaml(read_content(Path(path), Limits()), os.fspath(path))
    except (ValueError, OSError):
        return False
    return "experiment" in entries_of(root)


def read_experiment(path: str | os.PathLike[str]) -> Experiment:
    """Return the experiment in a file.

    Parameters
    ----------
    path : path-like
        The file; the scenario that it names lies in its folder or below.

    Raises
    ------
    ScenarioError
        With all problems of the file, at their places, or with those of its scenario.
    """
    file = os.fspath(path)
    try:
        content = read_content(Path(file), Limits())
    except ValueError as fault:
        raise ScenarioError([problem_at(Place(file), (), str(fault))]) from None
    root = read_yaml(content, file)
    if not isinstance(root, MapNode):
        raise ScenarioError([problem_at(root.place, (), "an experiment is a mapping")])
    return _Reader(root, file).experiment()


def experiment_text(planned: SweepPlan, scenario: str) -> str:
    """Return the file that asks for a sweep again.

    Parameters
    ----------
    planned : SweepPlan
    scenario : str
        File of its scenario, as seen from the folder of the experiment.
    """
    content: dict[str, Any] = {
        "experiment": VERSION,
        "scenario": scenario,
        "vary": {
            each.label: list(each.given) if isinstance(each.given, (list, tuple)) else each.given
            for each in planned.parameters
        },
        "replications": planned.replications,
        "seed": planned.seed,
        "design": planned.sampling.design.value,
    }
    if planned.sampling.design not in (Design.GRID, Design.ONE_AT_A_TIME):
        content["samples"] = planned.sampling.samples
    return yaml_text(content)


class _Reader:
    """Reads one file and collects what is wrong with it."""

    def __init__(self, root: MapNode, file: str) -> None:
        self._root = root
        self._file = file
        self._problems: list[Problem] = []

    def experiment(self) -> Experiment:
        """Return what the file says; all problems are raised together."""
        given: Any = plain(self._root)
        for key in given:
            if key not in _KEYS:
                self._blame((key,), f"unknown key ({allowed_names(_KEYS, key)})")
        for key in _NEEDED:
            if given.get(key) is None:
                self._blame((), f"the key '{key}' is missing")
        if given.get("experiment") not in (None, VERSION):
            found = shown(given["experiment"])
            self._blame(("experiment",), f"must be {VERSION}, the only version (found {found})")
        replications = self._whole(given, "replications", 1)
        seed = self._whole(given, "seed", 0)
        samples = self._whole(given, "samples", 1) or DEFAULT_SAMPLES
        design = self._tried(("design",), lambda: design_named(str(given.get("design", "grid"))))
        scenario = self._scenario(given.get("scenario"))
        vary = self._vary(given.get("vary"), scenario)
        if self._problems or scenario is None or design is None:
            raise ScenarioError(sorted(self._problems, key=lambda p: (p.line, p.column)))
        return Experiment(scenario, vary, replications, seed, Sampling(design, samples))

    def _scenario(self, name: object) -> Scenario | None:
        if name is None:
            return None
        if not isinstance(name, str):
            self._blame(("scenario",), f"must be the name of a file (found {shown(name)})")
            return None
        where = Path(self._file).parent / name
        if not where.is_file():
            self._blame(("scenario",), f"there is no file {shown(os.fspath(where))}")
            return None
        try:
            return load_scenario(where)
        except ScenarioError as fault:
            self._problems += fault.problems
            return None

    def _vary(self, vary: object, scenario: Scenario | None) -> dict[str, object]:
        if vary is None:
            return {}
        if not isinstance(vary, dict) or not vary:
            self._blame(("vary",), f"must be ranges or lists by path (found {shown(vary)})")
            return {}
        for path, values in vary.items():
            if scenario is not None:
                self._check_parameter(scenario, path, values)
        return vary

    def _check_parameter(self, scenario: Scenario, path: str, values: object) -> None:
        def check() -> object:
            return parameter_from(scenario, path, values, default_points=DEFAULT_POINTS)

        self._tried(("vary", path), check)

    def _whole(self, given: Mapping[str, object], key: str, least: int) -> int | None:
        value = given.get(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            self._blame((key,), f"must be a whole number >= {least} (found {shown(value)})")
            return None
        return value

    def _tried(self, path: KeyPath, what: Callable[[], Any]) -> Any:
        try:
            return what()
        except UsageError as problem:
            self._blame(path, str(problem))
            return None

    def _blame(self, path: KeyPath, reason: str) -> None:
        self._problems.append(problem_at(place_of(self._root, path), path, reason))
