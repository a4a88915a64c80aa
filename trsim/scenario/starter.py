"""The commented scenario that a new project begins with."""

from __future__ import annotations

from importlib import resources


def starter_text() -> str:
    """Return the text of a small scenario that loads and runs as it is.

    Examples
    --------
    >>> starter_text().splitlines()[1]
    '# A small support desk: two kinds of calls, eight people, one working day.'
    """
    return resources.files("trsim.scenario").joinpath("starter.yaml").read_text(encoding="utf-8")
