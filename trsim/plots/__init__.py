"""Pictures of runs: one function a plot, from a Result to a matplotlib Figure.

Numbers are worked out in functions of their own (``..._numbers``, ``read_...``) and drawn by
others.  Nothing here touches ``pyplot`` or anybody's settings, and matplotlib is loaded when the
first figure is made.
"""

from trsim.plots.canvas import save_figure
from trsim.plots.registry import PLOTS, Plot
from trsim.plots.view import View

__all__ = ["PLOTS", "Plot", "View", "save_figure"]
