"""From a file and the options that change it to a model that can be run, and its time 0."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Sequence
from typing import TYPE_CHECKING

from trsim.errors import Problem, ScenarioError, UsageError

if TYPE_CHECKING:
    from trsim.model import Model
    from trsim.scenario.load import Scenario


def load(
    file: str, settings: Sequence[str] = (), until: str | None = None
) -> tuple[Scenario, Model]:
    """Return the scenario as used and its model.

    Parameters
    ----------
    file : str
        The scenario file.
    settings : sequence of str
        Changes to it, each ``path=value``.
    until : str, optional
        A horizon to use instead of the scenario's, as a duration.  It is part of the scenario,
        because shifts and patterns that recur daily are laid out up to it.

    Raises
    ------
    UsageError
        A setting cannot be read, or its path leads nowhere.
    ScenarioError
        The scenario cannot be used; all problems are listed.
    """
    from trsim.scenario.load import load_scenario, parse_setting

    changes = dict(parse_setting(setting) for setting in settings)
    if until is not None:
        changes["horizon"] = until
    scenario = load_scenario(file)
    if changes:
        scenario = scenario.replace(changes)
    model = scenario.compile()
    _check_goals(scenario, model)
    return scenario, model


def origin_of(scenario: Scenario) -> dt.datetime:
    """Return the instant of time 0, with its zone, for what shows dates as TaskRouter does.

    A start without a time zone is taken as UTC; without a start a run begins with 1970.
    """
    from trsim.statistics.window import EPOCH

    start, zone = scenario.content.start, scenario.content.time_zone
    if start is None:
        return EPOCH
    local: dt.datetime = start.local
    return local.replace(tzinfo=dt.UTC if zone is None else zoneinfo.ZoneInfo(zone))


def _check_goals(scenario: Scenario, model: Model) -> None:
    """Refuse goals for figures that do not exist, before anything runs."""
    if not model.goals:
        return
    from trsim.report.goals import condition_of

    problems = []
    for kpi, condition in model.goals:
        try:
            condition_of(kpi, condition)
        except UsageError as problem:
            file, line, column = scenario.place(("goals", kpi))
            problems.append(Problem(file, line, column, f"goals.{kpi}", str(problem)))
    if problems:
        raise ScenarioError(problems)
