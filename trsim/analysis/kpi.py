"""What a key figure is: a name, a unit, one definition, and how replications are combined."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, SupportsInt

from trsim.analysis.sample import Sample
from trsim.model import Prices

Fraction = tuple[int, int]
"""Numerator and denominator, exact; a denominator of 0 means that there is no such figure."""
Measures = Mapping[str, Fraction]
"""What one run says about each KPI, by name."""
Measure = Callable[[Sample], Fraction]


class Kind(Enum):
    """How the replications of a study become one figure."""

    POOLED = "ratio of totals over the replications; interval by delete-one jackknife"
    """For shares and means: every task or reservation weighs the same."""
    AVERAGED = "mean of the replications; Student's t interval"
    """For counts, extremes, percentiles and time averages: every replication weighs the same."""


class Priced(Protocol):
    """What knows what staff costs and tasks are worth: a sample of a run, or its model."""

    @property
    def prices(self) -> Prices:
        """Costs and values, as far as the scenario gives them."""
        ...


def always(sample: Priced) -> bool:
    """Return that the figure can be said of every run."""
    return True


@dataclass(frozen=True, slots=True)
class Kpi:
    """The one definition of a key figure."""

    name: str
    unit: str
    """``s`` for seconds, ``share`` for 0 … 1, else the things counted."""
    kind: Kind
    text: str
    """What it tells, in a sentence."""
    formula: str
    """How it is computed, in words."""
    measure: Measure
    grouped: bool = True
    """Whether it can be said of some of the tasks, such as those of one queue or stream."""
    given: Callable[[Priced], bool] = always
    """Whether the scenario gives what it needs; if not, tables leave the figure out."""


def number(count: SupportsInt) -> Fraction:
    """Return a count as a fraction."""
    return int(count), 1


def ratio(part: SupportsInt, whole: SupportsInt) -> Fraction:
    """Return a share or a mean, undefined for an empty whole."""
    return int(part), int(whole)


def seconds(total_ms: SupportsInt, count: SupportsInt = 1) -> Fraction:
    """Return a mean of durations in seconds, undefined where nothing is counted."""
    return int(total_ms), 1000 * int(count)


NO_FIGURE: Fraction = (0, 0)
"""There is nothing of which the figure could be said."""
