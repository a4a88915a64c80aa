"""Counts over time: exact means and maxima by interval."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trsim.analysis.spans import Spans
from trsim.plots.series import counts_in, covered_ms, most_open


def spans(*pairs: tuple[int, int]) -> Spans:
    start, end = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return Spans(np.zeros(start.size, dtype=np.int64), start, end)


EDGES = np.array([0, 10, 20, 30])


def test_spans_count_where_they_are_open() -> None:
    assert covered_ms(spans((5, 15), (8, 30)), EDGES).tolist() == [7, 15, 10]
    assert most_open(spans((5, 15), (8, 30)), EDGES).tolist() == [2, 2, 1]


def test_changes_of_one_instant_are_taken_together() -> None:
    assert most_open(spans((0, 10), (10, 20)), EDGES).tolist() == [1, 1, 0]
    assert most_open(spans((5, 10), (2, 5)), EDGES).tolist() == [1, 0, 0]


def test_nothing_is_open_where_there_is_nothing() -> None:
    assert covered_ms(spans(), EDGES).tolist() == [0, 0, 0]
    assert most_open(spans(), EDGES).tolist() == [0, 0, 0]


def test_an_instant_at_an_edge_is_in_the_later_interval() -> None:
    assert counts_in(np.array([20, 0, 10, 29, 30]), EDGES).tolist() == [1, 1, 2]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20)), max_size=8))
def test_means_and_maxima_are_those_of_every_millisecond(found: list[tuple[int, int]]) -> None:
    some = spans(*((start, start + length) for start, length in found))
    level = [sum(start <= t < start + length for start, length in found) for t in range(30)]
    cut = [level[0:10], level[10:20], level[20:30]]
    assert covered_ms(some, EDGES).tolist() == [sum(part) for part in cut]
    assert most_open(some, EDGES).tolist() == [max(part) for part in cut]
