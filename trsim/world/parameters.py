"""Checks of the numbers that laws and processes are made from, with one form of message."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import accumulate

from trsim.errors import UsageError
from trsim.world.draws import SMALLEST

LARGEST_S = 1e290
"""A law that can draw a longer duration is refused: beyond lies overflow [s]."""


def check_number(owner: str, name: str, value: object, above: float = -math.inf) -> None:
    """Refuse what is not a finite number greater than ``above``."""
    number = _as_number(owner, name, value)
    if number <= above:
        raise UsageError(f"{owner}: {name} must be > {above:g}; found {value!r}")


def check_not_negative(owner: str, name: str, value: object) -> None:
    """Refuse what is not a finite number >= 0."""
    if _as_number(owner, name, value) < 0:
        raise UsageError(f"{owner}: {name} must be >= 0; found {value!r}")


def check_instant(owner: str, name: str, value: object, least: int = 0) -> None:
    """Refuse what is not a whole number of milliseconds from ``least`` on."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise UsageError(f"{owner}: {name} must be a whole number >= {least}; found {value!r}")


def _as_number(owner: str, name: str, value: object) -> float:
    """Return a finite number as it is; True and False are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError(f"{owner}: {name} must be a number; found {value!r}")
    # Compared, not asked isfinite, which fails for a whole number of 400 digits.
    if not -1e308 < value < 1e308:
        found = f"{value!r}" if isinstance(value, float) else "one of over 300 digits"
        raise UsageError(f"{owner}: {name} must be a finite number; found {found}")
    return value


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
