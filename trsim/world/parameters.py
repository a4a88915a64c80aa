"""Checks of the numbers that laws and processes are made from, with one form of message."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import accumulate

from trsim.errors import UsageError
from trsim.world.draws import SMALLEST

LARGEST_S = 1e290
"""A law that can draw a longer duration is refused: beyond lies overflow [s]."""


def check_number(owner: str, name: str, value: float, above: float = -math.inf) -> None:
    """Refuse what is not a finite number greater than ``above``."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise UsageError(f"{owner}: {name} must be a finite number; found {value!r}")
    if value <= above:
        raise UsageError(f"{owner}: {name} must be > {above:g}; found {value!r}")


def check_not_negative(owner: str, name: str, value: float) -> None:
    """Refuse what is not a finite number >= 0."""
    check_number(owner, name, value)
    if value < 0:
        raise UsageError(f"{owner}: {name} must be >= 0; found {value!r}")


def check_instant(owner: str, name: str, value: int, least: int = 0) -> None:
    """Refuse what is not a whole number of milliseconds from ``least`` on."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise UsageError(f"{owner}: {name} must be a whole number >= {least}; found {value!r}")


def check_draws(owner: str, quantile: Callable[[float], float]) -> None:
    """Refuse a law whose longest possible draw overflows."""
    try:
        longest = quantile(1 - SMALLEST)
    except OverflowError:
        longest = math.inf
    if not longest <= LARGEST_S:
        raise UsageError(f"{owner}: its longest draws overflow; it must be less spread out")


def cumulative_shares(owner: str, weights: tuple[float, ...]) -> tuple[float, ...]:
    """Return where each weight's share of (0, 1) ends; the last is exactly 1.

    Raises
    ------
    UsageError
        If a weight is negative or not finite, or all are 0.
    """
    for place, weight in enumerate(weights):
        check_not_negative(owner, f"weights[{place}]", weight)
    ends = list(accumulate(float(weight) for weight in weights))
    if not ends or not 0 < ends[-1] < math.inf:
        raise UsageError(f"{owner}: weights must have a positive finite sum; found {weights!r}")
    return tuple(end / ends[-1] for end in ends)
