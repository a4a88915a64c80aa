"""Sensitivity as tables for the console, and as a JSON document."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from trsim.analysis.intervals import Interval
from trsim.analysis.sensitivity import Index, Influences, Tornado, leading
from trsim.report.figures import figure
from trsim.report.wording import printable


def influence_table(found: Influences) -> RenderableType:
    """Return one line for each parameter, the most influential first."""
    title = (
        f"{found.kpi}: mean {figure(found.mean, found.unit)}, standard deviation "
        f"{figure(found.deviation, found.unit)} over the ranges"
    )
    table = _table("parameter", "first order", "interval", "total", "interval")
    for name, item in zip(leading([i.label for i in found.items]), found.items, strict=True):
        table.add_row(
            printable(name),
            f"{item.first.estimate:.3f}", _span(item.first),
            f"{item.total.estimate:.3f}", _span(item.total),
        )  # fmt: skip
    notes = (
        f"Sobol' indices: shares of the variance; {found.samples} rows a sample, "
        f"{found.replications} replications a point with the same customers, bootstrap "
        f"intervals over rows at {100 * found.confidence:.4g} % confidence"
    )
    return Group(Text(title, style="bold"), Text(""), table, Text(""), Text(notes))


def tornado_table(found: Tornado) -> RenderableType:
    """Return one line for each end of each parameter, the widest swing first."""
    title = f"{printable(found.name)}: {found.kpi} is {_value(found)} as the scenario is"
    table = _table("parameter", "set to", "difference", "paired interval")
    names = leading([swing.label for swing in found.swings])
    for name, swing in zip(names, found.swings, strict=True):
        for index, (value, difference) in enumerate(
            zip(swing.values, swing.differences, strict=True)
        ):
            shown = printable(name) if not index else ""
            table.add_row(shown, printable(value), *_difference(difference, found.unit))
    unit = "percentage points" if found.unit == "share" else found.unit
    notes = (
        f"differences in {unit}; {found.replications} replications a point, paired by the same "
        f"customers, {100 * found.confidence:.4g} % confidence"
    )
    return Group(Text(title, style="bold"), Text(""), table, Text(""), Text(notes))


def sensitivity_document(found: Influences | Tornado) -> str:
    """Return a JSON document."""
    content: dict[str, Any] = asdict(found)
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _table(first: str, *others: str) -> Table:
    columns = [Column(name, justify="right", no_wrap=True) for name in others]
    return Table(
        Column(first, overflow="fold"),
        *columns,
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
        header_style="bold",
    )


def _span(index: Index) -> str:
    return f"{index.low:.3f} to {index.high:.3f}"


def _value(found: Tornado) -> str:
    half = found.base.half_width
    shown = figure(found.base.estimate, found.unit)
    return shown if half is None else f"{shown} ± {figure(half, found.unit)}"


def _difference(difference: Interval, unit: str) -> tuple[str, str]:
    factor = 100 if unit == "share" else 1
    if difference.estimate is None:
        return "-", "-"
    shown = f"{factor * difference.estimate:+.2f}"
    if difference.low is None or difference.high is None:
        return shown, "-"
    return shown, f"{factor * difference.low:+.2f} to {factor * difference.high:+.2f}"
