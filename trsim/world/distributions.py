"""Laws of durations, drawn by inverting them at one uniform, with their exact moments.

A law is a frozen value in seconds on [0, infinity).  Its ``quantile`` is our own code on
:mod:`math`, so no library decides what is drawn; it expects a uniform as
:mod:`trsim.world.draws` makes them, ``2**-53 <= u <= 1 - 2**-53``, and does not look again.  Here
are those with a plain inverse; :mod:`trsim.world.normal`, :mod:`trsim.world.gamma` and
:mod:`trsim.world.mixed` have the others.

Sources: Devroye (1986), "Non-uniform random variate generation", II.2; Johnson, Kotz and
Balakrishnan (1994), "Continuous univariate distributions", volume 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from trsim.errors import UsageError
from trsim.world.draws import SMALLEST
from trsim.world.parameters import check_draws, check_not_negative, check_number


@runtime_checkable
class Distribution(Protocol):
    """A law of durations: what anything has to offer that times are drawn from.

    It is a value: ``quantile`` gives the same duration for the same uniform, always, and keeps
    nothing in mind.  Then runs can be repeated, on any number of processes.  A class of one's own
    needs no base class.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Power:
    ...     longest_s: float
    ...
    ...     @property
    ...     def mean(self) -> float:
    ...         return self.longest_s / 3
    ...
    ...     @property
    ...     def variance(self) -> float:
    ...         return self.longest_s**2 * (1 / 5 - 1 / 9)
    ...
    ...     def quantile(self, u: float) -> float:
    ...         return self.longest_s * u * u
    >>> isinstance(Power(12.0), Distribution)
    True
    """

    @property
    def mean(self) -> float:
        """Mean [s]; ``inf`` where it does not exist."""

    @property
    def variance(self) -> float:
        """Variance [s²]; ``inf`` where it does not exist."""

    def quantile(self, u: float) -> float:
        """Return the duration that belongs to a uniform [s], finite and >= 0.

        Parameters
        ----------
        u : float
            ``2**-53 <= u <= 1 - 2**-53``.
        """


_PROBES = (SMALLEST, *(place / 64 for place in range(1, 64)), 1 - SMALLEST)
"""Uniforms at which laws of unknown making are tried."""


def check_law(owner: str, law: object) -> None:
    """Refuse what is no law of durations.

    Parameters
    ----------
    owner : str
        What it is for, for messages.
    law : object
        What may be one; it is tried at the ends of the unit interval and at places between.

    Raises
    ------
    UsageError
        It lacks a mean, a variance or a quantile, gives a duration that is negative or not
        finite, or one that gets shorter as the uniform grows.
    """
    if isinstance(law, type) or not isinstance(law, Distribution):
        raise UsageError(
            f"{owner}: a law of durations has mean, variance and quantile(u), as "
            f"trsim.Distribution says; found {law!r}"
        )
    before = 0.0
    for u in _PROBES:
        try:
            duration = law.quantile(u)
        except (ArithmeticError, TypeError, ValueError) as problem:
            raise UsageError(f"{owner}: quantile({u!r}) fails: {problem}") from problem
        check_not_negative(owner, f"quantile({u!r})", duration)
        if duration < before:
            raise UsageError(
                f"{owner}: a quantile must not fall as u grows; quantile({u!r}) is {duration!r}, "
                f"after {before!r}"
            )
        before = duration
    check_draws(owner, law.quantile)


@dataclass(frozen=True, slots=True)
class Constant:
    """Always the same duration.

    Parameters
    ----------
    value : float
        The duration [s], >= 0.
    """

    value: float

    def __post_init__(self) -> None:
        check_not_negative("constant", "value", self.value)

    @property
    def mean(self) -> float:
        """Mean [s]."""
        return self.value

    @property
    def variance(self) -> float:
        """Variance [s²], 0."""
        return 0.0

    def quantile(self, u: float) -> float:
        """Return the duration [s], whatever the uniform."""
        return self.value


@dataclass(frozen=True, slots=True)
class Exponential:
    """The memoryless law.

    Parameters
    ----------
    mean : float
        Mean [s], > 0.

    Examples
    --------
    >>> round(Exponential(mean=180.0).quantile(0.5), 3)
    124.766
    """

    mean: float

    def __post_init__(self) -> None:
        check_number("exponential", "mean", self.mean, above=0)
        check_draws("exponential", self.quantile)

    @property
    def variance(self) -> float:
        """Variance [s²]."""
        return self.mean * self.mean

    def quantile(self, u: float) -> float:
        """Return the duration that belongs to a uniform [s]."""
        # 1 - u is exact for our uniforms, so nothing is lost near 0.
        return -self.mean * math.log(1.0 - u)


@dataclass(frozen=True, slots=True)
class Uniform:
    """Every duration between two bounds is as likely as any other.

    Parameters
    ----------
    low, high : float
        Bounds [s], 0 <= low < high.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        check_not_negative("uniform", "low", self.low)
        check_number("uniform", "high", self.high, above=self.low)
        check_draws("uniform", self.quantile)

    @property
    def mean(self) -> float:
        """Mean [s]."""
        return (self.low + self.high) / 2

    @property
    def variance(self) -> float:
        """Variance [s²]."""
        return (self.high - self.low) ** 2 / 12

    def quantile(self, u: float) -> float:
        """Return the duration that belongs to a uniform [s]."""
        return self.low + u * (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Triangular:
    """A density that rises in a line from ``low`` to ``mode`` and falls in a line to ``high``.

    Parameters
    ----------
    low, mode, high : float
        Corners [s], 0 <= low <= mode <= high and low < high.
    """

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        check_not_negative("triangular", "low", self.low)
        check_number("triangular", "high", self.high, above=self.low)
        check_number("triangular", "mode", self.mode)
        if not self.low <= self.mode <= self.high:
            raise UsageError(
                f"triangular: mode must be between {self.low!r} and {self.high!r}; "
                f"found {self.mode!r}"
            )
        check_draws("triangular", self.quantile)

    @property
    def mean(self) -> float:
        """Mean [s]."""
        return (self.low + self.mode + self.high) / 3

    @property
    def variance(self) -> float:
        """Variance [s²]."""
        rise, fall = self.mode - self.low, self.high - self.mode
        return (rise * rise + rise * fall + fall * fall) / 18

    def quantile(self, u: float) -> float:
        """Return the duration that belongs to a uniform [s]."""
        width, rise = self.high - self.low, self.mode - self.low
        if u * width < rise:
            return self.low + math.sqrt(u * width * rise)
        return self.high - math.sqrt((1.0 - u) * width * (self.high - self.mode))


@dataclass(frozen=True, slots=True)
class Weibull:
    """The law whose hazard grows as a power of age.

    Parameters
    ----------
    shape : float
        Shape, > 0; below 1 the hazard falls, above 1 it rises.
    scale : float
        Duration that 63.2 % do not exceed [s], > 0.
    """

    shape: float
    scale: float

    def __post_init__(self) -> None:
        check_number("weibull", "shape", self.shape, above=0)
        check_number("weibull", "scale", self.scale, above=0)
        check_draws("weibull", self.quantile)

    @property
    def mean(self) -> float:
        """Mean [s]."""
        return self.scale * math.exp(math.lgamma(1 + 1 / self.shape))

    @property
    def variance(self) -> float:
        """Variance [s²]."""
        # The square of the cv directly: the difference of two near moments would lose digits.
        spread = math.lgamma(1 + 2 / self.shape) - 2 * math.lgamma(1 + 1 / self.shape)
        return self.mean**2 * math.expm1(spread)

    def quantile(self, u: float) -> float:
        """Return the duration that belongs to a uniform [s]."""
        return self.scale * math.pow(-math.log(1.0 - u), 1.0 / self.shape)


@dataclass(frozen=True, slots=True)
class Pareto:
    """A power-law tail from a smallest duration on.

    Parameters
    ----------
    shape : float
        Exponent of the tail, > 0; the mean is infinite up to 1, the variance up to 2.
    minimum : float
        Smallest duration [s], > 0.
    """

    shape: float
    minimum: float

    def __post_init__(self) -> None:
        check_number("pareto", "shape", self.shape, above=0)
        check_number("pareto", "minimum", self.minimum, above=0)
        check_draws("pareto", self.quantile)

    @property
    def mean(self) -> float:
        """Mean [s]; ``inf`` for a shape up to 1."""
        return self.minimum * self.shape / (self.shape - 1) if self.shape > 1 else math.inf

    @property
    def variance(self) -> float:
        """Variance [s²]; ``inf`` for a shape up to 2."""
        if self.shape <= 2:
            return math.inf
        return self.minimum**2 * self.shape / ((self.shape - 1) ** 2 * (self.shape - 2))

    def quantile(self, u: float) -> float:
        """Return the duration that belongs to a uniform [s]."""
        return self.minimum * math.pow(1.0 - u, -1.0 / self.shape)
