"""Arithmetic of time spans, in whole milliseconds: clipping, unions, counts over time.

A span is [start, end).  All functions are pure, take int64 arrays and lose nothing to rounding.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
"""Whole numbers; instants and durations are in milliseconds."""
Flags = NDArray[np.bool_]


class Spans(NamedTuple):
    """Spans that belong to something, one entry each."""

    owner: Ints
    """Number of the worker, task or queue a span belongs to, shape (n_spans,)."""
    start_ms: Ints
    """First instant of each span, shape (n_spans,)."""
    end_ms: Ints
    """First instant after each span, shape (n_spans,)."""


def clipped(spans: Spans, low_ms: int, high_ms: int) -> Spans:
    """Return the parts of the spans inside [low_ms, high_ms); empty ones are left out."""
    start = np.maximum(spans.start_ms, low_ms)
    end = np.minimum(spans.end_ms, high_ms)
    kept = start < end
    return Spans(spans.owner[kept], start[kept], end[kept])


def lengths_by_owner(spans: Spans, n_owners: int) -> Ints:
    """Return the summed length of each owner's spans [ms], shape (n_owners,)."""
    total = np.zeros(n_owners, dtype=np.int64)
    np.add.at(total, spans.owner, spans.end_ms - spans.start_ms)
    return total


class Sweep(NamedTuple):
    """What holds between two neighboring changes, for each owner in the order of time."""

    owner: Ints
    """Shape (n_pieces,)."""
    length_ms: Ints
    """How long it lasts, > 0, shape (n_pieces,)."""
    counts: Ints
    """How many spans of each kind cover the piece, shape (n_kinds, n_pieces)."""
    start_ms: Ints
    """First instant of the piece, shape (n_pieces,)."""


def sweep(kinds: tuple[Spans, ...]) -> Sweep:
    """Return how many spans of each kind are open at the same time, owner by owner.

    Parameters
    ----------
    kinds : tuple of Spans
        Kinds of spans over the same owners, for example ringing and talking; none is empty in
        the sense of ``start_ms >= end_ms``.

    Notes
    -----
    Changes of one instant are taken together, so a state that lasts no time does not show.
    """
    owner = np.concatenate([half for s in kinds for half in (s.owner, s.owner)])
    at = np.concatenate([half for s in kinds for half in (s.start_ms, s.end_ms)])
    steps = np.zeros((len(kinds), at.size), dtype=np.int64)
    place = 0
    for kind, spans in enumerate(kinds):
        middle, end = place + spans.owner.size, place + 2 * spans.owner.size
        steps[kind, place:middle] = 1
        steps[kind, middle:end] = -1
        place = end
    order = np.lexsort((at, owner))
    owner, at = owner[order], at[order]
    counts = np.cumsum(steps[:, order], axis=1)
    # An owner's counts are back at zero after the last change, so the piece that would reach
    # over to the next owner has nothing in it and is dropped with the empty ones.
    length = np.diff(at, append=at[-1:])
    kept = (length > 0) & (np.diff(owner, append=owner[-1:]) == 0)
    return Sweep(owner[kept], length[kept], counts[:, kept], at[kept])


def union_ms(spans: Spans, n_owners: int) -> Ints:
    """Return how long at least one span of each owner was open [ms], shape (n_owners,)."""
    kept = spans.start_ms < spans.end_ms
    pieces = sweep((Spans(spans.owner[kept], spans.start_ms[kept], spans.end_ms[kept]),))
    total = np.zeros(n_owners, dtype=np.int64)
    covered = pieces.counts[0] > 0
    np.add.at(total, pieces.owner[covered], pieces.length_ms[covered])
    return total


def merged(spans: Spans) -> Spans:
    """Return when at least one span of each owner was open, as spans of that owner."""
    return together(spans, spans)


def together(first: Spans, second: Spans) -> Spans:
    """Return when spans of both kinds were open for the same owner, as spans of that owner."""
    kinds = tuple(
        Spans(*(column[kind.start_ms < kind.end_ms] for column in kind)) for kind in (first, second)
    )
    pieces = sweep(kinds)
    both = (pieces.counts > 0).all(axis=0)
    start = pieces.start_ms[both]
    return Spans(pieces.owner[both], start, start + pieces.length_ms[both])


def totals_between(spans: Spans, edges_ms: Ints) -> Ints:
    """Return how much of all spans lies between neighboring edges [ms].

    Parameters
    ----------
    spans : Spans
        Whoever they belong to.
    edges_ms : ndarray, shape (n_edges,)
        Rising instants.

    Returns
    -------
    ndarray, shape (n_edges - 1,)
    """
    return np.diff(_passed(spans.start_ms, edges_ms) - _passed(spans.end_ms, edges_ms))


def _passed(instants_ms: Ints, edges_ms: Ints) -> Ints:
    """Return the time from each instant to each edge after it, summed over the instants."""
    ordered = np.sort(instants_ms)
    sums = np.concatenate([[0], np.cumsum(ordered)])
    before = np.searchsorted(ordered, edges_ms, side="right")
    passed: Ints = before * edges_ms - sums[before]
    return passed


def most_between(spans: Spans, edges_ms: Ints) -> Ints:
    """Return the greatest number of spans open at once between neighboring edges.

    Parameters
    ----------
    spans : Spans
        Whoever they belong to.
    edges_ms : ndarray, shape (n_edges,)
        Rising instants.

    Returns
    -------
    ndarray, shape (n_edges - 1,)
    """
    inside = clipped(spans, int(edges_ms[0]), int(edges_ms[-1]))
    nobody = np.zeros(inside.owner.size, dtype=np.int64)
    pieces = sweep((Spans(nobody, inside.start_ms, inside.end_ms),))
    count, start = pieces.counts[0], pieces.start_ms
    most = np.zeros(edges_ms.size - 1, dtype=np.int64)
    np.maximum.at(most, np.searchsorted(edges_ms, start, side="right") - 1, count)
    # What is open at an edge began before it, or there.
    at_edge = np.searchsorted(start, edges_ms[:-1], side="right") - 1
    lasts = at_edge >= 0
    piece = at_edge[lasts]
    reaches = start[piece] + pieces.length_ms[piece] > edges_ms[:-1][lasts]
    most[lasts] = np.maximum(most[lasts], np.where(reaches, count[piece], 0))
    return most


def most_at_once(spans: Spans) -> int:
    """Return the greatest number of spans open at the same time, whoever they belong to."""
    kept = spans.start_ms < spans.end_ms
    start, end = spans.start_ms[kept], spans.end_ms[kept]
    same = Spans(np.zeros(start.size, dtype=np.int64), start, end)
    return int(sweep((same,)).counts.max(initial=0))
