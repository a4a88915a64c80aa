"""How a figure is spelled: as short as it can be read, with its unit."""

from __future__ import annotations

from typing import Final

from trsim.analysis.kpi_table import KpiValue


def figure(value: float | None, unit: str) -> str:
    """Return a figure with its unit, a dash where there is none.

    Examples
    --------
    >>> figure(0.8312, "share"), figure(19.314, "s"), figure(12.0, "tasks"), figure(None, "s")
    ('83.1 %', '19.3 s', '12', '-')
    """
    if value is None:
        return "-"
    return f"{_number(value, unit)}{_SUFFIXES.get(unit, '')}"


_SUFFIXES: Final = {"share": " %", "s": " s", "worker s": " s"}


def _number(value: float, unit: str) -> str:
    if unit == "share":
        return f"{100 * value:.1f}"
    if unit in ("s", "worker s"):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.1f}"
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def estimate_text(value: KpiValue) -> str:
    """Return the estimate of a figure; where it is withheld, why."""
    return figure(value.estimate, value.unit) if value.missing is None else value.missing.value


def interval_text(value: KpiValue) -> str:
    """Return the interval of a figure, nothing where there is none."""
    if value.low is None or value.high is None:
        return ""
    return f"{_number(value.low, value.unit)} to {figure(value.high, value.unit)}"
