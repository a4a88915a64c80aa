"""How TaskRouter's answers look: whole seconds, SIDs, and the small objects inside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
"""Whole numbers; instants and durations are in milliseconds."""

_SECOND_MS: Final = 1_000


def whole_seconds(total_ms: int, count: int = 1) -> int:
    """Return a mean of durations in whole seconds, halves rounded up; 0 over nothing.

    Parameters
    ----------
    total_ms : int
        Sum of the durations [ms], >= 0.
    count : int
        How many there are, >= 0.

    Examples
    --------
    >>> whole_seconds(2_500), whole_seconds(25_000, 2), whole_seconds(0, 0)
    (3, 13, 0)
    """
    # In integers, because a float could fall on the wrong side of a half.
    return (2 * total_ms + _SECOND_MS * count) // (2 * _SECOND_MS * count) if count else 0


class Figures:
    """Fields that turn into JSON under TaskRouter's names, which are their own."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, under TaskRouter's names."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}  # type: ignore[arg-type]


def _plain(value: object) -> object:
    if isinstance(value, Figures):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


@dataclass(frozen=True, slots=True)
class WaitDuration(Figures):
    """Durations summed up; all 0 where there is none."""

    avg: int
    """Mean [s]."""
    min: int
    """Shortest [s]."""
    max: int
    """Longest [s]."""
    total: int
    """Sum [s]."""

    @classmethod
    def of(cls, durations_ms: Ints) -> Self:
        """Return the sum of durations [ms, shape (n,)]; each figure is rounded by itself."""
        return cls(*summed_up(durations_ms))


@dataclass(frozen=True, slots=True)
class ActivityDuration(Figures):
    """Time that workers spent in an activity, by stays; all 0 where there was none."""

    sid: str
    friendly_name: str
    avg: int
    """Mean of the stays [s]."""
    min: int
    """Shortest stay [s]."""
    max: int
    """Longest stay [s]."""
    total: int
    """Sum of the stays [s]."""


@dataclass(frozen=True, slots=True)
class ActivityStatistic(Figures):
    """How many workers are in an activity."""

    sid: str
    friendly_name: str
    workers: int


@dataclass(frozen=True, slots=True)
class SplitCounts(Figures):
    """What ended the waits on one side of a threshold."""

    tasks_canceled: int
    reservations_accepted: int


@dataclass(frozen=True, slots=True)
class SplitSides(Figures):
    """Waits parted by a threshold; one of exactly its length is below."""

    above: SplitCounts
    below: SplitCounts


def summed_up(durations_ms: Ints) -> tuple[int, int, int, int]:
    """Return mean, shortest, longest and sum of durations [s], each rounded by itself."""
    if not durations_ms.size:
        return 0, 0, 0, 0
    total_ms = int(durations_ms.sum())
    return (
        whole_seconds(total_ms, durations_ms.size),
        whole_seconds(int(durations_ms.min())),
        whole_seconds(int(durations_ms.max())),
        whole_seconds(total_ms),
    )
