"""Parameters of an experiment: values of a scenario, and what they are set to."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from trsim.errors import ScenarioError, UsageError
from trsim.experiments.wildcards import matching_paths
from trsim.scenario.load import Scenario, parse_setting
from trsim.scenario.paths import parse_path
from trsim.scenario.problems import shown
from trsim.scenario.quantities import Kind, number_of, typed_value_at, value_at, written

DEFAULT_POINTS: Final = 12
MOST_VALUES: Final = 1_000
"""Most values of one parameter."""
_ONE: Final = r"[0-9]+(?:\.[0-9]+)?(?:%|(?:[a-z]+(?:[0-9]+(?:\.[0-9]+)?[a-z]+)*))?(?:/[a-z]+)?"
_RANGE: Final = re.compile(
    rf"(?P<low>{_ONE})\.\.(?P<high>{_ONE})(?:(?P<how>[:/])(?P<much>{_ONE}))?"
)
_FORMS: Final = (
    "allowed: a range such as 5s..60s:12 (12 points, ends included), 40..60/5 (steps of 5) or "
    "5s..90s, or a list such as 10s,20s,30s"
)
_WHOLE_SECONDS: Final = "task_reservation_timeout"
"""TaskRouter's reservation timeout is a whole number of seconds."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value of a scenario, or several that are set together, and what they are set to.

    Attributes
    ----------
    label : str
        The dotted path as it was given, perhaps with wildcards.
    paths : tuple of str
        The dotted paths that are set.
    kind : Kind
        What the values are.
    values : tuple of object
        What is tried, as a scenario file has it, such as ``"15s"`` or ``45``.
    today : object
        The value in the scenario now, as it is written there; None: it has none, or the paths
        differ.
    low, high : float
        Ends of the range, in the unit of the kind; the first and last index of choices.
    allowed : tuple of object, optional
        The only values allowed, in the order of their numbers; None: all between low and high.
    whole_seconds : bool
        Whether a duration must be a whole number of seconds.
    given : object
        The range or the list as it was asked for.
    """

    label: str
    paths: tuple[str, ...]
    kind: Kind
    values: tuple[object, ...]
    today: object
    low: float
    high: float
    allowed: tuple[object, ...] | None = None
    whole_seconds: bool = False
    given: object = ""

    @property
    def unit(self) -> str:
        """Unit of the numbers: ``"s"``, ``"per hour"``, or nothing."""
        return self.kind.value if self.kind in (Kind.DURATION, Kind.RATE) else ""

    @property
    def is_numeric(self) -> bool:
        """Whether the values are numbers with an order, not mere choices."""
        return self.kind is not Kind.CHOICE

    def number(self, value: object) -> float:
        """Return the number of a value: in the unit, or its index among the choices.

        Raises
        ------
        UsageError
            It is none of the choices, or no number of this kind.
        """
        if self.kind is Kind.CHOICE:
            for index, choice in enumerate(self.values):
                if type(choice) is type(value) and choice == value:
                    return float(index)
            raise UsageError(f"{self.label} is never {shown(value)}")
        found = number_of(value)
        if found is None:
            raise UsageError(f"{self.label} is a number, not {shown(value)}")
        return float(found[1])

    def written(self, number: float) -> object:
        """Return the allowed value that is nearest to a number, as a scenario file has it.

        Parameters
        ----------
        number : float
            In the unit, or an index among the choices; beyond the ends the nearest end is meant.
        """
        if self.allowed is not None:
            return min(self.allowed, key=lambda value: abs(self.number(value) - number))
        inside = min(max(number, self.low), self.high)
        return written(self.kind, _rounded(self.kind, inside, self.whole_seconds))


def parameter_of(
    scenario: Scenario, text: str, *, default_points: int = DEFAULT_POINTS
) -> Parameter:
    """Return the parameter that a text describes.

    Parameters
    ----------
    scenario : Scenario
        What is varied.
    text : str
        A dotted path, perhaps with ``*`` in it, ``=``, and a range or a list:
        ``5s..60s:12`` (12 points, ends included), ``40..60/5`` (steps of 5), ``5s..90s``,
        ``10s,20s,30s``.
    default_points : int
        How many points a range has that does not say, >= 2.

    Raises
    ------
    UsageError
        The path leads nowhere, or the values cannot be read or are not of its kind.
    """
    path, values = parse_setting(text)
    return parameter_from(scenario, path, values, default_points=default_points)


def parameter_from(
    scenario: Scenario, path: str, values: object, *, default_points: int = DEFAULT_POINTS
) -> Parameter:
    """Return the parameter of a path with its range or list, which is a text or a list.

    Raises
    ------
    UsageError
        As for :func:`parameter_of`.
    """
    shown_values = ",".join(map(str, values)) if isinstance(values, (list, tuple)) else values
    whole = path if values is None else f"{path}={shown_values}"
    try:
        paths = matching_paths(scenario, path)
        found = replace(_parameter(scenario, (path, paths), values, default_points), given=values)
        _try_out(scenario, found)
    except UsageError as problem:
        raise UsageError(f"{whole}: {problem}") from None
    return found


def parameters_of(
    scenario: Scenario, given: Iterable[str] | Mapping[str, object], *, default_points: int
) -> tuple[Parameter, ...]:
    """Return several parameters, or all that is wrong with them.

    Parameters
    ----------
    scenario : Scenario
        What is varied.
    given : iterable of str, or mapping of str to object
        Texts as for :func:`parameter_of`, or ranges and lists by path.
    default_points : int
        How many points a range has that does not say, >= 2.

    Raises
    ------
    UsageError
        With one line for each problem: what :func:`parameter_of` refuses, or two parameters that
        set the same value.
    """
    found, problems = [], []
    texts = given.items() if isinstance(given, Mapping) else ((text, None) for text in given)
    for text, values in texts:
        try:
            if isinstance(given, Mapping):
                made = parameter_from(scenario, text, values, default_points=default_points)
            else:
                made = parameter_of(scenario, text, default_points=default_points)
            found.append(made)
        except UsageError as problem:
            problems.append(str(problem))
    seen: dict[str, str] = {}
    for parameter in found:
        for path in parameter.paths:
            if path in seen:
                problems.append(f"{parameter.label}: {path} is set by {seen[path]} already")
            seen[path] = parameter.label
    if problems:
        raise UsageError("\n".join(problems))
    return tuple(found)


def by_path(texts: Iterable[str]) -> dict[str, object]:
    """Return the ranges and lists of texts such as ``workers.agent.count=40..60``, by path.

    Raises
    ------
    UsageError
        A text is no such thing, or two of them have the same path; all that is wrong is told.
    """
    found: dict[str, object] = {}
    problems = []
    for text in texts:
        try:
            path, values = parse_setting(text)
        except UsageError as problem:
            problems.append(str(problem))
            continue
        if path in found:
            problems.append(f"{path} is varied twice")
        found[path] = values
    if problems:
        raise UsageError("\n".join(problems))
    return found


def scenario_at(
    scenario: Scenario, parameters: Sequence[Parameter], values: Sequence[object]
) -> Scenario:
    """Return the scenario with each parameter at a value, as a scenario file has it.

    Raises
    ------
    ScenarioError
        The scenario refuses the values.
    """
    return scenario.replace(
        {
            path: value
            for parameter, value in zip(parameters, values, strict=True)
            for path in parameter.paths
        }
    )


def _parameter(
    scenario: Scenario, named: tuple[str, tuple[str, ...]], values: object, default_points: int
) -> Parameter:
    label, paths = named
    bases = [value_at(scenario, parse_path(path)) for path in paths]
    today = bases[0] if all(base == bases[0] for base in bases) else None
    whole = paths[0].endswith(_WHOLE_SECONDS)
    span = None
    if isinstance(values, str) and "," not in values and ".." in values:
        span = _RANGE.fullmatch(values.replace(" ", ""))
        if span is None:
            raise UsageError(f"the range cannot be read; {_FORMS}")
    if span is None:
        listed = _listed(values)
        kind = _kind(scenario, paths[0], listed)
        if kind is Kind.CHOICE:
            last = len(listed) - 1.0
            return Parameter(label, paths, kind, listed, today, 0.0, last, listed, whole)
        numbers = [_number(kind, value) for value in listed]
        # The same number may be spelled in two ways.
        listed = tuple(dict(zip(reversed(numbers), reversed(listed), strict=True)).values())[::-1]
        numbers = [_number(kind, value) for value in listed]
        for value, number in zip(listed, numbers, strict=True):
            if _rounded(kind, number, whole) != number and kind is not Kind.RATE:
                need = "a whole number of seconds" if whole else "a whole number"
                raise UsageError(f"{shown(value)} must be {need}")
        allowed = tuple(value for _, value in sorted(zip(numbers, listed, strict=True), key=_first))
        return Parameter(
            label, paths, kind, listed, today, min(numbers), max(numbers), allowed, whole
        )
    return _ranged(scenario, Parameter(label, paths, Kind.CHOICE, (), today, 0, 0, None, whole),
                   span, default_points)  # fmt: skip


def _ranged(
    scenario: Scenario, bare: Parameter, span: re.Match[str], default_points: int
) -> Parameter:
    """Return a parameter with the kind, the values and the ends of a range."""
    ends = [_plain(span[name]) for name in ("low", "high")]
    kind = _kind(scenario, bare.paths[0], ends)
    if kind is Kind.CHOICE:
        raise UsageError(f"it is {shown(bare.today)} now, of which there is no range; give a list")
    low, high = (_number(kind, end) for end in ends)
    if low > high:
        raise UsageError(f"the range begins above its end; write {span['high']}..{span['low']}")
    if low == high:
        raise UsageError("the range is empty: both ends are the same")
    step = 0.0
    if span["how"] == "/":
        step = _number(kind, _plain(span["much"]))
        if step <= 0:
            raise UsageError("the step must be > 0")
        count = math.floor((high - low) / step + 1e-9) + 1
    else:
        count = default_points if span["how"] is None else _count(span["much"])
        step = (high - low) / (count - 1)
    if count > MOST_VALUES:
        raise UsageError(f"that makes {count} values; at most {MOST_VALUES} are possible")
    # The end is an end exactly, however the step rounds.
    numbers = [min(low + index * step, high) for index in range(count)]
    if span["how"] != "/":
        numbers[-1] = high
    rounded = dict.fromkeys(_rounded(kind, number, bare.whole_seconds) for number in numbers)
    values = tuple(written(kind, number) for number in rounded)
    allowed = values if span["how"] == "/" else None
    return Parameter(
        bare.label, bare.paths, kind, values, bare.today, low, high, allowed, bare.whole_seconds
    )


def _first(pair: tuple[float, object]) -> float:
    return pair[0]


def _listed(values: object) -> tuple[object, ...]:
    if isinstance(values, str):
        listed: list[Any] = [_plain(part.strip()) for part in values.split(",")]
    elif isinstance(values, (list, tuple)):
        listed = list(values)
    else:
        listed = [values]
    if not listed or any(value is None or value == "" for value in listed):
        raise UsageError(f"a value is missing; {_FORMS}")
    if len(listed) > MOST_VALUES:
        raise UsageError(f"these are {len(listed)} values; at most {MOST_VALUES} are possible")
    once: list[object] = []
    for value in listed:
        if not any(type(value) is type(known) and value == known for known in once):
            once.append(value)
    return tuple(once)


def _kind(scenario: Scenario, path: str, values: Sequence[object]) -> Kind:
    """Return what the values of a path are: what the scenario has there, else what is given."""
    where = parse_path(path)
    base = value_at(scenario, where)
    found = number_of(base) if base is not None else number_of(values[0])
    if found is None:
        return Kind.CHOICE
    kind = found[0]
    typed = typed_value_at(scenario, where)
    if kind is Kind.WHOLE and (isinstance(typed, (float, dict)) or base is None):
        # A plain 1 where any number may stand is no whole number by nature.
        return Kind.NUMBER if typed is not None or not all(map(_is_whole, values)) else kind
    return kind


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(kind: Kind, value: object) -> float:
    found = number_of(value)
    if found is not None and (found[0] is kind or (kind is Kind.NUMBER and found[0] is Kind.WHOLE)):
        return float(found[1])
    if kind is Kind.WHOLE and found is not None and found[0] is Kind.NUMBER:
        raise UsageError(f"{shown(value)} must be a whole number")
    wanted = {
        Kind.DURATION: "a duration such as 20s",
        Kind.RATE: "a rate such as 90/h",
        Kind.WHOLE: "a whole number such as 45",
    }.get(kind, "a number such as 0.5 or 5%")
    raise UsageError(f"{shown(value)} must be {wanted}, as the scenario has it")


def _count(text: str) -> int:
    number = int(text) if text.isdigit() else 0
    if not 2 <= number <= MOST_VALUES:
        raise UsageError(
            f"a range has a whole number of points, 2 to {MOST_VALUES}, not {text}; for a step "
            f"write / instead of :"
        )
    return number


def _rounded(kind: Kind, number: float, whole_seconds: bool) -> float:
    if kind is Kind.WHOLE or (kind is Kind.DURATION and whole_seconds):
        return float(math.floor(number + 0.5))
    return round(number, 3 if kind is Kind.DURATION else 6)


def _plain(text: str) -> object:
    return parse_setting(f"value={text}")[1]


def _try_out(scenario: Scenario, parameter: Parameter) -> None:
    """Refuse a parameter of which the scenario accepts no value.

    A single value may be refused alone and fit with those of other parameters.
    """
    reasons: dict[str, object] = {}
    for value in parameter.values:
        try:
            scenario_at(scenario, [parameter], [value])
        except ScenarioError as refused:
            for problem in refused.problems:
                reasons.setdefault(f"{problem.path}: {problem.reason}", value)
        else:
            return
    raise UsageError(
        "; ".join(f"the scenario refuses {shown(v)}: {why}" for why, v in reasons.items())
    )
