from __future__ import annotations

import math

import pytest

from tests.analysis.swept_desk import swept_desk
from trsim.errors import UsageError

POINTS = [(1, 5), (2, 5), (None, 5)]
RUNS = [[(10, 100), (30, 100)], [(0, 0), (1, 4)], [(5, 100)]]


def test_a_row_for_each_replication_and_null_for_no_figure() -> None:
    frame = swept_desk("grid", POINTS, RUNS).to_frame()
    assert list(frame.columns) == ["point", "x", "y", "replication", "seed", "abandonment"]
    assert list(frame["point"]) == [0, 0, 1, 1, 2]
    assert list(frame["x"]) == [1.0, 1.0, 2.0, 2.0, 3.0]  # as it is: 3
    assert list(frame["replication"]) == [0, 1, 0, 1, 0]
    assert list(frame["abandonment"])[:2] == [0.1, 0.3]
    assert math.isnan(frame["abandonment"][2])
    assert frame["y"].dtype == int


def test_the_best_point_is_the_one_with_least_abandonment() -> None:
    swept = swept_desk("grid", POINTS, RUNS)
    assert swept.best("abandonment").number == 2
    with pytest.raises(UsageError, match="has a figure asa"):
        swept.best("asa")
    with pytest.raises(UsageError, match="no KPI"):
        swept.best("nope")


def test_tables_show_what_there_is() -> None:
    swept = swept_desk("grid", POINTS, [*RUNS[:2], []])
    table = swept.table(["abandonment"])
    assert list(table["n"]) == [2, 2, 0]
    assert table["estimate"][0] == 0.2
    assert math.isnan(table["estimate"][2])
    assert "0 to 2 replications" in swept._repr_html_()
    assert swept.failed == ()
