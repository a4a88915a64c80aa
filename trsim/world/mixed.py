"""Laws made of observed values, and laws made of other laws."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from trsim.errors import UsageError
from trsim.world.distributions import Distribution
from trsim.world.draws import SMALLEST
from trsim.world.parameters import check_not_negative, cumulative_shares


@dataclass(frozen=True, slots=True)
class Empirical:
    """Observed durations, each drawn with the share it was seen.

    Parameters
    ----------
    values : tuple of float
        Observed durations [s], >= 0, in any order; at least one.
    weights : tuple of float, optional
        How often each value counts, >= 0; equally if left out.

    Notes
    -----
    The quantile is the inverse of the step function, the smallest value whose cumulative share
    reaches the uniform (Hyndman and Fan 1996, definition 1).  Nothing is interpolated, so only
    observed values are drawn.

    Examples
    --------
    >>> law = Empirical((90.0, 30.0, 60.0), weights=(1.0, 1.0, 2.0))
    >>> [law.quantile(u) for u in (0.2, 0.3, 0.7, 0.8)]
    [30.0, 60.0, 60.0, 90.0]
    """

    values: tuple[float, ...]
    weights: tuple[float, ...] | None = None
    _sorted: tuple[float, ...] = field(init=False, repr=False, compare=False)
    _shares: tuple[float, ...] = field(init=False, repr=False, compare=False)
    _ends: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        values = tuple(self.values)
        for place, value in enumerate(values):
            check_not_negative("empirical", f"values[{place}]", value)
        weights = (1.0,) * len(values) if self.weights is None else tuple(self.weights)
        if not values or len(weights) != len(values):
            raise UsageError(
                "empirical: there must be at least one value and as many weights; "
                f"found {len(values)} values and {len(weights)} weights"
            )
        pairs = sorted(zip(values, weights, strict=True))
        shares = tuple(weight for _, weight in pairs)
        ends = cumulative_shares("empirical", shares)
        total = math.fsum(shares)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "weights", None if self.weights is None else weights)
        object.__setattr__(self, "_sorted", tuple(float(value) for value, _ in pairs))
        object.__setattr__(self, "_shares", tuple(share / total for share in shares))
        object.__setattr__(self, "_ends", ends)

    @property
    def mean(self) -> float:
        """Mean [s]."""
        return math.fsum(x * share for x, share in zip(self._sorted, self._shares, strict=True))

    @property
    def variance(self) -> float:
        """Variance of the law, not the estimate for a population [s²]."""
        mean = self.mean
        return math.fsum(
            (x - mean) ** 2 * share for x, share in zip(self._sorted, self._shares, strict=True)
        )

    def quantile(self, u: float) -> float:
        """Return the duration that belongs to a uniform [s]."""
        return self._sorted[bisect_left(self._ends, u)]


@dataclass(frozen=True, slots=True)
class Mixture:
    """One of several laws, each with its probability.

    Parameters
    ----------
    components : tuple of Distribution
        The laws, at least one.
    weights : tuple of float
        Their probabilities, >= 0, up to a common factor.

    Notes
    -----
    One uniform both chooses the component and, stretched to (0, 1) again, draws from it.  The
    result has the law of the mixture but does not rise with the uniform: ``quantile`` is not the
    inverse of the distribution function here, though it is one within each component.
    """

    components: tuple[Distribution, ...]
    weights: tuple[float, ...]
    _ends: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        components, weights = tuple(self.components), tuple(self.weights)
        if not components or len(weights) != len(components):
            raise UsageError(
                "mixture: there must be at least one component and as many weights; "
                f"found {len(components)} components and {len(weights)} weights"
            )
        object.__setattr__(self, "components", components)
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "_ends", cumulative_shares("mixture", weights))

    @property
    def mean(self) -> float:
        """Mean [s]; ``inf`` where a component's is."""
        return math.fsum(share * law.mean for law, share in self._parts())

    @property
    def variance(self) -> float:
        """Variance [s²]; ``inf`` where a component's is."""
        mean = self.mean
        if not math.isfinite(mean):
            return math.inf
        return math.fsum(
            share * (law.variance + (law.mean - mean) ** 2) for law, share in self._parts()
        )

    def quantile(self, u: float) -> float:
        """Return the duration that belongs to a uniform [s]; see the notes of the class."""
        place = bisect_right(self._ends, u)
        low = self._ends[place - 1] if place else 0.0
        inner = (u - low) / (self._ends[place] - low)
        return self.components[place].quantile(min(max(inner, SMALLEST), 1.0 - SMALLEST))

    def _parts(self) -> list[tuple[Distribution, float]]:
        """Return the components that occur, with their probabilities."""
        total = math.fsum(self.weights)
        pairs = zip(self.components, self.weights, strict=True)
        return [(law, weight / total) for law, weight in pairs if weight > 0]
