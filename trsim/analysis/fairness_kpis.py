"""KPIs of how work is spread over workers, and of tasks that come back to the same worker.

Sources: Gini, "Variabilità e mutabilità" (1912), for the coefficient; Sen, "On Economic
Inequality" (1973), section 2.6, for its forms.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from trsim.analysis.kpi import NO_FIGURE, Fraction, Kind, Kpi, number, ratio
from trsim.analysis.sample import Sample
from trsim.analysis.spans import Ints


def gini(amounts: Ints) -> Fraction:
    """Return the Gini coefficient of amounts, exact.

    Parameters
    ----------
    amounts : ndarray, shape (n,)
        What each one has, >= 0.

    Returns
    -------
    (int, int)
        Numerator and denominator: 0 if all have the same, (n - 1) / n if one has everything;
        undefined if there is nobody, or nothing to have.

    Notes
    -----
    It is the mean absolute difference between two amounts, drawn with replacement, over twice the
    mean (Sen 1973, section 2.6).  With the amounts in rising order, x(1) … x(n), that is
    Σ (2 i - n - 1) x(i) / (n Σ x(i)).

    Examples
    --------
    >>> gini(np.array([1, 1])), gini(np.array([0, 4])), gini(np.array([0, 0]))
    ((0, 4), (4, 8), (0, 0))
    """
    ordered: list[int] = np.sort(amounts).tolist()  # their sums may exceed 64 bits
    n, total = len(ordered), sum(ordered)
    if not total:
        return NO_FIGURE
    weights = range(1 - n, n, 2)
    return ratio(sum(w * x for w, x in zip(weights, ordered, strict=True)), n * total)


def _gini_load(sample: Sample) -> Fraction:
    workers = sample.workers
    if workers is None:
        return NO_FIGURE
    return gini(workers.busy_ms[_on_offer(sample)])


def _gini_offers(sample: Sample) -> Fraction:
    if sample.workers is None:
        return NO_FIGURE
    n_workers = sample.workers.busy_ms.size
    offers = np.bincount(sample.reservations.worker, minlength=n_workers)
    return gini(offers[_on_offer(sample)])


def _on_offer(sample: Sample) -> Ints:
    """Return the workers who had work in hand or an available activity in the window."""
    assert sample.workers is not None, "asked of whole runs only"
    return np.flatnonzero(sample.workers.busy_ms + sample.workers.open_ms > 0)


def asked_again(sample: Sample) -> int:
    """Return how many of the tasks were offered to the same worker more than once."""
    offers = sample.reservations
    n_workers = int(offers.worker.max(initial=0)) + 1
    pairs, times = np.unique(offers.place * n_workers + offers.worker, return_counts=True)
    return int(np.unique(pairs[times > 1] // n_workers).size)


def _reoffered(sample: Sample) -> Fraction:
    return number(asked_again(sample))


def _reoffered_share(sample: Sample) -> Fraction:
    return ratio(asked_again(sample), len(sample.tasks))


_WHO = "workers who had work in hand or were in an available activity between warm-up and horizon"
_GINI = (
    "mean absolute difference over all n^2 ordered pairs (drawn with replacement: each amount is "
    "paired with itself as well) / (2 x mean); the amounts are the"
)

FAIRNESS_KPIS: Final = (
    Kpi(
        "reoffered_same_worker",
        "tasks",
        Kind.AVERAGED,
        "Tasks offered to a worker who had been asked for them before.",
        "number of tasks with two or more reservations of one worker",
        _reoffered,
    ),
    Kpi(
        "reoffered_same_worker_share",
        "share",
        Kind.POOLED,
        "Share of offered tasks that came back to a worker who had been asked before.",
        "reoffered_same_worker / offered",
        _reoffered_share,
    ),
    Kpi(
        "gini_load",
        "index",
        Kind.AVERAGED,
        "How unequally work is spread: Gini coefficient of the workers' busy times; 0: evenly.",
        f"{_GINI} times with work in hand of {_WHO}",
        _gini_load,
        grouped=False,
    ),
    Kpi(
        "gini_offers",
        "index",
        Kind.AVERAGED,
        "How unequally offers are spread: Gini coefficient of their numbers; 0: evenly.",
        f"{_GINI} numbers of reservations of counted tasks of {_WHO}",
        _gini_offers,
        grouped=False,
    ),
)
