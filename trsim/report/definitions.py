"""What each key figure means, as text for people."""

from __future__ import annotations

import textwrap

from trsim.analysis.kpis import KPIS


def definitions(width: int = 80) -> str:
    """Return name, unit, meaning and formula of every KPI.

    Parameters
    ----------
    width : int
        Longest line, >= 40.
    """
    return "\n\n".join(
        "\n".join(
            [
                f"{kpi.name} [{kpi.unit}]",
                *_indented(kpi.text, width),
                *_indented(f"= {kpi.formula}", width),
                *_indented(f"Over replications: {kpi.kind.value}.", width),
            ]
        )
        for kpi in KPIS
    )


def _indented(text: str, width: int) -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent="    ", subsequent_indent="      ", break_on_hyphens=False
    )
