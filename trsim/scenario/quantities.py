"""Kinds of values in a scenario, as they are written, and the numbers they stand for.

What can be turned or varied is read off how it is written: a duration, a rate, a whole number, any
number, or one of several choices.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, Final

from trsim.scenario.load import Scenario
from trsim.scenario.nodes import plain
from trsim.scenario.problems import Path
from trsim.scenario.values import duration, probability, rate, seconds_text

_HOUR_S: Final = 3600


class Kind(Enum):
    """What a value is; the text is the unit of its number."""

    DURATION = "s"
    RATE = "per hour"
    WHOLE = "whole number"
    NUMBER = "number"
    CHOICE = "choice"


_READERS: Final[tuple[tuple[Kind, Callable[[object], float], float], ...]] = (
    (Kind.DURATION, lambda value: duration(value).total_seconds(), 1),
    (Kind.RATE, rate, _HOUR_S),
    (Kind.NUMBER, probability, 1),
)
"""How texts are read, and what makes their numbers ones in the unit of the kind."""


def number_of(value: object) -> tuple[Kind, float] | None:
    """Return what a written value is and its number, None if it is no number.

    Examples
    --------
    >>> number_of("1m30s"), number_of("90/h"), number_of(45), number_of("red")
    ((<Kind.DURATION: 's'>, 90.0), (<Kind.RATE: 'per hour'>, 90.0), (<Kind.WHOLE: 'whole number'>, 45), None)
    """  # noqa: E501 (output of a doctest)
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return (Kind.WHOLE if isinstance(value, int) else Kind.NUMBER), value
    for kind, read, factor in _READERS:
        try:
            return kind, read(value) * factor
        except ValueError:
            continue
    return None


def written(kind: Kind, number: float) -> object:
    """Return a number as a scenario file has it.

    Parameters
    ----------
    kind : Kind
        Any but a choice.
    number : float
        In the unit of the kind.

    Examples
    --------
    >>> written(Kind.DURATION, 90.0), written(Kind.RATE, 2.5), written(Kind.WHOLE, 3.0)
    ('1m30s', '2.5/h', 3)
    """
    if kind is Kind.DURATION:
        return seconds_text(round(float(number), 3))
    if kind is Kind.RATE:
        return f"{number:.6f}".rstrip("0").rstrip(".") + "/h"
    return int(number) if kind is Kind.WHOLE else round(float(number), 6)


def value_at(scenario: Scenario, path: Path) -> object:
    """Return a value as the scenario writes it, or its default; None if there is neither."""
    found = _followed(plain(scenario.source), path)
    return typed_value_at(scenario, path) if found is None else found


def typed_value_at(scenario: Scenario, path: Path) -> object:
    """Return a value as its type says: 1.0 where any number may stand, 1 where only whole ones."""
    return _followed(scenario.content.model_dump(mode="json", by_alias=True), path)


def _followed(root: Any, path: Path) -> object:
    value = root
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value
