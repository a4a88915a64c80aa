"""From a law as it is written to the distribution that draws it: the mapping, in one place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from trsim.world.distributions import (
    Constant,
    Distribution,
    Exponential,
    Pareto,
    Triangular,
    Uniform,
    Weibull,
)
from trsim.world.gamma import Erlang, Gamma
from trsim.world.mixed import Empirical, Mixture
from trsim.world.normal import LogNormal, Normal


def distribution(law: Any) -> Distribution:
    """Return the distribution of a law.

    Parameters
    ----------
    law : block of :mod:`trsim.scenario.schema_laws`
        A law of durations [s] or of factors.

    Raises
    ------
    UsageError
        If its parameters do not go together.
    """
    return _BUILDERS[law.distribution](law)


def _normal(law: Any) -> Distribution:
    return Normal(law.mean, law.cv * law.mean if law.sd is None else law.sd)


def _lognormal(law: Any) -> Distribution:
    if law.median is not None:
        return LogNormal.from_median(law.median, law.sigma)
    return LogNormal(law.mean, law.cv)


def _gamma(law: Any) -> Distribution:
    if law.scale is not None:
        return Gamma(law.shape, law.scale)
    if law.cv is not None:
        return Gamma.from_mean(law.mean, law.cv)
    return Gamma(law.shape, law.mean / law.shape)


def _mixture(law: Any) -> Distribution:
    return Mixture(tuple(distribution(part) for part in law.components), law.weights)


_BUILDERS: dict[str, Callable[[Any], Distribution]] = {
    "constant": lambda law: Constant(law.value),
    "exponential": lambda law: Exponential(law.mean),
    "uniform": lambda law: Uniform(law.low, law.high),
    "triangular": lambda law: Triangular(law.low, law.mode, law.high),
    "normal": _normal,
    "lognormal": _lognormal,
    "gamma": _gamma,
    "erlang": lambda law: Erlang(law.k, law.mean),
    "weibull": lambda law: Weibull(law.shape, law.scale),
    "pareto": lambda law: Pareto(law.shape, law.minimum),
    # An empirical law whose file could not be read has no values; that problem is known.
    "empirical": lambda law: Empirical(law.values or (0.0,), law.weights if law.values else None),
    "mixture": _mixture,
}
