"""Numbers over time: how many spans are open, on average and at most, in each interval."""

from __future__ import annotations

import numpy as np

from trsim.analysis.spans import Ints, Spans


def covered_ms(spans: Spans, edges: Ints) -> Ints:
    """Return how long spans were open in each interval, summed over the spans [ms].

    Parameters
    ----------
    spans : Spans
    edges : ndarray, shape (n_intervals + 1,)
        Ends of the intervals, ascending [ms].

    Returns
    -------
    ndarray, shape (n_intervals,)
        Exact; divided by the length of an interval it is the mean number of open spans.

    Notes
    -----
    What is open up to t is the sum of t - start over the spans begun minus the sum of t - end over
    those over, so two sorted columns and their running sums are all that is needed.
    """
    return np.diff(_run_up(spans.start_ms, edges) - _run_up(spans.end_ms, edges))


def _run_up(instants: Ints, edges: Ints) -> Ints:
    """Return the sum of edge - instant over the instants before each edge [ms]."""
    ordered = np.sort(instants)
    sums = np.concatenate(([0], np.cumsum(ordered)))
    before = np.searchsorted(ordered, edges)
    return (before * edges - sums[before]).astype(np.int64)


def most_open(spans: Spans, edges: Ints) -> Ints:
    """Return the greatest number of spans open at once in each interval.

    Parameters
    ----------
    spans : Spans
        None of them is empty.
    edges : ndarray, shape (n_intervals + 1,)
        Ends of the intervals, ascending [ms].

    Returns
    -------
    ndarray, shape (n_intervals,)
        Changes of one instant are taken together.
    """
    instants, changes = np.unique(
        np.concatenate((spans.start_ms, spans.end_ms)), return_inverse=True
    )
    steps = np.bincount(
        changes, weights=np.repeat((1, -1), spans.start_ms.size), minlength=instants.size
    )
    level = np.concatenate(([0], np.cumsum(steps).astype(np.int64)))
    # Interval k sees the level it begins with and those of the changes inside it.
    first = np.searchsorted(instants, edges[:-1], side="right")
    last = np.searchsorted(instants, edges[1:], side="left")
    return np.asarray(
        [level[a : b + 1].max() for a, b in zip(first, last, strict=True)], dtype=np.int64
    )


def counts_in(instants: Ints, edges: Ints) -> Ints:
    """Return how many instants lie in each interval [begin, end), shape (n_intervals,)."""
    return np.diff(np.searchsorted(np.sort(instants), edges)).astype(np.int64)
