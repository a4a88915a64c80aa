"""Designs: which points of several parameters are tried.

Sources: McKay, Beckman and Conover, "A comparison of three methods for selecting values of input
variables", Technometrics 21 (1979) (Latin hypercubes); Owen, "Scrambling Sobol' and
Niederreiter-Xing points", Journal of Complexity 14 (1998); Saltelli et al., "Variance based
sensitivity analysis of model output", Computer Physics Communications 181 (2010), table 2.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from typing import Final

from trsim.errors import UsageError
from trsim.experiments.parameters import Parameter
from trsim.scenario.quantities import Kind

Values = tuple[object, ...]
"""One value for each parameter, as a scenario file has it; None: as the scenario is."""

MOST_POINTS: Final = 100_000
MOST_DIMENSIONS: Final = 40
"""Most parameters of a design that samples."""


class Design(Enum):
    """How points are chosen."""

    GRID = "grid"
    """Every value of each parameter with every value of the others."""
    LHS = "lhs"
    """Latin hypercube: every parameter's range is covered evenly, in random combination."""
    SOBOL = "sobol"
    """Scrambled Sobol' sequence: covers the space more evenly than chance would."""
    SALTELLI = "saltelli"
    """Two samples and their mixtures, for Sobol' indices."""
    ONE_AT_A_TIME = "one_at_a_time"
    """The scenario as it is, and each parameter at its ends while the others stay."""


DEFAULT_SAMPLES: Final = 64


def design_named(name: str) -> Design:
    """Return the design of a name.

    Raises
    ------
    UsageError
        There is none.
    """
    try:
        return Design(name)
    except ValueError:
        names = ", ".join(design.value for design in Design)
        raise UsageError(f"there is no design {name!r}; designs are {names}") from None


def points_of(
    design: Design, parameters: Sequence[Parameter], *, samples: int, seed: int
) -> tuple[Values, ...]:
    """Return the points of a design, each once.

    Parameters
    ----------
    design : Design
    parameters : sequence of Parameter
        At least one.
    samples : int
        How many points are drawn; of a Saltelli design, rows of each of its two samples; >= 1,
        and powers of two for Sobol' and Saltelli.  A grid and one at a time have no use for it.
    seed : int
        What the draws come from.

    Raises
    ------
    UsageError
        There are no parameters, too many points, or ``samples`` is no power of two where it must
        be.
    """
    if not parameters:
        raise UsageError("nothing is varied; name a parameter, such as workers.agent.count=40..60")
    return tuple(dict.fromkeys(_DESIGNS[design](parameters, samples, seed)))


def saltelli_rows(parameters: Sequence[Parameter], samples: int, seed: int) -> tuple[Values, ...]:
    """Return all rows of a Saltelli design, repeated ones included.

    Returns
    -------
    tuple of points
        ``samples`` rows of A, as many of B, and for each parameter as many of A with that
        parameter's column from B: samples · (parameters + 2) rows.
    """
    shares = _sobol_shares(2 * len(parameters), samples, seed)
    d = len(parameters)
    first = [_point(parameters, row[:d]) for row in shares]
    second = [_point(parameters, row[d:]) for row in shares]
    mixed = [
        (*a[:column], b[column], *a[column + 1 :])
        for column in range(d)
        for a, b in zip(first, second, strict=True)
    ]
    return (*first, *second, *mixed)


def value_at_share(parameter: Parameter, share: float) -> object:
    """Return the value at a share of a parameter's range, where each allowed value is as likely.

    Parameters
    ----------
    parameter : Parameter
    share : float
        0 <= share < 1.
    """
    if parameter.allowed is not None:
        return parameter.allowed[
            min(int(share * len(parameter.allowed)), len(parameter.allowed) - 1)
        ]
    if parameter.kind is Kind.WHOLE or parameter.whole_seconds:
        low, high = math.ceil(parameter.low), math.floor(parameter.high)
        return parameter.written(low + math.floor(share * (high - low + 1)))
    return parameter.written(parameter.low + share * (parameter.high - parameter.low))


def _grid(parameters: Sequence[Parameter], samples: int, seed: int) -> Iterable[Values]:
    _not_too_many(math.prod(len(parameter.values) for parameter in parameters))
    return itertools.product(*(parameter.values for parameter in parameters))


def _latin(parameters: Sequence[Parameter], samples: int, seed: int) -> Iterable[Values]:
    from scipy.stats import qmc

    _not_too_many(samples)
    _not_too_wide(len(parameters))
    shares = qmc.LatinHypercube(d=len(parameters), seed=seed).random(samples)
    return (_point(parameters, row) for row in shares.tolist())


def _sobol(parameters: Sequence[Parameter], samples: int, seed: int) -> Iterable[Values]:
    shares = _sobol_shares(len(parameters), samples, seed)
    return (_point(parameters, row) for row in shares)


def _saltelli(parameters: Sequence[Parameter], samples: int, seed: int) -> Iterable[Values]:
    _not_too_many(samples * (len(parameters) + 2))
    return saltelli_rows(parameters, samples, seed)


def _one_at_a_time(parameters: Sequence[Parameter], samples: int, seed: int) -> Iterable[Values]:
    yield (None,) * len(parameters)
    for index, parameter in enumerate(parameters):
        for value in ends_of(parameter):
            yield tuple(value if place == index else None for place in range(len(parameters)))


def ends_of(parameter: Parameter) -> Values:
    """Return the lowest and the highest value of a parameter; of choices all."""
    if not parameter.is_numeric:
        return parameter.values
    ordered = sorted(parameter.values, key=parameter.number)
    return (ordered[0], ordered[-1])


def _sobol_shares(width: int, samples: int, seed: int) -> list[list[float]]:
    from scipy.stats import qmc

    _not_too_wide(width // 2)
    _not_too_many(samples)
    if samples < 1 or samples & (samples - 1):
        raise UsageError(
            f"a Sobol' sequence is balanced only for a power of two: samples must be 2, 4, 8, … "
            f"(found {samples}; {1 << max(1, samples.bit_length())} is one)"
        )
    shares: list[list[float]] = qmc.Sobol(d=width, seed=seed).random(samples).tolist()
    return shares


def _point(parameters: Sequence[Parameter], shares: Sequence[float]) -> Values:
    return tuple(
        value_at_share(parameter, share)
        for parameter, share in zip(parameters, shares, strict=True)
    )


def _not_too_many(count: int) -> None:
    if not 1 <= count <= MOST_POINTS:
        raise UsageError(f"that makes {count:,} points; at most {MOST_POINTS:,} are possible")


def _not_too_wide(count: int) -> None:
    if count > MOST_DIMENSIONS:
        raise UsageError(
            f"these are {count} parameters; at most {MOST_DIMENSIONS} can be sampled together"
        )


_DESIGNS: Final[Mapping[Design, Callable[[Sequence[Parameter], int, int], Iterable[Values]]]] = {
    Design.GRID: _grid,
    Design.LHS: _latin,
    Design.SOBOL: _sobol,
    Design.SALTELLI: _saltelli,
    Design.ONE_AT_A_TIME: _one_at_a_time,
}
