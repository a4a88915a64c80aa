"""A sweep as a table for the console, and as a JSON document."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from trsim.analysis.kpi_table import KpiValue
from trsim.analysis.kpis import definition
from trsim.analysis.sensitivity import leading
from trsim.analysis.swept import Sweep, text_of
from trsim.report.figures import figure
from trsim.report.wording import printable

MOST_ROWS: Final = 200
"""Points shown on the console; files have all of them."""


def sweep_table(sweep: Sweep, kpis: Sequence[str], confidence: float = 0.95) -> RenderableType:
    """Return one line for each point: its values, and each figure with its half-width.

    Parameters
    ----------
    sweep : Sweep
    kpis : sequence of str
        Figures to show; those that no point has are left out.
    confidence : float
        Of the half-widths, 0 < confidence < 1.
    """
    shown = sweep.points[:MOST_ROWS]
    found = {
        name: [sweep.figure(point, name, confidence=confidence) for point in shown] for name in kpis
    }
    found = {name: figures for name, figures in found.items() if any(figures)}
    names = leading([axis.label for axis in sweep.axes])
    columns = [Column(_head(printable(name)), justify="right", no_wrap=True) for name in names]
    for name in found:
        unit = definition(name).unit
        head = _head(f"{name} [{'%' if unit == 'share' else unit}]")
        columns.append(Column(head, justify="right", no_wrap=True))
    table = Table(*columns, box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for index, point in enumerate(shown):
        values = [Text(printable(text_of(value))) for value in point.values]
        table.add_row(*values, *(_with_width(figures[index]) for figures in found.values()))
    counts = sorted({len(point.replications) for point in sweep.points})
    count = " to ".join(map(str, dict.fromkeys((counts[0], counts[-1]))))
    title = Text(
        f"{printable(sweep.name)}: {len(sweep.points)} points × {count} replications, seed "
        f"{sweep.seed}, ± at {100 * confidence:.4g} % confidence",
        style="bold",
    )
    parts: list[RenderableType] = [title]
    for short, axis in zip(names, sweep.axes, strict=True):
        today = "" if axis.today is None else f" (now {text_of(axis.today)})"
        parts.append(Text(printable(f"{short} = {axis.label}{today}")))
    parts += [Text(""), table]
    if len(sweep.points) > MOST_ROWS:
        parts.append(Text(f"… and {len(sweep.points) - MOST_ROWS} more points; --json has all"))
    parts += [Text(printable(f"failed: {text}")) for text in sweep.failed[:10]]
    return Group(*parts)


def sweep_document(sweep: Sweep, kpis: Sequence[str], confidence: float = 0.95) -> str:
    """Return a JSON document with every point and the figures asked for."""
    points = []
    for point in sweep.points:
        figures: dict[str, Any] = {}
        for name in kpis:
            value = sweep.figure(point, name, confidence=confidence)
            figures[name] = None if value is None else _fields(value)
        points.append(
            {
                "point": point.number,
                "values": {a.label: v for a, v in zip(sweep.axes, point.values, strict=True)},
                "replications": len(point.replications),
                "kpis": figures,
            }
        )
    content = {
        "scenario": sweep.name,
        "seed": sweep.seed,
        "design": sweep.design,
        "confidence": confidence,
        "parameters": [
            {"path": axis.label, "unit": axis.unit, "now": axis.today} for axis in sweep.axes
        ],
        "points": points,
        "failed": list(sweep.failed),
    }
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _fields(value: KpiValue) -> dict[str, Any]:
    names = ("unit", "estimate", "low", "high", "half_width", "n")
    return {name: getattr(value, name) for name in names}


def _with_width(value: KpiValue | None) -> str:
    if value is None or value.estimate is None:
        return "-"
    unit = definition(value.name).unit
    estimate = figure(value.estimate, unit).partition(" ")[0]
    if value.half_width is None:
        return estimate
    return f"{estimate} ±{figure(value.half_width, unit).partition(' ')[0]}"


def _head(name: str) -> str:
    """Return a title in as narrow a column as its words allow."""
    return name.replace("_", "_\n").replace(" [", "\n[")
