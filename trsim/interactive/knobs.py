"""Knobs: values of a scenario that can be turned, each with its range.

What a value is (a duration, a rate, a whole number …) is read off how it is written in the
scenario; what a turned knob says is written in the same way, so it can be given to
:meth:`trsim.Scenario.replace` or to ``trsim run --set``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from trsim.errors import UsageError
from trsim.scenario.load import Scenario
from trsim.scenario.paths import parse_path
from trsim.scenario.problems import Path, path_text, shown
from trsim.scenario.quantities import Kind, number_of, value_at, written

__all__ = ["MOST_KNOBS", "Kind", "Knob", "knobs_of"]

MOST_KNOBS: Final = 12
"""So many are chosen where nobody says which."""
_BUSYNESS: Final = (0.5, 1.5, 0.05)
"""Range of a factor on demand, as multiples of the scenario's."""


@dataclass(frozen=True, slots=True)
class Knob:
    """A value of a scenario that can be turned.

    Attributes
    ----------
    path : str
        Dotted path in the scenario.
    kind : Kind
    base : object
        Where it stands in the scenario: a number in the unit of the kind, or one of the choices;
        None: the scenario leaves the value out.
    low, high, step : float
        Range of a number, in the unit of the kind, and by how much it is turned; 0 for a choice.
    choices : tuple of object
        What can be chosen, as it is written; empty for a number.
    """

    path: str
    kind: Kind
    base: object
    low: float = 0
    high: float = 0
    step: float = 0
    choices: tuple[object, ...] = ()

    def written(self, value: Any) -> object:
        """Return a value as a scenario file has it.

        Parameters
        ----------
        value : float or object
            A number in the unit of the kind, or a choice.

        Examples
        --------
        >>> knob = Knob("workflows.calls.task_reservation_timeout", Kind.DURATION, 20.0, 5, 60, 1)
        >>> knob.written(90.0)
        '1m30s'
        """
        if self.kind is Kind.CHOICE:
            return value
        return written(self.kind, value)


def knobs_of(
    scenario: Scenario, parameters: Mapping[str, object] | Sequence[str] | None = None
) -> tuple[Knob, ...]:
    """Return the knobs of a scenario.

    Parameters
    ----------
    scenario : Scenario
    parameters : mapping or sequence of str, optional
        Dotted paths; in a mapping each with its range ``(low, high)`` or ``(low, high, step)``,
        a list of choices, or None for a range that suits.  Left out: reservation timeouts,
        numbers of workers and demand, at most :data:`MOST_KNOBS`.

    Raises
    ------
    UsageError
        A path leads nowhere, a range cannot be read or does not hold the scenario's value, or a
        value needs choices.
    """
    if parameters is None:
        return tuple(_usual(scenario))[:MOST_KNOBS]
    if isinstance(parameters, str):
        parameters = (parameters,)
    given = parameters if isinstance(parameters, Mapping) else dict.fromkeys(parameters)
    return tuple(_asked_for(scenario, path, wish) for path, wish in given.items())


def _usual(scenario: Scenario) -> Iterator[Knob]:
    content = scenario.content
    for name in content.workflows:
        yield _asked_for(scenario, path_text(("workflows", name, "task_reservation_timeout")), None)
    for name, worker in content.workers.items():
        if worker.count is not None:
            yield _asked_for(scenario, path_text(("workers", name, "count")), None)
    for name, stream in content.tasks.items():
        if stream.arrivals.process == "poisson":
            yield from _demand(("tasks", name, "arrivals", "busyness"), stream.arrivals.busyness)


def _demand(path: Path, law: Any) -> Iterator[Knob]:
    """Yield a knob for the factor on all rates of a stream, unless its law has no mean to turn."""
    if law is None or law.distribution == "constant":
        # Written as a plain number; 1 is what no factor means.
        where, base = path, 1.0 if law is None else law.value
    else:
        where, base = (*path, "mean"), getattr(law, "mean", None)
    if base:
        low, high, step = (factor * base for factor in _BUSYNESS)
        yield Knob(path_text(where), Kind.NUMBER, float(base), low, high, step)


def _asked_for(scenario: Scenario, path: str, wish: object) -> Knob:
    """Return the knob of a path, with the range or the choices that are asked for."""
    base = value_at(scenario, parse_path(path))
    if isinstance(wish, list):
        return _choice(scenario, path, base, wish)
    if isinstance(base, bool):
        return Knob(path, Kind.CHOICE, base, choices=(False, True))
    found = number_of(base)
    if found is None:
        begins = "the scenario has no such value" if base is None else f"it is {shown(base)}"
        raise UsageError(
            f"{path} cannot be turned like a number ({begins}); give a list of choices, such as "
            f'{{"{path}": [first, second]}}'
        )
    kind, number = found
    if wish is None:
        low, high, step = _range(kind, number, path)
    else:
        low, high, step = _given_range(kind, number, path, wish)
    if not low <= number <= high:
        raise UsageError(
            f"the range of {path} must hold the scenario's own value, {shown(base)} "
            f"(found {low:g} to {high:g}, {kind.value})"
        )
    return Knob(path, kind, number, low, high, step)


def _choice(scenario: Scenario, path: str, base: object, wish: list[object]) -> Knob:
    if not wish:
        raise UsageError(f"the choices of {path} are empty")
    if base is None:
        # Nothing in the scenario says that the path is meant.
        scenario.replace({path: wish[0]})
    choices = wish if base in wish else [base, *wish]
    return Knob(path, Kind.CHOICE, base, choices=tuple(choices))


def _range(kind: Kind, base: float, path: str) -> tuple[float, float, float]:
    """Return low, high and step that suit a value."""
    if kind is Kind.WHOLE:
        return min(1, base), max(2 * base, base + 5), 1
    if kind is Kind.DURATION:
        high = 3 * base or 60.0
        step = next((step for step in (0.1, 1, 5, 15, 60, 300) if high <= 180 * step), 900)
        return min(step, base), high, step
    if path.endswith("probability"):
        return 0, 1, 0.01
    high = 2 * base or 1.0
    return 0, high, high / 40


def _given_range(kind: Kind, base: float, path: str, wish: object) -> tuple[float, float, float]:
    if not isinstance(wish, tuple) or len(wish) not in (2, 3):
        _unreadable(path, wish)
    numbers = []
    for end in wish:
        found = number_of(end)
        # A bare number is one in the unit of the slider.
        if found is None or not (isinstance(end, (int, float)) or found[0] is kind):
            _unreadable(path, wish)
        numbers.append(found[1])
    low, high = numbers[:2]
    step = numbers[2] if len(numbers) == 3 else (1 if kind is Kind.WHOLE else (high - low) / 40)
    if not (low < high and step > 0):
        _unreadable(path, wish)
    return low, high, step


def _unreadable(path: str, wish: object) -> NoReturn:
    raise UsageError(
        f"the range of {path} must be (low, high) or (low, high, step) with low < high, of numbers "
        f"or values as in a scenario, or a list of choices (found {wish!r})"
    )
