from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.swept_desk import swept_desk
from trsim.errors import UsageError
from trsim.plots.heat_map import heat_map

GRID = [(x, y) for x in (10, 9) for y in (5, 6, 7)]
RUNS = [[(x + y, 100), (x + y, 100)] for x, y in GRID]


def test_cells_stand_in_the_order_of_the_numbers_with_their_values() -> None:
    figure = heat_map(swept_desk("grid", GRID, RUNS), "abandonment")
    axes = figure.axes[0]
    shown = np.asarray(axes.images[0].get_array())
    assert shown.ravel().tolist() == pytest.approx([14.0, 15.0, 15.0, 16.0, 16.0, 17.0])
    assert [text.get_text() for text in axes.get_xticklabels()] == ["9", "10"]
    written = {text.get_position(): text.get_text() for text in axes.texts}
    assert written[1, 2] == "17\n±0"
    assert figure.axes[1].get_ylabel() == "abandonment [%]"


def test_what_is_no_map_is_refused() -> None:
    with pytest.raises(UsageError, match="two parameters, not 1"):
        heat_map(swept_desk("grid", [(1,)], [[(1, 2)]]), "abandonment")
    with pytest.raises(UsageError, match="has a figure asa"):
        heat_map(swept_desk("grid", GRID, RUNS), "asa")
    many = [(x, y) for x in range(21) for y in range(20)]
    with pytest.raises(UsageError, match="too many to be read"):
        heat_map(swept_desk("grid", many, [[(1, 2)]] * len(many)), "abandonment")
