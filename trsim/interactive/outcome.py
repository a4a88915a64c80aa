"""What comes of other values: the scenario as it is and as it is turned, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Final

from trsim.analysis.results import Result
from trsim.analysis.study import Study
from trsim.model import Model
from trsim.plots import PLOTS, View
from trsim.plots.canvas import svg_bytes
from trsim.plots.waits import wait_survival
from trsim.report.figures import figure as spelled
from trsim.scenario.load import Scenario
from trsim.scenario.values import duration_text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

KPIS: Final = (
    *("offered", "service_level", "abandonment", "canceled", "mean_wait", "wait_p95"),
    *("offers_per_task", "timeout_share", "occupancy", "lost_ringing_time"),
    "absent_after_timeout",
)
"""The figures that are shown, in this order."""
UNCHANGED, CHANGED = "as in the scenario", "as turned"
_CELL: Final = "text-align:right;padding-left:1.5em"
PICTURE_WIDTH: Final = 760
"""How wide a picture is shown [px]."""
COMPARED: Final = "wait_survival"
"""The plot that shows both settings in one picture; the others show the turned one."""


@dataclass(frozen=True)
class Outcome:
    """The figures of a scenario with other values, beside those of the scenario as it is.

    Both were run with the same seed, so both meet the same customers and the same reactions.

    Attributes
    ----------
    changes : mapping of str to object
        What was changed, as :meth:`trsim.Scenario.replace` and ``trsim run --set`` take it.
    scenario : Scenario
        The scenario with these changes.
    model : Model
        Compiled from it.
    study : Study
        Its runs.
    base : Study
        The runs of the scenario as it is.
    plot : str
        Name of the plot that belongs to it.
    """

    changes: Mapping[str, object]
    scenario: Scenario
    model: Model
    study: Study
    base: Study
    plot: str = COMPARED

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each figure.

        Returns
        -------
        DataFrame
            Columns ``kpi``, ``unit``, ``base`` (the scenario as it is), ``now`` and ``change``,
            the difference of both; NaN where there is no such figure.
        """
        import pandas as pd

        before, after = self.base.kpis(), self.study.kpis()
        columns = {
            "kpi": list(KPIS),
            "unit": [after[name].unit for name in KPIS],
            "base": pd.Series([before[name].estimate for name in KPIS], dtype="float64"),
            "now": pd.Series([after[name].estimate for name in KPIS], dtype="float64"),
        }
        frame = pd.DataFrame(columns)
        return frame.assign(change=frame["now"] - frame["base"])

    def figure(self) -> Figure:
        """Return the picture of the first replication."""
        start = self.scenario.content.start
        workers = self.model.world.workers
        view = View(
            start=None if start is None else start.local,
            model=self.model,
            off_activities=tuple(-1 if w.shifts is None else w.off_activity for w in workers),
        )
        now = self.study.results[0]
        if self.plot == COMPARED and self.changes:
            both = (_named(self.base.results[0], UNCHANGED), _named(now, CHANGED))
            return wait_survival(both, view)
        return PLOTS[self.plot].draw(now, view)

    def picture(self) -> bytes:
        """Return the picture as SVG."""
        return svg_bytes(self.figure())

    def table_html(self) -> str:
        """Return changes and figures as HTML; every name is escaped."""
        head, *rows = (
            f'<tr><th style="text-align:left">{escape(name)}</th>'
            + "".join(f'<td style="{_CELL}">{escape(cell)}</td>' for cell in cells)
            + "</tr>"
            for name, *cells in self._rows()
        )
        return (
            f"<p><b>{escape(self.study.provenance.name)}</b>: {escape(self._settings())}</p>"
            f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"
            f"<p>{escape(self._note())}</p>"
        )

    def _settings(self) -> str:
        if not self.changes:
            return UNCHANGED
        return ", ".join(f"{path}={value}" for path, value in self.changes.items())

    def _note(self) -> str:
        n, span = self.study.replications, duration_text(self.study.criteria.horizon_ms)
        runs = "1 replication" if n == 1 else f"{n} replications"
        text = f"{runs} of {span}, seed {self.study.provenance.seed}"
        if self.changes:
            text += "; both settings meet the same customers"
        # One day is no evidence, however smoothly a slider moves.
        return f"{text}; how far chance reaches is unknown" if n == 1 else text

    def _rows(self) -> list[tuple[str, ...]]:
        """Return a head and a row for each figure, as texts."""
        before, after = self.base.kpis(), self.study.kpis()
        rows: list[tuple[str, ...]] = [("", UNCHANGED, CHANGED, "change")]
        for name in KPIS:
            old, new, unit = before[name].estimate, after[name].estimate, after[name].unit
            change = ""
            if old is not None and new is not None:
                change = _difference(new - old, unit)
            rows.append((name, spelled(old, unit), spelled(new, unit), change))
        return rows if self.changes else [row[:2] for row in rows]

    def __str__(self) -> str:
        """Return changes and figures as text."""
        rows = self._rows()
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [f"{self.study.provenance.name}: {self._settings()}"]
        for name, *cells in rows:
            right = (cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
            lines.append("  ".join((name.ljust(widths[0]), *right)).rstrip())
        return "\n".join([*lines, self._note()])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return f"{self.table_html()}{picture_html(self.picture())}"


def picture_html(svg: bytes) -> str:
    """Return an SVG picture as HTML that holds all of it and shares no names with its page."""
    import base64

    data = base64.b64encode(svg).decode()
    return f'<img width="{PICTURE_WIDTH}" src="data:image/svg+xml;base64,{data}">'


def _difference(change: float, unit: str) -> str:
    """Return a change with its sign, nothing if it is too small to be seen."""
    size = abs(change)
    # The difference of two shares is not a share of anything.
    text = f"{100 * size:.1f} points" if unit == "share" else spelled(size, unit)
    return ("+" if change > 0 else "−") + text if any(c in "123456789" for c in text) else ""


def _named(result: Result, name: str) -> Result:
    return replace(result, provenance=replace(result.provenance, name=name))
