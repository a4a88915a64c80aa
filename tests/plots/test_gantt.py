"""Lanes of workers: exact where they can be seen, the main state of a column elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import PolyCollection

from tests.plots.desk import four_tasks, many_tasks
from tests.plots.drawn import labels, names
from trsim.analysis.sample import Observation
from trsim.plots.gantt import MOST_WORKERS, chosen_workers, main_states, worker_gantt
from trsim.plots.palette import WORKER_LOOKS
from trsim.plots.states import WorkerState, worker_states
from trsim.plots.view import View


def test_bars_lie_where_the_states_are() -> None:
    figure = worker_gantt(four_tasks())
    (axes,) = figure.axes
    talking = axes.collections[0]
    assert isinstance(talking, PolyCollection)
    boxes = [path.get_extents() for path in talking.get_paths()]
    assert [(box.x0, box.x1) for box in boxes] == [(14, 34), (79, 90)]
    assert [box.y1 for box in boxes] == pytest.approx([0.45, 1.45])
    assert [box.height for box in boxes] == pytest.approx([0.81, 0.81])
    assert labels(axes) == ["Ann", "Bob"]
    assert names(axes) == [
        "talking",
        "wrapping up",
        "ringing",
        "available",
        "missed an offer",
        "away",
    ]
    assert figure.get_supxlabel() == ""


def test_what_looks_alike_in_gray_has_another_hatch_or_height() -> None:
    looks = {(look.hatch, look.height, look.color) for look in WORKER_LOOKS.values()}
    assert len(looks) == len(WORKER_LOOKS)


def test_a_column_shows_the_state_that_takes_most_of_it() -> None:
    seen = Observation(four_tasks().log, 100_000)
    edges = np.array([0, 10_000, 30_000, 75_000, 100_000])
    states = main_states(worker_states(seen), np.array([0, 1]), edges)
    # From 30 to 75 s Ann talks 4, wraps up 10, is free 16 and rings 15 s.
    assert [[WorkerState(state).label for state in lane] for lane in states] == [
        ["available", "talking", "available", "missed an offer"],
        ["away", "away", "away", "talking"],
    ]


def test_of_many_workers_some_are_shown_from_first_to_last() -> None:
    assert chosen_workers(3).tolist() == [0, 1, 2]
    chosen = chosen_workers(1_000).tolist()
    assert (len(set(chosen)), chosen[0], chosen[-1]) == (MOST_WORKERS, 0, 999)


def test_many_changes_become_an_image_and_the_figure_says_so() -> None:
    figure = worker_gantt(many_tasks(60_000), View())
    (axes,) = figure.axes
    assert len(axes.images) == 1
    assert not axes.collections
    assert "40 of 1,000 workers" in figure.get_supxlabel()
    assert "each column of about 1m26.4s" in figure.get_supxlabel()


def test_the_image_has_the_color_and_height_of_the_states() -> None:
    (axes,) = worker_gantt(many_tasks(60_000), View()).axes
    pixels = np.asarray(axes.images[0].get_array())
    assert pixels.shape == (40 * 20, 1_000, 3)
    lane = (pixels[20:40] * 255).round().astype(int)
    talking = (lane == (0, 114, 178)).all(axis=2).sum(axis=0)
    available = (lane == (228, 228, 228)).all(axis=2).sum(axis=0)
    assert set(talking) == {0, 16}
    assert set(available) == {0, 5}
    assert ((talking > 0) | (available > 0)).mean() > 0.99
