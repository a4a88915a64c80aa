"""Reads numbers off figures."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import StepPatch


def steps(axes: Axes) -> list[list[float]]:
    """Return the heights of every outline of steps, in the order of drawing."""
    return [_data(patch).values.tolist() for patch in axes.patches if isinstance(patch, StepPatch)]


def ends(axes: Axes) -> list[float]:
    """Return where the steps of the first outline begin and end."""
    found: list[float] = next(
        _data(patch).edges.tolist() for patch in axes.patches if isinstance(patch, StepPatch)
    )
    return found


def names(axes: Axes) -> list[str]:
    """Return what the legend names."""
    legend = axes.get_legend()
    return [] if legend is None else [text.get_text() for text in legend.get_texts()]


def labels(axes: Axes) -> list[str]:
    """Return the names of the lanes."""
    return [text.get_text() for text in axes.get_yticklabels()]


def _data(patch: StepPatch) -> Any:
    return patch.get_data()
