"""Playing with a scenario by hand: which values can be turned, and what comes of it.

The widgets need ``trsim[notebook]``; without Jupyter the same numbers come as text.
"""
