from __future__ import annotations

import pytest
from matplotlib.patches import Rectangle

from tests.analysis.swept_desk import swept_desk
from trsim.analysis.sensitivity import tornado
from trsim.plots.tornado import tornado_plot


def test_bars_are_the_differences_widest_above() -> None:
    runs = [[(10, 100), (20, 100)], [(5, 100), (15, 100)], [(12, 100), (20, 100)],
            [(10, 100), (21, 100)], [(50, 100), (62, 100)]]  # fmt: skip
    points = [(None, None), (1, None), (9, None), (None, 2), (None, 8)]
    figure = tornado_plot(tornado(swept_desk("one_at_a_time", points, runs), "abandonment"))
    axes = figure.axes[0]
    widths = [bar.get_width() for bar in axes.patches if isinstance(bar, Rectangle)]
    assert widths == pytest.approx([0.5, 41.0, -5.0, 1.0])
    assert len({bar.get_hatch() for bar in axes.patches}) == 2
    assert [text.get_text() for text in axes.get_yticklabels()] == ["y", "x"]
    assert axes.yaxis_inverted()
    assert [text.get_text() for text in axes.texts] == ["2", "8", "1", "9"]
