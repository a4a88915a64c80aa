"""From a file and the options that change it to a model that can be run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trsim.errors import Problem, ScenarioError, UsageError

if TYPE_CHECKING:
    from trsim.model import Model
    from trsim.scenario import Scenario

Replacement = tuple[str, str]
"""A dotted path into a scenario and the text of its new value."""


def load(file: str, replacements: Sequence[Replacement] = ()) -> tuple[Scenario, Model]:
    """Return the scenario as used and its model.

    Parameters
    ----------
    file : str
        The scenario file.
    replacements : sequence of (str, str)
        What ``--set`` says.

    Raises
    ------
    ScenarioError
        The scenario cannot be used; all problems are listed.
    """
    from trsim.scenario import load_scenario

    scenario = load_scenario(file)
    if replacements:
        scenario = scenario.replace({path: _value(path, text) for path, text in replacements})
    model = scenario.compile()
    _check_goals(file, model)
    return scenario, model


def _value(path: str, text: str) -> object:
    """Return what a text means in a scenario file."""
    from trsim.scenario import parse_value

    try:
        return parse_value(text)
    except ValueError as problem:
        raise UsageError(f"--set {path}: {problem}") from problem


def _check_goals(file: str, model: Model) -> None:
    """Refuse goals for figures that do not exist, before anything runs."""
    if not model.goals:
        return
    from trsim.report.goals import condition_of

    problems = []
    for kpi, condition in model.goals:
        try:
            condition_of(kpi, condition)
        except UsageError as problem:
            problems.append(Problem(file, 0, 0, f"goals.{kpi}", str(problem)))
    if problems:
        raise ScenarioError(problems)
