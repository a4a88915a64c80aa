"""Arithmetic of spans against looking at every millisecond."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trsim.analysis.spans import (
    Spans,
    clipped,
    lengths_by_owner,
    merged,
    most_at_once,
    most_between,
    sweep,
    together,
    totals_between,
    union_ms,
)

LAST_MS = 20
OWNERS = 3
RAW = st.lists(
    st.tuples(st.integers(0, OWNERS - 1), st.integers(0, LAST_MS), st.integers(0, LAST_MS)),
    max_size=12,
).map(lambda rows: [(owner, min(a, b), max(a, b)) for owner, a, b in rows])


def spans(rows: list[tuple[int, int, int]]) -> Spans:
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return Spans(columns[0], columns[1], columns[2])


def covering(rows: list[tuple[int, int, int]], owner: int, at: int) -> int:
    return sum(o == owner and start <= at < end for o, start, end in rows)


@given(RAW, st.integers(0, LAST_MS), st.integers(0, LAST_MS))
def test_clipping_keeps_what_lies_inside(
    rows: list[tuple[int, int, int]], low: int, high: int
) -> None:
    inside = clipped(spans(rows), low, high)
    assert (inside.start_ms < inside.end_ms).all()
    lengths = lengths_by_owner(inside, OWNERS)
    for owner in range(OWNERS):
        assert lengths[owner] == sum(covering(rows, owner, at) for at in range(low, high))


@given(RAW)
def test_union_counts_each_instant_once(rows: list[tuple[int, int, int]]) -> None:
    found = union_ms(spans(rows), OWNERS)
    for owner in range(OWNERS):
        assert found[owner] == sum(covering(rows, owner, at) > 0 for at in range(LAST_MS))


@given(RAW)
def test_most_at_once_is_that_of_the_fullest_instant(rows: list[tuple[int, int, int]]) -> None:
    fullest = max(
        sum(covering(rows, owner, at) for owner in range(OWNERS)) for at in range(LAST_MS)
    )
    assert most_at_once(spans(rows)) == fullest


@given(RAW, RAW)
def test_a_sweep_knows_what_is_open_together(
    one: list[tuple[int, int, int]], other: list[tuple[int, int, int]]
) -> None:
    everything = (0, LAST_MS)
    pieces = sweep(tuple(clipped(spans(rows), *everything) for rows in (one, other)))
    assert (pieces.length_ms > 0).all()
    both = (pieces.counts > 0).all(axis=0)
    only_one = (pieces.counts[0] > 0) & (pieces.counts[1] == 0)
    for owner in range(OWNERS):
        mine = pieces.owner == owner
        instants = [(covering(one, owner, at), covering(other, owner, at)) for at in range(LAST_MS)]
        assert pieces.length_ms[mine & both].sum() == sum(a > 0 and b > 0 for a, b in instants)
        assert pieces.length_ms[mine & only_one].sum() == sum(a > 0 and b == 0 for a, b in instants)
        assert (pieces.counts[0] * pieces.length_ms)[mine].sum() == sum(a for a, _ in instants)


def test_nothing_gives_nothing() -> None:
    nothing = spans([])
    assert most_at_once(nothing) == 0
    assert union_ms(nothing, 2).tolist() == [0, 0]
    assert sweep((nothing, nothing)).owner.size == 0


def test_spans_of_both_kinds_are_cut_to_where_they_overlap() -> None:
    members = Spans(*map(np.array, ([0, 1], [0, 10], [100, 50])))
    busy = Spans(*map(np.array, ([0, 0, 1, 2], [5, 90, 0, 5], [10, 120, 20, 6])))
    both = together(members, busy)
    rows = list(zip(*(column.tolist() for column in both), strict=True))
    assert rows == [(0, 5, 10), (0, 90, 100), (1, 10, 20)]


def test_merged_spans_count_once() -> None:
    spans = Spans(*map(np.array, ([0, 0, 0, 1], [0, 5, 30, 7], [10, 20, 40, 7])))
    covered = merged(spans)
    assert (covered.end_ms - covered.start_ms).sum() == 20 + 10
    assert covered.owner.tolist() == [0, 0, 0, 0]


def test_totals_between_edges_add_up() -> None:
    spans = Spans(*map(np.array, ([0, 1, 1], [0, 5, 12], [15, 9, 40])))
    edges = np.array([0, 10, 20, 30])
    assert totals_between(spans, edges).tolist() == [10 + 4, 5 + 8, 10]


def test_the_most_between_edges_looks_back_over_them() -> None:
    spans = Spans(*map(np.array, ([0, 1, 2, 3], [0, 5, 5, 20], [15, 7, 25, 20])))
    edges = np.array([0, 10, 20, 30, 40])
    # Three from 5 to 7; two from 10 to 15; one up to 25; the empty span is nobody.
    assert most_between(spans, edges).tolist() == [3, 2, 1, 0]
    nobody = Spans(*(np.array([], dtype=np.int64),) * 3)
    assert most_between(nobody, edges).tolist() == [0, 0, 0, 0]
    assert totals_between(nobody, edges).tolist() == [0, 0, 0, 0]
