"""The picture of a pilot."""

from __future__ import annotations

import numpy as np

from trsim.analysis.warm_up import Series, warm_up_of
from trsim.plots.warm_up import warm_up


def test_both_series_and_the_cut_are_drawn() -> None:
    values = np.array([0.0] * 10 + [1.0, 1.2] * 45)
    found = warm_up_of(Series(np.arange(101) * 60_000, values, 2 * values, 4))
    figure = warm_up(found, "A $desk$")
    upper, lower = figure.axes
    assert np.asarray(upper.lines[0].get_ydata()).tolist() == values.tolist()
    assert np.asarray(lower.lines[0].get_ydata()).tolist() == (2 * values).tolist()
    assert np.asarray(upper.lines[1].get_xdata()).tolist() == [600, 600]
    legend = upper.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [
        "mean of the replications",
        "cut at 10m",
        "mean after it: 1.1",
    ]
    assert lower.get_xlabel() == "time since the start [min]"
    assert upper.get_ylabel() == "tasks waiting [mean per slot]"
