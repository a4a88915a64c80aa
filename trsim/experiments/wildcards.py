"""Paths with ``*`` in them: all the values of a scenario that they stand for."""

from __future__ import annotations

from trsim.errors import UsageError
from trsim.scenario.load import Scenario
from trsim.scenario.nodes import plain
from trsim.scenario.paths import parse_path
from trsim.scenario.problems import Path, allowed_names, path_text, shown
from trsim.scenario.quantities import value_at


def matching_paths(scenario: Scenario, text: str) -> tuple[str, ...]:
    """Return the paths that a path stands for; a ``*`` in it stands for every key or item there.

    Parameters
    ----------
    scenario : Scenario
        Where the paths lead.
    text : str
        Such as ``workflows.*.task_reservation_timeout`` or ``….filters[*].targets[*].timeout``.

    Returns
    -------
    tuple of str
        In the order of the scenario: those with a value, written or by default; where none has
        one, all that there might be.

    Raises
    ------
    UsageError
        It is no path, or nothing is where it leads.
    """
    pattern = parse_path(text.replace("[*]", ".*"))
    root = plain(scenario.source)
    if "*" not in pattern:
        _check(root, pattern)
        return (path_text(pattern),)
    paths = _expanded(root, pattern, ())
    if not paths:
        raise UsageError("nothing in the scenario is where the path leads")
    present = [path for path in paths if value_at(scenario, path) is not None]
    return tuple(path_text(path) for path in present or paths)


def _expanded(value: object, pattern: Path, way: Path) -> list[Path]:
    """Return the paths below a value that a pattern stands for."""
    if len(way) == len(pattern):
        return [way]
    step = pattern[len(way)]
    if step != "*":
        below = _below(value, step)
        if below is None and "*" in pattern[len(way) + 1 :] and isinstance(value, dict):
            known = allowed_names(tuple(value), str(step))
            raise UsageError(f"{path_text(way) or 'the scenario'} has no {shown(step)} ({known})")
        return _expanded(below, pattern, (*way, step))
    steps: list[str | int] = []
    if isinstance(value, dict):
        steps = list(value)
    elif isinstance(value, list):
        steps = list(range(len(value)))
    return [
        path for each in steps for path in _expanded(_below(value, each), pattern, (*way, each))
    ]


def _below(value: object, step: str | int) -> object:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def _check(root: object, path: Path) -> None:
    """Say the nearest name if the way to a value is not there."""
    value = root
    for depth, step in enumerate(path[:-1]):
        below = _below(value, step)
        if below is None and isinstance(value, dict) and depth < 2 and value:
            known = allowed_names(tuple(value), str(step))
            raise UsageError(
                f"{path_text(path[:depth]) or 'the scenario'} has no {shown(step)} ({known})"
            )
        if below is None:
            return  # the schema knows whether it may be there
        value = below
